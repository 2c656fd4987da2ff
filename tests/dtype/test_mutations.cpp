// Random changes to valid dtypes: nothing crashes, each refusal says where, and whatever is
// accepted prints and parses back.
#include <algorithm>
#include <iterator>
#include <random>

#include "dtype/dtype.hpp"
#include "support/check.hpp"

using namespace forebay::core;

namespace {

constexpr std::uint64_t kSeed = 20240611;
constexpr int kRounds = 60000;

const char* const kTexts[] = {
    "chr:S10,pos:i4,pct:f4,c:i4,t:i4",
    "t:f4[24],m:>f8[3,4],w:M8[ns][2],ok:?,u:<u8",
    "f4[721,1440]",
    ">M8[us]",
    "\"my \\\"name\\x07\":u1,'it\\'s':u2,gr\xC3\xBCn:S3",
};
const char* const kDescrs[] = {
    "[('chr', '|S10'), ('pos', '<i4'), ('t', '<f4', (24,)), ('m', '>f8', (3, 4))]",
    "[('it\\'s', '|b1'), (\"q\", '<M8[ns]', (2,))]",
    "('<f4', (721, 1440))",
    "'<f8'",
};
const char* const kPieces[] = {":",
                               ",",
                               "[",
                               "]",
                               "(",
                               ")",
                               "'",
                               "\"",
                               "\\",
                               "<",
                               ">",
                               "=",
                               "|",
                               " ",
                               "\n",
                               "0",
                               "1",
                               "4294967296",
                               "S",
                               "i4",
                               "a",
                               "f8",
                               "M8",
                               "[ns]",
                               "?",
                               "\xC3",
                               "\xBC",
                               "\\u00e9",
                               "\\x00",
                               "a:i4,",
                               "('a', '<i4'), "};

class Mutator {
 public:
  Mutator() : random_(kSeed) {}

  std::string operator()(std::string text) {
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(&text);
    return text;
  }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

 private:
  void change(std::string* text) {
    const std::size_t at = below(text->size() + 1);
    const std::size_t span = std::min<std::size_t>(below(8), text->size() - at);
    switch (below(5)) {
      case 0:
        text->erase(at, span);
        break;
      case 1:
        text->insert(at, kPieces[below(std::size(kPieces))]);
        break;
      case 2:
        text->insert(at, text->substr(below(text->size() + 1), span));
        break;
      case 3:
        text->resize(at);
        break;
      default:
        if (at < text->size()) (*text)[at] = static_cast<char>(below(256));
    }
  }

  std::mt19937_64 random_;
};

bool prints_and_parses_back(const Dtype& dtype) {
  const auto from_text = Dtype::parse(dtype.text());
  const auto from_descr = Dtype::parse_descr(dtype.descr());
  return from_text.is_ok() && *from_text.value() == dtype &&
         from_text.value()->text() == dtype.text() && from_descr.is_ok() &&
         *from_descr.value() == dtype && from_descr.value()->descr() == dtype.descr();
}

bool is_good_refusal(const Status& status, std::size_t text_bytes) {
  const std::string& message = status.message();
  const std::uint32_t column = status.detail().column;
  return status.code() == FOREBAY_E_DTYPE && column >= 1 && column <= text_bytes + 1 &&
         message.size() < 511 * 2 &&
         std::none_of(message.begin(), message.end(), [](char c) { return c >= 0 && c < ' '; });
}

template <std::size_t count>
void run(const char* const (&corpus)[count], Result<DtypeRef> (*parse)(std::string_view)) {
  Mutator mutate;
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutate(corpus[mutate.below(count)]);
    // Why: a copy without room behind it, so that ASan sees a read past the end.
    const std::vector<char> exact(text.begin(), text.end());
    const auto dtype = parse({exact.data(), exact.size()});
    const bool good = dtype.is_ok() ? prints_and_parses_back(*dtype.value())
                                    : is_good_refusal(dtype.status(), text.size());
    accepted += dtype.is_ok() ? 1 : 0;
    const std::string place =
        "seed " + std::to_string(kSeed) + " round " + std::to_string(round) + ": " + text;
    if (!forebay::test::check_that(good, "accepted and reprinted, or refused well", __FILE__,
                                   __LINE__, place))
      return;
  }
  CHECK(accepted > kRounds / 50);
  CHECK(accepted < kRounds);
}

void test_mutated_texts_are_reprinted_or_refused() {
  run(kTexts, &Dtype::parse);
}
void test_mutated_descrs_are_reprinted_or_refused() {
  run(kDescrs, &Dtype::parse_descr);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_mutated_texts_are_reprinted_or_refused),
      CHECK_TEST(test_mutated_descrs_are_reprinted_or_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
