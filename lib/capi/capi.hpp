// What every file of capi shares: handles, the guard around each export, options with a
// struct_size.
#pragma once

#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

#include "base/base.hpp"
#include "dtype/dtype.hpp"
#include "forebay/forebay.h"

namespace forebay::core::capi {

// Copies a failure into the caller's record. `err` may be NULL or shorter than today's struct.
void fill_error(forebay_error* err, const Status& status) noexcept;

// The one way into the library: no exception gets out, the error record is filled, the code is
// returned.
template <typename Body>
forebay_status guard(forebay_error* err, Body&& body) noexcept {
  try {
    const Status status = std::forward<Body>(body)();
    if (status.is_failure()) fill_error(err, status);
    return status.code();
  } catch (const std::bad_alloc&) {
    const Status status = Status::news(FOREBAY_E_MEMORY);
    fill_error(err, status);
    return FOREBAY_E_MEMORY;
  } catch (const std::exception& fault) {
    fill_error(err, internal_status(fault.what()));
    return FOREBAY_E_INTERNAL;
  }
}

// Copies what the caller's struct has over the defaults in `out`. Fields this library does not know
// must be zero.
template <typename T>
Status read_struct(const T* in, T* out) {
  if (in == nullptr) return Status::ok();
  constexpr std::uint32_t kKnown = sizeof(T);
  const std::uint32_t size = in->struct_size;
  if (size < sizeof(std::uint32_t)) {
    return {FOREBAY_E_ARGUMENT,
            "struct_size is not set: initialise the struct with its _INIT macro or _init function"};
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(in);
  for (std::uint32_t i = kKnown; i < size; ++i) {
    if (bytes[i] != 0)
      return {FOREBAY_E_VERSION, "an option is set that this version of the library does not know"};
  }
  std::memcpy(out, in, size < kKnown ? size : kKnown);
  out->struct_size = kKnown;
  return Status::ok();
}

// Copies `value` into the caller's output struct, as far as that reaches.
template <typename T>
Status write_struct(const T& value, T* out) {
  if (out == nullptr) return {FOREBAY_E_ARGUMENT, "the output struct is NULL"};
  const std::uint32_t size = out->struct_size;
  if (size < sizeof(std::uint32_t)) {
    return {FOREBAY_E_ARGUMENT,
            "struct_size is not set: initialise the struct with its _INIT macro"};
  }
  std::memcpy(out, &value, size < sizeof(T) ? size : sizeof(T));
  out->struct_size = size;
  return Status::ok();
}

// An opaque public handle and the internal object behind it. Specialised once for each handle type
// in handles.hpp.
template <typename Handle>
struct Behind;

template <typename Handle>
auto* from_handle(Handle* handle) noexcept {
  return reinterpret_cast<typename Behind<Handle>::Type*>(handle);
}
template <typename Handle>
const auto* from_handle(const Handle* handle) noexcept {
  return reinterpret_cast<const typename Behind<Handle>::Type*>(handle);
}
template <typename Handle>
Handle* to_handle(typename Behind<Handle>::Type* object) noexcept {
  return reinterpret_cast<Handle*>(object);
}
template <typename Handle>
const Handle* to_handle(const typename Behind<Handle>::Type* object) noexcept {
  return reinterpret_cast<const Handle*>(object);
}

// A `layout` of the public options: rows unless something else is asked for.
inline Result<Layout> read_layout(std::uint32_t layout, std::uint32_t reserved) {
  if (layout > FOREBAY_ARRAY_COLUMNS || reserved != 0) {
    return Status(FOREBAY_E_ARGUMENT,
                  "layout is neither rows nor columns, or a reserved field is set");
  }
  return layout == FOREBAY_ARRAY_COLUMNS ? Layout::columns : Layout::rows;
}
inline std::uint32_t public_layout(Layout layout) noexcept {
  return layout == Layout::rows ? FOREBAY_ARRAY_ROWS : FOREBAY_ARRAY_COLUMNS;
}

inline Status null_argument(const char* name) {
  return {FOREBAY_E_ARGUMENT, std::string(name) + " is NULL"};
}

}  // namespace forebay::core::capi
