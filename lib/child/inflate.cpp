// A compressed source that is decoded by one child and parsed by any: one step of decoding, and the
// parsing of the text that one left in memory.
#include "child/worker.hpp"

namespace forebay::core {

Status Worker::serve_inflate(ChildTask& task) {
  const wire::Task& message = task.message;
  // Why taken out: after a failure nobody goes on with it.
  std::unique_ptr<Inflater> inflater = std::move(inflater_);
  const auto room = static_cast<std::size_t>(message.block_end - message.block_begin);
  if (!inflater || !inflater->is_at(message)) {
    std::vector<char> window = inflater ? inflater->take_buffer() : std::vector<char>();
    FOREBAY_TRY_ASSIGN(inflater, Inflater::open(std::move(task.source), message, std::move(window),
                                                [&] { return tell_alive(task); }));
  }
  FOREBAY_TRY_ASSIGN(const Inflater::Piece piece, inflater->next(dialect_, room));
  FOREBAY_TRY(write_range(task.text_memory, message.block_begin, piece.text));
  wire::Inflated inflated{};
  inflated.task = message.task;
  inflated.bytes = piece.text.size();
  inflated.rows = piece.report.from[static_cast<std::size_t>(text::ScanState::record_start)].rows;
  inflated.newlines = piece.report.newlines;
  inflated.input_bytes = inflater->input_bytes();
  inflated.state = piece.state;
  inflater->pass(piece.text.size());
  if (piece.state == wire::Inflation::more) inflater_ = std::move(inflater);
  return session_->send(inflated);
}

// Why copied first: the child that wrote the text may change it at any time. It is counted again,
// so that a text that changed is told from a parser that errs.
Status Worker::serve_text(ChildTask& task) {
  const auto size = static_cast<std::size_t>(task.message.end - task.message.begin);
  Window& window = task.window;
  window.bytes = take_buffer(size + text::kPadding);
  FOREBAY_TRY_ASSIGN(window.filled, read_range(task.text_memory, task.message.block_begin,
                                               std::span(window.bytes).first(size)));
  window.at_end = true;
  FOREBAY_TRY(await_go(task));
  FOREBAY_TRY(enter_source(task));
  task.report = text::scan(dialect_, window.bytes.data(), window.filled, window.filled);
  if (task.report->from[task.go->state].rows < task.go->row_limit || window.filled < size) {
    return {FOREBAY_E_TRUNCATED,
            "found fewer rows than a scan before: the file changed while it was being read"};
  }
  return parse_split(task);
}

}  // namespace forebay::core
