// Sources and the tasks they are cut into: which bytes, in which order, and what is known of each.
// Pure book-keeping; the coordinator does the rest. Coordinator's thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arena/arena.hpp"
#include "base/base.hpp"
#include "loader/file_options.hpp"
#include "loader/loader.hpp"
#include "loader/rejects.hpp"
#include "loader/text_ring.hpp"
#include "platform/platform.hpp"
#include "wire/wire.hpp"

namespace forebay::core {

class ChildLink;
struct Source;

constexpr std::uint64_t kUnknownRows = UINT64_MAX;

// A child said what cannot be, which ends it.
inline Status breach(const char* what) {
  return {FOREBAY_E_PROTOCOL, what};
}

// Rows that a child has published and nobody has taken yet.
struct Piece {
  Block* block = nullptr;
  std::uint64_t rows = 0;
  RejectCounts counts{};  // of the stretch of records that the rows come from
  std::uint64_t next_offset = 0;
  std::uint64_t next_line = 0;
  std::uint64_t crc = 0;        // of the decoded bytes between the piece before and next_offset
  std::uint64_t taken = 0;      // rows that went into an array, or are in one of an earlier load
  std::uint64_t truncated = 0;  // strings cut in the rows
  bool is_allowed = false;      // the budget has room for its rejects
  std::vector<PackedChunk> packed{};  // what became of its chunks; empty: they are rows
};

// Where a task can be begun anew.
struct TaskPlace {
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
  std::uint64_t record = 0;  // of the source
  std::uint32_t scan_state = 0;
};

// The array that a source's rows are joined in, where pieces do not fill one each.
struct Assembly {
  Block* block = nullptr;
  std::uint64_t rows = 0;
  std::uint64_t first_row = 0;
  std::uint64_t capacity = 0;  // rows
  std::vector<ColumnPlace> places{};
};

// A part of a source, handed to one child at a time. When its child dies it goes on at the record
// after the last published row.
struct LoadTask {
  enum class State : std::uint8_t { queued, assigned, ended };

  std::uint64_t id = 0;
  std::uint64_t order = 0;  // among the tasks of its source
  Source* source = nullptr;
  wire::TaskKind kind = wire::TaskKind::stream;
  State state = State::queued;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t line = 0;  // of `begin`, once composed
  ChildLink* child = nullptr;
  bool is_dropped = false;

  // Splits: the scan's answer, then the place in the source.
  std::optional<wire::Scanned> report;
  bool is_composed = false;
  bool go_sent = false;
  std::uint32_t scan_state = 0;       // at `begin`
  std::uint64_t first_row = 0;        // of the task: records of the source before it
  std::uint64_t shift = 0;            // of these, passed over as far as was known at the start
  std::uint64_t rows = kUnknownRows;  // records that the task has
  std::uint64_t grid_offset = 0;      // grid position of row 0 of the source

  // Splits of a bgzf file: the blocks that they begin and end at. Maps: where to begin.
  wire::Mark block_begin{};
  std::uint64_t block_end = 0;
  double file_share = 1.0;  // bytes of the file for each of [begin, end)
  bool has_mapped = false;

  // Inflating: the room for the text, then the text's task has it, and what was found.
  TextSlot slot;
  std::uint64_t slot_begin = 0;  // text: decoded offset of what stands at the slot's begin
  std::optional<wire::Inflation> inflation;

  // What its child did.
  std::vector<Block*> lent;         // not published yet
  bool wants_block = false;         // the child waits for one
  bool awaits_input = false;        // the child waits for whoever writes the source
  std::vector<PackedChunk> packed;  // of the block that is published next
  std::uint64_t packed_lease = 0;
  std::deque<Piece> pieces;
  std::uint64_t published = 0;
  std::uint64_t next_offset = 0;  // of the record after the last published row
  std::uint64_t next_line = 0;
  bool ended_inside_cut =
      false;  // the last piece ended before an array boundary: nothing may follow it
  std::uint64_t input_bytes = 0;  // of the file, since `begin`
  // What was consumed behind the last piece: up to where, and its CRC-64. 0: not known.
  std::uint64_t end_offset = 0;
  std::uint64_t end_line = 0;
  std::uint64_t end_crc = 0;
  Status failure;
  TaskRejects rejects;
  bool is_over_budget = false;  // of the failure: one reject more than is allowed
  TaskPlace delivered;          // splits: behind what was delivered
  bool must_fail = false;       // begun anew to find the reject that exceeds the budget

