// Misbehaviours of a child, each under a name: lies in messages, tricks with descriptors, memory
// and processes. They are done at the moments that faulty_socket.cpp sees.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "wire/wire.hpp"

namespace forebay::test {

// What the process knows of the protocol when it misbehaves.
struct Witness {
  int socket = -1;
  std::span<const std::byte> sent;           // the message that it is about to send, or has sent
  core::wire::Task task{};                   // the last one it was handed
  core::wire::Lend lend{};                   // the last block
  std::vector<std::vector<std::byte>> past;  // all messages sent
};

// False: there is no such deed.
bool do_hostile_deed(const std::string& name, const Witness& witness);

}  // namespace forebay::test
