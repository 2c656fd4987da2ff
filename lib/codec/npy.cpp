// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: versions 1.0, 2.0, 3.0.
//
//   header = "{" entry { "," entry } [ "," ] "}"     entry = 'key' ":" literal
//
// The keys are descr, fortran_order and shape, in any order, each once. The literal of descr is
// passed on as it stands: what it means is the affair of dtype/.
#include "codec/npy.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "codec/little_endian.hpp"

namespace forebay::core::codec {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kMaxDimensions = 32;  // numpy's own limit

Status malformed(const char* what) {
  return {FOREBAY_E_FORMAT,
          std::string("the .npy header ") + what + "; the file is damaged, save it again"};
}

class Literals {
 public:
  explicit Literals(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] char peek() noexcept {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) noexcept {
    if (peek() != c || c == '\0') return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) noexcept {
    skip_blanks();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  std::optional<std::uint64_t> number() noexcept {
    skip_blanks();
    std::uint64_t value = 0;
    const char* const end = text_.data() + text_.size();
    const auto [stop, fault] = std::from_chars(text_.data() + at_, end, value);
    if (fault != std::errc()) return std::nullopt;
    at_ = static_cast<std::size_t>(stop - text_.data());
    // Python 2 wrote long numbers so.
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;
    return value;
  }
  // A quoted literal with its quotes; empty if there is none.
  std::string_view quoted() noexcept {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return {};
    const std::size_t begin = at_;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == quote) {
        return text_.substr(begin, ++at_ - begin);
      }
    }
    return {};
  }
  // Any literal as it stands: quotes, or brackets that match. Empty if it does not end.
  std::string_view any() noexcept {
    (void)peek();
    const std::size_t begin = at_;
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = peek();
      if (c == '\'' || c == '"') {
        if (quoted().empty()) return {};
      } else if (c == '[' || c == '(') {
        ++depth;
        ++at_;
      } else if ((c == ']' || c == ')') && depth > 0) {
        --depth;
        ++at_;
      } else if (depth == 0 || c == '{' || c == '}') {
        break;
      } else {
        ++at_;
      }
      if (depth == 0) break;
    }
    return depth == 0 ? text_.substr(begin, at_ - begin) : std::string_view();
  }

 private:
  void skip_blanks() noexcept {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
      ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool read_shape(Literals& in, std::vector<std::uint64_t>* shape) {
  if (!in.take('(')) return false;
  while (!in.take(')')) {
    const auto extent = in.number();
    if (!extent || shape->size() == kMaxDimensions) return false;
    shape->push_back(*extent);
    if (!in.take(',') && in.peek() != ')') return false;
  }
  return true;
}

Status read_entry(Literals& in, unsigned* seen, NpyHeader* out) {
  const std::string_view quoted = in.quoted();
  if (quoted.size() < 2 || !in.take(':')) return malformed("is no dictionary of Python");
  const std::string_view key = quoted.substr(1, quoted.size() - 2);
  unsigned bit = 0;
  if (key == "descr") {
    bit = 1;
    out->descr = in.any();
    if (out->descr.empty()) return malformed("has no literal for descr");
  } else if (key == "fortran_order") {
    bit = 2;
    out->fortran_order = in.take_word("True");
    if (!out->fortran_order && !in.take_word("False"))
      return malformed("has neither True nor False for fortran_order");
  } else if (key == "shape") {
    bit = 4;
    if (!read_shape(in, &out->shape)) return malformed("has no tuple of numbers for shape");
  }
  if (bit == 0 || (*seen & bit) != 0) return malformed("has an entry twice, or one too many");
  *seen |= bit;
  return Status::ok();
}

}  // namespace

Result<std::size_t> npy_header_bytes(std::span<const std::byte> prelude) {
  const bool has_magic =
      prelude.size() >= 10 && std::memcmp(prelude.data(), kMagic.data(), kMagic.size()) == 0;
  if (!has_magic) {
    return Status(FOREBAY_E_FORMAT,
                  "this is no .npy file, or it is cut short; save it again with numpy.save");
  }
  const unsigned major = std::to_integer<unsigned>(prelude[6]);
  if (major < 1 || major > 3 || prelude[7] != std::byte{0}) {
    return Status(FOREBAY_E_FORMAT, "the .npy file is of version " + std::to_string(major) + "." +
                                        std::to_string(std::to_integer<unsigned>(prelude[7])) +
                                        "; 1.0, 2.0 and 3.0 are known: save it again");
  }
  if (major > 1 && prelude.size() < kNpyPrelude) return malformed("is cut short");
  const std::size_t length = major == 1 ? 10 + std::size_t{read_u16(prelude, 8)}
                                        : kNpyPrelude + std::size_t{read_u32(prelude, 8)};
  if (length > kNpyMaxHeader)
    return Status(FOREBAY_E_LIMIT, "the .npy header is longer than 1 MiB; save it again");
  return length;
}

Result<NpyHeader> parse_npy_header(std::span<const std::byte> header) {
  FOREBAY_TRY_ASSIGN(const std::size_t length,
                     npy_header_bytes(header.first(std::min(header.size(), kNpyPrelude))));
  if (header.size() != length) return malformed("is cut short");
  const std::size_t begin = header[6] == std::byte{1} ? 10 : kNpyPrelude;
  Literals in({reinterpret_cast<const char*>(header.data()) + begin, length - begin});
  NpyHeader out;
  out.data_offset = length;
  unsigned seen = 0;
  if (!in.take('{')) return malformed("is no dictionary of Python");
  while (!in.take('}')) {
    FOREBAY_TRY(read_entry(in, &seen, &out));
    if (!in.take(',') && in.peek() != '}') return malformed("is no dictionary of Python");
  }
  if (in.peek() != '\0') return malformed("has more than a dictionary");
  if (seen != 7) return malformed("lacks descr, fortran_order or shape");
  return out;
}

}  // namespace forebay::core::codec
