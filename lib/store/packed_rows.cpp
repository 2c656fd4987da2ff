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
  return append_each([&](std::size_t k) {
    return columns_[k]->append_packed_chunk(array.data() + places[k].offset,
                                            array.packed.chunks[k]);
  });
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
  const std::vector<ChunkPlace> places =
      chunk_places(*array.dtype(), array.layout(), array.block_layout(), array.rows());
  for (std::size_t k = 0; k < packed.chunks.size(); ++k) {
    FOREBAY_TRY(codec::unpack_chunk(
        packed.form->filters, packed.form->element_bytes[k], packed.chunks[k],
        {array.data() + places[k].offset, static_cast<std::size_t>(places[k].bytes)}));
  }
  return Status::ok();
}

}  // namespace forebay::core
