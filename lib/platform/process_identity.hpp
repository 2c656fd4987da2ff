// Who a process is, so that another one can tell later whether it still lives, and who has a file
// open. Thread rule: any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace forebay::core {

struct ProcessIdentity {
  std::array<std::byte, 16> boot_id{};  // zero where the system does not tell
  std::uint64_t start_time = 0;         // in clock ticks since the machine started
  std::uint32_t pid = 0;
};

ProcessIdentity this_process() noexcept;
// Whether that very process runs, not another one that got its number.
bool is_running(const ProcessIdentity& process) noexcept;
// Processes that have the file open, as far as /proc shows them to this user.
std::vector<std::uint32_t> processes_with_open(std::uint64_t device, std::uint64_t inode);

// One more in each process that a fork made: an object that remembers the number can tell that it
// was copied by a fork.
std::uint64_t fork_generation() noexcept;

}  // namespace forebay::core
