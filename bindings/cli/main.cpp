// The command `forebay`: a client of the public C interface only.
#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "console.hpp"
#include "exit_codes.hpp"
#include "help_format.hpp"

namespace forebay::cli {
namespace {

constexpr const char* kAbout =
    "Loads big text files, in parallel child processes through shared memory, into HDF5 tables.";
constexpr const char* kFooter =
    "Example:\n"
    "  forebay load rep1.txt rep2.txt.gz -o meth.h5 --dtype 'chr:S10,pos:i4,pct:f4,c:i4,t:i4'\n"
    "  forebay info meth.h5\n"
    "  forebay head meth.h5\n"
    "\n"
    "`forebay COMMAND --help` tells the options of a command, `man forebay` all the rest.";

// CLI11's text in the form of our own: one line, no capital, no full stop.
std::string one_line(std::string text) {
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// The command that the arguments chose, null if they chose none.
const Command* chosen(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    if (command.options->parsed()) return &command;
  }
  return nullptr;
}

// Why not CLI11's own texts alone: for a mistyped command it says that one is required.
std::string usage_message(const CLI::ParseError& fault, const std::vector<Command>& commands,
                          int argc, char** argv) {
  const Command* command = chosen(commands);
  if (command == nullptr) {
    if (argc <= 1) return "no command is given; see `forebay --help`";
    const bool is_option = argv[1][0] == '-';
    std::string text = std::string("there is no ") + (is_option ? "option" : "command") + " '" +
                       argv[1] + "'; the commands are";
    for (const Command& known : commands) text += " " + known.options->get_name();
    return text;
  }
  return one_line(fault.what()) + "; see `forebay " + command->options->get_name() + " --help`";
}

int run(int argc, char** argv) {
  CLI::App app(kAbout, "forebay");
  app.formatter(std::make_shared<HelpFormat>());
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("forebay ") + forebay_version(),
                       "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(1);
  const std::vector<Command> commands{
      add_load_command(app),   add_info_command(app),    add_head_command(app),
      add_verify_command(app), add_rejects_command(app), add_recover_command(app),
      add_sniff_command(app),  add_cat_command(app),     add_repack_command(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const Command* command = chosen(commands);
    print(command == nullptr ? app.help() : command->options->help());
    return finish_output(kExitOk);
  } catch (const CLI::CallForVersion& version) {
    print(std::string(version.what()) + "\n");
    return finish_output(kExitOk);
  } catch (const CLI::ParseError& fault) {
    print_error(usage_message(fault, commands, argc, argv));
    return kExitUsage;
  }
  return chosen(commands)->run();
}

}  // namespace
}  // namespace forebay::cli

int main(int argc, char** argv) {
  try {
    return forebay::cli::run(argc, argv);
  } catch (const std::exception& fault) {
    // Only want of memory gets here: the library throws nothing.
    forebay::cli::print_error(fault.what());
    return forebay::cli::kExitResources;
  }
}
