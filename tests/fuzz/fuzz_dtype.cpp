// Dtypes in text and as numpy's descr: what is accepted prints, parses back and has a layout.
#include "dtype/dtype.hpp"
#include "fuzz/fuzz.hpp"

using namespace forebay::core;
using forebay::fuzz::must;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  forebay::fuzz::Input input(data, size);
  const bool is_descr = input.flag();
  const std::string text = input.text();
  auto dtype = is_descr ? Dtype::parse_descr(text) : Dtype::parse(text);
  if (!dtype.is_ok()) {
    must(!dtype.status().message().empty(), "a refusal says why");
    return 0;
  }
  const Dtype& made = **dtype;
  auto again = Dtype::parse(made.text());
  must(again.is_ok() && (*again)->text() == made.text(), "the text form parses back");
  auto by_descr = Dtype::parse_descr(made.descr());
  must(by_descr.is_ok() && (*by_descr)->text() == made.text(), "the descr form parses back");
  std::uint64_t bytes = 0;
  for (const Field& field : made.fields()) {
    must(field.offset == bytes, "fields are packed");
    bytes += field.bytes();
  }
  must(bytes == made.row_bytes(), "a row is its fields");
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    const auto places = block_layout(made, layout, 3);
    if (places.is_ok())
      must(places.value().bytes >= 3 * made.row_bytes(), "a block has room for its rows");
  }
  return 0;
}
