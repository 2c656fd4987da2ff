#include "load_append.hpp"

#include <set>

#include "handles.hpp"

namespace forebay::cli {
namespace {

constexpr std::int32_t kStepMilliseconds = 100;

// True if a signal asks for the end; the loader is then cancelled.
bool is_interrupted(const AppendJob& job) {
  if (job.interrupt.signal() == 0) return false;
  forebay_loader_cancel(job.loader, nullptr);
  return true;
}

bool is_any_source_failed(const forebay_loader* loader) {
  forebay_loader_progress progress = FOREBAY_LOADER_PROGRESS_INIT;
  forebay_loader_progress_get(loader, &progress, nullptr);
  return progress.sources_failed > 0 && progress.sources_done == progress.sources_total;
}

forebay_status append_array(const AppendJob& job, forebay_array* array, forebay_error* err) {
  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  forebay_status status = forebay_array_view_get(array, &view, err);
  if (status < 0) return status;
  const auto& tables = job.output.tables();
  if (view.source >= tables.size()) return FOREBAY_E_INTERNAL;
  forebay_table* table = tables[view.source].handle;
  status = forebay_table_append_array(table, array, err);
  if (status < 0) return status;
  status = forebay_table_consume(table, job.loader, array, err);
  return status < 0 ? status : job.output.commit_if_due(view.rows, view.row_bytes, err);
}

// Records how each source has ended.
forebay_status settle_sources(const AppendJob& job, forebay_error* err) {
  for (const OutputTable& table : job.output.tables()) {
    const forebay_status status = forebay_table_consume(table.handle, job.loader, nullptr, err);
    if (status < 0) return status;
  }
  return FOREBAY_OK;
}

}  // namespace

forebay_status append_to_one_table(const AppendJob& job, forebay_error* err) {
  forebay_table* table = job.output.tables().front().handle;
  job.progress.update(job.loader);
  for (;;) {
    forebay_error_init(err);
    const forebay_status status =
        forebay_table_append_loader_step(table, job.loader, kStepMilliseconds, nullptr, err);
    job.notes.show(job.loader, &job.progress);
    if (status == FOREBAY_OK) return status;
    if (is_interrupted(job)) return FOREBAY_E_CANCELLED;
    if (status != FOREBAY_AGAIN) {
      // A failure that names a source comes after all sources are done; one that names none is the
      // table's or the loader's own.
      const bool of_source = err->source != FOREBAY_NO_SOURCE && is_any_source_failed(job.loader);
      return of_source ? FOREBAY_OK : status;
    }
    job.progress.update(job.loader);
  }
}

forebay_status append_to_table_of_source(const AppendJob& job, forebay_error* err) {
  std::set<std::uint32_t> failed;
  job.progress.update(job.loader);
  for (;;) {
    forebay_error_init(err);
    forebay_array* taken = nullptr;
    forebay_status status = forebay_loader_next(job.loader, kStepMilliseconds, &taken, err);
    const ArrayOwner array(taken);
    job.notes.show(job.loader, &job.progress);
    if (status == FOREBAY_END) return settle_sources(job, err);
    if (is_interrupted(job)) return FOREBAY_E_CANCELLED;
    if (status == FOREBAY_OK) {
      status = append_array(job, array.get(), err);
      if (status < 0) return status;
    } else if (status < 0) {
      // A source fails once; the same failure again would be a loop without end.
      if (err->source == FOREBAY_NO_SOURCE || !failed.insert(err->source).second) return status;
    }
    job.progress.update(job.loader);
  }
}

}  // namespace forebay::cli
