// A journal as a crash or a stranger may have left it: the scan keeps to what is sound, and replay
// writes only where a commit may. Inputs are changes to a journal of a few commits; hashes and
// chains can be made right after them, so that the changes get past the first check.
#include "fuzz/fuzz.hpp"
#include "journal/frames.hpp"
#include "journal/header.hpp"
#include "journal/life.hpp"

using namespace forebay::core;
using forebay::fuzz::must;
using forebay::test::Bytes;
using forebay::test::DiskImage;
using forebay::test::FileRole;

namespace {

const DiskImage& sound_image() {
  static const DiskImage image = [] {
    forebay::test::Random random(5);
    auto life = forebay::test::Life::born({}, {}, random);
    must(life.create(random), "a journal is made");
    for (int i = 0; i < 4; ++i) must(life.commit(random), "a commit is made");
    return life.disk.now();
  }();
  return image;
}

void reseal_header(Bytes& file, std::uint64_t at) {
  journal::HeaderSlot slot;
  if (file.size() < at + sizeof(slot)) return;
  std::memcpy(&slot, file.data() + at, sizeof(slot));
  std::memcpy(slot.magic, journal::kHeaderMagic, sizeof(slot.magic));
  slot.hash = hash64(std::as_bytes(std::span(&slot, 1)).first(offsetof(journal::HeaderSlot, hash)));
  std::memcpy(file.data() + at, &slot, sizeof(slot));
}

// Each frame, as its length says where the next one begins, gets the chain that it should have.
void rechain(Bytes& file) {
  journal::HeaderSlot slot;
  if (file.size() < sizeof(slot)) return;
  std::memcpy(&slot, file.data(), sizeof(slot));
  std::uint64_t chain = journal::chain_seed(slot.salt, slot.generation);
  for (std::uint64_t at = journal::kFirstFrame; at + sizeof(journal::FrameHeader) <= file.size();) {
    journal::FrameHeader header;
    std::memcpy(&header, file.data() + at, sizeof(header));
    const std::uint64_t payload = at + sizeof(header);
    if (header.magic != journal::kFrameMagic || header.length > file.size() - payload) return;
    chain = journal::chain_after(chain, header, std::span(file).subspan(payload, header.length));
    header.chain = chain;
    std::memcpy(file.data() + at, &header, sizeof(header));
    at += journal::frame_size(header.length);
    if (header.type == journal::FrameType::commit) at = align_up(at, journal::kPage);
  }
}

// Changes: a place of two bytes, and the byte to put there.
void edit(Bytes& file, forebay::fuzz::Input& input) {
  while (input.left() >= 3) {
    const std::size_t at = static_cast<std::size_t>(input.byte()) << 8U | input.byte();
    const std::uint8_t value = input.byte();
    if (at < file.size()) file[at] = static_cast<std::byte>(value);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  forebay::fuzz::Input input(data, size);
  DiskImage image = sound_image();
  const std::uint8_t repairs = input.byte();
  const std::uint8_t cut = input.byte();
  if (cut != 0) image[1].resize(image[1].size() * cut / 256);
  edit(image[1], input);
  if ((repairs & 1U) != 0) rechain(image[1]);
  if ((repairs & 2U) != 0) reseal_header(image[1], 0);
  if ((repairs & 4U) != 0) reseal_header(image[1], journal::kPage);
  forebay::test::SimulatedDisk disk(image);
  // A commit may say that the main file is as large as a disk; this one is not.
  constexpr std::uint64_t kMostBytes = 1U << 20U;
  disk.set_rule([](const std::string&, forebay::test::DiskOperation& operation) {
    const bool is_large = operation.offset > kMostBytes || operation.bytes.size() > kMostBytes;
    return is_large ? forebay::test::Fate::failed : forebay::test::Fate::done;
  });
  forebay::test::SimulatedFile main(disk, FileRole::main);
  forebay::test::SimulatedFile file(disk, FileRole::journal);
  const auto found = journal::scan(file);
  if (!found.is_ok()) return 0;
  std::uint64_t sequence = found.value().base.sequence;
  for (const journal::CommitRecord& commit : found.value().commits) {
    must(commit.position.sequence == ++sequence, "commits follow one another");
    must(commit.begin < commit.end && commit.end <= image[1].size() + journal::kPage,
         "commits lie in the journal");
  }
  (void)journal::check_pairing(found.value().identity, main);
  if (journal::replay(file, found.value(), main).is_failure()) return 0;
  const Bytes once = disk.now()[0];
  must(journal::replay(file, found.value(), main).is_ok() && disk.now()[0] == once,
       "replay can be repeated");
  return 0;
}
