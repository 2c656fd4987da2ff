// What a workload writes through: the store, or stock HDF5. Both take the same steps, so that one
// harness judges both. Thread rule: one thread.
#pragma once

#include <memory>
#include <string>

#include "model.hpp"

namespace forebay::test {

constexpr const char* kPath = "d/x.h5";

enum class FileMode : std::uint8_t { append, replace };

struct WriterOptions {
  std::uint32_t names = 0;
  std::uint64_t checkpoint_bytes = 0;
  std::uint64_t ahead_bytes = 0;
  std::uint64_t held_bytes = 0;
  bool ordered = false;      // what a power loss leaves is not promised
  bool unjournaled = false;  // nothing is promised before the file is closed
};

class Writer {
 public:
  virtual ~Writer() = default;

  virtual core::Status open(FileMode mode) = 0;
  virtual core::Status create_table(const std::string& name) = 0;
  virtual core::Status append(const std::string& name, const Bytes& rows) = 0;
  virtual core::Status set_text(const std::string& name, const std::string& key,
                                const std::string& value) = 0;
  virtual core::Status commit() = 0;
  virtual core::Status close() = 0;
  virtual void die() = 0;                    // abandons it: as if the process had been killed
  virtual core::Status recover() = 0;        // of a file that nobody has open
  virtual core::Status repack() = 0;         // the same
  virtual core::Result<Content> read() = 0;  // the uncommitted rows too
};

// The same object may be opened again after close().
std::unique_ptr<Writer> store_writer(core::Storage& storage, const WriterOptions& options);
enum class StockMode : std::uint8_t { plain, earliest, swmr };
std::unique_ptr<Writer> stock_writer(core::Storage& storage, StockMode mode);

// Opens for reading, reads everything, closes.
core::Result<Content> read_store(core::Storage& storage);
// As any HDF5 program does. `flags`: whether a file that is marked as being written is refused, as
// HDF5 does where it can lock files.
core::Result<Content> read_stock(core::Storage& storage, bool flags);

}  // namespace forebay::test
