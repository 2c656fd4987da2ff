#include "base/base.hpp"
#include "support/check.hpp"

#include <cerrno>

using namespace forebay::core;

static Result<int> half(int value) {
  if (value % 2 != 0) return Status(FOREBAY_E_VALUE, "odd");
  return value / 2;
}

static Status quarter(int value, int* out) {
  FOREBAY_TRY_ASSIGN(const int once, half(value));
  FOREBAY_TRY_ASSIGN(*out, half(once));
  return Status::ok();
}

static void test_try_passes_values_and_failures_on() {
  int out = 0;
  CHECK(quarter(8, &out).is_ok());
  CHECK_EQ(out, 2);
  CHECK_EQ(quarter(6, &out).code(), FOREBAY_E_VALUE);
  CHECK_EQ(out, 2);
}

static void test_errno_status_names_path_and_cause() {
  const Status status = errno_status("open", "/no/such", ENOENT);
  CHECK_EQ(status.code(), FOREBAY_E_NOT_FOUND);
  CHECK_EQ(status.detail().os_errno, ENOENT);
  CHECK_EQ(status.message(), std::string("cannot open /no/such: No such file or directory"));
  CHECK_EQ(status.clone().message(), status.message());
}

static void test_checked_arithmetic_reports_overflow() {
  CHECK(!checked_add(UINT64_MAX, 1));
  CHECK_EQ(*checked_add(UINT64_MAX, 0), UINT64_MAX);
  CHECK(!checked_mul(UINT64_MAX / 2, 3));
  CHECK_EQ(*checked_mul(0, UINT64_MAX), 0U);
  CHECK(range_inside(0, 0, 0));
  CHECK(!range_inside(UINT64_MAX, 2, 10));
  CHECK(!range_inside(9, 2, 10));
  CHECK_EQ(divide_up(UINT64_MAX, 2), UINT64_MAX / 2 + 1);
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_try_passes_values_and_failures_on),
      CHECK_TEST(test_errno_status_names_path_and_cause),
      CHECK_TEST(test_checked_arithmetic_reports_overflow),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
