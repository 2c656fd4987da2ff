// Arrays handed to another process: what arrives is what was sent, and nothing else is let in.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <random>

#include "arena/arena.hpp"
#include "arena/shared_format.hpp"
#include "platform/resource_counts.hpp"
#include "support/check.hpp"

using namespace forebay::core;
using forebay::test::count_resources;

namespace {

constexpr char kText[] = "name:S10,pos:<i4,xy:>f8[2]";
constexpr std::uint64_t kRows = 1000;
constexpr std::uint32_t kSeed = 20241123;
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

DtypeRef parse(const char* text) {
  return Dtype::parse(text).value();
}

// An array with room for twice its rows, of random bytes.
Array* make_array(const DtypeRef& dtype, Layout layout, std::uint64_t rows) {
  const ArenaRef arena = Arena::open(1U << 20U).value();
  const SegmentId segment = arena->add_segment().value();
  const std::uint64_t bytes = block_layout(*dtype, layout, 2 * rows).value().bytes;
  Block* block = arena->lease(segment, std::max<std::uint64_t>(bytes, 1)).value();
  std::mt19937 random(kSeed);
  for (std::uint64_t i = 0; i < bytes; ++i) block->data[i] = static_cast<std::byte>(random());
  Array* array = Array::make(arena, block, dtype, layout, 2 * rows, rows).value();
  array->first_row = 77;
  return array;
}

std::vector<std::byte> packed(const Array& array) {
  const std::vector<ColumnPlace> places = packed_places(*array.dtype());
  std::vector<std::byte> out(array.rows() * array.dtype()->row_bytes());
  copy_rows(*array.dtype(), {array.data(), &array.block_layout().columns, 0},
            {out.data(), &places, 0}, array.rows());
  return out;
}

// The bytes of a shared array, to alter.
std::vector<std::byte> bytes_of_share() {
  Array* array = make_array(parse(kText), Layout::columns, kRows);
  const Descriptor shared = share_array(*array).value();
  array->release();
  struct stat facts {};
  ::fstat(shared.get(), &facts);
  std::vector<std::byte> bytes(static_cast<std::size_t>(facts.st_size));
  CHECK_EQ(::pread(shared.get(), bytes.data(), bytes.size(), 0), facts.st_size);
  return bytes;
}

Descriptor memfd_of(std::span<const std::byte> bytes, int seals = kSeals) {
  Descriptor file(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  CHECK(::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  CHECK(seals == 0 || ::fcntl(file.get(), F_ADD_SEALS, seals) == 0);
  return file;
}

Code attach_code(int fd, const DtypeRef& expected = {}) {
  Result<Array*> array = attach_array(fd, expected);
  if (array.is_ok()) (*array)->release();
  return array.code();
}

// As attach_code(), reading every row: the sanitizers and the kernel see a place that cannot be.
Code attach_and_read(std::span<const std::byte> bytes, std::uint64_t* sum) {
  const Descriptor file = memfd_of(bytes);
  Result<Array*> array = attach_array(file.get(), {});
  if (!array.is_ok()) return array.code();
  for (const std::byte byte : packed(**array)) *sum += static_cast<unsigned>(byte);
  (*array)->release();
  return FOREBAY_OK;
}

void rehash(std::span<std::byte> bytes) {
  shared::Header header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.header_hash = 0;
  header.header_hash = hash64(std::as_bytes(std::span(&header, 1)));
  std::memcpy(bytes.data(), &header, sizeof(header));
}

void test_rows_arrive_as_they_were_in_either_layout() {
  const auto before = count_resources();
  const DtypeRef dtype = parse(kText);
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    for (const std::uint64_t rows : {std::uint64_t{0}, std::uint64_t{1}, kRows}) {
      Array* array = make_array(dtype, layout, rows);
      Descriptor shared = share_array(*array).value();
      const std::vector<std::byte> sent = packed(*array);
      array->release();
      Result<Array*> got = attach_array(shared.get(), dtype);
      shared.reset();
      REQUIRE(got.is_ok());
      CHECK((*got)->layout() == layout && (*got)->rows() == rows && (*got)->capacity() == rows);
      CHECK((*got)->is_read_only() && (*got)->generation > 0 && (*got)->first_row == 77);
      CHECK((*got)->source == kNoSource && *(*got)->dtype() == *dtype);
      CHECK(packed(**got) == sent);
      CHECK_EQ((*got)->set_rows(0).code(), FOREBAY_E_STATE);
      CHECK((*got)->retain() == *got);
      (*got)->release();
      (*got)->release();
    }
  }
  CHECK(count_resources() == before);
}

void test_what_is_shared_is_sealed_and_holds_only_its_rows() {
  Array* array = make_array(parse(kText), Layout::rows, 10);
  const Descriptor shared = share_array(*array).value();
  array->release();
  CHECK((::fcntl(shared.get(), F_GET_SEALS) & kSeals) == kSeals);
  CHECK((::fcntl(shared.get(), F_GETFD) & FD_CLOEXEC) != 0);
  struct stat facts {};
  CHECK(::fstat(shared.get(), &facts) == 0 && facts.st_size == 2 * 4096);
  // Nothing of the array's spare room, which holds other rows, goes along.
  std::vector<std::byte> rest(4096 - 10 * 30);
  CHECK_EQ(::pread(shared.get(), rest.data(), rest.size(), 4096 + 10 * 30),
           static_cast<ssize_t>(rest.size()));
  for (const std::byte byte : rest) CHECK(byte == std::byte{0});
}

void test_another_dtype_is_a_mismatch() {
  Array* array = make_array(parse(kText), Layout::rows, 10);
  const Descriptor shared = share_array(*array).value();
  array->release();
  CHECK_EQ(attach_code(shared.get(), parse(kText)), FOREBAY_OK);
  CHECK_EQ(attach_code(shared.get(), parse("name:S10,pos:<i4,xy:<f8[2]")), FOREBAY_E_MISMATCH);
  CHECK_EQ(attach_code(shared.get(), parse("S30")), FOREBAY_E_MISMATCH);
}

void test_generations_grow() {
  Array* array = make_array(parse(kText), Layout::rows, 10);
  std::uint64_t last = 0;
  for (int i = 0; i < 3; ++i) {
    const Descriptor shared = share_array(*array).value();
    Result<Array*> got = attach_array(shared.get(), {});
    REQUIRE(got.is_ok());
    CHECK((*got)->generation > last);
    last = (*got)->generation;
    (*got)->release();
  }
  array->release();
}

void test_other_kinds_of_descriptor_are_refused() {
  int pipe_ends[2] = {-1, -1};
  CHECK(::pipe2(pipe_ends, O_CLOEXEC) == 0);
  const Descriptor read_end(pipe_ends[0]);
  const Descriptor write_end(pipe_ends[1]);
  const Descriptor folder(::open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const Descriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  for (const Descriptor* one : {&read_end, &write_end, &folder, &null, &file}) {
    CHECK(one->is_open());
    CHECK_EQ(attach_code(one->get()), FOREBAY_E_FORMAT);
  }
  CHECK_EQ(attach_code(-1), FOREBAY_E_ARGUMENT);
  CHECK_EQ(attach_code(1'000'000), FOREBAY_E_ARGUMENT);
}

void test_memory_that_could_change_is_refused() {
  const std::vector<std::byte> bytes = bytes_of_share();
  CHECK_EQ(attach_code(memfd_of(bytes).get()), FOREBAY_OK);
  CHECK_EQ(attach_code(memfd_of(bytes, 0).get()), FOREBAY_E_FORMAT);
  for (const int seal : {F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_SEAL}) {
    CHECK_EQ(attach_code(memfd_of(bytes, kSeals & ~seal).get()), FOREBAY_E_FORMAT);
  }
}

void test_a_file_of_another_size_is_refused() {
  const std::vector<std::byte> bytes = bytes_of_share();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, sizeof(shared::Header) - 1, sizeof(shared::Header),
        std::size_t{4096}, bytes.size() - 4096, bytes.size() - 1}) {
    CHECK_EQ(attach_code(memfd_of(std::span(bytes).first(size)).get()), FOREBAY_E_FORMAT);
  }
  std::vector<std::byte> longer = bytes;
  longer.resize(bytes.size() + 4096);
  CHECK_EQ(attach_code(memfd_of(longer).get()), FOREBAY_E_FORMAT);
}

// A reader of a hole would ask for memory at a moment when there may be none.
void test_memory_with_holes_is_refused() {
  const std::vector<std::byte> bytes = bytes_of_share();
  const Descriptor file = memfd_of(std::span(bytes).first(4096), 0);
  CHECK(::ftruncate(file.get(), static_cast<off_t>(bytes.size())) == 0);
  CHECK(::fcntl(file.get(), F_ADD_SEALS, kSeals) == 0);
  CHECK_EQ(attach_code(file.get()), FOREBAY_E_FORMAT);
}

void test_no_byte_of_the_header_or_the_dtype_can_be_altered() {
  const std::vector<std::byte> bytes = bytes_of_share();
  std::mt19937 random(kSeed);
  const std::size_t end = sizeof(shared::Header) + parse(kText)->text().size();
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < end; ++at) {
    for (int round = 0; round < 4; ++round) {
      std::vector<std::byte> altered = bytes;
      altered[at] ^= static_cast<std::byte>(1 + random() % 255);
      const Code code = attach_and_read(altered, &sum);
      if (!CHECK_EQ(code, FOREBAY_E_FORMAT)) std::fprintf(stderr, "byte %zu seed %u\n", at, kSeed);
    }
  }
}

