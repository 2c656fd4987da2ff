// Rows whose chunks children have packed: stored as they are where they are the table's next chunk.
#include "store/columns_table.hpp"
#include "store/core.hpp"

namespace forebay::core {

ChunkForm Table::Core::chunk_form() const {
  return {shape_.filters, {static_cast<std::uint32_t>(shape_.element_bytes)}};
}

ChunkForm ColumnsTable::chunk_form() const {
  ChunkForm form{shape().filters, {}};
  for (const auto& column : columns_)
    form.element_bytes.push_back(column->chunk_form().element_bytes.front());
  return form;
}

Status Table::Core::append_packed_chunk(const std::byte* data, PackedChunk packed) {
  FOREBAY_TRY(check_appendable());
  if (packed.bytes == 0) return append_chunks(data, 1);
  FOREBAY_TRY(set_extent(tail_first_ + shape_.chunk_rows));
  FOREBAY_TRY(put_chunk(tail_first_, {data, packed.bytes}, packed.skipped));
  tail_first_ += shape_.chunk_rows;
  return Status::ok();
}

Status Table::Core::append_packed(const Array& array) {
  return append_packed_chunk(array.data(), array.packed.chunks.front());
}

Status ColumnsTable::append_packed(const Array& array) {
  FOREBAY_TRY(check_appendable());
  const std::vector<ColumnPlace>& places = array.block_layout().columns;
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    Status status =
        columns_[k]->append_packed_chunk(array.data() + places[k].offset, array.packed.chunks[k]);
    if (status.is_ok()) continue;
    // Some columns have the rows and some have not: none may reach the disk.
    if (!store().file().failed()) store().file().poison(status.clone());
    return status;
  }
  return Status::ok();
}

ChunkForm Table::chunk_form() const {
  return core_->chunk_form();
}

bool Table::takes_packed(const Array& array) const {
  const PackedRows& packed = array.packed;
  return !packed.chunks.empty() && core_->rows() % chunk_rows() == 0 &&
         array.rows() == chunk_rows() && array.capacity() == chunk_rows() &&
         array.layout() == layout() && *array.dtype() == *dtype() && *packed.form == chunk_form() &&
         packed.chunks.size() == packed.form->element_bytes.size();
}

Status unpack_array(Array& array) {
  const PackedRows packed = std::exchange(array.packed, {});
  const Dtype& dtype = *array.dtype();
  for (std::size_t k = 0; k < packed.chunks.size(); ++k) {
    const bool is_column = array.layout() == Layout::columns;
    const std::uint64_t row_bytes = is_column ? dtype.fields()[k].bytes() : dtype.row_bytes();
    std::byte* data = array.data() + (is_column ? array.block_layout().columns[k].offset : 0);
    FOREBAY_TRY(codec::unpack_chunk(packed.form->filters, packed.form->element_bytes[k],
                                    packed.chunks[k],
                                    {data, static_cast<std::size_t>(array.rows() * row_bytes)}));
  }
  return Status::ok();
}

}  // namespace forebay::core
