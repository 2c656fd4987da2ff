// One buffer of blosc 1, whose head tells all that unpacking needs. Only calls that take a context
// for themselves, and one thread: the library's other ones share a pool and settings that belong to
// the host.
#include <blosc.h>

#include <iterator>

#include "codec/block_codecs.hpp"

namespace forebay::core::codec {
namespace {

constexpr std::size_t kFlagsAt = 2;
constexpr unsigned kFormatShift = 5;
constexpr int kOneThread = 1;

// Whether the installed library has the compressor that a buffer names. Why ask: it prints when it
// meets one that it was built without.
bool is_known(std::byte flags) noexcept {
  // By format; lz4hc has that of lz4.
  constexpr int kCompressors[] = {BLOSC_BLOSCLZ, BLOSC_LZ4, BLOSC_SNAPPY, BLOSC_ZLIB, BLOSC_ZSTD};
  const unsigned format = std::to_integer<unsigned>(flags) >> kFormatShift;
  const char* name = nullptr;
  return format < std::size(kCompressors) &&
         blosc_compcode_to_compname(kCompressors[format], &name) >= 0;
}

}  // namespace

bool has_blosc() noexcept {
  // It can be built without.
  return blosc_compname_to_compcode(BLOSC_LZ4_COMPNAME) >= 0;
}

std::size_t blosc_pack(std::span<const std::byte> in, std::size_t element_bytes,
                       std::uint32_t level, std::span<std::byte> out) noexcept {
  // What the library would refuse, on stderr if the environment asks for it.
  if (in.size() > BLOSC_MAX_BUFFERSIZE || out.size() < BLOSC_MAX_OVERHEAD) return 0;
  const std::size_t element = element_bytes > BLOSC_MAX_TYPESIZE ? 1 : element_bytes;
  const int packed =
      blosc_compress_ctx(static_cast<int>(level), BLOSC_SHUFFLE, element, in.size(), in.data(),
                         out.data(), out.size(), BLOSC_LZ4_COMPNAME, 0, kOneThread);
  return packed > 0 ? static_cast<std::size_t>(packed) : 0;
}

bool blosc_unpack(std::span<const std::byte> in, std::span<std::byte> out) noexcept {
  // Also that `in` is as long as its head says.
  if (out.empty() || blosc_content(in) != out.size() || !is_known(in[kFlagsAt])) return false;
  const int bytes = blosc_decompress_ctx(in.data(), out.data(), out.size(), kOneThread);
  return bytes > 0 && static_cast<std::size_t>(bytes) == out.size();
}

std::size_t blosc_content(std::span<const std::byte> in) noexcept {
  std::size_t bytes = 0;
  return blosc_cbuffer_validate(in.data(), in.size(), &bytes) >= 0 ? bytes : 0;
}

}  // namespace forebay::core::codec
