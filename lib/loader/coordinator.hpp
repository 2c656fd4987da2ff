// The coordinator: hands tasks and blocks to children, puts their answers in order, delivers
// arrays. All on the caller's thread, inside next() and step(). Its parts: dispatch.cpp (tasks and
// credits), any_order.cpp (children on sources of their own), inflation.cpp (text that one child
// decodes and others parse), messages.cpp (what children say), packing.cpp (chunks that they
// packed), recovery.cpp (what becomes of dead ones), delivery.cpp (rows in order), assembly.cpp
// (arrays joined from pieces), budget.cpp (bad rows).
//
// Invariant: no deadlock over blocks. Blocks are lent for one task and come back when it ends.
// Tasks of one child are in the order of the sources. A task that is not the head of the line is
// lent a block only if afterwards enough is left for the head and for the array being assembled. So
// the head's child, whose first task is the head, can always go on unless the caller holds the
// rest, two arrays or more. In order any the lead, the first source that is not finished, takes the
// place of the line, and the first slot's child goes to sources in their order.
// tests/loader/test_credit_model.cpp walks all states of a small model of these rules.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "loader/child_link.hpp"
#include "loader/child_notes.hpp"
#include "loader/event_loop.hpp"
#include "loader/loader.hpp"
#include "loader/rejects.hpp"
#include "loader/source.hpp"

namespace forebay::core {

class Loader::Core {
 public:
  Core(DtypeRef dtype, LoaderOptions options)
      : dtype_(std::move(dtype)), options_(std::move(options)), ledger_(options_.keep_rejects) {}
  ~Core();

  Status open();
  Status add_file(std::string path, const FileOptions& options);
  Status add_descriptor(int descriptor, std::string name, const FileOptions& options);
  Status use_grid(std::uint64_t chunk_rows, std::uint64_t first_row, Layout layout,
                  const ChunkForm& form);
  Status resume(std::uint32_t index, const ResumePoint& point);
  bool source_facts(std::uint32_t index, SourceFacts* out) const;
  [[nodiscard]] std::uint64_t options_hash(const Source& source) const;
  [[nodiscard]] std::uint64_t config_hash() const;
  [[nodiscard]] std::uint64_t rejects_written(const Source& source) const;
  Status next(int timeout_ms, Array** out);
  Status step(int timeout_ms);
  void cancel();

  [[nodiscard]] int descriptor() const { return loop_->descriptor(); }
  [[nodiscard]] LoaderProgress progress() const;
  [[nodiscard]] bool child_progress(std::uint32_t index, ChildProgress* out) const;
  [[nodiscard]] ArenaStats arena_stats() { return arena_->stats(); }
  [[nodiscard]] std::uint64_t bytes_copied() const { return rows_copied_ * dtype_->row_bytes(); }
  Status source_status(std::uint32_t index, std::uint64_t* rows) const;
  [[nodiscard]] std::optional<std::uint64_t> source_truncated(std::uint32_t index) const;
  [[nodiscard]] const char* source_path(std::uint32_t index) const;
  [[nodiscard]] const DtypeRef& dtype() const { return dtype_; }
  [[nodiscard]] const RejectLedger& ledger() const { return ledger_; }
  void mark_rejects_stored(bool with_counts);
  [[nodiscard]] bool are_counts_stored() const { return counts_stored_; }
  [[nodiscard]] bool has_ended() const { return has_ended_; }
  bool take_note(ChildNote* out) { return notes_.take(out); }
  [[nodiscard]] Order order() const { return options_.order; }
  Status source_rejects(std::uint32_t index, SourceRejects* out) const;

 private:
  // coordinator.cpp
  Status set_geometry(std::uint64_t block_rows, Layout layout);
  void pump();
  // Waits for something to be delivered, to fail, or for the time to be up.
  Status await(int timeout_ms);
  [[nodiscard]] bool is_custom() const { return !options_.child_argv.empty(); }
  [[nodiscard]] bool may_skip() const { return options_.on_error != OnError::fail; }
  [[nodiscard]] bool is_any_order() const { return options_.order == Order::any; }
  Status add_source(std::unique_ptr<Source> source, const FileOptions& options);
  // One past the last source that may have tasks.
  [[nodiscard]] std::size_t active_end() const;
  Status full_status();
  [[nodiscard]] Geometry geometry(const Source& source) const noexcept {
    return {options_.split_bytes, block_rows_, dtype_->row_bytes(), skipped_on_grid(source),
            slot_bytes()};
  }
  [[nodiscard]] bool is_open_question() const;

