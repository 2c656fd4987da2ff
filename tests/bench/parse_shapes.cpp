#include "bench/parse_shapes.hpp"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

namespace forebay::bench {
namespace {

using core::text::Dialect;
using Random = std::mt19937;

constexpr double kPowers[20] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
constexpr std::size_t kMatrixColumns = 1000;

// The parts of the yardsticks. Each reads one field and the byte after it.

template <typename T>
inline const char* scalar_integer(const char* at, std::byte* out) {
  const bool negative = *at == '-';
  at += negative;
  std::uint64_t value = 0;
  for (; *at >= '0' && *at <= '9'; ++at) value = value * 10 + static_cast<unsigned>(*at - '0');
  const auto result = static_cast<T>(negative ? 0 - value : value);
  std::memcpy(out, &result, sizeof result);
  return at + 1;
}

template <typename T>
inline const char* scalar_real(const char* at, std::byte* out) {
  const bool negative = *at == '-';
  at += negative;
  std::uint64_t digits = 0;
  unsigned places = 0;
  for (; *at >= '0' && *at <= '9'; ++at) digits = digits * 10 + static_cast<unsigned>(*at - '0');
  if (*at == '.') {
    for (++at; *at >= '0' && *at <= '9'; ++at, ++places)
      digits = digits * 10 + static_cast<unsigned>(*at - '0');
  }
  const double value = static_cast<double>(static_cast<std::int64_t>(digits)) / kPowers[places];
  const auto result = static_cast<T>(negative ? -value : value);
  std::memcpy(out, &result, sizeof result);
  return at + 1;
}

inline const char* scalar_text(const char* at, char end, std::byte* out, std::size_t width) {
  std::size_t size = 0;
  for (; *at != end; ++at) {
    if (size < width) out[size++] = static_cast<std::byte>(*at);
  }
  for (; size < width; ++size) out[size] = std::byte{0};
  return at + 1;
}

template <typename Row>
std::uint64_t each_row(const char* at, const char* end, std::byte* block, std::size_t room,
                       std::size_t row_bytes, Row read_row) {
  std::uint64_t rows = 0;
  std::size_t place = 0;
  for (; at < end; ++rows, ++place) {
    if (place == room) place = 0;
    at = read_row(at, block + place * row_bytes);
  }
  return rows;
}

std::uint64_t scalar_methylation(const char* at, const char* end, std::byte* block,
                                 std::size_t room) {
  return each_row(at, end, block, room, 26, [](const char* row, std::byte* out) {
    row = scalar_text(row, '\t', out, 10);
    row = scalar_integer<std::int32_t>(row, out + 10);
    row = scalar_real<float>(row, out + 14);
    row = scalar_integer<std::int32_t>(row, out + 18);
    return scalar_integer<std::int32_t>(row, out + 22);
  });
}

std::uint64_t scalar_matrix(const char* at, const char* end, std::byte* block, std::size_t room) {
  return each_row(at, end, block, room, 4 * kMatrixColumns, [](const char* row, std::byte* out) {
    for (std::size_t i = 0; i < kMatrixColumns; ++i, out += 4) row = scalar_real<float>(row, out);
    return row;
  });
}

std::uint64_t scalar_quoted(const char* at, const char* end, std::byte* block, std::size_t room) {
  return each_row(at, end, block, room, 48, [](const char* row, std::byte* out) {
    row = scalar_integer<std::int64_t>(row, out);
    row = scalar_text(row + 1, '"', out + 8, 16) + 1;
    row = scalar_text(row + 1, '"', out + 24, 12) + 1;
    row = scalar_real<double>(row, out + 36);
    return scalar_integer<std::int32_t>(row, out + 44);
  });
}

std::uint64_t scalar_integers(const char* at, const char* end, std::byte* block, std::size_t room) {
  return each_row(at, end, block, room, 24, [](const char* row, std::byte* out) {
    row = scalar_integer<std::int32_t>(row, out);
    row = scalar_integer<std::int64_t>(row, out + 4);
    row = scalar_integer<std::int32_t>(row, out + 12);
    return scalar_integer<std::int64_t>(row, out + 16);
  });
}

// The rows.

template <typename... Values>
void append(std::string* text, const char* format, Values... values) {
  char row[200];
  const int size = std::snprintf(row, sizeof row, format, values...);
  text->append(row, static_cast<std::size_t>(size));
}

std::string methylation_rows(std::size_t bytes) {
  Random random(20240301);
  std::string text;
  unsigned long position = 14430632;
  while (text.size() < bytes) {
    const unsigned long total = 1 + random() % 60;
    const unsigned long methylated = random() % (total + 1);
    position = position > 99000000 ? 14430632 : position + 2 + random() % 90;
    append(&text, "chr22\t%lu\t%.6g\t%lu\t%lu\n", position,
           100.0 * static_cast<double>(methylated) / static_cast<double>(total), methylated,
           total - methylated);
  }
  return text;
}

std::string repeated_file(const std::string& path, std::size_t bytes) {
  std::ifstream file(path, std::ios::binary);
  const std::string once((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::string text;
  while (!once.empty() && text.size() < bytes) text += once;
  return text;
}

// Temperatures of a climate grid.
std::string matrix_rows(std::size_t bytes) {
  Random random(7);
  std::string text;
  while (text.size() < bytes) {
    for (std::size_t i = 0; i < kMatrixColumns; ++i) {
      append(&text, i == 0 ? "%.3f" : ",%.3f",
             -60.0 + static_cast<double>(random() % 110000) / 1e3);
    }
    text += '\n';
  }
  return text;
}

std::string quoted_rows(std::size_t bytes) {
  Random random(11);
  const char* const places[] = {"Paris, 1er", "Lyon", "Aix, Provence", "Nice", "Saint-Denis"};
  const char* const kinds[] = {"sold", "returned", "on hold", "paid, late"};
  std::string text;
  for (unsigned long id = 1000000; text.size() < bytes; id += 1 + random() % 5) {
    append(&text, "%lu,\"%s\",\"%s\",%.2f,%lu\n", id, places[random() % std::size(places)],
           kinds[random() % std::size(kinds)], static_cast<double>(random() % 1000000) / 100,
           static_cast<unsigned long>(random() % 100));
  }
  return text;
}

std::string integer_rows(std::size_t bytes) {
  Random random(13);
  std::string text;
  while (text.size() < bytes) {
    append(&text, "%lu,%ld,%lu,%lu\n", static_cast<unsigned long>(random() % 1000000),
           static_cast<long>(random() % 2000000000) - 1000000000,
           static_cast<unsigned long>(random() % 1000),
           1700000000000UL + static_cast<unsigned long>(random()));
  }
  return text;
}

Shape shape_of(const char* name, const char* dtype, char delimiter, char quote, std::string text,
               decltype(Shape::yardstick) yardstick) {
  Shape shape;
  shape.name = name;
  shape.dtype = dtype;
  shape.dialect.delimiter = delimiter;
  shape.dialect.quote = quote;
  shape.size = text.size();
  shape.text = std::move(text);
  shape.text.append(core::text::kPadding, '\0');
  shape.yardstick = yardstick;
  return shape;
}

}  // namespace

std::vector<Shape> parse_shapes(std::size_t bytes, const std::string& methylation) {
  const char* const sample = "chr:S10,pos:i4,pct:f4,c:i4,t:i4";
  const std::string rows =
      methylation.empty() ? methylation_rows(bytes) : repeated_file(methylation, bytes);
  std::vector<Shape> shapes;
  if (rows.empty()) return shapes;
  shapes.push_back(shape_of("methylation, blanks", sample, 0, 0, rows, scalar_methylation));
  shapes.push_back(shape_of("methylation, tabs", sample, '\t', 0, rows, scalar_methylation));
  shapes.push_back(
      shape_of("matrix, 1000 f4", "x:f4[1000]", ',', 0, matrix_rows(bytes), scalar_matrix));
  shapes.push_back(shape_of("quoted CSV", "id:i8,place:S16,kind:S12,price:f8,n:i4", ',', '"',
                            quoted_rows(bytes), scalar_quoted));
  shapes.push_back(
      shape_of("integers", "a:i4,b:i8,c:i4,d:i8", ',', 0, integer_rows(bytes), scalar_integers));
  return shapes;
}

}  // namespace forebay::bench
