// Which fault to report, and in which words. Why columns come first: a row with the wrong number of
// columns is most often of another dialect, and then what its first field failed with leads astray.
#include "text/row_fault.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "text/field_text.hpp"
#include "text/value_reader.hpp"

namespace forebay::core::text {
namespace {

// The fields of one record: where each begins, and whether the record is closed.
struct Shape {
  std::uint64_t columns = 0;
  std::size_t content_begin = 0;  // offset of its first significant byte
  std::size_t content_end = 0;    // offset of its newline, without "\r"
  std::size_t last_field = 0;     // offset of field `wanted` if there is one, else of the last
  bool closed = true;             // no quote left open
};

std::size_t skip_lead(const Machine& machine, const FaultyRecord& record, std::size_t size) {
  std::size_t at = 0;
  while (machine.blanks() && at < size && machine.is_separator(record.begin[at])) ++at;
  return at;
}

// Walks the record by the machine and notes where column `wanted` (from 0) begins.
Shape shape_of(const Machine& machine, const FaultyRecord& record, std::uint64_t wanted) {
  const auto size = static_cast<std::size_t>(record.end - record.begin);
  const char* const data = record.begin;
  Shape shape;
  const auto field_at = [&](std::size_t at) {
    if (shape.columns <= wanted) shape.last_field = at;
    ++shape.columns;
  };
  std::size_t at = skip_lead(machine, record, size);
  shape.content_begin = at;
  ScanState state = ScanState::field_start;
  // Among blanks a field begins with its first byte, else right after a delimiter, be it empty or
  // not.
  if (!machine.blanks()) field_at(at);
  for (; at < size; ++at) {
    const bool outside = state != ScanState::quoted;
    if (outside && (data[at] == '\n' || Machine::ends_line(data, at, size))) break;
    const ScanState next = machine.move(state, data, at, size).next;
    if (machine.blanks()) {
      if (state == ScanState::field_start && next != ScanState::field_start) field_at(at);
    } else if (outside && machine.is_separator(data[at])) {
      field_at(at + 1);
    }
    state = next;
  }
  shape.content_end = at;
  shape.closed = state != ScanState::quoted;
  return shape;
}

std::string field_label(const FaultContext& context, const Fault& fault) {
  const Field& field = context.dtype.fields()[fault.step->field];
  std::uint64_t column = 0;
  for (const Step* step = context.steps.data(); step != fault.step; ++step) column += step->columns;
  const std::uint64_t scalar =
      fault.step->offset / std::max<std::size_t>(1, fault.step->width) + (fault.column - column);
  std::string type;
  switch (field.kind) {
    case Kind::bytes:
      type = "S" + std::to_string(field.item_bytes);
      break;
    case Kind::integer:
      type = "i" + std::to_string(field.item_bytes);
      break;
    case Kind::unsigned_integer:
      type = "u" + std::to_string(field.item_bytes);
      break;
    case Kind::real:
      type = "f" + std::to_string(field.item_bytes);
      break;
    case Kind::boolean:
      type = "?";
      break;
    case Kind::datetime:
      type = "M8[" + field.unit + "]";
      break;
  }
  std::string label = field.name.empty() ? "the element" : "field " + field.name;
  if (!field.shape.empty()) label += "[" + std::to_string(scalar) + "]";
  return label + " (" + type + ")";
}

// The text of the field at the fault, without quotes. `scratch` holds it when doubled quotes had to
// be undone.
std::string_view field_text(const Machine& machine, const FaultyRecord& record, const Fault& fault,
                            std::string* scratch) {
  const char* at = fault.field;
  if (machine.quote() != 0 && *at == machine.quote()) {
    for (++at; at < record.end; ++at) {
      if (*at == machine.quote() && (at + 1 == record.end || *++at != machine.quote())) break;
      scratch->push_back(*at);
    }
    const std::size_t size = scratch->size();
    scratch->append(kPadding, '\n');
    return std::string_view(*scratch).substr(0, size);
  }
  const auto size = static_cast<std::size_t>(record.end - at);
  std::size_t length = 0;
  while (length < size && at[length] != '\n' && !machine.is_separator(at[length]) &&
         !Machine::ends_line(at, length, size)) {
    ++length;
  }
  *scratch = std::string(at, length);
  scratch->append(kPadding, '\n');
  return std::string_view(*scratch).substr(0, length);
}

std::string columns_text(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " column" : " columns");
}

// The delimiter that would give a record of one column more of them; 0: none.
char better_delimiter(const Dialect& dialect, std::string_view content, std::uint64_t wanted) {
  char best = 0;
  for (const char candidate : {'\t', ',', ';', '|'}) {
    const bool is_blank = dialect.delimiter == 0 && candidate == '\t';
    if (is_blank || candidate == dialect.delimiter) continue;
    const auto count =
        static_cast<std::uint64_t>(std::count(content.begin(), content.end(), candidate));
    if (count + 1 == wanted) return candidate;
    if (count > 0 && best == 0) best = candidate;
  }
  return best;
}

std::string delimiter_name(char delimiter) {
  return delimiter == '\t' ? "'\\t' (tab)" : std::string("'") + delimiter + "'";
}

std::string columns_hint(const FaultContext& context, std::string_view content,
                         std::uint64_t found) {
  if (content.find('\r') != std::string_view::npos) return "end lines with LF or CRLF, not CR";
  const bool may_be_other =
      found == 1 || (context.dialect.delimiter == 0 && found < context.columns);
  const char better = better_delimiter(context.dialect, content, context.columns);
  if (may_be_other && context.columns > 1 && better != 0) {
    return "set delimiter to " + delimiter_name(better);
  }
  if (found == 1 && context.dialect.delimiter != 0 && content.find(' ') != std::string_view::npos) {
    return "set delimiter to blanks";
  }
  if (found > context.columns) {
    return "choose the columns to read, such as 1-" + std::to_string(context.columns) +
           ", or correct the row";
  }
  return "correct the row or the dtype";
}

std::string columns_message(const FaultContext& context, const FaultyRecord& record,
                            const Shape& shape) {
  const std::string_view content(record.begin + shape.content_begin,
                                 shape.content_end - shape.content_begin);
  const std::string wanted = (context.exact ? "" : "at least ") + std::to_string(context.columns);
  return columns_text(shape.columns) + " found, " + wanted + " expected; " +
         columns_hint(context, content, shape.columns) + "; the row is " +
         quote_for_message(content);
}

bool has_wrong_columns(const FaultContext& context, const Shape& shape) {
  if (!shape.closed) return false;
  return context.exact ? shape.columns != context.columns : shape.columns < context.columns;
}

std::string value_message(const FaultContext& context, const FaultyRecord& record,
                          const Fault& fault) {
  std::string scratch;
  const std::string_view text = field_text(context.machine, record, fault, &scratch);
  const bool quoted = context.machine.quote() != 0 && *fault.field == context.machine.quote();
  const bool blank_in_time =
      quoted || (context.dialect.delimiter != 0 && context.dialect.delimiter != ' ');
  const Step& step = *fault.step;
  const std::string label = field_label(context, fault);
  std::string message = step.rules != nullptr
                            ? step.rules->explain(step, text, quoted, blank_in_time, label)
                            : explain_field_text(step, text, blank_in_time, label);
  if (record.line == 1 && !context.dialect.has_header && step.type != StepKind::bytes) {
    message += "; if line 1 names the columns, set header";
  }
  return message;
}

}  // namespace

