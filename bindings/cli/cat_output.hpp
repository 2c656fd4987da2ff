// Where `cat` writes: standard output, or a file that is removed again when something fails.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace forebay::cli {

class CatOutput {
 public:
  CatOutput() = default;
  ~CatOutput();
  CatOutput(const CatOutput&) = delete;
  CatOutput& operator=(const CatOutput&) = delete;

  // "" is standard output. False, said on standard error: the file is there (unless `replaces`) or
  // cannot be made.
  bool open(const std::string& path, bool replaces);
  // False once writing failed; the caller stops producing.
  bool write(std::string_view bytes);
  // Ends the output of a command that otherwise ended with `code`; returns its exit code.
  int finish(int code);

 private:
  std::string path_{};
  std::FILE* file_ = nullptr;  // null: standard output
  int os_errno_ = 0;
};

}  // namespace forebay::cli
