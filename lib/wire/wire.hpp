// Front header of wire: messages in and out of packets, and the configuration that a child gets at
// its start. Pure functions on bytes: nothing here reads a socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/base.hpp"
#include "wire/format.hpp"
#include "wire/sniff.hpp"
#include "wire/spawn.hpp"

namespace forebay::core::wire {

// The bytes of a message, header filled in.
template <typename Message>
std::span<const std::byte> encode(Message& message) noexcept {
  message.header = {kMagic, Message::kType, sizeof(Message), 0};
  return std::as_bytes(std::span<const Message, 1>(&message, 1));
}

// The type of a packet whose header is sound and whose size is that of its type; nothing otherwise.
std::optional<Type> check(std::span<const std::byte> packet) noexcept;

// A private copy of a message. Call it after check() returned Message::kType.
template <typename Message>
Message decode(std::span<const std::byte> packet) noexcept {
  static_assert(std::is_trivially_copyable_v<Message>);
  Message message;
  // Why void: g++ 10 warns of a type that has default values, though it is trivially copyable.
  std::memcpy(static_cast<void*>(&message), packet.data(), sizeof(Message));
  return message;
}

// A failure as a message and back. Text longer than kMaxText is cut.
Fail make_fail(std::uint64_t task, const Status& status) noexcept;
// An unknown or non-negative code becomes FOREBAY_E_PROTOCOL; text is made printable.
Status status_of(const Fail& fail);

// A rejected row or field as a message; both texts are cut between characters of UTF-8.
Reject make_reject(std::uint64_t task, const Status& reason, std::string_view line) noexcept;
// Its reason and place; `line` gets the line's text. Both are made printable; a tab may stay.
Status status_of(const Reject& reject, std::string* line);

// A note of a child program as a message; the text is cut between characters of UTF-8.
Log make_log(std::uint64_t task, std::uint32_t level, std::string_view text) noexcept;
// Its text, made printable; a tab may stay.
std::string text_of(const Log& log);

// What a child must know before its first task. Travels in a sealed memfd, for it may be large.
struct Config {
  std::string dtype{};  // text form
  std::string comment{};
  std::string columns{};
  std::string custom{};         // opaque: for a custom child program
  std::uint32_t delimiter = 0;  // text::Dialect
  std::uint32_t quote = 0;
  std::uint32_t skip_rows = 0;
  std::uint32_t has_header = 0;
  std::uint64_t block_rows = 0;   // rows between two array boundaries, and the room of a block
  std::uint64_t split_bytes = 0;  // longest split, and the step of a stream
  std::uint64_t segment_bytes = 0;
  OnError on_error = OnError::fail;
  ValueRules values{};
  std::uint32_t layout = 1;  // dtype's Layout of the rows in a block
  ChunkForm form{};          // of full blocks; no filter: they are published as they are
};
std::vector<std::byte> encode_config(const Config& config);
Result<Config> decode_config(std::span<const std::byte> bytes);

}  // namespace forebay::core::wire
