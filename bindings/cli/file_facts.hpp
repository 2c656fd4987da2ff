// What `info` and `verify` say of a file as a whole: its journal, and space left behind in it.
#pragma once

#include <forebay/forebay.h>

#include <string>

#include "json.hpp"

namespace forebay::cli {

std::string bytes_text(std::uint64_t bytes);

// "waiting"
const char* journal_name(std::uint32_t journal);
// "journal: 3 commits (12.0 kB) wait ...", with what it means and what to do; no line break.
std::string journal_text(const forebay_store_info& info);
// "space: ..."; empty when it is not known.
std::string space_text(const forebay_store_info& info);
// The members `journal` and `space` of an open object.
void write_file_facts(JsonWriter& json, const forebay_store_info& info);

}  // namespace forebay::cli
