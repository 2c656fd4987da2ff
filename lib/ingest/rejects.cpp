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
  const bool is_last = loader.has_ended() && !loader.are_counts_stored();
  if (loader.rejects_unstored() == 0 && !is_last) return Status::ok();
  std::vector<StoredReject> rows;
  for (const Reject& reject : loader.rejects()) {
    if (!reject.is_stored) rows.push_back(stored(loader, reject));
  }
  if (is_last) {
    for (StoredReject& rest : counted_only(loader)) rows.push_back(std::move(rest));
  }
  FOREBAY_TRY(write(rows));
  loader.mark_rejects_stored(loader.has_ended());
  return Status::ok();
}

Status append_rejects(Store& store, Loader& loader) {
  return store_rejects(
      loader, [&](std::span<const StoredReject> rows) { return store.append_rejects(rows); });
}

}  // namespace forebay::core
