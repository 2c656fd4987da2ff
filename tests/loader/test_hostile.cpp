// Children that misbehave on purpose, in every state that the parent can be in: no crash, no leak,
// the right error for the sources that the child had, and all others are loaded. The misbehaviours
// are those of tests/child/hostile_deeds.cpp. $FOREBAY_HOSTILE_ROUNDS: how often each is done in
// each state; without it one in $FOREBAY_HOSTILE_ONE_IN (3) of all is done. $FOREBAY_HOSTILE_SEED
// chooses them, and $FOREBAY_HOSTILE_DEED names the only one, to replay it.
#include <filesystem>
#include <set>

#include "loader/chaos.hpp"
#include "platform/resource_counts.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

enum class Finds : std::uint8_t {
  breach,  // it is always noticed: FOREBAY_E_PROTOCOL
  death,   // the process ends: FOREBAY_E_CHILD, or a breach said before it
  pause,   // only the deadline ends it
  lie,     // rows of its own sources may be wrong, or nothing is to be noticed
  nothing  // does no harm
};

struct Deed {
  const char* name;
  Finds finds;
};

constexpr Deed kDeeds[] = {
    {"short", Finds::breach},
    {"empty", Finds::pause},
    {"garbage", Finds::breach},
    {"giant", Finds::breach},
    {"head-only", Finds::breach},
    {"wrong-magic", Finds::breach},
    {"wrong-size", Finds::breach},
    {"reserved", Finds::breach},
    {"unknown-type", Finds::breach},
    {"parents-messages", Finds::breach},
    {"hello-again", Finds::breach},
    {"hello-version", Finds::breach},
    {"want-others", Finds::breach},
    {"publish-others", Finds::breach},
    {"publish-unlent", Finds::breach},
    {"publish-none", Finds::breach},
    {"publish-many", Finds::breach},
    {"publish-backwards", Finds::breach},
    {"publish-skipping", Finds::breach},
    {"publish-miscounted", Finds::breach},
    {"publish-truncated", Finds::breach},
    {"publish-rejects", Finds::breach},
    {"replay-last", Finds::breach},
    {"replay-all", Finds::breach},
    {"done-early", Finds::lie},
    {"done-others", Finds::breach},
    {"done-twice", Finds::lie},
    {"done-rejects", Finds::breach},
    {"fail-long", Finds::breach},
    {"fail-odd", Finds::lie},
    {"reject-unasked", Finds::breach},
    {"reject-far", Finds::breach},
    {"reject-long", Finds::breach},
    {"scan-impossible", Finds::breach},
    {"scan-many", Finds::breach},
    {"scan-twice", Finds::lie},
    {"head-outside", Finds::breach},
    {"head-rows", Finds::breach},
    {"map-many", Finds::breach},
    {"map-backwards", Finds::breach},
    {"verify-unasked", Finds::breach},
    {"wait-unasked", Finds::breach},
    {"sniff-unasked", Finds::breach},
    {"inflated-far", Finds::breach},
    {"packed-unasked", Finds::breach},
    {"note-level", Finds::breach},
    {"note-long", Finds::breach},
    {"note-others", Finds::breach},
    {"random", Finds::lie},
    {"flood-wants", Finds::nothing},
    {"flood-notes", Finds::nothing},
    {"flood-rejects", Finds::breach},
    {"flood-waiting", Finds::breach},
    {"flood-scans", Finds::lie},
    {"descriptor", Finds::breach},
    {"two-descriptors", Finds::breach},
    {"many-descriptors", Finds::breach},
    {"close-all", Finds::death},
    {"null-socket", Finds::death},
    {"shut-down", Finds::pause},
    {"flip", Finds::lie},
    {"resize", Finds::lie},
    {"giant-alloc", Finds::death},
    {"kill", Finds::death},
    {"abort", Finds::death},
    {"fault", Finds::death},
    {"exit0", Finds::death},
    {"exit3", Finds::death},
    {"stop", Finds::pause},
    {"silence", Finds::pause},
    {"fork-exit", Finds::death},
    {"fork-flood", Finds::death},
    {"exec-true", Finds::death},
    {"exec-sleep", Finds::pause},
};

