#include "workloads.hpp"

#include <array>

namespace forebay::test {
namespace {

// A table's kind of rows follows its first letter: model.cpp. a: 16 bytes, 8 rows a chunk; b: 9
// bytes, 32; c: 600 bytes, 4; d: 16 bytes, 4096; y: 16 bytes, 32, compressed; z: the same in
// columns.
std::uint64_t some(Life& life, std::uint64_t most) {
  return life.random() % most + 1;
}

void whole_chunks(Life& life) {
  life.open();
  life.create_table("a");
  for (int i = 0; i < 8; ++i) {
    life.append("a", 8 * some(life, 4));
    life.commit();
  }
  life.close();
}

void partial_chunks(Life& life) {
  life.open();
  life.create_table("b");
  for (int i = 0; i < 10; ++i) {
    life.append("b", some(life, 20));
    life.commit();
  }
  life.close();
}

void three_tables(Life& life) {
  life.open();
  for (const char* name : {"a", "b", "c"}) life.create_table(name);
  for (int i = 0; i < 7; ++i) {
    for (const char* name : {"a", "b", "c"}) life.append(name, some(life, 12));
    life.commit();
  }
  life.close();
}

void one_table_of_three(Life& life) {
  life.open();
  for (const char* name : {"a", "b", "c"}) life.create_table(name);
  static constexpr std::array<const char*, 3> kNames = {"a", "b", "c"};
  for (int i = 0; i < 9; ++i) {
    for (std::uint64_t k = some(life, 3); k > 0; --k) {
      life.append(kNames[life.random() % 3], some(life, 30));
    }
    life.commit();
  }
  life.close();
}

void new_tables(Life& life) {
  life.open();
  life.create_table("a");
  for (char name = 'b'; name < 'h'; ++name) {
    life.append("a", some(life, 9));
    life.create_table(std::string(1, name));
    life.append(std::string(1, name), some(life, 5));
    life.commit();
  }
  life.close();
}

void texts(Life& life) {
  life.open();
  life.create_table("a");
  life.create_table("c");
  for (int i = 0; i < 7; ++i) {
    life.append("a", some(life, 5));
    life.set_text("a", "a", std::string(some(life, 60), static_cast<char>('p' + i)));
    if (i % 2 == 0) life.set_text("c", "b", std::string(some(life, 300), 'q'));
    life.commit();
  }
  life.close();
}

void reopened(Life& life) {
  for (int i = 0; i < 4; ++i) {
    life.open();
    if (i == 0) life.create_table("a");
    if (i == 1) life.create_table("c");
    life.append("a", some(life, 13));
    if (i > 0) life.append("c", some(life, 6));
    if (i != 2) life.commit();
    life.append("a", some(life, 3));
    life.close();
  }
}

void many_commits(Life& life) {
  life.open();
  life.create_table("a");
  life.create_table("b");
  for (int i = 0; i < 40; ++i) {
    life.append(i % 3 == 0 ? "b" : "a", some(life, 9));
    life.commit();
  }
  life.close();
}

void long_rows(Life& life) {
  life.open();
  life.create_table("c");
  for (int i = 0; i < 8; ++i) {
    life.append("c", some(life, 40));
    life.commit();
  }
  life.close();
}

// Commits that are too large for the journal to take their new bytes.
void large_commits(Life& life) {
  life.open();
  life.create_table("d");
  life.create_table("a");
  for (int i = 0; i < 4; ++i) {
    life.append("d", 4096 * 4 + life.random() % 5000);
    life.append("a", some(life, 20));
    life.commit();
    life.append("a", some(life, 20));
    life.commit();
  }
  life.close();
}

void replaced(Life& life) {
  life.open();
  life.create_table("a");
  life.append("a", some(life, 30));
  life.close();
  life.open(FileMode::replace);
  life.create_table("a");
  life.create_table("b");
  life.append("a", some(life, 30));
  life.commit();
  life.append("b", some(life, 30));
  life.commit();
  life.close();
}

void dies_and_lives_on(Life& life) {
  life.open();
  life.create_table("a");
  life.create_table("b");
  for (int i = 0; i < 4; ++i) {
    life.append("a", some(life, 20));
    life.append("b", some(life, 20));
    life.commit();
    life.append("a", some(life, 40));
    life.die();
    life.open();
  }
  life.append("b", some(life, 20));
  life.close();
}

// A checkpoint every few commits, so that lives crash within them.
void checkpoints(Life& life) {
  life.open();
  life.create_table("a");
  life.create_table("c");
  for (int i = 0; i < 12; ++i) {
    life.append("a", some(life, 20));
    if (i % 3 == 0) life.append("c", some(life, 6));
    if (i % 4 == 1)
      life.set_text("a", "a", std::string(some(life, 90), static_cast<char>('a' + i)));
    if (i == 6) life.create_table("b");
    if (i > 6) life.append("b", some(life, 40));
    life.commit();
  }
  life.close();
}

// Some commits wait in memory for the journal, others go straight to their place.
void held_and_direct(Life& life) {
  life.open();
  for (const char* name : {"a", "b", "c"}) life.create_table(name);
  for (int i = 0; i < 12; ++i) {
    life.append("b", some(life, 9));
    if (i % 2 == 0) life.append("c", 4 * some(life, 5));
    if (i % 3 == 0) life.append("a", 8 * some(life, 60));
    life.commit();
  }
  life.close();
}

void abandoned(Life& life) {
  life.open();
  life.create_table("a");
  life.append("a", 5);
  life.die();  // before the first commit
  life.open();
  life.create_table("c");
  for (int i = 0; i < 3; ++i) {
    life.append("c", some(life, 30));
    life.commit();
  }
  life.append("c", 40);
  life.die();
  life.open();
  life.die();  // nothing was written
  life.open();
  life.append("c", some(life, 9));
  life.close();
  life.open();
  life.append("c", some(life, 9));
  life.die();
  life.open();
  life.close();
}

void recovered(Life& life) {
  for (int i = 0; i < 4; ++i) {
    life.open();
    if (i == 0) life.create_table("a");
    for (int k = 0; k < 3; ++k) {
      life.append("a", some(life, 20));
      life.commit();
    }
    life.append("a", some(life, 20));
    life.die();
    life.recover();
  }
  life.recover();  // has nothing to do
  life.open();
  life.append("a", some(life, 20));
  life.close();
}

// Replaces a file whose writer died, and gives up replacing one.
void replaced_after_death(Life& life) {
  life.open();
  life.create_table("a");
  life.append("a", some(life, 30));
  life.commit();
  life.die();
  life.open(FileMode::replace);
  life.create_table("b");
  life.append("b", some(life, 30));
  life.die();  // before the first commit: the old one stays
  life.open();
  life.append("a", some(life, 30));
  life.commit();
  life.die();
  life.open(FileMode::replace);
  life.create_table("b");
  for (int i = 0; i < 3; ++i) {
    life.append("b", some(life, 30));
    life.commit();
  }
  life.die();
  life.open();
  life.append("b", some(life, 30));
  life.close();
}

// The disk fills up again and again, and room is made.
void full_disk(Life& life) {
  life.open();
  life.create_table("a");
  life.create_table("c");
  for (int i = 0; i < 10; ++i) {
    if (i % 2 == 1) life.leave_room(some(life, 12) * 1000);
    life.append("a", some(life, 30));
    life.append("c", some(life, 12));
    life.commit();
  }
  life.close();
}

// Partial chunks that move when they are full, with checksums.
void compressed(Life& life) {
  life.open();
  life.create_table("y");
  for (int i = 0; i < 8; ++i) {
    life.append("y", some(life, 40));
    life.commit();
  }
  life.close();
}

void columns(Life& life) {
  life.open();
  life.create_table("z");
  for (int i = 0; i < 6; ++i) {
    life.append("z", some(life, 40));
    life.commit();
  }
  life.die();
  life.open();
  life.append("z", some(life, 40));
  life.close();
}

// Packs a closed file, goes on with it, and packs that.
void repacked(Life& life) {
  life.open();
  for (const char* name : {"b", "y", "z"}) life.create_table(name);
  life.set_text("y", "a", "kept");
  for (int i = 0; i < 3; ++i) {
    for (const char* name : {"b", "y", "z"}) life.append(name, some(life, 30));
    life.commit();
  }
  life.close();
  life.repack();
  life.open();
  life.append("b", some(life, 30));
  life.append("z", some(life, 30));
  life.commit();
  life.append("y", some(life, 30));
  life.close();
  life.repack();
}

// Packs files whose writer died.
void repacked_after_death(Life& life) {
  life.open();
  life.create_table("b");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3; ++i) {
      life.append("b", some(life, 20));
      life.commit();
    }
    life.append("b", some(life, 20));
    life.die();
    life.repack();
    life.open();
  }
  life.append("b", some(life, 20));
  life.close();
}

