#include "life.hpp"

#include <utility>

namespace forebay::test {

void Life::end(core::Status status, const char* what) {
  if (goes_on()) status_ = std::move(status).with_prefix(std::string(what) + ": ");
}

// Want of room leaves a store as it was, or poisons it; in the first case the call is repeated.
core::Status Life::with_room(const Step& step) {
  core::Status status = step();
  if (status.code() != FOREBAY_E_NOSPC) return status;
  storage_.make_room();
  core::Status again = step();
  return again.code() == FOREBAY_E_POISONED ? std::move(status) : std::move(again);
}

bool Life::change(const char* what, const Step& step) {
  core::Status status = with_room(step);
  if (status.is_ok()) return true;
  // Either nothing happened and the store can be used on, or it cannot.
  begin_commit();
  const core::Status next = writer_.commit();
  if (next.is_ok()) {
    acknowledge();
    return false;
  }
  if (next.code() != FOREBAY_E_COMMIT_UNKNOWN) withdraw();
  // A disk that stays full refuses both, and neither has happened.
  const bool is_full = status.code() == FOREBAY_E_NOSPC && next.code() == FOREBAY_E_NOSPC;
  if (!is_full) expect_poisoned(what, status);
  end_or_open_again(std::move(status), what);
  return false;
}

void Life::expect_poisoned(const char* what, const core::Status& failure) {
  const core::Status next = writer_.commit();
  if (next.code() == FOREBAY_E_POISONED) return;
  broken_contract_ = std::string(what) + " failed (" + failure.message() +
                     "), and a commit after it says " + (next.is_ok() ? "OK" : next.message());
}

// A store that was poisoned for want of room asks to be opened again; when a commit stands that
// could not be brought into the main file, the next call tells.
void Life::end_or_open_again(core::Status status, const char* what) {
  if (status.detail().os_errno != ENOSPC) return end(std::move(status), what);
  storage_.make_room();
  die();
  open();
}

void Life::open(FileMode mode) {
  if (!goes_on()) return;
  storage_.set_phase(storage_.now().find(kPath) == nullptr ? "create" : "recover");
  if (known_ == 0) {
    known_ = history_.size();
    now_ = history_.back();
  }
  const bool created = !now_.exists;
  if (created) {
    now_.exists = true;
    begin_commit();
  }
  if (core::Status status = with_room([&] { return writer_.open(mode); }); status.is_failure()) {
    return end(std::move(status), "open");
  }
  if (created) acknowledge();
  if (mode == FileMode::replace) now_ = Model{true, now_.generation + 1, {}};
}

std::string Life::settle() {
  core::Result<Content> content = writer_.read();
  if (!content.is_ok()) return content.status().message();
  std::string wrong;
  for (std::size_t i = 0; i < known_; ++i) {
    Model opened = history_[i];
    opened.exists = true;  // it was made by the opening
    std::string other = difference(content.value(), opened);
    if (other.empty()) {
      now_ = opened;
      history_.push_back(opened);
      acknowledge();
      return {};
    }
    wrong += (wrong.empty() ? "" : "; ") + other;
  }
  return wrong;
}

void Life::create_table(const std::string& name) {
  if (!goes_on()) return;
  storage_.set_phase("table");
  if (change("create a table", [&] { return writer_.create_table(name); })) now_.tables[name];
}

void Life::append(const std::string& name, std::uint64_t rows) {
  if (!goes_on() || rows == 0 || !now_.tables.contains(name)) return;
  storage_.set_phase("append");
  const std::uint64_t first = now_.tables[name].rows;
  const Bytes bytes = rows_of(now_.generation, name, first, rows);
  if (change("append", [&] { return writer_.append(name, bytes); })) {
    now_.tables[name].rows += rows;
  }
}

void Life::set_text(const std::string& name, const std::string& key, const std::string& value) {
  if (!goes_on() || !now_.tables.contains(name)) return;
  storage_.set_phase("text");
  if (change("set an attribute", [&] { return writer_.set_text(name, key, value); })) {
    now_.tables[name].texts[key] = value;
  }
}

void Life::begin_commit() {
  begun_.push_back({storage_.position(), history_.size()});
  history_.push_back(now_);
}

void Life::acknowledge() {
  storage_.mark(history_.size() - 1);
  acknowledged_.push_back({storage_.position(), history_.size() - 1});
}

// The store says that what was begun is not committed, and will not be.
void Life::withdraw() {
  begun_.back().until = storage_.position();
}

void Life::commit() {
  if (!goes_on()) return;
  storage_.set_phase("commit");
  begin_commit();
  core::Status status = with_room([&] { return writer_.commit(); });
  if (status.is_ok()) return acknowledge();
  if (status.code() != FOREBAY_E_COMMIT_UNKNOWN) withdraw();
  if (status.code() != FOREBAY_E_NOSPC) expect_poisoned("commit", status);
  end_or_open_again(std::move(status), "commit");
}

void Life::close() {
  if (!goes_on()) return;
  storage_.set_phase("close");
  begin_commit();
  core::Status status = writer_.close();
  if (status.is_ok()) return acknowledge();
  end(std::move(status), "close");
}

void Life::die() {
  if (!goes_on()) return;
  writer_.die();
  now_ = last();
}

void Life::recover() {
  if (!goes_on()) return;
  storage_.set_phase("recover");
  if (core::Status status = writer_.recover(); status.is_failure()) {
    end(std::move(status), "recover");
  }
}

void Life::repack() {
  if (!goes_on()) return;
  storage_.set_phase("repack");
  if (core::Status status = with_room([&] { return writer_.repack(); }); status.is_failure()) {
    end(std::move(status), "repack");
  }
}

const Model& Life::last() const {
  if (!acknowledged_.empty()) return history_[acknowledged_.back().commit];
  return history_[known_ - 1];
}

std::string Life::check(const Content& content) const {
  return difference(content, last());
}

History Life::allowed_at(std::size_t position) const {
  History allowed;
  std::size_t oldest = 0;
  bool promised = false;
  for (const Promise& one : acknowledged_) {
    if (one.position > position) break;
    oldest = one.commit;
    promised = true;
  }
  if (promised) {
    allowed.push_back(history_[oldest]);
  } else {
    const std::size_t known = known_ == 0 ? history_.size() : known_;
    allowed.assign(history_.begin(), history_.begin() + static_cast<std::ptrdiff_t>(known));
  }
  for (const Promise& one : begun_) {
    const bool possible = one.position <= position && position < one.until;
    if (possible && (!promised || one.commit > oldest)) allowed.push_back(history_[one.commit]);
  }
  return allowed;
}

}  // namespace forebay::test
