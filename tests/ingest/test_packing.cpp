// Chunks that children pack: the file is that of a parent which packs them itself.
#include <algorithm>
#include <cstring>

#include "codec/codec.hpp"
#include "ingest/ingest.hpp"
#include "store/rows.hpp"
#include "store/scratch.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr std::uint64_t kChunkRows = 500;

struct Load {
  std::vector<std::string> inputs{};
  std::uint32_t children = 2;
  OnError on_error = OnError::fail;
};

Result<std::unique_ptr<Loader>> open_loader(const Load& load, DtypeRef dtype = counted()) {
  LoaderOptions options;
  options.children = load.children;
  options.memory_bytes = 64U << 20U;
  options.split_bytes = 9'000;
  options.on_error = load.on_error;
  FOREBAY_TRY_ASSIGN(auto loader, Loader::open(std::move(dtype), options));
  for (const std::string& path : load.inputs) FOREBAY_TRY(loader->add_file(path, 0));
  return loader;
}

TableOptions options_of(const ChunkFilters& filters, Layout layout) {
  TableOptions options;
  options.chunk_rows = kChunkRows;
  options.filters = filters;
  options.layout = layout;
  return options;
}

// Bytes that the chunks of `rows` counted rows take when the table packs them itself.
std::uint64_t bytes_when_appended(const std::string& path, const TableOptions& options,
                                  std::uint64_t rows) {
  auto store = Store::open(path, {});
  if (!CHECK(store.is_ok())) return 0;
  auto table = (*store)->open_table("data", counted(), options);
  if (!CHECK(table.is_ok()) || !CHECK(append(**table, 0, rows).is_ok())) return 0;
  CHECK((*store)->commit().is_ok());
  const std::uint64_t bytes = (*table)->info().value().stored_bytes;
  CHECK((*store)->close().is_ok());
  return bytes;
}

const ChunkFilters kFilters[] = {{1, false, false}, {6, true, false},
                                 {1, true, true},   {0, false, true},
                                 {0, true, false},  {0, false, true, 0, false, 5}};

// Those that a build can have: with each compressor, with and without a checksum.
std::vector<ChunkFilters> damageable_filters() {
  std::vector<ChunkFilters> all;
  for (const bool sum : {false, true}) {
    for (const ChunkFilters& filters :
         {ChunkFilters{1, true, sum}, ChunkFilters{0, true, sum, 3},
          ChunkFilters{0, true, sum, 0, true}, ChunkFilters{0, false, sum, 0, false, 5}})
      if (codec::check_filters(filters).is_ok()) all.push_back(filters);
  }
  return all;
}

// A chunk that begins with `packed`, changed by `change`, is refused if it has a checksum.
template <typename Change>
void check_changed(const ChunkFilters& filters, const std::vector<std::byte>& packed,
                   std::size_t chunk_bytes, Change change) {
  std::vector<std::byte> chunk(chunk_bytes);
  std::copy(packed.begin(), packed.end(), chunk.begin());
  change(chunk);
  const auto bytes = static_cast<std::uint32_t>(packed.size());
  const forebay_status code = codec::unpack_chunk(filters, 12, {bytes, 0}, chunk).code();
  CHECK(code == FOREBAY_E_FORMAT || (code == FOREBAY_OK && !filters.fletcher32));
  CHECK_EQ(chunk.size(), chunk_bytes);
}

void check_damage(const ChunkFilters& filters) {
  std::vector<std::byte> rows = counted_rows(0, kChunkRows);
  auto encoder = codec::ChunkEncoder::make(filters, rows.size(), 12);
  if (!CHECK(encoder.is_ok())) return;
  auto encoded = encoder->encode(rows);
  if (!CHECK(encoded.is_ok()) || !CHECK_EQ(encoded->skipped, 0U)) return;
  const std::vector<std::byte> whole(encoded->bytes.begin(), encoded->bytes.end());
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const std::byte flip : {std::byte{0x41}, std::byte{0xff}, std::byte{0x80}})
      check_changed(filters, whole, rows.size(), [&](auto& chunk) { chunk[at] ^= flip; });
  // Sizes and offsets that lead elsewhere; a checksum would keep them from the compressor.
  for (std::size_t at = 0; !filters.fletcher32 && at + 4 <= std::min<std::size_t>(whole.size(), 64);
       ++at)
    for (const std::uint32_t word : {0U, 1U, 0x7fffffffU, 0x80000000U, 0xffffffffU})
      check_changed(filters, whole, rows.size(),
                    [&](auto& chunk) { std::memcpy(&chunk[at], &word, sizeof(word)); });
  for (std::uint32_t bytes = 1; bytes < whole.size(); bytes += 7) {
    std::vector<std::byte> chunk(rows.size());
    std::copy(whole.begin(), whole.end(), chunk.begin());
    CHECK_EQ(codec::unpack_chunk(filters, 12, {bytes, 0}, chunk).code(), FOREBAY_E_FORMAT);
  }
  const auto most = static_cast<std::uint32_t>(rows.size() + 1);
  CHECK_EQ(codec::unpack_chunk(filters, 12, {most, 0}, rows).code(), FOREBAY_E_FORMAT);
}

}  // namespace