// What the caller does meanwhile.
enum class Caller : std::uint8_t { takes, holds_one, holds_all, cancels, closes };

struct ParentState {
  const char* name;
  const char* moment;
  Caller caller;
  bool first_dies;
  bool is_at_work;  // the child has a task that is not over
};

constexpr ParentState kStates[] = {
    {"starting", "start", Caller::takes, false, false},
    {"idle", "done-after", Caller::takes, false, false},
    {"head", "task-head", Caller::takes, false, true},
    {"mapping", "task-map", Caller::takes, false, true},
    {"scanning", "scan-before", Caller::takes, false, true},
    {"lending", "lend", Caller::takes, false, true},
    {"stream", "task-stream", Caller::takes, false, true},
    {"rows", "task-rows", Caller::takes, false, true},
    {"published", "publish-after", Caller::takes, false, true},
    {"delivering", "publish-before", Caller::holds_one, false, true},
    {"retry", "publish-before", Caller::takes, true, true},
    {"full", "want-after", Caller::holds_all, false, true},
    {"cancelling", "publish-after", Caller::cancels, false, true},
    {"closing", "publish-before", Caller::closes, false, true},
};

std::vector<ChaosSource> make_sources(const TemporaryFolder& folder) {
  std::vector<ChaosSource> sources;
  const auto add = [&](const char* name, std::int32_t first, std::int32_t count) {
    std::string text = "a b\n";
    std::string rows;
    for (std::int32_t i = first; i < first + count; ++i) {
      text += std::to_string(i) + " " + std::to_string(-i) + "\n";
      const std::int32_t row[2] = {i, -i};
      rows.append(reinterpret_cast<const char*>(row), sizeof(row));
    }
    std::string content = text;
    const std::string kind = name;
    if (kind.ends_with("gz")) content = pack_gzip(text, 1);
    if (kind.ends_with("bgz")) content = pack_bgzf(text, 3'000);
    if (kind.ends_with("npy"))
      content = pack_npy("[('a', '<i4'), ('b', '<i4')]", static_cast<std::uint64_t>(count), rows);
    sources.push_back({folder.write(name, content), std::move(rows)});
  };
  add("plain.txt", 0, 9'000);
  add("packed.gz", 3, 4'000);
  add("blocks.bgz", 5, 6'000);
  add("array.npy", 7, 8'000);
  add("small.txt", 9, 50);
  add("last.txt", 11, 3'000);
  return sources;
}

LoaderOptions options_for(const Deed& deed, const ParentState& state, bool is_retried) {
  LoaderOptions options;
  options.program = test_program("faulty_child");
  options.children = 2;
  options.has_header = true;
  options.split_bytes = 20'000;
  options.batch_rows = 1'000;
  options.memory_bytes = state.caller == Caller::holds_all ? 96U << 10U : 1U << 20U;
  options.retries = (is_retried ? 1 : 0) + (state.first_dies ? 1 : 0);
  if (deed.finds == Finds::pause) {
    options.progress_timeout_ms = 700;
    options.start_timeout_ms = 3'000;  // which the other children must keep on a busy machine too
  }
  // After a lie parent and child may wait for each other.
  if (deed.finds == Finds::lie) options.progress_timeout_ms = 5'000;
  return options;
}

struct HostileLoad {
  std::vector<std::string> rows;  // of each source
  std::vector<Status> failures;   // likewise
  bool has_ended = false;
  std::string wrong;
};

void take(std::vector<Array*>& held, Array* array, HostileLoad* out) {
  append_packed(out->rows[array->source], *array);
  held.push_back(array);
}

void let_go(std::vector<Array*>& held, std::size_t keep) {
  while (held.size() > keep) {
    held.front()->release();
    held.erase(held.begin());
  }
}

// Whether the caller has had what it waited for before it cancels or closes: the deed.
bool is_time_to_go(Caller caller, const std::string& marker) {
  return (caller == Caller::cancels || caller == Caller::closes) && std::filesystem::exists(marker);
}

// Children that are at tasks which nobody wants any more, since their source failed, give back what
// they have when they come to it.
bool is_all_given_back(Loader* loader) {
  const std::uint64_t patience = monotonic_ns() + 10'000'000'000;
  while (loader != nullptr && loader->arena_stats().blocks_lent != 0) {
    Array* array = nullptr;
    (void)loader->next(0, &array);
    if (monotonic_ns() > patience) return false;
  }
  return true;
}

HostileLoad load_with(const std::vector<ChaosSource>& sources, const LoaderOptions& options,
                      Caller caller, const std::string& marker) {
  HostileLoad out;
  out.rows.resize(sources.size());
  out.failures.resize(sources.size());
  auto opened = Loader::open(dtype_of(kChaosDtype), options);
  if (!opened.is_ok()) {
    out.wrong = opened.status().message();
    return out;
  }
  std::unique_ptr<Loader> loader = std::move(opened).value();
  for (const ChaosSource& source : sources) (void)loader->add_file(source.path, 0);
  std::vector<Array*> held;
  const std::uint64_t patience = monotonic_ns() + 60'000'000'000;
  for (int failures = 0; failures < 1'000 && monotonic_ns() < patience;) {
    Array* array = nullptr;
    const Status status = loader->next(200, &array);
    out.has_ended = status.code() == FOREBAY_END;
    if (out.has_ended) break;
    if (status.is_ok()) take(held, array, &out);
    if (status.is_failure() && status.code() != FOREBAY_E_FULL) {
      ++failures;
      const std::uint32_t index = status.detail().source;
      if (index < sources.size()) {
        out.failures[index] = status.clone();
      } else {
        out.wrong = "a failure of no source: " + status.message();
      }
    }
    if (is_time_to_go(caller, marker)) break;
    const bool is_full = status.code() == FOREBAY_E_FULL;
    if (caller != Caller::holds_all || is_full) let_go(held, caller == Caller::takes ? 0 : 1);
  }
  if (caller == Caller::cancels) loader->cancel();
  if (caller == Caller::closes) loader.reset();
  let_go(held, 0);
  if (caller != Caller::cancels && !is_all_given_back(loader.get()))
    out.wrong = "blocks are lent at the end";
  return out;
}

// The child that misbehaved, if one did.
struct Culprit {
  bool is_there = false;
  std::string pid{};
  std::set<std::size_t> sources{};  // of tasks that it has taken in

  // Also of tasks that it never looked at.
  [[nodiscard]] bool is_blamed(const Status& failure) const {
    return is_there && failure.message().find("(pid " + pid + ")") != std::string::npos;
  }
};

Culprit find_culprit(const std::string& marker) {
  Culprit culprit;
  culprit.is_there = std::filesystem::exists(marker);
  std::ifstream list(marker + ".sources");
  list >> culprit.pid;
  for (std::size_t source = 0; list >> source;) culprit.sources.insert(source);
  return culprit;
}

bool is_code_of(const Deed& deed, const ParentState& state, forebay_status code) {
  const bool is_breach = code == FOREBAY_E_PROTOCOL;
  // What is said of a task that is over is a breach, whatever it says.
  if (!state.is_at_work && is_breach) return true;
  switch (deed.finds) {
    case Finds::breach:
      return is_breach;
    case Finds::death:
      // On a busy machine a process may take longer to die than it is given.
      return code == FOREBAY_E_CHILD || code == FOREBAY_E_TIMEOUT ||
             (is_breach && std::string(deed.name) == "fork-flood");
    case Finds::pause:
      return code == FOREBAY_E_TIMEOUT || code == FOREBAY_E_CHILD || is_breach;
    case Finds::lie:
      return code < 0;
    case Finds::nothing:
      return false;
  }
  return false;
}

// What is wrong with a load in which `deed` was to be done.
std::string judge(const std::vector<ChaosSource>& sources, const HostileLoad& load,
                  const Deed& deed, const ParentState& state, bool is_retried,
                  const Culprit& culprit) {
  if (!load.wrong.empty()) return load.wrong;
  if (!load.has_ended)
    return state.caller == Caller::cancels || state.caller == Caller::closes ? "" : "did not end";
  bool has_failed = false;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Status& failure = load.failures[i];
    const bool is_touched = culprit.is_there && culprit.sources.count(i) != 0;
    const bool may_lie = is_touched && deed.finds == Finds::lie;
    const bool may_fail = may_lie || (!is_retried && (is_touched || culprit.is_blamed(failure)));
    if (failure.is_failure() && (!may_fail || !is_code_of(deed, state, failure.code())))
      return failure.message();
    const bool is_same = load.rows[i] == sources[i].rows;
    const bool is_prefix = sources[i].rows.compare(0, load.rows[i].size(), load.rows[i]) == 0;
    if (!may_lie && !(failure.is_ok() ? is_same : is_prefix))
      return sources[i].path + " has other rows";
    has_failed = has_failed || failure.is_failure();
  }
  const bool must_fail =
      culprit.is_there && state.is_at_work && !is_retried && deed.finds == Finds::breach;
  return must_fail && !has_failed ? "nobody noticed it" : "";
}

struct Tally {
  int loads = 0;
  int done = 0;
};

void try_one(const TemporaryFolder& folder, const std::vector<ChaosSource>& sources,
             const Deed& deed, const ParentState& state, bool is_retried, Tally* tally) {
  const std::string marker = folder.at("mark" + std::to_string(tally->loads));
  const std::string fault = std::string(state.moment) + ":hostile/" + deed.name + ":" + marker;
  ::setenv("FOREBAY_TEST_FAULT", fault.c_str(), 1);
  if (state.first_dies) ::setenv("FOREBAY_TEST_FIRST_DIES", (marker + ".first").c_str(), 1);
  const Held before = held_now();
  const ResourceCounts counts = count_resources();
  const HostileLoad load =
      load_with(sources, options_for(deed, state, is_retried), state.caller, marker);
  ::unsetenv("FOREBAY_TEST_FAULT");
  ::unsetenv("FOREBAY_TEST_FIRST_DIES");
  const Culprit culprit = find_culprit(marker);
  ++tally->loads;
  if (culprit.is_there) ++tally->done;
  std::string wrong = judge(sources, load, deed, state, is_retried, culprit);
  if (!(held_now() == before) || !(count_resources() == counts)) wrong = "something is left behind";
  check_that(wrong.empty(), "a hostile child is dealt with", __FILE__, __LINE__,
             std::string(deed.name) + " while " + state.name + (is_retried ? ", retried: " : ": ") +
                 wrong);
}

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void test_a_hostile_child_harms_nobody_but_its_own_sources() {
  const TemporaryFolder folder;
  const auto sources = make_sources(folder);
  const std::uint64_t rounds = number_from("FOREBAY_HOSTILE_ROUNDS", 0);
  Dice dice(number_from("FOREBAY_HOSTILE_SEED", 1));
  const std::uint64_t share = number_from("FOREBAY_HOSTILE_ONE_IN", 3);
  const char* only = std::getenv("FOREBAY_HOSTILE_DEED");
  (void)held_before();
  Tally all;
  for (std::uint64_t round = 0; round < std::max<std::uint64_t>(rounds, 1); ++round) {
    for (const Deed& deed : kDeeds) {
      if (only != nullptr && std::string(only) != deed.name) continue;
      for (const ParentState& state : kStates) {
        // The slow ones in one state or so.
        const std::uint64_t one_in = deed.finds == Finds::pause ? 5 * share : share;
        if (rounds == 0 && only == nullptr && throw_dice(dice, one_in) != 0) continue;
        try_one(folder, sources, deed, state, throw_dice(dice, 2) == 0, &all);
      }
    }
  }
  std::printf("%d loads, %d hostile children\n", all.loads, all.done);
  CHECK(all.done * 10 >= all.loads * 8);
}

// The child waits for a block of a task that its parent thinks has failed, and never answers for
// the next one, which is not wanted any more: only the deadline ends it.
void test_a_child_that_does_not_answer_for_a_dropped_task_is_ended() {
  const TemporaryFolder folder;
  const auto sources = make_sources(folder);
  (void)held_before();
  Tally all;
  for (const Deed& deed : kDeeds) {
    for (const ParentState& state : kStates) {
      if (std::string(deed.name) == "fail-odd" && std::string(state.name) == "full")
        try_one(folder, sources, deed, state, false, &all);
    }
  }
  CHECK_EQ(all.done, 1);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_child_that_does_not_answer_for_a_dropped_task_is_ended),
      CHECK_TEST(test_a_hostile_child_harms_nobody_but_its_own_sources),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
