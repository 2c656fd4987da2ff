// forebay.hpp: the C++17 face, built against include/ only.
#include "forebay/forebay.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>

#include "support/check.hpp"

namespace {

// A folder of its own to work in, removed with the files that the tests make.
class Workplace {
 public:
  Workplace() {
    char name[] = "/tmp/forebay-hpp-XXXXXX";
    const char *made = ::mkdtemp(name);
    name_ = made != nullptr ? made : "/nowhere";
    if (::chdir(name_.c_str()) != 0) std::perror("chdir");
    std::ofstream rows("rep1.txt");
    for (int i = 0; i < 50; ++i) rows << "chr22\t" << 100 + i << '\n';
  }
  ~Workplace() {
    for (const char *file : {"rep1.txt", "meth.h5"}) ::unlink(file);
    if (::chdir("/") == 0) ::rmdir(name_.c_str());
  }
  Workplace(const Workplace &) = delete;
  Workplace &operator=(const Workplace &) = delete;

 private:
  std::string name_;
};

void example() {
  forebay::Dtype row("chr:S10,pos:i4");
  forebay::Loader loader(row);
  loader.add_file("rep1.txt");
  forebay::Store store("meth.h5");
  store.table("data", row).append(loader);
  store.commit();
}

forebay_status code_of(void (*action)()) {
  try {
    action();
  } catch (const forebay::Error &error) {
    return error.what()[0] != '\0' ? error.code() : FOREBAY_E_INTERNAL;
  }
  return FOREBAY_OK;
}

}  // namespace

static void test_example_of_the_header_stores_the_rows() {
  const Workplace place;
  example();
  forebay::StoreOptions options;
  options.mode = FOREBAY_STORE_READ;
  forebay::Store store("meth.h5", options);
  const forebay::Table table = store.table("data");
  CHECK_EQ(table.rows(), 50U);
  CHECK_EQ(table.dtype_text(), forebay::Dtype("chr:S10,pos:i4").text());
  char rows[2 * 14];
  CHECK_EQ(table.read(48, 5, rows), 2U);
  CHECK(!table.text("none").has_value());
  store.close();
}

static void test_arrays_are_counted() {
  const forebay::Dtype dtype("f8");
  forebay::Array kept;
  {
    forebay::Arena arena(1U << 20U);
    forebay::Array array = arena.lease(dtype, 10);
    array.set_rows(10);
    array.data<double>()[9] = 0.5;
    kept = array;
    CHECK_EQ(arena.stats().blocks_lent, 1U);
  }
  CHECK_EQ(kept.rows(), 10U);
  CHECK_EQ(kept.data<double>()[9], 0.5);
  bool refused = false;
  try {
    kept.data<float>();
  } catch (const std::invalid_argument &) {
    refused = true;
  }
  CHECK(refused);
}

static void test_columns_are_shared_stored_and_read() {
  const Workplace place;
  const forebay::Dtype dtype("a:i4,b:f8");
  forebay::Arena arena(1U << 20U);
  forebay::Array array = arena.lease_columns(dtype, 2);
  char *data = static_cast<char *>(array.view().data);
  const double b[] = {0.5, 1.5};
  std::memcpy(data + 4096, b, sizeof(b));
  array.set_rows(2);
  const int descriptor = array.share();
  const forebay::Array shared = forebay::Array::attach(descriptor, dtype);
  bool refused = false;
  try {
    forebay::Array::attach(descriptor, forebay::Dtype("i4"));
  } catch (const forebay::Error &error) {
    refused = error.code() == FOREBAY_E_MISMATCH;
  }
  CHECK(refused);
  ::close(descriptor);
  forebay::Store store("meth.h5");
  forebay::TableOptions options;
  options.layout = FOREBAY_ARRAY_COLUMNS;
  forebay::Table table = store.table("columns", dtype, options);
  table.append(shared);
  double read[2] = {};
  CHECK_EQ(table.read_column(1, 0, 5, read), 2U);
  CHECK(read[0] == 0.5 && read[1] == 1.5);
  store.close();
}

static void test_attributes_and_plain_rows_round_trip() {
  const Workplace place;
  forebay::Store store("meth.h5");
  forebay::Table table = store.table("numbers", forebay::Dtype("i4"));
  const int values[] = {1, 2, 3};
  table.append(values, 3);
  table.set_text("unit", "counts");
  table.set_number("scale", 2);
  CHECK_EQ(table.text("unit").value_or(""), std::string("counts"));
  CHECK_EQ(table.rows(), 3U);
  store.close();
}

static void test_failures_are_exceptions_with_a_record() {
  CHECK_EQ(code_of([] { forebay::Dtype("chr:Q9"); }), FOREBAY_E_DTYPE);
  CHECK_EQ(code_of([] { forebay::Store("/no/such/folder/x.h5"); }), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(code_of([] {
             const forebay::Dtype dtype("i4");
             forebay::Loader loader(dtype);
             loader.add_file("/no/such/file");
             while (loader.next()) {
             }
           }),
           FOREBAY_E_NOT_FOUND);
}

static void test_arrays_of_a_loader_come_one_by_one() {
  const Workplace place;
  const forebay::Dtype row("chr:S10,pos:i4");
  forebay::LoaderOptions options;
  options.batch_rows = 20;
  options.children = 1;
  forebay::Loader loader(row, options);
  loader.add_file("rep1.txt");
  std::uint64_t rows = 0;
  int arrays = 0;
  while (const auto array = loader.next()) {
    rows += array->rows();
    ++arrays;
  }
  CHECK_EQ(rows, 50U);
  CHECK_EQ(arrays, 3);
  CHECK_EQ(loader.progress().rows_done, 50U);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_example_of_the_header_stores_the_rows),
      CHECK_TEST(test_arrays_are_counted),
      CHECK_TEST(test_columns_are_shared_stored_and_read),
      CHECK_TEST(test_attributes_and_plain_rows_round_trip),
      CHECK_TEST(test_failures_are_exceptions_with_a_record),
      CHECK_TEST(test_arrays_of_a_loader_come_one_by_one),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
