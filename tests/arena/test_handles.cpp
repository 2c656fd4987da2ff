// include/forebay/arena.h and array.h, as a C program uses them.
#include <cstring>
#include <thread>

#include "forebay/forebay.h"
#include "platform/resource_counts.hpp"
#include "support/check.hpp"

using forebay::test::count_resources;

static forebay_dtype* parse(const char* text) {
  forebay_dtype* dtype = nullptr;
  forebay_dtype_parse(text, &dtype, nullptr);
  return dtype;
}

static void test_an_array_is_leased_filled_and_used_after_close() {
  const auto before = count_resources();
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype* dtype = parse("name:S10,pos:<i4,xy:f8[2]");
  forebay_arena* arena = nullptr;
  forebay_array* array = nullptr;
  CHECK_EQ(forebay_arena_open(1U << 20U, &arena, &err), FOREBAY_OK);
  CHECK_EQ(forebay_array_lease(arena, dtype, 1000, &array, &err), FOREBAY_OK);
  forebay_dtype_free(dtype);
  forebay_arena_close(arena);

  forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
  CHECK_EQ(forebay_array_view_get(array, &view, &err), FOREBAY_OK);
  CHECK(view.layout == FOREBAY_ARRAY_ROWS && view.rows == 0 && view.capacity == 1000);
  CHECK(view.row_bytes == 30 && view.fields == 3 && view.source == FOREBAY_NO_SOURCE);
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(view.data) % 4096, 0U);
  std::memset(view.data, 'x', view.capacity * view.row_bytes);
  CHECK_EQ(forebay_array_set_rows(array, 1001, &err), FOREBAY_E_ARGUMENT);
  CHECK(std::strstr(err.message, "1001 rows") != nullptr);
  CHECK_EQ(forebay_array_set_rows(array, 1000, &err), FOREBAY_OK);

  forebay_array_column column{};
  column.struct_size = sizeof(column);
  CHECK_EQ(forebay_array_column_get(array, 1, &column, &err), FOREBAY_OK);
  CHECK(static_cast<char*>(column.data) == static_cast<char*>(view.data) + 10);
  CHECK(column.stride == 30 && column.validity == nullptr && column.heap == nullptr);
  CHECK_EQ(forebay_array_column_get(array, 3, &column, &err), FOREBAY_NONE);
  CHECK_EQ(std::string(forebay_dtype_text(forebay_array_dtype(array))).substr(0, 8),
           std::string("name:S10"));

  forebay_array* second = forebay_array_retain(array);
  CHECK(second == array);
  std::thread([second] { forebay_array_release(second); }).join();
  CHECK_EQ(forebay_array_view_get(array, &view, &err), FOREBAY_OK);
  CHECK_EQ(view.rows, 1000U);
  CHECK_EQ(static_cast<char*>(view.data)[29'999], 'x');
  forebay_array_release(array);
  CHECK(count_resources() == before);
}

static void test_counters_and_the_quota_show_through() {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype* dtype = parse("u1");
  forebay_arena* arena = nullptr;
  forebay_array* all = nullptr;
  forebay_array* more = nullptr;
  CHECK_EQ(forebay_arena_open(65536, &arena, &err), FOREBAY_OK);
  CHECK_EQ(forebay_array_lease(arena, dtype, 65537, &all, &err), FOREBAY_E_ARGUMENT);
  CHECK(std::strstr(err.message, "quota of 65536 bytes") != nullptr);
  CHECK_EQ(forebay_array_lease(arena, dtype, UINT64_MAX, &all, &err), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_array_lease(arena, dtype, 65536, &all, &err), FOREBAY_OK);
  CHECK_EQ(forebay_array_lease(arena, dtype, 1, &more, &err), FOREBAY_E_FULL);
  CHECK(more == nullptr);
  CHECK_EQ(err.code, FOREBAY_E_FULL);
  forebay_array_release(all);
  CHECK_EQ(forebay_array_lease(arena, dtype, 0, &more, &err), FOREBAY_OK);
  forebay_arena_stats stats = FOREBAY_ARENA_STATS_INIT;
  CHECK_EQ(forebay_arena_stats_get(arena, &stats, &err), FOREBAY_OK);
  CHECK(stats.segments == 1 && stats.quota == 65536 && stats.reserved == 4096);
  CHECK(stats.lent == 4096 && stats.high_water == 65536 && stats.blocks_lent == 1);
  CHECK(stats.blocks_recycled == 0 && stats.bytes_copied == 0);
  // A caller built against a shorter struct gets what it has room for.
  forebay_arena_stats shorter = FOREBAY_ARENA_STATS_INIT;
  shorter.struct_size = 16;
  shorter.reserved = 77;
  CHECK_EQ(forebay_arena_stats_get(arena, &shorter, &err), FOREBAY_OK);
  CHECK(shorter.quota == 65536 && shorter.reserved == 77 && shorter.struct_size == 16);
  forebay_array_release(more);
  forebay_arena_close(arena);
  forebay_dtype_free(dtype);
}

static void test_wrong_arguments_are_codes() {
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_arena* arena = nullptr;
  forebay_array* array = nullptr;
  forebay_array_view view{};
  CHECK_EQ(forebay_arena_open(4095, &arena, &err), FOREBAY_E_ARGUMENT);
  CHECK(arena == nullptr);
  CHECK_EQ(forebay_arena_open(4096, nullptr, &err), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_array_lease(nullptr, nullptr, 1, &array, &err), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_array_view_get(nullptr, &view, &err), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_array_column_get(nullptr, 0, nullptr, &err), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_array_set_rows(nullptr, 0, &err), FOREBAY_E_ARGUMENT);
  CHECK_EQ(forebay_arena_stats_get(nullptr, nullptr, nullptr), FOREBAY_E_ARGUMENT);
  CHECK(forebay_array_dtype(nullptr) == nullptr);
  CHECK(forebay_array_retain(nullptr) == nullptr);
  forebay_array_release(nullptr);
  forebay_arena_close(nullptr);

  forebay_dtype* dtype = parse("u1");
  CHECK_EQ(forebay_arena_open(4096, &arena, &err), FOREBAY_OK);
  CHECK_EQ(forebay_array_lease(arena, dtype, 1, &array, &err), FOREBAY_OK);
  CHECK_EQ(forebay_array_view_get(array, &view, &err), FOREBAY_E_ARGUMENT);  // no struct_size
  CHECK_EQ(forebay_array_view_get(array, nullptr, &err), FOREBAY_E_ARGUMENT);
  forebay_array_release(array);
  forebay_arena_close(arena);
  forebay_dtype_free(dtype);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_an_array_is_leased_filled_and_used_after_close),
      CHECK_TEST(test_counters_and_the_quota_show_through),
      CHECK_TEST(test_wrong_arguments_are_codes),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
