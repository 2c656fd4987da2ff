// Loads that end anywhere and go on, of sources with bad rows: rows and rejects are those of an
// undisturbed load, each once.

#include "ingest/ingest.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"
#include "support/gzip.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

// Counted rows with one or three bad ones behind each tenth, a header comment and a bad end.
std::string text_of_rows(std::uint64_t first, std::uint64_t rows) {
  std::string text = "# head\n";
  for (std::uint64_t i = first; i < first + rows; ++i) {
    text += std::to_string(i) + "\t" + std::to_string(i * i) + "\n";
    if (i % 10 != 9) continue;
    for (std::uint64_t bad = 0; bad < (i % 30 == 29 ? 3U : 1U); ++bad)
      text += "bad" + std::to_string(i) + "\t" + std::to_string(bad) + "\n";
  }
  return text + "bad end\t1\n# end\n";
}

struct Load {
  std::vector<std::string> inputs{};
  std::uint32_t children = 2;
  std::uint64_t keep = 10'000;
  std::uint64_t max_errors = UINT64_MAX;
  std::uint64_t max_rows = 0;
};

Result<std::unique_ptr<Loader>> open_loader(const Load& load) {
  LoaderOptions options;
  options.children = load.children;
  options.memory_bytes = 64U << 20U;
  options.split_bytes = 1'500;
  options.batch_rows = 64;
  options.comment = "#";
  options.on_error = OnError::skip;
  options.keep_rejects = load.keep;
  options.max_errors = load.max_errors;
  FOREBAY_TRY_ASSIGN(auto loader, Loader::open(counted(), options));
  for (const std::string& path : load.inputs) FOREBAY_TRY(loader->add_file(path, load.max_rows));
  return loader;
}

// How much of a load one process does.
enum class Part { all, one_bulk_step, one_array, five_arrays };

struct Done {
  Code code = FOREBAY_OK;
  std::string message{};
  std::uint64_t rows = 0;
  std::uint64_t added = 0;
};

Status take_arrays(Table& table, Loader& loader, int most) {
  for (int i = 0; i < most; ++i) {
    Array* array = nullptr;
    const Status status = loader.next(-1, &array);
    if (status.code() == FOREBAY_END) return consume_array(table, loader, nullptr);
    FOREBAY_TRY(status.clone());
    Status stored = table.append_array(*array);
    if (stored.is_ok()) stored = consume_array(table, loader, array);
    array->release();
    FOREBAY_TRY(std::move(stored));
  }
  return Status::ok();
}

Status run_part(Table& table, Loader& loader, Part part) {
  FOREBAY_TRY(resume_loader(table, loader));
  if (part == Part::one_array) return take_arrays(table, loader, 1);
  if (part == Part::five_arrays) return take_arrays(table, loader, 5);
  for (;;) {
    LoadResult result;
    Status status = append_loader(table, loader, part == Part::all ? -1 : 0, &result);
    const bool is_enough = part == Part::one_bulk_step && result.rows != 0;
    if (status.code() != FOREBAY_AGAIN) return status;
    if (is_enough) return Status::ok();
  }
}

Done run(const std::string& path, const Load& load, Part part = Part::all) {
  Done done;
  auto store = Store::open(path, {});
  auto loader = open_loader(load);
  if (!CHECK(store.is_ok()) || !CHECK(loader.is_ok())) return done;
  auto table = (*store)->open_table("data", counted(), {100});
  if (!CHECK(table.is_ok())) return done;
  const std::uint64_t before = (*table)->rows();
  const Status status = run_part(**table, **loader, part);
  done.code = status.code();
  done.message = status.message();
  done.rows = (*table)->rows();
  done.added = done.rows - before;
  CHECK(holds(**table, 0, done.rows));
  CHECK((*store)->close().is_ok());
  return done;
}

// Where each reject is, in the order of the file's list; `total` has those too that were only
// counted.
struct Listed {
  std::vector<std::uint64_t> bytes{};
  std::uint64_t total = 0;
};

