#include <vector>

#include "text/parsing.hpp"

// Last: CMocka defines macros such as fail().
#include "support/check.hpp"
#include "text/every_kernel.hpp"

using namespace forebay::test;

namespace {

const std::vector<std::string> kNames = {"chr", "pos", "a,b", "7", "x", "x"};

// The plan as numbers, '.' for a skipped column, '!' when exact; or the code and message.
std::string plan_of(std::string_view chosen, const char* dtype,
                    const std::vector<std::string>& names = {}) {
  auto plan = text::plan_columns(chosen, names, *dtype_of(dtype));
  if (!plan.is_ok()) return std::to_string(plan.code()) + " " + plan.status().message();
  std::string out;
  for (const std::int64_t scalar : plan->scalar_of_column)
    out += scalar == text::ColumnPlan::kSkip ? "." : std::to_string(scalar);
  return out + (plan->exact ? "!" : "");
}

void test_choices_become_plans() {
  CHECK_EQ(plan_of("", "a:i4,b:f4[3]"), std::string("0123!"));
  CHECK_EQ(plan_of("  ", "i4"), std::string("0!"));
  CHECK_EQ(plan_of("1,2", "a:i4,b:i4"), std::string("01"));
  CHECK_EQ(plan_of(" 5 , 2-4,1", "i4[5]"), std::string("41230"));
  CHECK_EQ(plan_of("3,1", "a:i4,b:i4"), std::string("1.0"));
  CHECK_EQ(plan_of("pos,chr", "a:i4,b:i4", kNames), std::string("10....!"));
  CHECK_EQ(plan_of("\"a,b\" , \"7\",4", "i4[2]", kNames).substr(0, 3), std::string("-10"));
  CHECK_EQ(plan_of("\"a,b\" , \"7\"", "i4[2]", kNames), std::string("..01..!"));
  CHECK_EQ(plan_of("\"say \"\"x\"\"\"", "i4", {"say \"x\""}), std::string("0!"));
  CHECK_EQ(plan_of("2", "i4", kNames), std::string(".0"));
  // R leaves out the name of the column of row names.
  CHECK_EQ(plan_of("7", "i4", kNames), std::string("......0"));
}

struct WrongChoice {
  const char* chosen;
  const char* dtype;
  const char* message;
};

void test_wrong_choices_name_the_entry() {
  const WrongChoice cases[] = {
      {"0", "i4", "-10 columns: \"0\" counts from 0; columns count from 1"},
      {"5-3", "i4[3]", "-10 columns: \"5-3\" runs backwards; write the lower number first"},
      {"1,,2", "i4[2]",
       "-10 columns: an entry is empty; write numbers from 1, ranges as 3-26 or names, separated "
       "by commas"},
      {"1,", "i4",
       "-10 columns: an entry is empty; write numbers from 1, ranges as 3-26 or names, separated "
       "by commas"},
      {"1,2", "i4", "-10 columns: 2 chosen, the dtype has 1 value in a row; choose as many"},
      {"1-2", "i4[3]", "-10 columns: 2 chosen, the dtype has 3 values in a row; choose as many"},
      {"2,1-3", "i4[4]",
       "-10 columns: \"1-3\" chooses column 2 a second time; a column goes to one value"},
      {"99999999999999999999", "i4",
       "-10 columns: \"99999999999999999999\" is beyond column 10000000, the last that can be "
       "chosen"},
      {"1-99999999999999999999", "i4",
       "-10 columns: \"1-99999999999999999999\" is beyond column 10000000, the last that can be "
       "chosen"},
      {"start", "i4",
       "-43 columns: \"start\" is not in the header; it has \"chr\", \"pos\", \"a,b\", \"7\", "
       "\"x\", \"x\""},
      {"x", "i4",
       "-43 columns: \"x\" is in the header more than once, as column 5 and 6; use the number"},
      {"8", "i4",
       "-43 columns: \"8\" is beyond the last of 6 columns; the header has \"chr\", \"pos\", "
       "\"a,b\", \"7\", \"x\", \"x\""},
      {"\"chr", "i4",
       "-10 columns: \"\"chr\" has quotes that do not enclose a name; close them before the comma"},
      {"\"chr\"x", "i4",
       "-10 columns: \"\"chr\"x\" has quotes that do not enclose a name; close them before the "
       "comma"},
  };
  for (const WrongChoice& item : cases)
    CHECK_EQ(plan_of(item.chosen, item.dtype, kNames), std::string(item.message));
  CHECK_EQ(
      plan_of("chr", "i4"),
      std::string("-43 columns: \"chr\" is a name, and the file has no header line; use numbers"));
}

void test_what_needs_no_header_is_checked_before() {
  text::Dialect dialect;
  const auto code = [&](const char* chosen, const char* dtype) {
    return check_columns_option(chosen, dialect, *dtype_of(dtype)).code();
  };
  CHECK_EQ(code("", "i4"), FOREBAY_OK);
  CHECK_EQ(code("2,5-6", "i4[3]"), FOREBAY_OK);
  CHECK_EQ(code("2,5-6", "i4[4]"), FOREBAY_E_ARGUMENT);
  CHECK_EQ(code("2,2", "i4[2]"), FOREBAY_E_ARGUMENT);
  CHECK_EQ(code("pos", "i4"), FOREBAY_E_ARGUMENT);
  CHECK_EQ(code("x-3", "i4"), FOREBAY_E_ARGUMENT);
  dialect.has_header = true;
  CHECK_EQ(code("pos", "i4"), FOREBAY_OK);
  CHECK_EQ(code("pos,1", "i4"), FOREBAY_E_ARGUMENT);
  CHECK_EQ(code("0", "i4"), FOREBAY_E_ARGUMENT);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_choices_become_plans),
      CHECK_TEST(test_wrong_choices_name_the_entry),
      CHECK_TEST(test_what_needs_no_header_is_checked_before),
  };
  return run_with_every_kernel(tests);
}
