#include "base/base.hpp"

#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace forebay::core {

Status::Status(Code code, std::string message) : Status(code, ErrorDetail{std::move(message)}) {}

Status::Status(Code code, ErrorDetail detail)
    : code_(code), detail_(std::make_unique<ErrorDetail>(std::move(detail))) {
  assert(code != FOREBAY_OK);
}

const ErrorDetail& Status::detail() const noexcept {
  static const ErrorDetail kNone;
  return detail_ ? *detail_ : kNone;
}

ErrorDetail& Status::mutable_detail() {
  if (!detail_) detail_ = std::make_unique<ErrorDetail>();
  return *detail_;
}

Status&& Status::at_path(std::string path) && {
  mutable_detail().path = std::move(path);
  return std::move(*this);
}

Status&& Status::at_source(std::uint32_t source) && {
  mutable_detail().source = source;
  return std::move(*this);
}

Status&& Status::at_errno(int os_errno) && {
  mutable_detail().os_errno = os_errno;
  return std::move(*this);
}

Status&& Status::with_prefix(std::string_view prefix) && {
  mutable_detail().message.insert(0, prefix);
  return std::move(*this);
}

Status Status::clone() const {
  if (is_ok()) return {};
  return detail_ ? Status(code_, *detail_) : Status(code_, ErrorDetail{});
}

Code code_of_errno(int os_errno) noexcept {
  switch (os_errno) {
    case ENOENT:
    case ENOTDIR:
      return FOREBAY_E_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
      return FOREBAY_E_PERMISSION;
    case EEXIST:
      return FOREBAY_E_EXISTS;
    case ENOSPC:
    case EDQUOT:
      return FOREBAY_E_NOSPC;
    case ENOMEM:
      return FOREBAY_E_MEMORY;
    case EMFILE:
    case ENFILE:
    case EFBIG:
      return FOREBAY_E_LIMIT;
    case EWOULDBLOCK:
    case EBUSY:
    case ETXTBSY:
      return FOREBAY_E_BUSY;
    case EINVAL:
    case ENAMETOOLONG:
    case ELOOP:
      return FOREBAY_E_ARGUMENT;
    default:
      return FOREBAY_E_IO;
  }
}

std::string errno_text(int os_errno) {
  return std::generic_category().message(os_errno);
}

Status errno_status(std::string_view verb, std::string_view path, int os_errno) {
  ErrorDetail detail;
  detail.message.append("cannot ").append(verb);
  if (!path.empty()) detail.message.append(" ").append(path);
  detail.message.append(": ").append(errno_text(os_errno));
  detail.path = path;
  detail.os_errno = os_errno;
  return {code_of_errno(os_errno), std::move(detail)};
}

Status internal_status(std::string message) {
  message.insert(0, "internal fault, please report it: ");
  return {FOREBAY_E_INTERNAL, std::move(message)};
}

}  // namespace forebay::core
