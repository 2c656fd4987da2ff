// The rules by which lib/loader/dispatch.cpp, any_order.cpp, inflation.cpp and delivery.cpp hand
// out tasks and blocks, small enough that all reachable states can be walked: no state is stuck but
// those in which the caller holds arrays (FOREBAY_E_FULL). Rules broken on purpose are found out,
// so the walk can fail.
//
// Mirrored rules, by the names in lib/loader:
//   assign   next_task() and child_for(): tasks go out in the order of the sources; a child has at
//            most two (kTasksAhead), the second after the first; a dead child's task comes first.
//            In order any that is so up to the frontier, the first source with tasks to be made.
//   apart    assign_apart(), order any: idle children but the first take the first task that a dead
//            child left, else one of any source (in truth of that with the fewest at work).
//   step     assign_step(), create_step(): tasks of a source that is decoded apart are there only
//            after a step each, one at a time, and while a slot is free for the text. The child
//            that decodes goes on with it as long as it lives, and gets no task of a later source.
//   ahead    assign_ahead(): while a source is decoded and nothing is left to do of those up to it,
//            idle children take tasks of later ones.
//   lend     lend_blocks(): the head of the line gets blocks if spare_for_assembly() stays free,
//            others if spare_for_others() does, which leaves room for one array with the caller. A
//            task that its child is not yet at gets some only if half of all stay free, too.
//   publish  a child fills a lent block, and ends its task after the last one.
//   join     assemble(): a short piece at the front of a source is copied into the block being
//            joined, which must be leased first; a source other than the lead keeps
//            spare_for_others() free. Where rows are passed over (may_skip()) a piece may reach
//            over the end of the array, and stays until the next one is leased for the rest of it.
//   deliver  hand_out(): in order any every source delivers, else the lead only.
//   hold     the caller keeps what it gets, and releases it whenever it likes.
//   die      a child dies at any time (twice at the most); its task goes on where it was published.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "support/check.hpp"

namespace {

constexpr int kMostTasks = 4;
constexpr int kMostChildren = 3;
constexpr int kMostSources = 3;
// Units of an array. A piece of two must be joined with another, one of three reaches over the end.
constexpr int kArray = 4;
// In the queue of a child: a step of source 0.
constexpr int kStep = 50;

// What a world consists of, and which rule is broken in it.
struct Rules {
  int children = 2;
  int blocks = 4;
  std::vector<int> source_of{};    // of each task
  std::vector<int> pieces_of{};    // blocks that each task fills
  std::vector<int> units_of{};     // that the pieces of each task hold: kArray fills an array
  std::vector<bool> is_decoded{};  // sources, in steps; empty: none
  int slots = 2;                   // for their text
  int deaths = 2;                  // at the most
  bool any_order = false;
  bool keeps_spare = true;          // for the head, when others are lent
  bool keeps_assembly = true;       // for the array being joined, when the head is lent
  bool tasks_in_order = true;       // no task is put behind a later one
  bool first_slot_in_order = true;  // order any
  bool may_skip = false;            // pieces may reach over the end of an array
  bool keeps_next_array = true;     // may_skip: for the one behind the array being joined
  bool keeps_for_caller = true;     // when others are lent, and the caller holds nothing
  bool decoder_stays = true;        // what decodes a source takes no task of a later one
};

struct Task {
  std::int8_t state = 0;  // 0 to be made, 1 assigned, 2 ended, 3 left by a dead child
  std::int8_t lent = 0;
  std::int8_t published = 0;
  std::int8_t pending = 0;  // pieces that nobody has taken
};

struct State {
  std::array<Task, kMostTasks> tasks{};
  std::array<std::array<std::int8_t, 2>, kMostChildren> queue{};  // task + 1
  std::array<std::int8_t, kMostSources> joining{};  // 1: a block is leased for the joined array
  std::array<std::int8_t, kMostSources> joined{};   // units in it
  std::array<std::int8_t, kMostSources> taken{};    // units of the front piece that are gone
  std::array<std::int8_t, kMostSources> made{};     // tasks that steps have made
  std::array<std::int8_t, kMostSources> decoder{};  // child + 1
  std::array<std::int8_t, kMostSources> stepping{};
  std::int8_t held = 0;
  std::int8_t deaths = 0;

