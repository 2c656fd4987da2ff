#include "wire/wire.hpp"

#include <algorithm>

namespace forebay::core::wire {
namespace {

std::size_t size_of(Type type) noexcept {
  switch (type) {
    case Type::task:
      return sizeof(Task);
    case Type::go:
      return sizeof(Go);
    case Type::lend:
      return sizeof(Lend);
    case Type::drop:
      return sizeof(Drop);
    case Type::hello:
      return sizeof(Hello);
    case Type::headed:
      return sizeof(Headed);
    case Type::scanned:
      return sizeof(Scanned);
    case Type::want:
      return sizeof(Want);
    case Type::publish:
      return sizeof(Publish);
    case Type::done:
      return sizeof(Done);
    case Type::fail:
      return sizeof(Fail);
  }
  return 0;
}

bool is_known_failure(std::int32_t code) noexcept {
#define FOREBAY_KNOWN_CASE(name, value, text) \
  case name:                                  \
    return name < 0;
  switch (code) {
    FOREBAY_STATUS_MAP(FOREBAY_KNOWN_CASE)
    default:
      return false;
  }
#undef FOREBAY_KNOWN_CASE
}

}  // namespace

std::optional<Type> check(std::span<const std::byte> packet) noexcept {
  if (packet.size() < sizeof(Header)) return std::nullopt;
  Header header;
  std::memcpy(&header, packet.data(), sizeof(header));
  if (header.magic != kMagic || header.reserved != 0 || header.size != packet.size())
    return std::nullopt;
  const std::size_t expected = size_of(header.type);
  if (expected == 0 || expected != packet.size()) return std::nullopt;
  return header.type;
}

Fail make_fail(std::uint64_t task, const Status& status) noexcept {
  const ErrorDetail& detail = status.detail();
  Fail fail{};
  fail.task = task;
  fail.code = status.code();
  fail.os_errno = detail.os_errno;
  fail.line = detail.line;
  fail.byte = detail.byte;
  fail.column = detail.column;
  fail.text_bytes = static_cast<std::uint32_t>(std::min(detail.message.size(), kMaxText));
  std::memcpy(fail.text, detail.message.data(), fail.text_bytes);
  return fail;
}

Status status_of(const Fail& fail) {
  ErrorDetail detail;
  const Code code = is_known_failure(fail.code) ? fail.code : FOREBAY_E_PROTOCOL;
  detail.message.assign(fail.text, std::min<std::size_t>(fail.text_bytes, kMaxText));
  std::replace_if(
      detail.message.begin(), detail.message.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  detail.os_errno = fail.os_errno;
  detail.line = fail.line;
  detail.byte = fail.byte;
  detail.column = fail.column;
  return {code, std::move(detail)};
}

}  // namespace forebay::core::wire
