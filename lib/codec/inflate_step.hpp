// One call of ISA-L's inflater over spans. One thread at a time for a state.
#pragma once

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace forebay::core::codec {

struct InflateStep {
  std::size_t consumed;
  std::size_t produced;
  bool is_damaged;  // nothing that was produced counts
};

inline InflateStep inflate_step(inflate_state& state, std::span<const std::byte> in,
                                std::span<std::byte> out) noexcept {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max() / 2;
  const auto in_size = static_cast<std::uint32_t>(std::min(in.size(), kMost));
  const auto out_size = static_cast<std::uint32_t>(std::min(out.size(), kMost));
  // ISA-L reads through next_in only, though it is not const.
  state.next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(in.data()));
  state.avail_in = in_size;
  state.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  state.avail_out = out_size;
  const int answer = isal_inflate(&state);
  // Why: where data is damaged near its end ISA-L counts a byte beyond it.
  const bool is_miscounted = state.avail_in > in_size;
  return {is_miscounted ? in_size : in_size - state.avail_in, out_size - state.avail_out,
          answer < 0 || is_miscounted};
}

}  // namespace forebay::core::codec