RowError make_row_error(const FaultContext& context, const FaultyRecord& record,
                        const Fault& fault) {
  RowError error;
  std::uint64_t column = fault.column;
  const char* field = fault.field;
  const Shape shape = shape_of(context.machine, record, context.columns);
  const bool miscounted = fault.kind == FaultKind::too_few || fault.kind == FaultKind::too_many;
  if (miscounted || (fault.kind == FaultKind::value && has_wrong_columns(context, shape))) {
    error.code = FOREBAY_E_COLUMNS;
    const bool too_few = shape.columns < context.columns;
    error.can_be_mended = too_few;
    column = too_few ? shape.columns : context.columns;
    field = record.begin + (too_few ? shape.content_end : shape.last_field);
    error.message = columns_message(context, record, shape);
  } else if (fault.kind == FaultKind::never_closed) {
    error.code = FOREBAY_E_FORMAT;
    const char* const newline = static_cast<const char*>(
        std::memchr(field, '\n', static_cast<std::size_t>(record.end - field)));
    error.swallows_lines = newline != nullptr && newline + 1 < record.end;
  } else if (fault.kind == FaultKind::after_quote) {
    error.code = FOREBAY_E_FORMAT;
    error.can_be_mended = true;
    error.message =
        "text follows the closing quote of " +
        quote_for_message(std::string_view(
            field, static_cast<std::size_t>(record.begin + shape.content_end - field))) +
        "; double a quote that belongs to the text, or turn quotes off";
  } else {
    error.code = FOREBAY_E_VALUE;
    error.can_be_mended = true;
    error.message = value_message(context, record, fault);
  }
  error.line = record.line + static_cast<std::uint64_t>(std::count(record.begin, field, '\n'));
  error.byte = record.offset + static_cast<std::uint64_t>(field - record.begin);
  error.column = static_cast<std::uint32_t>(std::min<std::uint64_t>(column + 1, UINT32_MAX));
  if (fault.kind == FaultKind::never_closed) {
    error.message = "the quote that opens in line " + std::to_string(error.line) +
                    " is never closed; close it, or turn quotes off";
  }
  return error;
}

}  // namespace forebay::core::text
