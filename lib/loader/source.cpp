#include "loader/source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>

namespace forebay::core {
namespace {

// Text often takes so many times its bytes in a bgzf file.
constexpr std::uint64_t kBgzfExpansion = 4;

// The format by the first bytes: a bounded look at a private copy, nothing is parsed here.
InputFormat format_found(const Descriptor& file) {
  std::array<std::byte, kInputFormatBytes> first{};
  const ssize_t got = ::pread(file.get(), first.data(), first.size(), 0);
  if (got <= 0) return InputFormat::plain;
  return input_format_of(std::span(first).first(static_cast<std::size_t>(got)));
}

InputFormat format_of(const Descriptor& file, FileFormat wanted) {
  switch (wanted) {
    case FileFormat::npy:
      return InputFormat::npy;
    case FileFormat::npz:
      return InputFormat::npz;
    case FileFormat::raw:
      return InputFormat::raw;
    default:
      break;
  }
  const InputFormat found = format_found(file);
  return wanted == FileFormat::text && is_binary(found) ? InputFormat::plain : found;
}

Status refuse(Code code, const std::string& path, const char* why) {
  return Status(code, path + ": " + why).at_path(path);
}

}  // namespace

bool LoadTask::is_waiting() const noexcept {
  // Why: an answer to `drop` needs nothing more. A child that never gives one would stay for ever.
  if (is_dropped) return false;
  if (is_part() && !go_sent) return report.has_value();
  return awaits_input || (wants_block && lent.empty());
}

Status Source::open(const Geometry& geometry) {
  if (!is_given) FOREBAY_TRY(open_path());
  FOREBAY_TRY(look());
  is_open = true;
  if (format == InputFormat::raw) FOREBAY_TRY(lay_out_rows(header_bytes, {}, geometry.row_bytes));
  return check_resume();
}

Status Source::open_path() {
  auto opened = open_for_reading(path.c_str());
  if (!opened.is_ok()) {
    const int error = opened.status().detail().os_errno;
    const char* advice = opened.code() == FOREBAY_E_NOT_FOUND    ? "; check the path"
                         : opened.code() == FOREBAY_E_PERMISSION ? "; it must be readable for you"
                                                                 : "";
    return Status(opened.code(), path + ": cannot be opened: " + errno_text(error) + advice)
        .at_path(path)
        .at_errno(error);
  }
  file = std::move(opened).value();
  return Status::ok();
}

Status Source::look() {
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return errno_status("look at", path, errno);
  if (S_ISDIR(info.st_mode))
    return refuse(FOREBAY_E_ARGUMENT, path, "is a directory; name the files in it");
  const bool is_file = S_ISREG(info.st_mode);
  // A file that was given after something was read of it begins where that ended.
  is_sequential = is_given && (!is_file || ::lseek(file.get(), 0, SEEK_CUR) != 0);
  if (is_sequential) {
    const bool is_text =
        wanted_format == FileFormat::automatic || wanted_format == FileFormat::text;
    if (!is_text) {
      return refuse(FOREBAY_E_ARGUMENT, path,
                    "is a stream, and only text is read from those; save it to a file first");
    }
    size = wire::kUnknownSize;
    return Status::ok();
  }
  if (!is_file)
    return refuse(FOREBAY_E_ARGUMENT, path, "is not a regular file; save it to one first");
  if (info.st_size == 0 && !is_opaque)
    return refuse(FOREBAY_E_TRUNCATED, path, "is empty; leave it out or write it anew");
  size = static_cast<std::uint64_t>(info.st_size);
  if (!is_opaque) format = format_of(file, wanted_format);
  mtime_ns = info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec;
  return Status::ok();
}

std::uint64_t LoadTask::file_bytes(std::uint64_t bytes) const noexcept {
  const std::uint64_t within = std::min(bytes, end - begin);
  return static_cast<std::uint64_t>(static_cast<double>(within) * file_share);
}

bool Source::is_split_up(const Geometry& geometry) const noexcept {
  if (is_opaque || is_row_stream || is_sequential) return false;
  if (is_inflated_apart(geometry)) return true;
  // Only splits can begin behind the top without reading what stands before.
  const bool is_behind = resume.has_value();
  if (format == InputFormat::bgzf) return is_behind || size > geometry.split_bytes / kBgzfExpansion;
  return is_binary(format) ||
         (format == InputFormat::plain && (is_behind || size > geometry.split_bytes));
}

LoadTask* Source::add_task(wire::TaskKind kind) {
  auto task = std::make_unique<LoadTask>();
  task->source = this;
  task->kind = kind;
  task->order = ++tasks_made;
  task->end = size;
  tasks.push_back(std::move(task));
  return tasks.back().get();
}

LoadTask* Source::create_task(const Geometry& geometry) {
  if (all_created || (is_open && !tasks.empty() && tasks.front()->is_prelude())) return nullptr;
  if (resume && !is_verified) {
    LoadTask* task = add_task(wire::TaskKind::verify);
    task->begin = resume->at.offset;
    return task;
  }
  if (is_split_up(geometry)) {
    if (!is_headed) return add_task(wire::TaskKind::head);
    if (is_binary(format)) return create_rows(geometry);
    if (is_packed()) return create_step();
    return format == InputFormat::bgzf ? create_map_or_split() : create_split(geometry);
  }
  return create_stream();
}

LoadTask* Source::create_stream() {
  LoadTask* task = add_task(wire::TaskKind::stream);
  if (is_rest_streamed) {
    task->begin = next_begin;
    task->line = next_line;
    task->first_row = next_row;
    // It reads the file from the top once more.
    bytes_ended = 0;
  } else if (resume) {
    task->begin = resume->at.offset;
    task->line = resume->at.line;
    task->first_row = resume->at.records();
  }
  task->is_composed = true;
  all_created = true;
  return task;
}

LoadTask* Source::create_split(const Geometry& geometry) {
  LoadTask* task = add_task(wire::TaskKind::split);
  task->begin = next_begin;
  task->end = std::min(size, next_begin + geometry.split_bytes);
  next_begin = task->end;
  all_created = next_begin == size;
  return task;
}

LoadTask* Source::first_queued() noexcept {
  for (const auto& task : tasks) {
    if (task->state == LoadTask::State::queued) return task.get();
  }
  return nullptr;
}

void Source::compose() {
  while (composed < tasks.size()) {
    LoadTask& task = *tasks[composed];
    // It has no rows; the splits behind it need not wait for it.
    if (task.kind == wire::TaskKind::map) {
      ++composed;
      continue;
    }
    if (!task.is_part() || !task.report) return;
    const std::uint64_t found = task.report->rows[scan_state];
    task.scan_state = scan_state;
    task.first_row = next_row;
    task.line = next_line;
    task.rows = std::min(found, max_rows - next_row);
    task.is_composed = true;
    scan_state = task.report->end[scan_state];
    next_row += task.rows;
    next_line += task.report->newlines;
    ++composed;
    is_cut_short = next_row == max_rows;
    all_created = all_created || is_cut_short;
    rows_known = is_cut_short || (all_created && composed == tasks.size());
    if (is_cut_short) return;
  }
  // The map may end behind the last split, and the decoding behind the last text.
  const bool is_mapped_out = format == InputFormat::bgzf && is_headed;
  if ((is_mapped_out || is_inflated) && all_created) rows_known = true;
}

std::uint64_t Source::bytes_done() const noexcept {
  std::uint64_t bytes = bytes_ended;
  for (const auto& task : tasks) bytes += task->input_bytes;
  return bytes;
}

std::size_t Source::tasks_at_work() const noexcept {
  return static_cast<std::size_t>(std::count_if(tasks.begin(), tasks.end(), [](const auto& task) {
    return task->state != LoadTask::State::ended;
  }));
}

std::uint64_t Source::rows_expected() const noexcept {
  if (rows_known) return next_row;
  std::uint64_t rows = next_row;
  std::uint64_t bytes = bytes_ended;
  for (std::size_t i = 0; i < composed; ++i) {
    if (tasks[i]->kind == wire::TaskKind::map) continue;
    bytes = format == InputFormat::plain ? tasks[i]->end : tasks[i]->block_end;
  }
  if (!tasks.empty() && tasks.front()->kind == wire::TaskKind::stream) {
    rows = tasks.front()->first_row + tasks.front()->settled();
    bytes = tasks.front()->input_bytes;
  }
  if (rows == 0 || bytes == 0 || is_sequential) return kUnknownRows;
  const double expected = static_cast<double>(rows) / static_cast<double>(bytes);
  return std::min(max_rows, static_cast<std::uint64_t>(expected * static_cast<double>(size)) + 1);
}

}  // namespace forebay::core