// A forger knows the hash. Numbers at the edges, in each field: refused, or rows that are all
// there.
void test_a_forged_header_is_refused_or_harmless() {
  const std::vector<std::byte> bytes = bytes_of_share();
  std::mt19937_64 random(kSeed);
  std::uint64_t sum = 0;
  std::size_t accepted = 0;
  for (std::size_t at = 8; at < sizeof(shared::Header) - 8; ++at) {
    for (int round = 0; round < 40; ++round) {
      std::vector<std::byte> forged = bytes;
      std::uint64_t value = 0;
      std::memcpy(&value, &forged[at], 8);
      switch (random() % 5) {
        case 0:
          value += 1;
          break;
        case 1:
          value -= 1;
          break;
        case 2:
          value = UINT64_MAX >> (random() % 64);
          break;
        case 3:
          value = std::uint64_t{1} << (random() % 64);
          break;
        default:
          value ^= random();
      }
      std::memcpy(&forged[at], &value, 8);
      rehash(forged);
      const Code code = attach_and_read(forged, &sum);
      if (!CHECK(code == FOREBAY_OK || code == FOREBAY_E_FORMAT)) {
        std::fprintf(stderr, "byte %zu seed %u\n", at, kSeed);
      }
      accepted += code == FOREBAY_OK;
    }
  }
  // Such as another generation, or fewer rows in as many pages: nothing that can be misread.
  CHECK(accepted > 0);
}