  // dispatch.cpp
  void assign_tasks();
  bool assign_in_order();
  LoadTask* next_task();
  LoadTask* create_task(Source& source);
  bool assign(LoadTask& task, std::unique_ptr<ChildLink>* slot);
  std::unique_ptr<ChildLink>* child_for(const LoadTask& task);
  [[nodiscard]] wire::Config child_config() const;
  Status start_child(std::unique_ptr<ChildLink>* slot);
  void hand_over(LoadTask& task, ChildLink& child);
  void send_go(LoadTask& task);
  void compose_sources();
  void place_on_grid();
  [[nodiscard]] bool awaits_grid(const Source& source) const;
  [[nodiscard]] std::uint64_t arrays_to_lease() const;
  [[nodiscard]] std::uint64_t spare_for_assembly() const;
  [[nodiscard]] std::uint64_t spare_for_others() const;
  void lend_blocks();
  [[nodiscard]] bool awaits_disk() const;
  bool lend_block(LoadTask& task, std::uint64_t spare);

  // inflation.cpp
  [[nodiscard]] std::size_t slots() const noexcept { return children_.size() + 2; }
  [[nodiscard]] std::uint64_t slot_bytes() const noexcept;
  [[nodiscard]] std::uint64_t ring_bytes() const;
  [[nodiscard]] std::uint64_t rings() const;
  bool make_ring(Source& source);
  Status handle_inflated(ChildLink& child, const wire::Inflated& message);
  void place_text(const LoadTask& task, ChildLink& child, wire::Task& message);
  [[nodiscard]] bool is_decoding(const ChildLink& child) const;
  [[nodiscard]] ChildLink* inflater_of(const Source& source) const;
  [[nodiscard]] bool is_kept_back(const ChildLink& child, const LoadTask& task) const;
  void assign_step();
  void assign_ahead();
  LoadTask* task_ahead(const ChildLink* child);
  LoadTask* task_ahead_of(Source& source, const ChildLink* child);
  [[nodiscard]] bool has_room_for(const LoadTask& task);

  // any_order.cpp
  void assign_apart();
  LoadTask* task_apart();

  // messages.cpp
  void drain_children();
  void drain(ChildLink& child, std::size_t most_packets);
  Status handle(ChildLink& child, std::span<const std::byte> packet);
  Status handle_hello(ChildLink& child, const wire::Hello& message);
  Status handle_headed(ChildLink& child, const wire::Headed& message);
  Status handle_mapped(ChildLink& child, const wire::Mapped& message);
  Status handle_scanned(ChildLink& child, const wire::Scanned& message);
  Status handle_waiting(ChildLink& child, const wire::Waiting& message);
  Status handle_want(ChildLink& child, const wire::Want& message);
  Status handle_packed(ChildLink& child, const wire::Packed& message);
  Status handle_publish(ChildLink& child, const wire::Publish& message);
  Status handle_reject(ChildLink& child, const wire::Reject& message);
  Status handle_done(ChildLink& child, const wire::Done& message);
  Status handle_verified(ChildLink& child, const wire::Verified& message);
  Status handle_fail(ChildLink& child, const wire::Fail& message);
  Status handle_log(ChildLink& child, const wire::Log& message);
  void note_end(LoadTask& task, std::uint64_t offset, std::uint64_t line, std::uint64_t crc);
  void end_task(ChildLink& child, LoadTask& task);

  // packing.cpp
  // Whether the block of a publish has all of its chunks packed, or none.
  [[nodiscard]] bool may_be_packed(const LoadTask& task, const wire::Publish& message) const;

  // recovery.cpp
  void judge_deadlines();
  void judge_children(std::uint64_t now, std::uint64_t* earliest);
  void judge_whole(std::uint64_t now, std::uint64_t* earliest);
  void fail_unfinished();
  [[nodiscard]] Status time_is_up(const Source& source) const;
  void end_source(Source& source, Status why);
  void bury_children();
  void bury(std::unique_ptr<ChildLink>* slot);
  void requeue(LoadTask& task);
  Status death_status(ChildLink& child, const ChildExit& exit, const Source& source) const;
  void drop_tasks(Source& source, std::size_t from);

  // budget.cpp
  [[nodiscard]] RejectCounts known_before(const LoadTask& task) const;
  // Rows before the source, of those its place on the grid counts, that are known to be passed
  // over.
  [[nodiscard]] std::uint64_t skipped_on_grid(const Source& source) const noexcept;
  void allow_rejects(LoadTask& task);
  Status cover_tail(LoadTask& task, const RejectCounts& counts);
  // Whether `counts` more rejects are within the budget of the source.
  [[nodiscard]] bool has_budget(const Source& source, const RejectCounts& counts) const;
  void take_rejects(Source& source, LoadTask& task, const RejectCounts& counts);
  [[nodiscard]] bool is_exact(const Source& source, const LoadTask& task) const;
  void begin_anew(Source& source);
  void make_way_for_head();
  [[nodiscard]] bool awaits_exact_place(const Source& source) const;

