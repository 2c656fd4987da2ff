// Children that are killed and stopped at random moments of many loads: the rows are the same every
// time, and nothing is left behind. The same with loaders that are cancelled and closed anywhere,
// while their arrays live on. $FOREBAY_CHAOS_LOADS says how many loads (a dozen), and
// $FOREBAY_CHAOS_SEED the first seed, to replay one.
#include <thread>

#include "loader/chaos.hpp"
#include "platform/resource_counts.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr std::int32_t kRows = 200'000;

struct ChaosRun {
  std::vector<std::string> rows;  // of each source
  std::vector<std::string> wrong;
  int kills = 0;
  int stops = 0;
};

// One step of a caller that holds some arrays. False at the end.
bool take_one(Loader& loader, Dice& dice, std::vector<Array*>* held, ChaosRun* run) {
  Array* array = nullptr;
  const Status status = loader.next(static_cast<int>(throw_dice(dice, 20)), &array);
  if (status.code() == FOREBAY_END) return false;
  if (array != nullptr) {
    append_packed(run->rows[array->source], *array);
    held->push_back(array);
  } else if (status.is_failure() && status.code() != FOREBAY_E_FULL) {
    run->wrong.push_back(status.message());
    return run->wrong.size() < 100;
  }
  const bool lets_go = status.code() == FOREBAY_E_FULL || throw_dice(dice, 3) != 0;
  if (lets_go && !held->empty()) {
    std::swap((*held)[throw_dice(dice, held->size())], held->back());
    held->back()->release();
    held->pop_back();
  }
  return true;
}

ChaosRun run_with_chaos(const std::vector<ChaosSource>& sources, std::uint64_t seed) {
  ChaosRun run;
  run.rows.resize(sources.size());
  Dice dice(seed);
  const LoaderOptions options = chaos_options(dice);
  auto opened = Loader::open(dtype_of(kChaosDtype), options);
  if (!opened.is_ok()) {
    run.wrong.push_back(opened.status().message());
    return run;
  }
  Loader& loader = **opened;
  for (const ChaosSource& source : sources) (void)loader.add_file(source.path, 0);
  Gremlin gremlin(loader, dice, options.children);
  std::vector<Array*> held;
  for (int step = 0; take_one(loader, dice, &held, &run); ++step) {
    if (throw_dice(dice, 4) == 0) gremlin.act();
    if (step % 64 == 63) gremlin.wake_all();
  }
  for (Array* array : held) array->release();
  const ArenaStats stats = loader.arena_stats();
  if (stats.blocks_lent != 0) run.wrong.emplace_back("blocks are lent at the end");
  if (stats.high_water > options.memory_bytes) run.wrong.emplace_back("the quota was exceeded");
  run.kills = gremlin.kills();
  run.stops = gremlin.stops();
  return run;
}

void test_loads_with_children_killed_and_stopped_give_the_same_rows() {
  const TemporaryFolder folder;
  const auto sources = chaos_sources(folder, kRows);
  const std::uint64_t first = number_from("FOREBAY_CHAOS_SEED", 1);
  const std::uint64_t loads = number_from("FOREBAY_CHAOS_LOADS", 12);
  const Held before = held_before();
  const ResourceCounts counts = count_resources();
  int kills = 0;
  int stops = 0;
  for (std::uint64_t seed = first; seed < first + loads; ++seed) {
    const ChaosRun run = run_with_chaos(sources, seed);
    const std::string what = "FOREBAY_CHAOS_SEED=" + std::to_string(seed);
    check_that(run.wrong.empty(), "nothing failed", __FILE__, __LINE__,
               what + (run.wrong.empty() ? "" : ": " + run.wrong[0]));
    for (std::size_t i = 0; i < sources.size(); ++i)
      check_that(run.rows[i] == sources[i].rows, "the rows are equal", __FILE__, __LINE__,
                 what + " " + sources[i].path);
    check_that(held_now() == before && count_resources() == counts, "nothing is left behind",
               __FILE__, __LINE__, what);
    kills += run.kills;
    stops += run.stops;
  }
  std::printf("%d loads, %d children killed, %d stopped\n", static_cast<int>(loads), kills, stops);
  CHECK(loads < 12 || (kills > 50 && stops > 10));
}

// Rows of an array must be consecutive rows of its source, whatever became of the loader.
bool is_part_of(const Array& array, const std::string& rows) {
  std::string bytes;
  append_packed(bytes, array);
  const std::uint64_t at = array.first_row * 8;
  return at + bytes.size() <= rows.size() && rows.compare(at, bytes.size(), bytes) == 0;
}

// Takes arrays for a while, then cancels and closes in some order, with arrays released before,
// between, after, and by another thread.
std::string end_in_the_middle(const std::vector<ChaosSource>& sources, std::uint64_t seed) {
  Dice dice(seed);
  const LoaderOptions options = chaos_options(dice);
  auto opened = Loader::open(dtype_of(kChaosDtype), options);
  if (!opened.is_ok()) return opened.status().message();
  std::unique_ptr<Loader> loader = std::move(opened).value();
  for (const ChaosSource& source : sources) (void)loader->add_file(source.path, 0);
  Gremlin gremlin(*loader, dice, options.children);
  std::vector<Array*> held;
  ChaosRun run;
  run.rows.resize(sources.size());
  for (std::uint64_t steps = throw_dice(dice, 60); steps != 0; --steps) {
    if (!take_one(*loader, dice, &held, &run)) break;
    if (throw_dice(dice, 4) == 0) gremlin.act();
  }
  std::string wrong = run.wrong.empty() ? "" : run.wrong[0];
  const std::size_t apart = held.empty() ? 0 : throw_dice(dice, held.size());
  std::thread other;
  if (throw_dice(dice, 2) == 0) {
    other = std::thread([&held, apart] {
      for (std::size_t i = 0; i < apart; ++i) held[i]->release();
    });
  } else {
    for (std::size_t i = 0; i < apart; ++i) held[i]->release();
  }
  if (throw_dice(dice, 2) == 0) {
    loader->cancel();
    Array* array = nullptr;
    if (loader->next(-1, &array).code() != FOREBAY_E_CANCELLED) wrong = "cancelled, and goes on";
  }
  loader.reset();
  for (std::size_t i = apart; i < held.size(); ++i) {
    if (!is_part_of(*held[i], sources[held[i]->source].rows)) wrong = "an array has changed";
    held[i]->release();
  }
  if (other.joinable()) other.join();
  return wrong;
}

void test_cancel_close_and_release_in_any_order_leave_nothing_behind() {
  const TemporaryFolder folder;
  const auto sources = chaos_sources(folder, kRows);
  const std::uint64_t first = number_from("FOREBAY_CHAOS_SEED", 1);
  const std::uint64_t loads = 3 * number_from("FOREBAY_CHAOS_LOADS", 12);
  const Held before = held_before();
  const ResourceCounts counts = count_resources();
  for (std::uint64_t seed = first; seed < first + loads; ++seed) {
    const std::string wrong = end_in_the_middle(sources, seed);
    const std::string what = "FOREBAY_CHAOS_SEED=" + std::to_string(seed);
    check_that(wrong.empty(), "nothing failed", __FILE__, __LINE__, what + ": " + wrong);
    check_that(held_now() == before && count_resources() == counts, "nothing is left behind",
               __FILE__, __LINE__, what);
  }
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_loads_with_children_killed_and_stopped_give_the_same_rows),
      CHECK_TEST(test_cancel_close_and_release_in_any_order_leave_nothing_behind),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
