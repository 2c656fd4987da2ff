#include "loader/loader.hpp"

#include <atomic>

#include "loader/coordinator.hpp"
#include "loader/paths.hpp"

namespace forebay::core {

namespace {

std::uint64_t next_serial() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

Loader::Loader(std::unique_ptr<Core> core) : core_(std::move(core)), serial_(next_serial()) {}
Loader::~Loader() = default;

Result<std::unique_ptr<Loader>> Loader::open(DtypeRef dtype, const LoaderOptions& options) {
  auto core = std::make_unique<Core>(std::move(dtype), options);
  FOREBAY_TRY(core->open());
  return std::make_unique<Loader>(std::move(core));
}

Status Loader::add_file(std::string path, const FileOptions& options) {
  return core_->add_file(std::move(path), options);
}
Status Loader::add_path(const std::string& path, const FileOptions& options, std::uint32_t* added) {
  *added = 0;
  FOREBAY_TRY_ASSIGN(std::vector<std::string> files, expand_path(path));
  for (std::string& file : files) {
    FOREBAY_TRY(core_->add_file(std::move(file), options));
    ++*added;
  }
  return Status::ok();
}
Status Loader::add_descriptor(int descriptor, std::string name, const FileOptions& options) {
  return core_->add_descriptor(descriptor, std::move(name), options);
}
Status Loader::use_grid(std::uint64_t chunk_rows, std::uint64_t first_row, Layout layout,
                        const ChunkForm& form) {
  return core_->use_grid(chunk_rows, first_row, layout, form);
}
Status Loader::resume(std::uint32_t index, const ResumePoint& point) {
  return core_->resume(index, point);
}
Order Loader::order() const {
  return core_->order();
}
bool Loader::source_facts(std::uint32_t index, SourceFacts* out) const {
  return core_->source_facts(index, out);
}
Status Loader::next(int timeout_ms, Array** out) {
  return core_->next(timeout_ms, out);
}
Status Loader::step(int timeout_ms) {
  return core_->step(timeout_ms);
}
int Loader::descriptor() const {
  return core_->descriptor();
}
void Loader::cancel() {
  core_->cancel();
}
LoaderProgress Loader::progress() const {
  return core_->progress();
}
bool Loader::child_progress(std::uint32_t index, ChildProgress* out) const {
  return core_->child_progress(index, out);
}
ArenaStats Loader::arena_stats() {
  return core_->arena_stats();
}
std::uint64_t Loader::bytes_copied() const {
  return core_->bytes_copied();
}
Status Loader::source_status(std::uint32_t index, std::uint64_t* rows) const {
  return core_->source_status(index, rows);
}
std::optional<std::uint64_t> Loader::source_truncated(std::uint32_t index) const {
  return core_->source_truncated(index);
}
const char* Loader::source_path(std::uint32_t index) const {
  return core_->source_path(index);
}
const DtypeRef& Loader::dtype() const {
  return core_->dtype();
}
const std::vector<Reject>& Loader::rejects() const {
  return core_->ledger().kept();
}
std::uint64_t Loader::rejects_total() const {
  return core_->ledger().total();
}
Status Loader::source_rejects(std::uint32_t index, SourceRejects* out) const {
  return core_->source_rejects(index, out);
}
std::uint64_t Loader::rejects_unstored() const {
  return core_->ledger().unstored();
}
bool Loader::are_counts_stored() const {
  return core_->are_counts_stored();
}
void Loader::mark_rejects_stored(bool with_counts) {
  core_->mark_rejects_stored(with_counts);
}
bool Loader::take_note(ChildNote* out) {
  return core_->take_note(out);
}
bool Loader::has_ended() const {
  return core_->has_ended();
}

}  // namespace forebay::core
