// Compressed text that one child decodes and others parse: whatever one child makes of it by itself
// (rows, arrays, rejects, failures, what is recorded of the source) they make of it, too, for any
// number of children and any sizes, whoever dies or lies.

#include <functional>

#include "loader/bad_rows.hpp"
#include "support/gzip.hpp"
#include "support/packing.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

std::string gzip_members(const std::string& text, std::size_t member_bytes) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += member_bytes)
    out += pack_gzip(text.substr(at, member_bytes));
  return out + std::string(700, '\0');
}

// Children, and the size of slots.
struct Cut {
  std::uint32_t children;
  std::uint64_t split_bytes;
};

// What a load shows of a source.
struct Outcome {
  Loaded loaded;
  std::vector<SourceFacts> facts{};
  std::uint32_t tasks = 0;  // handed to the children that lived to the end
};

using Prepare = std::function<void(Loader&)>;

Outcome run(const std::vector<std::string>& paths, const char* dtype, const LoaderOptions& options,
            std::uint64_t max_rows = 0, const Prepare& prepare = {}) {
  Outcome out;
  auto opened = Loader::open(dtype_of(dtype), options);
  if (!opened.is_ok()) {
    out.loaded.opened = std::move(opened).status();
    return out;
  }
  Loader& loader = **opened;
  for (const std::string& path : paths) (void)loader.add_file(path, max_rows);
  if (prepare) prepare(loader);
  Array* array = nullptr;
  for (Status status; (status = loader.next(-1, &array)).code() != FOREBAY_END;) {
    if (status.is_failure()) {
      out.loaded.failures.push_back(std::move(status));
      if (out.loaded.failures.size() > paths.size()) break;
      continue;
    }
    append_packed(out.loaded.bytes, *array);
    out.loaded.array_rows.push_back(array->rows());
    array->release();
  }
  out.loaded.progress = loader.progress();
  out.loaded.stats = loader.arena_stats();
  out.loaded.rejects = loader.rejects();
  out.loaded.rejects_total = loader.rejects_total();
  out.loaded.source_rejects.resize(paths.size());
  out.facts.resize(paths.size());
  for (std::uint32_t i = 0; i < paths.size(); ++i) {
    (void)loader.source_rejects(i, &out.loaded.source_rejects[i]);
    (void)loader.source_facts(i, &out.facts[i]);
  }
  ChildProgress child;
  for (std::uint32_t i = 0; loader.child_progress(i, &child); ++i) out.tasks += child.tasks;
  return out;
}

std::string text_of(const Status& status) {
  const ErrorDetail& detail = status.detail();
  return std::to_string(status.code()) + " " + std::to_string(detail.line) + ":" +
         std::to_string(detail.column) + ":" + std::to_string(detail.byte) + " " + detail.message;
}

std::string text_of(const Reject& reject) {
  return place_of(reject) + " " + std::to_string(reject.source) + " " + reject.reason + " " +
         reject.text;
}

std::string text_of(const Provenance& at) {
  return std::to_string(at.offset) + " " + std::to_string(at.line) + " " + std::to_string(at.rows) +
         " " + std::to_string(at.ahead) + " " + std::to_string(at.rejects) + " " +
         std::to_string(at.skipped) + " " + std::to_string(at.hash);
}

bool check_same(const Outcome& got, const Outcome& wanted, const std::string& what) {
  bool is_same = true;
  const auto check = [&](bool holds, const char* name, const std::string& more = {}) {
    is_same = check_that(holds, name, __FILE__, __LINE__, what + more) && is_same;
  };
  const auto& a = got.loaded;
  const auto& b = wanted.loaded;
  check(a.bytes == b.bytes, "rows are equal",
        ": " + std::to_string(a.bytes.size()) + " not " + std::to_string(b.bytes.size()));
  check(a.array_rows == b.array_rows, "arrays are equal");
  check(a.failures.size() == b.failures.size(), "as many failures",
        a.failures.empty() ? "" : ": " + text_of(a.failures[0]));
  for (std::size_t i = 0; i < std::min(a.failures.size(), b.failures.size()); ++i)
    check(text_of(a.failures[i]) == text_of(b.failures[i]), "failures are equal",
          ": " + text_of(a.failures[i]) + " not " + text_of(b.failures[i]));
  check(a.rejects.size() == b.rejects.size() && a.rejects_total == b.rejects_total,
        "as many rejects");
  for (std::size_t i = 0; is_same && i < a.rejects.size(); ++i)
    check(text_of(a.rejects[i]) == text_of(b.rejects[i]), "rejects are equal",
          ": " + text_of(a.rejects[i]) + " not " + text_of(b.rejects[i]));
  for (std::size_t i = 0; i < got.facts.size(); ++i) {
    check(a.source_rejects[i].skipped == b.source_rejects[i].skipped, "as many rows passed over");
    const bool is_known = got.facts[i].is_traced == wanted.facts[i].is_traced;
    check(is_known && (wanted.facts[i].is_limited ||
                       text_of(got.facts[i].at) == text_of(wanted.facts[i].at)),
          "the place is equal",
          ": " + got.facts[i].path + " " + text_of(got.facts[i].at) + " not " +
              text_of(wanted.facts[i].at));
  }
  // A step that nobody needs any more may still be under way after a failure.
  if (b.failures.empty()) check(a.stats.blocks_lent == 0, "no block is lent");
  check(a.stats.high_water <= a.stats.quota, "the quota was kept");
  return is_same;
}

