#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "platform/platform.hpp"
#include "platform/resource_counts.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using forebay::test::open_descriptor_count;

static std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

static std::string text_of(const Packet& packet, const std::byte* buffer) {
  return {reinterpret_cast<const char*>(buffer), packet.bytes};
}

// As a hostile child would: any number of descriptors in one packet.
static bool send_with_descriptors(const Descriptor& socket, const std::string& text, int count) {
  std::vector<int> fds;
  for (int i = 0; i < count; ++i) fds.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  alignas(cmsghdr) char control[CMSG_SPACE(64 * sizeof(int))] = {};
  iovec part{const_cast<char*>(text.data()), text.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
  std::memcpy(CMSG_DATA(header), fds.data(), fds.size() * sizeof(int));
  const bool sent = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL) >= 0;
  for (const int fd : fds) ::close(fd);
  return sent;
}

static void test_packets_keep_their_bounds_and_order() {
  Result<SocketPair> pair = make_socket_pair();
  REQUIRE(pair.is_ok());
  std::byte buffer[64];
  Result<Packet> nothing = receive_packet(pair->parent, buffer);
  CHECK(nothing.is_ok() && nothing->would_block && !nothing->closed);
  CHECK(send_packet(pair->child, bytes_of("one")).is_ok());
  CHECK(send_packet(pair->child, bytes_of("three")).is_ok());
  Result<Packet> first = receive_packet(pair->parent, buffer);
  CHECK_EQ(text_of(*first, buffer), std::string("one"));
  CHECK(!first->descriptor.is_open());
  Result<Packet> second = receive_packet(pair->parent, buffer);
  CHECK_EQ(text_of(*second, buffer), std::string("three"));
}

static void test_a_descriptor_arrives_closed_on_exec_and_works() {
  const int before = open_descriptor_count();
  {
    Result<SocketPair> pair = make_socket_pair();
    REQUIRE(pair.is_ok());
    Result<Descriptor> file = make_sealed_file("forebay-test", bytes_of("content"));
    CHECK(send_packet(pair->parent, bytes_of("take this"), file->get()).is_ok());
    std::byte buffer[64];
    Result<Packet> packet = receive_packet(pair->child, buffer);
    REQUIRE(packet.is_ok() && packet->descriptor.is_open());
    CHECK((::fcntl(packet->descriptor.get(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(packet->descriptor.get() >= 3);
    char text[16] = {};
    CHECK_EQ(::pread(packet->descriptor.get(), text, sizeof(text), 0), 7);
    CHECK_EQ(std::string(text), std::string("content"));
  }
  CHECK_EQ(open_descriptor_count(), before);
}

static void test_too_many_descriptors_are_refused_and_closed() {
  Result<SocketPair> pair = make_socket_pair();
  REQUIRE(pair.is_ok());
  const int before = open_descriptor_count();
  for (const int count : {2, 3, 4, 60}) {
    REQUIRE(send_with_descriptors(pair->child, "bomb", count));
    std::byte buffer[64];
    CHECK_EQ(receive_packet(pair->parent, buffer).code(), FOREBAY_E_PROTOCOL);
    CHECK_EQ(open_descriptor_count(), before);
  }
}

static void test_a_long_packet_is_refused_with_its_descriptor_closed() {
  Result<SocketPair> pair = make_socket_pair();
  REQUIRE(pair.is_ok());
  const int before = open_descriptor_count();
  REQUIRE(send_with_descriptors(pair->child, std::string(65, 'x'), 1));
  std::byte buffer[64];
  CHECK_EQ(receive_packet(pair->parent, buffer).code(), FOREBAY_E_PROTOCOL);
  CHECK_EQ(open_descriptor_count(), before);
  CHECK(send_packet(pair->child, bytes_of(std::string(64, 'x'))).is_ok());
  Result<Packet> fits = receive_packet(pair->parent, buffer);
  CHECK(fits.is_ok() && fits->bytes == 64);
}

static void test_an_empty_packet_with_descriptors_leaks_none() {
  Result<SocketPair> pair = make_socket_pair();
  REQUIRE(pair.is_ok());
  const int before = open_descriptor_count();
  REQUIRE(send_with_descriptors(pair->child, "", 1));
  std::byte buffer[64];
  {
    Result<Packet> packet = receive_packet(pair->parent, buffer);
    CHECK(packet.is_ok() && packet->closed && !packet->descriptor.is_open());
  }
  CHECK_EQ(open_descriptor_count(), before);
  CHECK_EQ(send_packet(pair->parent, {}).code(), FOREBAY_E_INTERNAL);
}

static void test_packets_sent_before_the_end_are_received_before_it() {
  Result<SocketPair> pair = make_socket_pair();
  REQUIRE(pair.is_ok());
  // The child leaves a packet of ours unread: the kernel then reports a reset in front of what it
  // sent.
  CHECK(send_packet(pair->parent, bytes_of("unread")).is_ok());
  CHECK(send_packet(pair->child, bytes_of("published")).is_ok());
  pair->child.reset();
  std::byte buffer[64];
  Result<Packet> packet = receive_packet(pair->parent, buffer);
  REQUIRE(packet.is_ok());
  CHECK_EQ(text_of(*packet, buffer), std::string("published"));
  Result<Packet> end = receive_packet(pair->parent, buffer);
  CHECK(end.is_ok() && end->closed && end->bytes == 0);
}

static void test_sending_to_a_gone_child_is_a_code_and_no_signal() {
  Result<SocketPair> pair = make_socket_pair();
  REQUIRE(pair.is_ok());
  pair->child.reset();
  // Whoever started this test may have left the signal ignored, which would hide it.
  const auto handler = ::signal(SIGPIPE, SIG_DFL);
  CHECK_EQ(send_packet(pair->parent, bytes_of("anyone?")).code(), FOREBAY_E_CHILD);
  ::signal(SIGPIPE, handler);
}

static void test_a_full_socket_says_again_and_takes_more_once_read() {
  Result<SocketPair> pair = make_socket_pair();
  REQUIRE(pair.is_ok());
  const std::string packet(1024, 'x');
  int sent = 0;
  Status status;
  while (sent < 1'000'000 && (status = send_packet(pair->parent, bytes_of(packet))).is_ok()) ++sent;
  CHECK_EQ(status.code(), FOREBAY_AGAIN);
  CHECK(sent > 0);
  std::vector<std::byte> buffer(packet.size());
  for (int i = 0; i < sent; ++i) CHECK(receive_packet(pair->child, buffer).is_ok());
  CHECK(send_packet(pair->parent, bytes_of(packet)).is_ok());
}

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_packets_keep_their_bounds_and_order),
      CHECK_TEST(test_a_descriptor_arrives_closed_on_exec_and_works),
      CHECK_TEST(test_too_many_descriptors_are_refused_and_closed),
      CHECK_TEST(test_a_long_packet_is_refused_with_its_descriptor_closed),
      CHECK_TEST(test_an_empty_packet_with_descriptors_leaks_none),
      CHECK_TEST(test_packets_sent_before_the_end_are_received_before_it),
      CHECK_TEST(test_sending_to_a_gone_child_is_a_code_and_no_signal),
      CHECK_TEST(test_a_full_socket_says_again_and_takes_more_once_read),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
