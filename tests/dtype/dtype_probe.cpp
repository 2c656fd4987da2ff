// For test_numpy.py: reads lines "text <t>" or "descr <d>" and answers each with one line of
// tab-separated fields: ok, text, descr, row bytes, offsets; or: error, column, message.
#include <iostream>
#include <string>

#include "dtype/dtype.hpp"

using namespace forebay::core;

namespace {

void print(const Result<DtypeRef>& result) {
  if (!result.is_ok()) {
    const Status& status = result.status();
    std::cout << "error\t" << status.detail().column << '\t' << status.message() << '\n';
    return;
  }
  const Dtype& dtype = *result.value();
  std::cout << "ok\t" << dtype.text() << '\t' << dtype.descr() << '\t' << dtype.row_bytes() << '\t';
  for (const Field& field : dtype.fields()) std::cout << field.offset << ' ';
  std::cout << '\n';
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t blank = line.find(' ');
    const std::string rest = blank == std::string::npos ? "" : line.substr(blank + 1);
    print(line.substr(0, blank) == "descr" ? Dtype::parse_descr(rest) : Dtype::parse(rest));
  }
  return 0;
}
