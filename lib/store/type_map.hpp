// Dtypes as HDF5 types and back, the way h5py writes them: booleans are an enumeration on int8,
// datetimes an opaque type whose tag is numpy's name for them.
#pragma once

#include <string>
#include <vector>

#include "dtype/dtype.hpp"
#include "store/hdf5.hpp"

namespace forebay::core {

// The type of a dataset's elements: a compound for a record, the scalar for a bare type, whose
// shape becomes dimensions of the dataset.
Result<Hid> hdf5_type_of(const Dtype& dtype);

// The type of the elements of a dataset that holds one column: an array type for a sub-array.
Result<Hid> hdf5_column_type_of(const Field& field);

// The dimensions that a bare dtype adds to its dataset; none for a record.
std::vector<std::uint64_t> row_dimensions_of(const Dtype& dtype);

// The dtype of a dataset with elements of `type` and these dimensions after the first.
// FOREBAY_E_FORMAT names what cannot be mapped.
Result<DtypeRef> dtype_of_hdf5(hid_t type, const std::vector<std::uint64_t>& row_dimensions);

// The type in memory of a dataset's elements: as in the file, but packed.
Result<Hid> packed_type(hid_t type);

}  // namespace forebay::core