Listed listed(const std::string& path) {
  Listed out;
  auto store = Store::open(path, with_mode(StoreMode::read));
  if (!CHECK(store.is_ok())) return out;
  StoredReject reject;
  for (std::uint64_t i = 0;; ++i) {
    auto found = (*store)->read_reject(i, &reject);
    if (!CHECK(found.is_ok()) || !*found) break;
    out.total += reject.count;
    if (reject.line != 0) out.bytes.push_back(reject.byte);
  }
  std::uint64_t rows = 0;
  CHECK((*store)->verify(&rows).is_ok());
  return out;
}

LedgerEntry entry_in(const std::string& path, std::uint32_t index) {
  auto store = Store::open(path, with_mode(StoreMode::read));
  if (!CHECK(store.is_ok())) return {};
  auto table = (*store)->open_table("data", nullptr, {});
  if (!CHECK(table.is_ok())) return {};
  auto entry = recorded_source(**table, index);
  return CHECK(entry.is_ok()) && *entry != nullptr ? **entry : LedgerEntry();
}

// Two sources, 900 rows in all, and what an undisturbed load makes of them.
class Inputs {
 public:
  explicit Inputs(bool is_packed, std::uint64_t keep = 10'000) {
    const std::string one = text_of_rows(0, 620);
    load_.inputs = {scratch_.path("one"), scratch_.path("two")};
    load_.keep = keep;
    write_file(load_.inputs[0], is_packed ? pack_gzip(one) : one);
    write_file(load_.inputs[1], text_of_rows(620, 280));
    CHECK_EQ(run(scratch_.path("whole.h5"), load_).code, FOREBAY_OK);
    expected_ = listed(scratch_.path("whole.h5"));
    CHECK(expected_.total > 100);
  }
  [[nodiscard]] Load load(std::uint32_t children) const {
    Load load = load_;
    load.children = children;
    return load;
  }
  [[nodiscard]] std::string output() const { return scratch_.path("a.h5"); }
  [[nodiscard]] const Listed& expected() const { return expected_; }

 private:
  Scratch scratch_;
  Load load_;
  Listed expected_;
};

constexpr std::uint64_t kRows = 900;

}  // namespace

static void test_a_bulk_load_that_ends_after_every_step_lists_each_reject_once() {
  for (const bool is_packed : {false, true}) {
    for (const std::uint32_t children : {1U, 2U, 5U}) {
      const Inputs inputs(is_packed);
      int runs = 0;
      while (run(inputs.output(), inputs.load(children), Part::one_bulk_step).rows < kRows &&
             CHECK(++runs < 80)) {
      }
      CHECK(runs >= 5);
      CHECK_EQ(run(inputs.output(), inputs.load(children)).rows, kRows);
      CHECK(listed(inputs.output()).bytes == inputs.expected().bytes);
      const LedgerEntry last = entry_in(inputs.output(), 1);
      CHECK(last.state == SourceState::complete);
      CHECK_EQ(last.at.rows, 280U);
      CHECK_EQ(last.at.skipped, last.at.rejects);
      CHECK_EQ(last.at.rejects + entry_in(inputs.output(), 0).at.rejects, inputs.expected().total);
    }
  }
}

// An array of 64 rows ends inside what a child published, because rows were passed over before that
// the child did not know of. How often it does is a matter of time.
static void test_arrays_that_end_between_two_places_are_gone_on_behind_exactly() {
  int ahead = 0;
  for (int round = 0; round < 2 || (ahead == 0 && round < 20); ++round) {
    for (const std::uint32_t children : {1U, 2U, 5U}) {
      const Inputs inputs(round == 1);
      int runs = 0;
      while (run(inputs.output(), inputs.load(children),
                 runs % 2 == 0 ? Part::one_array : Part::five_arrays)
                     .rows < kRows &&
             CHECK(++runs < 80)) {
        for (const std::uint32_t i : {0U, 1U}) ahead += entry_in(inputs.output(), i).at.ahead != 0;
      }
      CHECK_EQ(run(inputs.output(), inputs.load(children), Part::all).rows, kRows);
      CHECK(listed(inputs.output()).bytes == inputs.expected().bytes);
    }
  }
  CHECK(ahead > 0);
}