  bool operator==(const State& other) const {
    return std::memcmp(this, &other, sizeof(*this)) == 0;
  }
};

struct Hash {
  std::size_t operator()(const State& state) const {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(&state), sizeof(state)});
  }
};

class Model {
 public:
  explicit Model(Rules rules) : rules_(std::move(rules)) {
    tasks_ = static_cast<int>(rules_.source_of.size());
  }

  struct Walk {
    std::size_t states = 0;
    std::size_t stuck = 0;  // not at the end, no move, and the caller holds nothing
    std::size_t ends = 0;
    std::size_t full = 0;           // nothing moves before the caller releases
    std::size_t full_with_one = 0;  // of these, with one array held
  };

  Walk walk() const {
    Walk out;
    std::unordered_set<State, Hash> seen{State{}};
    std::vector<State> open{State{}};
    while (!open.empty()) {
      const State state = open.back();
      open.pop_back();
      ++out.states;
      std::vector<State> moves = moves_of(state);
      const bool is_end = is_done(state);
      if (is_end) ++out.ends;
      if (moves.empty() && !is_end) {
        ++(state.held > 0 ? out.full : out.stuck);
        if (state.held == 1) ++out.full_with_one;
      }
      // A death is no way out of a standstill, nor is a release that the caller owes nobody.
      add_deaths(state, &moves);
      add_release(state, &moves);
      for (const State& next : moves) {
        if (seen.insert(next).second) open.push_back(next);
      }
    }
    return out;
  }

 private:
  [[nodiscard]] int source_of(int task) const { return rules_.source_of[index(task)]; }
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  static const Task& at(const State& state, int task) { return state.tasks[index(task)]; }

  // A task is gone once it has ended and its pieces were taken.
  static bool is_gone(const Task& task) { return task.state == 2 && task.pending == 0; }
  [[nodiscard]] bool is_finished(const State& state, int source) const {
    for (int i = 0; i < tasks_; ++i) {
      if (source_of(i) == source && !is_gone(at(state, i))) return false;
    }
    return state.joining[index(source)] == 0;
  }
  [[nodiscard]] bool is_done(const State& state) const { return lead(state) == sources(); }
  [[nodiscard]] int sources() const { return rules_.source_of.back() + 1; }
  [[nodiscard]] int lead(const State& state) const {
    int source = 0;
    while (source < sources() && is_finished(state, source)) ++source;
    return source;
  }
  // The first task of a source that is not gone; -1 without one.
  [[nodiscard]] int front(const State& state, int source) const {
    for (int i = 0; i < tasks_; ++i) {
      if (source_of(i) == source && !is_gone(at(state, i))) return i;
    }
    return -1;
  }

  [[nodiscard]] int free_blocks(const State& state) const {
    int used = state.held;
    for (const Task& task : state.tasks) used += task.lent + task.pending;
    for (const std::int8_t block : state.joining) used += block;
    return rules_.blocks - used;
  }
  // Arrays still to be leased while a piece that goes into them is there.
  [[nodiscard]] int arrays_to_lease(const State& state) const {
    if (!rules_.keeps_assembly || is_done(state)) return 0;
    const int all = rules_.may_skip && rules_.keeps_next_array ? 2 : 1;
    return all - state.joining[index(lead(state))];
  }
  [[nodiscard]] int spare_for_assembly(const State& state) const {
    return std::min(arrays_to_lease(state), 1);
  }
  [[nodiscard]] int spare_for_others(const State& state) const {
    if (!rules_.keeps_spare) return 0;
    return arrays_to_lease(state) + (rules_.keeps_for_caller && state.held == 0 ? 2 : 1);
  }

