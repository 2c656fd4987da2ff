#include "capi/capi.hpp"

#include <algorithm>
#include <string_view>

namespace forebay::core::capi {
namespace {

void copy_text(char* out, std::size_t size, std::string_view text) noexcept {
  const std::size_t length = std::min(text.size(), size - 1);
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

}  // namespace

void fill_error(forebay_error* err, const Status& status) noexcept {
  if (err == nullptr || err->struct_size < sizeof(std::uint32_t)) return;
  const ErrorDetail& detail = status.detail();
  forebay_error full = FOREBAY_ERROR_INIT;
  full.code = status.code();
  full.os_errno = detail.os_errno;
  full.source = detail.source;
  full.line = detail.line;
  full.byte = detail.byte;
  full.column = detail.column;
  std::string_view path = detail.path;
  if (path.size() >= sizeof(full.path)) path.remove_prefix(path.size() - sizeof(full.path) + 1);
  copy_text(full.path, sizeof(full.path), path);
  copy_text(full.message, sizeof(full.message),
            detail.message.empty() ? forebay_status_message(status.code())
                                   : std::string_view(detail.message));
  const std::uint32_t size = err->struct_size;
  std::memcpy(err, &full, std::min<std::size_t>(size, sizeof(full)));
  err->struct_size = size;
}

}  // namespace forebay::core::capi

void forebay_error_init(forebay_error* err) noexcept {
  if (err != nullptr) *err = FOREBAY_ERROR_INIT;
}

#define FOREBAY_NAME_CASE(name, value, text) \
  case name:                                 \
    return #name;
#define FOREBAY_TEXT_CASE(name, value, text) \
  case name:                                 \
    return text;

const char* forebay_status_name(forebay_status code) noexcept {
  switch (code) {
    FOREBAY_STATUS_MAP(FOREBAY_NAME_CASE)
    default:
      return "FOREBAY_E_UNKNOWN";
  }
}

const char* forebay_status_message(forebay_status code) noexcept {
  switch (code) {
    FOREBAY_STATUS_MAP(FOREBAY_TEXT_CASE)
    default:
      return "an unknown status code";
  }
}

const char* forebay_version(void) noexcept {
  return FOREBAY_VERSION_STRING;
}
uint32_t forebay_abi_version(void) noexcept {
  return FOREBAY_ABI_VERSION;
}
