// One life of a file: the steps of a workload, the model of what every commit holds, and marks in
// the storage's record for what was promised when. Thread rule: one thread.
#pragma once

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

  // The steps. After one that failed the others do nothing.
  void open(FileMode mode = FileMode::append);
  void create_table(const std::string& name);
  void append(const std::string& name, std::uint64_t rows);
  void set_text(const std::string& name, const std::string& key, const std::string& value);
  void commit();
  void close();
  // The process dies and the machine goes on; nobody is told.
  void die();

  // The file was opened and is at one of the states it may be in: the empty text, or what is wrong.
  std::string settle();
  // Everything of the last commit is there.
  std::string check(const Content& content) const;

  [[nodiscard]] const core::Status& status() const { return status_; }
  [[nodiscard]] const Model& now() const { return now_; }
  [[nodiscard]] const History& history() const { return history_; }
  // What a crash at this place of the record may leave.
  [[nodiscard]] History allowed_at(std::size_t position) const;
  [[nodiscard]] std::uint64_t commits() const { return acknowledged_.size(); }

  Random random;

 private:
  void note(core::Status status, const char* step);
  void begin_commit();
  void acknowledge();
  bool goes_on() const { return status_.is_ok(); }

  RecordedStorage& storage_;
  Writer& writer_;
  History history_;
  std::size_t known_ = 0;  // of history_, those that a crash in the beginning may leave
  Model now_{};
  core::Status status_;
  // Places in the record.
  struct Promise {
    std::size_t position;
    std::size_t commit;  // in history_
  };
  std::vector<Promise> begun_;
  std::vector<Promise> acknowledged_;
};

}  // namespace forebay::test
