// Callers that release, hold, step, cancel and close in any order, drawn by a seeded generator:
// never a hang, never a leak, and of what was delivered each row once and in order.
#include <cstdio>
#include <map>
#include <random>

#include "loader/loading.hpp"
#include "support/packing.hpp"

using namespace forebay::core;
using namespace forebay::test;

namespace {

constexpr unsigned kSeed = 20'260'112;
constexpr int kLoads = 250;
// Without an array, an end or FULL within this time the loader hangs.
constexpr int kPatienceMs = 60'000;

std::string rows_from(int first, int rows) {
  std::string text;
  for (int i = first; i < first + rows; ++i) text += std::to_string(i) + "\n";
  return text;
}

// One loader and a caller that draws what to do next.
class Caller {
 public:
  Caller(unsigned seed, const std::vector<std::string>& paths) : random_(seed) {
    LoaderOptions options;
    options.children = 1 + draw(4);
    options.split_bytes = 4'000U << draw(4);
    options.batch_rows = 1'000;
    options.order = draw(2) == 0 ? Order::source : Order::any;
    options.whole_sources = draw(4) == 0;
    options.memory_bytes = (options.whole_sources ? 60 : 4 + draw(12)) * 4096;
    auto loader = Loader::open(dtype_of("i4"), options);
    if (!CHECK(loader.is_ok())) return;
    loader_ = std::move(loader).value();
    for (std::uint32_t i = 0; i < 1 + draw(5); ++i) {
      CHECK(loader_->add_file(paths[draw(static_cast<std::uint32_t>(paths.size()))], 0).is_ok());
    }
  }

  // Acts until the end, or stops somewhere: the loader is closed with arrays held or not.
  void run() {
    while (loader_ != nullptr && act()) {
    }
    if (draw(2) == 0) loader_.reset();
    while (!held_.empty()) release_any();
  }

 private:
  std::uint32_t draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

  bool act() {
    switch (draw(40)) {
      case 0:
        return draw(4) != 0;  // closes
      case 1:
        if (draw(6) != 0) return true;
        loader_->cancel();
        return draw(2) == 0;
      case 2:
      case 3:
        (void)loader_->step(static_cast<int>(draw(2)));
        return true;
      case 4:
      case 5:
      case 6:
      case 7:
      case 8:
      case 9:
        if (!held_.empty()) release_any();
        return true;
      default:
        return take();
    }
  }

  bool take() {
    Array* array = nullptr;
    const Status status = loader_->next(kPatienceMs, &array);
    if (status.is_ok()) {
      check_rows(*array);
      held_.push_back(array);
      return true;
    }
    if (status.code() == FOREBAY_E_FULL) {
      // It holds something, and goes on when it holds less.
      if (!CHECK(!held_.empty())) return false;
      release_any();
      return true;
    }
    if (status.code() == FOREBAY_END || status.code() == FOREBAY_E_CANCELLED) return false;
    CHECK(status.code() != FOREBAY_AGAIN);  // a hang
    return status.code() != FOREBAY_AGAIN;
  }

  void check_rows(const Array& array) {
    const auto* values = reinterpret_cast<const std::int32_t*>(array.data());
    CHECK_EQ(array.first_row, next_row_[array.source]);
    for (std::uint64_t i = 0; i < array.rows(); ++i) {
      if (!CHECK_EQ(values[i], static_cast<std::int32_t>(array.first_row + i))) break;
    }
    next_row_[array.source] += array.rows();
  }

  void release_any() {
    const std::size_t which = draw(static_cast<std::uint32_t>(held_.size()));
    held_[which]->release();
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(which));
  }

  std::mt19937 random_;
  std::unique_ptr<Loader> loader_;
  std::vector<Array*> held_;
  std::map<std::uint32_t, std::uint64_t> next_row_;
};

void test_no_order_of_calls_hangs_or_leaks() {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = {
      folder.write("small", rows_from(0, 700)),
      folder.write("large", rows_from(0, 13'500)),
      folder.write("packed", pack(InputFormat::zstd, rows_from(0, 7'300))),
      folder.write("bad", rows_from(0, 2'500) + "x\n"),
      folder.at("missing"),
  };
  const Held before = held_before();
  for (int i = 0; i < kLoads; ++i) {
    const unsigned seed = kSeed + static_cast<unsigned>(i);
    Caller(seed, paths).run();
    if (check_that(held_now() == before, "nothing is left", __FILE__, __LINE__,
                   "seed " + std::to_string(seed)))
      continue;
    break;
  }
}

}  // namespace

int main() {
  std::printf("seeds from %u on\n", kSeed);
  const struct CMUnitTest tests[] = {CHECK_TEST(test_no_order_of_calls_hangs_or_leaks)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
