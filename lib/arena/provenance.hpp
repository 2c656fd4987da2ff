// Where rows came from, so that a later load can go on behind them.
#pragma once

#include <cstdint>

#include "base/base.hpp"

namespace forebay::core {

// A place in a source: everything before it was read.
//
// Invariant: all but `rows` and `ahead` is true of the place itself. Children publish rows in
// pieces, and only between pieces the place is known; rows that are delivered out of the piece
// behind it are `ahead`. Who goes on at the place passes over as many of the rows that come.
struct Provenance {
  std::uint64_t offset = 0;  // decoded
  std::uint64_t line = 1;
  std::uint64_t rows = 0;     // delivered, those ahead included
  std::uint64_t ahead = 0;    // of these, rows that stand behind the place
  std::uint64_t rejects = 0;  // fields filled and rows passed over
  std::uint64_t skipped = 0;  // of these, rows passed over
  std::uint64_t hash = 0;  // CRC-64 of the decoded bytes before it; 0 for a custom child's sources

  // Records of the source before the place.
  [[nodiscard]] std::uint64_t records() const noexcept { return rows - ahead + skipped; }

  // The bytes up to `end` were read too; `crc` is theirs. False if that lies before this place.
  [[nodiscard]] bool extend(std::uint64_t end, std::uint64_t end_line, std::uint64_t crc) noexcept {
    if (end < offset) return false;
    hash = crc64_joined(hash, crc, end - offset);
    offset = end;
    line = end_line;
    return true;
  }
};

}  // namespace forebay::core
