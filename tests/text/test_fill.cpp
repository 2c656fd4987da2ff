// The value that stands for none, type by type and in both byte orders.
#include <cmath>
#include <cstring>

#include "text/fill_value.hpp"
#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"

using namespace forebay::test;

namespace {

// As a number of a big-endian type, so that the text does not depend on the machine.
std::string fill_hex(const char* type) {
  const DtypeRef dtype = dtype_of(type);
  std::string out;
  if (!dtype) return out;
  for (const std::byte byte : text::fill_bytes(dtype->fields().front())) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(byte));
    out += digits;
  }
  return out;
}

void test_each_type_has_its_fill() {
  CHECK_EQ(fill_hex("i1"), std::string("80"));
  CHECK_EQ(fill_hex(">i2"), std::string("8000"));
  CHECK_EQ(fill_hex("<i4"), std::string("00000080"));
  CHECK_EQ(fill_hex(">i8"), std::string("8000000000000000"));
  CHECK_EQ(fill_hex("u1"), std::string("ff"));
  CHECK_EQ(fill_hex("<u8"), std::string("ffffffffffffffff"));
  CHECK_EQ(fill_hex("?"), std::string("00"));
  CHECK_EQ(fill_hex("S3"), std::string("000000"));
  CHECK_EQ(fill_hex(">M8[ns]"), std::string("8000000000000000"));
  CHECK_EQ(fill_hex(">f4"), std::string("7fc00000"));
  CHECK_EQ(fill_hex("<f8"), std::string("000000000000f87f"));
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {CHECK_TEST(test_each_type_has_its_fill)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
