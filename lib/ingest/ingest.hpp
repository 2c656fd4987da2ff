// Front header of ingest: the bulk path from a loader into a table, and the rejects' one into a
// file. Holds no state of its own: a load that is done in steps is remembered by its table
// (LoadMark) and its loader. The thread of both.
#pragma once

#include <cstdint>

#include "base/base.hpp"
#include "ingest/ledger.hpp"
#include "loader/loader.hpp"
#include "store/store.hpp"

namespace forebay::core {

// What one call did.
struct LoadResult {
  std::uint64_t rows = 0;            // appended
  std::uint32_t sources_failed = 0;  // reported as failed
};

// Has a loader whose work has not begun go on behind what the table holds of its sources.
// FOREBAY_E_MISMATCH, FOREBAY_E_STATE as LoadRecord::resume(); a source that changed fails later.
// `source`: kNoSource, or the one that goes into the table.
Status resume_loader(Table& table, Loader& loader, std::uint32_t source = kNoSource);

// Notes that the rows of an array, and all before it of its source, are in the table; appends
// rejects but no rows. Without an array: notes the outcome of the sources that have ended.
Status consume_array(Table& table, Loader& loader, const Array* array);

// What the table holds of its source `index`, in the order first stored; null: no such source.
Result<const LedgerEntry*> recorded_source(Table& table, std::uint32_t index);

// Appends the rows of a loader for about `timeout_ms`, or to its end when that is negative.
// FOREBAY_AGAIN: call again. At the end the first failure in source order, if any; a failure of the
// table, or one that is no source's, ends the load at once.
Status append_loader(Table& table, Loader& loader, int timeout_ms, LoadResult* result);

// Writes the rejects of the rows delivered so far that were not written yet into the ledger of the
// table's file; at the loader's end also, for each source, how many more there were. Part of
// append_loader(); for callers who take arrays themselves.
Status append_rejects(Store& store, Loader& loader);

}  // namespace forebay::core
