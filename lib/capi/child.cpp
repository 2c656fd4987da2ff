// include/forebay/child.h: the built-in child, and class CustomChild for programs of a user's own.
#include "forebay/child.h"

#include "capi/handles.hpp"
#include "child/child.hpp"
#include "loader/loader.hpp"

using namespace forebay::core;        // NOLINT(google-build-using-namespace)
using namespace forebay::core::capi;  // NOLINT(google-build-using-namespace)

int32_t forebay_child_main(int32_t argc, char** argv) noexcept {
  if (is_child(argc, argv)) return run_child();
  note_own_child_program();
  return FOREBAY_CHILD_NOT_ASKED;
}

void forebay_child_task_init(forebay_child_task* task) noexcept {
  if (task != nullptr) *task = FOREBAY_CHILD_TASK_INIT;
}

void forebay_child_view_init(forebay_child_view* view) noexcept {
  if (view != nullptr) *view = FOREBAY_CHILD_VIEW_INIT;
}

forebay_status forebay_child_attach(forebay_child** out, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (out == nullptr) return null_argument("out");
    *out = nullptr;
    FOREBAY_TRY_ASSIGN(std::unique_ptr<CustomChild> child, CustomChild::attach());
    *out = to_handle<forebay_child>(child.release());
    return Status::ok();
  });
}

void forebay_child_close(forebay_child* child) noexcept {
  delete from_handle(child);
}

forebay_status forebay_child_config(const forebay_child* child, const void** data, uint64_t* bytes,
                                    forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (child == nullptr) return null_argument("child");
    if (data == nullptr) return null_argument("data");
    if (bytes == nullptr) return null_argument("bytes");
    const std::string& config = from_handle(child)->config();
    *data = config.data();
    *bytes = config.size();
    return Status::ok();
  });
}

const forebay_dtype* forebay_child_dtype(const forebay_child* child) noexcept {
  return child == nullptr ? nullptr : to_handle<forebay_dtype>(&from_handle(child)->dtype());
}

forebay_status forebay_child_take(forebay_child* child, forebay_child_task* task,
                                  forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (child == nullptr) return null_argument("child");
    // Before a task is taken: a struct that cannot be filled must not cost one.
    FOREBAY_TRY(write_struct<forebay_child_task>(FOREBAY_CHILD_TASK_INIT, task));
    CustomTask inner;
    Status status = from_handle(child)->take(&inner);
    if (!status.is_ok()) return status;
    forebay_child_task full = FOREBAY_CHILD_TASK_INIT;
    full.descriptor = inner.descriptor;
    full.source = inner.source;
    full.size = inner.size;
    full.begin = inner.begin;
    full.line = inner.line;
    full.first_row = inner.first_row;
    full.row_limit = inner.row_limit;
    return write_struct(full, task);
  });
}

forebay_status forebay_child_fill(forebay_child* child, forebay_child_view* view,
                                  forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (child == nullptr) return null_argument("child");
    FOREBAY_TRY(write_struct<forebay_child_view>(FOREBAY_CHILD_VIEW_INIT, view));
    CustomRoom room;
    Status status = from_handle(child)->fill(&room);
    if (!status.is_ok()) return status;
    forebay_child_view full = FOREBAY_CHILD_VIEW_INIT;
    const CustomChild& object = *from_handle(child);
    // Why NULL for columns: a program that knows rows only must not fill them with nonsense.
    full.data = object.layout() == Layout::rows ? room.data : nullptr;
    full.capacity = room.rows;
    full.row_bytes = object.dtype()->row_bytes();
    full.layout = static_cast<std::int32_t>(public_layout(object.layout()));
    full.fields = static_cast<std::uint32_t>(object.dtype()->fields().size());
    return write_struct(full, view);
  });
}

forebay_status forebay_child_column_get(const forebay_child* child, uint32_t index,
                                        forebay_array_column* column, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (child == nullptr) return null_argument("child");
    ColumnPlace place;
    std::byte* data = nullptr;
    Status status = from_handle(child)->column(index, &place, &data);
    if (!status.is_ok()) return status;
    forebay_array_column full{};
    full.data = data;
    full.stride = place.stride;
    return write_struct(full, column);
  });
}

forebay_status forebay_child_publish(forebay_child* child, uint64_t rows, uint64_t next_offset,
                                     uint64_t next_line, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (child == nullptr) return null_argument("child");
    return from_handle(child)->publish(rows, next_offset, next_line);
  });
}

forebay_status forebay_child_finish(forebay_child* child, forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (child == nullptr) return null_argument("child");
    return from_handle(child)->finish();
  });
}

forebay_status forebay_child_fail(forebay_child* child, forebay_status code, uint64_t line,
                                  uint64_t byte, uint32_t column, const char* text,
                                  forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (child == nullptr) return null_argument("child");
    if (text == nullptr) return null_argument("text");
    if (code >= 0) return {FOREBAY_E_ARGUMENT, "code is not a failure"};
    ErrorDetail detail;
    detail.message = text;
    detail.line = line;
    detail.byte = byte;
    detail.column = column;
    return from_handle(child)->fail({code, std::move(detail)});
  });
}

forebay_status forebay_child_log(forebay_child* child, uint32_t level, const char* text,
                                 forebay_error* err) noexcept {
  return guard(err, [&]() -> Status {
    if (child == nullptr) return null_argument("child");
    if (text == nullptr) return null_argument("text");
    return from_handle(child)->log(level, text);
  });
}
