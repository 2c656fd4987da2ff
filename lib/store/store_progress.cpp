// What a store does so that its calls fail early or not at all, and need not wait: room that is
// made before rows are taken, and commits that are begun and asked for later.
#include "store/core.hpp"
#include "store/identity.hpp"

namespace forebay::core {
namespace {

// Bytes of a commit besides what its appends ask for: attributes and headers of groups; and for
// each dataset its header and the blocks of its index.
constexpr std::uint64_t kSlack = 128U << 10U;
constexpr std::uint64_t kDatasetBytes = 8U << 10U;

}  // namespace

Status Store::Core::reserve(const Room& room, const std::string& table) {
  const std::uint64_t journal = pending_journal_ + room.journal_bytes;
  const std::uint64_t others = kSlack + static_cast<std::uint64_t>(datasets_) * kDatasetBytes;
  Status status = file_->reserve(room.file_bytes + waiting_bytes_ + others,
                                 journal + limits_.held_bytes + others);
  if (status.is_ok()) pending_journal_ = journal;
  const bool is_hidden = table.starts_with(std::string(kReservedGroup) + "/");
  if (status.is_failure() && is_hidden) file_->poison(status.clone());
  return status;
}

Status Store::Core::begin_commit(std::uint64_t* ticket) {
  FOREBAY_TRY(check_writable());
  if (is_begun_) {
    return {FOREBAY_E_STATE,
            "a commit of " + path_ + " was begun already: poll it to its end before the next one"};
  }
  if (replaced_) {
    FOREBAY_TRY(commit());
  } else {
    FOREBAY_TRY(flush_tables());
    FOREBAY_TRY(file_->begin_commit());
    pending_journal_ = 0;
  }
  is_begun_ = true;
  *ticket = ++begun_;
  return Status::ok();
}

Status Store::Core::poll_commit(int timeout_ms, std::uint64_t* ticket) {
  *ticket = done_;
  if (!hdf5_file_.is_open() || file_->is_forked_copy()) return check_usable();
  if (!is_begun_) return Status::news(FOREBAY_NONE);
  Status status = file_->poll_commit(timeout_ms);
  if (status.code() == FOREBAY_AGAIN) return status;
  is_begun_ = false;
  if (status.is_ok()) *ticket = done_ = begun_;
  return status;
}

}  // namespace forebay::core
