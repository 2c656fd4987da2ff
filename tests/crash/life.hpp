// One life of a file: the steps of a workload, the model of what every commit holds, and marks in
// the storage's record for what was promised when. Steps may fail, as on a disk that fails: then
// the store must say so, and be as it documents. Thread rule: one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/crash_states.hpp"
#include "writer.hpp"

namespace forebay::test {

using History = std::vector<Model>;  // by commit; the first is what was there before

class Life {
 public:
  // `before`: the states that the file may be in.
  Life(RecordedStorage& storage, Writer& writer, History before, std::uint64_t seed)
      : random(seed), storage_(storage), writer_(writer), history_(std::move(before)) {}

  // The steps. After one that failed for good the others do nothing.
  void open(FileMode mode = FileMode::append);
  void create_table(const std::string& name);
  void append(const std::string& name, std::uint64_t rows);
  void set_text(const std::string& name, const std::string& key, const std::string& value);
  void commit();
  void close();
  // The writer gives up, as if its process had been killed and the machine went on.
  void die();
  // What `forebay recover` does, with a file that nobody has open.
  void recover();
  // What `forebay repack` does, the same.
  void repack();
  // The disk takes so many bytes more, until a step has failed for it.
  void leave_room(std::uint64_t bytes) { storage_.leave_room(bytes); }

  // The file was opened and is at one of the states it may be in: the empty text, or what is wrong.
  std::string settle();
  // Everything of the last commit is there.
  std::string check(const Content& content) const;

  // Of the step that ended the life.
  [[nodiscard]] const core::Status& status() const { return status_; }
  // How a step that failed broke its contract; empty: none did.
  [[nodiscard]] const std::string& broken_contract() const { return broken_contract_; }
  [[nodiscard]] const Model& now() const { return now_; }
  [[nodiscard]] const History& history() const { return history_; }
  // What a crash at this place of the record may leave.
  [[nodiscard]] History allowed_at(std::size_t position) const;
  // Where in the record the last promise was made.
  [[nodiscard]] std::size_t promised_at() const { return acknowledged_.back().position; }
  [[nodiscard]] std::uint64_t commits() const { return acknowledged_.size(); }

  Random random;

 private:
  using Step = std::function<core::Status()>;

  // Takes a step that changes rows or tables. Whether it is done.
  bool change(const char* what, const Step& step);
  core::Status with_room(const Step& step);
  void end(core::Status status, const char* what);
  void expect_poisoned(const char* what, const core::Status& failure);
  void end_or_open_again(core::Status status, const char* what);
  void begin_commit();
  void acknowledge();
  void withdraw();
  [[nodiscard]] const Model& last() const;
  [[nodiscard]] bool goes_on() const { return status_.is_ok(); }

  RecordedStorage& storage_;
  Writer& writer_;
  History history_;
  std::size_t known_ = 0;  // of history_, those that a crash in the beginning may leave
  Model now_{};
  core::Status status_;
  std::string broken_contract_;
  // Places in the record: from `position` on, and before `until`.
  struct Promise {
    std::size_t position;
    std::size_t commit;  // in history_
    std::size_t until = SIZE_MAX;
  };
  std::vector<Promise> begun_;
  std::vector<Promise> acknowledged_;
};

}  // namespace forebay::test
