// Prints fields that make a dtype, in the one spelling of each language. Pure functions; any
// thread.
#pragma once

#include <string>
#include <vector>

#include "dtype/dtype.hpp"

namespace forebay::core::dtype_language {

// chr:S10,t:f4[24] with an order mark only where it is not the machine's; a name that is no word
// stands in quotes.
std::string print_text(const std::vector<Field>& fields);

// [('chr', '|S10'), ('t', '<f4', (24,))] as numpy prints it; a bare type as '<f8' or ('<f4', (721,
// 1440)), which numpy.dtype() takes.
std::string print_descr(const std::vector<Field>& fields, bool is_record);

}  // namespace forebay::core::dtype_language