// As one child by itself does it.
Outcome run_alone(const std::vector<std::string>& paths, const char* dtype, LoaderOptions options,
                  std::uint64_t max_rows = 0, const Prepare& prepare = {}) {
  options.inflates_apart = false;
  options.children = 1;
  options.program.clear();
  options.split_bytes = 1U << 20U;
  return run(paths, dtype, options, max_rows, prepare);
}

std::string plain_rows(std::int32_t rows) {
  std::string text;
  for (std::int32_t i = 0; i < rows; ++i)
    text += std::to_string(i) + " " + std::to_string(-i) + "\n";
  return text;
}

LoaderOptions plain_options(std::uint32_t children, std::uint64_t split_bytes) {
  LoaderOptions options;
  options.children = children;
  options.split_bytes = split_bytes;
  options.batch_rows = 500;
  options.memory_bytes = 4U << 20U;
  return options;
}

constexpr char kPlain[] = "a:i4,b:i4";

void test_every_packing_gives_the_same_for_any_children_and_slots() {
  const TemporaryFolder folder;
  const std::string text = plain_rows(8'000);
  const std::vector<std::string> paths = {
      folder.write("a.gz", pack_gzip(text)), folder.write("m.gz", gzip_members(text, 7'001)),
      folder.write("a.zst", pack_zstd(text)), folder.write("a.bz2", pack_bzip2(text, 1)),
      folder.write("a.xz", pack_xz(text))};
  for (const std::string& path : paths) {
    const Outcome wanted = run_alone({path}, kPlain, plain_options(1, 1));
    CHECK(wanted.loaded.failures.empty() && wanted.loaded.bytes.size() == 64'000);
    for (const auto& [children, split] :
         {Cut{2, 8}, Cut{3, 100}, Cut{2, 5'000}, Cut{5, 5'000}, Cut{2, 50'000}}) {
      const Outcome got = run({path}, kPlain, plain_options(children, split));
      const std::string what =
          path + ", " + std::to_string(children) + " children, " + std::to_string(split) + " bytes";
      check_same(got, wanted, what);
      // Two tasks for each slot; where records have no room, one stream.
      const std::uint64_t pieces = split == 8 ? 0 : text.size() / split;
      check_that(got.tasks > 2 * pieces, "it was cut", __FILE__, __LINE__, what);
      CHECK_EQ(got.loaded.progress.bytes_done, got.loaded.progress.bytes_total);
    }
  }
}

void test_quotes_comments_and_bad_rows_are_met_at_the_same_places() {
  const TemporaryFolder folder;
  for (const OnError policy : {OnError::skip, OnError::null, OnError::fail}) {
    for (const char* end : {"\n", "\r\n"}) {
      Input input = make_input(policy, 21, 2'500, policy == OnError::fail ? 2'000 : 12, end);
      input.text.resize(input.text.size() - 1);
      const std::string path = folder.write("a.csv.gz", pack_gzip("# top\n" + input.text));
      const Outcome wanted = run_alone({path}, kDtype, options_of(policy, 1, 1));
      CHECK(policy == OnError::fail || wanted.loaded.rejects.size() > 100);
      for (const auto& [children, split] : {Cut{2, 40}, Cut{5, 60}, Cut{5, 999}, Cut{2, 20'000}}) {
        const Outcome got = run({path}, kDtype, options_of(policy, children, split));
        check_same(got, wanted, std::to_string(children) + ", " + std::to_string(split));
      }
    }
  }
}

void test_a_budget_ends_at_the_same_reject() {
  const TemporaryFolder folder;
  const Input input = make_input(OnError::skip, 5, 5'000, 10);
  const std::string path = folder.write("a.csv.gz", pack_gzip(input.text));
  for (const std::uint64_t most : {0U, 17U, 250U}) {
    LoaderOptions options = options_of(OnError::skip, 1, 1);
    options.max_errors = most;
    const Outcome wanted = run_alone({path, path}, kDtype, options);
    CHECK_EQ(wanted.loaded.failures.size(), 2U);
    for (const auto& [children, split] : {Cut{2, 90}, Cut{5, 900}, Cut{2, 20'000}}) {
      options.children = children;
      options.split_bytes = split;
      check_same(
          run({path, path}, kDtype, options), wanted,
          std::to_string(most) + ", " + std::to_string(children) + ", " + std::to_string(split));
    }
  }
}

void test_limits_of_rows_end_at_the_same_row() {
  const TemporaryFolder folder;
  const std::string text = plain_rows(6'000);
  std::string cut = pack_gzip(text);
  cut.resize(cut.size() / 2);
  for (const std::string& path :
       {folder.write("a.gz", pack_gzip(text)), folder.write("b.gz", cut)}) {
    for (const std::uint64_t rows : {1U, 500U, 501U, 2'000U, 6'000U, 7'000U}) {
      const Outcome wanted = run_alone({path, path}, kPlain, plain_options(1, 1), rows);
      for (const std::uint64_t split : {400U, 15'000U}) {
        Outcome got = run({path, path}, kPlain, plain_options(3, split), rows);
        // A step that nobody needs any more may still be under way.
        got.loaded.stats.blocks_lent = 0;
        check_same(got, wanted, std::to_string(rows) + ", " + std::to_string(split));
      }
    }
  }
}

void test_damaged_files_fail_behind_the_same_rows() {
  const TemporaryFolder folder;
  const std::string text = plain_rows(20'000);
  const std::string whole = pack_gzip(text);
  std::vector<std::string> paths;
  const auto add = [&](const std::string& bytes) {
    paths.push_back(folder.write(std::to_string(paths.size()) + ".gz", bytes));
  };
  for (const std::size_t size : {std::size_t{700}, whole.size() / 3, whole.size() - 3}) {
    add(whole.substr(0, size));
    std::string damaged = whole;
    damaged[size] ^= 0x15;
    add(damaged);
  }
  add(pack_gzip(text.substr(0, 50'000)) + "not a member");
  add(whole + std::string(2, '\0') + whole);
  add(pack_gzip(text.substr(0, text.size() - 1)));
  add(pack_gzip(text + "oops 1\n" + text));
  for (const std::string& packed : {pack_zstd(text), pack_bzip2(text, 1), pack_xz(text)}) {
    add(packed.substr(0, packed.size() / 2));
    std::string damaged = packed;
    damaged[packed.size() / 2] ^= 0x15;
    add(damaged);
  }
  const Outcome wanted = run_alone(paths, kPlain, plain_options(1, 1));
  // A text without its last line break is whole.
  CHECK_EQ(wanted.loaded.failures.size(), paths.size() - 1);
  for (const auto& [children, split] : {Cut{2, 900}, Cut{5, 5'000}, Cut{2, 100'000}})
    check_same(run(paths, kPlain, plain_options(children, split)), wanted,
               std::to_string(children) + ", " + std::to_string(split));
}

void test_records_longer_than_a_slot_and_quotes_never_closed_are_read_as_by_one_child() {
  const TemporaryFolder folder;
  Input input;
  for (std::int32_t i = 0; i < 3'000; ++i) {
    add_good(input, i);
    if (i % 1'000 == 700) input.write("\"" + std::string(9'000, '\n') + "\",1,2");
  }
  const std::vector<std::string> paths = {
      folder.write("a.gz", pack_gzip(input.text)),
      folder.write("b.gz", pack_gzip(input.text + "x,\"open,1\n" + input.text)),
      folder.write("c.gz", pack_gzip("\"" + std::string(50'000, 'x') + "\n" + input.text))};
  for (const OnError policy : {OnError::fail, OnError::skip}) {
    const Outcome wanted = run_alone(paths, kDtype, options_of(policy, 1, 1));
    for (const std::uint64_t split : {200U, 2'000U, 15'000U})
      check_same(run(paths, kDtype, options_of(policy, 3, split)), wanted, std::to_string(split));
  }
}

void test_heads_columns_layouts_and_whole_sources_are_the_same() {
  const TemporaryFolder folder;
  std::string text = "skipped\nb,x,a\n";
  for (int i = 0; i < 9'000; ++i)
    text += std::to_string(i) + ",none," + std::to_string(2 * i) + "\n";
  const std::vector<std::string> paths = {
      folder.write("a.gz", pack_gzip(text)), folder.write("b.zst", pack_zstd(text)),
      folder.write("c.gz", pack_gzip("skipped\nb,x,a\n", 0)), folder.write("d.txt", text)};
  for (const bool is_whole : {false, true}) {
    for (const Layout layout : {Layout::rows, Layout::columns}) {
      LoaderOptions options = plain_options(1, 1);
      options.memory_bytes = 8U << 20U;
      options.delimiter = ',';
      options.has_header = true;
      options.skip_rows = 1;
      options.columns = "a,b";
      options.layout = layout;
      options.whole_sources = is_whole;
      const Outcome wanted = run_alone(paths, kPlain, options);
      CHECK(wanted.loaded.failures.empty() && wanted.loaded.bytes.size() == 3 * 72'000);
      for (const std::uint32_t children : {2U, 5U}) {
        for (const std::uint64_t split : {60U, 4'000U}) {
          options.children = children;
          options.split_bytes = split;
          check_same(run(paths, kPlain, options), wanted, std::to_string(split));
        }
      }
    }
  }
}

void test_the_same_rows_come_on_a_grid() {
  const TemporaryFolder folder;
  const std::string text = plain_rows(7'777);
  const std::vector<std::string> paths = {
      folder.write("a.gz", pack_gzip(text)), folder.write("b.gz", pack_gzip(text)),
      folder.write("c.txt", text), folder.write("d.xz", pack_xz(text))};
  const auto use_grid = [](Loader& loader) { (void)loader.use_grid(300, 77); };
  const Outcome wanted = run_alone(paths, kPlain, plain_options(1, 1), 0, use_grid);
  CHECK_EQ(wanted.loaded.bytes.size(), 4 * 7'777U * 8);
  for (const std::uint32_t children : {2U, 4U}) {
    for (const std::uint64_t split : {200U, 5'000U}) {
      const Outcome got = run(paths, kPlain, plain_options(children, split), 0, use_grid);
      CHECK(got.loaded.failures.empty() && got.loaded.bytes == wanted.loaded.bytes);
      for (std::size_t i = 0; i < paths.size(); ++i)
        CHECK(text_of(got.facts[i].at) == text_of(wanted.facts[i].at));
    }
  }
}

void test_a_load_goes_on_behind_what_was_stored() {
  const TemporaryFolder folder;
  const Input input = make_input(OnError::skip, 9, 4'000, 15);
  const std::string path = folder.write("a.csv.gz", pack_gzip(input.text));
  for (const std::uint64_t split : {90U, 3'000U}) {
    const LoaderOptions options = options_of(OnError::skip, 3, split, 100);
    for (const int arrays : {1, 7, 20}) {
      ResumePoint point;
      std::string rows;
      {
        auto first = Loader::open(dtype_of(kDtype), options);
        REQUIRE(first.is_ok() && (*first)->add_file(path, 0).is_ok());
        for (int i = 0; i < arrays; ++i) {
          Array* array = nullptr;
          REQUIRE((*first)->next(-1, &array).is_ok());
          append_packed(rows, *array);
          point.at = array->provenance;
          array->release();
        }
        SourceFacts facts;
        REQUIRE((*first)->source_facts(0, &facts));
        point.size = facts.size;
        point.mtime_ns = facts.mtime_ns;
      }
      const Outcome rest =
          run({path}, kDtype, options, 0, [&](Loader& loader) { (void)loader.resume(0, point); });
      CHECK(rest.loaded.failures.empty() && rows + rest.loaded.bytes == input.rows);
      CHECK_EQ(rest.facts[0].at.offset, input.text.size());
    }
  }
}

void test_children_that_die_at_any_moment_change_nothing() {
  const TemporaryFolder folder;
  const std::string text = plain_rows(12'000);
  const std::string path = folder.write("a.gz", pack_gzip(text));
  const Outcome wanted = run_alone({path, path}, kPlain, plain_options(1, 1));
  const Held before = held_before();
  int mark = 0;
  for (const char* moment : {"start", "task", "go", "lend", "publish-before", "publish-after",
                             "done-before", "inflated-before", "inflated-after"}) {
    for (const std::uint64_t split : {1'000U, 20'000U}) {
      const std::string fault =
          std::string(moment) + ":kill:" + folder.at("mark" + std::to_string(++mark));
      ::setenv("FOREBAY_TEST_FAULT", fault.c_str(), 1);
      LoaderOptions options = plain_options(2, split);
      options.program = test_program("faulty_child");
      const Outcome got = run({path, path}, kPlain, options);
      check_same(got, wanted, fault);
      CHECK(got.loaded.progress.child_restarts >= 1 || std::string(moment) == "start");
    }
  }
  ::unsetenv("FOREBAY_TEST_FAULT");
  CHECK(held_now() == before);
}

void test_a_child_that_always_dies_fails_the_source_and_not_the_next() {
  const TemporaryFolder folder;
  const std::string text = plain_rows(12'000);
  const std::vector<std::string> paths = {folder.write("a.gz", pack_gzip(text)),
                                          folder.write("b.txt", text)};
  ::setenv("FOREBAY_TEST_FAULT", "inflated-before:kill", 1);
  LoaderOptions options = plain_options(2, 5'000);
  options.program = test_program("faulty_child");
  const Outcome got = run(paths, kPlain, options);
  ::unsetenv("FOREBAY_TEST_FAULT");
  REQUIRE(got.loaded.failures.size() == 1);
  CHECK_EQ(got.loaded.failures[0].code(), FOREBAY_E_CHILD);
  CHECK_EQ(got.loaded.failures[0].detail().source, 0U);
  CHECK_EQ(got.loaded.bytes.size(), 96'000U);
  CHECK_EQ(got.loaded.stats.blocks_lent, 0U);
}

void test_text_that_cannot_be_is_refused_and_changes_nothing() {
  const TemporaryFolder folder;
  const std::string text = plain_rows(12'000);
  const std::string path = folder.write("a.gz", pack_gzip(text));
  const Outcome wanted = run_alone({path}, kPlain, plain_options(1, 1));
  int mark = 0;
  for (const char* deed :
       {"wrong-task", "far-bytes", "no-bytes", "many-rows", "more-rows", "many-lines", "far-input",
        "no-state", "odd-state", "too-long", "again", "garbage"}) {
    const std::string moment =
        std::string(deed) == "garbage" ? "inflated-before" : "inflated-falsify";
    const std::string fault =
        moment + ":" + deed + ":" + folder.at("mark" + std::to_string(++mark));
    ::setenv("FOREBAY_TEST_FAULT", fault.c_str(), 1);
    LoaderOptions options = plain_options(2, 5'000);
    options.program = test_program("faulty_child");
    const Outcome got = run({path}, kPlain, options);
    if (std::string(deed) == "more-rows") {
      // What is counted wrongly within reason shows when it is parsed.
      REQUIRE(got.loaded.failures.size() == 1);
      CHECK_EQ(got.loaded.failures[0].code(), FOREBAY_E_TRUNCATED);
      continue;
    }
    check_same(got, wanted, fault);
    CHECK_EQ(got.loaded.progress.child_restarts, 1U);
  }
  ::unsetenv("FOREBAY_TEST_FAULT");
}

void test_every_quota_from_the_least_on_is_enough_and_is_kept() {
  const TemporaryFolder folder;
  const std::string text = plain_rows(9'000);
  const std::vector<std::string> paths = {folder.write("a.gz", pack_gzip(text)),
                                          folder.write("b.gz", pack_gzip(text)),
                                          folder.write("c.txt", text)};
  for (const OnError policy : {OnError::fail, OnError::skip}) {
    const Outcome wanted = run_alone(paths, kPlain, plain_options(1, 1));
    for (std::uint32_t blocks = 4; blocks <= 40; blocks += blocks < 12 ? 1 : 7) {
      LoaderOptions options = plain_options(2 + blocks % 3, 1'500);
      options.on_error = policy;
      options.memory_bytes = std::uint64_t{blocks} * 4096;
      check_same(run(paths, kPlain, options), wanted, std::to_string(blocks) + " blocks");
    }
  }
}

// One that keeps each array until it has the next, as it may.
void test_a_caller_that_holds_an_array_is_never_told_that_the_quota_is_full() {
  const TemporaryFolder folder;
  const std::string text = plain_rows(9'000);
  const std::string path = folder.write("a.gz", pack_gzip(text));
  for (std::uint64_t blocks = 4; blocks <= 40; blocks += 4) {
    LoaderOptions options = plain_options(3, 1'500);
    options.memory_bytes = blocks * 4096;
    auto loader = Loader::open(dtype_of(kPlain), options);
    REQUIRE(loader.is_ok());
    for (int i = 0; i < 3; ++i) CHECK((*loader)->add_file(path, 0).is_ok());
    Array* held = nullptr;
    Array* array = nullptr;
    std::uint64_t rows = 0;
    Status status;
    while ((status = (*loader)->next(-1, &array)).is_ok()) {
      rows += array->rows();
      if (held != nullptr) held->release();
      held = array;
    }
    CHECK_EQ(status.code(), FOREBAY_END);
    CHECK_EQ(rows, 27'000U);
    if (held != nullptr) held->release();
  }
}

void test_while_one_source_is_decoded_the_next_one_is_begun() {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 10; ++i) text += plain_rows(20'000);
  const std::vector<std::string> paths = {folder.write("a.bz2", pack_bzip2(text)),
                                          folder.write("b.bz2", pack_bzip2(text))};
  LoaderOptions options = plain_options(2, 30'000);
  auto loader = Loader::open(dtype_of(kPlain), options);
  REQUIRE(loader.is_ok());
  for (const std::string& path : paths) CHECK((*loader)->add_file(path, 0).is_ok());
  bool was_ahead = false;
  std::uint64_t rows = 0;
  Array* array = nullptr;
  while ((*loader)->next(-1, &array).is_ok()) {
    rows += array->rows();
    ChildProgress first;
    ChildProgress second;
    const bool are_there =
        (*loader)->child_progress(0, &first) && (*loader)->child_progress(1, &second);
    was_ahead = was_ahead || (are_there && array->source == 0 && first.source != kNoSource &&
                              second.source != kNoSource && first.source != second.source);
    array->release();
  }
  CHECK_EQ(rows, 400'000U);
  CHECK(was_ahead);
}

void test_cancel_and_close_at_any_time_leave_nothing() {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.gz", pack_gzip(plain_rows(20'000)));
  const Held before = held_before();
  for (int taken = 0; taken < 6; ++taken) {
    for (const bool cancels : {false, true}) {
      auto loader = Loader::open(dtype_of(kPlain), plain_options(3, 4'000));
      REQUIRE(loader.is_ok());
      CHECK((*loader)->add_file(path, 0).is_ok() && (*loader)->add_file(path, 0).is_ok());
      for (int i = 0; i < taken; ++i) {
        Array* array = nullptr;
        if (!CHECK((*loader)->next(-1, &array).is_ok())) break;
        array->release();
      }
      if (cancels) (*loader)->cancel();
    }
  }
  CHECK(held_now() == before);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_every_packing_gives_the_same_for_any_children_and_slots),
      CHECK_TEST(test_quotes_comments_and_bad_rows_are_met_at_the_same_places),
      CHECK_TEST(test_a_budget_ends_at_the_same_reject),
      CHECK_TEST(test_limits_of_rows_end_at_the_same_row),
      CHECK_TEST(test_damaged_files_fail_behind_the_same_rows),
      CHECK_TEST(test_records_longer_than_a_slot_and_quotes_never_closed_are_read_as_by_one_child),
      CHECK_TEST(test_heads_columns_layouts_and_whole_sources_are_the_same),
      CHECK_TEST(test_the_same_rows_come_on_a_grid),
      CHECK_TEST(test_a_load_goes_on_behind_what_was_stored),
      CHECK_TEST(test_children_that_die_at_any_moment_change_nothing),
      CHECK_TEST(test_a_child_that_always_dies_fails_the_source_and_not_the_next),
      CHECK_TEST(test_text_that_cannot_be_is_refused_and_changes_nothing),
      CHECK_TEST(test_every_quota_from_the_least_on_is_enough_and_is_kept),
      CHECK_TEST(test_a_caller_that_holds_an_array_is_never_told_that_the_quota_is_full),
      CHECK_TEST(test_while_one_source_is_decoded_the_next_one_is_begun),
      CHECK_TEST(test_cancel_and_close_at_any_time_leave_nothing),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
