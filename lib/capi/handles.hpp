// Which internal object stands behind each opaque handle. A forebay_dtype is a DtypeRef: objects
// that have one lend its address.
#pragma once

#include "arena/arena.hpp"
#include "capi/capi.hpp"
#include "dtype/dtype.hpp"

namespace forebay::core {
class CustomChild;
class Loader;
struct SniffReport;
class Store;
class Table;
}  // namespace forebay::core

namespace forebay::core::capi {

struct ArenaHandle {
  ArenaRef arena;
  SegmentId segment = 0;
};

template <>
struct Behind<forebay_dtype> {
  using Type = DtypeRef;
};
template <>
struct Behind<forebay_array> {
  using Type = Array;
};
template <>
struct Behind<forebay_arena> {
  using Type = ArenaHandle;
};
template <>
struct Behind<forebay_child> {
  using Type = CustomChild;
};
template <>
struct Behind<forebay_loader> {
  using Type = Loader;
};
template <>
struct Behind<forebay_sniff> {
  using Type = SniffReport;
};
template <>
struct Behind<forebay_store> {
  using Type = Store;
};
template <>
struct Behind<forebay_table> {
  using Type = Table;
};

// The next array as callers are to see it: as rows, also of a load into a table that packs them.
Status next_rows(Loader& loader, int timeout_ms, Array** out);

// The public form of the counters, for arenas and loaders; a loader adds what it copied.
forebay_arena_stats public_stats(const ArenaStats& now) noexcept;

}  // namespace forebay::core::capi
