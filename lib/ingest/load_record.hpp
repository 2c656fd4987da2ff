// One loader into one table: what of its sources is stored goes into the ledger, so that another
// load can go on behind it. Kept by the table between the calls of a load. The thread of both.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "ingest/ledger.hpp"

namespace forebay::core {

class LoadRecord {
 public:
  ~LoadRecord();
  LoadRecord(const LoadRecord&) = delete;
  LoadRecord& operator=(const LoadRecord&) = delete;
  // The table's record of this loader; made when there is none yet.
  static Result<LoadRecord*> of(Table& table, const Loader& loader);

  // Has the loader go on behind what the table holds. FOREBAY_E_MISMATCH: a source was loaded with
  // other options. FOREBAY_E_STATE: rows would come into another order than that of the sources.
  Status resume(Loader& loader, std::uint32_t source);
  // Rows of the loader, up to the end of an array, are in the table.
  Status stored(const Loader& loader, std::uint32_t source, const Provenance& end);
  // Notes the outcome of the sources that have ended: of all, or of those only whose rows were
  // stored here.
  Status settle(const Loader& loader, bool all);

  // An array that the loader has delivered and the table has not taken, for want of room: it comes
  // first when the load goes on. Owned here.
  void keep(Array* array) noexcept { waiting_ = array; }
  Array* take_waiting() noexcept { return std::exchange(waiting_, nullptr); }

  // Commits when the store's policy says so: on a chunk boundary, and where none comes, without.
  Status commit_if_due(std::uint64_t rows);

 private:
  explicit LoadRecord(Table& table);
  Result<LedgerEntry> entry_of(const SourceFacts& facts);
  [[nodiscard]] Status check_entry(const LedgerEntry& entry, const SourceFacts& facts) const;
  [[nodiscard]] bool is_due(std::uint64_t times) const;

  Table& table_;
  Ledger* ledger_ = nullptr;  // the table's
  bool is_resumed_ = false;
  // How often each file was in the table before this load, for a load that adds to that.
  std::map<std::string, std::uint32_t> before_;
  std::set<std::uint32_t> stored_;  // sources
  std::uint32_t settled_ = 0;       // all sources before this one
  std::uint64_t rows_ = 0;          // since the last automatic commit
  std::uint64_t committed_ns_;
  Array* waiting_ = nullptr;
};

}  // namespace forebay::core
