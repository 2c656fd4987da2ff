#include "life.hpp"

#include <utility>

namespace forebay::test {

void Life::note(core::Status status, const char* step) {
  if (status.is_failure()) status_ = std::move(status).with_prefix(std::string(step) + ": ");
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
  note(writer_.open(mode), "open");
  if (goes_on() && created) acknowledge();
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
  note(writer_.create_table(name), "create a table");
  now_.tables[name];
}

void Life::append(const std::string& name, std::uint64_t rows) {
  if (!goes_on() || rows == 0) return;
  storage_.set_phase("append");
  TableModel& table = now_.tables[name];
  note(writer_.append(name, rows_of(now_.generation, name, table.rows, rows)), "append");
  table.rows += rows;
}

void Life::set_text(const std::string& name, const std::string& key, const std::string& value) {
  if (!goes_on()) return;
  storage_.set_phase("text");
  note(writer_.set_text(name, key, value), "set an attribute");
  now_.tables[name].texts[key] = value;
}

void Life::begin_commit() {
  begun_.push_back({storage_.position(), history_.size()});
  history_.push_back(now_);
}

void Life::acknowledge() {
  storage_.mark(history_.size() - 1);
  acknowledged_.push_back({storage_.position(), history_.size() - 1});
}

void Life::commit() {
  if (!goes_on()) return;
  storage_.set_phase("commit");
  begin_commit();
  note(writer_.commit(), "commit");
  if (goes_on()) acknowledge();
}

void Life::close() {
  if (!goes_on()) return;
  storage_.set_phase("close");
  begin_commit();
  note(writer_.close(), "close");
  if (goes_on()) acknowledge();
}

void Life::die() {
  if (!goes_on()) return;
  writer_.die();
  now_ = history_.back();
}

std::string Life::check(const Content& content) const {
  return difference(content, history_.back());
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
    allowed.assign(history_.begin(), history_.begin() + static_cast<std::ptrdiff_t>(known_));
  }
  for (const Promise& one : begun_) {
    if (one.position <= position && (!promised || one.commit > oldest)) {
      allowed.push_back(history_[one.commit]);
    }
  }
  return allowed;
}

}  // namespace forebay::test
