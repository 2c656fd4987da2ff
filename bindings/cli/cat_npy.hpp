// The header of an .npy file. A pure function.
#pragma once

#include <forebay/forebay.h>

#include <cstdint>
#include <string>

namespace forebay::cli {

// All that stands before the packed rows: numpy.load() gives a structured array of `rows` records,
// or for a bare dtype an array of its shape.
std::string npy_header(const forebay_dtype* dtype, std::uint64_t rows);

}  // namespace forebay::cli
