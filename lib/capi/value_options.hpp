// The options of include/forebay/loader.h about values.
#pragma once

#include "base/base.hpp"
#include "forebay/loader.h"

namespace forebay::core::capi {

// Translates, and refuses what is out of its range. What clashes with the dialect or the dtype is
// for text::check_value_rules().
Status value_options(const forebay_loader_options& in, ValueRules* out);

}  // namespace forebay::core::capi