static void test_single_arrays_and_the_bulk_path_may_take_turns() {
  for (const bool is_packed : {false, true}) {
    const Inputs inputs(is_packed);
    int runs = 0;
    Done done;
    do {
      const Part part = runs % 2 == 0 ? Part::five_arrays : Part::one_bulk_step;
      done = run(inputs.output(), inputs.load(2), part);
    } while (done.rows < kRows && CHECK(++runs < 80));
    CHECK_EQ(run(inputs.output(), inputs.load(2)).rows, kRows);
    CHECK(listed(inputs.output()).bytes == inputs.expected().bytes);
  }
}

static void test_rejects_that_are_only_counted_are_counted_once() {
  const Inputs inputs(false, 7);
  int runs = 0;
  while (run(inputs.output(), inputs.load(2), Part::one_bulk_step).rows < kRows &&
         CHECK(++runs < 80)) {
  }
  CHECK_EQ(run(inputs.output(), inputs.load(2)).code, FOREBAY_OK);
  CHECK_EQ(run(inputs.output(), inputs.load(2)).code, FOREBAY_OK);
  CHECK_EQ(listed(inputs.output()).total, inputs.expected().total);
}

static void test_the_budget_ends_a_load_at_the_row_of_an_undisturbed_one() {
  const Inputs inputs(false);
  Load load = inputs.load(2);
  load.max_errors = 30;
  load.inputs.resize(1);
  const Scratch scratch;
  const Done whole = run(scratch.path("whole.h5"), load);
  CHECK_EQ(whole.code, FOREBAY_E_VALUE);
  const LedgerEntry expected = entry_in(scratch.path("whole.h5"), 0);
  Done done;
  for (int runs = 0; runs < 80; ++runs) {
    done = run(inputs.output(), load, Part::one_bulk_step);
    if (done.added == 0) break;
  }
  CHECK_EQ(done.code, FOREBAY_E_VALUE);
  const LedgerEntry entry = entry_in(inputs.output(), 0);
  CHECK(entry.state == SourceState::failed);
  CHECK_EQ(entry.at.rows, expected.at.rows);
  CHECK_EQ(entry.at.rejects, 30U);
  CHECK_EQ(entry.at.offset, expected.at.offset);
  CHECK_EQ(entry.at.hash, expected.at.hash);
  // With a larger budget it goes on there, and lists nothing twice.
  CHECK_EQ(run(inputs.output(), inputs.load(2)).rows, kRows);
  CHECK(listed(inputs.output()).bytes == inputs.expected().bytes);
}

static void test_a_limit_behind_a_bad_row_can_be_raised_later() {
  const Inputs inputs(false);
  for (const std::uint64_t limit : {10U, 11U, 12U, 200U, 201U, 500U, 0U}) {
    Load load = inputs.load(2);
    load.inputs.resize(1);
    load.max_rows = limit;
    CHECK_EQ(run(inputs.output(), load).code, FOREBAY_OK);
  }
  CHECK_EQ(run(inputs.output(), inputs.load(2)).rows, kRows);
  CHECK(listed(inputs.output()).bytes == inputs.expected().bytes);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_bulk_load_that_ends_after_every_step_lists_each_reject_once),
      CHECK_TEST(test_arrays_that_end_between_two_places_are_gone_on_behind_exactly),
      CHECK_TEST(test_single_arrays_and_the_bulk_path_may_take_turns),
      CHECK_TEST(test_rejects_that_are_only_counted_are_counted_once),
      CHECK_TEST(test_the_budget_ends_a_load_at_the_row_of_an_undisturbed_one),
      CHECK_TEST(test_a_limit_behind_a_bad_row_can_be_raised_later),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
