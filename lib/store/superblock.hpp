// The first 48 bytes of an HDF5 file with superblock version 2 or 3, as far as a writer must know
// them without HDF5: consistency flags, end of allocation, checksum. docs/format/file.md has the
// table. Thread rule: values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "platform/platform.hpp"

namespace forebay::core {

// Bob Jenkins's lookup3 over bytes, the checksum of HDF5's metadata.
std::uint32_t lookup3(std::span<const std::byte> bytes) noexcept;

class Superblock {
 public:
  static constexpr std::size_t kBytes = 48;
  // "Open for writing, also to readers that follow": a plain opening is refused.
  static constexpr std::uint8_t kFlagged = 0x05;
  using Image = std::array<std::byte, kBytes>;

  Superblock() noexcept = default;
  explicit Superblock(const Image& image) noexcept : image_(image) {}

  [[nodiscard]] const Image& image() const noexcept { return image_; }
  [[nodiscard]] Image& image() noexcept { return image_; }
  [[nodiscard]] std::uint8_t flags() const noexcept;
  [[nodiscard]] std::uint64_t end() const noexcept;
  // The same with these values and the checksum that fits.
  [[nodiscard]] Superblock with(std::uint8_t flags, std::uint64_t end) const noexcept;
  friend bool operator==(const Superblock&, const Superblock&) = default;

 private:
  Image image_{};
};

// What stands at the start of a file.
enum class MainState : std::uint8_t {
  other = 1,  // no superblock of these versions: not HDF5, or made by others
  clean,      // closed; whatever journal there is has nothing for it
  flagged,    // its writer did not close it, or has it open
  damaged     // begins as a superblock of ours does, with a wrong checksum or not at all (zeros)
};

struct MainStart {
  MainState state = MainState::other;
  Superblock superblock{};  // of a clean or flagged one
  std::uint64_t size = 0;
};

Result<MainStart> read_start(StorageFile& main);

}  // namespace forebay::core
