// Compresses test inputs with the libraries that the formats come from. An empty result: it failed.
#pragma once

#include <bzlib.h>
#include <lzma.h>
#include <zstd.h>

#include <string>

#include "base/base.hpp"

namespace forebay::test {

// With the checksum of the content, as the zstd command does.
inline std::string pack_zstd(const std::string& text, int level = 3, int window_log = 0) {
  std::string out(ZSTD_compressBound(text.size()) + 64, '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  if (window_log != 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  // In a stream of unknown length the window is what was asked for, whatever the text's length.
  ZSTD_inBuffer input{text.data(), text.size(), 0};
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  std::size_t left = ZSTD_compressStream2(context, &output, &input, ZSTD_e_continue);
  if (ZSTD_isError(left) == 0) left = ZSTD_compressStream2(context, &output, &input, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  out.resize(left == 0 ? output.pos : 0);
  return out;
}

inline std::string pack_bzip2(const std::string& text, int level = 9) {
  std::string out(text.size() + text.size() / 100 + 700, '\0');
  auto size = static_cast<unsigned>(out.size());
  const int done = BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(text.data()),
                                            static_cast<unsigned>(text.size()), level, 0, 0);
  out.resize(done == BZ_OK ? size : 0);
  return out;
}

// `dictionary_bytes` 0: as the preset has it.
inline std::string pack_xz(const std::string& text, lzma_check check = LZMA_CHECK_CRC64,
                           std::uint32_t dictionary_bytes = 0) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  lzma_options_lzma options{};
  lzma_lzma_preset(&options, 6);
  if (dictionary_bytes != 0) options.dict_size = dictionary_bytes;
  lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  std::size_t size = 0;
  const lzma_ret done = lzma_stream_buffer_encode(
      filters, check, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
      reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size());
  out.resize(done == LZMA_OK ? size : 0);
  return out;
}

inline std::string pack(core::InputFormat format, const std::string& text) {
  switch (format) {
    case core::InputFormat::zstd:
      return pack_zstd(text);
    case core::InputFormat::bzip2:
      return pack_bzip2(text);
    case core::InputFormat::xz:
      return pack_xz(text);
    default:
      return {};
  }
}

}  // namespace forebay::test
