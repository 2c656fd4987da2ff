#include "store/columns_table.hpp"

#include <algorithm>

namespace forebay::core {

std::uint64_t ColumnsTable::bytes_copied() const noexcept {
  std::uint64_t bytes = 0;
  for (const auto& column : columns_) bytes += column->bytes_copied();
  return bytes;
}

Status ColumnsTable::load() {
  for (const auto& column : columns_) FOREBAY_TRY(column->load());
  return check_equal_rows();
}

Status ColumnsTable::check_equal_rows() const {
  for (const auto& column : columns_) {
    if (column->rows() == rows()) continue;
    return Status(FOREBAY_E_FORMAT, place() + " is damaged: column '" + columns_.front()->name() +
                                        "' has " + std::to_string(rows()) + " rows, '" +
                                        column->name() + "' has " + std::to_string(column->rows()))
        .at_path(store().path());
  }
  return Status::ok();
}

bool ColumnsTable::is_contiguous(std::size_t column,
                                 const std::vector<ColumnPlace>& places) const noexcept {
  return places[column].stride == shape().dtype->fields()[column].bytes();
}

Status ColumnsTable::prepare_append(std::uint64_t rows, bool are_packed) {
  FOREBAY_TRY(check_appendable());
  for (const auto& column : columns_) FOREBAY_TRY(column->prepare_append(rows, are_packed));
  return Status::ok();
}

Room ColumnsTable::room_for(std::uint64_t rows) const {
  Room all;
  for (const auto& column : columns_) {
    const Room one = column->room_for(rows);
    all.file_bytes += one.file_bytes;
    all.journal_bytes += one.journal_bytes;
  }
  return all;
}

Status ColumnsTable::append(const std::byte* data, std::uint64_t rows) {
  return append_placed(data, packed(), rows);
}

Status ColumnsTable::append_placed(const std::byte* data, const std::vector<ColumnPlace>& places,
                                   std::uint64_t rows) {
  FOREBAY_TRY(check_appendable());
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    FOREBAY_TRY(columns_[k]->prepare_append(rows, is_contiguous(k, places)));
  }
  if (shape().filters.any()) return append_packing(data, places, rows);
  return append_each([&](std::size_t k) {
    return columns_[k]->append_placed(data + places[k].offset, {{0, places[k].stride}}, rows);
  });
}

Status ColumnsTable::append_each(const std::function<Status(std::size_t column)>& append) {
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    Status status = append(k);
    if (status.is_ok()) continue;
    // Some columns have the rows and some have not: none may reach the disk.
    if (!store().file().failed()) store().file().poison(status.clone());
    return status;
  }
  return Status::ok();
}

Status ColumnsTable::write_tail() {
  for (const auto& column : columns_) FOREBAY_TRY(column->write_tail());
  return Status::ok();
}

Result<std::uint64_t> ColumnsTable::read(std::uint64_t first, std::uint64_t rows, std::byte* out) {
  FOREBAY_TRY(store().check_usable());
  if (first >= this->rows()) return std::uint64_t{0};
  const std::uint64_t count = std::min(rows, this->rows() - first);
  const std::uint64_t whole = columns_.front()->rows_in_chunks();
  const std::uint64_t in_chunks = first < whole ? std::min(count, whole - first) : 0;
  bool has_chunks = false;
  if (all_read_chunks(first, in_chunks)) {
    FOREBAY_TRY_ASSIGN(has_chunks, read_all_chunks(first, in_chunks, out));
  }
  const std::uint64_t begin = has_chunks ? in_chunks : 0;
  if (begin == count) return count;
  const std::uint64_t step = std::min(default_chunk_rows(*shape().dtype, Layout::columns),
                                      std::max<std::uint64_t>(count, 1));
  std::uint64_t widest = 0;
  for (const Field& field : shape().dtype->fields()) widest = std::max(widest, field.bytes());
  PageBuffer staging;
  FOREBAY_TRY(staging.reserve(step * widest));
  for (std::uint64_t done = begin; done < count; done += step) {
    FOREBAY_TRY(read_step(first + done, std::min(step, count - done), staging.data(),
                          out + done * row_bytes()));
  }
  return count;
}

Status ColumnsTable::read_step(std::uint64_t first, std::uint64_t rows, std::byte* staging,
                               std::byte* out) {
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    FOREBAY_TRY_ASSIGN(const std::uint64_t got, columns_[k]->read(first, rows, staging));
    if (got != rows) return internal_status("a column gave fewer rows than it has");
    const Dtype& dtype = *columns_[k]->shape().dtype;
    const std::vector<ColumnPlace> from = packed_places(dtype);
    const std::vector<ColumnPlace> to = {packed()[k]};
    copy_rows(dtype, {staging, &from, 0}, {out, &to, 0}, rows);
  }
  return Status::ok();
}

Result<std::uint64_t> ColumnsTable::read_column(std::uint32_t index, std::uint64_t first,
                                                std::uint64_t rows, std::byte* out) {
  return columns_[index]->read(first, rows, out);
}

Result<TableInfo> ColumnsTable::info() {
  TableInfo info;
  for (const auto& column : columns_) {
    FOREBAY_TRY_ASSIGN(const TableInfo one, column->info());
    info.chunks += one.chunks;
    info.stored_bytes += one.stored_bytes;
  }
  info.rank = 1;
  info.rows = rows();
  info.row_bytes = row_bytes();
  info.chunk_rows = shape().chunk_rows;
  info.layout = Layout::columns;
  info.filters = shape().filters;
  return info;
}

Status ColumnsTable::verify(std::uint64_t* rows) {
  std::uint64_t fewest = this->rows();
  Status first_failure;
  for (const auto& column : columns_) {
    std::uint64_t read = 0;
    Status status = column->verify(&read);
    fewest = std::min(fewest, read);
    if (first_failure.is_ok() && status.is_failure()) first_failure = std::move(status);
  }
  *rows += fewest;
  return first_failure.is_failure() ? std::move(first_failure) : check_equal_rows();
}

}  // namespace forebay::core
