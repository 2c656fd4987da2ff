// Attributes of a table: text as fixed-length UTF-8, numbers as float64, both scalar.
#include "store/attributes.hpp"

#include <array>

#include "store/columns_table.hpp"
#include "store/core.hpp"
#include "store/properties.hpp"

namespace forebay::core {
namespace {

// An attribute is kept in the table's header, where a message has at most 64 KiB.
static_assert(kLongestText < 65'536);
constexpr std::size_t kLongestName = 1'000;

Status check_name(const std::string& name) {
  if (!name.empty() && name.size() <= kLongestName && name.find('\0') == std::string::npos) {
    return Status::ok();
  }
  return {FOREBAY_E_ARGUMENT, "the name of an attribute has 1 to " + std::to_string(kLongestName) +
                                  " bytes, this one has " + std::to_string(name.size())};
}

// What makes a group a table of columns is not the user's to change.
Status check_writable_name(const std::string& name) {
  FOREBAY_TRY(check_name(name));
  if (name != kLayoutAttribute && name != kDtypeAttribute && name != kOrderAttribute) {
    return Status::ok();
  }
  return {FOREBAY_E_ARGUMENT, "the attribute '" + name + "' is reserved; use another name"};
}

bool is_scalar(hid_t attribute) {
  const Hid space(H5Aget_space(attribute));
  return H5Sget_simple_extent_npoints(space.get()) == 1;
}

extern "C" herr_t forebay_collect_attribute(hid_t, const char* name, const H5A_info_t*, void* out) {
  try {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  } catch (...) {
    return -1;
  }
}

// As h5py writes it. The text is HDF5's memory until it is freed.
bool read_variable(hid_t attribute, hid_t type, std::string* out) {
  char* text = nullptr;
  if (H5Aread(attribute, type, static_cast<void*>(&text)) < 0) return false;
  if (text != nullptr) *out = text;
  H5free_memory(text);
  return true;
}

bool read_fixed(hid_t attribute, hid_t type, std::string* out) {
  out->assign(H5Tget_size(type), '\0');
  if (H5Aread(attribute, type, out->data()) < 0) return false;
  // NUL-terminated and NUL-padded strings both end at the first NUL, space-padded ones before the
  // last spaces.
  out->resize(std::min(out->find('\0'), out->size()));
  if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) {
    out->resize(out->find_last_not_of(' ') + 1);
  }
  return true;
}

}  // namespace

Hid utf8_type(std::size_t bytes) {
  Hid type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), bytes);
  H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  return type;
}

bool read_attribute_text(hid_t attribute, hid_t type, std::string* out) {
  return H5Tis_variable_str(type) > 0 ? read_variable(attribute, type, out)
                                      : read_fixed(attribute, type, out);
}

Status Table::Core::set_attribute(const std::string& name, hid_t type, const void* value) {
  FOREBAY_TRY(store_.check_writable());
  attribute_names_.reset();
  const std::string what = "cannot set attribute '" + name + "' of " + place();
  const htri_t exists = H5Aexists(dataset_.get(), name.c_str());
  FOREBAY_TRY(store_.after_change(exists >= 0, what));
  if (exists > 0) {
    FOREBAY_TRY(store_.after_change(H5Adelete(dataset_.get(), name.c_str()) >= 0, what));
  }
  FOREBAY_TRY_ASSIGN(const Hid creation, utf8_attribute_creation());
  const Hid space(H5Screate(H5S_SCALAR));
  const Hid attribute(
      H5Acreate2(dataset_.get(), name.c_str(), type, space.get(), creation.get(), H5P_DEFAULT));
  FOREBAY_TRY(store_.after_change(attribute.is_open(), what));
  return store_.after_change(H5Awrite(attribute.get(), type, value) >= 0, what);
}

