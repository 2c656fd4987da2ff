#include "platform/child_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "platform/platform.hpp"

namespace forebay::test {
namespace {

using core::Descriptor;

void report(const std::string& text) {
  Descriptor socket(kReportSocket);
  const core::Status status = core::send_packet(socket, std::as_bytes(std::span(text)));
  socket.take();
  if (!status.is_ok()) ::_exit(99);
}

void wait_for_packet_or_end() {
  Descriptor socket(kReportSocket);
  std::byte buffer[16];
  (void)core::receive_packet(socket, buffer);
  socket.take();
}

std::string open_numbers() {
  std::vector<int> numbers;
  for (int fd = 0; fd < 4096; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) numbers.push_back(fd);
  }
  std::string text;
  for (const int fd : numbers) text += (text.empty() ? "" : " ") + std::to_string(fd);
  return text;
}

bool is_null_device(int fd) {
  struct stat facts {};
  struct stat null {};
  return ::fstat(fd, &facts) == 0 && ::stat("/dev/null", &null) == 0 &&
         facts.st_rdev == null.st_rdev;
}

// Signals blocked and ignored, but for the two that the C library keeps to itself (32 and 33).
std::string signal_state() {
  constexpr unsigned long kInternal = 3UL << 31U;
  std::string text;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("SigBlk:", 0) != 0 && line.rfind("SigIgn:", 0) != 0) continue;
    text += line.substr(0, 7) +
            std::to_string(std::stoul(line.substr(8), nullptr, 16) & ~kInternal) + ";";
  }
  return text;
}

std::string content_of(int fd) {
  char text[64] = {};
  const ssize_t bytes = ::pread(fd, text, sizeof(text), 0);
  return bytes < 0 ? "unreadable" : std::string(text, static_cast<std::size_t>(bytes));
}

std::string check_numbered() {
  for (int number = kFirstNumbered; number <= kLastNumbered; ++number) {
    const std::string content = content_of(number);
    if (content != std::to_string(number)) return std::to_string(number) + " holds " + content;
  }
  return "all in place";
}

}  // namespace

int run_child(const char* name) {
  const std::string mode = name;
  if (mode == "exit-3") return 3;
  if (mode == "kill") ::raise(SIGKILL);
  if (mode == "exit-5-when-told") {
    wait_for_packet_or_end();
    return 5;
  }
  if (mode == "hang") {
    report("hanging");
    for (;;) ::pause();
  }
  if (mode == "leash") {
    if (!core::start_leash(kReportSocket, 7).is_ok()) return 98;
    report("leashed");
    for (;;) ::pause();
  }
  if (mode == "list") report(open_numbers());
  if (mode == "state") {
    report(std::string(::getpgrp() == ::getpid() ? "own group;" : "foreign group;") +
           (is_null_device(0) && is_null_device(1) && is_null_device(2) ? "null;" : "open;") +
           signal_state());
  }
  if (mode == "contents") report(content_of(20) + "," + content_of(21));
  if (mode == "numbered") report(check_numbered());
  if (mode == "close-from") {
    for (const int fd : {10, 11, 500}) ::dup2(0, fd);
    core::close_descriptors_from(4);
    report(open_numbers());
  }
  return 0;
}

}  // namespace forebay::test
