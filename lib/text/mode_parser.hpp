// Walks the records of a split, passes over those that are no rows, and hands rows to the reader of
// the dialect's mode. One thread at a time.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "text/fill.hpp"
#include "text/indexed_rows.hpp"
#include "text/row_reader.hpp"
#include "text/text.hpp"

namespace forebay::core::text {

// What a parser is made from.
struct Making {
  const Dialect& dialect;
  DtypeRef dtype;
  std::vector<Step> steps;
  bool exact = true;
  std::vector<FieldFill> fills;
  std::unique_ptr<ValueReader> rules;
};

template <bool kBlanks, bool kQuotes, bool kRules>
class ModeParser final : public Parser {
 public:
  explicit ModeParser(Making making)
      : dialect_(making.dialect),
        machine_(making.dialect),
        dtype_(std::move(making.dtype)),
        exact_(making.exact),
        fills_(std::move(making.fills)),
        rules_(std::move(making.rules)),
        reader_(making.dialect, std::move(making.steps), making.exact),
        columns_(count_columns(reader_.steps())),
        indexed_(machine_, columns_, making.exact) {
    for (const char byte : {'\n', '\r'}) may_be_no_row_[static_cast<unsigned char>(byte)] = true;
    if (kBlanks) may_be_no_row_[' '] = may_be_no_row_['\t'] = true;
    if (!dialect_.comment.empty()) {
      may_be_no_row_[static_cast<unsigned char>(dialect_.comment[0])] = true;
    }
  }

  std::size_t parse(Cursor& cursor, const char* stop, const char* end, const Sink& sink,
                    std::size_t first, std::size_t room, RowError* error) override {
    error->code = FOREBAY_OK;
    reader_.bind(sink);
    const std::string_view text(cursor.next, static_cast<std::size_t>(end - cursor.next));
    const std::size_t newline = text.rfind('\n');
    const char* const limit =
        newline == std::string_view::npos ? cursor.next : cursor.next + newline + 1;
    reader_.set_text(limit, end);
    indexed_.set_text(stop, limit);
    const char* record = cursor.next;
    std::uint64_t line = cursor.line;
    std::size_t rows = 0;
    while (record < stop) {
      if (indexed_.is_on()) {
        const IndexedProgress done = read_indexed(record, room - rows, first + rows);
        record = done.next;
        line += done.lines;
        rows += done.rows;
        truncated_ += done.truncated;
        if (record >= stop) break;
      }
      const char* row = record;
      if (may_be_no_row_[static_cast<unsigned char>(*record)]) [[unlikely]] {
        const char* const next = pass_over(record, end, &row);
        if (next != nullptr) {
          line += next[-1] == '\n';
          record = next;
          continue;
        }
        if (row >= stop) break;
      }
      if (rows == room) break;
      if constexpr (kRules) rules_->begin_row();
      const char* next = row < limit ? reader_.read(row, first + rows) : nullptr;
      if (next != nullptr) [[likely]] {
        ++line;
      } else if (row >= limit || reader_.fault().kind == FaultKind::needs_tail) {
        next = read_tail(record, row, end, first + rows);
        reader_.set_text(limit, end);
      }
      const std::uint64_t offset = cursor.offset + static_cast<std::uint64_t>(record - cursor.next);
      if (next == nullptr) {
        *error = error_at(record, end, offset, line);
        break;
      }
      line += reader_.embedded_newlines();
      if constexpr (kRules) truncated_ += rules_->truncated();
      record = next;
      ++rows;
    }
    cursor.offset += static_cast<std::uint64_t>(record - cursor.next);
    cursor.next = record;
    cursor.line = line;
    return rows;
  }

  void pass_over(Cursor& cursor, const char* end) const override {
    const auto size = static_cast<std::size_t>(end - cursor.next);
    ScanState state = ScanState::record_start;
    const std::size_t length =
        find_record_end(dialect_, state, cursor.next, 0, size, size).value_or(size);
    const std::string_view record(cursor.next, length);
    const bool has_newline = !record.empty() && record.back() == '\n';
    cursor.line += static_cast<std::uint64_t>(std::count(record.begin(), record.end(), '\n')) +
                   (has_newline ? 0U : 1U);
    cursor.next += length;
    cursor.offset += length;
  }

  bool mend(Cursor& cursor, const char* end, const Sink& sink, std::size_t row,
            std::vector<RowError>* errors) override {
    errors->clear();
    Cursor after = cursor;
    pass_over(after, end);
    const bool has_newline = after.next > cursor.next && after.next[-1] == '\n';
    reader_.bind(sink);
    tail_.assign(cursor.next, after.next - (has_newline ? 1 : 0));
    const std::size_t size = tail_.size();
    tail_.append(1 + kPadding, '\n');
    const char* const tail_end = tail_.data() + size;
    reader_.set_text(tail_end + 1, tail_end);
    const FaultyRecord record{tail_.data(), tail_end, cursor.offset, cursor.line};
    if constexpr (kRules) rules_->begin_row();
    const bool mended = mend_record(record, row, errors);
    if constexpr (kRules) truncated_ += mended ? rules_->truncated() : 0;
    cursor = after;
    return mended;
  }

  [[nodiscard]] std::uint64_t truncated() const override { return truncated_; }

 private:
  using Reader = RowReader<kBlanks, kQuotes, kRules>;