// Not open when there is no such attribute.
Result<Hid> Table::Core::open_attribute(const std::string& name) {
  FOREBAY_TRY(store_.check_usable());
  const std::string what = "cannot read attribute '" + name + "' of " + place();
  const htri_t exists = H5Aexists(dataset_.get(), name.c_str());
  FOREBAY_TRY(store_.after_read(exists >= 0, what));
  if (exists == 0) return Hid();
  Hid attribute(H5Aopen(dataset_.get(), name.c_str(), H5P_DEFAULT));
  FOREBAY_TRY(store_.after_read(attribute.is_open(), what));
  return attribute;
}

Result<const std::vector<std::string>*> Table::Core::attribute_names() {
  FOREBAY_TRY(store_.check_usable());
  if (!attribute_names_) {
    std::vector<std::string> names;
    hsize_t at = 0;
    const bool listed = H5Aiterate2(dataset_.get(), H5_INDEX_NAME, H5_ITER_INC, &at,
                                    forebay_collect_attribute, &names) >= 0;
    FOREBAY_TRY(store_.after_read(listed, "cannot list the attributes of " + place()));
    attribute_names_ = std::move(names);
  }
  return &*attribute_names_;
}

Result<std::optional<std::string>> Table::Core::get_text(const std::string& name) {
  FOREBAY_TRY_ASSIGN(const Hid attribute, open_attribute(name));
  if (!attribute.is_open()) return std::optional<std::string>();
  const Hid type(H5Aget_type(attribute.get()));
  if (H5Tget_class(type.get()) != H5T_STRING || !is_scalar(attribute.get())) {
    return Status(FOREBAY_E_MISMATCH, "attribute '" + name + "' of " + place() + " is not text");
  }
  std::string text;
  const bool read = read_attribute_text(attribute.get(), type.get(), &text);
  FOREBAY_TRY(store_.after_read(read, "cannot read attribute '" + name + "' of " + place()));
  return std::optional<std::string>(std::move(text));
}

Result<std::optional<double>> Table::Core::get_number(const std::string& name) {
  FOREBAY_TRY_ASSIGN(const Hid attribute, open_attribute(name));
  if (!attribute.is_open()) return std::optional<double>();
  const Hid type(H5Aget_type(attribute.get()));
  const H5T_class_t kind = H5Tget_class(type.get());
  if ((kind != H5T_FLOAT && kind != H5T_INTEGER) || !is_scalar(attribute.get())) {
    return Status(FOREBAY_E_MISMATCH,
                  "attribute '" + name + "' of " + place() + " is not a number");
  }
  double value = 0;
  const herr_t read = H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value);
  FOREBAY_TRY(store_.after_read(read >= 0, "cannot read attribute '" + name + "' of " + place()));
  return std::optional<double>(value);
}

Status Table::set_text(const std::string& name, std::string_view text) {
  FOREBAY_TRY(check_writable_name(name));
  if (text.size() > kLongestText) {
    return {FOREBAY_E_ARGUMENT, "attribute '" + name + "' has " + std::to_string(text.size()) +
                                    " bytes of text, at most " + std::to_string(kLongestText) +
                                    " fit"};
  }
  const QuietHdf5 quiet;
  // HDF5 has no strings of length 0.
  const std::string value = text.empty() ? std::string(1, '\0') : std::string(text);
  const Hid type = utf8_type(value.size());
  return core_->set_attribute(name, type.get(), value.data());
}

Status Table::set_number(const std::string& name, double value) {
  FOREBAY_TRY(check_writable_name(name));
  const QuietHdf5 quiet;
  return core_->set_attribute(name, H5T_NATIVE_DOUBLE, &value);
}

Result<std::optional<std::string>> Table::get_text(const std::string& name) {
  FOREBAY_TRY(check_name(name));
  const QuietHdf5 quiet;
  return core_->store().following([&] { return core_->get_text(name); });
}

Result<std::optional<double>> Table::get_number(const std::string& name) {
  FOREBAY_TRY(check_name(name));
  const QuietHdf5 quiet;
  return core_->store().following([&] { return core_->get_number(name); });
}

}  // namespace forebay::core
