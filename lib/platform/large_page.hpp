// Large pages: memory that lies in one piece.
// Why they matter: the kernel gives a disk each page of a write by itself where pages do not lie
// side by side, and keeps books of each page that it makes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace forebay::core {

inline constexpr std::uint64_t kLargePageBytes = 2U << 20U;

// What memory lies on, as far as is known.
enum class PageKind : std::uint8_t { small, large };

// Makes large pages of memory, whatever the system's settings are (MADV_COLLAPSE, Linux 6.1): whole
// ones, each with at least one page that was touched or reserved. Its content stays. False: some or
// all of it is as it was.
bool make_large_pages(std::byte* data, std::uint64_t bytes) noexcept;

// One of this process's own.
class LargePage {
 public:
  // Empty where the system gives none.
  static LargePage make() noexcept;
  LargePage() noexcept = default;
  LargePage(LargePage&& other) noexcept;
  LargePage& operator=(LargePage&& other) noexcept;
  ~LargePage();

  [[nodiscard]] std::span<std::byte> bytes() const noexcept {
    return {data_, data_ == nullptr ? 0 : kLargePageBytes};
  }

 private:
  void unmap() noexcept;

  std::byte* data_ = nullptr;
};

// Maps as mmap() does, at an address where the kernel can map large pages; MAP_FAILED.
void* map_aligned(std::uint64_t bytes, int protection, int flags, int fd) noexcept;

}  // namespace forebay::core
