#include "dtype/dtype.hpp"
#include "support/check.hpp"

using namespace forebay::core;

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMaxBlock = std::uint64_t{1} << 48;

DtypeRef sample() {
  return Dtype::parse("chr:S10,pos:i4,t:f8[3]").value();
}

void test_rows_are_packed_and_the_block_is_whole_pages() {
  const DtypeRef dtype = sample();
  const auto layout = block_layout(*dtype, Layout::rows, 1000);
  REQUIRE(layout.is_ok());
  CHECK_EQ(layout.value().bytes, 40960U);  // 38,000 bytes in pages
  const std::uint64_t offsets[] = {0, 10, 14};
  REQUIRE(layout.value().columns.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK_EQ(layout.value().columns[i].offset, offsets[i]);
    CHECK_EQ(layout.value().columns[i].stride, 38U);
  }
}

void test_rows_that_fill_pages_exactly_get_no_page_more() {
  const auto dtype = Dtype::parse("f8[512]");
  REQUIRE(dtype.is_ok());
  for (const Layout kind : {Layout::rows, Layout::columns}) {
    const auto layout = block_layout(*dtype.value(), kind, 3);
    REQUIRE(layout.is_ok());
    CHECK_EQ(layout.value().bytes, 3 * kPage);
  }
}

void test_each_column_begins_on_a_page_of_its_own() {
  const DtypeRef dtype = sample();
  const auto layout = block_layout(*dtype, Layout::columns, 1000);
  REQUIRE(layout.is_ok());
  const std::vector<ColumnPlace>& columns = layout.value().columns;
  REQUIRE(columns.size() == 3);
  const std::uint64_t strides[] = {10, 4, 24};
  const std::uint64_t pages[] = {3, 1, 6};
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK_EQ(columns[i].offset, offset);
    CHECK_EQ(columns[i].stride, strides[i]);
    offset += pages[i] * kPage;
  }
  CHECK_EQ(layout.value().bytes, offset);
}

void test_columns_never_overlap_and_stay_inside() {
  const DtypeRef dtype = sample();
  for (std::uint64_t capacity = 1; capacity < 3000; capacity += 37) {
    const auto layout = block_layout(*dtype, Layout::columns, capacity);
    REQUIRE(layout.is_ok());
    std::uint64_t end = 0;
    for (const ColumnPlace& column : layout.value().columns) {
      CHECK(column.offset >= end && column.offset % kPage == 0);
      end = column.offset + capacity * column.stride;
    }
    CHECK(end <= layout.value().bytes && layout.value().bytes % kPage == 0);
  }
}

void test_no_rows_need_no_bytes() {
  const DtypeRef dtype = sample();
  for (const Layout kind : {Layout::rows, Layout::columns}) {
    const auto layout = block_layout(*dtype, kind, 0);
    REQUIRE(layout.is_ok());
    CHECK_EQ(layout.value().bytes, 0U);
    CHECK_EQ(layout.value().columns.size(), 3U);
  }
}

void test_blocks_past_48_bits_are_refused() {
  const DtypeRef byte = Dtype::parse("u1").value();
  for (const Layout kind : {Layout::rows, Layout::columns}) {
    const auto largest = block_layout(*byte, kind, kMaxBlock);
    REQUIRE(largest.is_ok());
    CHECK_EQ(largest.value().bytes, kMaxBlock);
    CHECK_EQ(block_layout(*byte, kind, kMaxBlock + 1).code(), FOREBAY_E_LIMIT);
    CHECK_EQ(block_layout(*sample(), kind, UINT64_MAX).code(), FOREBAY_E_LIMIT);
    CHECK_EQ(block_layout(*sample(), kind, UINT64_MAX / 38 + 1).code(), FOREBAY_E_LIMIT);
  }
  // Each column fits, both together do not.
  const DtypeRef pair = Dtype::parse("a:u1,b:u1").value();
  CHECK_EQ(block_layout(*pair, Layout::columns, kMaxBlock / 2 + 1).code(), FOREBAY_E_LIMIT);
  CHECK(block_layout(*pair, Layout::columns, kMaxBlock / 2).is_ok());
}

void test_an_unknown_layout_is_an_error() {
  CHECK_EQ(block_layout(*sample(), static_cast<Layout>(9), 1).code(), FOREBAY_E_ARGUMENT);
}

void test_a_default_chunk_is_about_1_mib_in_whole_pages_where_that_is_cheap() {
  CHECK_EQ(default_chunk_rows(*Dtype::parse("u1").value()), 1048576U);
  CHECK_EQ(default_chunk_rows(*Dtype::parse("chr:S10,pos:i4,pct:f4,c:i4,t:i4").value()), 38912U);
  CHECK_EQ(38912U * 26 % 4096, 0U);
  CHECK_EQ(default_chunk_rows(*Dtype::parse("u1[123]").value()), 8192U);
  // Whole pages would leave a quarter of the MiB: not worth it.
  CHECK_EQ(default_chunk_rows(*Dtype::parse("u1[193]").value()), 1048576U / 193);
  CHECK_EQ(default_chunk_rows(*Dtype::parse("f8[131072]").value()), 1U);
  CHECK_EQ(default_chunk_rows(*Dtype::parse("f8[131073]").value()), 1U);
  CHECK_EQ(default_chunk_rows(*Dtype::parse("f4[721,1440]").value()), 1U);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rows_are_packed_and_the_block_is_whole_pages),
      CHECK_TEST(test_rows_that_fill_pages_exactly_get_no_page_more),
      CHECK_TEST(test_each_column_begins_on_a_page_of_its_own),
      CHECK_TEST(test_columns_never_overlap_and_stay_inside),
      CHECK_TEST(test_no_rows_need_no_bytes),
      CHECK_TEST(test_blocks_past_48_bits_are_refused),
      CHECK_TEST(test_an_unknown_layout_is_an_error),
      CHECK_TEST(test_a_default_chunk_is_about_1_mib_in_whole_pages_where_that_is_cheap),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