  [[nodiscard]] std::vector<State> moves_of(const State& state) const {
    std::vector<State> moves;
    if (is_any_decoded()) {
      add_in_turn(state, &moves);
    } else {
      add_assign(state, &moves);
    }
    if (rules_.any_order) add_apart(state, &moves);
    for (int child = 0; child < rules_.children; ++child) {
      const auto& queue = state.queue[index(child)];
      if (queue[0] == 0) continue;
      if (queue[1] != 0 && queue[1] < kStep)
        add_lend(state, queue[1] - 1, rules_.blocks / 2, &moves);
      if (queue[0] >= kStep) {
        moves.push_back(stepped(state, child));
        continue;
      }
      add_lend(state, queue[0] - 1, 0, &moves);
      add_publish(state, child, &moves);
    }
    for (int source = 0; source < sources(); ++source) {
      if (rules_.any_order || source == lead(state)) add_deliver(state, source, &moves);
    }
    return moves;
  }

  static State assigned(const State& state, int child, int task) {
    State next = state;
    auto& queue = next.queue[index(child)];
    queue[queue[0] == 0 ? 0 : 1] = static_cast<std::int8_t>(task + 1);
    next.tasks[index(task)].state = 1;
    return next;
  }

  [[nodiscard]] int first_in_state(const State& state, int wanted) const {
    int task = 0;
    while (task < tasks_ && at(state, task).state != wanted) ++task;
    return task;
  }

  // next_task(); the number of tasks without one.
  [[nodiscard]] int next_task(const State& state) const {
    const int to_make = first_in_state(state, 0);
    const int left = first_in_state(state, 3);
    const bool is_near = !rules_.first_slot_in_order || to_make == tasks_ ||
                         (left < tasks_ && source_of(left) <= source_of(to_make));
    return left < tasks_ && is_near ? left : to_make;
  }

  // The next task, to every child that may take it: an idle one before one with a task.
  void add_assign(const State& state, std::vector<State>* moves) const {
    const int task = next_task(state);
    if (task == tasks_) return;
    const std::size_t before = moves->size();
    for (int child = 0; child < rules_.children; ++child) {
      if (state.queue[index(child)][0] == 0) moves->push_back(assigned(state, child, task));
    }
    if (moves->size() != before) return;
    for (int child = 0; child < rules_.children; ++child) {
      const auto& queue = state.queue[index(child)];
      const bool is_after = !rules_.tasks_in_order || queue[0] - 1 < task;
      if (queue[1] == 0 && is_after) moves->push_back(assigned(state, child, task));
    }
  }

  [[nodiscard]] bool is_any_decoded() const { return !rules_.is_decoded.empty(); }
  [[nodiscard]] bool is_decoded(int source) const {
    return is_any_decoded() && rules_.is_decoded[index(source)];
  }
  [[nodiscard]] int tasks_of(int source) const {
    return static_cast<int>(std::count(rules_.source_of.begin(), rules_.source_of.end(), source));
  }
  // Whether tasks of it are still to be made.
  [[nodiscard]] bool is_open(const State& state, int source) const {
    if (is_decoded(source)) return state.made[index(source)] < tasks_of(source);
    for (int i = 0; i < tasks_; ++i) {
      if (source_of(i) == source && at(state, i).state == 0) return true;
    }
    return false;
  }
  [[nodiscard]] int frontier(const State& state) const {
    int source = 0;
    while (source < sources() && !is_open(state, source)) ++source;
    return source;
  }
  // Whether its task was made, by a step if it needs one.
  [[nodiscard]] bool is_made(const State& state, int task) const {
    const int source = source_of(task);
    if (!is_decoded(source)) return true;
    int before = 0;
    while (source_of(task - before) == source && before < task) ++before;
    if (source_of(task - before) == source) ++before;
    return before <= state.made[index(source)];
  }
  [[nodiscard]] bool has_slot(const State& state, int source) const {
    int used = state.stepping[index(source)];
    for (int i = 0; i < tasks_; ++i)
      used += source_of(i) == source && is_made(state, i) && at(state, i).state != 2 ? 1 : 0;
    return used < rules_.slots;
  }

