#include "store/superblock.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace forebay::core {
namespace {

constexpr std::array<unsigned char, 8> kSignature{0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kFlagsAt = 11;
constexpr std::size_t kBaseAt = 12;
constexpr std::size_t kEndAt = 28;
constexpr std::size_t kChecksumAt = 44;

template <typename T>
T load(const std::byte* from) noexcept {
  T value{};
  std::memcpy(&value, from, sizeof(value));
  return value;
}

struct Mixer {
  std::uint32_t a, b, c;

  void mix() noexcept {
    a -= c, a ^= std::rotl(c, 4), c += b;
    b -= a, b ^= std::rotl(a, 6), a += c;
    c -= b, c ^= std::rotl(b, 8), b += a;
    a -= c, a ^= std::rotl(c, 16), c += b;
    b -= a, b ^= std::rotl(a, 19), a += c;
    c -= b, c ^= std::rotl(b, 4), b += a;
  }
  void finish() noexcept {
    c ^= b, c -= std::rotl(b, 14);
    a ^= c, a -= std::rotl(c, 11);
    b ^= a, b -= std::rotl(a, 25);
    c ^= b, c -= std::rotl(b, 16);
    a ^= c, a -= std::rotl(c, 4);
    b ^= a, b -= std::rotl(a, 14);
    c ^= b, c -= std::rotl(b, 24);
  }
  void add(const std::byte* block) noexcept {
    a += load<std::uint32_t>(block);
    b += load<std::uint32_t>(block + 4);
    c += load<std::uint32_t>(block + 8);
  }
};

bool is_ours(const Superblock::Image& image) noexcept {
  const auto version = static_cast<unsigned>(image[kVersionAt]);
  return std::memcmp(image.data(), kSignature.data(), kSignature.size()) == 0 &&
         (version == 2 || version == 3) && image[9] == std::byte{8} && image[10] == std::byte{8};
}

}  // namespace

std::uint32_t lookup3(std::span<const std::byte> bytes) noexcept {
  const std::uint32_t start = 0xdeadbeefU + static_cast<std::uint32_t>(bytes.size());
  Mixer mixer{start, start, start};
  if (bytes.empty()) return mixer.c;
  while (bytes.size() > 12) {
    mixer.add(bytes.data());
    mixer.mix();
    bytes = bytes.subspan(12);
  }
  std::array<std::byte, 12> last{};
  std::copy(bytes.begin(), bytes.end(), last.begin());
  mixer.add(last.data());
  mixer.finish();
  return mixer.c;
}

std::uint8_t Superblock::flags() const noexcept {
  return static_cast<std::uint8_t>(image_[kFlagsAt]);
}

std::uint64_t Superblock::end() const noexcept {
  return load<std::uint64_t>(&image_[kEndAt]);
}

Superblock Superblock::with(std::uint8_t flags, std::uint64_t end) const noexcept {
  Superblock changed(*this);
  changed.image_[kFlagsAt] = static_cast<std::byte>(flags);
  std::memcpy(&changed.image_[kEndAt], &end, sizeof(end));
  const std::uint32_t checksum = lookup3(std::span(changed.image_).first(kChecksumAt));
  std::memcpy(&changed.image_[kChecksumAt], &checksum, sizeof(checksum));
  return changed;
}

Result<MainStart> read_start(StorageFile& main) {
  MainStart start;
  FOREBAY_TRY_ASSIGN(start.size, main.size());
  FOREBAY_TRY_ASSIGN(const std::size_t got, main.read_at(0, start.superblock.image()));
  const Superblock::Image& image = start.superblock.image();
  // A power loss can leave zeros where the first sector was being written.
  const bool zeros =
      std::all_of(image.begin(), image.end(), [](std::byte b) { return b == std::byte{0}; });
  const bool signature = std::memcmp(image.data(), kSignature.data(), kSignature.size()) == 0;
  if (got < image.size() || (!zeros && !signature)) return start;
  if (signature && (!is_ours(image) || load<std::uint64_t>(&image[kBaseAt]) != 0)) return start;
  const bool sound =
      load<std::uint32_t>(&image[kChecksumAt]) == lookup3(std::span(image).first(kChecksumAt));
  if (!signature || !sound) {
    start.state = MainState::damaged;
  } else {
    start.state = start.superblock.flags() == 0 ? MainState::clean : MainState::flagged;
  }
  return start;
}

}  // namespace forebay::core
