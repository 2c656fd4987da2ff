#include "store/identity.hpp"

#include <array>
#include <cstring>
#include <random>

#include "store/properties.hpp"

namespace forebay::core {
namespace {

// Why a page, and aligned to one: it is never written again, and a disk that spoils the sector of
// another write does not harm it. So the journal can be matched to its file after any crash.
constexpr hsize_t kIdBytes = kAlignment;
// Of these the journal's header tells.
constexpr std::uint32_t kAnchorBytes = 64;
constexpr const char* kIdPath = "/.forebay/id";
constexpr const char* kVersionName = "format_version";
using Id = std::array<unsigned char, kIdBytes>;

// A random UUID (version 4); the other bytes are reserved as zero.
Id make_id() {
  Id id{};
  std::random_device random;
  for (std::size_t at = 0; at < 16; at += sizeof(std::uint32_t)) {
    const std::uint32_t word = random();
    std::memcpy(&id[at], &word, sizeof(word));
  }
  id[6] = static_cast<unsigned char>((id[6] & 0x0FU) | 0x40U);
  id[8] = static_cast<unsigned char>((id[8] & 0x3FU) | 0x80U);
  return id;
}

Status failed() {
  return hdf5_status(FOREBAY_E_INTERNAL, "cannot write the file's identity");
}

Status write_version(hid_t group) {
  const Hid scalar(H5Screate(H5S_SCALAR));
  const Hid attribute(
      H5Acreate2(group, kVersionName, H5T_STD_U32LE, scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
  const std::uint32_t version = kFormatVersion;
  if (H5Awrite(attribute.get(), H5T_NATIVE_UINT32, &version) < 0) return failed();
  return Status::ok();
}

Status write_id(hid_t group) {
  // One chunk: a contiguous dataset in a growing file is refused by some readers.
  FOREBAY_TRY_ASSIGN(const Hid creation, dataset_creation({kIdBytes}));
  const Hid space(H5Screate_simple(1, &kIdBytes, nullptr));
  const Hid dataset(
      H5Dcreate2(group, "id", H5T_STD_U8LE, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT));
  const Id id = make_id();
  const hsize_t origin = 0;
  if (H5Dwrite_chunk(dataset.get(), H5P_DEFAULT, 0, &origin, id.size(), id.data()) < 0) {
    return failed();
  }
  return Status::ok();
}

Status foreign(const std::string& path) {
  return Status(FOREBAY_E_FOREIGN, path +
                                       " is an HDF5 file that forebay did not make: it can be "
                                       "read but not appended to; write to another file")
      .at_path(path);
}

}  // namespace

Status write_identity(hid_t file) {
  FOREBAY_TRY_ASSIGN(const Hid creation, group_creation(8));
  const Hid group(H5Gcreate2(file, kReservedGroup, H5P_DEFAULT, creation.get(), H5P_DEFAULT));
  if (!group.is_open()) return failed();
  FOREBAY_TRY(write_version(group.get()));
  return write_id(group.get());
}

Status check_identity(hid_t file, const std::string& path) {
  if (H5Lexists(file, kReservedGroup, H5P_DEFAULT) <= 0 ||
      H5Lexists(file, kIdPath, H5P_DEFAULT) <= 0) {
    return foreign(path);
  }
  const Hid dataset(H5Dopen2(file, kIdPath, H5P_DEFAULT));
  const Hid space(H5Dget_space(dataset.get()));
  if (H5Sget_simple_extent_npoints(space.get()) != static_cast<hssize_t>(kIdBytes)) {
    return foreign(path);
  }
  const Hid attribute(
      H5Aopen_by_name(file, kReservedGroup, kVersionName, H5P_DEFAULT, H5P_DEFAULT));
  std::uint32_t version = 0;
  if (H5Aread(attribute.get(), H5T_NATIVE_UINT32, &version) < 0) return foreign(path);
  if (version == kFormatVersion) return Status::ok();
  return Status(FOREBAY_E_FORMAT, path + " has version " + std::to_string(version) +
                                      " of forebay's file format, this library knows version " +
                                      std::to_string(kFormatVersion) + ": use a newer forebay")
      .at_path(path);
}

Result<journal::Identity> read_anchor(hid_t file) {
  const Hid dataset(H5Dopen2(file, kIdPath, H5P_DEFAULT));
  const hsize_t origin = 0;
  unsigned filters = 0;
  std::uint32_t mask = 0;
  haddr_t address = HADDR_UNDEF;
  hsize_t bytes = 0;
  Id id{};
  if (H5Dget_chunk_info_by_coord(dataset.get(), &origin, &filters, &address, &bytes) < 0 ||
      address == HADDR_UNDEF || address % kAlignment != 0 || bytes != id.size() ||
      H5Dread_chunk(dataset.get(), H5P_DEFAULT, &origin, &mask, id.data()) < 0) {
    return hdf5_status(FOREBAY_E_FORMAT, "the file's identity is damaged");
  }
  journal::Identity identity;
  std::memcpy(identity.uuid.data(), id.data(), identity.uuid.size());
  identity.anchor_address = address;
  identity.anchor_bytes = kAnchorBytes;
  return identity;
}

}  // namespace forebay::core
