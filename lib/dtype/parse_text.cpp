// The text form: "chr:S10,pos:i4", "f4[721,1440]".
//
//   dtype = type | field { "," field }
//   field = name ":" type
//   type  = [ order ] word [ "[" unit "]" ] [ "[" number { "," number } "]" ]
//   order = "<" | ">" | "=" | "|"
//   name  = word | quoted literal
//   word  = characters other than blanks, control characters, backslash and : , [ ] ' "
//
// Blanks may stand between any two of these.
#include <utility>

#include "dtype/parse.hpp"
#include "dtype/scalar_type.hpp"

namespace forebay::core {
namespace {

using dtype_language::FieldList;
using dtype_language::Reader;

constexpr std::string_view kFieldAdvice = "separate fields with commas: name:type,name:type[24]";
constexpr std::string_view kNameAdvice =
    "write name:type; a name with blanks or : , [ ] ' \" \\ stands in quotes: \"my name\":f4";

// Takes its own copy of the reader: looks ahead only.
bool begins_with_name(Reader reader) {
  if (reader.at_quote()) return true;
  (void)reader.word();
  return reader.peek() == ':';
}

Status read_name(Reader& reader, std::string* name) {
  if (reader.at_quote()) {
    FOREBAY_TRY_ASSIGN(*name, reader.literal());
  } else {
    *name = reader.word();
    if (name->empty() && reader.peek() != ':') return reader.unexpected("a name", kNameAdvice);
  }
  return reader.expect(':', kNameAdvice);
}

Status read_element(Reader& reader, Field* field) {
  FOREBAY_TRY(dtype_language::read_type(reader, field));
  if (!reader.take('[')) return Status::ok();
  return dtype_language::read_dimensions(reader, ']', &field->shape);
}

Status read_fields(Reader& reader, FieldList* list) {
  do {
    (void)reader.peek();
    list->positions.push_back(reader.position());
    Field& field = list->fields.emplace_back();
    if (list->is_record) FOREBAY_TRY(read_name(reader, &field.name));
    FOREBAY_TRY(read_element(reader, &field));
  } while (list->is_record && reader.take(','));
  return Status::ok();
}

}  // namespace

Result<DtypeRef> Dtype::parse(std::string_view text) {
  Reader reader(text);
  FieldList list;
  list.is_record = begins_with_name(reader);
  FOREBAY_TRY(read_fields(reader, &list));
  if (!list.is_record && reader.peek() == ',') {
    return reader.fault(reader.position(), "a bare type stands alone",
                        "give each field a name: name:type,name:type");
  }
  FOREBAY_TRY(reader.expect_end(kFieldAdvice));
  return dtype_language::finish(reader, std::move(list));
}

}  // namespace forebay::core
