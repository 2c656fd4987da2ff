#include "dtype/dtype.hpp"
#include "support/check.hpp"

using namespace forebay::core;

namespace {

Field field(std::string name, Kind kind, std::uint64_t item_bytes,
            std::vector<std::uint64_t> shape = {}) {
  Field out;
  out.name = std::move(name);
  out.kind = kind;
  out.item_bytes = item_bytes;
  out.shape = std::move(shape);
  return out;
}

// The message with which `fields` are refused; empty if they are not.
std::string refusal(std::vector<Field> fields, bool is_record) {
  const auto dtype = Dtype::make(std::move(fields), is_record);
  if (dtype.is_ok()) return {};
  CHECK_EQ(dtype.code(), FOREBAY_E_DTYPE);
  return dtype.status().message();
}

bool refused(const Field& one, const char* part) {
  return refusal({one}, true).find(part) != std::string::npos;
}

void test_fields_made_in_code_equal_parsed_ones() {
  std::vector<Field> fields = {field("chr", Kind::bytes, 10), field("t", Kind::real, 4, {2, 12}),
                               field("w", Kind::datetime, 8)};
  fields[0].big_endian = true;  // means nothing for bytes and must not make a difference
  fields[1].count = 99;         // computed by make
  fields[1].offset = 99;
  fields[2].unit = "ns";
  const auto made = Dtype::make(std::move(fields), true);
  const auto parsed = Dtype::parse("chr:S10,t:<f4[2,12],w:<M8[ns]");
  REQUIRE(made.is_ok() && parsed.is_ok());
  CHECK(*made.value() == *parsed.value());
  CHECK_EQ(made.value()->text(), parsed.value()->text());
  CHECK_EQ(made.value()->hash(), parsed.value()->hash());
  CHECK_EQ(made.value()->row_bytes(), 114U);
}

void test_fields_that_make_no_type_are_refused() {
  CHECK(refused(field("a", Kind::integer, 3), "kind, item bytes and unit"));
  CHECK(refused(field("a", Kind::integer, 0), "kind, item bytes and unit"));
  CHECK(refused(field("a", Kind::integer, 16), "kind, item bytes and unit"));
  CHECK(refused(field("a", Kind::real, 2), "kind, item bytes and unit"));
  CHECK(refused(field("a", Kind::boolean, 4), "kind, item bytes and unit"));
  CHECK(refused(field("a", Kind::bytes, 0), "kind, item bytes and unit"));
  CHECK(refused(field("a", Kind::bytes, UINT64_MAX), "kind, item bytes and unit"));
  CHECK(refused(field("a", Kind::datetime, 8), "kind, item bytes and unit"));
  CHECK(refused(field("a", static_cast<Kind>(7), 8), "kind, item bytes and unit"));
  Field with_unit = field("a", Kind::real, 8);
  with_unit.unit = "ns";
  CHECK(refused(with_unit, "kind, item bytes and unit"));
}

void test_shapes_that_do_not_fit_are_refused() {
  CHECK(refused(field("a", Kind::real, 8, {1, 0}), "a dimension is 0"));
  CHECK(refused(field("a", Kind::real, 8, std::vector<std::uint64_t>(9, 1)),
                "more than 8 dimensions"));
  CHECK(
      refused(field("a", Kind::real, 8, {UINT64_MAX, UINT64_MAX}), "larger than 2147483648 bytes"));
  CHECK(refused(field("a", Kind::real, 8, {UINT64_MAX / 8 + 1}), "larger than 2147483648 bytes"));
  const Field half = field("a", Kind::bytes, std::uint64_t{1} << 30, {2});
  Field rest = field("b", Kind::bytes, 1);
  CHECK_EQ(refusal({half}, true), std::string());
  CHECK(refusal({half, rest}, true).find("field 2: ") != std::string::npos);
}

void test_records_and_bare_types_are_told_apart() {
  const Field named = field("a", Kind::real, 8);
  const Field unnamed = field("", Kind::real, 8);
  CHECK_EQ(refusal({unnamed}, false), std::string());
  CHECK_EQ(refusal({named}, true), std::string());
  CHECK(!refusal({named}, false).empty());
  CHECK(!refusal({unnamed}, true).empty());
  CHECK(!refusal({unnamed, unnamed}, false).empty());
  CHECK(!refusal({named, named}, true).empty());
  CHECK(!refusal({}, true).empty());
  CHECK(!refusal({}, false).empty());
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_fields_made_in_code_equal_parsed_ones),
      CHECK_TEST(test_fields_that_make_no_type_are_refused),
      CHECK_TEST(test_shapes_that_do_not_fit_are_refused),
      CHECK_TEST(test_records_and_bare_types_are_told_apart),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
