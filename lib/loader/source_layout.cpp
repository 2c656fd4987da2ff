// Sources whose splits are not just ranges of bytes: rows of one size, and the blocks of bgzf.
#include <algorithm>

#include "loader/source.hpp"

namespace forebay::core {
namespace {

// A map is asked for when fewer splits than this are known, for so many bytes of the file; the
// first for less, so that the children start.
constexpr std::size_t kMarksAhead = 32;
constexpr std::uint64_t kFirstMap = 4U << 20U;
constexpr std::uint64_t kMapBytes = 64U << 20U;
// A block holds 64 KiB at the most, and takes more bytes than this.
constexpr std::uint64_t kMostInBlock = 65536;
constexpr std::uint64_t kLeastBlock = 20;

// Whether a map can lead from `a` to `b`.
bool can_follow(const wire::Mark& a, const wire::Mark& b, std::uint64_t size) noexcept {
  return b.file_offset > a.file_offset && b.file_offset <= size && b.offset > a.offset &&
         (b.offset - a.offset - 1) / kMostInBlock < (b.file_offset - a.file_offset) / kLeastBlock;
}

}  // namespace

Status Source::lay_out_rows(std::uint64_t offset, std::optional<std::uint64_t> rows,
                            std::uint64_t row_bytes) {
  if (offset > size) {
    return Status(FOREBAY_E_TRUNCATED,
                  path + ": has " + std::to_string(size) + " bytes, fewer than its header of " +
                      std::to_string(offset) + "; check header_bytes, or get the file again")
        .at_path(path);
  }
  const std::uint64_t whole = (size - offset) / row_bytes;
  const std::uint64_t wanted = rows.value_or(divide_up(size - offset, row_bytes));
  if (wanted > whole && whole < max_rows) {
    ErrorDetail detail;
    detail.byte = size;
    detail.path = path;
    detail.message = path + ": ends inside row " + std::to_string(whole + 1) +
                     (rows ? " of " + std::to_string(wanted) + "; it is cut short, get it again"
                           : ": rows take " + std::to_string(row_bytes) +
                                 " bytes; check the dtype and header_bytes");
    late_failure = Status(FOREBAY_E_TRUNCATED, std::move(detail));
  }
  data_offset = offset;
  next_row = std::min({whole, wanted, max_rows});
  rows_known = true;
  is_headed = true;
  // An earlier load may have stored the first ones.
  all_created = next_row <= row_to_cut;
  return Status::ok();
}

// Tasks end at array boundaries, so that nothing is joined at their seams.
LoadTask* Source::create_rows(const Geometry& geometry) {
  const std::uint64_t arrays =
      std::max<std::uint64_t>(1, geometry.split_bytes / geometry.row_bytes / geometry.block_rows);
  const std::uint64_t grid = grid_offset == kUnknownRows ? 0 : grid_offset;
  const std::uint64_t inside = (grid - geometry.skipped + row_to_cut) % geometry.block_rows;
  LoadTask* task = add_task(wire::TaskKind::rows);
  task->is_composed = true;
  task->grid_offset = grid;
  task->first_row = row_to_cut;
  task->rows = std::min(arrays * geometry.block_rows - inside, next_row - row_to_cut);
  task->begin = data_offset + row_to_cut * geometry.row_bytes;
  task->end = task->begin + task->rows * geometry.row_bytes;
  row_to_cut += task->rows;
  all_created = row_to_cut == next_row;
  return task;
}

LoadTask* Source::create_map_or_split() {
  // What lies before the first row has no split.
  while (!marks.empty() && marks.front().offset <= next_begin) {
    last_mark = marks.front();
    marks.pop_front();
  }
  if (!is_mapped && !is_mapping && marks.size() < kMarksAhead) {
    LoadTask* task = add_task(wire::TaskKind::map);
    task->block_begin = mapped;
    task->block_end = mapped.file_offset + (mapped.file_offset == 0 ? kFirstMap : kMapBytes);
    is_mapping = true;
    return task;
  }
  LoadTask* task = nullptr;
  if (!marks.empty()) {
    task = add_task(wire::TaskKind::split);
    task->begin = next_begin;
    task->end = marks.front().offset;
    task->block_begin = last_mark;
    task->block_end = marks.front().file_offset;
    task->file_share = static_cast<double>(task->block_end - last_mark.file_offset) /
                       static_cast<double>(task->end - last_mark.offset);
    next_begin = task->end;
    last_mark = marks.front();
    marks.pop_front();
  }
  all_created = marks.empty() && is_mapped && !is_mapping;
  return task;
}

Status Source::take_map(LoadTask& task, const wire::Mapped& found, std::uint64_t split_bytes) {
  if (task.has_mapped || found.marks_used > wire::kMaxMarks)
    return breach("reported a map that it was not asked for");
  wire::Mark last = mapped;
  for (std::uint32_t i = 0; i < found.marks_used; ++i) {
    const wire::Mark& mark = found.marks[i];
    // Why the upper bound: a child's memory holds a split.
    if (!can_follow(last, mark, size) || mark.offset - last.offset > split_bytes + kMostInBlock)
      return breach("reported an impossible map");
    last = mark;
  }
  const bool is_end = found.next.file_offset >= last.file_offset && found.next.file_offset <= size;
  if (!is_end || found.next.offset != last.offset) return breach("reported an impossible map");
  marks.insert(marks.end(), found.marks, found.marks + found.marks_used);
  mapped = found.next;
  is_mapped = found.at_end != 0;
  task.has_mapped = true;
  return Status::ok();
}

void Source::end_map(LoadTask& task) {
  if (task.failure.is_failure()) {
    late_failure = std::move(task.failure);
    is_mapped = true;
  }
  is_mapping = false;
  all_created = all_created || (marks.empty() && is_mapped);
  const auto found = std::find_if(tasks.begin(), tasks.end(),
                                  [&](const auto& entry) { return entry.get() == &task; });
  if (found == tasks.end()) return;
  if (static_cast<std::size_t>(found - tasks.begin()) < composed) --composed;
  tasks.erase(found);
}

}  // namespace forebay::core
