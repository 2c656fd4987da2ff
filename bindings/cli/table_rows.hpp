// The rows of one table, some at a time: what `head` and `cat` read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "handles.hpp"

namespace forebay::cli {

std::vector<forebay_dtype_field> fields_of(const forebay_dtype* dtype);
// "value" for the one of a bare dtype.
std::string name_of(const forebay_dtype_field& field);

// The table asked for; without a name "data", or the only one there is.
std::string choose_table(forebay_store* store, const std::string& wanted, std::string* problem);

// Calls `take` with packed rows [first, end) in pieces of some MiB, in order, until it returns
// false. Rows that are missing at the end of the table are left out.
forebay_status for_each_rows(
    forebay_table* table, std::uint64_t first, std::uint64_t end,
    const std::function<bool(const unsigned char* rows, std::uint64_t count)>& take,
    forebay_error* err);

}  // namespace forebay::cli
