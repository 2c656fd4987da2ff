#include "load_summary.hpp"

#include "escape.hpp"
#include "json.hpp"
#include "units.hpp"

namespace forebay::cli {
namespace {

double rate_of(const LoadSummary& summary) {
  return summary.seconds > 0 ? static_cast<double>(summary.bytes_read) / summary.seconds : 0;
}

std::string counted(std::uint64_t count, const char* noun) {
  return format_count(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string bytes_text(std::uint64_t bytes) {
  return format_bytes(static_cast<double>(bytes));
}

std::string sources_text(const LoadSummary& summary) {
  std::uint64_t failed = 0;
  for (const SourceSummary& source : summary.sources) failed += source.status < 0 ? 1U : 0U;
  const std::string text = counted(summary.sources.size(), "file");
  return failed == 0 ? text : text + " (" + format_count(failed) + " failed)";
}

std::string truncated_text(const LoadSummary& summary) {
  std::uint64_t truncated = 0;
  for (const SourceSummary& source : summary.sources) truncated += source.truncated;
  return truncated == 0 ? "" : "; " + counted(truncated, "string") + " cut to fit";
}

std::string place_of(const LoadSummary& summary) {
  std::string text = escaped(summary.output) + " (";
  if (summary.tables.size() == 1) {
    text += "table " + escaped(summary.tables.front().name);
  } else {
    text += counted(summary.tables.size(), "table");
  }
  return text + ")";
}

void write_sources(JsonWriter& json, const LoadSummary& summary) {
  json.key("sources").begin_array();
  for (const SourceSummary& source : summary.sources) {
    json.begin_object();
    json.key("path").text(source.path);
    json.key("table").text(source.table);
    json.key("rows").number(source.rows);
    json.key("fields_truncated").number(source.truncated);
    json.key("status").text(forebay_status_name(source.status));
    json.key("message").text(source.message);
    json.key("rejects").number(source.rejects);
    json.key("rows_skipped").number(source.skipped);
    json.end_object();
  }
  json.end_array();
}

void write_tables(JsonWriter& json, const LoadSummary& summary) {
  json.key("tables").begin_array();
  for (const TableSummary& table : summary.tables) {
    json.begin_object();
    json.key("name").text(table.name);
    json.key("rows_added").number(table.rows_added);
    json.key("rows").number(table.rows);
    json.key("incomplete").boolean(table.incomplete);
    json.end_object();
  }
  json.end_array();
}

// A line for each source with rejects.
std::string rejects_text(const LoadSummary& summary) {
  std::string text;
  for (const SourceSummary& source : summary.sources) {
    if (source.rejects == 0) continue;
    text += escaped(source.path) + ": " + counted(source.skipped, "row") + " passed over, " +
            counted(source.rejects - source.skipped, "value") + " filled\n";
  }
  if (!text.empty()) text += "`forebay rejects " + escaped(summary.output) + "` lists them\n";
  return text;
}

}  // namespace

std::string summary_line(const LoadSummary& summary) {
  if (!summary.stored) return "no rows; " + escaped(summary.output) + " was not kept\n";
  if (summary.is_nothing_new) {
    return "nothing to do: " + escaped(summary.output) + " has all rows of " +
           sources_text(summary) + " already\n";
  }
  return counted(summary.rows, "row") + " from " + sources_text(summary) + " into " +
         place_of(summary) + " in " + format_seconds(summary.seconds) + ": " +
         bytes_text(summary.bytes_read) + " read, " + format_bytes(rate_of(summary)) +
         "/s; the file has " + bytes_text(summary.bytes_written) + ", " +
         counted(summary.rows_copied, "row") + " copied" + truncated_text(summary) + "\n" +
         rejects_text(summary);
}

std::string summary_json(const LoadSummary& summary) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("output").text(summary.output);
  json.key("dtype").text(summary.dtype);
  json.key("stored").boolean(summary.stored);
  json.key("rows").number(summary.rows);
  write_sources(json, summary);
  write_tables(json, summary);
  json.key("bytes_read").number(summary.bytes_read);
  json.key("bytes_written").number(summary.bytes_written);
  json.key("bytes_copied").number(summary.bytes_copied);
  json.key("rows_copied").number(summary.rows_copied);
  json.key("bytes_per_second").real(rate_of(summary));
  json.key("seconds").real(summary.seconds);
  json.key("children").number(std::uint64_t{summary.children});
  json.key("child_restarts").number(std::uint64_t{summary.child_restarts});
  json.key("arena_high_water").number(summary.arena_high_water);
  json.key("error").text(summary.error);
  json.key("exit_code").number(static_cast<std::int64_t>(summary.exit_code));
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace forebay::cli