  // Whether it only looks at the source, before there are others.
  [[nodiscard]] bool is_prelude() const noexcept {
    return kind == wire::TaskKind::head || kind == wire::TaskKind::verify;
  }

  // Rows from row `published` to the next array boundary.
  [[nodiscard]] std::uint64_t rows_to_cut(std::uint64_t block_rows) const noexcept {
    return block_rows - (grid_offset + first_row - shift + published) % block_rows;
  }
  // Whether it has a part of the text whose records are counted before they are parsed.
  [[nodiscard]] bool is_part() const noexcept {
    return kind == wire::TaskKind::split || kind == wire::TaskKind::text;
  }
  // Records settled, of those it has.
  [[nodiscard]] std::uint64_t settled() const noexcept { return published + rejects.skipped; }
  // Whether its child may fill blocks for it.
  [[nodiscard]] bool has_place() const noexcept {
    return kind == wire::TaskKind::stream || kind == wire::TaskKind::rows || go_sent;
  }
  // Bytes of the file that `bytes` from `begin` on stand for.
  [[nodiscard]] std::uint64_t file_bytes(std::uint64_t bytes) const noexcept;
  // Whether its child has nothing to do for it until the coordinator speaks.
  [[nodiscard]] bool is_waiting() const noexcept;
};

// What the coordinator cuts sources by.
struct Geometry {
  std::uint64_t split_bytes = 0;
  std::uint64_t block_rows = 0;
  std::uint64_t row_bytes = 0;
  std::uint64_t skipped = 0;     // rows before the source that its place on the grid counts wrongly
  std::uint64_t slot_bytes = 0;  // for text that one child decodes and others parse; 0: none do
};

struct Source {
  std::uint32_t index = 0;
  std::string path;
  std::uint64_t max_rows = kUnknownRows;
  FileFormat wanted_format = FileFormat::automatic;
  std::uint64_t header_bytes = 0;  // raw
  std::string member;              // npz
  std::string resolved;
  std::uint32_t occurrence = 0;    // sources added before with the same resolved path
  bool is_opaque = false;          // for a custom child: what the bytes mean is its affair
  std::uint64_t listed_bytes = 0;  // size when it was added, for the progress

  bool is_given = false;       // by descriptor: there is no path to open
  bool is_sequential = false;  // a pipe or the like: read once, from where it stands; no size

  Descriptor file;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  InputFormat format = InputFormat::plain;
  bool is_open = false;
  bool is_headed = false;    // splits may be made
  bool all_created = false;  // no task will be added
  bool is_finished = false;
  std::deque<std::unique_ptr<LoadTask>> tasks;  // in order; delivered ones are gone

  // Composition: where the next split begins, in rows and lines.
  std::uint64_t next_begin = 0;
  std::size_t composed = 0;  // of `tasks`, from the front
  std::uint32_t scan_state = 0;
  std::uint64_t next_row = 0;
  std::uint64_t next_line = 1;
  bool is_cut_short = false;                 // max_rows ends it inside the last composed split
  bool rows_known = false;                   // next_row is the number of its rows
  std::uint64_t grid_offset = kUnknownRows;  // grid position of its row 0, once known

  Assembly assembly;
  std::uint64_t rows_delivered = 0;
  RejectCounts counts{};               // of what was delivered, by earlier loads too
  std::uint64_t fields_truncated = 0;  // in the pieces delivered
  std::optional<ResumePoint> resume;   // what an earlier load has stored
  bool is_verified = false;            // and that the file still has it
  Provenance place;                    // behind the last whole piece; nothing is ahead of it
  bool is_traced = true;               // `place` is known
  std::uint64_t bytes_ended = 0;       // of the file, in tasks that have gone
  std::uint32_t deaths = 0;
  Status end_status;            // the failure that comes behind the tasks
  bool is_out_of_time = false;  // end_status is settled
  Status failure;
  Status late_failure;  // comes after all rows
  std::uint64_t tasks_made = 0;

  // Binary sources: where their rows lie in the file, and the next that no task has.
  std::uint64_t data_offset = 0;
  std::uint64_t row_to_cut = 0;
  bool is_row_stream = false;  // they are compressed