  // A task, kStep + source for a step, or -1: what is next of sources [first, last].
  [[nodiscard]] int next_of(const State& state, int first, int last) const {
    for (int i = 0; i < tasks_; ++i) {
      if (source_of(i) < first || source_of(i) > last) continue;
      const bool is_waiting = at(state, i).state == 0 || at(state, i).state == 3;
      if (is_waiting && is_made(state, i)) return i;
      if (!is_waiting || state.stepping[index(source_of(i))] != 0) continue;
      if (has_slot(state, source_of(i))) return kStep + source_of(i);
    }
    return -1;
  }

  // is_kept_back(), and that a step is its decoder's.
  [[nodiscard]] bool may_have(const State& state, int child, int task) const {
    const int source = task >= kStep ? task - kStep : source_of(task);
    for (int earlier = 0; earlier < source && rules_.decoder_stays; ++earlier) {
      if (state.decoder[index(earlier)] == child + 1 && is_open(state, earlier)) return false;
    }
    const int decoder = task >= kStep ? state.decoder[index(source)] : 0;
    return decoder == 0 || decoder == child + 1;
  }

  static State given(const State& state, int child, int task) {
    if (task < kStep) return assigned(state, child, task);
    State next = state;
    next.queue[index(child)][next.queue[index(child)][0] == 0 ? 0 : 1] =
        static_cast<std::int8_t>(task);
    next.stepping[index(task - kStep)] = 1;
    for (std::int8_t& decoder : next.decoder) {
      if (decoder == child + 1) decoder = 0;
    }
    next.decoder[index(task - kStep)] = static_cast<std::int8_t>(child + 1);
    return next;
  }

  // assign_in_order(), then assign_ahead() if there is nothing to do.
  void add_in_turn(const State& state, std::vector<State>* moves) const {
    const int in_turn = frontier(state);
    const int task = next_of(state, 0, in_turn);
    if (task >= 0) {
      const std::size_t before = moves->size();
      add_to_children(state, task, moves);
      // The step of the child that decodes comes first, too.
      const int step = kStep + in_turn;
      if (task != step && in_turn < sources() && next_step(state, in_turn))
        add_to_children(state, step, moves);
      if (moves->size() != before || task < kStep) return;
    }
    if (in_turn >= sources() || !is_decoded(in_turn)) return;
    for (int source = in_turn + 1; source < sources(); ++source) {
      const int ahead = next_of(state, source, source);
      for (int child = 0; child < rules_.children && ahead >= 0; ++child) {
        const bool is_idle = state.queue[index(child)][0] == 0;
        if (is_idle && may_have(state, child, ahead)) moves->push_back(given(state, child, ahead));
      }
      if (is_open(state, source) && !is_decoded(source)) return;
    }
  }

  [[nodiscard]] bool next_step(const State& state, int source) const {
    return is_decoded(source) && is_open(state, source) && state.stepping[index(source)] == 0 &&
           has_slot(state, source) && state.decoder[index(source)] != 0;
  }

  // An idle child before one with a task, behind which nothing earlier is put, nor behind a step.
  void add_to_children(const State& state, int task, std::vector<State>* moves) const {
    const int place = task >= kStep ? place_of_step(state, task - kStep) : task;
    bool is_taken = false;
    for (int child = 0; child < rules_.children; ++child) {
      if (state.queue[index(child)][0] != 0 || !may_have(state, child, task)) continue;
      moves->push_back(given(state, child, task));
      is_taken = true;
    }
    if (is_taken) return;
    for (int child = 0; child < rules_.children; ++child) {
      const auto& queue = state.queue[index(child)];
      const bool is_after = queue[0] < kStep && queue[0] - 1 < place;
      if (queue[0] != 0 && queue[1] == 0 && is_after && may_have(state, child, task))
        moves->push_back(given(state, child, task));
    }
  }

