// The content of a file in memory: pages that copies share until one of them writes, and none for
// zeros. Copying a file is copying a small map, so that a crash image costs little.
// Thread rule: a value; copies may be used by different threads only after a fork.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>

namespace forebay::test {

class CowBytes {
 public:
  static constexpr std::uint64_t kPage = 4096;

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  // Bytes read; fewer than asked for at the end.
  std::size_t read(std::uint64_t offset, std::span<std::byte> bytes) const {
    if (offset >= size_) return 0;
    const auto all =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), size_ - offset));
    for (std::size_t done = 0; done < all;) {
      const Piece piece = piece_at(offset + done, all - done);
      const auto page = pages_.find(piece.page);
      if (page == pages_.end()) {
        std::fill_n(bytes.data() + done, piece.bytes, std::byte{0});
      } else {
        std::copy_n(page->second->data() + piece.begin, piece.bytes, bytes.data() + done);
      }
      done += piece.bytes;
    }
    return all;
  }

  // Of a range, the bytes of pages that are not there.
  [[nodiscard]] std::uint64_t holes(std::uint64_t offset, std::uint64_t bytes) const {
    std::uint64_t found = 0;
    for (std::uint64_t page = offset / kPage; page * kPage < offset + bytes; ++page) {
      found += pages_.contains(page) ? 0 : kPage;
    }
    return found;
  }

  void write(std::uint64_t offset, std::span<const std::byte> bytes) {
    size_ = std::max(size_, offset + bytes.size());
    for (std::size_t done = 0; done < bytes.size();) {
      const Piece piece = piece_at(offset + done, bytes.size() - done);
      write_piece(piece, bytes.subspan(done, piece.bytes));
      done += piece.bytes;
    }
  }

  void resize(std::uint64_t size) {
    if (size < size_) {
      pages_.erase(pages_.lower_bound((size + kPage - 1) / kPage), pages_.end());
      // What comes back when the file grows again is zeros.
      const Piece rest = piece_at(size, kPage);
      if (size % kPage != 0 && pages_.contains(rest.page)) {
        std::fill_n(own(rest.page).data() + rest.begin, rest.bytes, std::byte{0});
      }
    }
    size_ = size;
  }

 private:
  using Page = std::array<std::byte, kPage>;
  struct Piece {
    std::uint64_t page;
    std::size_t begin;
    std::size_t bytes;
  };

  static Piece piece_at(std::uint64_t offset, std::size_t most) {
    const auto begin = static_cast<std::size_t>(offset % kPage);
    return {offset / kPage, begin, std::min<std::size_t>(most, kPage - begin)};
  }
  Page& own(std::uint64_t number) {
    std::shared_ptr<Page>& page = pages_[number];
    if (!page) {
      page = std::make_shared<Page>();
    } else if (page.use_count() != 1) {
      page = std::make_shared<Page>(*page);
    }
    return *page;
  }
  void write_piece(const Piece& piece, std::span<const std::byte> bytes) {
    const bool zeros =
        std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
    if (zeros && !pages_.contains(piece.page)) return;
    std::copy(bytes.begin(), bytes.end(), own(piece.page).data() + piece.begin);
  }

  std::map<std::uint64_t, std::shared_ptr<Page>> pages_;
  std::uint64_t size_ = 0;
};

}  // namespace forebay::test
