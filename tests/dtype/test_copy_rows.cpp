#include <cstring>
#include <random>

#include "dtype/dtype.hpp"
#include "support/check.hpp"

using namespace forebay::core;

namespace {

constexpr std::uint64_t kRows = 300;
constexpr std::uint32_t kSeed = 20241122;

// Fields of every size with a path of its own, and some without.
DtypeRef sample() {
  return Dtype::parse("a:i1,b:i2,c:i4,d:i8,e:S3,f:f8[5],g:S16").value();
}

std::vector<std::byte> random_bytes(std::size_t count) {
  std::mt19937 random(kSeed);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

// Whether rows that go from packed records to `through` and back, by way of other row numbers, come
// back as they were.
bool survives(Layout through) {
  const DtypeRef dtype = sample();
  const std::vector<ColumnPlace> packed = packed_places(*dtype);
  const BlockLayout block = block_layout(*dtype, through, kRows + 7).value();
  const std::vector<std::byte> rows = random_bytes(kRows * dtype->row_bytes());
  std::vector<std::byte> middle(block.bytes, std::byte{0x55});
  std::vector<std::byte> back(rows.size());
  copy_rows(*dtype, {rows.data(), &packed, 0}, {middle.data(), &block.columns, 7}, 100);
  copy_rows(*dtype, {rows.data(), &packed, 100}, {middle.data(), &block.columns, 107}, kRows - 100);
  copy_rows(*dtype, {middle.data(), &block.columns, 7}, {back.data(), &packed, 0}, kRows);
  return back == rows;
}

void test_rows_survive_the_way_through_either_layout() {
  CHECK(survives(Layout::rows));
  CHECK(survives(Layout::columns));
}

void test_a_column_holds_the_values_of_its_field() {
  const DtypeRef dtype = sample();
  const std::vector<ColumnPlace> packed = packed_places(*dtype);
  const BlockLayout block = block_layout(*dtype, Layout::columns, kRows).value();
  const std::vector<std::byte> rows = random_bytes(kRows * dtype->row_bytes());
  std::vector<std::byte> columns(block.bytes);
  copy_rows(*dtype, {rows.data(), &packed, 0}, {columns.data(), &block.columns, 0}, kRows);
  for (std::size_t k = 0; k < dtype->fields().size(); ++k) {
    const Field& field = dtype->fields()[k];
    for (std::uint64_t row = 0; row < kRows; ++row) {
      CHECK(std::memcmp(&columns[block.columns[k].offset + row * field.bytes()],
                        &rows[row * dtype->row_bytes() + field.offset], field.bytes()) == 0);
    }
  }
}

void test_only_packed_records_are_packed() {
  const DtypeRef dtype = sample();
  CHECK(are_packed_rows(*dtype, packed_places(*dtype)));
  CHECK(!are_packed_rows(*dtype, block_layout(*dtype, Layout::columns, 9).value().columns));
  // One field is the same in both layouts.
  const DtypeRef bare = Dtype::parse("f8[3]").value();
  CHECK(are_packed_rows(*bare, block_layout(*bare, Layout::columns, 9).value().columns));
}

void test_a_default_chunk_of_columns_is_bounded_by_the_widest_and_by_all() {
  const auto rows = [](const std::string& text) {
    return default_chunk_rows(*Dtype::parse(text).value(), Layout::columns);
  };
  CHECK_EQ(rows("chr:S10,pos:i4,pct:f4,c:i4,t:i4"), 102'400U);  // 25 pages' worth below 1 MiB
  CHECK_EQ(rows("a:i1,b:i1"), 1'048'576U);
  std::string wide = "f0:f8";
  for (int i = 1; i < 1000; ++i) wide += ",f" + std::to_string(i) + ":f8";
  CHECK_EQ(rows(wide), 1'048U);
  CHECK_EQ(rows("image:f4[721,1440],t:i8"), 1U);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rows_survive_the_way_through_either_layout),
      CHECK_TEST(test_a_column_holds_the_values_of_its_field),
      CHECK_TEST(test_only_packed_records_are_packed),
      CHECK_TEST(test_a_default_chunk_of_columns_is_bounded_by_the_widest_and_by_all),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
