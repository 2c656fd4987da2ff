// Serves tasks in the order they came: reads, scans and parses text into lent blocks. While the
// first task waits for the coordinator, the splits behind it are scanned. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "child/binary_source.hpp"
#include "child/fresh_blocks.hpp"
#include "child/inflater.hpp"
#include "child/packer.hpp"
#include "child/session.hpp"
#include "child/source_reader.hpp"
#include "dtype/dtype.hpp"
#include "text/text.hpp"

namespace forebay::core {

class Worker {
 public:
  static Result<std::unique_ptr<Worker>> make(std::unique_ptr<Session> session);

  // Returns when the socket was closed (ok) or on a breach of the protocol.
  Status run();

 private:
  // The rows being filled: one block, up to the next array boundary.
  struct Fill {
    std::optional<LentBlock> block;
    std::byte* place = nullptr;  // where its rows are made
    text::Sink sink;
    std::uint64_t filled = 0;
    std::uint64_t room = 0;           // rows until the next boundary
    std::uint64_t limit = 0;          // rows that the task may still publish or pass over
    std::uint64_t reject_limit = 0;   // rejects to tell of
    std::uint64_t reject_budget = 0;  // rejects that are allowed
    std::uint64_t truncated = 0;      // strings cut in the rows being filled
  };
  // What is known of the source that the last tasks were of.
  struct Context {
    std::uint32_t source = kNoSource;
    text::Head head;
    std::uint64_t head_crc = 0;
    std::unique_ptr<text::Parser> parser;
  };

  Worker() = default;

  Status serve(ChildTask& task);
  Status serve_head(ChildTask& task);
  Status serve_split(ChildTask& task);
  Status serve_stream(ChildTask& task);
  Status serve_sniff(ChildTask& task);
  Status serve_map(ChildTask& task);
  Status serve_inflate(ChildTask& task);
  Status serve_text(ChildTask& task);
  Status serve_row_head(ChildTask& task);
  Status serve_rows(ChildTask& task);
  Status serve_row_stream(ChildTask& task);
  // Reads rows as they are into lent blocks; `read` fills a span, or says why not and how far.
  using ReadRows = std::function<Status(std::span<char> room, std::size_t* got)>;
  Status read_rows(ChildTask& task, std::uint64_t offset, Fill& fill, const ReadRows& read);
  Status enter_binary(ChildTask& task);
  Status hash_header(ChildTask& task, std::uint64_t bytes);
  Status hash_header(ChildTask& task, SourceStream& stream, std::uint64_t bytes);
  Status serve_verify(ChildTask& task);
  Result<SourceStream> open_bytes(ChildTask& task);
  Result<SourceStream> open_stream(ChildTask& task);

  Status scan(ChildTask& task);
  bool scan_ahead();
  Status await_go(ChildTask& task);
  Status parse_split(ChildTask& task);
  void consume_to(ChildTask& task, const char* last);

  Status stream_windows(ChildTask& task, SourceStream& stream, std::string window);
  Status stream_window(ChildTask& task, SourceStream& stream, Window& window, text::Cursor& cursor,
                       Fill& fill);
  Status parse(ChildTask& task, text::Cursor& cursor, const char* stop, const char* end,
               Fill& fill);
  // The bad row at the cursor: passed over or mended as the policy says, or the task's failure.
  Status settle_bad_row(ChildTask& task, text::Cursor& cursor, const char* end, Fill& fill,
                        text::RowError error);
  Status publish(ChildTask& task, Fill& fill, const text::Cursor& cursor);
  Status take_block(ChildTask& task, Fill& fill);

  // For work that takes long and gives no rows: the coordinator would take it for a hang.
  Status tell_alive(ChildTask& task);
  Status enter_source(ChildTask& task);
  Status set_context(std::uint32_t source, text::Head head, const std::string& top);
  Status wait();
  Status receive(bool wait);
  std::vector<char> take_buffer(std::size_t bytes);
  void keep_buffer(std::vector<char> buffer);

  std::unique_ptr<Session> session_;
  text::Dialect dialect_;
  DtypeRef dtype_;
  BlockLayout layout_;  // of the rows in a block
  FreshBlocks fresh_;
  std::optional<Packer> packer_;  // of full ones, where the table's chunks are packed
  Context context_;
  std::uint32_t binary_source_ = kNoSource;  // that `binary_` is of
  BinarySource binary_;
  std::unique_ptr<Inflater> inflater_;  // of the last inflate, if it can be gone on with
  std::vector<std::vector<char>> spare_buffers_;
  bool closed_ = false;  // the coordinator is gone, or spoke wrongly
  Status breach_;
};

}  // namespace forebay::core
