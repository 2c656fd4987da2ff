// The messages between coordinator and child, byte for byte; docs/format/wire.md is the prose. Both
// ends run on one machine from one release, so integers are in the machine's byte order and the
// version must be equal. One message is one SOCK_SEQPACKET packet of at most kMaxMessage bytes;
// every integer is at its natural alignment and no struct has hidden padding.
#pragma once

#include <cstddef>
#include <cstdint>

namespace forebay::core::wire {

constexpr std::uint32_t kMagic = 0x31574246U;  // "FBW1"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kMaxMessage = 4096;
constexpr std::size_t kMaxText = 1024;
constexpr std::size_t kMaxRejectText = 256;  // of the reason, and of the line
constexpr std::uint64_t kNoBudget = UINT64_MAX;
constexpr std::size_t kMaxSniffText = 8U << 20U;
constexpr std::uint64_t kUnknownSize = UINT64_MAX;
constexpr std::size_t kStates = 6;  // text::kScanStates
constexpr std::size_t kMaxMember = 240;
constexpr std::size_t kMaxMarks = 64;
constexpr std::uint32_t kMostLogLevel = 4;
constexpr std::size_t kMaxPacked = 64;

enum class Type : std::uint32_t {
  // coordinator to child
  task = 1,
  go = 2,
  lend = 3,
  drop = 4,
  text_memory = 5,
  // child to coordinator
  hello = 16,
  headed = 17,
  scanned = 18,
  want = 19,
  publish = 20,
  done = 21,
  fail = 22,
  reject = 23,
  mapped = 24,
  verified = 25,
  waiting = 26,
  log = 27,
  inflated = 28,
  packed = 30,
  sniff_text = 40,
  sniffed = 41,
};

enum class TaskKind : std::uint32_t {
  head = 1,   // read the top of the source; answered by `headed`, then `done`
  split = 2,  // bytes [begin, end) of a plain file, decoded ones of a bgzf file; answered by
              // `scanned`, then, after `go`, by `publish`... and `done`
  stream =
      3,     // the whole source from decoded offset `begin` on; answered by `publish`... and `done`
  map = 4,   // the blocks of a bgzf file from block_begin on; answered by `mapped`, then `done`
  rows = 5,  // bytes [begin, end) of a binary file, whole rows; answered by `publish`... and `done`
  sniff = 16,   // samples of the source; answered by `sniff_text`..., `sniffed` and `done`
  verify = 6,   // the decoded bytes before offset `begin`, which an earlier load has consumed;
                // answered by `verified`... and `done`
  inflate = 7,  // decode what follows decoded offset `begin` into the room that was given, as far
                // as whole records go; answered by `inflated`, then `done`
  text = 8,     // decoded bytes [begin, end), whole records that an `inflate` has left in memory;
                // answered, after `go`, by `publish`... and `done`
};

// What becomes of a row that cannot be read.
enum class OnError : std::uint32_t {
  fail = 1,  // its source fails there
  skip = 2,  // it is passed over
  null = 3,  // what cannot be read or is missing is filled; passed over where that cannot be
};

struct Header {
  std::uint32_t magic;
  Type type;
  std::uint32_t size;  // of the whole message; must equal the packet's
  std::uint32_t reserved;
};

// Comes with the source's descriptor.
struct Task {
  static constexpr Type kType = Type::task;
  Header header;
  std::uint64_t task;  // never used twice on one socket
  TaskKind kind;
  std::uint32_t source;
  std::uint32_t format;  // InputFormat of the source
  std::uint32_t reserved;
  std::uint64_t begin;          // stream: 0 or, to go on, a record start
  std::uint64_t end;            // size of the source in the file for all but a split; kUnknownSize:
                                // the source can only be read on from where it stands, `format`
                                // is not known
  std::uint64_t line;           // stream with begin > 0: line of `begin`
  std::uint64_t first_cut;      // stream: rows until the first array boundary
  std::uint64_t row_limit;      // stream: most rows to publish
  std::uint64_t first_row;      // of the task, in its source: rows published before
  std::uint64_t reject_limit;   // stream: most `reject` messages to send; further ones are counted
  std::uint64_t reject_budget;  // stream: rejects that are allowed; the next one fails the task
  std::uint64_t source_bytes;
  // bgzf: the block that holds `begin`, and the decoded offset of its first byte. map: the decoded
  // offset of block_begin, and the byte of the file past which no further block is begun. inflate:
  // the room [block_begin, block_end) in the memory that `text_memory` has brought. text: where
  // `begin` lies there.
  std::uint64_t block_begin;
  std::uint64_t block_base;
  std::uint64_t block_end;
  char member[kMaxMember];  // npz: the chosen one; zeros behind it
};

struct Go {
  static constexpr Type kType = Type::go;
  Header header;
  std::uint64_t task;
  std::uint32_t state;  // text::ScanState at `begin`
  std::uint32_t reserved;
  std::uint64_t line;  // of `begin`
  std::uint64_t first_cut;
  std::uint64_t row_limit;
  std::uint64_t reject_limit;  // as in Task
  std::uint64_t reject_budget;
};

struct Lend {
  static constexpr Type kType = Type::lend;
  Header header;
  std::uint64_t task;    // the block may be filled for this task only
  std::uint64_t lease;   // never used twice on one socket
  std::uint64_t offset;  // in the child's segment
  std::uint64_t bytes;
  std::uint64_t is_large;  // stands on large pages, which are there already
};

// The task is no longer wanted. It still ends with `done` or `fail`.
struct Drop {
  static constexpr Type kType = Type::drop;
  Header header;
  std::uint64_t task;
};

// Comes before a task of kind inflate or text, with the descriptor of the memory that its text goes
// to or stands in; to read only where the text stands in it.
struct TextMemory {
  static constexpr Type kType = Type::text_memory;
  Header header;
};

struct Hello {
  static constexpr Type kType = Type::hello;
  Header header;
  std::uint32_t version;
  std::uint32_t pid;
};

struct Headed {
  static constexpr Type kType = Type::headed;
  Header header;
  std::uint64_t task;
  std::uint64_t data_offset;
  std::uint64_t data_line;
  std::uint64_t rows;          // of a binary source
  std::uint32_t is_streaming;  // binary: its rows are compressed, so it must be read as a stream
  std::uint32_t reserved;
  std::uint64_t crc;  // CRC-64 of the bytes before data_offset
};

// Where a bgzf file can be split. A block begins at file_offset of each mark, or the blocks end.
struct Mark {
  std::uint64_t file_offset;
  std::uint64_t offset;  // decoded
};
struct Mapped {
  static constexpr Type kType = Type::mapped;
  Header header;
  std::uint64_t task;
  std::uint32_t marks_used;
  std::uint32_t at_end;   // no block follows
  Mark next;              // where the next map has to begin
  Mark marks[kMaxMarks];  // in ascending order; zeros behind those used
};

// How far a `verify` task has come; the last one has `offset` equal to the task's `begin`, or less
// where the source ends before it.
struct Verified {
  static constexpr Type kType = Type::verified;
  Header header;
  std::uint64_t task;
  std::uint64_t offset;
  std::uint64_t crc;        // of the decoded bytes before `offset`
  std::uint32_t ends_row;   // a line break stands before `offset`, or the source ends there
  std::uint32_t is_at_end;  // the source ends at `offset`
};

enum class Inflation : std::uint32_t {
  more = 1,      // text of whole records was written, more may follow
  at_end = 2,    // so was the rest of the source, which may be nothing
  too_long = 3,  // the record at `begin` has no room; nothing was written
};

// What an `inflate` has written, from the start of its room on.
struct Inflated {
  static constexpr Type kType = Type::inflated;
  Header header;
  std::uint64_t task;
  std::uint64_t bytes;
  std::uint64_t rows;  // that begin in it
  std::uint64_t newlines;
  std::uint64_t input_bytes;  // of the file, consumed so far from its top
  Inflation state;
  std::uint32_t reserved;
};

struct Scanned {
  static constexpr Type kType = Type::scanned;
  Header header;
  std::uint64_t task;
  std::uint64_t newlines;
  std::uint64_t rows[kStates];  // for each state that the split may begin in
  std::uint32_t end[kStates];
};

// The child has no block left for the task and waits.
struct Want {
  static constexpr Type kType = Type::want;
  Header header;
  std::uint64_t task;
};

// The child waits for whoever writes the source, which is a pipe or the like.
struct Waiting {
  static constexpr Type kType = Type::waiting;
  Header header;
  std::uint64_t task;
};

// Chunks of a full block that lie packed in it, told before the publish of it: one of rows, or one
// of each column, from number `first` on.
struct Packed {
  static constexpr Type kType = Type::packed;
  Header header;
  std::uint64_t task;
  std::uint64_t lease;
  std::uint32_t first;
  std::uint32_t count;
  PackedChunk chunks[kMaxPacked];  // zeros behind those used
};

// The block of `lease` holds `rows` rows from its start; it is the coordinator's again.
struct Publish {
  static constexpr Type kType = Type::publish;
  Header header;
  std::uint64_t task;
  std::uint64_t lease;
  std::uint64_t rows;
  std::uint64_t next_offset;  // decoded offset of the record after the last row
  std::uint64_t next_line;
  std::uint64_t input_bytes;  // of the file, consumed for the task so far
  std::uint64_t rejects;      // since the last publish, before next_offset
  std::uint64_t skipped;      // rows passed over among them
  std::uint64_t truncated;    // strings in these rows that were cut to fit their fields
  std::uint64_t crc;  // of the decoded bytes between the last publish (or the task's first record,
                      // or the source's first byte) and next_offset
};

// The task is over; blocks lent for it and not published are the coordinator's again.
struct Done {
  static constexpr Type kType = Type::done;
  Header header;
  std::uint64_t task;
  std::uint64_t rows;  // published for the task
  std::uint64_t input_bytes;
  std::uint64_t rejects;  // since the last publish
  std::uint64_t skipped;
  // What was consumed behind the last row published (comments, blank lines, rows passed over):
  // where it ends, and its CRC-64. An offset of 0: not known, nothing counts as consumed.
  std::uint64_t end_offset;
  std::uint64_t end_line;
  std::uint64_t crc;
};

// As Done, but the task failed after the rows published. `text` is not terminated.
struct Fail {
  static constexpr Type kType = Type::fail;
  Header header;
  std::uint64_t task;
  std::int32_t code;
  std::int32_t os_errno;
  std::uint64_t line;
  std::uint64_t byte;
  std::uint32_t column;
  std::uint32_t text_bytes;
  std::uint64_t rejects;  // since the last publish
  std::uint64_t skipped;
  std::uint32_t is_over_budget;  // the failure is a reject that reject_budget does not allow
  std::uint32_t reserved;
  std::uint64_t end_offset;  // as in Done
  std::uint64_t end_line;
  std::uint64_t crc;
  char text[kMaxText];
};

// A field that could not be read, or a row that was passed over: one of those that the next
// publish, done or fail counts. The texts are not terminated.
struct Reject {
  static constexpr Type kType = Type::reject;
  Header header;
  std::uint64_t task;
  std::uint64_t line;  // of the bad field
  std::uint64_t byte;
  std::int32_t code;
  std::uint32_t column;
  std::uint32_t reason_bytes;
  std::uint32_t text_bytes;
  char reason[kMaxRejectText];
  char text[kMaxRejectText];
};

// Something that a child program wants its host to read. `task` is the one it is at, or 0. The text
// is not terminated.
struct Log {
  static constexpr Type kType = Type::log;
  Header header;
  std::uint64_t task;
  std::uint32_t level;  // 1 to kMostLogLevel, the gravest last
  std::uint32_t text_bytes;
  char text[kMaxText];
};

// Pieces of the texts of a guess, in order; together at most kMaxSniffText bytes.
struct SniffText {
  static constexpr Type kType = Type::sniff_text;
  Header header;
  std::uint64_t task;
  std::uint32_t text_bytes;
  std::uint32_t reserved;
  char text[kMaxText];
};

// What a source is guessed to be. The texts have come before, each with a NUL behind it: dtype,
// comment, na, and then the notes.
struct Sniffed {
  static constexpr Type kType = Type::sniffed;
  Header header;
  std::uint64_t task;
  std::uint32_t delimiter;  // text::SniffGuess
  std::uint32_t quote;
  std::uint32_t decimal;
  std::uint32_t skip_rows;
  std::uint32_t has_header;
  std::uint32_t columns;
  std::uint32_t confidence;
  std::uint32_t reserved;
  std::uint64_t rows;
  std::uint64_t bytes;
  std::uint64_t text_bytes;  // of all pieces
};

static_assert(sizeof(SniffText) == 32 + kMaxText && sizeof(Sniffed) == 80);
static_assert(sizeof(Log) == 32 + kMaxText);
static_assert(sizeof(Header) == 16 && sizeof(Task) == 376 && sizeof(Go) == 72 &&
              sizeof(Lend) == 56);
static_assert(sizeof(Drop) == 24 && sizeof(Hello) == 24 && sizeof(Headed) == 64 &&
              sizeof(Scanned) == 104);
static_assert(sizeof(TextMemory) == 16 && sizeof(Inflated) == 64);
static_assert(sizeof(Want) == 24 && sizeof(Waiting) == 24 && sizeof(Publish) == 96 &&
              sizeof(Done) == 80 && sizeof(Verified) == 48 && sizeof(Fail) == 104 + kMaxText &&
              sizeof(Reject) == 568);
static_assert(sizeof(Packed) == 40 + 8 * kMaxPacked && sizeof(Packed) <= kMaxMessage);
static_assert(sizeof(Mapped) == 48 + 16 * kMaxMarks && sizeof(Mapped) <= kMaxMessage);
static_assert(sizeof(Fail) <= kMaxMessage && offsetof(Fail, text) == 104 &&
              offsetof(Scanned, end) == 80);

}  // namespace forebay::core::wire