static void test_a_file_packed_by_children_is_that_of_a_parent_that_packs() {
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    for (const ChunkFilters& filters : kFilters) {
      if (!codec::check_filters(filters).is_ok()) continue;  // a build without its library
      const Scratch scratch;
      const Load inputs{{scratch.path("one"), scratch.path("two"), scratch.path("three")}};
      write_file(inputs.inputs[0], counted_text(0, 7'300));
      write_file(inputs.inputs[1], counted_text(7'300, 11));
      write_file(inputs.inputs[2], counted_text(7'311, 2'700));
      const TableOptions options = options_of(filters, layout);
      const std::uint64_t wanted = bytes_when_appended(scratch.path("wanted.h5"), options, 10'011);
      for (const std::uint32_t children : {1U, 2U, 5U}) {
        const std::string path = scratch.path(std::to_string(children) + ".h5");
        auto store = Store::open(path, {});
        auto loader = open_loader({inputs.inputs, children});
        REQUIRE(store.is_ok() && loader.is_ok());
        auto table = (*store)->open_table("data", counted(), options);
        REQUIRE(table.is_ok());
        LoadResult result;
        CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_OK);
        REQUIRE((*store)->commit().is_ok());
        CHECK_EQ((*table)->rows(), 10'011U);
        CHECK(holds(**table, 0, 10'011));
        CHECK_EQ((*table)->info().value().stored_bytes, wanted);
        CHECK_EQ((*loader)->arena_stats().blocks_lent, 0U);
        CHECK((*store)->close().is_ok());
      }
    }
  }
}

static void test_full_blocks_come_packed_and_unpack_to_their_rows() {
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    const Scratch scratch;
    write_file(scratch.path("one"), counted_text(0, 5'000));
    auto loader = open_loader({{scratch.path("one")}});
    REQUIRE(loader.is_ok());
    const ChunkForm form{
        {1, true, true},
        layout == Layout::rows ? std::vector<std::uint32_t>{12} : std::vector<std::uint32_t>{4, 8}};
    REQUIRE((*loader)->use_grid(kChunkRows, 0, layout, form).is_ok());
    std::uint64_t packed = 0;
    for (std::uint64_t rows = 0; rows < 5'000;) {
      Array* array = nullptr;
      REQUIRE((*loader)->next(-1, &array).is_ok());
      if (!array->packed.chunks.empty()) {
        ++packed;
        CHECK_EQ(array->rows(), kChunkRows);
        CHECK_EQ(array->packed.chunks.size(), layout == Layout::rows ? 1U : 2U);
      }
      REQUIRE(unpack_array(*array).is_ok());
      CHECK(array->packed.chunks.empty());
      std::vector<std::byte> got(array->rows() * 12);
      const std::vector<ColumnPlace> to = packed_places(*counted());
      copy_rows(*counted(), {array->data(), &array->block_layout().columns, 0},
                {got.data(), &to, 0}, array->rows());
      CHECK(got == counted_rows(rows, array->rows()));
      rows += array->rows();
      array->release();
    }
    CHECK(packed > 0);
  }
}

// Rows that are passed over shift those behind them: chunks that were packed where a chunk of the
// table was thought to begin are taken apart again.
static void test_packed_chunks_that_bad_rows_have_shifted_are_joined_anew() {
  const Scratch scratch;
  Load load{{}, 5, OnError::skip};
  for (std::uint64_t i = 0; i < 4; ++i) {
    load.inputs.push_back(scratch.path("in" + std::to_string(i)));
    std::string text = counted_text(i * 2'000, 1'000) + "bad\trow\n";
    write_file(load.inputs.back(), text + counted_text(i * 2'000 + 1'000, 1'000) + "bad\n");
  }
  auto store = Store::open(scratch.path("a.h5"), {});
  auto loader = open_loader(load);
  REQUIRE(store.is_ok() && loader.is_ok());
  auto table = (*store)->open_table("data", counted(), options_of({1, true, true}, Layout::rows));
  REQUIRE(table.is_ok());
  LoadResult result;
  CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_OK);
  CHECK_EQ((*table)->rows(), 8'000U);
  CHECK(holds(**table, 0, 8'000));
  CHECK((*store)->close().is_ok());
}

static void test_chunks_that_do_not_shrink_are_stored_as_they_are() {
  const Scratch scratch;
  std::string text;
  std::uint64_t state = 88172645463325252U;
  std::vector<std::uint64_t> numbers;
  for (int i = 0; i < 2'000; ++i) {
    state ^= state << 13U, state ^= state >> 7U, state ^= state << 17U;
    numbers.push_back(state);
    text += std::to_string(state) + "\n";
  }
  write_file(scratch.path("one"), text);
  auto store = Store::open(scratch.path("a.h5"), {});
  auto loader = open_loader({{scratch.path("one")}}, parse("n:u8"));
  REQUIRE(store.is_ok() && loader.is_ok());
  auto table =
      (*store)->open_table("data", parse("n:u8"), options_of({9, false, true}, Layout::rows));
  REQUIRE(table.is_ok());
  LoadResult result;
  CHECK_EQ(append_loader(**table, **loader, -1, &result).code(), FOREBAY_OK);
  std::vector<std::uint64_t> got(numbers.size());
  CHECK((*table)->read(0, got.size(), reinterpret_cast<std::byte*>(got.data())).is_ok());
  CHECK(got == numbers);
  REQUIRE((*store)->commit().is_ok());
  CHECK_EQ((*table)->info().value().stored_bytes, 4 * (kChunkRows * 8 + 4));
  CHECK((*store)->close().is_ok());
}

static void test_a_damaged_packed_chunk_is_refused_or_gives_rows_of_the_right_length() {
  for (const ChunkFilters& filters : damageable_filters()) check_damage(filters);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_file_packed_by_children_is_that_of_a_parent_that_packs),
      CHECK_TEST(test_full_blocks_come_packed_and_unpack_to_their_rows),
      CHECK_TEST(test_packed_chunks_that_bad_rows_have_shifted_are_joined_anew),
      CHECK_TEST(test_chunks_that_do_not_shrink_are_stored_as_they_are),
      CHECK_TEST(test_a_damaged_packed_chunk_is_refused_or_gives_rows_of_the_right_length),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
