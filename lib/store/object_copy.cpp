#include "store/object_copy.hpp"

#include <map>
#include <vector>

#include "store/identity.hpp"

namespace forebay::core {
namespace {

struct FoundLink {
  std::string name{};
  H5L_type_t type = H5L_TYPE_ERROR;
  H5T_cset_t encoding = H5T_CSET_ASCII;
  std::size_t value_bytes = 0;  // of one that is not hard
};

extern "C" herr_t forebay_collect_link(hid_t, const char* name, const H5L_info_t* info, void* out) {
  try {
    const bool is_hard = info->type == H5L_TYPE_HARD;
    static_cast<std::vector<FoundLink>*>(out)->push_back(
        {name, info->type, info->cset, is_hard ? 0 : info->u.val_size});
    return 0;
  } catch (...) {
    return -1;
  }
}

extern "C" herr_t forebay_collect_attribute_name(hid_t, const char* name, const H5A_info_t*,
                                                 void* out) {
  try {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  } catch (...) {
    return -1;
  }
}

// The properties that a group was made with. Why not its own list: that has the addresses of its
// links, too, which a new group would take for its own.
Hid creation_of(hid_t group) {
  const Hid old(H5Gget_create_plist(group));
  Hid fresh(H5Pcreate(H5P_GROUP_CREATE));
  unsigned first = 0;
  unsigned second = 0;
  bool good = H5Pget_est_link_info(old.get(), &first, &second) >= 0 &&
              H5Pset_est_link_info(fresh.get(), first, second) >= 0 &&
              H5Pget_link_phase_change(old.get(), &first, &second) >= 0 &&
              H5Pset_link_phase_change(fresh.get(), first, second) >= 0 &&
              H5Pget_attr_phase_change(old.get(), &first, &second) >= 0 &&
              H5Pset_attr_phase_change(fresh.get(), first, second) >= 0;
  good = good && H5Pget_link_creation_order(old.get(), &first) >= 0 &&
         H5Pset_link_creation_order(fresh.get(), first) >= 0 &&
         H5Pget_attr_creation_order(old.get(), &first) >= 0 &&
         H5Pset_attr_creation_order(fresh.get(), first) >= 0;
  hbool_t has_times = false;
  good = good && H5Pget_obj_track_times(old.get(), &has_times) >= 0 &&
         H5Pset_obj_track_times(fresh.get(), has_times) >= 0;
  return good ? std::move(fresh) : Hid();
}

class ObjectCopy {
 public:
  ObjectCopy(hid_t from, hid_t to, const std::string& path) : from_(from), to_(to), path_(path) {}

  Status copy_all() {
    const Hid copying(H5Pcreate(H5P_OBJECT_COPY));
    // Datasets of one named type share it in the copy too.
    if (H5Pset_copy_object(copying.get(), H5O_COPY_MERGE_COMMITTED_DTYPE_FLAG) < 0) {
      return failed("/");
    }
    copying_ = copying.get();
    const Hid source(H5Gopen2(from_, "/", H5P_DEFAULT));
    const Hid target(H5Gopen2(to_, "/", H5P_DEFAULT));
    return copy_members(source.get(), target.get(), "");
  }

 private:
  [[nodiscard]] Status failed(const std::string& what) const {
    return hdf5_status(FOREBAY_E_FORMAT, "cannot copy '" + what + "' of " + path_).at_path(path_);
  }
  [[nodiscard]] Status unfit(const std::string& what, const char* why) const {
    return Status(FOREBAY_E_LIMIT, "'" + what + "' of " + path_ + " cannot be packed: " + why +
                                       "; h5repack can do that with the closed file")
        .at_path(path_);
  }

  Status copy_members(hid_t source, hid_t target, const std::string& place);
  Status copy_link(hid_t source, hid_t target, const FoundLink& link, const std::string& place);
  Status copy_object(hid_t source, hid_t target, const FoundLink& link, const std::string& place,
                     hid_t creation);
  Status copy_group(hid_t source, hid_t target, const FoundLink& link, const std::string& place,
                    hid_t creation);
  Status load_index(hid_t object, const std::string& place) const;
  Status copy_pointer(hid_t source, hid_t target, const FoundLink& link, const std::string& place,
                      hid_t creation);
  Status copy_attributes(hid_t source, hid_t target, const std::string& place);
  Status copy_attribute(hid_t source, hid_t target, const std::string& name,
                        const std::string& place);
  Result<std::vector<std::string>> attributes_of(hid_t object, const std::string& place) const;
  Status check_no_references(hid_t object, const std::string& place) const;

