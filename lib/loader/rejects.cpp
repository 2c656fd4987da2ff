#include "loader/rejects.hpp"

#include <algorithm>

namespace forebay::core {

const char* TaskRejects::add(const wire::Reject& message, std::uint32_t source,
                             std::uint64_t size) {
  if (message.reason_bytes > wire::kMaxRejectText || message.text_bytes > wire::kMaxRejectText)
    return "sent a message that is not well formed";
  const bool is_known = message.code == FOREBAY_E_VALUE || message.code == FOREBAY_E_COLUMNS ||
                        message.code == FOREBAY_E_FORMAT;
  if (!is_known || message.column == 0 || message.line < least_line || message.byte < least_byte ||
      message.byte > size)
    return "rejected a row at a place that cannot be";
  if (told == limit) return "told of more rejects than it was asked for";
  ++told;
  least_line = message.line;
  least_byte = message.byte + 1;
  std::string line;
  const Status reason = wire::status_of(message, &line);
  pending.push_back({reason.code(), source, message.line, message.byte, message.column,
                     reason.message(), std::move(line), false});
  return nullptr;
}

bool TaskRejects::fits(const RejectCounts& counts) const noexcept {
  if (counts.skipped > counts.rejects || counts.rejects > budget - counted) return false;
  const std::uint64_t room = limit - (told - pending.size());
  return pending.size() == std::min(counts.rejects, room);
}

void TaskRejects::cover(const RejectCounts& counts) {
  counted += counts.rejects;
  skipped += counts.skipped;
  covered.insert(covered.end(), std::make_move_iterator(pending.begin()),
                 std::make_move_iterator(pending.end()));
  pending.clear();
}

void TaskRejects::begin_again() noexcept {
  pending.clear();
  told = 0;
  counted = 0;
  skipped = 0;
}

std::vector<Reject>::const_iterator RejectLedger::end_of(std::uint32_t source) const noexcept {
  return std::upper_bound(kept_.begin(), kept_.end(), source,
                          [](std::uint32_t at, const Reject& entry) { return at < entry.source; });
}

std::uint64_t RejectLedger::room(std::uint32_t source) const noexcept {
  return limit_ - static_cast<std::uint64_t>(end_of(source) - kept_.begin());
}

void RejectLedger::take(std::deque<Reject>& from, std::uint64_t count, std::uint32_t source) {
  total_ += count;
  const std::uint64_t here = std::min<std::uint64_t>(count, from.size());
  const std::uint64_t added = std::min(here, room(source));
  const auto end = from.begin() + static_cast<std::ptrdiff_t>(here);
  const auto kept = from.begin() + static_cast<std::ptrdiff_t>(added);
  kept_.insert(end_of(source), std::make_move_iterator(from.begin()),
               std::make_move_iterator(kept));
  from.erase(from.begin(), end);
  unstored_ += added;
  for (; kept_.size() > limit_; kept_.pop_back()) {
    if (!kept_.back().is_stored) --unstored_;
  }
}

std::uint64_t RejectLedger::stored_of(std::uint32_t source) const noexcept {
  return source < stored_.size() ? stored_[source] : 0;
}

std::uint64_t RejectLedger::kept_of(std::uint32_t source) const noexcept {
  std::uint64_t sum = stored_of(source);
  for (auto entry = end_of(source); entry != kept_.begin() && (--entry)->source == source;) {
    if (!entry->is_stored) ++sum;
  }
  return sum;
}

void RejectLedger::mark_stored() {
  for (Reject& reject : kept_) {
    if (reject.is_stored) continue;
    reject.is_stored = true;
    if (stored_.size() <= reject.source) stored_.resize(reject.source + 1);
    ++stored_[reject.source];
  }
  unstored_ = 0;
}

}  // namespace forebay::core