void test_a_forged_dtype_is_refused() {
  std::vector<std::byte> forged = bytes_of_share();
  // "i4" to "f4": well formed, but not what the schema's hash says.
  auto* text = reinterpret_cast<char*>(forged.data()) + sizeof(shared::Header);
  char* type = std::strstr(text, ":i4");
  REQUIRE(type != nullptr);
  type[1] = 'f';
  CHECK_EQ(attach_code(memfd_of(forged).get()), FOREBAY_E_FORMAT);
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_rows_arrive_as_they_were_in_either_layout),
      CHECK_TEST(test_what_is_shared_is_sealed_and_holds_only_its_rows),
      CHECK_TEST(test_another_dtype_is_a_mismatch),
      CHECK_TEST(test_generations_grow),
      CHECK_TEST(test_other_kinds_of_descriptor_are_refused),
      CHECK_TEST(test_memory_that_could_change_is_refused),
      CHECK_TEST(test_a_file_of_another_size_is_refused),
      CHECK_TEST(test_memory_with_holes_is_refused),
      CHECK_TEST(test_no_byte_of_the_header_or_the_dtype_can_be_altered),
      CHECK_TEST(test_a_forged_header_is_refused_or_harmless),
      CHECK_TEST(test_a_forged_dtype_is_refused),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
