// Inside codec: whole blocks of memory by zstd, lz4 and blosc, in the form that HDF5's registered
// filters 32015, 32004 and 32001 have. What a build lacks is told by has_lz4() and has_blosc().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace forebay::core::codec {

// A plain frame that tells its content's size, with memory that is used again.
class ZstdBlock {
 public:
  // The bytes written to `out`; 0: they have no room there, or there is no memory.
  std::size_t pack(std::span<const std::byte> in, std::uint32_t level, std::span<std::byte> out);
  // Whether `in` fills `out`.
  bool unpack(std::span<const std::byte> in, std::span<std::byte> out);
  // The bytes that `in` says it unpacks to; 0: it does not say, or more than a chunk can have.
  static std::size_t content(std::span<const std::byte> in) noexcept;

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
    void operator()(ZSTD_DCtx_s* context) const noexcept;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> packer_;
  std::unique_ptr<ZSTD_DCtx_s, Free> unpacker_;
};

// Whether this build can do the next three, which fail otherwise.
[[nodiscard]] bool has_lz4() noexcept;
std::size_t lz4_pack(std::span<const std::byte> in, std::span<std::byte> out) noexcept;
bool lz4_unpack(std::span<const std::byte> in, std::span<std::byte> out) noexcept;
std::size_t lz4_content(std::span<const std::byte> in) noexcept;

// Likewise. Packs with lz4 inside, after a shuffle of elements of `element_bytes`, unless these are
// too long for blosc; unpacks what the installed library has compressors for.
[[nodiscard]] bool has_blosc() noexcept;
std::size_t blosc_pack(std::span<const std::byte> in, std::size_t element_bytes,
                       std::uint32_t level, std::span<std::byte> out) noexcept;
bool blosc_unpack(std::span<const std::byte> in, std::span<std::byte> out) noexcept;
std::size_t blosc_content(std::span<const std::byte> in) noexcept;

// HDF5's own bound of a chunk.
constexpr std::uint64_t kMostContent = std::uint64_t{1} << 32U;

}  // namespace forebay::core::codec
