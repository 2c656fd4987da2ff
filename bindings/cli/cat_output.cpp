#include "cat_output.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "console.hpp"
#include "exit_codes.hpp"

namespace forebay::cli {

CatOutput::~CatOutput() {
  if (file_ != nullptr) std::fclose(file_);
}

bool CatOutput::open(const std::string& path, bool replaces) {
  path_ = path;
  if (path.empty()) return true;
  file_ = std::fopen(path.c_str(), replaces ? "w" : "wx");
  if (file_ != nullptr) return true;
  print_error(path + ": " + std::generic_category().message(errno) +
              (errno == EEXIST ? "; use --force to replace it" : "; choose another output"));
  return false;
}

bool CatOutput::write(std::string_view bytes) {
  if (path_.empty()) return print(bytes);
  if (os_errno_ != 0) return false;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) os_errno_ = errno;
  return os_errno_ == 0;
}

int CatOutput::finish(int code) {
  if (path_.empty()) return finish_output(code);
  if (std::fclose(file_) != 0 && os_errno_ == 0) os_errno_ = errno;
  file_ = nullptr;
  if (code == kExitOk && os_errno_ != 0) {
    print_error(path_ + ": cannot be written: " + std::generic_category().message(os_errno_));
    code = kExitOutput;
  }
  // Half a file would pass for a whole one.
  if (code != kExitOk) (void)::unlink(path_.c_str());
  return code;
}

}  // namespace forebay::cli
