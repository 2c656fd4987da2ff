// The stream of arrow.h over a Loader. Its callbacks run on the loader's thread.
#include <cerrno>

#include "capi/arrow.hpp"
#include "capi/handles.hpp"
#include "loader/loader.hpp"

namespace forebay::core::capi {
namespace {

struct Stream {
  explicit Stream(Loader& held) noexcept : loader(held) { loader.hold(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { loader.let_go(); }

  Loader& loader;
  forebay_error last = FOREBAY_ERROR_INIT;
};

Stream& stream_of(ArrowArrayStream* stream) noexcept {
  return *static_cast<Stream*>(stream->private_data);
}

int errno_of(forebay_status code) noexcept {
  switch (code) {
    case FOREBAY_E_MEMORY:
    case FOREBAY_E_FULL:
      return ENOMEM;
    case FOREBAY_E_ARGUMENT:
      return EINVAL;
    case FOREBAY_E_NOT_FOUND:
      return ENOENT;
    case FOREBAY_E_PERMISSION:
      return EACCES;
    case FOREBAY_E_CANCELLED:
      return ECANCELED;
    default:
      return EIO;
  }
}

// A callback: the outcome as an errno, its text for get_last_error.
template <typename Body>
int answer(ArrowArrayStream* stream, Body&& body) noexcept {
  forebay_error& last = stream_of(stream).last;
  forebay_error_init(&last);
  const forebay_status code = guard(&last, std::forward<Body>(body));
  return code < 0 ? errno_of(code) : 0;
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) noexcept {
  return answer(stream, [&]() -> Status {
    return export_schema(*stream_of(stream).loader.dtype(), FOREBAY_ARROW_ALL_FIELDS, out);
  });
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) noexcept {
  out->release = nullptr;
  return answer(stream, [&]() -> Status {
    Array* array = nullptr;
    Status status = next_rows(stream_of(stream).loader, -1, &array);
    if (!status.is_ok()) return status;
    struct Release {
      void operator()(Array* held) const noexcept { held->release(); }
    };
    const std::unique_ptr<Array, Release> lease(array);
    return export_array(*array, FOREBAY_ARROW_ALL_FIELDS, out);
  });
}

const char* get_last_error(ArrowArrayStream* stream) noexcept {
  const forebay_error& last = stream_of(stream).last;
  return last.code == FOREBAY_OK ? nullptr : last.message;
}

void release_stream(ArrowArrayStream* stream) noexcept {
  delete &stream_of(stream);
  stream->release = nullptr;
}

}  // namespace
}  // namespace forebay::core::capi

using namespace forebay::core;        // NOLINT(google-build-using-namespace)
using namespace forebay::core::capi;  // NOLINT(google-build-using-namespace)

forebay_status forebay_loader_export_arrow(forebay_loader* loader, struct ArrowArrayStream* out,
                                           forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (out == nullptr) return null_argument("out");
    out->release = nullptr;
    if (loader == nullptr) return null_argument("loader");
    ArrowSchema schema{};
    FOREBAY_TRY(export_schema(*from_handle(loader)->dtype(), FOREBAY_ARROW_ALL_FIELDS, &schema));
    schema.release(&schema);
    auto stream = std::make_unique<Stream>(*from_handle(loader));
    *out = {get_schema, get_next, get_last_error, release_stream, stream.release()};
    return Status::ok();
  });
}
