#include "help_format.hpp"

#include <sstream>

namespace forebay::cli {
namespace {

constexpr std::size_t kNameColumns = 24;
constexpr std::size_t kWidth = 92;

// "--memory SIZE", "-o, --output OUT.h5".
std::string option_heading(const CLI::Option* option, bool is_positional) {
  std::string name = is_positional ? option->get_name(true, false) : option->get_name(false, true);
  if (const std::size_t comma = name.find(','); comma != std::string::npos) {
    name.insert(comma + 1, " ");
  }
  const std::string type = option->get_type_size() == 0 ? "" : option->get_type_name();
  // What a check adds behind a colon is for the parser's messages.
  if (!is_positional && !type.empty()) name += " " + type.substr(0, type.find(':'));
  return name;
}

std::string wrapped(const std::string& text, std::size_t indent) {
  std::string out;
  std::size_t used = indent;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (used > indent && used + 1 + word.size() > kWidth) {
      out += "\n" + std::string(indent, ' ');
      used = indent;
    } else if (used > indent) {
      out += ' ';
      ++used;
    }
    out += word;
    used += word.size();
  }
  return out;
}

// A name in the left column, its text beside it.
std::string entry(const std::string& name, const std::string& text) {
  std::string line = "  " + name;
  if (line.size() + 2 > kNameColumns) {
    line += "\n" + std::string(kNameColumns, ' ');
  } else {
    line.append(kNameColumns - line.size(), ' ');
  }
  return line + wrapped(text, kNameColumns) + "\n";
}

std::string usage(const CLI::App* app) {
  if (app->get_parent() == nullptr) return "Usage: forebay COMMAND ...\n";
  std::string text = "Usage: forebay " + app->get_name();
  for (const CLI::Option* option : app->get_options()) {
    if (!option->get_required()) continue;
    std::string heading = option_heading(option, option->get_positional());
    if (const std::size_t comma = heading.find(", "); comma != std::string::npos) {
      heading.erase(comma, heading.find(' ', comma + 2) - comma);
    }
    text += " " + heading;
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size) text += "...";
  }
  return text + " [OPTIONS]\n";
}

std::string commands(const CLI::App* app) {
  std::string text;
  for (const CLI::App* command : app->get_subcommands({})) {
    text += entry(command->get_name(), command->get_description());
  }
  return text.empty() ? text : "\nCommands:\n" + text;
}

std::string positionals(const CLI::App* app) {
  std::string text;
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional()) {
      text += entry(option_heading(option, true), option->get_description());
    }
  }
  return text.empty() ? text : "\n" + text;
}

// The parser's own group, with --help in it, comes last: what matters stands first.
std::string option_groups(const CLI::App* app) {
  constexpr const char* kOwnGroup = "Options";
  std::string text;
  std::string last;
  for (const std::string& group : app->get_groups()) {
    std::string lines;
    for (const CLI::Option* option : app->get_options()) {
      if (option->get_group() != group || !option->nonpositional()) continue;
      lines += entry(option_heading(option, false), option->get_description());
    }
    if (lines.empty()) continue;
    std::string& place = group == kOwnGroup ? last : text;
    place.append("\n").append(group).append(":\n").append(lines);
  }
  return text + last;
}

}  // namespace

std::string HelpFormat::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
  return app->get_description() + "\n\n" + usage(app) + commands(app) + positionals(app) +
         option_groups(app) + "\n" + app->get_footer() + "\n";
}

}  // namespace forebay::cli
