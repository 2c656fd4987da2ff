// `forebay sniff`: what a text file is guessed to be, as a command line to freeze.
#include <memory>
#include <string>

#include "commands.hpp"
#include "console.hpp"
#include "exit_codes.hpp"
#include "json.hpp"
#include "load_inputs.hpp"
#include "parsed_option.hpp"
#include "sniff_guess.hpp"
#include "units.hpp"

namespace forebay::cli {
namespace {

struct SniffCommand {
  std::string path{};
  LoadOptions options{};
  std::uint64_t sample_bytes = 0;
  bool json = false;
};

std::string command_line(const SniffCommand& command, const LoadOptions& guessed) {
  const std::string output = table_names_of({command.path}).front() + ".h5";
  return "forebay load " + shell_word(command.path) + " -o " + shell_word(output) + ' ' +
         words_of(guessed);
}

std::string count_of(std::uint64_t count, const char* noun) {
  return format_count(count) + ' ' + noun + (count == 1 ? "" : "s");
}

void print_text(const SniffCommand& command, const LoadOptions& guessed, const forebay_sniff* sniff,
                const forebay_sniff_info& info) {
  std::string text = guessed.dtype + '\n' + command_line(command, guessed) + '\n';
  text += "# " + count_of(info.columns, "column") + ", " + count_of(info.rows_sampled, "row") +
          " looked at, confidence " + std::to_string(info.confidence) + "%\n";
  for (std::uint32_t i = 0; forebay_sniff_note(sniff, i) != nullptr; ++i)
    text += std::string("# ") + forebay_sniff_note(sniff, i) + '\n';
  print(text);
}

void print_json(const SniffCommand& command, const LoadOptions& guessed, const forebay_sniff* sniff,
                const forebay_sniff_info& info) {
  const auto character = [](std::uint32_t value) {
    return value <= 1 ? std::string() : std::string(1, static_cast<char>(value));
  };
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("path").text(command.path);
  json.key("dtype").text(guessed.dtype);
  json.key("delimiter").text(character(info.delimiter));
  json.key("quote").text(character(info.quote));
  json.key("decimal").text(character(info.decimal));
  json.key("header").boolean(info.header == FOREBAY_LOADER_HEADER_ON);
  json.key("skip_rows").number(std::uint64_t{info.skip_rows});
  json.key("comment").text(info.comment);
  json.key("na").text(info.na);
  json.key("columns").number(std::uint64_t{info.columns});
  json.key("rows_sampled").number(info.rows_sampled);
  json.key("bytes_sampled").number(info.bytes_sampled);
  json.key("confidence").number(std::uint64_t{info.confidence});
  json.key("notes").begin_array();
  for (std::uint32_t i = 0; forebay_sniff_note(sniff, i) != nullptr; ++i)
    json.text(forebay_sniff_note(sniff, i));
  json.end_array();
  json.key("command").text(command_line(command, guessed));
  json.end_object();
  print(text + '\n');
}

int run_sniff(const SniffCommand& command) {
  forebay_sniff_options options = FOREBAY_SNIFF_OPTIONS_INIT;
  options.sample_bytes = command.sample_bytes;
  forebay_error err = FOREBAY_ERROR_INIT;
  SniffOwner sniff;
  const forebay_status status = sniff_input(command.path, command.options, options, &sniff, &err);
  if (status < 0) {
    print_error(in_words_of_options(err.message));
    const bool is_of_file = status != FOREBAY_E_ARGUMENT && err.path == command.path;
    return exit_code_of(status, is_of_file ? Duty::loading : Duty::options);
  }
  LoadOptions guessed = command.options;
  take_guess(sniff.get(), &guessed);
  forebay_sniff_info info = FOREBAY_SNIFF_INFO_INIT;
  forebay_sniff_info_get(sniff.get(), &info, nullptr);
  command.json ? print_json(command, guessed, sniff.get(), info)
               : print_text(command, guessed, sniff.get(), info);
  return finish_output(kExitOk);
}

}  // namespace

Command add_sniff_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("sniff", "Guess the dtype and the options to load a text file with");
  const auto options = std::make_shared<SniffCommand>();
  command->add_option("FILE", options->path, "A text file, plain or compressed")
      ->required()
      ->type_name("");
  add_dialect_options(*command, options->options);
  add_size(*command, "--sample", &options->sample_bytes,
           "Bytes to look at at the top, at most 64M; default: 1M");
  command
      ->add_option("--loader", options->options.loader_program,
                   "Program of the child process, as for load")
      ->type_name("PATH");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Prints the dtype, then a command that loads the file with it, then what is doubtful.\n"
      "Options that are given are taken as they are; the others are guessed.\n"
      "\n"
      "Examples:\n"
      "  forebay sniff table.csv\n"
      "  forebay load table.csv -o table.h5 --delimiter , --header \\\n"
      "      --dtype \"$(forebay sniff table.csv | head -n 1)\"\n"
      "\n"
      "Exit codes: 0 ok, 1 usage, 2 the file cannot be read or is not text, 4 memory or children.");
  return {command, [options] { return run_sniff(*options); }};
}

}  // namespace forebay::cli
