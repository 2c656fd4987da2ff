#include "judge.hpp"

#include <algorithm>

namespace forebay::test {
namespace {

Judgement failure(Verdict verdict, std::string text) {
  return {verdict, std::move(text), 0};
}

// A plain reader must be refused, or see one whole commit.
Judgement judge_plain_reader(const MachineState& state, const History& history) {
  RecordedStorage storage(state);
  core::Result<Content> content = read_stock(storage, true);
  if (!content.is_ok()) return {};
  const bool whole = std::any_of(history.begin(), history.end(), [&](const Model& model) {
    return difference(content.value(), model).empty();
  });
  if (whole) return {};
  return failure(Verdict::wrong, "a plain reader is let in and sees no whole commit: " +
                                     difference(content.value(), history.back()));
}

// After close() the file is a plain one, alone.
Judgement judge_closed(RecordedStorage& storage, const Life& life) {
  core::Result<Content> content = read_stock(storage, true);
  if (!content.is_ok()) {
    return failure(Verdict::unreadable,
                   "closed, then a plain reader: " + content.status().message());
  }
  std::string wrong = life.check(content.value());
  if (!wrong.empty()) return failure(Verdict::wrong, "closed, then a plain reader: " + wrong);
  if (storage.now().names.size() == 1) return {};
  return failure(Verdict::wrong,
                 "closed, but another file stays: " + storage.now().names.rbegin()->first);
}

// Whether rows that were acknowledged are missing, or others are there.
Verdict kind_of_difference(const Content& content, const Model& promised) {
  for (const auto& [name, table] : promised.tables) {
    const auto found = content.tables.find(name);
    if (found == content.tables.end() || found->second.rows < table.rows) return Verdict::lost;
  }
  return Verdict::wrong;
}

void live_on(Life& life) {
  if (life.now().tables.empty()) life.create_table("a");
  const Model before = life.now();
  for (const auto& [name, table] : before.tables) life.append(name, life.random() % 9);
  life.append(before.tables.empty() ? "a" : before.tables.begin()->first, 1);
  life.commit();
  if (life.random() % 4 == 0) {
    life.append(life.now().tables.begin()->first, 3);
    life.commit();
  }
  life.close();
}

void crash_again(const RecordedStorage& storage, const Life& life, const History& history,
                 std::uint64_t seed, const JudgeOptions& options, Judgement* judgement) {
  Random random = random_for(seed, {storage.position(), 7});
  std::vector<std::size_t> positions;
  for (std::uint64_t i = 0; i < options.nested; ++i) {
    positions.push_back(random() % (storage.position() + 1));
  }
  std::sort(positions.begin(), positions.end());
  CrashWalk walk(storage.initial(), storage.log(), options.traits);
  JudgeOptions deeper = options;
  deeper.depth = options.depth - 1;
  deeper.nested = (options.nested + 1) / 2;
  History all = history;
  all.insert(all.end(), life.history().begin(), life.history().end());
  for (const std::size_t position : positions) {
    walk.go_to(position);
    const StatesHere states(walk);
    std::uint64_t variant = states.first_drawn() + random() % 1000;
    if (options.writer.ordered) {
      variant = random() % states.kills();
    } else if (random() % 3 == 0) {
      variant = random() % states.first_drawn();
    }
    const Judgement inner =
        judge_store(states.state(variant, seed), life.allowed_at(position), all, random(), deeper);
    judgement->nested += 1 + inner.nested;
    if (inner.verdict == Verdict::right) continue;
    judgement->verdict = inner.verdict;
    judgement->text = "crashed again after " + std::to_string(position) + " operations (" +
                      (position == 0 ? "" : describe(storage.log()[position - 1])) +
                      "): " + inner.text;
    return;
  }
}

}  // namespace

const char* name_of(Verdict verdict) {
  static constexpr const char* kNames[] = {"right", "unreadable", "lost", "wrong"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Judgement judge_store(const MachineState& state, const History& allowed, const History& history,
                      std::uint64_t seed, const JudgeOptions& options) {
  if (seed % 4 == 0) {
    Judgement plain = judge_plain_reader(state, history);
    if (plain.verdict != Verdict::right) return plain;
  }
  if (std::none_of(allowed.begin(), allowed.end(), [](const Model& one) { return !one.exists; }) &&
      state.seen.find(kPath) == nullptr) {
    return failure(Verdict::lost, "the file has no name any more");
  }
  RecordedStorage storage(state);
  if (options.rule) storage.set_rule(options.rule());
  const auto writer = store_writer(storage, options.writer);
  Life life(storage, *writer, allowed, seed);
  // As often as not with a look of `forebay recover` first.
  if (seed % 3 == 0 && state.seen.find(kPath) != nullptr) life.recover();
  life.open();
  if (life.status().is_failure()) {
    return failure(Verdict::unreadable, life.status().message());
  }
  if (std::string wrong = life.settle(); !wrong.empty()) {
    const core::Result<Content> content = writer->read();
    if (!content.is_ok()) return failure(Verdict::unreadable, std::move(wrong));
    return failure(kind_of_difference(content.value(), allowed.front()), std::move(wrong));
  }
  live_on(life);
  if (life.status().is_failure()) {
    return failure(Verdict::unreadable, "written on: " + life.status().message());
  }
  Judgement judgement = judge_closed(storage, life);
  if (judgement.verdict == Verdict::right && options.nested != 0 && options.depth > 0) {
    crash_again(storage, life, history, seed, options, &judgement);
  }
  return judgement;
}

Judgement judge_stock(const MachineState& state, const History& allowed) {
  const Model& promised = allowed.front();
  if (!promised.exists) return {};
  if (state.seen.find(kPath) == nullptr)
    return failure(Verdict::lost, "the file has no name any more");
  RecordedStorage storage(state);
  core::Result<Content> content = read_stock(storage, false);
  if (!content.is_ok()) return failure(Verdict::unreadable, content.status().message());
  for (const auto& [name, table] : promised.tables) {
    const auto found = content->tables.find(name);
    if (found == content->tables.end()) return failure(Verdict::lost, "no table " + name);
    if (found->second.rows < table.rows) {
      return failure(Verdict::lost, name + " has " + std::to_string(found->second.rows) +
                                        " rows, not " + std::to_string(table.rows));
    }
    const Bytes rows = rows_of(promised.generation, name, 0, table.rows);
    if (!std::equal(rows.begin(), rows.end(), found->second.bytes.begin())) {
      return failure(Verdict::wrong, name + " has other rows");
    }
  }
  return {};
}

}  // namespace forebay::test
