#include "wire/wire.hpp"

#include <algorithm>
#include <cstring>

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
    case Type::reject:
      return sizeof(Reject);
    case Type::mapped:
      return sizeof(Mapped);
    case Type::sniff_text:
      return sizeof(SniffText);
    case Type::sniffed:
      return sizeof(Sniffed);
    case Type::verified:
      return sizeof(Verified);
    case Type::waiting:
      return sizeof(Waiting);
    case Type::log:
      return sizeof(Log);
    case Type::packed:
      return sizeof(Packed);
    case Type::text_memory:
      return sizeof(TextMemory);
    case Type::inflated:
      return sizeof(Inflated);
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

// A text from a child as it may be shown: one line. A tab is harmless, and what separates many a
// line's fields.
void make_printable(std::string& text, bool keeps_tabs) {
  std::replace_if(
      text.begin(), text.end(),
      [=](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && !(keeps_tabs && c == '\t')) || c == 0x7f;
      },
      '?');
}

// How much of `text` goes into `most` bytes; a character of UTF-8 is not cut through.
std::uint32_t cut_length(std::string_view text, std::size_t most = kMaxRejectText) noexcept {
  if (text.size() <= most) return static_cast<std::uint32_t>(text.size());
  std::size_t length = most;
  for (int i = 0; i < 3 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U; ++i)
    --length;
  return static_cast<std::uint32_t>(length);
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
  make_printable(detail.message, false);
  detail.os_errno = fail.os_errno;
  detail.line = fail.line;
  detail.byte = fail.byte;
  detail.column = fail.column;
  return {code, std::move(detail)};
}

Reject make_reject(std::uint64_t task, const Status& reason, std::string_view line) noexcept {
  const ErrorDetail& detail = reason.detail();
  Reject reject{};
  reject.task = task;
  reject.line = detail.line;
  reject.byte = detail.byte;
  reject.code = reason.code();
  reject.column = detail.column;
  reject.reason_bytes = cut_length(detail.message);
  reject.text_bytes = cut_length(line);
  std::memcpy(reject.reason, detail.message.data(), reject.reason_bytes);
  if (!line.empty()) std::memcpy(reject.text, line.data(), reject.text_bytes);
  return reject;
}

Status status_of(const Reject& reject, std::string* line) {
  ErrorDetail detail;
  const Code code = is_known_failure(reject.code) ? reject.code : FOREBAY_E_PROTOCOL;
  detail.message.assign(reject.reason, std::min<std::size_t>(reject.reason_bytes, kMaxRejectText));
  make_printable(detail.message, false);
  detail.line = reject.line;
  detail.byte = reject.byte;
  detail.column = reject.column;
  line->assign(reject.text, std::min<std::size_t>(reject.text_bytes, kMaxRejectText));
  make_printable(*line, true);
  return {code, std::move(detail)};
}

Log make_log(std::uint64_t task, std::uint32_t level, std::string_view text) noexcept {
  Log log{};
  log.task = task;
  log.level = level;
  log.text_bytes = cut_length(text, kMaxText);
  if (!text.empty()) std::memcpy(log.text, text.data(), log.text_bytes);
  return log;
}

std::string text_of(const Log& log) {
  std::string text(log.text, std::min<std::size_t>(log.text_bytes, kMaxText));
  make_printable(text, true);
  return text;
}

}  // namespace forebay::core::wire
