// What a file must hold: tables, rows and attributes as values, and the one generator that says
// what every row's bytes are. Thread rule: values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/recorded_storage.hpp"

namespace forebay::test {

struct TableModel {
  std::uint64_t rows = 0;
  std::map<std::string, std::string> texts{};
  bool operator==(const TableModel&) const = default;
};

// The content after one commit.
struct Model {
  bool exists = true;
  std::uint64_t generation = 0;  // of the file: a replaced one has other rows
  std::map<std::string, TableModel> tables{};
  bool operator==(const Model&) const = default;
};

// The rows of a table have one of these types, chosen by its name.
struct RowKind {
  const char* dtype;
  std::uint64_t bytes;
  std::uint64_t chunk_rows;
  bool is_compressed = false;
  bool has_columns = false;
};
const RowKind& kind_of(const std::string& table);

Bytes rows_of(std::uint64_t generation, const std::string& table, std::uint64_t first,
              std::uint64_t rows);

// What a file holds, as one of its readers sees it.
struct Content {
  struct Table {
    std::uint64_t rows = 0;
    Bytes bytes{};
    std::map<std::string, std::string> texts{};
  };
  std::map<std::string, Table> tables{};
};
// Empty when it is the same; else the first difference.
std::string difference(const Content& content, const Model& model);

// "{a: 12 rows, b: 3 rows}"
std::string text_of_model(const Model& model);

}  // namespace forebay::test
