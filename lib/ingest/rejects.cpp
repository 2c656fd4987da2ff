#include "ingest/rejects.hpp"

#include "ingest/ingest.hpp"

namespace forebay::core {
namespace {

StoredReject stored(const Loader& loader, const Reject& reject) {
  return {reject.code,
          reject.source,
          reject.line,
          reject.byte,
          reject.column,
          1,
          loader.source_path(reject.source),
          reject.reason,
          reject.text};
}

// For each source how many rejects were counted but not kept.
std::vector<StoredReject> counted_only(const Loader& loader) {
  std::vector<StoredReject> out;
  SourceRejects counts;
  for (std::uint32_t i = 0; loader.source_rejects(i, &counts).is_ok(); ++i) {
    StoredReject rest;
    rest.source = i;
    rest.count = counts.rejects - counts.kept + counts.counted_before;
    if (rest.count == 0) continue;
    rest.path = loader.source_path(i);
    rest.reason = "counted, not kept; raise keep_rejects to see more";
    out.push_back(std::move(rest));
  }
  return out;
}

}  // namespace

Status store_rejects(Loader& loader, const WriteRejects& write) {
  const std::vector<Reject>& rejects = loader.rejects();
  std::uint64_t& done = loader.rejects_stored();
  const bool is_last = loader.has_ended() && done <= rejects.size();
  if (done >= rejects.size() && !is_last) return Status::ok();
  std::vector<StoredReject> rows;
  for (std::uint64_t i = done; i < rejects.size(); ++i) rows.push_back(stored(loader, rejects[i]));
  if (is_last) {
    for (StoredReject& rest : counted_only(loader)) rows.push_back(std::move(rest));
  }
  FOREBAY_TRY(write(rows));
  // One more than there are: the counts were written too.
  done = rejects.size() + (is_last ? 1 : 0);
  return Status::ok();
}

Status append_rejects(Store& store, Loader& loader) {
  return store_rejects(
      loader, [&](std::span<const StoredReject> rows) { return store.append_rejects(rows); });
}

}  // namespace forebay::core
