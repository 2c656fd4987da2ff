// Sources that are not plain text: children die over them, and nothing is lost or comes twice; and
// what folders, patterns and lists stand for.
#include <sys/stat.h>
#include <unistd.h>

#include "loader/loading.hpp"
#include "loader/paths.hpp"
#include "support/framing.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr char kDtype[] = "a:i4,b:i4";

struct Input {
  std::string text;
  std::string rows;
};

Input make_input(std::int32_t rows) {
  Input input;
  for (std::int32_t i = 0; i < rows; ++i) {
    input.text += std::to_string(i) + " " + std::to_string(-i) + "\n";
    const std::int32_t row[2] = {i, -i};
    input.rows.append(reinterpret_cast<const char*>(row), sizeof(row));
  }
  return input;
}

LoaderOptions options_of(const char* program) {
  LoaderOptions options;
  if (program != nullptr) options.program = test_program(program);
  options.children = 2;
  options.split_bytes = 20'000;
  options.batch_rows = 500;
  options.memory_bytes = 1U << 20U;
  return options;
}

// A bgzf file of several maps, an array, a packed array: all with these rows.
std::vector<std::string> write_all(const TemporaryFolder& folder, const Input& input,
                                   std::uint64_t rows) {
  const std::string array = pack_npy("[('a', '<i4'), ('b', '<i4')]", rows, input.rows);
  return {folder.write("a.bgz", pack_bgzf(input.text, 3000)), folder.write("a.npy", array),
          folder.write("a.npz", pack_zip({{"x.npy", array, true}}))};
}

