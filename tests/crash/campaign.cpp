#include "campaign.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>

namespace forebay::test {
namespace {

constexpr std::size_t kBatch = 400;
constexpr std::size_t kTexts = 3;
constexpr std::size_t kTextBytes = 400;

// What a worker tells, in memory that it shares with the campaign.
struct Report {
  std::uint64_t judged;  // of the batch; the next one is being judged
  std::array<std::uint64_t, kVerdicts> kill;
  std::array<std::uint64_t, kVerdicts> power;
  std::uint64_t nested;
  std::uint64_t texts;
  char text[kTexts][kTextBytes];
};

struct Batch {
  std::size_t begin = 0;
  std::size_t end = 0;
  JudgeCase judge{};
  Report* report = nullptr;
};

class SharedReport {
 public:
  SharedReport()
      : memory_(::mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0)) {}
  ~SharedReport() { ::munmap(memory_, sizeof(Report)); }
  SharedReport(const SharedReport&) = delete;
  SharedReport& operator=(const SharedReport&) = delete;
  [[nodiscard]] Report* get() const { return static_cast<Report*>(memory_); }

 private:
  void* memory_;
};

class Workers {
 public:
  Workers(const Cases& cases, const CampaignOptions& options) : cases_(cases), options_(options) {}

  void run();
  [[nodiscard]] Tally take() { return std::move(tally_); }

 private:
  struct Running {
    Batch batch;
    std::unique_ptr<SharedReport> report;
  };

  void start(Batch batch);
  void finish_one();
  void add(const Report& report);
  [[noreturn]] void work(Batch* batch) const;
  [[nodiscard]] bool stopped() const { return options_.stop_at_failure && tally_.wrong() != 0; }
  [[nodiscard]] std::string text_of(std::size_t number, const std::string& text) const {
    return cases_.name(number) + ": " + text;
  }

  const Cases& cases_;
  const CampaignOptions& options_;
  std::map<pid_t, Running> running_;
  Tally tally_;
};

void Workers::run() {
  for (std::size_t begin = 0; begin < cases_.count && !stopped(); begin += kBatch) {
    while (running_.size() >= options_.jobs) finish_one();
    start({begin, std::min(begin + kBatch, cases_.count), cases_.make(begin), nullptr});
  }
  while (!running_.empty()) finish_one();
}

void Workers::start(Batch batch) {
  auto report = std::make_unique<SharedReport>();
  batch.report = report->get();
  const pid_t worker = ::fork();
  if (worker == 0) work(&batch);
  if (worker < 0) {
    tally_.failures.emplace_back("no process to judge in");
    ++tally_.crashed;
    return;
  }
  running_.emplace(worker, Running{std::move(batch), std::move(report)});
}

void Workers::work(Batch* batch) const {
  Report& report = *batch->report;
  for (std::size_t i = batch->begin; i < batch->end; ++i) {
    ::alarm(options_.deadline_seconds);
    const Judged judged = batch->judge(i);
    const Judgement& judgement = judged.judgement;
    ++(judged.power ? report.power : report.kill)[static_cast<std::size_t>(judgement.verdict)];
    report.nested += judgement.nested;
    if (judgement.verdict != Verdict::right && report.texts < kTexts) {
      const std::string text =
          text_of(i, std::string(name_of(judgement.verdict)) + ": " + judgement.text);
      std::snprintf(report.text[report.texts++], kTextBytes, "%s", text.c_str());
    }
    ++report.judged;
    if (judgement.verdict != Verdict::right && options_.stop_at_failure) break;
  }
  ::_exit(0);
}

void Workers::add(const Report& report) {
  Tally one;
  one.kill = report.kill;
  one.power = report.power;
  one.nested = report.nested;
  for (std::size_t i = 0; i < report.texts; ++i) one.failures.emplace_back(report.text[i]);
  tally_.add(one);
}

void Workers::finish_one() {
  int status = 0;
  pid_t worker = 0;
  // Only our own are waited for.
  for (auto& [pid, running] : running_) {
    if (::waitpid(pid, &status, WNOHANG) == pid) {
      worker = pid;
      break;
    }
  }
  if (worker == 0) {
    worker = running_.begin()->first;
    ::waitpid(worker, &status, 0);
  }
  Running done = std::move(running_.extract(worker).mapped());
  add(*done.report->get());
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const std::size_t at = done.batch.begin + done.report->get()->judged;
  if (at >= done.batch.end) return;
  Tally dead;
  dead.crashed = 1;
  const bool hung = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
  dead.failures.push_back(
      text_of(at, hung ? "HDF5 hangs on it" : "the process that opens it dies"));
  tally_.add(dead);
  if (stopped() || at + 1 == done.batch.end) return;
  done.batch.begin = at + 1;
  start(std::move(done.batch));
}

// All subsets where there is room for them, else some; the other states are damage.
void choose_power(const StatesHere& states, std::size_t position, std::uint64_t wanted,
                  Random& random, std::vector<StateNumber>* chosen) {
  const std::uint64_t subsets =
      wanted == 0 ? 0 : std::min(states.subsets(), std::max<std::uint64_t>(wanted / 2, 1));
  for (std::uint64_t i = 0; i < subsets; ++i) {
    const std::uint64_t bits = subsets == states.subsets() ? i : random() % states.subsets();
    chosen->push_back({position, states.kills() + bits});
  }
  for (std::uint64_t i = subsets; i < wanted; ++i) {
    chosen->push_back({position, states.first_drawn() + i});
  }
}

}  // namespace