  // Of the task that the step makes.
  [[nodiscard]] int place_of_step(const State& state, int source) const {
    int task = 0;
    while (task < tasks_ && (source_of(task) != source || is_made(state, task))) ++task;
    return task;
  }

  static State stepped(const State& state, int child) {
    State next = state;
    auto& queue = next.queue[index(child)];
    const int source = queue[0] - kStep;
    next.stepping[index(source)] = 0;
    ++next.made[index(source)];
    queue = {queue[1], 0};
    return next;
  }

  void add_apart(const State& state, std::vector<State>* moves) const {
    const int left = first_in_state(state, 3);
    for (int child = rules_.first_slot_in_order ? 1 : 0; child < rules_.children; ++child) {
      if (state.queue[index(child)][0] != 0) continue;
      if (left < tasks_) {
        moves->push_back(assigned(state, child, left));
        continue;
      }
      for (int source = 0; source < sources(); ++source) {
        int task = 0;
        while (task < tasks_ && (source_of(task) != source || at(state, task).state != 0)) ++task;
        if (task < tasks_) moves->push_back(assigned(state, child, task));
      }
    }
  }

  void add_lend(const State& state, int task, int least_spare, std::vector<State>* moves) const {
    const Task& it = at(state, task);
    const int left = rules_.pieces_of[index(task)] - it.published - it.lent;
    const int source = lead(state);
    const bool is_head = source < sources() && task == front(state, source);
    const int spare =
        std::max(is_head ? spare_for_assembly(state) : spare_for_others(state), least_spare);
    if (left <= 0 || it.lent >= 2 || free_blocks(state) < 1 + spare) return;
    State next = state;
    ++next.tasks[index(task)].lent;
    moves->push_back(next);
  }

  void add_publish(const State& state, int child, std::vector<State>* moves) const {
    const int task = state.queue[index(child)][0] - 1;
    if (at(state, task).lent == 0) return;
    State next = state;
    Task& it = next.tasks[index(task)];
    --it.lent;
    ++it.pending;
    ++it.published;
    if (it.published == rules_.pieces_of[index(task)]) {
      it.state = 2;
      auto& queue = next.queue[index(child)];
      queue = {queue[1], 0};
    }
    moves->push_back(next);
  }

  // The front piece of a source: handed out, or joined; then what was joined is handed out.
  void add_deliver(const State& state, int source, std::vector<State>* moves) const {
    const int task = front(state, source);
    State next = state;
    if (task < 0) {
      if (state.joining[index(source)] == 0) return;
      next.joining[index(source)] = next.joined[index(source)] = 0;
      ++next.held;
      moves->push_back(next);
      return;
    }
    if (at(state, task).pending == 0) return;
    const int units = rules_.units_of[index(task)];
    if (units == kArray) {
      --next.tasks[index(task)].pending;
      ++next.held;
      moves->push_back(next);
      return;
    }
    if (state.joining[index(source)] == 0) {
      const int spare = source == lead(state) ? 0 : spare_for_others(state);
      if (free_blocks(state) < 1 + spare) return;
      next.joining[index(source)] = 1;
    }
    std::int8_t& taken = next.taken[index(source)];
    std::int8_t& joined = next.joined[index(source)];
    const int step = std::min(units - taken, kArray - joined);
    taken = static_cast<std::int8_t>(taken + step);
    joined = static_cast<std::int8_t>(joined + step);
    if (taken == units) {
      taken = 0;
      --next.tasks[index(task)].pending;
    }
    if (joined == kArray) {
      next.joining[index(source)] = joined = 0;
      ++next.held;
    }
    moves->push_back(next);
  }

  void add_release(const State& state, std::vector<State>* moves) const {
    if (state.held == 0) return;
    State next = state;
    --next.held;
    moves->push_back(next);
  }

