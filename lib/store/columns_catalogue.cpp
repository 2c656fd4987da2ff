// Tables of columns by name: making and opening the group with its datasets.
#include <algorithm>
#include <limits>

#include "store/attributes.hpp"
#include "store/columns_table.hpp"
#include "store/core.hpp"
#include "store/properties.hpp"
#include "store/type_map.hpp"

namespace forebay::core {
namespace {

// HDF5 before 2.0 keeps a chunk's size in 32 bits.
constexpr std::uint64_t kLargestChunk = std::numeric_limits<std::uint32_t>::max();

Result<std::uint64_t> checked_chunk_rows(const Dtype& dtype, const TableOptions& options) {
  const std::uint64_t rows =
      options.chunk_rows == 0 ? default_chunk_rows(dtype, Layout::columns) : options.chunk_rows;
  for (const Field& field : dtype.fields()) {
    const std::uint64_t most = kLargestChunk / field.bytes();
    if (rows <= most) continue;
    return Status(FOREBAY_E_ARGUMENT, "a chunk of " + std::to_string(rows) +
                                          " rows of the column '" + field.name +
                                          "' is more than HDF5 can hold (4 GiB): at most " +
                                          std::to_string(most) + " rows fit");
  }
  return rows;
}

// Room in the group's header for the columns, for the attributes that make it a table, and for some
// of the user's.
std::uint32_t names_of_group(const Dtype& dtype) {
  constexpr std::uint64_t kUserRoom = 64;
  std::uint64_t bytes = 2 * dtype.text().size();
  for (const Field& field : dtype.fields()) bytes += field.name.size();
  const std::uint64_t names = dtype.fields().size() + bytes / kNameRoom + kUserRoom;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(names, kMostNames));
}

herr_t write_attribute(hid_t group, const char* name, hid_t type, hid_t space, const void* value) {
  const Hid attribute(H5Acreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
  return attribute.is_open() ? H5Awrite(attribute.get(), type, value) : -1;
}

herr_t write_text(hid_t group, const char* name, const std::string& text) {
  const Hid space(H5Screate(H5S_SCALAR));
  const Hid type = utf8_type(text.size());
  return write_attribute(group, name, type.get(), space.get(), text.data());
}

// The names of the columns in their order, for other readers; forebay knows them from the dtype.
herr_t write_order(hid_t group, const Dtype& dtype) {
  std::size_t longest = 0;
  std::vector<std::string> links;
  for (const Field& field : dtype.fields()) {
    links.push_back(column_link(field.name));
    longest = std::max(longest, links.back().size());
  }
  if (longest * links.size() > kLongestText) return 0;
  std::string value;
  for (std::string& link : links) {
    link.resize(longest, '\0');
    value += link;
  }
  const hsize_t count = links.size();
  const Hid space(H5Screate_simple(1, &count, nullptr));
  const Hid type = utf8_type(longest);
  return write_attribute(group, kOrderAttribute, type.get(), space.get(), value.data());
}

// Nothing when there is no such text.
std::optional<std::string> read_text(hid_t group, const char* name) {
  if (H5Aexists(group, name) <= 0) return std::nullopt;
  const Hid attribute(H5Aopen(group, name, H5P_DEFAULT));
  const Hid type(H5Aget_type(attribute.get()));
  const Hid space(H5Aget_space(attribute.get()));
  std::string text;
  if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1 ||
      !read_attribute_text(attribute.get(), type.get(), &text)) {
    return std::nullopt;
  }
  return text;
}

Status check_links(const Dtype& dtype) {
  std::vector<std::string> links;
  for (const Field& field : dtype.fields()) links.push_back(column_link(field.name));
  std::sort(links.begin(), links.end());
  const auto twice = std::adjacent_find(links.begin(), links.end());
  if (twice == links.end()) return Status::ok();
  return {FOREBAY_E_LIMIT, "two fields would have the dataset '" + *twice +
                               "' of a table of columns: rename one, or use the rows layout"};
}

// Why rows cannot be appended although each column alone could take them.
std::string find_obstacle(const std::vector<std::unique_ptr<Table::Core>>& columns) {
  for (const auto& column : columns) {
    const TableShape& shape = column->shape();
    if (!shape.obstacle.empty()) return "its column '" + column->name() + "': " + shape.obstacle;
    if (shape.chunk_rows != columns.front()->shape().chunk_rows) {
      return "its columns have chunks of different sizes";
    }
  }
  return {};
}

}  // namespace

htri_t is_columns_table(hid_t file, const std::string& path) {
  return H5Aexists_by_name(file, path.c_str(), kLayoutAttribute, H5P_DEFAULT);
}

// '/' separates groups in a path, and "." is one's own group.
std::string column_link(const std::string& field) {
  if (field == ".") return "%2E";
  if (field == "..") return "%2E%2E";
  std::string link;
  for (const char character : field) {
    if (character == '/') {
      link += "%2F";
    } else {
      link += character;
    }
  }
  return link;
}

Result<DtypeRef> column_dtype(const Field& field) {
  Field bare = field;
  bare.name.clear();
  bare.offset = 0;
  return Dtype::make({std::move(bare)}, false);
}

Result<DtypeRef> Store::Core::read_columns_dtype(hid_t group) {
  const auto layout = read_text(group, kLayoutAttribute);
  FOREBAY_TRY(file_->take_read_failure());
  if (layout != kColumnsLayout) {
    return Status(FOREBAY_E_FORMAT, "its layout is '" + layout.value_or("") +
                                        "', which this library does not know: use a newer forebay");
  }
  const auto text = read_text(group, kDtypeAttribute);
  FOREBAY_TRY(file_->take_read_failure());
  Result<DtypeRef> dtype = Dtype::parse(text.value_or(""));
  if (dtype.is_ok() && (*dtype)->is_record()) return dtype;
  return Status(FOREBAY_E_FORMAT,
                std::string("its attribute ") + kDtypeAttribute + " is not the dtype of a record");
}

