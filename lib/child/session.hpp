// The child's end of the control socket: its configuration, its segment, the tasks it was handed,
// and the answers. One thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/base.hpp"
#include "child/records.hpp"
#include "child/source_reader.hpp"
#include "platform/platform.hpp"
#include "text/text.hpp"
#include "wire/wire.hpp"

namespace forebay::core {

// A block lent for one task.
struct LentBlock {
  std::uint64_t lease = 0;
  std::uint64_t offset = 0;  // in the segment
  std::byte* data = nullptr;
  std::uint64_t bytes = 0;
  bool is_large = false;  // stands on large pages
};

// A task as far as it has come.
struct ChildTask {
  wire::Task message{};
  Descriptor source;
  Descriptor text_memory;  // inflate and text
  std::optional<wire::Go> go;
  std::deque<LentBlock> blocks;
  bool dropped = false;
  // Splits: the bytes read, from `begin` on and beyond `end`, and what the scan found.
  Window window;
  std::optional<text::ScanReport> report;
  std::unique_ptr<SourceStream> decoded;  // bgzf: reads on behind the window
  Status fault;                           // where the split could not be read on, before its end
  // What was published.
  std::uint64_t rows = 0;
  std::uint64_t input_bytes = 0;
  // What was rejected: in all, and since the last publish.
  std::uint64_t rejects = 0;
  std::uint64_t new_rejects = 0;
  std::uint64_t new_skipped = 0;
  bool is_over_budget = false;
  // CRC-64 of the decoded bytes consumed since the last publish, and, once the work on them is
  // over, where they end.
  std::uint64_t crc = 0;
  text::Cursor consumed{nullptr, 0, 0};
  // Streams: what had been read of the file when how much was decoded.
  std::uint64_t input_end = 0;
  std::uint64_t decoded_end = 0;
};

// Whose program this process runs. A custom one may hold descriptors of its own, start processes,
// and live on after it has closed its session.
enum class ChildProgram : std::uint8_t { built_in, custom };

class Session {
 public:
  static Result<std::unique_ptr<Session>> attach(ChildProgram program);

  [[nodiscard]] const wire::Config& config() const noexcept { return config_; }
  [[nodiscard]] std::deque<std::unique_ptr<ChildTask>>& tasks() noexcept { return tasks_; }

  // Not open in a custom program.
  [[nodiscard]] const Descriptor& segment_file() const noexcept { return segment_file_; }

  // Takes in messages. `wait`: at least one, if it takes for ever. A closed socket is FOREBAY_END;
  // a message that does not fit is FOREBAY_E_PROTOCOL.
  Status receive(bool wait);

  template <typename Message>
  Status send(Message message) {
    return send_packet(socket_, wire::encode(message));
  }
  // Tells what became of the chunks of a block that is published next.
  Status packed(const ChildTask& task, const LentBlock& block, std::span<const PackedChunk> chunks);
  Status publish(ChildTask& task, const LentBlock& block, std::uint64_t rows,
                 const text::Cursor& next, std::uint64_t truncated = 0);
  Status finish(ChildTask& task, const Status& outcome);
  // Counts a reject, and tells of it while the limit of `limit` messages is not reached.
  Status reject(ChildTask& task, std::uint64_t limit, const Status& reason, std::string_view line);

 private:
  Session() = default;
  Status handle(std::span<const std::byte> packet, Descriptor descriptor);
  Status handle_task(const wire::Task& message, Descriptor source);
  Status handle_lend(const wire::Lend& message);
  ChildTask* find(std::uint64_t task) noexcept;

  wire::Config config_;
  Descriptor socket_;
  Descriptor segment_file_;
  Mapping segment_;
  Descriptor text_memory_;  // for the task that comes next
  std::deque<std::unique_ptr<ChildTask>> tasks_;
};

}  // namespace forebay::core
