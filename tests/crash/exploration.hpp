// One workload lived by one writer, and how what a crash of it leaves is judged. Thread rule: one
// thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "campaign.hpp"
#include "workloads.hpp"

namespace forebay::test {

struct Arguments {
  std::string writer = "store";
  std::string workload{};
  std::string mutant{};
  std::optional<StateNumber> state{};
  std::uint64_t nested = 0;
  std::uint64_t faults = 0;  // of each workload
  std::optional<std::uint64_t> fault{};
  std::string ways{};  // of failing: those with this in their name
  bool table = false;
  CampaignOptions campaign{};
};

// A workload lived once by a writer, and how its crash states are judged.
class Exploration {
 public:
  Exploration(const Workload& workload, const Arguments& arguments, RuleMaker rule = {})
      : workload_(workload), arguments_(arguments), rule_(std::move(rule)) {
    if (rule_) storage_.set_rule(rule_());
    writer_ = make_writer();
    life_.emplace(storage_, *writer_, History{Model{false, 0, {}}}, arguments.campaign.seed);
    workload.script(*life_);
  }

  [[nodiscard]] bool lived() const { return life_->status().is_ok(); }
  [[nodiscard]] const std::string& message() const { return life_->status().message(); }
  [[nodiscard]] const RecordedStorage& storage() const { return storage_; }
  [[nodiscard]] const Life& life() const { return *life_; }

  // The writer goes, and the storage fails no more.
  void end() {
    writer_->die();
    rule_ = {};
    storage_.set_rule({});
  }
  [[nodiscard]] bool is_ordered() const { return workload_.options.ordered; }
  [[nodiscard]] bool is_unjournaled() const { return workload_.options.unjournaled; }

  [[nodiscard]] Judgement judge(const MachineState& state, std::size_t position,
                                std::uint64_t seed) const {
    const History allowed = life_->allowed_at(position);
    if (stock_mode()) return judge_stock(state, allowed);
    JudgeOptions options;
    options.nested = is_unjournaled() ? 0 : arguments_.nested;
    options.writer = workload_.options;
    options.traits = arguments_.campaign.traits;
    options.rule = rule_;
    return judge_store(state, allowed, life_->history(), seed, options);
  }
  [[nodiscard]] Tally run() const {
    CampaignOptions options = arguments_.campaign;
    if (workload_.options.ordered) options.power = 0;
    if (workload_.options.unjournaled) options.first_position = life_->promised_at();
    return judge_states(
        storage_, choose_states(storage_, options),
        [this](const MachineState& state, std::size_t position, std::uint64_t seed) {
          return judge(state, position, seed);
        },
        options);
  }

 private:
  [[nodiscard]] std::optional<StockMode> stock_mode() const {
    if (arguments_.writer == "stock") return StockMode::plain;
    if (arguments_.writer == "stock-earliest") return StockMode::earliest;
    if (arguments_.writer == "stock-swmr") return StockMode::swmr;
    return std::nullopt;
  }
  std::unique_ptr<Writer> make_writer() {
    if (const std::optional<StockMode> mode = stock_mode()) return stock_writer(storage_, *mode);
    return store_writer(storage_, workload_.options);
  }

  const Workload& workload_;
  const Arguments& arguments_;
  RuleMaker rule_;
  RecordedStorage storage_;
  std::unique_ptr<Writer> writer_;
  std::optional<Life> life_;
};

inline bool takes_part(const Workload& workload, const Arguments& arguments) {
  if (!arguments.workload.empty() && arguments.workload != workload.name) return false;
  if (arguments.writer == "stock-swmr") return workload.for_swmr;
  return arguments.writer == "store" || workload.for_stock;
}

}  // namespace forebay::test
