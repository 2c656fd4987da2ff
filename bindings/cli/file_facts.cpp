#include "file_facts.hpp"

#include "units.hpp"

namespace forebay::cli {
namespace {

std::string commits_text(const forebay_store_info& info) {
  return format_count(info.waiting_commits) + (info.waiting_commits == 1 ? " commit" : " commits") +
         " (" + bytes_text(info.waiting_bytes) + ")";
}

std::string live_text(const forebay_store_info& info) {
  std::string text = "a writer has the file open";
  if (info.writer != 0) text += " (process " + std::to_string(info.writer) + ")";
  if (info.journal_bytes == 0) return text + ", without a journal";
  return text + "; commit " + format_count(info.commit) + ", " + commits_text(info) +
         " since its last checkpoint, generation " + format_count(info.generation);
}

}  // namespace

std::string bytes_text(std::uint64_t bytes) {
  return format_bytes(static_cast<double>(bytes));
}

const char* journal_name(std::uint32_t journal) {
  switch (journal) {
    case FOREBAY_STORE_JOURNAL_NONE:
      return "none";
    case FOREBAY_STORE_JOURNAL_LEFT:
      return "left";
    case FOREBAY_STORE_JOURNAL_WAITING:
      return "waiting";
    case FOREBAY_STORE_JOURNAL_LIVE:
      return "live";
    case FOREBAY_STORE_JOURNAL_MISSING:
      return "missing";
    case FOREBAY_STORE_JOURNAL_DAMAGED:
      return "damaged";
    default:
      return "conflict";
  }
}

std::string journal_text(const forebay_store_info& info) {
  switch (info.journal) {
    case FOREBAY_STORE_JOURNAL_NONE:
      return "journal: none, the file is closed";
    case FOREBAY_STORE_JOURNAL_LEFT:
      return "journal: one that has nothing for the file, which is closed; the next opening for "
             "writing removes it";
    case FOREBAY_STORE_JOURNAL_WAITING:
      return "journal: " + commits_text(info) + (info.waiting_commits == 1 ? " waits" : " wait") +
             " to be applied, as the writer died; forebay shows the rows, other programs after "
             "`forebay recover` or the next opening for writing";
    case FOREBAY_STORE_JOURNAL_LIVE:
      return "journal: " + live_text(info);
    case FOREBAY_STORE_JOURNAL_MISSING:
      return "journal: missing, and the file was not closed; put it back, or run `forebay recover "
             "--accept-without-journal`";
    case FOREBAY_STORE_JOURNAL_DAMAGED:
      return "journal: damaged or another file's, and the file was not closed; put the right one "
             "back, or run `forebay recover --accept-without-journal`";
    default:
      return "journal: " + commits_text(info) +
             " although another program marked the file as closed; `forebay recover` takes them in";
  }
}

std::string space_text(const forebay_store_info& info) {
  if (info.has_space == 0) return {};
  std::string text = "space: " + bytes_text(info.used_bytes) + " in use, " +
                     bytes_text(info.left_bytes) + " left behind";
  const bool is_much = info.left_bytes > (1U << 20U) && info.left_bytes > info.used_bytes / 10;
  return is_much ? text + ", which `forebay repack` takes away" : text;
}

void write_file_facts(JsonWriter& json, const forebay_store_info& info) {
  json.key("journal").begin_object();
  json.key("state").text(journal_name(info.journal));
  json.key("bytes").number(info.journal_bytes);
  json.key("generation").number(info.generation);
  json.key("commit").number(info.commit);
  json.key("waiting_commits").number(info.waiting_commits);
  json.key("waiting_bytes").number(info.waiting_bytes);
  json.key("writer").number(std::uint64_t{info.writer});
  json.end_object();
  json.key("space").begin_object();
  if (info.has_space != 0) {
    json.key("used_bytes").number(info.used_bytes);
    json.key("left_bytes").number(info.left_bytes);
  }
  json.end_object();
}

}  // namespace forebay::cli
