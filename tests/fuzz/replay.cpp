// replay TARGETS_CORPUS [ROUNDS [SEED]]: runs a fuzz target, which is linked to this, on every file
// of its corpus and then on ROUNDS (2,000) inputs made of them by a fixed seed. What runs under
// libFuzzer in `make fuzz` thus runs in every build, with every compiler. With a file for the
// folder it runs that one.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "fuzz/fuzz.hpp"

namespace {

using Bytes = std::vector<std::uint8_t>;
using Random = std::mt19937_64;

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<Bytes> read_corpus(const std::filesystem::path& place) {
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_regular_file(place)) paths.push_back(place);
  if (std::filesystem::is_directory(place)) {
    for (const auto& entry : std::filesystem::directory_iterator(place))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> corpus;
  for (const auto& path : paths) corpus.push_back(read_file(path));
  return corpus;
}

std::size_t place_in(const Bytes& bytes, Random& random) {
  return bytes.empty() ? 0 : random() % bytes.size();
}

// One change of the kind that finds faults in readers.
void change(Bytes& bytes, const std::vector<Bytes>& corpus, Random& random) {
  constexpr std::uint8_t kTempting[] = {0,    1,   0x7f, 0x80, 0xff, '\n',
                                        '\r', '"', ',',  ' ',  '#',  '9'};
  const std::size_t at = place_in(bytes, random);
  const auto position = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  switch (random() % 7) {
    case 0:
      if (!bytes.empty()) bytes[at] ^= static_cast<std::uint8_t>(1U << (random() % 8));
      break;
    case 1:
      if (!bytes.empty()) bytes[at] = kTempting[random() % std::size(kTempting)];
      break;
    case 2:
      bytes.insert(position, kTempting[random() % std::size(kTempting)]);
      break;
    case 3:
      bytes.erase(position, position + static_cast<std::ptrdiff_t>(
                                           std::min<std::size_t>(bytes.size() - at, random() % 8)));
      break;
    case 4:
      bytes.resize(at);
      break;
    case 5: {
      // A word that is large, small or negative.
      const std::uint64_t word = random() % 2 == 0 ? ~std::uint64_t{0} >> random() % 64 : random();
      for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i)
        bytes[at + i] = static_cast<std::uint8_t>(word >> (8 * i));
      break;
    }
    default: {
      const Bytes& other = corpus[random() % corpus.size()];
      const std::size_t from = place_in(other, random);
      const std::size_t count = std::min<std::size_t>(other.size() - from, random() % 64);
      bytes.insert(position, other.begin() + static_cast<std::ptrdiff_t>(from),
                   other.begin() + static_cast<std::ptrdiff_t>(from + count));
    }
  }
}

void run(const Bytes& bytes) {
  // A copy of just the size: a sanitizer then sees each byte read too far.
  const Bytes exact(bytes);
  (void)LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

// The input that ends the process is there to be looked at.
void keep(int file, const Bytes& bytes) {
  (void)!::ftruncate(file, 0);
  (void)!::pwrite(file, bytes.data(), bytes.size(), 0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::vector<Bytes> corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: no inputs\n", argv[1]);
    return 1;
  }
  for (const Bytes& bytes : corpus) run(bytes);
  if (!std::filesystem::is_directory(argv[1])) return 0;
  const std::uint64_t rounds = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 2'000;
  const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  Random random(seed);
  const int last = ::open("fuzz-input", O_CREAT | O_CLOEXEC | O_WRONLY, 0600);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    Bytes bytes = corpus[random() % corpus.size()];
    for (std::uint64_t changes = 1 + random() % 6; changes != 0; --changes)
      change(bytes, corpus, random);
    if (bytes.size() > 1U << 16U) bytes.resize(1U << 16U);
    keep(last, bytes);
    run(bytes);
  }
  ::close(last);
  std::filesystem::remove("fuzz-input");
  std::printf("%zu inputs, %llu mutated, seed %llu\n", corpus.size(),
              static_cast<unsigned long long>(rounds), static_cast<unsigned long long>(seed));
  return 0;
}
