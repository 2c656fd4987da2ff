// Compressed text that cannot be split: one child decodes it in steps, each of which leaves whole
// records in a slot of the ring, and these are a task for any child.
#include <algorithm>
#include <utility>

#include "loader/source.hpp"

namespace forebay::core {
namespace {

// Text often takes so many times its bytes in a compressed file. What is less than a split is not
// worth two children.
constexpr std::uint64_t kExpansion = 8;

// Whether a step can have found this. A record takes a byte at the least.
bool is_possible(const wire::Inflated& found, std::uint64_t room, std::uint64_t size) noexcept {
  const bool is_state =
      found.state >= wire::Inflation::more && found.state <= wire::Inflation::too_long;
  const bool is_amount = found.state == wire::Inflation::more       ? found.bytes != 0
                         : found.state == wire::Inflation::too_long ? found.bytes == 0
                                                                    : true;
  return is_state && is_amount && found.bytes <= room && found.rows <= found.bytes &&
         found.newlines <= found.bytes && found.input_bytes <= size;
}

}  // namespace

bool Source::is_packed() const noexcept {
  return !is_opaque && !is_sequential && !is_binary(format) && format != InputFormat::plain &&
         format != InputFormat::bgzf;
}

bool Source::is_inflated_apart(const Geometry& geometry) const noexcept {
  return geometry.slot_bytes != 0 && is_packed() && size > geometry.split_bytes / kExpansion;
}

bool Source::wants_ring(const Geometry& geometry) const noexcept {
  return is_inflated_apart(geometry) && is_headed && (!resume || is_verified) && !all_created &&
         !ring && !is_rest_streamed;
}

LoadTask* Source::create_step() {
  if (is_rest_streamed) {
    // Why not before: what was rejected up to there is known only then.
    if (!tasks.empty()) return nullptr;
    return create_stream();
  }
  if (is_stepping || !ring || !ring->has_room()) return nullptr;
  LoadTask* task = add_task(wire::TaskKind::inflate);
  task->begin = next_begin;
  task->slot = TextSlot(ring);
  is_stepping = true;
  return task;
}

Status Source::take_inflated(LoadTask& step, const wire::Inflated& found) {
  if (step.inflation || !is_possible(found, step.slot.ring()->slot_bytes(), size))
    return breach("reported text that cannot be");
  step.inflation = found.state;
  if (found.bytes == 0) return Status::ok();
  auto text = std::make_unique<LoadTask>();
  text->source = this;
  text->kind = wire::TaskKind::text;
  text->order = step.order;
  step.order = ++tasks_made;
  text->begin = next_begin;
  text->end = next_begin + found.bytes;
  text->slot = std::move(step.slot);
  text->slot_begin = next_begin;
  // A fresh child may tell a little less than the one before it, which had read further ahead.
  const std::uint64_t before =
      std::exchange(inflated_input, std::max(inflated_input, found.input_bytes));
  text->block_end = inflated_input;
  text->file_share =
      static_cast<double>(inflated_input - before) / static_cast<double>(found.bytes);
  // It begins where a record does, and ends so.
  wire::Scanned scanned{};
  scanned.newlines = found.newlines;
  scanned.rows[0] = found.rows;
  text->report = scanned;
  next_begin = text->end;
  tasks.insert(tasks.end() - 1, std::move(text));
  return Status::ok();
}

void Source::end_step(LoadTask& step) {
  is_stepping = false;
  step.slot.reset();
  if (step.failure.is_failure()) {
    step.state = LoadTask::State::ended;
    return end_inflation();
  }
  if (step.inflation == wire::Inflation::at_end) {
    is_inflated = true;
    end_inflation();
  } else if (step.inflation == wire::Inflation::too_long) {
    is_rest_streamed = true;
    ring.reset();
  }
  tasks.pop_back();
}

void Source::end_inflation() noexcept {
  all_created = true;
  ring.reset();
}

}  // namespace forebay::core
