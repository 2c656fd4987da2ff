// What the tests of bad rows share: texts with bad rows among good ones, and what a policy must
// make of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "loader/loading.hpp"

namespace forebay::test {

using core::Code;
using core::ErrorDetail;
using core::OnError;
using core::Reject;

constexpr char kDtype[] = "name:S8,number:i4,value:f8";
constexpr std::uint64_t kRowBytes = 20;

struct Expected {
  Code code;
  std::uint64_t line;
  std::uint64_t byte;
  std::uint32_t column;
  std::uint64_t rows_before;
};

// A text with bad rows among good ones, and what a policy must make of it.
struct Input {
  OnError policy = OnError::skip;
  std::string end = "\n";
  std::string text{};
  std::string rows{};
  std::vector<Expected> rejects{};
  std::uint64_t skipped = 0;
  std::uint64_t line = 1;

  void reject(Code code, std::size_t at, std::uint64_t lines, std::uint32_t column) {
    rejects.push_back({code, line + lines, text.size() + at, column, rows.size() / kRowBytes});
  }
  void row(const std::string& name, std::int32_t number, double value) {
    char bytes[kRowBytes] = {};
    std::memcpy(bytes, name.data(), name.size());
    std::memcpy(bytes + 8, &number, sizeof(number));
    std::memcpy(bytes + 12, &value, sizeof(value));
    rows.append(bytes, sizeof(bytes));
  }
  void write(const std::string& record) {
    text += record + end;
    line += static_cast<std::uint64_t>(std::count(record.begin(), record.end(), '\n')) + 1;
  }
  [[nodiscard]] bool fills() const { return policy == OnError::null; }
};

constexpr std::int32_t kNone = INT32_MIN;

inline void add_good(Input& input, std::int32_t i) {
  input.row("n" + std::to_string(i % 1000), i, i / 4.0);
  input.write("n" + std::to_string(i % 1000) + "," + std::to_string(i) + "," +
              std::to_string(i / 4.0));
}

// One bad record of the given kind.
inline void add_bad(Input& input, unsigned kind, std::int32_t i) {
  const std::string number = std::to_string(i);
  switch (kind) {
    case 0:  // a number that is none
      input.reject(FOREBAY_E_VALUE, 2, 0, 2);
      if (input.fills()) input.row("a", kNone, 1.5);
      input.write("a," + number + "x,1.5");
      break;
    case 1:  // two bad fields: a reject each where they are filled, one where the row goes
      input.reject(FOREBAY_E_VALUE, 0, 0, 1);
      if (input.fills()) {
        input.reject(FOREBAY_E_VALUE, 12 + number.size(), 0, 3);
        input.row("", i, std::nan(""));
      }
      input.write("overlongtx," + number + ",nine");
      break;
    case 2:  // too few columns
      input.reject(FOREBAY_E_COLUMNS, 2 + number.size(), 0, 3);
      if (input.fills()) input.row("b", i, std::nan(""));
      input.write("b," + number);
      break;
    case 3:  // too many
      input.reject(FOREBAY_E_COLUMNS, 4 + number.size() + 1, 0, 4);
      input.write("c," + number + ",2,9");
      ++input.skipped;
      break;
    case 4:  // text behind a quoted field that spans lines
      input.reject(FOREBAY_E_FORMAT, 0, 0, 1);
      if (input.fills()) input.row("", i, 2.5);
      input.write("\"x\ny\"z," + number + ",2.5");
      break;
    case 5:  // a bad field behind a good one that spans lines
      input.reject(FOREBAY_E_VALUE, 6, 1, 2);
      if (input.fills()) input.row("p\nq", kNone, 0.5);
      input.write("\"p\nq\",oops,0.5");
      break;
    default:  // an empty one
      input.reject(FOREBAY_E_VALUE, 2, 0, 2);
      if (input.fills()) input.row("e", kNone, 3.5);
      input.write("e,,3.5");
  }
  if (!input.fills() && kind != 3) ++input.skipped;
}

// About one record in `rarity` is bad; some are blank or comments.
inline Input make_input(OnError policy, unsigned seed, std::int32_t records, unsigned rarity,
                        const char* end = "\n") {
  Input input;
  input.policy = policy;
  input.end = end;
  std::minstd_rand random(seed);
  for (std::int32_t i = 0; i < records; ++i) {
    const auto roll = random() % (2 * rarity);
    if (roll < 2) {
      add_bad(input, static_cast<unsigned>(random() % 7), i);
    } else if (roll == 2) {
      input.write(random() % 2 == 0 ? "" : "# no row");
    } else {
      add_good(input, i);
    }
  }
  return input;
}

inline LoaderOptions options_of(OnError policy, std::uint32_t children, std::uint64_t split_bytes,
                                std::uint64_t batch_rows = 500) {
  LoaderOptions options;
  options.on_error = policy;
  options.children = children;
  options.split_bytes = split_bytes;
  options.batch_rows = batch_rows;
  options.memory_bytes = 8U << 20U;
  options.delimiter = ',';
  options.quote = '"';
  options.comment = "#";
  options.keep_rejects = 100'000;
  return options;
}

inline std::string place_of(const Expected& reject) {
  return std::to_string(reject.code) + " " + std::to_string(reject.line) + ":" +
         std::to_string(reject.column) + ":" + std::to_string(reject.byte);
}

inline std::string place_of(const Reject& reject) {
  return place_of(Expected{reject.code, reject.line, reject.byte, reject.column, 0});
}

inline void check_rejects(const std::vector<Reject>& got, std::size_t from,
                          const std::vector<Expected>& wanted, std::size_t count,
                          std::uint32_t source, const std::string& what) {
  if (!check_that(got.size() >= from + count, "enough rejects", __FILE__, __LINE__, what)) return;
  for (std::size_t i = 0; i < count; ++i) {
    const Reject& reject = got[from + i];
    const std::string places = place_of(reject) + " not " + place_of(wanted[i]);
    if (!check_that(place_of(reject) == place_of(wanted[i]) && reject.source == source,
                    "a reject is at its place", __FILE__, __LINE__, what + ": " + places))
      return;
  }
}

inline void check_load(const Input& input, const Loaded& got, const std::string& what) {
  check_that(got.failures.empty(), "no source failed", __FILE__, __LINE__,
             what + (got.failures.empty() ? "" : ": " + got.failures[0].message()));
  check_that(got.bytes == input.rows, "rows are equal", __FILE__, __LINE__,
             what + ": " + std::to_string(got.rows) + " not " +
                 std::to_string(input.rows.size() / kRowBytes));
  check_that(got.rejects_total == input.rejects.size() && got.rejects.size() == got.rejects_total,
             "as many rejects", __FILE__, __LINE__,
             what + ": " + std::to_string(got.rejects_total) + " not " +
                 std::to_string(input.rejects.size()));
  check_rejects(got.rejects, 0, input.rejects, input.rejects.size(), 0, what);
  check_that(got.source_rejects[0].skipped == input.skipped, "as many rows passed over", __FILE__,
             __LINE__, what);
  check_that(got.stats.blocks_lent == 0, "no block is lent", __FILE__, __LINE__, what);
}

inline void check_arrays(const Loaded& got, std::uint64_t batch_rows, const std::string& what) {
  for (std::size_t i = 0; i + 1 < got.array_rows.size(); ++i) {
    if (!check_that(got.array_rows[i] == batch_rows, "an array is full", __FILE__, __LINE__, what))
      return;
  }
}

// Rows before reject number `allowed` (from 0), and the failure that names it.
inline void check_budget(const Input& input, const Loaded& got, std::uint64_t allowed,
                         const std::string& what) {
  const Expected& last = input.rejects[allowed];
  if (!check_that(got.failures.size() == 1, "the source failed", __FILE__, __LINE__, what)) return;
  const ErrorDetail& detail = got.failures[0].detail();
  check_that(got.failures[0].code() == last.code && detail.line == last.line &&
                 detail.byte == last.byte && detail.column == last.column,
             "the failure is at its place", __FILE__, __LINE__,
             what + ": " + got.failures[0].message() + " not " + place_of(last));
  check_that(
      detail.message.find("more than " + std::to_string(allowed) + " reject") != std::string::npos,
      "the failure names the budget", __FILE__, __LINE__, detail.message);
  check_that(
      got.rows == last.rows_before && input.rows.compare(0, got.bytes.size(), got.bytes) == 0,
      "the rows before it stand", __FILE__, __LINE__,
      what + ": " + std::to_string(got.rows) + " not " + std::to_string(last.rows_before));
  check_that(got.rejects_total == allowed, "as many rejects as allowed", __FILE__, __LINE__,
             what + ": " + std::to_string(got.rejects_total));
  check_rejects(got.rejects, 0, input.rejects, allowed, 0, what);
}

// The budget of a source, and that those behind it are loaded, by children that were at them
// already.
inline void check_budget_and_others(const Input& input, const std::string& path, const Input& other,
                                    const std::string& next, LoaderOptions options,
                                    const std::string& what) {
  check_budget(input, load({path}, kDtype, options), options.max_errors, what);
  options.memory_bytes = 200'000;
  const Loaded both = load({path, next, next}, kDtype, options);
  const std::uint64_t before = input.rejects[options.max_errors].rows_before;
  check_that(both.failures.size() == 1 && both.rows == before + 2 * (other.rows.size() / kRowBytes),
             "other sources are loaded", __FILE__, __LINE__, what);
}

class Fault {
 public:
  explicit Fault(const std::string& fault) { ::setenv("FOREBAY_TEST_FAULT", fault.c_str(), 1); }
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;
  ~Fault() { ::unsetenv("FOREBAY_TEST_FAULT"); }
};

}  // namespace forebay::test