  // bgzf: where the next splits end; the one before these; what is mapped.
  std::deque<wire::Mark> marks;
  wire::Mark last_mark{};
  wire::Mark mapped{};
  bool is_mapping = false;
  bool is_mapped = false;  // to the end, or to a fault

  // Compressed text that one child decodes and all parse: what the text passes through, as long as
  // there is more to decode.
  std::shared_ptr<TextRing> ring;
  std::uint64_t inflated_input = 0;  // bytes of the file that were decoded
  bool is_stepping = false;          // a task for it is there
  bool is_inflated = false;          // to its end
  bool is_rest_streamed = false;     // from next_begin on by one child, once there is no other task

  // Opens the file and decides how it is read. A failure names the path and what to do.
  Status open(const Geometry& geometry);
  // Stored by earlier loads.
  [[nodiscard]] std::uint64_t rows_before() const noexcept { return resume ? resume->at.rows : 0; }
  [[nodiscard]] RejectCounts counts_before() const noexcept {
    return resume ? RejectCounts{resume->at.rejects, resume->at.skipped} : RejectCounts{};
  }
  // Of the source: rows before the next one to deliver.
  [[nodiscard]] std::uint64_t next_delivered() const noexcept {
    return rows_before() + rows_delivered;
  }
  // Rows passed over in this load.
  [[nodiscard]] std::uint64_t skipped_now() const noexcept {
    return counts.skipped - counts_before().skipped;
  }
  // Whether max_rows ends it at its place, or before.
  [[nodiscard]] bool is_limited() const noexcept { return place.records() >= max_rows; }
  // Behind the last row delivered.
  [[nodiscard]] Provenance provenance() const noexcept;
  // Whether the file can still be what an earlier load has read, as far as its size tells.
  Status check_resume();
  [[nodiscard]] Status changed(const std::string& how) const;
  // Goes on behind what is stored already.
  void start_behind();
  // Moves `place` behind `rows` more rows, which end at `end`.
  void note(std::uint64_t rows, std::uint64_t end, std::uint64_t end_line,
            std::uint64_t crc) noexcept;
  // Adds the next task; none when all are there, or the head or the map is not known yet.
  LoadTask* create_task(const Geometry& geometry);
  LoadTask* first_queued() noexcept;
  // Gives every scanned split whose predecessors are known its place. Returns true when a split
  // became ready to go.
  void compose();
  [[nodiscard]] std::uint64_t bytes_done() const noexcept;
  // Tasks that have not ended.
  [[nodiscard]] std::size_t tasks_at_work() const noexcept;
  // How many rows it has, as far as that can be told from those seen; kUnknownRows without a clue.
  [[nodiscard]] std::uint64_t rows_expected() const noexcept;

  // source_layout.cpp. Binary: `rows` from `offset` on; nothing: as many as there are. A file that
  // ends before them fails late.
  Status lay_out_rows(std::uint64_t offset, std::optional<std::uint64_t> rows,
                      std::uint64_t row_bytes);
  // bgzf: what a map found. FOREBAY_E_PROTOCOL: it cannot be.
  Status take_map(LoadTask& task, const wire::Mapped& found, std::uint64_t split_bytes);
  // The task is over and goes.
  void end_map(LoadTask& task);

  // source_inflation.cpp. Whether its decoding is cut into steps, and whether a ring is due for it.
  [[nodiscard]] bool is_inflated_apart(const Geometry& geometry) const noexcept;
  [[nodiscard]] bool wants_ring(const Geometry& geometry) const noexcept;
  // What a step has decoded becomes a task. FOREBAY_E_PROTOCOL: it cannot be.
  Status take_inflated(LoadTask& step, const wire::Inflated& found);
  // The step is over. It stays only with a failure, which comes behind the text before it.
  void end_step(LoadTask& step);
  // Nothing more is decoded. What was is parsed.
  void end_inflation() noexcept;
  // Compressed text that cannot be split.
  [[nodiscard]] bool is_packed() const noexcept;

 private:
  [[nodiscard]] bool is_split_up(const Geometry& geometry) const noexcept;
  LoadTask* add_task(wire::TaskKind kind);
  LoadTask* create_split(const Geometry& geometry);
  LoadTask* create_rows(const Geometry& geometry);
  LoadTask* create_map_or_split();
  LoadTask* create_step();
  LoadTask* create_stream();
  // Looks at what was opened or given: its size, format and whether it can be read anywhere.
  Status look();
  Status open_path();
};

}  // namespace forebay::core
