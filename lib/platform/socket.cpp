// One message a packet, at most one descriptor with it. What came from a child is never trusted: a
// packet that is not exactly what may come is refused and every descriptor in it closed.
#include "platform/socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace forebay::core {
namespace {

// Room for two descriptors: one too many is seen as such, still more as a cut message.
union ControlBuffer {
  cmsghdr header;  // for its alignment
  char bytes[CMSG_SPACE(2 * sizeof(int))];
};

msghdr message_of(iovec* part) noexcept {
  msghdr message{};
  message.msg_iov = part;
  message.msg_iovlen = 1;
  return message;
}

// Owns every descriptor of a control message; `extra` says that there were more than one.
struct Arrived {
  Descriptor descriptor;
  bool extra = false;
};

Arrived take_descriptors(msghdr* message) noexcept {
  Arrived arrived;
  for (cmsghdr* part = CMSG_FIRSTHDR(message); part != nullptr; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
      if (arrived.descriptor.is_open()) arrived.extra = true;
      arrived.descriptor.reset(fd);
    }
  }
  return arrived;
}

}  // namespace

Result<SocketPair> make_socket_pair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return errno_status("make a socket pair", {}, errno);
  }
  Descriptor first(ends[0]);
  Descriptor second(ends[1]);
  SocketPair pair;
  FOREBAY_TRY_ASSIGN(pair.parent, raise_descriptor(std::move(first)));
  FOREBAY_TRY_ASSIGN(pair.child, raise_descriptor(std::move(second)));
  const int flags = ::fcntl(pair.parent.get(), F_GETFL);
  if (flags < 0 || ::fcntl(pair.parent.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
    return errno_status("make a socket non-blocking", {}, errno);
  }
  return pair;
}

Status send_packet(const Descriptor& socket, std::span<const std::byte> bytes, int fd) {
  // An empty packet cannot be told from the end of the connection.
  if (bytes.empty()) return internal_status("an empty packet was sent");
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
  msghdr message = message_of(&part);
  ControlBuffer control{};
  if (fd >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &fd, sizeof(int));
  }
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return Status::ok();
  if (errno == EAGAIN || errno == EWOULDBLOCK) return Status::news(FOREBAY_AGAIN);
  if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN) {
    return Status(FOREBAY_E_CHILD, "the other side of a control socket is gone").at_errno(errno);
  }
  return errno_status("send a message", {}, errno);
}

Result<Packet> receive_packet(const Descriptor& socket, std::span<std::byte> buffer) {
  iovec part{buffer.data(), buffer.size()};
  msghdr message = message_of(&part);
  ControlBuffer control{};
  ssize_t received = -1;
  do {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof(control.bytes);
    received = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
    // Why ECONNRESET again: it is told once, when the other side closed with our packets unread,
    // and stands in front of packets that it sent before.
  } while (received < 0 && (errno == EINTR || errno == ECONNRESET));
  Packet packet;
  if (received < 0) {
    packet.would_block = errno == EAGAIN || errno == EWOULDBLOCK;
    if (packet.would_block) return packet;
    return errno_status("receive a message", {}, errno);
  }
  Arrived arrived = take_descriptors(&message);
  if ((message.msg_flags & MSG_TRUNC) != 0) {
    return Status(FOREBAY_E_PROTOCOL, "a message on a control socket is too long");
  }
  if ((message.msg_flags & MSG_CTRUNC) != 0 || arrived.extra) {
    return Status(FOREBAY_E_PROTOCOL,
                  "a message on a control socket came with too many descriptors, or none is free");
  }
  if (received == 0) {
    packet.closed = true;
    return packet;
  }
  packet.bytes = static_cast<std::size_t>(received);
  if (arrived.descriptor.is_open()) {
    FOREBAY_TRY_ASSIGN(packet.descriptor, raise_descriptor(std::move(arrived.descriptor)));
  }
  return packet;
}

}  // namespace forebay::core
