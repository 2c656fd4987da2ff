#include "child/records.hpp"

#include <algorithm>
#include <cstring>

namespace forebay::core {
namespace {

constexpr std::size_t kStep = 64U << 10U;
// Why a limit: a quote that is never closed would otherwise pull the rest of the source into
// memory.
constexpr std::size_t kMaxRecord = 64U << 20U;

}  // namespace

std::span<char> Window::room(std::size_t wanted) {
  if (at_end || wanted <= filled) return {};
  if (bytes.size() < wanted + text::kPadding) bytes.resize(wanted + text::kPadding);
  return {bytes.data() + filled, wanted - filled};
}

void Window::took(std::size_t got, std::size_t of) noexcept {
  filled += got;
  at_end = at_end || got < of;
}

void Window::drop_front(std::size_t count) {
  std::memmove(bytes.data(), bytes.data() + count, filled - count);
  filled -= count;
}

std::size_t Window::known() const noexcept {
  return at_end ? filled : filled - std::min(filled, text::kPadding);
}

Result<std::size_t> end_of_record(const text::Dialect& dialect, text::ScanState state,
                                  Window& window, std::size_t from, const ReadMore& read_more) {
  if (state == text::ScanState::record_start) return from;
  std::size_t at = from;
  for (std::size_t step = kStep; at - from <= kMaxRecord; step *= 2) {
    FOREBAY_TRY(read_more(at + step));
    const std::size_t known = std::max(at, window.known());
    const auto found =
        text::find_record_end(dialect, state, window.bytes.data(), at, known, window.filled);
    if (found) return *found;
    if (window.at_end) return window.filled;
    at = known;
  }
  return Status(
      FOREBAY_E_LIMIT,
      "a row is longer than 64 MiB; if quotes stand in the text unpaired, turn quoting off");
}

std::size_t end_of_whole_records(const text::Dialect& dialect, const Window& window,
                                 std::size_t from, std::size_t size) {
  for (;;) {
    text::ScanState state = text::ScanState::record_start;
    const auto found =
        text::find_record_end(dialect, state, window.bytes.data(), from, size, window.filled);
    if (!found) return from;
    from = *found;
  }
}

}  // namespace forebay::core
