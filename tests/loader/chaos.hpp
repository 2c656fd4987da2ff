// What the chaos tests share: sources of several kinds with the rows they must give, a loader with
// random options, and signals to its children at random moments. All choices come from a seed.
#pragma once

#include <signal.h>

#include <random>
#include <set>

#include "loader/loading.hpp"
#include "support/framing.hpp"
#include "support/gzip.hpp"

namespace forebay::test {

constexpr char kChaosDtype[] = "a:i4,b:i4";

struct ChaosSource {
  std::string path;
  std::string rows;
};

// Sources of every kind that children read.
inline std::vector<ChaosSource> chaos_sources(const TemporaryFolder& folder, std::int32_t rows) {
  std::vector<ChaosSource> sources;
  const auto make = [&](const std::string& name, std::int32_t first, std::int32_t count,
                        int bad_every) {
    std::string text;
    std::string packed;
    for (std::int32_t i = first; i < first + count; ++i) {
      if (bad_every != 0 && i % bad_every == 0) text += "bad " + std::to_string(i) + "\n";
      text += std::to_string(i) + " " + std::to_string(-i) + "\n";
      const std::int32_t row[2] = {i, -i};
      packed.append(reinterpret_cast<const char*>(row), sizeof(row));
    }
    std::string content = text;
    const std::string npy =
        pack_npy("[('a', '<i4'), ('b', '<i4')]", static_cast<std::uint64_t>(count), packed);
    if (name.ends_with(".gz")) content = pack_gzip(text, 1);
    if (name.ends_with(".bgz")) content = pack_bgzf(text, 30'000);
    if (name.ends_with(".npy")) content = npy;
    if (name.ends_with(".npz")) content = pack_zip({{"x.npy", npy, true}});
    sources.push_back({folder.write(name, content), std::move(packed)});
  };
  make("plain.txt", 0, rows, 0);
  make("packed.txt.gz", 7, rows / 4, 0);
  make("bad.txt", 100, rows / 2, 97);
  make("array.npy", 5, rows / 2, 0);
  make("blocks.txt.bgz", 11, rows / 4, 0);
  make("small.txt", 3, 10, 0);
  make("array.npz", 13, rows / 4, 0);
  return sources;
}

using Dice = std::mt19937_64;
inline std::uint64_t throw_dice(Dice& dice, std::uint64_t sides) {
  return dice() % sides;
}

inline LoaderOptions chaos_options(Dice& dice) {
  LoaderOptions options;
  options.children = 1 + static_cast<std::uint32_t>(throw_dice(dice, 6));
  options.memory_bytes = 32U << 20U;
  options.batch_rows = throw_dice(dice, 2) == 0 ? 5'000 : 65'536;
  options.split_bytes = 16'000U << throw_dice(dice, 6);
  options.retries = 1'000'000;
  options.progress_timeout_ms = 2'000;
  options.on_error = core::OnError::skip;
  options.order = throw_dice(dice, 2) == 0 ? core::Order::source : core::Order::any;
  options.layout = throw_dice(dice, 3) == 0 ? core::Layout::columns : core::Layout::rows;
  return options;
}

// Kills, stops and continues children. Why a number of them at most: a child that is always killed
// before it has published anything makes no headway.
class Gremlin {
 public:
  Gremlin(Loader& loader, Dice& dice, std::uint32_t children)
      : loader_(loader), dice_(dice), children_(children) {}

  void act() {
    core::ChildProgress child;
    const auto index = static_cast<std::uint32_t>(throw_dice(dice_, children_));
    if (!loader_.child_progress(index, &child) || child.pid <= 0) return;
    // Nobody reaps it before the loader's next step, so the number is this child's or a zombie's.
    const std::uint64_t deed = throw_dice(dice_, 4);
    if (stopped_.erase(child.pid) != 0 && deed != 0) {
      ::kill(child.pid, SIGCONT);
    } else if (deed < 2 && kills_ < kMostKills) {
      ++kills_;
      ::kill(child.pid, SIGKILL);
    } else if (stops_ < kMostStops) {
      ++stops_;
      ::kill(child.pid, SIGSTOP);
      stopped_.insert(child.pid);
    }
  }
  // Those that were not replaced meanwhile go on.
  void wake_all() {
    core::ChildProgress child;
    for (std::uint32_t i = 0; i < children_; ++i) {
      if (loader_.child_progress(i, &child) && stopped_.count(child.pid) != 0)
        ::kill(child.pid, SIGCONT);
    }
    stopped_.clear();
  }
  [[nodiscard]] int kills() const { return kills_; }
  [[nodiscard]] int stops() const { return stops_; }

 private:
  static constexpr int kMostKills = 30;
  static constexpr int kMostStops = 20;
  Loader& loader_;
  Dice& dice_;
  std::uint32_t children_;
  std::set<int> stopped_;
  int kills_ = 0;
  int stops_ = 0;
};

}  // namespace forebay::test
