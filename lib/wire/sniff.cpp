#include "wire/sniff.hpp"

#include <algorithm>
#include <cstring>

namespace forebay::core::wire {
namespace {

constexpr std::uint32_t kRequestMagic = 0x53574246U;  // "FBWS"
constexpr std::size_t kMostNotes = 100;

struct RequestHead {
  std::uint32_t magic;
  std::uint32_t delimiter;
  std::uint32_t quote;
  std::uint32_t decimal;
  std::uint32_t has_header;
  std::uint32_t skip_rows;
  std::uint32_t has_comment;
  std::uint32_t has_na;
  std::uint64_t sample_bytes;
  std::uint64_t also_at;
  std::uint64_t comment_bytes;
  std::uint64_t na_bytes;
};
static_assert(sizeof(RequestHead) == 64);

bool is_control(char byte) noexcept {
  return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
}

Status malformed() {
  return {FOREBAY_E_PROTOCOL, "the texts of a guess are not well formed"};
}

}  // namespace

std::string encode_sniff_request(const SniffRequest& request) {
  const RequestHead head{kRequestMagic,       request.delimiter,      request.quote,
                         request.decimal,     request.has_header,     request.skip_rows,
                         request.has_comment, request.has_na,         request.sample_bytes,
                         request.also_at,     request.comment.size(), request.na.size()};
  return std::string(reinterpret_cast<const char*>(&head), sizeof(head)) + request.comment +
         request.na;
}

Result<SniffRequest> decode_sniff_request(std::string_view bytes) {
  RequestHead head;
  if (bytes.size() < sizeof(head)) return malformed();
  std::memcpy(&head, bytes.data(), sizeof(head));
  bytes.remove_prefix(sizeof(head));
  const bool is_whole = head.magic == kRequestMagic && head.comment_bytes <= bytes.size() &&
                        head.na_bytes == bytes.size() - head.comment_bytes;
  if (!is_whole) return malformed();
  SniffRequest request;
  request.delimiter = head.delimiter;
  request.quote = head.quote;
  request.decimal = head.decimal;
  request.has_header = head.has_header;
  request.skip_rows = head.skip_rows;
  request.has_comment = head.has_comment;
  request.has_na = head.has_na;
  request.sample_bytes = head.sample_bytes;
  request.also_at = head.also_at;
  request.comment = bytes.substr(0, head.comment_bytes);
  request.na = bytes.substr(head.comment_bytes);
  return request;
}

std::string encode_sniff_texts(const SniffTexts& texts) {
  std::string out;
  for (const std::string* text : {&texts.dtype, &texts.comment, &texts.na}) {
    out += *text;
    out += '\0';
  }
  for (const std::string& note : texts.notes) {
    out += note;
    out += '\0';
  }
  return out;
}

Result<SniffTexts> decode_sniff_texts(std::string_view bytes) {
  constexpr std::size_t kFixed = 3;
  std::vector<std::string> all;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\0');
    if (end == std::string_view::npos || all.size() == kFixed + kMostNotes) return malformed();
    const std::string_view text = bytes.substr(0, end);
    if (std::any_of(text.begin(), text.end(), is_control)) return malformed();
    all.emplace_back(text);
    bytes.remove_prefix(end + 1);
  }
  if (all.size() < kFixed) return malformed();
  SniffTexts texts;
  texts.dtype = std::move(all[0]);
  texts.comment = std::move(all[1]);
  texts.na = std::move(all[2]);
  texts.notes.assign(all.begin() + kFixed, all.end());
  return texts;
}

}  // namespace forebay::core::wire