// Written without a journal, and closed.
void unjournaled(Life& life) {
  life.open();
  life.create_table("a");
  life.append("a", some(life, 30));
  life.commit();
  life.append("a", some(life, 30));
  life.close();
}

// The same in place of another, of which only the last closing is looked at.
void unjournaled_replaced(Life& life) {
  unjournaled(life);
  life.open(FileMode::replace);
  life.create_table("c");
  life.append("c", some(life, 30));
  life.commit();
  life.append("c", some(life, 30));
  life.close();
}

constexpr WriterOptions kFewNames{4};
constexpr WriterOptions kSomeNames{16};
constexpr WriterOptions kSmallJournal{16, 8192};
constexpr WriterOptions kCheckpoints{16, 12000, 4096};
constexpr WriterOptions kLittleHeld{16, 0, 8192, 3000};
constexpr WriterOptions kOrdered{16, 12000, 8192, 3000, true};
constexpr WriterOptions kUnjournaled{4, 0, 0, 0, false, true};

constexpr Workload kWorkloads[] = {
    {"whole-chunks", whole_chunks, kFewNames, true, true},
    {"partial-chunks", partial_chunks, kFewNames, true, true},
    {"three-tables", three_tables, kSomeNames, true, true},
    {"one-of-three", one_table_of_three, {}, true, true},
    {"new-tables", new_tables, kSomeNames, true, false},
    {"texts", texts, kSomeNames, true, false},
    {"reopened", reopened, kSomeNames, true, false},
    {"many-commits", many_commits, kSmallJournal, true, true},
    {"long-rows", long_rows, kFewNames, true, true},
    {"large-commits", large_commits, kSomeNames, true, true},
    {"replaced", replaced, kSomeNames, false, false},
    {"dies-and-lives-on", dies_and_lives_on, kSmallJournal, false, false},
    {"checkpoints", checkpoints, kCheckpoints, true, false},
    {"held-and-direct", held_and_direct, kLittleHeld, true, true},
    {"abandoned", abandoned, kCheckpoints, false, false},
    {"recovered", recovered, kCheckpoints, false, false},
    {"replaced-after-death", replaced_after_death, kLittleHeld, false, false},
    {"full-disk", full_disk, kSomeNames, false, false},
    {"compressed", compressed, kFewNames, false, false},
    {"columns", columns, kFewNames, false, false},
    {"repacked", repacked, kFewNames, false, false},
    {"repacked-after-death", repacked_after_death, kFewNames, false, false},
    {"unjournaled", unjournaled, kUnjournaled, false, false},
    {"unjournaled-replaced", unjournaled_replaced, kUnjournaled, false, false},
    {"ordered", held_and_direct, kOrdered, false, false},
    {"ordered-deaths", dies_and_lives_on, kOrdered, false, false},
};

}  // namespace

std::span<const Workload> workloads() {
  return kWorkloads;
}

}  // namespace forebay::test
