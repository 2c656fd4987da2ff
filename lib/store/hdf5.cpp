#include "store/hdf5.hpp"

#include <string>

namespace forebay::core {
namespace {

// The walk starts at the innermost entry; a positive return ends it.
extern "C" herr_t forebay_take_first_error(unsigned, const H5E_error2_t* error, void* out) {
  try {
    if (error->desc != nullptr) *static_cast<std::string*>(out) = error->desc;
  } catch (...) {
    return -1;
  }
  return 1;
}

}  // namespace

QuietHdf5::QuietHdf5() noexcept {
  H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

QuietHdf5::~QuietHdf5() {
  H5Eset_auto2(H5E_DEFAULT, function_, data_);
}

Status hdf5_status(Code code, std::string_view what) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, forebay_take_first_error, &reason);
  std::string message(what);
  message.append(": HDF5 says: ").append(reason.empty() ? "nothing" : reason);
  for (char& c : message) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return {code, std::move(message)};
}

}  // namespace forebay::core
