// Going on with what an earlier load has stored: the source's consumed part is checked, then its
// rest is cut into tasks as usual.
#include <algorithm>
#include <utility>

#include "loader/coordinator.hpp"

namespace forebay::core {

Status Source::changed(const std::string& how) const {
  return Status(FOREBAY_E_CHANGED,
                path + ": " + how +
                    ", so the load cannot go on where it ended: bring the old file back, or load "
                    "it anew into another table")
      .at_path(path);
}

Status Source::check_resume() {
  if (!resume) return Status::ok();
  if (is_opaque) {
    if (size != resume->size || mtime_ns != resume->mtime_ns)
      return changed("size or time of change differ from those when its rows were stored");
    is_verified = true;
    start_behind();
    return Status::ok();
  }
  const bool is_as_it_is =
      format == InputFormat::plain || format == InputFormat::npy || format == InputFormat::raw;
  if (is_as_it_is && size < resume->at.offset)
    return changed("is shorter (" + std::to_string(size) + " bytes) than what was read of it (" +
                   std::to_string(resume->at.offset) + ")");
  return Status::ok();
}

void Source::start_behind() {
  const std::uint64_t records = resume->at.records();
  const bool is_same = resume->is_complete && size == resume->size;
  if (is_binary(format)) {
    row_to_cut = records;
    // Raw rows are laid out already; arrays are once their header was read.
    all_created = is_same || (is_headed && records >= next_row);
    if (!is_headed) next_row = records;
    rows_known = rows_known || is_same;
    return;
  }
  next_begin = resume->at.offset;
  next_line = resume->at.line;
  next_row = records;
  const bool is_plain = !is_opaque && format == InputFormat::plain;
  is_headed = is_plain || format == InputFormat::bgzf || is_packed();
  if (is_plain) bytes_ended = resume->at.offset;
  const bool is_all = is_plain ? next_begin == size : is_same;
  is_cut_short = !is_all && next_row >= max_rows;
  all_created = is_all || is_cut_short;
  rows_known = all_created;
}

void Source::note(std::uint64_t rows, std::uint64_t end, std::uint64_t end_line,
                  std::uint64_t crc) noexcept {
  // Why not hashed for a custom child: what its offsets mean is its affair.
  if (is_opaque) {
    place.offset = end;
    place.line = end_line;
  } else {
    is_traced = place.extend(end, end_line, crc) && is_traced;
  }
  place.rows += rows;
  place.rejects = counts.rejects;
  place.skipped = counts.skipped;
}

Provenance Source::provenance() const noexcept {
  Provenance out = place;
  out.rows = next_delivered();
  // Rows that wait in an array that is being joined are before the place.
  out.ahead = out.rows - std::min(out.rows, place.rows);
  return out;
}

Status Loader::Core::resume(std::uint32_t index, const ResumePoint& point) {
  if (has_begun_) return {FOREBAY_E_STATE, "the loader has begun its work; resume it before"};
  if (index >= sources_.size()) return {FOREBAY_E_ARGUMENT, "there is no such source"};
  if (point.at.offset == 0 || point.at.ahead > point.at.rows) return Status::ok();
  Source& source = *sources_[index];
  source.resume = point;
  source.place = point.at;
  source.place.rows -= std::exchange(source.place.ahead, 0);
  source.counts = source.counts_before();
  cuts_first_piece_ = cuts_first_piece_ || point.at.ahead != 0;
  return Status::ok();
}

bool Loader::Core::source_facts(std::uint32_t index, SourceFacts* out) const {
  if (index >= sources_.size()) return false;
  const Source& source = *sources_[index];
  out->path = source.path;
  out->resolved = source.resolved;
  out->occurrence = source.occurrence;
  out->size = source.size;
  out->mtime_ns = source.mtime_ns;
  out->at = source.provenance();
  out->is_traced = source.is_traced;
  out->is_opaque = source.is_opaque;
  out->is_finished = source.is_finished;
  out->is_limited = source.is_limited();
  out->failure = source.failure.code();
  out->rejects_written = rejects_written(source);
  out->options = options_hash(source);
  return true;
}

std::uint64_t Loader::Core::rejects_written(const Source& source) const {
  // Those that were only counted were written too.
  if (counts_stored_) return source.counts.rejects;
  return (source.resume ? source.resume->rejects_written : 0) + ledger_.stored_of(source.index);
}

// Of the configuration as a child gets it: whatever comes to decide over rows is in there. How
// rows lie in memory decides over none.
std::uint64_t Loader::Core::config_hash() const {
  wire::Config config = child_config();
  config.block_rows = 1;
  config.split_bytes = 1;
  config.segment_bytes = 0;
  config.layout = static_cast<std::uint32_t>(Layout::rows);
  config.form = {};
  std::uint64_t hash = hash64(wire::encode_config(config));
  for (const std::string& word : options_.child_argv)
    hash = hash64(std::as_bytes(std::span(word)), hash);
  return hash;
}

// Why kept: it is asked for with each array that is stored, and a configuration can be large.
std::uint64_t Loader::Core::options_hash(const Source& source) const {
  if (!config_hash_) config_hash_ = config_hash();
  std::uint64_t hash = *config_hash_;
  const std::uint64_t file[] = {static_cast<std::uint64_t>(source.wanted_format),
                                source.header_bytes};
  hash = hash64(std::as_bytes(std::span(file)), hash);
  return hash64(std::as_bytes(std::span(source.member)), hash);
}

Status Loader::Core::handle_verified(ChildLink& child, const wire::Verified& message) {
  LoadTask* task = child.current(message.task);
  if (task == nullptr || task->kind != wire::TaskKind::verify || message.offset > task->begin)
    return breach("verified what it was not asked for");
  if (task->is_dropped) return Status::ok();
  Source& source = *task->source;
  if (message.offset < task->begin) {
    if (message.is_at_end != 0) task->failure = source.changed("ends before what was read of it");
    return Status::ok();
  }
  if (message.crc != source.resume->at.hash) {
    task->failure = source.changed("what was read of it has changed since");
  } else if (message.ends_row == 0) {
    task->failure = source.changed("its last row, which had no line break, has grown");
  } else {
    source.is_verified = true;
    source.start_behind();
    // Only comments can have followed where it was read to its end.
    if (message.is_at_end != 0) source.all_created = source.rows_known = true;
  }
  return Status::ok();
}

}  // namespace forebay::core
