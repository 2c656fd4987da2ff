// The control socket between coordinator and child: a SOCK_SEQPACKET pair, one message a packet,
// both ends close-on-exec.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "platform/descriptor.hpp"

namespace forebay::core {

struct SocketPair {
  Descriptor parent;  // non-blocking
  Descriptor child;   // blocking
};
Result<SocketPair> make_socket_pair();

// Outcome of a receive: bytes of one packet, at most one descriptor.
struct Packet {
  std::size_t bytes = 0;  // 0 with `closed`: the other side is gone
  bool closed = false;
  bool would_block = false;
  Descriptor descriptor;
};

// Sends one packet with at most one descriptor (fd < 0: none). FOREBAY_AGAIN as status code when a
// non-blocking socket is full; FOREBAY_E_CHILD when the other side is gone. Never raises SIGPIPE.
Status send_packet(const Descriptor& socket, std::span<const std::byte> bytes, int fd = -1);
// Receives one packet. A packet longer than `buffer`, more than one descriptor, or a cut control
// message is FOREBAY_E_PROTOCOL, and every descriptor that came along is closed. Descriptors arrive
// close-on-exec.
Result<Packet> receive_packet(const Descriptor& socket, std::span<std::byte> buffer);

}  // namespace forebay::core
