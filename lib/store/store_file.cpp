#include "store/store_file.hpp"

#include <algorithm>
#include <cstring>

namespace forebay::core {
namespace {

// What a failed write means for the rows, and what to do.
Status with_consequence(const Status& failure) {
  ErrorDetail detail = failure.detail();
  detail.message +=
      failure.code() == FOREBAY_E_NOSPC
          ? "; free some space and open it again: rows since the last commit are missing"
          : "; open it again: rows since the last commit are missing";
  return {failure.code(), std::move(detail)};
}

}  // namespace

Result<std::shared_ptr<StoreFile>> StoreFile::adopt(std::unique_ptr<StorageFile> file,
                                                    std::string path) {
  FOREBAY_TRY_ASSIGN(const std::uint64_t size, file->size());
  std::shared_ptr<StoreFile> adopted(new StoreFile(std::move(file), std::move(path)));
  adopted->size_ = size;
  return adopted;
}

Status StoreFile::read(std::uint64_t address, std::span<std::byte> bytes) {
  if (!file_) return {FOREBAY_E_STATE, path_ + " is closed"};
  Result<std::size_t> got = file_->read_at(address, bytes);
  if (!got.is_ok()) {
    read_failure_ = got.status().clone();
    return std::move(got).status();
  }
  if (*got < bytes.size()) {
    ++reads_past_end_;
    std::memset(bytes.data() + *got, 0, bytes.size() - *got);
  }
  return Status::ok();
}

void StoreFile::write(std::uint64_t address, std::span<const std::byte> bytes) {
  if (!takes_writes()) return;
  if (Status status = file_->write_at(address, bytes); status.is_failure()) {
    poison(with_consequence(status));
    return;
  }
  size_ = std::max(size_, address + bytes.size());
}

void StoreFile::truncate(bool closing) {
  const bool resize = closing ? size_ != end_of_allocation_ : size_ < end_of_allocation_;
  if (!resize || !takes_writes()) return;
  if (Status status = file_->truncate(end_of_allocation_); status.is_failure()) {
    poison(with_consequence(status));
    return;
  }
  size_ = end_of_allocation_;
}

Status StoreFile::sync() {
  if (failed()) return failure_.clone();
  // Why never retried: after a failed sync the kernel marks the pages clean, so that a second one
  // succeeds without having written them.
  if (Status status = file_->sync_data(); status.is_failure()) {
    poison(with_consequence(status));
  }
  return failure_.clone();
}

void StoreFile::poison(Status failure) noexcept {
  if (!failed()) failure_ = std::move(failure);
}

void StoreFile::abandon() noexcept {
  poison(Status::news(FOREBAY_E_CANCELLED));
}

Status StoreFile::take_read_failure() noexcept {
  Status taken = std::move(read_failure_);
  read_failure_ = Status();
  return taken;
}

void StoreFile::release_file() noexcept {
  file_.reset();
}

}  // namespace forebay::core
