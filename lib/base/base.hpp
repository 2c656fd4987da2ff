// Front header of base: what every other folder may use. Knows only the standard library.
#pragma once

#include "base/checked.hpp"
#include "base/chunk_filters.hpp"
#include "base/crc64.hpp"
#include "base/hash.hpp"
#include "base/input_format.hpp"
#include "base/status.hpp"
#include "base/value_rules.hpp"