  hid_t from_;
  hid_t to_;
  const std::string& path_;
  hid_t copying_ = H5P_DEFAULT;
  // Where the copies of objects with several names are, by their address in the source.
  std::map<haddr_t, std::string> shared_;
};

// The index in which what is in a group was made, where the group keeps it.
H5_index_t order_of(unsigned flags) {
  return (flags & H5P_CRT_ORDER_TRACKED) != 0 && (flags & H5P_CRT_ORDER_INDEXED) != 0
             ? H5_INDEX_CRT_ORDER
             : H5_INDEX_NAME;
}

Status ObjectCopy::copy_members(hid_t source, hid_t target, const std::string& place) {
  FOREBAY_TRY(copy_attributes(source, target, place));
  const Hid creation(H5Gget_create_plist(source));
  unsigned flags = 0;
  std::vector<FoundLink> links;
  hsize_t at = 0;
  if (H5Pget_link_creation_order(creation.get(), &flags) < 0 ||
      H5Literate(source, order_of(flags), H5_ITER_INC, &at, forebay_collect_link, &links) < 0) {
    return failed(place);
  }
  for (const FoundLink& link : links) {
    // The copy has an identity of its own, so that no journal of the old file fits it.
    if (place == kReservedGroup && link.name == "id") continue;
    FOREBAY_TRY(
        copy_link(source, target, link, place.empty() ? link.name : place + "/" + link.name));
  }
  return Status::ok();
}

Status ObjectCopy::copy_link(hid_t source, hid_t target, const FoundLink& link,
                             const std::string& place) {
  const Hid creation(H5Pcreate(H5P_LINK_CREATE));
  if (H5Pset_char_encoding(creation.get(), link.encoding) < 0) return failed(place);
  if (link.type != H5L_TYPE_HARD) {
    return copy_pointer(source, target, link, place, creation.get());
  }
  H5O_info_t info{};
  if (H5Oget_info_by_name2(source, link.name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0) {
    return failed(place);
  }
  if (info.rc > 1) {
    const auto [known, is_new] = shared_.emplace(info.addr, place);
    if (!is_new) {
      const herr_t linked = H5Lcreate_hard(to_, known->second.c_str(), target, link.name.c_str(),
                                           creation.get(), H5P_DEFAULT);
      return linked < 0 ? failed(place) : Status::ok();
    }
  }
  return info.type == H5O_TYPE_GROUP ? copy_group(source, target, link, place, creation.get())
                                     : copy_object(source, target, link, place, creation.get());
}

// Why not by H5Ocopy: it would give the group no room for names that are still to come.
Status ObjectCopy::copy_group(hid_t source, hid_t target, const FoundLink& link,
                              const std::string& place, hid_t creation) {
  const Hid group(H5Gopen2(source, link.name.c_str(), H5P_DEFAULT));
  const Hid properties = creation_of(group.get());
  // There already: that of the new file's identity.
  const bool is_there = place == kReservedGroup;
  const Hid copy(
      is_there ? H5Gopen2(target, link.name.c_str(), H5P_DEFAULT)
               : H5Gcreate2(target, link.name.c_str(), creation, properties.get(), H5P_DEFAULT));
  if (!properties.is_open() || !copy.is_open()) return failed(place);
  return copy_members(group.get(), copy.get(), place);
}

Status ObjectCopy::copy_object(hid_t source, hid_t target, const FoundLink& link,
                               const std::string& place, hid_t creation) {
  const Hid object(H5Oopen(source, link.name.c_str(), H5P_DEFAULT));
  if (!object.is_open()) return failed(place);
  FOREBAY_TRY(check_no_references(object.get(), place));
  FOREBAY_TRY(load_index(object.get(), place));
  const herr_t copied =
      H5Ocopy(source, link.name.c_str(), target, link.name.c_str(), copying_, creation);
  return copied < 0 ? failed(place) : Status::ok();
}

// Why: H5Ocopy frees a dataset's type twice when it cannot read the index of its chunks. It is in
// HDF5's cache then.
Status ObjectCopy::load_index(hid_t object, const std::string& place) const {
  if (H5Iget_type(object) != H5I_DATASET) return Status::ok();
  const Hid creation(H5Dget_create_plist(object));
  if (H5Pget_layout(creation.get()) != H5D_CHUNKED) return Status::ok();
  const Hid space(H5Dget_space(object));
  hsize_t chunks = 0;
  return H5Dget_num_chunks(object, space.get(), &chunks) < 0 ? failed(place) : Status::ok();
}

Status ObjectCopy::copy_pointer(hid_t source, hid_t target, const FoundLink& link,
                                const std::string& place, hid_t creation) {
  std::vector<char> value(link.value_bytes + 1);
  if (H5Lget_val(source, link.name.c_str(), value.data(), link.value_bytes, H5P_DEFAULT) < 0) {
    return failed(place);
  }
  herr_t made = -1;
  if (link.type == H5L_TYPE_SOFT) {
    made = H5Lcreate_soft(value.data(), target, link.name.c_str(), creation, H5P_DEFAULT);
  } else if (link.type == H5L_TYPE_EXTERNAL) {
    const char* file = nullptr;
    const char* object = nullptr;
    if (H5Lunpack_elink_val(value.data(), link.value_bytes, nullptr, &file, &object) >= 0) {
      made = H5Lcreate_external(file, object, target, link.name.c_str(), creation, H5P_DEFAULT);
    }
  } else {
    return unfit(place, "it is a link of a kind that only the program which made it knows");
  }
  return made < 0 ? failed(place) : Status::ok();
}

Result<std::vector<std::string>> ObjectCopy::attributes_of(hid_t object,
                                                           const std::string& place) const {
  std::vector<std::string> names;
  hsize_t at = 0;
  if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &at, forebay_collect_attribute_name, &names) <
      0) {
    return failed(place);
  }
  return names;
}

Status ObjectCopy::copy_attributes(hid_t source, hid_t target, const std::string& place) {
  FOREBAY_TRY_ASSIGN(const std::vector<std::string> names, attributes_of(source, place));
  for (const std::string& name : names) {
    const htri_t is_there = H5Aexists(target, name.c_str());
    if (is_there < 0) return failed(place);
    if (is_there == 0) FOREBAY_TRY(copy_attribute(source, target, name, place));
  }
  return Status::ok();
}

Status ObjectCopy::copy_attribute(hid_t source, hid_t target, const std::string& name,
                                  const std::string& place) {
  const std::string what = place + "@" + name;
  const Hid attribute(H5Aopen(source, name.c_str(), H5P_DEFAULT));
  const Hid kept(H5Aget_type(attribute.get()));
  const Hid type(H5Tcopy(kept.get()));
  const Hid space(H5Aget_space(attribute.get()));
  const Hid creation(H5Aget_create_plist(attribute.get()));
  if (H5Tdetect_class(type.get(), H5T_REFERENCE) > 0) {
    return unfit(what, "it refers to objects by their address");
  }
  const Hid copy(
      H5Acreate2(target, name.c_str(), type.get(), space.get(), creation.get(), H5P_DEFAULT));
  const hssize_t values = H5Sget_simple_extent_npoints(space.get());
  if (!copy.is_open() || values < 0) return failed(what);
  if (values == 0) return Status::ok();
  std::vector<std::byte> bytes(static_cast<std::size_t>(values) * H5Tget_size(type.get()));
  bool good = H5Aread(attribute.get(), type.get(), bytes.data()) >= 0;
  if (good) {
    good = H5Awrite(copy.get(), type.get(), bytes.data()) >= 0;
    // Values of variable length are HDF5's memory.
    good = H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, bytes.data()) >= 0 && good;
  }
  return good ? Status::ok() : failed(what);
}

// Addresses change, and HDF5 would leave references without a target.
Status ObjectCopy::check_no_references(hid_t object, const std::string& place) const {
  constexpr const char* kWhy = "it refers to objects by their address";
  if (H5Iget_type(object) == H5I_DATASET) {
    const Hid type(H5Dget_type(object));
    if (H5Tdetect_class(type.get(), H5T_REFERENCE) > 0) return unfit(place, kWhy);
  }
  FOREBAY_TRY_ASSIGN(const std::vector<std::string> names, attributes_of(object, place));
  for (const std::string& name : names) {
    const Hid attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT));
    const Hid type(H5Aget_type(attribute.get()));
    if (H5Tdetect_class(type.get(), H5T_REFERENCE) > 0) return unfit(place + "@" + name, kWhy);
  }
  return Status::ok();
}

}  // namespace

Status copy_objects(hid_t from, hid_t to, const std::string& path) {
  return ObjectCopy(from, to, path).copy_all();
}

}  // namespace forebay::core