  void add_deaths(const State& state, std::vector<State>* moves) const {
    if (state.deaths == rules_.deaths) return;
    for (int child = 0; child < rules_.children; ++child) {
      if (state.queue[index(child)][0] == 0) continue;
      State next = state;
      ++next.deaths;
      for (const std::int8_t entry : state.queue[index(child)]) {
        if (entry == 0) continue;
        if (entry >= kStep) {
          next.stepping[index(entry - kStep)] = 0;
          continue;
        }
        Task& task = next.tasks[index(entry - 1)];
        task.lent = 0;
        task.state = 3;
      }
      next.queue[index(child)] = {0, 0};
      for (std::int8_t& decoder : next.decoder) {
        if (decoder == child + 1) decoder = 0;
      }
      moves->push_back(next);
    }
  }

  Rules rules_;
  int tasks_ = 0;
};

// Worlds of one, two and three sources, with pieces that fill arrays and pieces to be joined.
std::vector<Rules> worlds() {
  std::vector<Rules> out;
  struct Shape {
    std::vector<int> source_of;
    std::vector<int> pieces_of;
    std::vector<int> units_of;
    bool may_skip = false;
  };
  const std::vector<Shape> shapes = {
      {{0, 0, 0, 0}, {2, 2, 2, 2}, {4, 4, 4, 4}},
      {{0, 0, 0, 0}, {1, 2, 1, 2}, {2, 2, 2, 2}},
      {{0, 0, 1, 1}, {2, 1, 2, 1}, {4, 2, 4, 2}},
      {{0, 1, 1, 2}, {3, 1, 1, 3}, {4, 2, 2, 4}},
      {{0, 1, 2}, {3, 3, 3}, {2, 2, 2}},
      {{0, 0, 0, 0}, {2, 2, 2, 2}, {3, 3, 3, 3}, true},
      {{0, 0, 0, 0}, {1, 2, 1, 2}, {2, 3, 2, 3}, true},
      {{0, 0, 1, 1}, {2, 1, 2, 1}, {3, 2, 3, 3}, true},
      {{0, 1, 2}, {3, 3, 3}, {3, 3, 3}, true},
      {{0, 1, 1, 2}, {2, 2, 1, 2}, {3, 3, 2, 3}, true},
  };
  for (const Shape& shape : shapes) {
    for (int children = 1; children <= kMostChildren; ++children) {
      for (int blocks = 4; blocks <= 5; ++blocks) {
        for (const bool any_order : {false, true}) {
          Rules rules;
          rules.children = children;
          rules.blocks = blocks;
          rules.source_of = shape.source_of;
          rules.pieces_of = shape.pieces_of;
          rules.units_of = shape.units_of;
          rules.may_skip = shape.may_skip;
          rules.any_order = any_order;
          out.push_back(rules);
        }
      }
    }
  }
  return out;
}

// Worlds in which sources are decoded apart.
std::vector<Rules> decoded_worlds() {
  std::vector<Rules> out;
  for (Rules rules : worlds()) {
    if (rules.any_order || rules.children != 2 || rules.blocks != 4) continue;
    rules.deaths = 1;
    for (unsigned which = 1; which < 1U << static_cast<unsigned>(rules.source_of.back() + 1);
         ++which) {
      for (int slots = 1; slots <= 2; ++slots) {
        rules.slots = slots;
        rules.is_decoded.clear();
        for (int source = 0; source <= rules.source_of.back(); ++source)
          rules.is_decoded.push_back((which >> static_cast<unsigned>(source) & 1U) != 0);
        out.push_back(rules);
      }
    }
  }
  return out;
}

