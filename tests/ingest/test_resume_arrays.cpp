// Loads of arrays and of raw rows that end anywhere and go on, into tables of rows and of columns.
#include "ingest/ingest.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"
#include "support/framing.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr char kDescr[] = "[('n', '<i4'), ('square', '<f8')]";
constexpr std::uint64_t kHeader = 37;  // of the raw file

std::string bytes_of(std::uint64_t first, std::uint64_t rows) {
  const std::vector<std::byte> bytes = counted_rows(first, rows);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Input {
  std::string path{};
  FileOptions options{};
};

// 900 rows: an array, a packed one, a packed one that was stored only, raw rows.
std::vector<Input> write_all(const Scratch& scratch) {
  const auto array = [](std::uint64_t first, std::uint64_t rows) {
    return pack_npy(kDescr, rows, bytes_of(first, rows));
  };
  std::vector<Input> inputs{{scratch.path("a.npy")},
                            {scratch.path("b.npz")},
                            {scratch.path("c.npz")},
                            {scratch.path("d.raw")}};
  write_file(inputs[0].path, array(0, 230));
  write_file(inputs[1].path, pack_zip({{"x.npy", array(230, 310), true}}));
  write_file(inputs[2].path, pack_zip({{"x.npy", array(540, 50), false}}));
  write_file(inputs[3].path, std::string(kHeader, 'h') + bytes_of(590, 310));
  inputs[3].options.format = FileFormat::raw;
  inputs[3].options.header_bytes = kHeader;
  return inputs;
}

struct Done {
  Code code = FOREBAY_OK;
  std::string message{};
  std::uint64_t rows = 0;
  std::uint64_t added = 0;
};

Status take_array(Table& table, Loader& loader) {
  Array* array = nullptr;
  const Status status = loader.next(-1, &array);
  if (status.code() == FOREBAY_END) return consume_array(table, loader, nullptr);
  FOREBAY_TRY(status.clone());
  Status stored = table.append_array(*array);
  if (stored.is_ok()) stored = consume_array(table, loader, array);
  array->release();
  return stored;
}

Status take_step(Table& table, Loader& loader) {
  for (;;) {
    LoadResult result;
    Status status = append_loader(table, loader, 0, &result);
    if (status.code() != FOREBAY_AGAIN || result.rows != 0) return status;
  }
}

enum class Part { all, step, array };

Done run(const std::string& path, const std::vector<Input>& inputs, std::uint32_t children,
         Part part = Part::all, Layout layout = Layout::rows) {
  Done done;
  LoaderOptions options;
  options.children = children;
  options.memory_bytes = 64U << 20U;
  options.split_bytes = 900;
  options.batch_rows = 64;
  auto store = Store::open(path, {});
  auto loader = Loader::open(counted(), options);
  if (!CHECK(store.is_ok()) || !CHECK(loader.is_ok())) return done;
  TableOptions wanted;
  wanted.chunk_rows = 100;
  wanted.layout = layout;
  auto table = (*store)->open_table("data", counted(), wanted);
  if (!CHECK(table.is_ok())) return done;
  for (const Input& input : inputs) CHECK((*loader)->add_file(input.path, input.options).is_ok());
  const std::uint64_t before = (*table)->rows();
  Status status = resume_loader(**table, **loader);
  if (status.is_ok() && part == Part::array) {
    status = take_array(**table, **loader);
  } else if (status.is_ok() && part == Part::step) {
    status = take_step(**table, **loader);
  } else if (status.is_ok()) {
    LoadResult result;
    status = append_loader(**table, **loader, -1, &result);
  }
  done.code = status.code();
  done.message = status.message();
  done.rows = (*table)->rows();
  done.added = done.rows - before;
  CHECK(holds(**table, 0, done.rows));
  CHECK((*store)->close().is_ok());
  return done;
}

}  // namespace

static void test_loads_of_arrays_that_end_anywhere_give_the_rows_of_an_undisturbed_one() {
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    for (const Part part : {Part::step, Part::array}) {
      const Scratch scratch;
      const std::vector<Input> inputs = write_all(scratch);
      const std::string path = scratch.path("a.h5");
      int runs = 0;
      while (run(path, inputs, 2, part, layout).rows < 900 && CHECK(++runs < 80)) {
      }
      CHECK(runs >= 8);
      CHECK_EQ(run(path, inputs, 5, Part::all, layout).code, FOREBAY_OK);
      CHECK_EQ(run(path, inputs, 1, Part::all, layout).added, 0U);
    }
  }
}

static void test_an_array_whose_stored_part_changed_is_refused() {
  for (std::size_t i = 0; i < 4; ++i) {
    const Scratch scratch;
    const Input input = write_all(scratch)[i];
    // So that its rows are counted from 0.
    const std::string array = pack_npy(kDescr, 400, bytes_of(0, 400));
    const std::string contents[] = {array, pack_zip({{"x.npy", array, true}}),
                                    pack_zip({{"x.npy", array, false}}),
                                    std::string(kHeader, 'h') + bytes_of(0, 400)};
    write_file(input.path, contents[i]);
    const std::string path = scratch.path("a.h5");
    const Done first = run(path, {input}, 2, Part::step);
    CHECK(first.rows > 0 && first.rows < 400);
    std::string other = bytes_of(0, 400);
    other[3] = 'x';
    const std::string changed = pack_npy(kDescr, 400, other);
    const std::string others[] = {changed, pack_zip({{"x.npy", changed, true}}),
                                  pack_zip({{"x.npy", changed, false}}),
                                  std::string(kHeader, 'g') + bytes_of(0, 400)};
    write_file(input.path, others[i]);
    CHECK_EQ(run(path, {input}, 2).code, FOREBAY_E_CHANGED);
    write_file(input.path, contents[i]);
    CHECK_EQ(run(path, {input}, 2).rows, 400U);
  }
}

static void test_raw_rows_that_grew_go_on_and_another_header_length_is_refused() {
  const Scratch scratch;
  Input input{scratch.path("d.raw")};
  input.options.format = FileFormat::raw;
  write_file(input.path, bytes_of(0, 130));
  const std::string path = scratch.path("a.h5");
  CHECK_EQ(run(path, {input}, 2).rows, 130U);
  write_file(input.path, bytes_of(0, 400));
  CHECK_EQ(run(path, {input}, 2).added, 270U);
  input.options.header_bytes = 12;
  CHECK_EQ(run(path, {input}, 2).code, FOREBAY_E_MISMATCH);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_loads_of_arrays_that_end_anywhere_give_the_rows_of_an_undisturbed_one),
      CHECK_TEST(test_an_array_whose_stored_part_changed_is_refused),
      CHECK_TEST(test_raw_rows_that_grew_go_on_and_another_header_length_is_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
