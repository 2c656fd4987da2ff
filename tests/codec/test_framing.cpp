// The framing of .npy and zip files: what is taken, what is refused, and that no change to it is
// taken for more than it holds.
#include <cstdio>

#include "codec/decoding.hpp"
#include "support/framing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Result<codec::NpyHeader> parsed(const std::string& dictionary) {
  return codec::parse_npy_header(bytes_of(npy_header(dictionary)));
}

void test_a_header_of_npy_is_read_in_any_order_of_its_keys() {
  const auto header = parsed(
      "{ 'shape': (7, 3), \"descr\" : [('a,}', '<i4'), ('it\\'s', '>f8', (2, 3))], "
      "'fortran_order':True}");
  REQUIRE(header.is_ok());
  CHECK(header.value().descr == "[('a,}', '<i4'), ('it\\'s', '>f8', (2, 3))]");
  CHECK(header.value().fortran_order);
  CHECK(header.value().shape == (std::vector<std::uint64_t>{7, 3}));
  CHECK_EQ(header.value().data_offset % 64, 0U);
  const auto scalar = parsed("{'descr': '<f8', 'fortran_order': False, 'shape': (), }");
  REQUIRE(scalar.is_ok());
  CHECK(scalar.value().shape.empty() && scalar.value().descr == "'<f8'");
  CHECK(parsed("{'descr': '<f8', 'fortran_order': False, 'shape': (5L,), }").is_ok());
}

void test_a_header_of_npy_that_is_none_is_refused() {
  const char* const wrong[] = {
      "",
      "{",
      "{}",
      "{'descr': '<f8', 'fortran_order': False}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'shape': (2,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}",
      "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1 2)}",
      "{'descr': '<f8, 'fortran_order': False, 'shape': (1,)}",
      "{'descr': [('a', '<f8'), 'fortran_order': False, 'shape': (1,)}",
      "{'descr': , 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} more",
      "{'descr': '<f8' 'fortran_order': False, 'shape': (1,)}",
  };
  for (const char* dictionary : wrong) {
    const auto header = parsed(dictionary);
    if (!CHECK(header.code() == FOREBAY_E_FORMAT)) std::fprintf(stderr, "%s\n", dictionary);
  }
  std::string long_one("\x93NUMPY\x02\0", 8);
  long_one += little(UINT32_MAX, 4);
  CHECK_EQ(codec::npy_header_bytes(bytes_of(long_one)).code(), FOREBAY_E_LIMIT);
}

struct Unpacked {
  std::string bytes;
  Code code = FOREBAY_OK;
};

// The first member, as the child reads it.
Unpacked unpack_first(const std::string& file) {
  const std::size_t tail = std::min(file.size(), codec::kZipTail);
  const auto directory =
      codec::find_zip_directory(bytes_of(file.substr(file.size() - tail)), file.size());
  if (!directory.is_ok()) return {"", directory.code()};
  const auto& place = directory.value();
  const auto members =
      codec::parse_zip_directory(bytes_of(file.substr(static_cast<std::size_t>(place.offset),
                                                      static_cast<std::size_t>(place.bytes))),
                                 place);
  if (!members.is_ok()) return {"", members.code()};
  if (members.value().empty()) return {"", FOREBAY_NONE};
  const codec::ZipMember& member = members.value().front();
  if (member.header_offset > file.size()) return {"", FOREBAY_E_FORMAT};
  const auto begin = codec::zip_data_offset(
      bytes_of(file.substr(static_cast<std::size_t>(member.header_offset), codec::kZipLocalHeader)),
      member, place);
  if (!begin.is_ok()) return {"", begin.code()};
  const auto packed = bytes_of(file.substr(static_cast<std::size_t>(begin.value()),
                                           static_cast<std::size_t>(member.packed_bytes)));
  CHECK_EQ(packed.size(), member.packed_bytes);
  auto decoder = codec::make_zip_decoder(member, begin.value());
  Unpacked out;
  std::span<const std::byte> in(packed);
  for (;;) {
    std::vector<std::byte> room(97);
    auto progress = decoder->decode(in.first(std::min<std::size_t>(in.size(), 61)), room);
    if (!progress.is_ok()) return {out.bytes, progress.code()};
    in = in.subspan(progress->consumed);
    out.bytes.append(reinterpret_cast<const char*>(room.data()), progress->produced);
    if (progress->consumed == 0 && progress->produced == 0) break;
  }
  out.code = decoder->finish().code();
  return out;
}

void test_stored_and_deflated_members_come_whole() {
  const std::string text = random_rows(2000);
  for (const bool is_deflated : {false, true}) {
    const std::string file = pack_zip({{"a.npy", text, is_deflated}, {"b.npy", "x", !is_deflated}});
    const Unpacked got = unpack_first(file);
    CHECK_EQ(got.code, FOREBAY_OK);
    CHECK(got.bytes == text);
    CHECK(input_format_of(std::as_bytes(std::span(file))) == InputFormat::npz);
  }
  CHECK_EQ(unpack_first(pack_zip({{"a.npy", "", true}})).code, FOREBAY_OK);
  CHECK_EQ(unpack_first(pack_zip({})).code, FOREBAY_NONE);
}

void test_no_part_of_a_zip_file_is_taken_for_the_whole() {
  const std::string file = pack_zip({{"a.npy", random_rows(300), true}});
  for (std::size_t size = 0; size < file.size(); ++size)
    CHECK(unpack_first(file.substr(0, size)).code < 0);
}

void test_random_changes_to_a_zip_file_never_give_other_bytes_in_silence() {
  std::minstd_rand random(29);
  const std::string text = random_rows(600);
  for (int round = 0; round < 6000; ++round) {
    std::string file = pack_zip({{"a.npy", text, round % 2 == 0}});
    const std::size_t frame = file.size() - 100;
    for (unsigned i = 0; i <= random() % 3; ++i) {
      const std::size_t at = random() % 2 == 0 ? frame + random() % 100 : random() % file.size();
      constexpr unsigned char kEdges[] = {0, 1, 0x7f, 0x80, 0xff};
      file[at] = static_cast<char>(random() % 2 == 0 ? kEdges[random() % 5] : random() % 256);
    }
    const Unpacked got = unpack_first(file);
    if (got.code == FOREBAY_OK && !CHECK(got.bytes == text))
      std::fprintf(stderr, "seed 29, round %d\n", round);
  }
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_header_of_npy_is_read_in_any_order_of_its_keys),
      CHECK_TEST(test_a_header_of_npy_that_is_none_is_refused),
      CHECK_TEST(test_stored_and_deflated_members_come_whole),
      CHECK_TEST(test_no_part_of_a_zip_file_is_taken_for_the_whole),
      CHECK_TEST(test_random_changes_to_a_zip_file_never_give_other_bytes_in_silence),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
