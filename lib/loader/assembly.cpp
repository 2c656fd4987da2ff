// Arrays joined from pieces: at the seams between splits, and whole sources. Every byte moved is
// counted.
//
// Why a block of our own: a child could still write to a block of its segment, and must reach no
// rows but its own.
//
// Whole sources are joined one after the other, the lead only. Pieces have a budget of their own;
// the array may take the rest of the quota. Its size is told from the rows seen so far and what is
// left of the file; where that is not enough, or not known, a larger block is leased and the rows
// are copied.
#include <algorithm>

#include "loader/coordinator.hpp"

namespace forebay::core {
namespace {

// How much more than expected is leased at first, in percent.
constexpr std::uint64_t kMarginPercent = 3;
constexpr std::uint64_t kPage = 4096;

std::uint64_t mebibytes(std::uint64_t bytes) {
  return divide_up(bytes, 1U << 20U);
}

// Rows that this load can have of a source whose number of records is known.
std::uint64_t rows_known_of(const Source& source) {
  const std::uint64_t others = source.rows_before() + source.counts.skipped;
  return source.next_row - std::min(source.next_row, others);
}

}  // namespace

// Copies of the first piece what goes into the array being joined. Rows that were passed over shift
// those behind them, so a piece may reach over the end of the array; the rest of it waits.
Status Loader::Core::assemble(Source& source, LoadTask& task, Array** out) {
  Assembly& assembly = source.assembly;
  Piece& piece = task.pieces.front();
  if (is_whole()) {
    if (source.index != head_) return Status::news(FOREBAY_AGAIN);
    Status status = grow_whole(source, assembly.rows + piece.rows);
    if (!status.is_ok()) return status;
  } else if (assembly.block == nullptr) {
    Status status = begin_assembly(source);
    if (!status.is_ok()) return status;
  }
  const std::uint64_t room = is_whole()
                                 ? assembly.capacity - assembly.rows
                                 : block_rows_ - (assembly.first_row + assembly.rows) % block_rows_;
  const std::uint64_t rows = std::min(piece.rows - piece.taken, room);
  copy_rows(*dtype_, {piece.block->data, &places_, piece.taken},
            {assembly.block->data, &assembly.places, assembly.rows}, rows);
  assembly.rows += rows;
  rows_copied_ += rows;
  piece.taken += rows;
  if (piece.taken == piece.rows) finish_piece(source, task);
  // On a grid only the rest of a piece that an earlier load has cut comes here.
  const bool is_complete = !is_whole() && (rows == room || is_grid_);
  return is_complete ? hand_out_assembly(source, out) : Status::ok();
}

Status Loader::Core::begin_assembly(Source& source) {
  const bool is_lead = source.index == head_;
  auto block = arena_->lease(own_segment_, block_bytes_, is_lead ? 0 : spare_for_others());
  if (block.code() == FOREBAY_E_FULL) return is_lead ? full_status() : Status::news(FOREBAY_AGAIN);
  if (!block.is_ok()) return std::move(block).status();
  source.assembly = {*block, 0, source.next_delivered(), block_rows_, places_};
  return Status::ok();
}

std::uint64_t Loader::Core::piece_budget() const {
  const std::uint64_t wanted = (2 * children_.size() + 2) * block_bytes_;
  return std::max(2 * block_bytes_, std::min(wanted, options_.memory_bytes / 4));
}

// What children were lent, what they published and nobody has taken, and text under way.
std::uint64_t Loader::Core::piece_bytes() const {
  std::uint64_t blocks = 0;
  for (std::size_t i = head_; i < active_end(); ++i) {
    for (const auto& task : sources_[i]->tasks) blocks += task->lent.size() + task->pieces.size();
  }
  for (const auto& task : dropped_) blocks += task->lent.size();
  return blocks * block_bytes_ + ring_bytes();
}

std::uint64_t Loader::Core::held_bytes() const {
  std::uint64_t own = piece_bytes();
  for (std::size_t i = head_; i < active_end(); ++i) {
    const Block* block = sources_[i]->assembly.block;
    if (block != nullptr) own += block->bytes;
  }
  const std::uint64_t lent = arena_->stats().lent;
  return lent - std::min(lent, own);
}

// Rows of a binary file are never passed over.
bool Loader::Core::is_row_count_exact(const Source& source) const {
  return source.rows_known && (!may_skip() || is_binary(source.format));
}

// How many rows the array of the source will have, of which `rows` are there. Records that may be
// passed over are reckoned to be as many among those to come.
std::uint64_t Loader::Core::rows_expected(const Source& source, std::uint64_t rows) const {
  std::uint64_t records = source.rows_expected();
  if (records == kUnknownRows) return records;
  if (source.resume) records -= std::min(records, source.resume->at.records());
  const std::uint64_t skipped = source.skipped_now();
  if (skipped == 0) return records;
  const double kept = static_cast<double>(rows) / static_cast<double>(rows + skipped);
  return std::max(rows, static_cast<std::uint64_t>(kept * static_cast<double>(records)) + 1);
}

// Makes room for `rows` rows of the source in one array.
Status Loader::Core::grow_whole(Source& source, std::uint64_t rows) {
  const Assembly& assembly = source.assembly;
  if (assembly.block != nullptr && rows <= assembly.capacity) return Status::ok();
  const bool is_exact = is_row_count_exact(source);
  if (is_exact) rows = std::max(rows, rows_known_of(source));
  const std::uint64_t row_bytes = dtype_->row_bytes();
  const std::uint64_t expected = rows_expected(source, rows);
  std::uint64_t wanted = expected;
  if (expected == kUnknownRows) wanted = 2 * rows;
  if (!is_exact) wanted += wanted * kMarginPercent / 100;
  if (!is_exact) wanted = std::max(wanted, assembly.capacity + assembly.capacity / 4);
  // There are no more records than these.
  if (source.rows_known) wanted = std::min(wanted, rows_known_of(source));
  // What the array may take: all but the old one, pieces, and what the caller holds. Each column
  // is a number of whole pages.
  const std::uint64_t old = assembly.block == nullptr ? 0 : assembly.block->bytes;
  const std::uint64_t columns = layout_ == Layout::columns ? dtype_->fields().size() : 1;
  const std::uint64_t apart = old + piece_budget() + columns * kPage;
  const std::uint64_t held = held_bytes();
  const std::uint64_t most =
      (options_.memory_bytes - std::min(options_.memory_bytes, apart)) / row_bytes;
  if (most < rows) {
    const std::uint64_t needed = std::max(rows, expected == kUnknownRows ? rows : expected);
    source.failure = too_large(source, needed, apart);
    drop_tasks(source, 0);
    return source.failure.clone();
  }
  const std::uint64_t now = most - std::min(most, divide_up(held, row_bytes));
  const std::uint64_t capacity = std::max(rows, std::min(wanted, most));
  return now < capacity && held > 0 ? full_status() : move_whole(source, capacity);
}

Status Loader::Core::move_whole(Source& source, std::uint64_t capacity) {
  Assembly& assembly = source.assembly;
  FOREBAY_TRY_ASSIGN(BlockLayout layout, block_layout(*dtype_, layout_, capacity));
  auto block = arena_->lease(own_segment_, layout.bytes);
  if (!block.is_ok())
    return block.code() == FOREBAY_E_FULL ? full_status() : std::move(block).status();
  if (assembly.block != nullptr) {
    copy_rows(*dtype_, {assembly.block->data, &assembly.places, 0},
              {(*block)->data, &layout.columns, 0}, assembly.rows);
    rows_copied_ += assembly.rows;
    arena_->release(assembly.block);
  }
  if (assembly.block == nullptr) assembly.first_row = source.next_delivered();
  assembly.block = *block;
  assembly.capacity = capacity;
  assembly.places = std::move(layout.columns);
  return Status::ok();
}

// `rows`: at the least; `apart`: the bytes beside them.
Status Loader::Core::too_large(const Source& source, std::uint64_t rows,
                               std::uint64_t apart) const {
  const std::uint64_t bytes = rows * dtype_->row_bytes();
  const std::uint64_t needed = Arena::class_bytes(bytes + bytes / 10) + apart;
  return Status(FOREBAY_E_LIMIT,
                source.path + ": its rows, " + (is_row_count_exact(source) ? "" : "about ") +
                    std::to_string(mebibytes(bytes)) +
                    " MiB, do not fit as one array into memory_bytes of " +
                    std::to_string(mebibytes(options_.memory_bytes)) + " MiB: raise it to " +
                    std::to_string(mebibytes(needed)) + " MiB or take arrays of fewer rows")
      .at_path(source.path);
}

}  // namespace forebay::core
