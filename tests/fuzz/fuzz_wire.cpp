// Packets of a child: the check, the copies, the texts that are shown, and the parts of the
// coordinator that take a map and rejects. The coordinator as a whole meets hostile children in
// tests/loader/test_hostile.cpp.
#include <algorithm>

#include "fuzz/fuzz.hpp"
#include "loader/rejects.hpp"
#include "loader/source.hpp"
#include "wire/wire.hpp"

using namespace forebay::core;
using forebay::fuzz::must;

namespace {

constexpr std::uint32_t kTypes[] = {1,  2,  3,  4,  5,  16, 17, 18, 19, 20, 21,
                                    22, 23, 24, 25, 26, 27, 28, 30, 40, 41};

bool is_one_line(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

void take_map(const wire::Mapped& mapped) {
  Source source;
  source.size = 1U << 20U;
  source.is_mapping = true;
  LoadTask task;
  task.source = &source;
  if (source.take_map(task, mapped, 1U << 16U).is_failure()) return;
  wire::Mark last{};
  for (const wire::Mark& mark : source.marks) {
    must(mark.file_offset > last.file_offset && mark.offset > last.offset, "marks ascend");
    must(mark.file_offset <= source.size, "marks lie in the file");
    last = mark;
  }
}

void take_reject(TaskRejects& rejects, const wire::Reject& reject) {
  const std::size_t before = rejects.pending.size();
  if (rejects.add(reject, 0, 1U << 20U) != nullptr) {
    must(rejects.pending.size() == before, "a reject that cannot be is not kept");
    return;
  }
  must(is_one_line(rejects.pending.back().reason) && is_one_line(rejects.pending.back().text),
       "texts are printable");
  must(rejects.pending.back().code < 0, "a reject is a failure");
}

// The message of a packet, and what it says of rejects.
void take(std::span<const std::byte> packet, wire::Type type, TaskRejects& rejects) {
  switch (type) {
    case wire::Type::fail: {
      const Status status = wire::status_of(wire::decode<wire::Fail>(packet));
      must(status.is_failure() && is_one_line(status.message()), "a failure is one, in a line");
      break;
    }
    case wire::Type::log:
      must(is_one_line(wire::text_of(wire::decode<wire::Log>(packet))), "a note is one line");
      break;
    case wire::Type::reject:
      take_reject(rejects, wire::decode<wire::Reject>(packet));
      break;
    case wire::Type::publish: {
      const auto publish = wire::decode<wire::Publish>(packet);
      const RejectCounts counts{publish.rejects, publish.skipped};
      if (!rejects.fits(counts)) break;
      rejects.cover(counts);
      must(rejects.counted <= rejects.budget && rejects.skipped <= rejects.counted,
           "rejects keep to the budget");
      break;
    }
    case wire::Type::mapped:
      take_map(wire::decode<wire::Mapped>(packet));
      break;
    default:
      break;
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  forebay::fuzz::Input input(data, size);
  TaskRejects rejects;
  rejects.limit = input.byte();
  rejects.budget = input.byte();
  while (input.left() > 0) {
    std::vector<std::byte> packet(wire::kMaxMessage);
    // With a sound header, of the size that the type has; or as it comes.
    const bool has_header = input.byte() % 4 != 0;
    const std::uint32_t type = kTypes[input.below(std::size(kTypes))];
    const auto body = input.take(24U + 4U * input.byte());
    std::copy(body.begin(), body.end(), packet.begin() + (has_header ? sizeof(wire::Header) : 0));
    std::size_t bytes = has_header ? sizeof(wire::Header) : body.size();
    if (has_header) {
      for (; bytes <= packet.size(); bytes += 8) {
        const wire::Header header{wire::kMagic, static_cast<wire::Type>(type),
                                  static_cast<std::uint32_t>(bytes), 0};
        std::memcpy(packet.data(), &header, sizeof(header));
        if (wire::check(std::span(packet).first(bytes))) break;
      }
      must(bytes <= packet.size(), "every type has a size");
    }
    packet.resize(bytes);
    packet.shrink_to_fit();
    const auto found = wire::check(packet);
    if (found) take(packet, *found, rejects);
  }
  return 0;
}
