// Which ranges were written since the last commit, and the order in which they may be shown to
// readers that follow the file. Knows ranges, not bytes: these are in the overlay, the newest ones.
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/base.hpp"

namespace forebay::core {

// The classes in which a commit is applied. What is in a class points only to classes before it, so
// that a reader meets nothing that is not there yet. Their numbers stand in the journal.
enum class ChangeClass : std::uint16_t {
  fresh = 1,   // space that no commit had before: nothing that is committed points to it
  rows,        // of a chunk that is rewritten: past the rows that headers tell of
  superblock,  // tells the end of the file
  index,       // of chunks, and heaps
  header       // of objects: tells how many rows there are, and which tables
};

// By the bytes that a write begins with, as headers and indexes come with one memory type.
ChangeClass class_of(bool is_raw, std::span<const std::byte> bytes) noexcept;

struct Change {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  ChangeClass kind = ChangeClass::index;
};

class ChangeLog {
 public:
  void add(const Change& change) { changes_.push_back(change); }
  // Forgets what is at or past `address`; no change spans it.
  void drop_from(std::uint64_t address);
  void clear() noexcept { changes_.clear(); }

  [[nodiscard]] bool is_empty() const noexcept { return changes_.empty(); }
  // By class; in the order of the writes within a class.
  [[nodiscard]] std::vector<Change> in_order() const;

 private:
  std::vector<Change> changes_;  // in the order of the writes
};

}  // namespace forebay::core
