// What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput(): an input's first
// bytes choose options, the rest is what is read. A rule that does not hold ends the process, so
// that libFuzzer and the replay program both keep the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace forebay::fuzz {

// An input, taken from its front. At its end it gives zeros.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  std::uint64_t word() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8U | byte();
    return value;
  }
  std::uint64_t below(std::uint64_t limit) { return limit == 0 ? 0 : byte() % limit; }
  bool flag() { return (byte() & 1U) != 0; }
  std::span<const std::byte> take(std::size_t most) {
    const auto part = rest_.first(most < rest_.size() ? most : rest_.size());
    rest_ = rest_.subspan(part.size());
    return std::as_bytes(part);
  }
  std::span<const std::byte> rest() { return take(rest_.size()); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  std::string text() {
    const auto bytes = rest();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

 private:
  std::span<const std::uint8_t> rest_;
};

inline void must(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "broken rule: %s\n", rule);
  std::abort();
}

}  // namespace forebay::fuzz