  // delivery.cpp
  // OK with an array, FOREBAY_AGAIN, FOREBAY_END, FOREBAY_E_FULL, or the failure of a source.
  Status deliver(Array** out);
  Status deliver_from(Source& source, Array** out);
  Status deliver_piece(Source& source, LoadTask& task, Array** out);
  void pop_piece(Source& source, LoadTask& task);
  void finish_piece(Source& source, LoadTask& task);
  [[nodiscard]] static bool is_stored_already(const Source& source, Piece& piece);
  Status hand_out(Source& source, Block* block, std::uint64_t rows, std::uint64_t first_row,
                  std::uint64_t capacity, Array** out);
  Status hand_out_assembly(Source& source, Array** out);
  void count_truncated(Source& source, const Piece& piece);
  void finish_source(Source& source);
  [[nodiscard]] bool is_last_piece(const Source& source, const LoadTask& task) const;
  [[nodiscard]] LoadTask* head_task() const;

  // assembly.cpp
  Status assemble(Source& source, LoadTask& task, Array** out);
  Status begin_assembly(Source& source);
  [[nodiscard]] bool is_whole() const { return options_.whole_sources && !is_grid_; }
  [[nodiscard]] std::uint64_t piece_budget() const;
  [[nodiscard]] std::uint64_t piece_bytes() const;
  // In arrays that were handed out and not released.
  [[nodiscard]] std::uint64_t held_bytes() const;
  [[nodiscard]] bool is_row_count_exact(const Source& source) const;
  [[nodiscard]] std::uint64_t rows_expected(const Source& source, std::uint64_t rows) const;
  Status grow_whole(Source& source, std::uint64_t rows);
  Status move_whole(Source& source, std::uint64_t capacity);
  Status too_large(const Source& source, std::uint64_t rows, std::uint64_t apart) const;

  // Constant after open(), but for the geometry, which use_grid() may set before work begins.
  const DtypeRef dtype_;
  LoaderOptions options_;
  std::vector<std::string> command_;  // the child program and its arguments
  bool is_grid_ = false;
  std::uint64_t block_rows_ = 0;
  std::uint64_t block_bytes_ = 0;
  Layout layout_ = Layout::rows;
  std::vector<ColumnPlace> places_;  // of the fields in a block
  std::vector<ChunkPlace> chunks_;   // of a full one
  std::uint64_t grid_first_ = 0;
  std::shared_ptr<const ChunkForm> form_;  // of the table's chunks; null: children pack none

  std::unique_ptr<EventLoop> loop_;
  ArenaRef arena_;
  SegmentId own_segment_ = 0;  // for arrays joined from several pieces
  Descriptor timer_;
  EventLoop::Watch released_watch_;
  EventLoop::Watch timer_watch_;
  std::uint64_t timer_at_ns_ = 0;  // 0: not armed

  std::vector<std::unique_ptr<Source>> sources_;
  std::unordered_map<std::string, std::uint32_t> times_added_;  // by resolved path
  std::size_t head_ = 0;         // first source not finished: the lead
  std::size_t frontier_ = 0;     // first source that may get more tasks
  std::size_t reach_ = 0;        // one past the last source that was given tasks out of turn
  std::size_t grid_source_ = 0;  // first source whose place on the grid is not known
  std::uint64_t grid_rows_ = 0;
  std::vector<std::unique_ptr<ChildLink>> children_;
  mutable std::vector<std::weak_ptr<const TextRing>> rings_;  // that take from the quota
  std::vector<std::unique_ptr<LoadTask>> dropped_;  // handed to a child that has not ended them yet
  std::uint64_t last_task_ = 0;
  bool has_begun_ = false;
  bool has_ended_ = false;
  bool is_cancelled_ = false;
  bool cuts_first_piece_ = false;  // an earlier load has delivered a source up to inside a piece
  bool line_moved_ = false;        // deliver() took something from the head of the line

  // What step() found and next() has not taken yet.
  Array* ready_ = nullptr;
  Status ready_status_ = Status::news(FOREBAY_AGAIN);

  ChildNotes notes_;
  mutable std::optional<std::uint64_t> config_hash_;
  RejectLedger ledger_;
  bool counts_stored_ = false;  // rejects that were counted and not kept are in the store too
  std::uint64_t skipped_finished_ = 0;  // rows passed over in sources before head_

  std::uint64_t rows_copied_ = 0;
  std::uint64_t rows_done_ = 0;
  std::uint64_t fields_truncated_ = 0;  // in rows delivered
  std::uint64_t bytes_finished_ = 0;    // of finished sources
  std::uint64_t bytes_listed_ = 0;
  std::uint32_t finished_ = 0;
  std::uint32_t failed_ = 0;
  std::uint32_t restarts_ = 0;
  std::uint64_t begun_ns_ = 0;
};

}  // namespace forebay::core
