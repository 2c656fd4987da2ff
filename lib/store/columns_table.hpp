// Inside store: a table of one dataset for each field, all of them with the same rows and the same
// rows of a chunk. docs/format/columns.md says how it lies in the file.
//
// Invariant: a column holds as many rows as any other, in the file and in its tail, between two
// calls. Where a failure breaks that, the store is poisoned, and nothing is committed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/core.hpp"

namespace forebay::core {

// Attributes of the group, which users cannot set.
constexpr const char* kLayoutAttribute = "forebay_layout";
constexpr const char* kDtypeAttribute = "forebay_dtype";
constexpr const char* kOrderAttribute = "column-order";
constexpr const char* kColumnsLayout = "columns";

// Whether the group at `path` is such a table; negative: it cannot be read.
htri_t is_columns_table(hid_t file, const std::string& path);
// The name of a field's dataset in the group.
std::string column_link(const std::string& field);
// The field as the dtype of its dataset: one bare value or array.
Result<DtypeRef> column_dtype(const Field& field);

class ColumnsTable : public Table::Core {
 public:
  // `columns` in the order of the dtype's fields.
  ColumnsTable(Store::Core& store, std::string name, Hid group, TableShape shape,
               std::vector<std::unique_ptr<Table::Core>> columns)
      : Core(store, std::move(name), std::move(group), Hid(), std::move(shape)),
        columns_(std::move(columns)) {}

  // FOREBAY_E_FORMAT when the columns differ in their number of rows.
  Status load() override;
  void limit(std::uint64_t rows) noexcept override {
    for (const auto& column : columns_) column->limit(rows);
  }
  [[nodiscard]] std::uint64_t rows() const noexcept override { return columns_.front()->rows(); }
  [[nodiscard]] std::uint64_t bytes_copied() const noexcept override;
  Status prepare_append(std::uint64_t rows, bool are_packed) override;
  [[nodiscard]] Room room_for(std::uint64_t rows) const override;
  Status append(const std::byte* data, std::uint64_t rows) override;
  Status append_placed(const std::byte* data, const std::vector<ColumnPlace>& places,
                       std::uint64_t rows) override;
  [[nodiscard]] ChunkForm chunk_form() const override;
  Status append_packed(const Array& array) override;
  Status write_tail() override;
  Result<std::uint64_t> read(std::uint64_t first, std::uint64_t rows, std::byte* out) override;
  Result<std::uint64_t> read_column(std::uint32_t index, std::uint64_t first, std::uint64_t rows,
                                    std::byte* out) override;
  Result<TableInfo> info() override;
  Status verify(std::uint64_t* rows) override;

 private:
  [[nodiscard]] Status check_equal_rows() const;
  [[nodiscard]] bool is_contiguous(std::size_t column,
                                   const std::vector<ColumnPlace>& places) const noexcept;
  // `append` of each column in turn; the store is poisoned where one of them fails.
  Status append_each(const std::function<Status(std::size_t column)>& append);
  // table_packing.cpp
  Status append_packing(const std::byte* data, const std::vector<ColumnPlace>& places,
                        std::uint64_t rows);
  // As those of a column, of all of them. table_chunks.cpp
  [[nodiscard]] bool all_read_chunks(std::uint64_t first, std::uint64_t rows) const noexcept;
  Result<bool> read_all_chunks(std::uint64_t first, std::uint64_t rows, std::byte* out);
  Status read_step(std::uint64_t first, std::uint64_t rows, std::byte* staging, std::byte* out);

  // Constant after construction.
  std::vector<std::unique_ptr<Table::Core>> columns_;
};

}  // namespace forebay::core
