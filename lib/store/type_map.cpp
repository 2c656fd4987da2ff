#include "store/type_map.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace forebay::core {
namespace {

constexpr std::string_view kDatetimeTag = "NUMPY:";

// HDF5's number types. Why a function: the names are macros that start the library.
struct NumberType {
  Kind kind;
  std::uint64_t bytes;
  bool big_endian;
  hid_t id;
};

std::array<NumberType, 20> number_types() {
  constexpr Kind integer = Kind::integer;
  constexpr Kind unsigned_integer = Kind::unsigned_integer;
  constexpr Kind real = Kind::real;
  return {{{integer, 1, false, H5T_STD_I8LE},
           {integer, 1, true, H5T_STD_I8BE},
           {integer, 2, false, H5T_STD_I16LE},
           {integer, 2, true, H5T_STD_I16BE},
           {integer, 4, false, H5T_STD_I32LE},
           {integer, 4, true, H5T_STD_I32BE},
           {integer, 8, false, H5T_STD_I64LE},
           {integer, 8, true, H5T_STD_I64BE},
           {unsigned_integer, 1, false, H5T_STD_U8LE},
           {unsigned_integer, 1, true, H5T_STD_U8BE},
           {unsigned_integer, 2, false, H5T_STD_U16LE},
           {unsigned_integer, 2, true, H5T_STD_U16BE},
           {unsigned_integer, 4, false, H5T_STD_U32LE},
           {unsigned_integer, 4, true, H5T_STD_U32BE},
           {unsigned_integer, 8, false, H5T_STD_U64LE},
           {unsigned_integer, 8, true, H5T_STD_U64BE},
           {real, 4, false, H5T_IEEE_F32LE},
           {real, 4, true, H5T_IEEE_F32BE},
           {real, 8, false, H5T_IEEE_F64LE},
           {real, 8, true, H5T_IEEE_F64BE}}};
}

hid_t make_number(const Field& field) {
  for (const NumberType& type : number_types()) {
    if (type.kind == field.kind && type.bytes == field.item_bytes &&
        type.big_endian == field.big_endian) {
      return H5Tcopy(type.id);
    }
  }
  return H5I_INVALID_HID;
}

hid_t make_bytes(const Field& field) {
  Hid type(H5Tcopy(H5T_C_S1));
  const bool good = H5Tset_size(type.get(), field.item_bytes) >= 0 &&
                    H5Tset_strpad(type.get(), H5T_STR_NULLPAD) >= 0;
  return good ? type.take() : H5I_INVALID_HID;
}

hid_t make_boolean() {
  Hid type(H5Tenum_create(H5T_STD_I8LE));
  const signed char no = 0;
  const signed char yes = 1;
  const bool good = H5Tenum_insert(type.get(), "FALSE", &no) >= 0 &&
                    H5Tenum_insert(type.get(), "TRUE", &yes) >= 0;
  return good ? type.take() : H5I_INVALID_HID;
}

hid_t make_datetime(const Field& field) {
  Hid type(H5Tcreate(H5T_OPAQUE, field.item_bytes));
  const std::string tag =
      std::string(kDatetimeTag) + (field.big_endian ? ">M8[" : "<M8[") + field.unit + "]";
  return H5Tset_tag(type.get(), tag.c_str()) >= 0 ? type.take() : H5I_INVALID_HID;
}

hid_t make_scalar(const Field& field) {
  switch (field.kind) {
    case Kind::bytes:
      return make_bytes(field);
    case Kind::boolean:
      return make_boolean();
    case Kind::datetime:
      return make_datetime(field);
    default:
      return make_number(field);
  }
}

hid_t make_member(const Field& field) {
  Hid scalar(make_scalar(field));
  if (field.shape.empty()) return scalar.take();
  const std::vector<hsize_t> shape(field.shape.begin(), field.shape.end());
  return H5Tarray_create2(scalar.get(), static_cast<unsigned>(shape.size()), shape.data());
}

Status unmapped(const std::string& what) {
  return {FOREBAY_E_FOREIGN, what + ", which forebay cannot map to a dtype: read it with HDF5"};
}

// A copy of the text that HDF5 allocated.
std::string take_text(char* text) {
  std::string copy = text != nullptr ? text : "";
  H5free_memory(text);
  return copy;
}

Result<Field> map_number(hid_t type) {
  for (const NumberType& known : number_types()) {
    if (H5Tequal(type, known.id) > 0) {
      Field field;
      field.kind = known.kind;
      field.item_bytes = known.bytes;
      field.big_endian = known.big_endian && known.bytes > 1;
      return field;
    }
  }
  return unmapped("a number of an unusual size or layout");
}

Result<Field> map_string(hid_t type) {
  if (H5Tis_variable_str(type) != 0) return unmapped("a string of variable length");
  Field field;
  field.kind = Kind::bytes;
  field.item_bytes = H5Tget_size(type);
  return field;
}

// h5py's boolean; any other enumeration counts as its numbers.
Result<Field> map_enumeration(hid_t type) {
  const Hid base(H5Tget_super(type));
  FOREBAY_TRY_ASSIGN(Field field, map_number(base.get()));
  if (field.item_bytes != 1 || H5Tget_nmembers(type) != 2) return field;
  signed char no = -1;
  signed char yes = -1;
  if (H5Tenum_valueof(type, "FALSE", &no) >= 0 && H5Tenum_valueof(type, "TRUE", &yes) >= 0 &&
      no == 0 && yes == 1) {
    field.kind = Kind::boolean;
  }
  return field;
}

Result<Field> map_opaque(hid_t type) {
  const std::string tag = take_text(H5Tget_tag(type));
  std::string_view text = tag;
  Field field;
  field.kind = Kind::datetime;
  field.item_bytes = 8;
  if (!text.starts_with(kDatetimeTag) || H5Tget_size(type) != 8) {
    return unmapped("an opaque type with the tag '" + tag + "'");
  }
  text.remove_prefix(kDatetimeTag.size());
  if (text.starts_with('>') || text.starts_with('<')) {
    field.big_endian = text.front() == '>';
    text.remove_prefix(1);
  }
  if (!text.starts_with("M8[") || !text.ends_with(']')) {
    return unmapped("an opaque type with the tag '" + tag + "'");
  }
  field.unit = text.substr(3, text.size() - 4);
  return field;
}

Result<Field> map_scalar(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
      return map_number(type);
    case H5T_STRING:
      return map_string(type);
    case H5T_ENUM:
      return map_enumeration(type);
    case H5T_OPAQUE:
      return map_opaque(type);
    case H5T_COMPOUND:
      return unmapped("a record within a record");
    case H5T_ARRAY:
      return unmapped("an array of arrays");
    case H5T_VLEN:
      return unmapped("a value of variable length");
    default:
      return unmapped("a reference, bit field or other special value");
  }
}

