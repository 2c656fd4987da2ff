// include/forebay/dlpack.h: a field as a tensor that holds a lease. Deleted from any thread.
#include <bit>

#include "capi/dlpack_abi.hpp"
#include "capi/handles.hpp"

namespace forebay::core::capi {
namespace {

constexpr std::int32_t kCpu = 1;
constexpr std::uint64_t kReadOnly = 1;

// A tensor and what it points to.
template <typename Managed>
struct Tensor {
  explicit Tensor(Array& array) noexcept : lease(array.retain()) {}
  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;
  ~Tensor() { lease->release(); }

  Array* lease;
  std::vector<std::int64_t> shape{};
  std::vector<std::int64_t> strides{};
  Managed managed{};
};

template <typename Managed>
void delete_tensor(Managed* managed) noexcept {
  delete static_cast<Tensor<Managed>*>(managed->manager_ctx);
}

Status not_expressed(const Field& field, const std::string& why) {
  return {FOREBAY_E_ARGUMENT, "field '" + field.name + "' cannot be a DLPack tensor: " + why};
}

Result<DLDataType> data_type(const Field& field) {
  DLDataType out{0, static_cast<std::uint8_t>(field.item_bytes * 8), 1};
  switch (field.kind) {
    case Kind::integer:
      break;
    case Kind::unsigned_integer:
      out.code = 1;
      break;
    case Kind::real:
      out.code = 2;
      break;
    case Kind::boolean:
      out.code = 6;
      break;
    default:
      return not_expressed(field, "only integers, floats and booleans can");
  }
  if (field.item_bytes > 1 && field.big_endian != (std::endian::native == std::endian::big))
    return not_expressed(field, "it has the other byte order; load it in that of this machine");
  return out;
}

template <typename Managed>
void fill_shape(const Array& array, const Field& field, std::uint64_t stride,
                Tensor<Managed>* out) {
  out->shape.push_back(static_cast<std::int64_t>(array.rows()));
  out->strides.push_back(static_cast<std::int64_t>(stride / field.item_bytes));
  std::uint64_t inner = field.count;
  for (const std::uint64_t extent : field.shape) {
    inner = extent == 0 ? 0 : inner / extent;
    out->shape.push_back(static_cast<std::int64_t>(extent));
    out->strides.push_back(static_cast<std::int64_t>(inner));
  }
}

template <typename Managed>
Result<std::unique_ptr<Tensor<Managed>>> tensor_of(Array& array, std::uint32_t index) {
  const Field& field = array.dtype()->fields()[index];
  const ColumnPlace& place = array.block_layout().columns[index];
  FOREBAY_TRY_ASSIGN(const DLDataType type, data_type(field));
  if (place.stride % field.item_bytes != 0 || place.offset % field.item_bytes != 0) {
    return not_expressed(field,
                         "in the rows layout its values are not a whole number of values "
                         "apart; open the loader with the layout columns");
  }
  auto out = std::make_unique<Tensor<Managed>>(array);
  fill_shape(array, field, place.stride, out.get());
  out->managed.dl_tensor = {array.data() + place.offset,
                            {kCpu, 0},
                            static_cast<std::int32_t>(out->shape.size()),
                            type,
                            out->shape.data(),
                            out->strides.data(),
                            0};
  out->managed.manager_ctx = out.get();
  out->managed.deleter = delete_tensor<Managed>;
  return out;
}

// Both exports: `finish` sets what only one form has.
template <typename Managed, typename Finish>
Status export_tensor(forebay_array* array, std::uint32_t field, Managed** out, Finish&& finish) {
  if (out == nullptr) return null_argument("out");
  *out = nullptr;
  if (array == nullptr) return null_argument("array");
  Array& object = *from_handle(array);
  if (field >= object.dtype()->fields().size()) return Status::news(FOREBAY_NONE);
  FOREBAY_TRY_ASSIGN(auto tensor, tensor_of<Managed>(object, field));
  FOREBAY_TRY(finish(object, &tensor->managed));
  *out = &tensor.release()->managed;
  return Status::ok();
}

}  // namespace
}  // namespace forebay::core::capi

using namespace forebay::core;        // NOLINT(google-build-using-namespace)
using namespace forebay::core::capi;  // NOLINT(google-build-using-namespace)

forebay_status forebay_array_export_dlpack(forebay_array* array, uint32_t field,
                                           struct DLManagedTensorVersioned** out,
                                           forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    return export_tensor(array, field, out,
                         [](const Array& from, DLManagedTensorVersioned* managed) -> Status {
                           managed->major = 1;
                           managed->flags = from.is_read_only() ? kReadOnly : 0;
                           return Status::ok();
                         });
  });
}

forebay_status forebay_array_export_dlpack_unversioned(forebay_array* array, uint32_t field,
                                                       struct DLManagedTensor** out,
                                                       forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    return export_tensor(array, field, out,
                         [](const Array& from, DLManagedTensor* /*managed*/) -> Status {
                           if (!from.is_read_only()) return Status::ok();
                           return {FOREBAY_E_STATE,
                                   "the array is another process's and read only, which this form "
                                   "of DLPack cannot say; ask for the form of DLPack 1.0"};
                         });
  });
}
