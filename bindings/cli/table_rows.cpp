#include "table_rows.hpp"

#include <algorithm>

namespace forebay::cli {
namespace {

// Rows are read this many bytes at a time, at least one row: some chunks, which are decoded side by
// side.
constexpr std::uint64_t kReadBytes = 16U << 20U;
constexpr const char* kDefaultTable = "data";

// Where a read from `first` ends: on the grid of the chunks, so that none is decoded twice.
std::uint64_t end_of_read(std::uint64_t first, std::uint64_t room, std::uint64_t chunk_rows) {
  const std::uint64_t last = first + room;
  const std::uint64_t on_grid = chunk_rows == 0 ? last : last - last % chunk_rows;
  return on_grid > first ? on_grid : last;
}

}  // namespace

std::vector<forebay_dtype_field> fields_of(const forebay_dtype* dtype) {
  std::vector<forebay_dtype_field> fields(forebay_dtype_field_count(dtype));
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    fields[i].struct_size = sizeof(forebay_dtype_field);
    forebay_dtype_field_at(dtype, i, &fields[i]);
  }
  return fields;
}

std::string name_of(const forebay_dtype_field& field) {
  return field.name[0] != '\0' ? field.name : "value";
}

std::string choose_table(forebay_store* store, const std::string& wanted, std::string* problem) {
  const std::uint32_t count = forebay_store_table_count(store);
  std::string list;
  std::string name = wanted.empty() ? kDefaultTable : wanted;
  for (std::uint32_t i = 0; i < count; ++i) {
    const char* table = forebay_store_table_name(store, i);
    if (name == table) return name;
    if (i < 20) list.append(i > 0 ? ", " : "").append(table);
    if (i == 20) list += ", ...";
  }
  if (wanted.empty() && count == 1) return forebay_store_table_name(store, 0);
  *problem = count == 0       ? "has no table"
             : wanted.empty() ? "name one of its tables (--table, or FILE:TABLE): " + list
                              : "has no table '" + wanted + "'; there is: " + list;
  return {};
}

forebay_status for_each_rows(
    forebay_table* table, std::uint64_t first, std::uint64_t end,
    const std::function<bool(const unsigned char* rows, std::uint64_t count)>& take,
    forebay_error* err) {
  const std::uint64_t row_bytes =
      std::max<std::uint64_t>(1, forebay_dtype_row_bytes(forebay_table_dtype(table)));
  const std::uint64_t room = std::max<std::uint64_t>(1, kReadBytes / row_bytes);
  end = std::min(end, forebay_table_rows(table));
  if (first >= end) return FOREBAY_OK;
  const std::uint64_t chunk_rows = forebay_table_chunk_rows(table);
  std::vector<unsigned char> rows(row_bytes * std::min(room, end - first));
  while (first < end) {
    std::uint64_t read = 0;
    const std::uint64_t last = std::min(end_of_read(first, room, chunk_rows), end);
    const forebay_status status =
        forebay_table_read(table, first, last - first, rows.data(), &read, err);
    if (status < 0) return status;
    if (read == 0 || !take(rows.data(), read)) break;
    first += read;
  }
  return FOREBAY_OK;
}

}  // namespace forebay::cli