std::uint64_t Tally::states() const {
  std::uint64_t sum = crashed;
  for (const std::uint64_t one : kill) sum += one;
  for (const std::uint64_t one : power) sum += one;
  return sum;
}

std::uint64_t Tally::wrong() const {
  return states() - kill[0] - power[0];
}

void Tally::add(const Tally& other) {
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    kill[i] += other.kill[i];
    power[i] += other.power[i];
  }
  nested += other.nested;
  crashed += other.crashed;
  for (const std::string& text : other.failures) {
    if (failures.size() < 3) failures.push_back(text);
  }
}

std::uint64_t seed_of_state(std::uint64_t seed, const StateNumber& state) {
  return random_for(seed + 1, state)();
}

std::vector<StateNumber> choose_states(const RecordedStorage& storage,
                                       const CampaignOptions& options) {
  std::uint64_t places = 0;  // with something to lose
  CrashWalk look(storage.initial(), storage.log(), options.traits);
  look.go_to(options.first_position);
  do {
    places += look.unsynced() != 0 ? 1 : 0;
  } while (look.step());
  std::vector<StateNumber> chosen;
  CrashWalk walk(storage.initial(), storage.log(), options.traits);
  walk.go_to(options.first_position);
  do {
    const StatesHere states(walk);
    for (std::uint64_t v = 0; options.kills && v < states.kills(); ++v) {
      chosen.push_back({walk.position(), v});
    }
    if (walk.unsynced() == 0) continue;
    Random random = random_for(options.seed, {walk.position(), 0});
    const bool one_more = random() % places < options.power % places;
    choose_power(states, walk.position(), options.power / places + (one_more ? 1 : 0), random,
                 &chosen);
  } while (walk.step());
  return chosen;
}

Tally judge_cases(const Cases& cases, const CampaignOptions& options) {
  std::fflush(nullptr);
  Workers workers(cases, options);
  workers.run();
  return workers.take();
}

Tally judge_states(const RecordedStorage& storage, const std::vector<StateNumber>& states,
                   const Judge& judge, const CampaignOptions& options) {
  CrashWalk here(storage.initial(), storage.log(), options.traits);
  Cases cases;
  cases.count = states.size();
  cases.name = [&](std::size_t i) {
    return std::to_string(states[i].position) + "." + std::to_string(states[i].variant);
  };
  cases.make = [&](std::size_t begin) {
    here.go_to(states[begin].position);
    return [&, walk = here](std::size_t i) mutable {
      const StateNumber& state = states[i];
      walk.go_to(state.position);
      const StatesHere possible(walk);
      return Judged{judge(possible.state(state.variant, options.seed), state.position,
                          seed_of_state(options.seed, state)),
                    state.variant >= possible.kills()};
    };
  };
  return judge_cases(cases, options);
}

}  // namespace forebay::test
