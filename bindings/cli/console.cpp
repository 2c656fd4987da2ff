#include "console.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "escape.hpp"
#include "exit_codes.hpp"

namespace forebay::cli {
namespace {

// errno of the first write to standard output that failed.
int output_errno = 0;

}  // namespace

void print_error(std::string_view message) {
  std::string line = "forebay: ";
  // Why not escaped(): a backslash in a message is the message's own escape and stays as it is.
  for (std::string_view rest = message; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length == 1 && rest.front() == '\\') {
      line += '\\';
    } else {
      append_escaped(line, rest.substr(0, length == 0 ? 1 : length));
    }
    rest.remove_prefix(length == 0 ? 1 : length);
  }
  line += '\n';
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

bool print(std::string_view text) {
  if (output_errno != 0) return false;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) output_errno = errno;
  return output_errno == 0;
}

int finish_output(int code) {
  if (output_errno == 0 && std::fflush(stdout) != 0) output_errno = errno;
  if (output_errno == 0 || output_errno == EPIPE) return code;
  print_error("cannot write to standard output: " + std::generic_category().message(output_errno));
  return code == kExitOk ? kExitOutput : code;
}

}  // namespace forebay::cli
