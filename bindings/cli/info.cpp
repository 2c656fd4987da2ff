// `forebay info`: what tables a file has and how they are stored.
#include <algorithm>
#include <memory>
#include <vector>

#include "commands.hpp"
#include "console.hpp"
#include "escape.hpp"
#include "file_facts.hpp"
#include "json.hpp"
#include "load_output.hpp"
#include "open_store.hpp"
#include "units.hpp"

namespace forebay::cli {
namespace {

struct InfoOptions {
  std::string path{};
  bool json = false;
};

struct SourceFacts {
  std::string path{};
  forebay_table_source known = FOREBAY_TABLE_SOURCE_INIT;
};

struct TableFacts {
  std::string name{};
  std::string dtype{};
  std::string foreign{};     // why forebay cannot read it; empty: it can
  std::string incomplete{};  // paths of sources that lack rows, one a line
  forebay_table_info info = FOREBAY_TABLE_INFO_INIT;
  std::vector<SourceFacts> sources{};
};

const char* state_name(std::uint32_t state) {
  switch (state) {
    case FOREBAY_TABLE_SOURCE_COMPLETE:
      return "complete";
    case FOREBAY_TABLE_SOURCE_FAILED:
      return "failed";
    case FOREBAY_TABLE_SOURCE_LIMITED:
      return "limited";
    default:
      return "partial";
  }
}

// In the order in which they are used.
std::vector<std::string> filters_of(const forebay_table_info& info) {
  std::vector<std::string> names;
  if (info.shuffle != 0) names.emplace_back("shuffle");
  if (info.deflate != 0) names.push_back("deflate " + std::to_string(info.deflate));
  if (info.zstd != 0) names.push_back("zstd " + std::to_string(info.zstd));
  if (info.lz4 != 0) names.emplace_back("lz4");
  if (info.blosc != 0) names.push_back("blosc " + std::to_string(info.blosc));
  if (info.fletcher32 != 0) names.emplace_back("fletcher32");
  return names;
}

forebay_status read_sources(forebay_table* table, TableFacts* facts, forebay_error* err) {
  for (;;) {
    SourceFacts source;
    const auto index = static_cast<std::uint32_t>(facts->sources.size());
    const forebay_status status = forebay_table_source_get(table, index, &source.known, err);
    if (status != FOREBAY_OK) return status;
    source.path = source.known.path;
    facts->sources.push_back(source);
  }
}

forebay_status read_facts(forebay_store* store, const char* name, TableFacts* facts,
                          forebay_error* err) {
  facts->name = name;
  forebay_table* table = nullptr;
  forebay_status status = forebay_table_open(store, name, nullptr, nullptr, &table, err);
  if (status == FOREBAY_E_FOREIGN) {
    facts->foreign = err->message;
    return FOREBAY_OK;
  }
  if (status < 0) return status;
  facts->dtype = forebay_dtype_text(forebay_table_dtype(table));
  facts->incomplete = incomplete_text(table);
  status = forebay_table_info_get(table, &facts->info, err);
  return status < 0 ? status : read_sources(table, facts, err);
}

std::string table_text(const TableFacts& facts) {
  const forebay_table_info& info = facts.info;
  if (!facts.foreign.empty()) {
    return escaped(facts.name) + "\n  of another program: " + escaped(facts.foreign) + "\n";
  }
  std::string text = escaped(facts.name) + "\n";
  text += "  dtype   " + escaped(facts.dtype) + "\n";
  text += "  rows    " + format_count(info.rows) + " of " + format_count(info.row_bytes) +
          (info.row_bytes == 1 ? " byte, " : " bytes, ") + bytes_text(info.rows * info.row_bytes) +
          "\n";
  if (info.layout == FOREBAY_ARRAY_COLUMNS) text += "  layout  columns\n";
  text += "  chunks  " + format_count(info.chunks) + " of " + format_count(info.chunk_rows) +
          (info.chunk_rows == 1 ? " row, " : " rows, ") + bytes_text(info.stored_bytes) +
          " stored\n";
  std::string filters;
  for (const std::string& name : filters_of(info)) filters += (filters.empty() ? "" : ", ") + name;
  if (info.zstd != 0 || info.lz4 != 0 || info.blosc != 0)
    filters += " (h5py reads it with the package hdf5plugin)";
  if (!filters.empty()) text += "  filters " + filters + "\n";
  for (const SourceFacts& source : facts.sources) {
    text += "  source  " + escaped(source.path) + ": " + state_name(source.known.state) + ", " +
            format_count(source.known.rows) + (source.known.rows == 1 ? " row\n" : " rows\n");
  }
  if (!facts.incomplete.empty()) {
    std::string list = facts.incomplete;
    std::replace(list.begin(), list.end(), '\n', ' ');
    text += "  incomplete, rows are missing of: " + list + "\n";
  }
  return text;
}

std::string file_text(const std::string& path, const forebay_store_info& file,
                      const std::vector<TableFacts>& tables) {
  std::string text = escaped(path) + ": " + bytes_text(file.file_bytes) + ", " +
                     format_count(tables.size()) + (tables.size() == 1 ? " table\n" : " tables\n");
  text += "  " + journal_text(file) + "\n";
  if (const std::string space = space_text(file); !space.empty()) text += "  " + space + "\n";
  for (const TableFacts& facts : tables) text += table_text(facts);
  return text;
}

void write_table(JsonWriter& json, const TableFacts& facts) {
  json.begin_object();
  json.key("name").text(facts.name);
  json.key("foreign").text(facts.foreign);
  json.key("dtype").text(facts.dtype);
  json.key("rows").number(facts.info.rows);
  json.key("row_bytes").number(facts.info.row_bytes);
  json.key("rank").number(std::uint64_t{facts.info.rank});
  json.key("layout").text(facts.info.layout == FOREBAY_ARRAY_COLUMNS ? "columns" : "rows");
  json.key("chunk_rows").number(facts.info.chunk_rows);
  json.key("chunks").number(facts.info.chunks);
  json.key("stored_bytes").number(facts.info.stored_bytes);
  json.key("sources").begin_array();
  for (const SourceFacts& source : facts.sources) {
    json.begin_object();
    json.key("path").text(source.path);
    json.key("state").text(state_name(source.known.state));
    json.key("size").number(source.known.size);
    json.key("offset").number(source.known.offset);
    json.key("line").number(source.known.line);
    json.key("rows").number(source.known.rows);
    json.key("rejects").number(source.known.rejects);
    json.end_object();
  }
  json.end_array();
  json.key("filters").begin_array();
  for (const std::string& name : filters_of(facts.info)) json.text(name);
  json.end_array();
  json.key("attributes").begin_object();
  if (!facts.incomplete.empty()) json.key(kIncompleteAttribute).text(facts.incomplete);
  json.end_object();
  json.end_object();
}

std::string file_json(const std::string& path, const forebay_store_info& file,
                      const std::vector<TableFacts>& tables) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("path").text(path);
  json.key("bytes").number(file.file_bytes);
  write_file_facts(json, file);
  json.key("tables").begin_array();
  for (const TableFacts& facts : tables) write_table(json, facts);
  json.end_array();
  json.end_object();
  out += '\n';
  return out;
}

int run_info(const InfoOptions& options) {
  int code = kExitOk;
  const StoreOwner store = open_for_reading(options.path, &code);
  if (!store) return code;
  forebay_store_info file = FOREBAY_STORE_INFO_INIT;
  forebay_error looking = FOREBAY_ERROR_INIT;
  const forebay_status looked = forebay_store_info_get(options.path.c_str(), &file, &looking);
  if (looked < 0) return reading_failed(looked, looking);
  std::vector<TableFacts> tables(forebay_store_table_count(store.get()));
  for (std::uint32_t i = 0; i < tables.size(); ++i) {
    forebay_error err = FOREBAY_ERROR_INIT;
    const forebay_status status =
        read_facts(store.get(), forebay_store_table_name(store.get(), i), &tables[i], &err);
    if (status < 0) return reading_failed(status, err);
  }
  print(options.json ? file_json(options.path, file, tables)
                     : file_text(options.path, file, tables));
  return finish_output(kExitOk);
}

}  // namespace

Command add_info_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("info", "Show the tables of a file and how they are stored");
  const auto options = std::make_shared<InfoOptions>();
  command->add_option("FILE", options->path, "The HDF5 file")->required()->type_name("");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Examples:\n"
      "  forebay info meth.h5\n"
      "  forebay info meth.h5 --json");
  return {command, [options] { return run_info(*options); }};
}

}  // namespace forebay::cli
