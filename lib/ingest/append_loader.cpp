#include <algorithm>

#include "ingest/ingest.hpp"
#include "ingest/load_record.hpp"
#include "ingest/rejects.hpp"

namespace forebay::core {
namespace {

class Deadline {
 public:
  explicit Deadline(int timeout_ms)
      : limited_(timeout_ms >= 0),
        at_(monotonic_ns() + static_cast<std::uint64_t>(std::max(timeout_ms, 0)) * 1'000'000U) {}

  // What is left, in milliseconds, rounded up; -1 without a limit.
  [[nodiscard]] int left_ms() const noexcept {
    if (!limited_) return -1;
    const std::uint64_t now = monotonic_ns();
    return now >= at_ ? 0 : static_cast<int>(divide_up(at_ - now, 1'000'000U));
  }

 private:
  bool limited_;
  std::uint64_t at_;
};

// Tells the loader where the table's chunks begin. The same on every step of a load, although the
// table grows: the loader refuses to change it once work has begun.
Status use_grid(Table& table, Loader& loader) {
  if (*loader.dtype() != *table.dtype()) {
    return {FOREBAY_E_MISMATCH, "the table has the dtype '" + table.dtype()->text() +
                                    "', the loader '" + loader.dtype()->text() + "'"};
  }
  return loader.use_grid(table.chunk_rows(), table.load_mark().first_row, table.layout(),
                         table.chunk_form());
}

// The failure of the first source in source order that has one.
Status first_failure(const Loader& loader) {
  for (std::uint32_t source = 0;; ++source) {
    std::uint64_t rows = 0;
    Status status = loader.source_status(source, &rows);
    if (status.code() == FOREBAY_NONE) return Status::ok();
    if (status.is_failure()) return status;
  }
}

// In the same commit as the rows around them.
Status append_rejects(Table& table, Loader& loader) {
  return store_rejects(
      loader, [&](std::span<const StoredReject> rows) { return table.append_rejects(rows); });
}

Status append_and_release(Table& table, Loader& loader, LoadRecord& record, Array* array,
                          LoadResult* result) {
  const std::uint64_t rows = array->rows();
  const std::uint32_t source = array->source;
  const Provenance end = array->provenance;
  Status status = table.takes_packed(*array) ? Status::ok() : unpack_array(*array);
  if (status.is_ok()) status = table.append_array(*array);
  // Nothing was appended, and the store goes on: the same rows come first when the load does.
  if (status.code() == FOREBAY_E_NOSPC && table.check_appendable().is_ok()) {
    record.keep(array);
    return status;
  }
  array->release();
  FOREBAY_TRY(std::move(status));
  result->rows += rows;
  // Before the record, which says how many of them are in the file.
  FOREBAY_TRY(append_rejects(table, loader));
  FOREBAY_TRY(record.settle(loader, true));
  FOREBAY_TRY(record.stored(loader, source, end));
  return record.commit_if_due(rows);
}

}  // namespace

Status resume_loader(Table& table, Loader& loader, std::uint32_t source) {
  FOREBAY_TRY_ASSIGN(LoadRecord * record, LoadRecord::of(table, loader));
  return record->resume(loader, source);
}

Status consume_array(Table& table, Loader& loader, const Array* array) {
  FOREBAY_TRY(table.check_appendable());
  FOREBAY_TRY_ASSIGN(LoadRecord * record, LoadRecord::of(table, loader));
  FOREBAY_TRY(append_rejects(table, loader));
  FOREBAY_TRY(record->settle(loader, false));
  return array == nullptr ? Status::ok() : record->stored(loader, array->source, array->provenance);
}

Result<const LedgerEntry*> recorded_source(Table& table, std::uint32_t index) {
  FOREBAY_TRY_ASSIGN(const Ledger* ledger, Ledger::of(table));
  const auto& entries = ledger->entries();
  return index < entries.size() ? &entries[index] : nullptr;
}

Status append_loader(Table& table, Loader& loader, int timeout_ms, LoadResult* result) {
  const Deadline deadline(timeout_ms);
  FOREBAY_TRY(table.check_appendable());
  FOREBAY_TRY_ASSIGN(LoadRecord * record, LoadRecord::of(table, loader));
  FOREBAY_TRY(use_grid(table, loader));
  if (Array* const waiting = record->take_waiting(); waiting != nullptr) {
    FOREBAY_TRY(append_and_release(table, loader, *record, waiting, result));
  }
  do {
    Array* array = nullptr;
    Status status = loader.next(deadline.left_ms(), &array);
    switch (status.code()) {
      case FOREBAY_OK:
        FOREBAY_TRY(append_and_release(table, loader, *record, array, result));
        break;
      case FOREBAY_AGAIN:
        return status;
      case FOREBAY_END:
        FOREBAY_TRY(append_rejects(table, loader));
        FOREBAY_TRY(record->settle(loader, true));
        return first_failure(loader);
      case FOREBAY_E_FULL:
        return internal_status("a load that holds no array has used up the quota");
      default:
        // A failure of a source is remembered by the loader; the others go on.
        if (status.detail().source == kNoSource) return status;
        ++result->sources_failed;
    }
  } while (deadline.left_ms() != 0);
  return Status::news(FOREBAY_AGAIN);
}

}  // namespace forebay::core