Result<std::unique_ptr<Table>> Store::Core::open_columns(const std::string& name) {
  const std::string place = "table '" + name + "' of " + path_;
  Hid group(H5Gopen2(hdf5_file_.get(), name.c_str(), H5P_DEFAULT));
  FOREBAY_TRY(after_read(group.is_open(), place + " is damaged"));
  TableShape shape;
  shape.layout = Layout::columns;
  Result<DtypeRef> dtype = read_columns_dtype(group.get());
  if (!dtype.is_ok()) return std::move(dtype).status().with_prefix(place + ": ").at_path(path_);
  shape.dtype = std::move(*dtype);
  std::vector<std::unique_ptr<Table::Core>> columns;
  for (const Field& field : shape.dtype->fields()) {
    FOREBAY_TRY_ASSIGN(std::unique_ptr<Table::Core> column,
                       open_core(name + "/" + column_link(field.name)));
    FOREBAY_TRY_ASSIGN(const DtypeRef wanted, column_dtype(field));
    if (*column->shape().dtype != *wanted || !column->shape().row_dimensions.empty()) {
      return Status(FOREBAY_E_FORMAT, place + ": its column '" + field.name + "' is " +
                                          column->shape().dtype->text() + ", its dtype says " +
                                          wanted->text())
          .at_path(path_);
    }
    columns.push_back(std::move(column));
  }
  shape.chunk_rows = columns.front()->shape().chunk_rows;
  shape.filters = columns.front()->shape().filters;
  shape.obstacle = find_obstacle(columns);
  auto core = std::make_unique<ColumnsTable>(*this, name, std::move(group), std::move(shape),
                                             std::move(columns));
  FOREBAY_TRY(core->load());
  return std::make_unique<Table>(std::move(core));
}

Result<Hid> Store::Core::create_columns_group(const std::string& name, const Dtype& dtype) {
  const std::string what = "cannot make table '" + name + "'";
  FOREBAY_TRY_ASSIGN(const Hid creation, group_creation(names_of_group(dtype)));
  Hid group(H5Gcreate_anon(hdf5_file_.get(), creation.get(), H5P_DEFAULT));
  FOREBAY_TRY(after_change(group.is_open(), what));
  const bool written = write_text(group.get(), kLayoutAttribute, kColumnsLayout) >= 0 &&
                       write_text(group.get(), kDtypeAttribute, dtype.text()) >= 0 &&
                       write_order(group.get(), dtype) >= 0;
  FOREBAY_TRY(after_change(written, what));
  return group;
}

Result<std::unique_ptr<Table::Core>> Store::Core::create_column(const std::string& name,
                                                                hid_t group, const Field& field,
                                                                const TableShape& table) {
  const std::string link_name = column_link(field.name);
  const std::string path = name + "/" + link_name;
  TableShape shape;
  shape.chunk_rows = table.chunk_rows;
  shape.filters = table.filters;
  FOREBAY_TRY_ASSIGN(shape.dtype, column_dtype(field));
  FOREBAY_TRY_ASSIGN(Hid type, hdf5_column_type_of(field));
  shape.element_bytes = H5Tget_size(type.get());
  shape.decodes = true;
  FOREBAY_TRY_ASSIGN(Hid dataset, create_nameless(path, shape, type.get()));
  FOREBAY_TRY_ASSIGN(const Hid link, utf8_link_creation());
  const herr_t linked = H5Olink(dataset.get(), group, link_name.c_str(), link.get(), H5P_DEFAULT);
  FOREBAY_TRY(after_change(linked >= 0, "cannot make column '" + path + "'"));
  return std::make_unique<Table::Core>(*this, path, std::move(dataset), std::move(type),
                                       std::move(shape));
}

// Without a name until all columns are there: a table that cannot be made leaves nothing.
Result<std::unique_ptr<Table>> Store::Core::create_columns(const std::string& name,
                                                           const DtypeRef& dtype,
                                                           const TableOptions& options) {
  FOREBAY_TRY(check_writable());
  if (dtype->text().size() > kLongestText) {
    return Status(FOREBAY_E_LIMIT,
                  "the dtype of table '" + name + "' has " + std::to_string(dtype->text().size()) +
                      " bytes of text, a table of columns keeps at most " +
                      std::to_string(kLongestText) + ": use the rows layout or shorter names");
  }
  FOREBAY_TRY(check_links(*dtype));
  TableShape shape;
  shape.dtype = dtype;
  shape.layout = Layout::columns;
  FOREBAY_TRY_ASSIGN(shape.chunk_rows, checked_chunk_rows(*dtype, options));
  shape.filters = options.filters;
  FOREBAY_TRY_ASSIGN(Hid group, create_columns_group(name, *dtype));
  std::vector<std::unique_ptr<Table::Core>> columns;
  for (const Field& field : dtype->fields()) {
    FOREBAY_TRY_ASSIGN(std::unique_ptr<Table::Core> column,
                       create_column(name, group.get(), field, shape));
    columns.push_back(std::move(column));
  }
  FOREBAY_TRY(link_dataset(name, group.get()));
  names_.reset();
  return std::make_unique<Table>(std::make_unique<ColumnsTable>(
      *this, name, std::move(group), std::move(shape), std::move(columns)));
}

}  // namespace forebay::core
