// For kernels that read one value after the other. Included inside a kernel's own namespace, see
// scan.inl.hpp.

static inline constexpr std::size_t kLanes = 1;

template <typename T>
static inline bool read_lanes(const char*, const std::uint32_t*, const std::uint32_t*, T*) {
  return false;
}

template <typename T>
static inline bool read_long_lanes(const char*, const std::uint32_t*, const std::uint32_t*, T*) {
  return false;
}