// With a rule broken, up to the first world that gets stuck, or is full with one array held.
Model::Walk walk_all(bool Rules::*broken, const std::vector<Rules>& all = worlds()) {
  Model::Walk sum;
  const bool is_full_enough = broken != &Rules::keeps_spare;
  for (Rules rules : all) {
    if (broken != nullptr && (sum.stuck > 0 || (is_full_enough && sum.full_with_one > 0))) break;
    if (broken != nullptr) rules.*broken = false;
    const Model::Walk walk = Model(rules).walk();
    sum.states += walk.states;
    sum.stuck += walk.stuck;
    sum.ends += walk.ends;
    sum.full += walk.full;
    sum.full_with_one += walk.full_with_one;
  }
  return sum;
}

void test_no_state_is_stuck_unless_the_caller_holds_two_arrays() {
  const Model::Walk walk = walk_all(nullptr);
  std::printf("%zu states, %zu full, %zu ends\n", walk.states, walk.full, walk.ends);
  CHECK_EQ(walk.stuck, 0U);
  CHECK_EQ(walk.full_with_one, 0U);
  CHECK(walk.ends > 0);
  CHECK(walk.full > 0);
  CHECK(walk.states > 10'000);
}

void test_sources_that_are_decoded_apart_get_stuck_no_more_than_others() {
  const Model::Walk walk = walk_all(nullptr, decoded_worlds());
  std::printf("%zu states, %zu full, %zu ends\n", walk.states, walk.full, walk.ends);
  CHECK_EQ(walk.stuck, 0U);
  CHECK_EQ(walk.full_with_one, 0U);
  CHECK(walk.ends > 0);
  CHECK(walk.full > 0);
}

void test_a_decoder_that_takes_a_later_task_gets_the_line_stuck() {
  CHECK(walk_all(&Rules::decoder_stays, decoded_worlds()).stuck > 0);
}

void test_without_a_spare_block_for_the_head_decoded_text_gets_stuck() {
  CHECK(walk_all(&Rules::keeps_spare, decoded_worlds()).stuck > 0);
}

void test_without_a_spare_block_for_the_next_array_a_piece_that_reaches_into_it_gets_stuck() {
  const Model::Walk walk = walk_all(&Rules::keeps_next_array);
  CHECK(walk.stuck + walk.full_with_one > 0);
}

void test_without_a_spare_block_for_the_caller_one_array_held_stops_the_line() {
  CHECK(walk_all(&Rules::keeps_for_caller).full_with_one > 0);
}

void test_without_a_spare_block_for_the_head_the_line_gets_stuck() {
  CHECK(walk_all(&Rules::keeps_spare).stuck > 0);
}

void test_without_a_spare_block_for_the_joined_array_the_line_gets_stuck() {
  const Model::Walk walk = walk_all(&Rules::keeps_assembly);
  CHECK(walk.stuck + walk.full_with_one > 0);
}

void test_a_task_put_behind_a_later_one_gets_the_line_stuck() {
  CHECK(walk_all(&Rules::tasks_in_order).stuck > 0);
}

void test_without_a_child_that_keeps_to_the_order_any_order_gets_stuck() {
  CHECK(walk_all(&Rules::first_slot_in_order).stuck > 0);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_no_state_is_stuck_unless_the_caller_holds_two_arrays),
      CHECK_TEST(
          test_without_a_spare_block_for_the_next_array_a_piece_that_reaches_into_it_gets_stuck),
      CHECK_TEST(test_without_a_spare_block_for_the_caller_one_array_held_stops_the_line),
      CHECK_TEST(test_without_a_spare_block_for_the_head_the_line_gets_stuck),
      CHECK_TEST(test_without_a_spare_block_for_the_joined_array_the_line_gets_stuck),
      CHECK_TEST(test_a_task_put_behind_a_later_one_gets_the_line_stuck),
      CHECK_TEST(test_sources_that_are_decoded_apart_get_stuck_no_more_than_others),
      CHECK_TEST(test_a_decoder_that_takes_a_later_task_gets_the_line_stuck),
      CHECK_TEST(test_without_a_spare_block_for_the_head_decoded_text_gets_stuck),
      CHECK_TEST(test_without_a_child_that_keeps_to_the_order_any_order_gets_stuck),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
