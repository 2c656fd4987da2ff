#include "model.hpp"

#include <array>
#include <cstring>

#include "base/base.hpp"

namespace forebay::test {

const RowKind& kind_of(const std::string& table) {
  // By first letter: whole rows in a page, odd sizes, rows longer than a sector, chunks that go
  // past the journal in one commit.
  static constexpr std::array<RowKind, 4> kKinds = {{
      {"n:i8,v:f8", 16, 8},
      {"s:S5,x:i4", 9, 32},
      {"w:f8[75]", 600, 4},
      {"n:i8,v:f8", 16, 4096},
  }};
  static constexpr RowKind kCompressed = {"n:i8,v:f8", 16, 32, true};
  static constexpr RowKind kColumns = {"n:i8,v:f8", 16, 32, true, true};
  if (table[0] == 'y') return kCompressed;
  if (table[0] == 'z') return kColumns;
  return kKinds[static_cast<std::size_t>(table[0] - 'a') % kKinds.size()];
}

Bytes rows_of(std::uint64_t generation, const std::string& table, std::uint64_t first,
              std::uint64_t rows) {
  const std::uint64_t bytes = kind_of(table).bytes;
  const bool is_compressed = kind_of(table).is_compressed;
  const std::uint64_t start =
      core::hash64(std::as_bytes(std::span(table))) + generation * 0x9E3779B97F4A7C15U;
  Bytes all(static_cast<std::size_t>(rows * bytes));
  for (std::uint64_t row = 0; row < rows; ++row) {
    std::uint64_t state = start + (first + row) * 0xD1342543DE82EF95U;
    std::byte* const out = all.data() + row * bytes;
    for (std::uint64_t at = 0; at < bytes; at += sizeof(state)) {
      state ^= state >> 29U;
      state = state * 0xBF58476D1CE4E5B9U + 1;
      const std::uint64_t value = is_compressed ? state & 0xFFFU : state;
      std::memcpy(out + at, &value, std::min<std::uint64_t>(sizeof(state), bytes - at));
    }
  }
  return all;
}

std::string text_of_model(const Model& model) {
  std::string text = "{";
  for (const auto& [name, table] : model.tables) {
    text += (text.size() == 1 ? "" : ", ") + name + ": " + std::to_string(table.rows) + " rows";
    for (const auto& [key, value] : table.texts) text += " " + key + "=" + value.substr(0, 12);
  }
  return text + "}, generation " + std::to_string(model.generation);
}

std::string difference(const Content& content, const Model& model) {
  if (!model.exists) return content.tables.empty() ? "" : "there is a file already";
  for (const auto& [name, table] : model.tables) {
    const auto found = content.tables.find(name);
    if (found == content.tables.end()) return "no table " + name;
    if (found->second.rows != table.rows) {
      return name + " has " + std::to_string(found->second.rows) + " rows, not " +
             std::to_string(table.rows);
    }
    if (found->second.texts != table.texts) return name + " has other attributes";
    if (found->second.bytes != rows_of(model.generation, name, 0, table.rows)) {
      return name + " has other rows";
    }
  }
  for (const auto& [name, table] : content.tables) {
    if (!model.tables.contains(name)) return "table " + name + " is not of that commit";
  }
  return {};
}

}  // namespace forebay::test
