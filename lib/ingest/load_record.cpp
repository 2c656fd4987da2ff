#include "ingest/load_record.hpp"

namespace forebay::core {
namespace {

SourceState state_of(const SourceFacts& facts) noexcept {
  if (!facts.is_finished) return SourceState::partial;
  if (facts.failure != FOREBAY_OK) return SourceState::failed;
  return facts.is_limited ? SourceState::limited : SourceState::complete;
}

// What comes by a descriptor cannot be found again by a later load.
bool has_name(const SourceFacts& facts) noexcept {
  return !facts.resolved.empty();
}

// Nothing is known of a source that could not be opened.
bool is_worth_noting(const SourceFacts& facts) noexcept {
  if (!has_name(facts)) return false;
  return facts.failure == FOREBAY_OK || facts.at.rows != 0;
}

}  // namespace

LoadRecord::LoadRecord(Table& table) : table_(table), committed_ns_(monotonic_ns()) {}

LoadRecord::~LoadRecord() {
  if (waiting_ != nullptr) waiting_->release();
}

Result<LoadRecord*> LoadRecord::of(Table& table, const Loader& loader) {
  LoadMark& mark = table.load_mark();
  if (mark.loader != loader.serial()) mark = {loader.serial(), table.rows(), nullptr, mark.ledger};
  if (!mark.record) {
    std::shared_ptr<LoadRecord> record(new LoadRecord(table));
    FOREBAY_TRY_ASSIGN(record->ledger_, Ledger::of(table));
    mark.record = std::move(record);
  }
  return mark.record.get();
}

Status LoadRecord::check_entry(const LedgerEntry& entry, const SourceFacts& facts) const {
  if (entry.options == facts.options) return Status::ok();
  return Status(FOREBAY_E_MISMATCH, facts.path + ": its rows in table '" + table_.name() +
                                        "' were loaded with other options (dtype, dialect, values, "
                                        "columns, format or child program): "
                                        "use those again, or load it anew into another table")
      .at_path(facts.path);
}

Status LoadRecord::resume(Loader& loader, std::uint32_t source) {
  is_resumed_ = true;
  std::string open_path;  // the first source that has rows to come
  SourceFacts facts;
  for (std::uint32_t i = 0; loader.source_facts(i, &facts); ++i) {
    if (source != kNoSource && source != i) continue;
    if (!has_name(facts)) continue;
    const LedgerEntry* entry = ledger_->find(facts.resolved, facts.occurrence);
    if (source == i || entry != nullptr) stored_.insert(i);
    if (entry != nullptr) {
      FOREBAY_TRY(check_entry(*entry, facts));
      if (!open_path.empty() && loader.order() == Order::source) {
        return Status(FOREBAY_E_STATE,
                      open_path + ": is still to be loaded, but comes before " + facts.path +
                          ", whose rows are in table '" + table_.name() +
                          "' already: name new files behind those that were loaded, or take "
                          "sources in any order")
            .at_path(open_path);
      }
      FOREBAY_TRY(
          loader.resume(i, {entry->at, entry->size, entry->mtime_ns,
                            entry->state == SourceState::complete, entry->rejects_written}));
    }
    if (entry == nullptr || entry->state == SourceState::partial) open_path = facts.path;
  }
  return Status::ok();
}

Result<LedgerEntry> LoadRecord::entry_of(const SourceFacts& facts) {
  if (!facts.is_traced) {
    return Status(FOREBAY_E_PROTOCOL,
                  facts.path + ": a child process reported places in it that do not fit together")
        .at_path(facts.path);
  }
  LedgerEntry entry;
  entry.path = facts.path;
  entry.resolved = facts.resolved;
  entry.occurrence = facts.occurrence;
  if (!is_resumed_) {
    const auto [before, is_new] = before_.try_emplace(facts.resolved, 0);
    if (is_new) before->second = ledger_->occurrences(facts.resolved);
    entry.occurrence += before->second;
  }
  entry.state = state_of(facts);
  entry.is_opaque = facts.is_opaque;
  entry.size = facts.size;
  entry.mtime_ns = facts.mtime_ns;
  entry.at = facts.at;
  entry.rejects_written = facts.rejects_written;
  entry.options = facts.options;
  return entry;
}

Status LoadRecord::stored(const Loader& loader, std::uint32_t source, const Provenance& end) {
  SourceFacts facts;
  if (!loader.source_facts(source, &facts))
    return {FOREBAY_E_ARGUMENT, "the array does not come from a source of this loader"};
  if (!has_name(facts)) return Status::ok();
  facts.at = end;
  facts.is_finished = false;
  FOREBAY_TRY_ASSIGN(const LedgerEntry entry, entry_of(facts));
  stored_.insert(source);
  return ledger_->record(entry);
}

Status LoadRecord::settle(const Loader& loader, bool all) {
  // At the end rejects were stored of sources that had ended long before.
  if (loader.has_ended()) settled_ = 0;
  SourceFacts facts;
  for (; loader.source_facts(settled_, &facts) && facts.is_finished; ++settled_) {
    if (!is_worth_noting(facts) || (!all && !stored_.contains(settled_))) continue;
    FOREBAY_TRY_ASSIGN(LedgerEntry entry, entry_of(facts));
    const LedgerEntry* known = ledger_->find(entry.resolved, entry.occurrence);
    if (facts.failure == FOREBAY_E_CHANGED && known != nullptr) {
      // What is stored is of the file as it was.
      entry = *known;
      entry.state = SourceState::failed;
      entry.rejects_written = facts.rejects_written;
    }
    FOREBAY_TRY(ledger_->record(entry));
  }
  return Status::ok();
}

bool LoadRecord::is_due(std::uint64_t times) const {
  const CommitPolicy& policy = table_.commit_policy();
  const std::uint64_t bytes = rows_ * table_.dtype()->row_bytes();
  return (policy.rows != 0 && rows_ / times >= policy.rows) ||
         (policy.bytes != 0 && bytes / times >= policy.bytes) ||
         (policy.milliseconds != 0 &&
          (monotonic_ns() - committed_ns_) / times >= policy.milliseconds * 1'000'000U);
}

Status LoadRecord::commit_if_due(std::uint64_t rows) {
  rows_ += rows;
  const bool is_whole = table_.rows() % table_.chunk_rows() == 0;
  if (!is_due(is_whole ? 1 : 2)) return Status::ok();
  rows_ = 0;
  committed_ns_ = monotonic_ns();
  return table_.commit_store();
}

}  // namespace forebay::core