void test_a_child_killed_once_at_any_moment_changes_nothing() {
  const TemporaryFolder folder;
  const Input input = make_input(12'000);
  const Held before = held_before();
  for (const std::string& path : write_all(folder, input, 12'000)) {
    int mark = 0;
    for (const char* moment :
         {"start", "task", "go", "lend", "publish-before", "publish-after", "done-before"}) {
      const std::string fault = std::string(moment) + ":kill:" + path + std::to_string(++mark);
      ::setenv("FOREBAY_TEST_FAULT", fault.c_str(), 1);
      const Loaded got = load({path}, kDtype, options_of("faulty_child"));
      const std::string why = got.failures.empty() ? "" : ": " + got.failures[0].message();
      check_that(got.failures.empty(), "no source failed", __FILE__, __LINE__, fault + why);
      check_that(got.bytes == input.rows, "rows are equal", __FILE__, __LINE__, fault);
      const bool may_spare = std::string(moment) == "start" || std::string(moment) == "go";
      check_that(got.progress.child_restarts >= 1 || may_spare, "a child was replaced", __FILE__,
                 __LINE__, fault);
      check_that(got.stats.blocks_lent == 0, "no block is lent", __FILE__, __LINE__, fault);
    }
  }
  ::unsetenv("FOREBAY_TEST_FAULT");
  CHECK(held_now() == before);
}

void test_every_kind_of_source_is_one_array_in_either_order_and_from_a_descriptor() {
  const TemporaryFolder folder;
  const Input input = make_input(12'345);
  const auto paths = write_all(folder, input, 12'345);
  for (const std::uint32_t children : {1U, 2U, 5U}) {
    for (const Order order : {Order::source, Order::any}) {
      for (const bool is_whole : {true, false}) {
        LoaderOptions options = options_of(nullptr);
        options.children = children;
        options.order = order;
        options.whole_sources = is_whole;
        auto loader = Loader::open(dtype_of(kDtype), options);
        REQUIRE(loader.is_ok());
        for (const std::string& path : paths) {
          auto file = open_for_reading(path.c_str());
          REQUIRE(file.is_ok());
          CHECK((*loader)->add_descriptor(file->get(), path, 0).is_ok());
        }
        std::vector<std::string> rows(paths.size());
        std::size_t arrays = 0;
        Array* array = nullptr;
        while ((*loader)->next(-1, &array).is_ok()) {
          const auto span = array->row_span();
          rows[array->source].append(reinterpret_cast<const char*>(span.data()), span.size());
          ++arrays;
          array->release();
        }
        for (const std::string& got : rows) CHECK(got == input.rows);
        CHECK_EQ(arrays, is_whole ? 3U : 75U);
      }
    }
  }
}

void test_a_pipe_is_read_as_bgzf_but_not_as_an_array() {
  const TemporaryFolder folder;
  const Input input = make_input(3'000);
  const std::string array = pack_npy("[('a', '<i4'), ('b', '<i4')]", 3'000, input.rows);
  struct Case {
    std::string bytes;
    FileFormat format;
    bool is_read;
  };
  for (const Case& each :
       {Case{pack_bgzf(input.text, 3000), FileFormat::automatic, true},
        Case{array, FileFormat::automatic, false}, Case{array, FileFormat::npy, false},
        Case{input.rows, FileFormat::raw, false}}) {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], each.bytes.data(), each.bytes.size()) ==
            static_cast<ssize_t>(each.bytes.size()));
    ::close(ends[1]);
    auto loader = Loader::open(dtype_of(kDtype), options_of(nullptr));
    REQUIRE(loader.is_ok());
    FileOptions options;
    options.format = each.format;
    CHECK((*loader)->add_descriptor(ends[0], "pipe", options).is_ok());
    ::close(ends[0]);
    std::string rows;
    Status status;
    for (Array* next = nullptr; (status = (*loader)->next(-1, &next)).is_ok(); next->release()) {
      const auto span = next->row_span();
      rows.append(reinterpret_cast<const char*>(span.data()), span.size());
    }
    CHECK_EQ(status.code(), each.is_read ? FOREBAY_END : FOREBAY_E_ARGUMENT);
    CHECK(rows == (each.is_read ? input.rows : ""));
    if (!each.is_read) CHECK(status.message().find("pipe: is a stream") == 0);
  }
}

void test_arrays_of_numpy_are_delivered_without_a_copy_and_cut_alike() {
  const TemporaryFolder folder;
  const Input input = make_input(12'345);
  const auto paths = write_all(folder, input, 12'345);
  std::vector<std::uint64_t> expected(24, 500);
  expected.push_back(345);
  for (const std::size_t which : {1U, 2U}) {
    for (const std::uint32_t children : {1U, 3U}) {
      for (const std::uint64_t split : {16U, 5'000U, 1U << 20U}) {
        LoaderOptions options = options_of(nullptr);
        options.children = children;
        options.split_bytes = split;
        const Loaded got = load({paths[which]}, kDtype, options);
        CHECK(got.failures.empty() && got.bytes == input.rows);
        CHECK(got.array_rows == expected);
        CHECK_EQ(got.bytes_copied, 0U);
        CHECK_EQ(got.progress.bytes_done, got.progress.bytes_total);
      }
    }
  }
}

void test_every_source_fills_columns_with_the_rows_it_fills_rows_with() {
  const TemporaryFolder folder;
  const Input input = make_input(40'000);
  auto paths = write_all(folder, input, 40'000);
  std::string swapped;
  for (std::size_t i = 0; i < input.rows.size(); i += 4)
    swapped.append(input.rows.rbegin() + static_cast<std::ptrdiff_t>(input.rows.size() - i - 4),
                   input.rows.rbegin() + static_cast<std::ptrdiff_t>(input.rows.size() - i));
  paths.push_back(folder.write("b.npy", pack_npy("[('a', '>i4'), ('b', '>i4')]", 40'000, swapped)));
  for (const std::string& path : paths) {
    for (const std::uint64_t batch : {500U, 100'000U}) {
      for (const std::uint32_t children : {1U, 3U}) {
        LoaderOptions options = options_of(nullptr);
        options.memory_bytes = 32U << 20U;
        options.children = children;
        options.batch_rows = batch;
        const Loaded wanted = load({path}, kDtype, options);
        options.layout = Layout::columns;
        const Loaded got = load({path}, kDtype, options);
        const std::string why = got.failures.empty() ? "" : ": " + got.failures[0].message();
        check_that(got.failures.empty() && got.bytes == input.rows && wanted.bytes == input.rows,
                   "rows are equal", __FILE__, __LINE__, path + why);
        CHECK(got.array_rows == wanted.array_rows);
      }
    }
  }
}

// A file that ends inside a row, and a child that dies over one.
void test_whole_rows_before_a_fault_stand_in_columns() {
  const TemporaryFolder folder;
  const Input input = make_input(12'000);
  const std::string array = pack_npy("[('a', '<i4'), ('b', '<i4')]", 12'000, input.rows);
  LoaderOptions options = options_of("faulty_child");
  options.memory_bytes = 32U << 20U;
  options.layout = Layout::columns;
  const Loaded cut =
      load({folder.write("cut.npy", array.substr(0, array.size() - 8'003))}, kDtype, options);
  REQUIRE(cut.failures.size() == 1);
  CHECK_EQ(cut.failures[0].code(), FOREBAY_E_TRUNCATED);
  CHECK(cut.bytes == input.rows.substr(0, 8 * 10'999));
  ::setenv("FOREBAY_TEST_FAULT", ("publish-after:kill:" + folder.at("mark")).c_str(), 1);
  const Loaded got = load({folder.write("a.npy", array)}, kDtype, options);
  ::unsetenv("FOREBAY_TEST_FAULT");
  CHECK(got.failures.empty() && got.bytes == input.rows);
  CHECK(got.progress.child_restarts >= 1);
}

void test_a_failing_source_among_good_ones_leaves_them_whole() {
  const TemporaryFolder folder;
  const Input input = make_input(6'000);
  auto paths = write_all(folder, input, 6'000);
  std::string bad = pack_bgzf(input.text, 3000);
  bad[bad.size() / 2] ^= 0x40;
  paths.insert(paths.begin() + 1, folder.write("bad.bgz", bad));
  LoaderOptions options = options_of(nullptr);
  options.children = 3;
  const Loaded got = load(paths, kDtype, options);
  REQUIRE(got.failures.size() == 1);
  CHECK_EQ(got.failures[0].code(), FOREBAY_E_FORMAT);
  CHECK_EQ(got.failures[0].detail().source, 1U);
  CHECK(got.bytes.size() > 3 * input.rows.size() && got.bytes.size() < 4 * input.rows.size());
  CHECK(got.bytes.substr(0, input.rows.size()) == input.rows);
  CHECK(got.bytes.substr(got.bytes.size() - input.rows.size()) == input.rows);
}

void test_options_that_do_not_fit_the_format_are_refused() {
  auto loader = Loader::open(dtype_of("i4"), {});
  REQUIRE(loader.is_ok());
  FileOptions options;
  options.header_bytes = 8;
  CHECK_EQ((*loader)->add_file("x", options).code(), FOREBAY_E_ARGUMENT);
  options.format = FileFormat::raw;
  CHECK_EQ((*loader)->add_file("x", options).code(), FOREBAY_OK);
  options.member = std::string(241, 'x');
  CHECK_EQ((*loader)->add_file("x", options).code(), FOREBAY_E_ARGUMENT);
}

void test_numbers_in_names_are_ordered_by_their_value() {
  const std::vector<std::string> ordered = {"",
                                            "a",
                                            "a/chr1",
                                            "a/chr2",
                                            "a/chr10",
                                            "a/chr010",
                                            "a10b",
                                            "a10b2",
                                            "a10b9",
                                            "a10b10",
                                            "a10b10c",
                                            "b",
                                            "chr",
                                            "chr0",
                                            "chr00",
                                            "chr1",
                                            "chr1_",
                                            "chr1a",
                                            "chr2",
                                            "chr10",
                                            "chr99999999999999999999999",
                                            "chr100000000000000000000000",
                                            "chrM",
                                            "chrX"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t k = 0; k < ordered.size(); ++k) {
      const bool is_before = is_naturally_before(ordered[i], ordered[k]);
      const bool is_alike = (ordered[i] == "a/chr10" || ordered[i] == "a/chr010" ||
                             ordered[i] == "chr0" || ordered[i] == "chr00") &&
                            i != k && (i + 1 == k || k + 1 == i);
      if (is_alike)
        CHECK(is_before != is_naturally_before(ordered[k], ordered[i]));
      else if (!CHECK(is_before == (i < k)))
        std::fprintf(stderr, "%s, %s\n", ordered[i].c_str(), ordered[k].c_str());
    }
  }
}

Code code_of(const std::string& path) {
  return expand_path(path).code();
}

void test_folders_patterns_and_lists_stand_for_their_files() {
  const TemporaryFolder folder;
  for (const char* name : {"chr10.txt", "chr2.txt", "chr1.txt", ".hidden", "[x].txt", "notes.md"})
    (void)folder.write(name, "1\n");
  CHECK_EQ(::mkdir(folder.at("sub").c_str(), 0700), 0);
  (void)folder.write("sub/a.txt", "1\n");
  CHECK_EQ(::mkdir(folder.at("empty.txt").c_str(), 0700), 0);
  const auto expanded = [&](const std::string& path) {
    auto files = expand_path(path);
    std::string names;
    if (!files.is_ok()) return std::string("?") + files.status().message();
    for (const std::string& file : files.value()) names += file.substr(folder.at("").size()) + " ";
    return names;
  };
  CHECK(expanded(folder.at("")) == "[x].txt chr1.txt chr2.txt chr10.txt notes.md ");
  CHECK(expanded(folder.at("sub")) == "sub/a.txt ");
  CHECK(expanded(folder.at("chr*.txt")) == "chr1.txt chr2.txt chr10.txt ");
  CHECK(expanded(folder.at("*.txt")) == "[x].txt chr1.txt chr2.txt chr10.txt ");
  CHECK(expanded(folder.at("chr[12].txt")) == "chr1.txt chr2.txt ");
  CHECK(expanded(folder.at("[x].txt")) == "[x].txt ");
  CHECK(expanded(folder.at("missing")) == "missing ");
  const std::string list = folder.write(
      "list", "# the files\r\nchr2.txt\r\n\r\nsub\n" + folder.at("chr1*.txt") + "\nmissing.txt");
  CHECK(expanded("@" + list) == "chr2.txt sub/a.txt chr1.txt chr10.txt missing.txt ");
  CHECK_EQ(code_of(folder.at("none*")), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(code_of(folder.at("empty*")), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(code_of(folder.at("empty.txt")), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(code_of("@" + folder.at("missing")), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(code_of("@" + folder.write("nothing", "# none\n")), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(code_of("@" + folder.write("bad", "chr1.txt\nnone*\n")), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(code_of("@" + folder.at("sub")), FOREBAY_E_ARGUMENT);
  CHECK_EQ(code_of(""), FOREBAY_E_ARGUMENT);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_child_killed_once_at_any_moment_changes_nothing),
      CHECK_TEST(test_every_kind_of_source_is_one_array_in_either_order_and_from_a_descriptor),
      CHECK_TEST(test_a_pipe_is_read_as_bgzf_but_not_as_an_array),
      CHECK_TEST(test_arrays_of_numpy_are_delivered_without_a_copy_and_cut_alike),
      CHECK_TEST(test_every_source_fills_columns_with_the_rows_it_fills_rows_with),
      CHECK_TEST(test_whole_rows_before_a_fault_stand_in_columns),
      CHECK_TEST(test_a_failing_source_among_good_ones_leaves_them_whole),
      CHECK_TEST(test_options_that_do_not_fit_the_format_are_refused),
      CHECK_TEST(test_numbers_in_names_are_ordered_by_their_value),
      CHECK_TEST(test_folders_patterns_and_lists_stand_for_their_files),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
