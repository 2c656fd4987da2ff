#include "wire/wire.hpp"

namespace forebay::core::wire {
namespace {

constexpr std::uint32_t kConfigMagic = 0x43574246U;  // "FBWC"

struct ConfigHead {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint32_t delimiter;
  std::uint32_t quote;
  std::uint32_t skip_rows;
  std::uint32_t has_header;
  std::uint64_t block_rows;
  std::uint64_t split_bytes;
  std::uint64_t segment_bytes;
  std::uint64_t dtype_bytes;
  std::uint64_t comment_bytes;
  std::uint64_t columns_bytes;
  std::uint64_t custom_bytes;
  OnError on_error;
  std::uint32_t layout;
  std::uint8_t deflate;
  std::uint8_t blosc;
  std::uint16_t reserved;
  std::uint8_t shuffle;
  std::uint8_t fletcher32;
  std::uint8_t zstd;
  std::uint8_t lz4;
  std::uint64_t elements;
};
static_assert(sizeof(ConfigHead) == 104);

// At the end of the configuration, before the texts of its lists.
struct ValuesHead {
  Percent percent;
  Encoding encoding;
  std::uint64_t na_bytes;
  std::uint64_t fill_bytes;
  std::uint64_t true_bytes;
  std::uint64_t false_bytes;
  char decimal;
  char thousands;
  std::uint8_t hex;
  std::uint8_t truncate;
  std::uint32_t reserved;
};
static_assert(sizeof(ValuesHead) == 48);

void append(std::vector<std::byte>& out, const void* data, std::size_t bytes) {
  const auto* first = static_cast<const std::byte*>(data);
  out.insert(out.end(), first, first + bytes);
}

// Takes `bytes` from the front of `rest`; false if there are not so many.
bool take(std::span<const std::byte>& rest, std::uint64_t bytes, std::string* out) {
  if (bytes > rest.size()) return false;
  out->assign(reinterpret_cast<const char*>(rest.data()), bytes);
  rest = rest.subspan(bytes);
  return true;
}

bool take_elements(std::span<const std::byte>& rest, std::uint64_t count,
                   std::vector<std::uint32_t>* out) {
  if (count == 0) return true;
  if (count > rest.size() / sizeof(std::uint32_t)) return false;
  out->resize(static_cast<std::size_t>(count));
  std::memcpy(out->data(), rest.data(), out->size() * sizeof(std::uint32_t));
  rest = rest.subspan(out->size() * sizeof(std::uint32_t));
  return true;
}

void append_text(std::vector<std::byte>& out, const std::string& text) {
  append(out, text.data(), text.size());
}

void append_values(std::vector<std::byte>& out, const ValueRules& values) {
  const ValuesHead head{values.percent,
                        values.encoding,
                        values.na.size(),
                        values.fill.size(),
                        values.true_words.size(),
                        values.false_words.size(),
                        values.decimal,
                        values.thousands,
                        values.hex,
                        values.truncate,
                        0};
  append(out, &head, sizeof(head));
  for (const std::string* text :
       {&values.na, &values.fill, &values.true_words, &values.false_words}) {
    append_text(out, *text);
  }
}

bool take_values(std::span<const std::byte>& rest, ValueRules* values) {
  ValuesHead head;
  if (rest.size() < sizeof(head)) return false;
  std::memcpy(&head, rest.data(), sizeof(head));
  rest = rest.subspan(sizeof(head));
  values->percent = head.percent;
  values->encoding = head.encoding;
  values->decimal = head.decimal;
  values->thousands = head.thousands;
  values->hex = head.hex != 0;
  values->truncate = head.truncate != 0;
  return head.percent <= Percent::number && head.encoding <= Encoding::latin1 &&
         take(rest, head.na_bytes, &values->na) && take(rest, head.fill_bytes, &values->fill) &&
         take(rest, head.true_bytes, &values->true_words) &&
         take(rest, head.false_bytes, &values->false_words);
}

}  // namespace

std::vector<std::byte> encode_config(const Config& config) {
  const ConfigHead head{kConfigMagic,
                        kVersion,
                        config.delimiter,
                        config.quote,
                        config.skip_rows,
                        config.has_header,
                        config.block_rows,
                        config.split_bytes,
                        config.segment_bytes,
                        config.dtype.size(),
                        config.comment.size(),
                        config.columns.size(),
                        config.custom.size(),
                        config.on_error,
                        config.layout,
                        static_cast<std::uint8_t>(config.form.filters.deflate),
                        static_cast<std::uint8_t>(config.form.filters.blosc),
                        0,
                        config.form.filters.shuffle,
                        config.form.filters.fletcher32,
                        static_cast<std::uint8_t>(config.form.filters.zstd),
                        config.form.filters.lz4,
                        config.form.element_bytes.size()};
  std::vector<std::byte> out;
  append(out, &head, sizeof(head));
  append(out, config.dtype.data(), config.dtype.size());
  append(out, config.comment.data(), config.comment.size());
  append(out, config.columns.data(), config.columns.size());
  append(out, config.custom.data(), config.custom.size());
  append_values(out, config.values);
  append(out, config.form.element_bytes.data(),
         config.form.element_bytes.size() * sizeof(std::uint32_t));
  return out;
}

Result<Config> decode_config(std::span<const std::byte> bytes) {
  ConfigHead head;
  if (bytes.size() < sizeof(head))
    return Status(FOREBAY_E_PROTOCOL, "the configuration is too short");
  std::memcpy(&head, bytes.data(), sizeof(head));
  if (head.magic != kConfigMagic || head.version != kVersion) {
    return Status(FOREBAY_E_PROTOCOL,
                  "the child program and the library are of different releases; install both anew");
  }
  Config config;
  config.delimiter = head.delimiter;
  config.quote = head.quote;
  config.skip_rows = head.skip_rows;
  config.has_header = head.has_header;
  config.block_rows = head.block_rows;
  config.split_bytes = head.split_bytes;
  config.segment_bytes = head.segment_bytes;
  config.on_error = head.on_error;
  config.layout = head.layout;
  config.form.filters = {head.deflate, head.shuffle != 0, head.fletcher32 != 0,
                         head.zstd,    head.lz4 != 0,     head.blosc};
  std::span<const std::byte> rest = bytes.subspan(sizeof(head));
  const bool whole = take(rest, head.dtype_bytes, &config.dtype) &&
                     take(rest, head.comment_bytes, &config.comment) &&
                     take(rest, head.columns_bytes, &config.columns) &&
                     take(rest, head.custom_bytes, &config.custom) &&
                     take_values(rest, &config.values) &&
                     take_elements(rest, head.elements, &config.form.element_bytes) && rest.empty();
  const bool is_policy = head.on_error >= OnError::fail && head.on_error <= OnError::null;
  const bool is_layout = head.layout == 1 || head.layout == 2;
  if (!whole || !is_policy || !is_layout || head.reserved != 0 || !config.form.filters.is_sound() ||
      config.block_rows == 0 || config.split_bytes == 0) {
    return Status(FOREBAY_E_PROTOCOL, "the configuration is not well formed");
  }
  return config;
}

}  // namespace forebay::core::wire
