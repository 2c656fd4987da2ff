// The numpy descr: text of Python literals, as in the header of an .npy file.
//
//   descr = "[" entry { "," entry } [ "," ] "]" | type | "(" type "," shape ")"
//   entry = "(" name "," type [ "," shape ] [ "," ] ")"
//   type  = a quoted literal such as '<f4'      shape = a tuple of numbers, or one number
//
// A list of one entry with an empty name is what numpy prints for a bare type. A bare type may also
// stand without quotes, as str(dtype.str) gives it.
#include <utility>

#include "dtype/parse.hpp"
#include "dtype/scalar_type.hpp"

namespace forebay::core {
namespace {

using dtype_language::FieldList;
using dtype_language::Reader;

constexpr std::string_view kDescrAdvice =
    "write what numpy gives for str(dtype.descr), such as [('pos', '<i4'), ('t', '<f4', (24,))]";

Status read_quoted_type(Reader& reader, Field* field) {
  if (reader.peek() == '[') {
    return reader.fault(reader.position(), "a record inside a record is not supported",
                        "flatten it: one field for each inner field");
  }
  if (!reader.at_quote()) return reader.unexpected("a type in quotes", kDescrAdvice);
  const char quote = reader.peek();
  (void)reader.take(quote);
  FOREBAY_TRY(dtype_language::read_type(reader, field));
  return reader.expect(quote, kDescrAdvice);
}

Status read_tuple_or_number(Reader& reader, std::vector<std::uint64_t>* shape) {
  if (reader.take('(')) return dtype_language::read_dimensions(reader, ')', shape);
  return dtype_language::read_dimension(reader, shape);
}

// What follows "(" in an entry or in a bare sub-array: type, perhaps a shape, ")".
Status read_type_and_shape(Reader& reader, Field* field) {
  FOREBAY_TRY(read_quoted_type(reader, field));
  if (reader.take(',') && reader.peek() != ')') {
    FOREBAY_TRY(read_tuple_or_number(reader, &field->shape));
    (void)reader.take(',');
  }
  return reader.expect(')', kDescrAdvice);
}

Status read_entry(Reader& reader, FieldList* list) {
  FOREBAY_TRY(reader.expect('(', kDescrAdvice));
  if (reader.peek() == '(') {
    return reader.fault(reader.position(), "a field with a title is not supported",
                        "name it 'name' instead of ('title', 'name')");
  }
  if (!reader.at_quote()) return reader.unexpected("a name in quotes", kDescrAdvice);
  list->positions.push_back(reader.position());
  Field& field = list->fields.emplace_back();
  FOREBAY_TRY_ASSIGN(field.name, reader.literal());
  FOREBAY_TRY(reader.expect(',', kDescrAdvice));
  return read_type_and_shape(reader, &field);
}

Status read_list(Reader& reader, FieldList* list) {
  do {
    if (!list->fields.empty() && reader.peek() == ']') break;
    FOREBAY_TRY(read_entry(reader, list));
  } while (reader.take(','));
  FOREBAY_TRY(reader.expect(']', kDescrAdvice));
  list->is_record = list->fields.size() > 1 || !list->fields.front().name.empty();
  return Status::ok();
}

Status read_bare(Reader& reader, FieldList* list) {
  list->positions.push_back(reader.position());
  Field& field = list->fields.emplace_back();
  if (reader.take('(')) return read_type_and_shape(reader, &field);
  if (reader.at_quote()) return read_quoted_type(reader, &field);
  if (reader.at_end() || reader.peek() == '{') return reader.unexpected("a list", kDescrAdvice);
  return dtype_language::read_type(reader, &field);
}

}  // namespace

Result<DtypeRef> Dtype::parse_descr(std::string_view descr) {
  Reader reader(descr);
  FieldList list;
  (void)reader.peek();
  FOREBAY_TRY(reader.take('[') ? read_list(reader, &list) : read_bare(reader, &list));
  FOREBAY_TRY(reader.expect_end(kDescrAdvice));
  return dtype_language::finish(reader, std::move(list));
}

}  // namespace forebay::core
