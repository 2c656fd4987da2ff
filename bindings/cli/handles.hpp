// Owners of the C handles, so that every way out of a function ends them.
#pragma once

#include <forebay/forebay.h>

#include <memory>

namespace forebay::cli {

struct DtypeFree {
  void operator()(forebay_dtype* dtype) const { forebay_dtype_free(dtype); }
};
struct LoaderClose {
  void operator()(forebay_loader* loader) const { forebay_loader_close(loader); }
};
// For stores that are read: a store that was written is closed by hand, as its close can fail.
struct StoreClose {
  void operator()(forebay_store* store) const { forebay_store_close(store, nullptr); }
};
struct ArrayRelease {
  void operator()(forebay_array* array) const { forebay_array_release(array); }
};

using DtypeOwner = std::unique_ptr<forebay_dtype, DtypeFree>;
using LoaderOwner = std::unique_ptr<forebay_loader, LoaderClose>;
using StoreOwner = std::unique_ptr<forebay_store, StoreClose>;
using ArrayOwner = std::unique_ptr<forebay_array, ArrayRelease>;

}  // namespace forebay::cli
