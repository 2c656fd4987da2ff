// How a child is started: its argument and the numbers of its descriptors. Both ends agree on these
// before the first message.
#pragma once

namespace forebay::core::wire {

constexpr char kChildArgument[] = "--forebay-child";

enum ChildDescriptor : int {
  kSocketDescriptor = 3,   // control socket
  kSegmentDescriptor = 4,  // memfd with the blocks
  kConfigDescriptor = 5,   // sealed memfd with the configuration
  kFirstFreeDescriptor = 6,
};

// Exit statuses of the built-in child.
enum ChildExitStatus : int {
  kExitDone = 0,      // the coordinator closed the socket
  kExitStart = 64,    // it could not start: descriptors or configuration are not as they should be
  kExitProtocol = 65  // the coordinator sent what it must not send
};

}  // namespace forebay::core::wire
