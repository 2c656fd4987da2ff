// Floating-point numbers as the shortest text that reads back to the same bits.
#pragma once

#include <string>

namespace forebay::cli {

void append_number(std::string& out, float value);
void append_number(std::string& out, double value);

}  // namespace forebay::cli