  static std::uint64_t count_columns(const std::vector<Step>& steps) {
    std::uint64_t columns = 0;
    for (const Step& step : steps) columns += step.columns;
    return columns;
  }

  IndexedProgress read_indexed(const char* record, std::size_t room, std::size_t first) {
    const FieldFallback fallback{
        &reader_,
        [](void* reader, const Step& step, const char* start, const char* end, std::byte* out) {
          return static_cast<Reader*>(reader)->read_one(step, start, end, out);
        }};
    return indexed_.read(record, room, first, reader_.steps(), fallback, rules_.get());
  }

  // The record is a copy that is followed by a newline.
  bool mend_record(const FaultyRecord& record, std::size_t row, std::vector<RowError>* errors) {
    const char* begin = record.begin;
    while (kBlanks && begin < record.end && machine_.is_separator(*begin)) ++begin;
    const FaultContext context{dialect_, machine_, *dtype_, reader_.steps(), exact_, columns_};
    const char* next = reader_.read(begin, row);
    while (next == nullptr) {
      const Fault fault = reader_.fault();
      RowError error = make_row_error(context, record, fault);
      if (!error.can_be_mended) {
        errors->assign(1, std::move(error));
        return false;
      }
      // Once columns are missing, that explains the rest.
      if (errors->empty() || errors->back().code != FOREBAY_E_COLUMNS)
        errors->push_back(std::move(error));
      if (fault.kind == FaultKind::too_few) {
        reader_.fill(fills_, row, fault.column, columns_);
        return true;
      }
      reader_.fill(fills_, row, fault.column, fault.column + 1);
      next = reader_.read_on(end_of_field(fault.field, record.end), row, fault.column + 1);
    }
    return true;
  }

  // Where the field at `field` ends, as the reader leaves a field that it could read.
  const char* end_of_field(const char* field, const char* end) const {
    const auto size = static_cast<std::size_t>(end - field);
    std::size_t at = 0;
    for (ScanState state = ScanState::field_start; at < size; ++at) {
      const bool is_outside = state != ScanState::quoted;
      if (is_outside && (machine_.is_separator(field[at]) || field[at] == '\n' ||
                         Machine::ends_line(field, at, size)))
        break;
      state = machine_.move(state, field, at, size).next;
    }
    while (kBlanks && at < size && machine_.is_separator(field[at])) ++at;
    return field + at;
  }

  // The byte after the record at `record` if it is blank or a comment; else nullptr, and `row` is
  // its first significant byte.
  const char* pass_over(const char* record, const char* end, const char** row) const {
    const auto size = static_cast<std::size_t>(end - record);
    std::size_t at = 0;
    if (kBlanks) {
      while (at < size && machine_.is_separator(record[at])) ++at;
    }
    *row = record + at;
    if (at == size) return end;
    if (record[at] == '\n') return record + at + 1;
    if (Machine::ends_line(record, at, size)) return record + std::min(at + 2, size);
    if (!machine_.comment_at(record, at, size)) return nullptr;
    const auto* newline = static_cast<const char*>(std::memchr(record + at, '\n', size - at));
    return newline == nullptr ? end : newline + 1;
  }

  // The last record of the input without its newline: reads it from a copy that has one, so that
  // the row loop needs no second bound. Returns `end`, or nullptr with a fault in the copy.
  const char* read_tail(const char* record, const char* row, const char* end, std::size_t index) {
    tail_.assign(record, end);
    tail_.append(1 + kPadding, '\n');
    const char* const tail_end = tail_.data() + (end - record);
    reader_.set_text(tail_end + 1, tail_end);
    if constexpr (kRules) rules_->begin_row();
    tail_in_use_ = true;
    const char* const next = reader_.read(tail_.data() + (row - record), index);
    if (next == nullptr) return nullptr;
    tail_in_use_ = false;
    return end;
  }

  RowError error_at(const char* record, const char* end, std::uint64_t offset, std::uint64_t line) {
    FaultyRecord faulty{record, end, offset, line};
    if (tail_in_use_) {
      faulty.begin = tail_.data();
      faulty.end = tail_.data() + (end - record);
      tail_in_use_ = false;
    }
    const FaultContext context{dialect_, machine_, *dtype_, reader_.steps(), exact_, columns_};
    return make_row_error(context, faulty, reader_.fault());
  }

  const Dialect dialect_;
  const Machine machine_;
  const DtypeRef dtype_;
  const bool exact_;
  const std::vector<FieldFill> fills_;  // of each field, for what cannot be read
  std::array<bool, 256> may_be_no_row_{};
  const std::unique_ptr<ValueReader> rules_;
  Reader reader_;
  const std::uint64_t columns_;
  IndexedRows indexed_;
  std::string tail_;
  bool tail_in_use_ = false;
  std::uint64_t truncated_ = 0;
};

template <bool kBlanks, bool kRules>
std::unique_ptr<Parser> make_in_mode(Making making) {
  if (making.dialect.quote != 0)
    return std::make_unique<ModeParser<kBlanks, true, kRules>>(std::move(making));
  return std::make_unique<ModeParser<kBlanks, false, kRules>>(std::move(making));
}

// Why a source file of its own, parser_ruled.cpp: among all modes in one the compiler finds fewer
// calls worth inlining, and strict rows were read a tenth slower.
std::unique_ptr<Parser> make_ruled_parser(Making making);

}  // namespace forebay::core::text
