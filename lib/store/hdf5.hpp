// The one door to the HDF5 library: its header with a fixed API version, handles with an owner, its
// errors as a Status. Thread rule: that of the store; HDF5 is called on the caller's thread only.
#pragma once

// Why: fixes what the unversioned names mean, whatever version of the library is built against.
#ifndef H5_USE_110_API
#define H5_USE_110_API
#endif
#include <hdf5.h>

#include <string_view>
#include <utility>

#include "base/base.hpp"

namespace forebay::core {

// An HDF5 identifier with one owner.
class Hid {
 public:
  Hid() noexcept = default;
  explicit Hid(hid_t id) noexcept : id_(id) {}
  Hid(Hid&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Hid& operator=(Hid&& other) noexcept {
    if (this != &other) reset(std::exchange(other.id_, H5I_INVALID_HID));
    return *this;
  }
  ~Hid() { reset(); }

  [[nodiscard]] hid_t get() const noexcept { return id_; }
  [[nodiscard]] bool is_open() const noexcept { return id_ >= 0; }
  hid_t take() noexcept { return std::exchange(id_, H5I_INVALID_HID); }
  void reset(hid_t id = H5I_INVALID_HID) noexcept {
    if (id_ >= 0) H5Idec_ref(id_);
    id_ = id;
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

// Keeps HDF5 from printing its error stack while it lives; the host's setting comes back
// afterwards.
class QuietHdf5 {
 public:
  QuietHdf5() noexcept;
  ~QuietHdf5();
  QuietHdf5(const QuietHdf5&) = delete;
  QuietHdf5& operator=(const QuietHdf5&) = delete;

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

// "<what>: <HDF5's innermost message>". Call it right after the call that failed: the next one
// clears the message.
Status hdf5_status(Code code, std::string_view what);

}  // namespace forebay::core
