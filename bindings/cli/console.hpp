// The two streams of the command: results on standard output, one line a failure on standard error.
#pragma once

#include <string_view>

namespace forebay::cli {

// "forebay: <message>" on standard error. Control characters are escaped: it stays one line.
void print_error(std::string_view message);

// Writes to standard output. False once that failed; the caller stops producing.
bool print(std::string_view text);

// Ends the output of a command that otherwise ended with `code`. A reader that went away is no
// failure; a full disk is one, and said.
int finish_output(int code);

}  // namespace forebay::cli