Result<Field> map_member(hid_t type) {
  if (H5Tget_class(type) != H5T_ARRAY) return map_scalar(type);
  const Hid base(H5Tget_super(type));
  FOREBAY_TRY_ASSIGN(Field field, map_scalar(base.get()));
  std::array<hsize_t, H5S_MAX_RANK> shape{};
  const int rank = H5Tget_array_ndims(type);
  if (rank < 0 || H5Tget_array_dims2(type, shape.data()) < 0) return unmapped("a damaged array");
  field.shape.assign(shape.begin(), shape.begin() + rank);
  return field;
}

Result<std::vector<Field>> map_record(hid_t type) {
  std::vector<Field> fields;
  const int members = H5Tget_nmembers(type);
  for (int i = 0; i < members; ++i) {
    const auto index = static_cast<unsigned>(i);
    const std::string name = take_text(H5Tget_member_name(type, index));
    const Hid member(H5Tget_member_type(type, index));
    Result<Field> field = map_member(member.get());
    if (!field.is_ok()) {
      return std::move(field).status().with_prefix("its field '" + name + "' is ");
    }
    field->name = name;
    fields.push_back(std::move(*field));
  }
  return fields;
}

}  // namespace

Result<Hid> hdf5_type_of(const Dtype& dtype) {
  if (!dtype.is_record()) {
    Hid scalar(make_scalar(dtype.fields().front()));
    if (!scalar.is_open()) return hdf5_status(FOREBAY_E_INTERNAL, "cannot make an HDF5 type");
    return scalar;
  }
  Hid record(H5Tcreate(H5T_COMPOUND, dtype.row_bytes()));
  for (const Field& field : dtype.fields()) {
    const Hid member(make_member(field));
    if (!member.is_open() ||
        H5Tinsert(record.get(), field.name.c_str(), field.offset, member.get()) < 0) {
      return hdf5_status(FOREBAY_E_LIMIT,
                         "cannot make an HDF5 type for field '" + field.name + "'");
    }
  }
  return record;
}

Result<Hid> hdf5_column_type_of(const Field& field) {
  Hid type(make_member(field));
  if (type.is_open()) return type;
  return hdf5_status(FOREBAY_E_LIMIT, "cannot make an HDF5 type for field '" + field.name + "'");
}

std::vector<std::uint64_t> row_dimensions_of(const Dtype& dtype) {
  if (dtype.is_record()) return {};
  return dtype.fields().front().shape;
}

Result<DtypeRef> dtype_of_hdf5(hid_t type, const std::vector<std::uint64_t>& row_dimensions) {
  const bool is_record = H5Tget_class(type) == H5T_COMPOUND;
  std::vector<Field> fields;
  if (is_record) {
    if (!row_dimensions.empty()) return unmapped("it holds records in several dimensions");
    FOREBAY_TRY_ASSIGN(fields, map_record(type));
  } else {
    Result<Field> field = map_member(type);
    if (!field.is_ok()) return std::move(field).status().with_prefix("its elements are ");
    field->shape.insert(field->shape.begin(), row_dimensions.begin(), row_dimensions.end());
    fields.push_back(std::move(*field));
  }
  Result<DtypeRef> dtype = Dtype::make(std::move(fields), is_record);
  if (!dtype.is_ok()) return unmapped("its type (" + dtype.status().message() + ")");
  return dtype;
}

Result<Hid> packed_type(hid_t type) {
  Hid copy(H5Tcopy(type));
  if (!copy.is_open() || (H5Tget_class(type) == H5T_COMPOUND && H5Tpack(copy.get()) < 0)) {
    return hdf5_status(FOREBAY_E_FORMAT, "cannot use the dataset's type");
  }
  return copy;
}

}  // namespace forebay::core
