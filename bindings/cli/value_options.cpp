#include "value_options.hpp"

#include <string_view>
#include <vector>

#include "parsed_option.hpp"

namespace forebay::cli {
namespace {

constexpr const char* kValueGroup = "Values";

struct Choice {
  std::string_view name;
  std::uint32_t value;
};

void add_choice(CLI::App& command, const std::string& name, std::uint32_t* value,
                const std::vector<Choice>& choices, const std::string& type,
                const std::string& description) {
  add_parsed(command, name, "one of " + type, description,
             [=](const std::string& text) {
               for (const Choice& choice : choices) {
                 if (choice.name == text) *value = choice.value;
                 if (choice.name == text) return true;
               }
               return false;
             })
      ->type_name(type)
      ->group(kValueGroup);
}

void add_mark(CLI::App& command, const std::string& name, std::uint32_t* value,
              const std::string& description) {
  add_parsed(command, name, "one character", description,
             [=](const std::string& text) {
               if (text.size() == 1) *value = static_cast<unsigned char>(text.front());
               return text.size() == 1;
             })
      ->type_name("CHAR")
      ->group(kValueGroup);
}

void add_list(CLI::App& command, const std::string& name, std::string& value,
              const std::string& description) {
  command.add_option(name, value, description)->type_name("LIST")->group(kValueGroup);
}

const char* text_or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace

void add_value_options(CLI::App& command, ValueOptions& options) {
  add_list(command, "--na", options.na,
           "Texts that stand for a missing value: 'NA,.,-'; '\"\"' is the empty column");
  add_list(command, "--fill", options.fill,
           "What is stored for a missing value, by field or type: 'pos:-1,i4:-2147483648'");
  add_mark(command, "--decimal", &options.decimal, "Character of the decimal point; default: .");
  add_mark(command, "--thousands", &options.thousands,
           "Character between groups of three digits; default: none");
  add_list(command, "--true", options.true_words, "Texts for true; default: 1, t and true");
  add_list(command, "--false", options.false_words, "Texts for false; default: 0, f and false");
  add_choice(command, "--percent", &options.percent,
             {{"off", FOREBAY_LOADER_PERCENT_OFF},
              {"fraction", FOREBAY_LOADER_PERCENT_FRACTION},
              {"number", FOREBAY_LOADER_PERCENT_NUMBER}},
             "off|fraction|number", "What 12.5% is: an error (default), 0.125 or 12.5");
  command.add_flag("--hex", options.hex, "Read 0x1F in columns of integers")->group(kValueGroup);
  add_choice(command, "--encoding", &options.encoding,
             {{"bytes", FOREBAY_LOADER_ENCODING_BYTES},
              {"utf-8", FOREBAY_LOADER_ENCODING_UTF8},
              {"latin-1", FOREBAY_LOADER_ENCODING_LATIN1}},
             "bytes|utf-8|latin-1",
             "Strings are bytes (default), checked UTF-8, or Latin-1 that becomes UTF-8");
  add_choice(
      command, "--overlong", &options.overlong,
      {{"fail", FOREBAY_LOADER_OVERLONG_FAIL}, {"truncate", FOREBAY_LOADER_OVERLONG_TRUNCATE}},
      "fail|truncate",
      "What becomes of a string too long for its field: an error (default), or it is cut "
      "and counted");
}

void set_value_options(const ValueOptions& options, forebay_loader_options* out) {
  out->na = text_or_null(options.na);
  out->fill = text_or_null(options.fill);
  out->true_words = text_or_null(options.true_words);
  out->false_words = text_or_null(options.false_words);
  out->decimal = options.decimal;
  out->thousands = options.thousands;
  out->percent = options.percent;
  out->hex = options.hex ? FOREBAY_LOADER_HEX_ON : FOREBAY_LOADER_HEX_OFF;
  out->encoding = options.encoding;
  out->overlong = options.overlong;
}

}  // namespace forebay::cli
