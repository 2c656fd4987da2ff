#include <string>

#include "base/base.hpp"
#include "support/packing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

InputFormat format_of(std::string_view bytes) {
  return input_format_of(std::as_bytes(std::span(bytes)));
}

void test_each_format_is_known_by_its_first_bytes() {
  for (const InputFormat format : {InputFormat::zstd, InputFormat::bzip2, InputFormat::xz}) {
    for (const char* text : {"", "chr22\t1\n"}) {
      const std::string packed = pack(format, text);
      CHECK(format_of(packed) == format);
      CHECK(format_of(packed.substr(0, kInputFormatBytes)) == format);
    }
  }
  for (const int level : {1, 5, 9})
    CHECK(format_of(pack_bzip2("1\n", level)) == InputFormat::bzip2);
  CHECK(format_of("\x1f\x8b\x08\x04") == InputFormat::gzip);
  CHECK(format_of("\x1f\x8b") == InputFormat::gzip);
  CHECK(format_of("\x50\x2a\x4d\x18") == InputFormat::zstd);
  CHECK(format_of("\x5f\x2a\x4d\x18") == InputFormat::zstd);
}

void test_what_only_begins_like_a_format_is_plain() {
  for (const char* text : {"", "\x1f", "chr22\t1", "BZh9", "BZh91AY&SX", "BZhello world\n", "P*M\n",
                           "\x28\xb5\x2f", "\xfd\x37zXY", "\x60\x2a\x4d\x18", "7zXZ"})
    CHECK(format_of(text) == InputFormat::plain);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_each_format_is_known_by_its_first_bytes),
      CHECK_TEST(test_what_only_begins_like_a_format_is_plain),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
