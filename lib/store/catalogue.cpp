// The tables of a store by name: finding, opening, creating and listing datasets and the groups
// they are in.
#include <algorithm>
#include <limits>

#include "store/columns_table.hpp"
#include "store/core.hpp"
#include "store/identity.hpp"
#include "store/properties.hpp"
#include "store/registered_filters.hpp"
#include "store/type_map.hpp"

namespace forebay::core {
namespace {

constexpr std::size_t kLongestName = 4096;
// HDF5 before 2.0 keeps a chunk's size in 32 bits.
constexpr std::uint64_t kLargestChunk = std::numeric_limits<std::uint32_t>::max();

Status bad_name(const std::string& name, const char* why) {
  return {FOREBAY_E_ARGUMENT, "the table name '" + name + "' " + why};
}

// "run1/data" of "/run1/data"; FOREBAY_E_ARGUMENT for what HDF5 would read as something else.
Result<std::string> checked_name(const std::string& given) {
  std::string name = given.starts_with('/') ? given.substr(1) : given;
  if (name.size() > kLongestName) return bad_name(name.substr(0, 40), "is too long");
  if (name.find('\0') != std::string::npos) return bad_name(name, "contains a NUL");
  std::size_t start = 0;
  while (true) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string part = name.substr(start, end - start);
    if (part.empty()) return bad_name(name, "is empty or has an empty part");
    if (part == "." || part == "..") return bad_name(name, "has a part that is a dot");
    if (start == 0 && part == kReservedGroup) return bad_name(name, "is reserved");
    if (end == name.size()) return name;
    start = end + 1;
  }
}

// "run1", "run1/day2" for "run1/day2/data".
std::vector<std::string> groups_of(const std::string& name) {
  std::vector<std::string> groups;
  for (std::size_t at = name.find('/'); at != std::string::npos; at = name.find('/', at + 1)) {
    groups.push_back(name.substr(0, at));
  }
  return groups;
}

std::string parent_of(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? "/" : name.substr(0, slash);
}

enum class Found { nothing, group, dataset, other };

// Links that lead elsewhere are not followed: an external one would open another file past our
// driver.
Found look_up(hid_t file, const std::string& path) {
  if (H5Lexists(file, path.c_str(), H5P_DEFAULT) <= 0) return Found::nothing;
  H5L_info_t link;
  if (H5Lget_info(file, path.c_str(), &link, H5P_DEFAULT) < 0) return Found::other;
  if (link.type != H5L_TYPE_HARD) return Found::other;
  const Hid object(H5Oopen(file, path.c_str(), H5P_DEFAULT));
  const H5I_type_t type = H5Iget_type(object.get());
  if (type == H5I_GROUP) return Found::group;
  return type == H5I_DATASET ? Found::dataset : Found::other;
}

extern "C" herr_t forebay_add_name_bytes(hid_t, const char* name, const H5L_info_t*, void* sum) {
  *static_cast<std::uint64_t*>(sum) += std::char_traits<char>::length(name) + 1;
  return 0;
}

// Whether the header of the group still has room for a link of this name.
Status check_room(hid_t file, const std::string& group_path, const std::string& path) {
  const Hid group(H5Gopen2(file, group_path.c_str(), H5P_DEFAULT));
  const Hid creation(H5Gget_create_plist(group.get()));
  unsigned names = 0;
  unsigned length = 0;
  H5G_info_t info{};
  std::uint64_t bytes = path.size() - (group_path == "/" ? 0 : group_path.size() + 1) + 1;
  hsize_t at = 0;
  if (H5Pget_est_link_info(creation.get(), &names, &length) < 0 ||
      H5Gget_info(group.get(), &info) < 0 ||
      H5Literate(group.get(), H5_INDEX_NAME, H5_ITER_NATIVE, &at, forebay_add_name_bytes, &bytes) <
          0) {
    return hdf5_status(FOREBAY_E_FORMAT, "cannot look at the group " + group_path);
  }
  // A group that forebay did not make has no promise of room to keep.
  if (length != kNameRoom) return Status::ok();
  if (info.nlinks < names && bytes <= std::uint64_t{names} * length) return Status::ok();
  return {FOREBAY_E_LIMIT, "the group '" + group_path + "' has no room for the name '" + path +
                               "' (it was made for " + std::to_string(names) + " names of " +
                               std::to_string(length) +
                               " bytes): use another group, or more names when the file is made"};
}

struct FoundTables {
  std::vector<std::string> names{};
  std::string columns{};  // "group/" of the last table of columns: its datasets follow, no tables
};

// A callback of H5Ovisit: collects tables. Names come without a leading '/'.
extern "C" herr_t forebay_collect_table(hid_t file, const char* name, const H5O_info_t* info,
                                        void* out) {
  try {
    auto& found = *static_cast<FoundTables*>(out);
    const std::string text = name;
    const bool reserved = text.starts_with(std::string(kReservedGroup) + "/");
    const bool is_column = !found.columns.empty() && text.starts_with(found.columns);
    if (reserved || is_column) return 0;
    const bool may_be_columns = info->type == H5O_TYPE_GROUP && info->num_attrs > 0 && text != ".";
    const htri_t is_columns = may_be_columns ? is_columns_table(file, text) : 0;
    if (is_columns < 0) return -1;
    if (is_columns > 0) found.columns = text + "/";
    if (info->type == H5O_TYPE_DATASET || is_columns > 0) found.names.push_back(text);
    return 0;
  } catch (...) {
    return -1;
  }
}

extern "C" herr_t forebay_collect_hidden(hid_t, const char* name, const H5O_info_t* info,
                                         void* out) {
  try {
    if (info->type == H5O_TYPE_DATASET)
      static_cast<std::vector<std::string>*>(out)->push_back(name);
    return 0;
  } catch (...) {
    return -1;
  }
}

Result<std::uint64_t> checked_chunk_rows(const Dtype& dtype, const TableOptions& options) {
  const std::uint64_t rows =
      options.chunk_rows == 0 ? default_chunk_rows(dtype) : options.chunk_rows;
  const std::uint64_t most = kLargestChunk / dtype.row_bytes();
  if (rows <= most) return rows;
  return Status(FOREBAY_E_ARGUMENT, "a chunk of " + std::to_string(rows) + " rows of " +
                                        std::to_string(dtype.row_bytes()) +
                                        " bytes is more than HDF5 can hold (4 GiB): at most " +
                                        std::to_string(most) + " rows fit");
}

// Why rows cannot be appended to this dataset; empty when they can.
std::string find_obstacle(hid_t creation, hid_t file_type, hid_t memory_type,
                          const std::vector<hsize_t>& now, const std::vector<hsize_t>& most,
                          const std::vector<hsize_t>& chunk) {
  if (chunk.empty()) return "it is not chunked";
  const std::optional<codec::ChunkFilters> filters = filters_of(creation);
  if (!filters) return "it is compressed or filtered in another way than forebay does";
  if (const Status known = codec::check_filters(*filters); known.is_failure())
    return known.message();
  if (most[0] != H5S_UNLIMITED) return "its number of rows is fixed";
  if (!std::equal(now.begin() + 1, now.end(), most.begin() + 1)) return "it can grow sideways";
  if (!std::equal(now.begin() + 1, now.end(), chunk.begin() + 1)) {
    return "its chunks do not hold whole rows";
  }
  if (H5Tget_size(file_type) != H5Tget_size(memory_type)) return "its records are not packed";
  return {};
}

// See TableShape::decodes.
bool can_decode(hid_t creation, hid_t file_type, hid_t memory_type, const std::vector<hsize_t>& now,
                const std::vector<hsize_t>& chunk) {
  unsigned chunk_options = 0;
  const std::optional<codec::ChunkFilters> filters = filters_of(creation);
  return !chunk.empty() && filters && codec::check_filters(*filters).is_ok() &&
         H5Tequal(file_type, memory_type) > 0 && H5Pget_chunk_opts(creation, &chunk_options) >= 0 &&
         chunk_options == 0 && std::equal(now.begin() + 1, now.end(), chunk.begin() + 1);
}

struct Description {
  TableShape shape{};
  Hid memory_type{};
};

Result<Description> describe(hid_t dataset) {
  const Hid creation(H5Dget_create_plist(dataset));
  const Hid type(H5Dget_type(dataset));
  const Hid space(H5Dget_space(dataset));
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 1 || H5Sget_simple_extent_type(space.get()) != H5S_SIMPLE) {
    return Status(FOREBAY_E_FOREIGN, "it has no rows: it is a single value or empty");
  }
  const H5D_layout_t layout = H5Pget_layout(creation.get());
  if (layout == H5D_VIRTUAL || H5Pget_external_count(creation.get()) > 0) {
    return Status(FOREBAY_E_FOREIGN, "its values are in other files");
  }
  std::vector<hsize_t> now(static_cast<std::size_t>(rank));
  std::vector<hsize_t> most(now.size());
  std::vector<hsize_t> chunk;
  if (H5Sget_simple_extent_dims(space.get(), now.data(), most.data()) != rank) {
    return hdf5_status(FOREBAY_E_FORMAT, "it is damaged");
  }
  if (layout == H5D_CHUNKED) {
    chunk.resize(now.size());
    if (H5Pget_chunk(creation.get(), rank, chunk.data()) != rank) {
      return hdf5_status(FOREBAY_E_FORMAT, "it is damaged");
    }
  }
  Description made;
  made.shape.row_dimensions.assign(now.begin() + 1, now.end());
  FOREBAY_TRY_ASSIGN(made.shape.dtype, dtype_of_hdf5(type.get(), made.shape.row_dimensions));
  FOREBAY_TRY_ASSIGN(made.memory_type, packed_type(type.get()));
  std::uint64_t elements = 1;
  for (const std::uint64_t dimension : made.shape.row_dimensions) elements *= dimension;
  if (H5Tget_size(made.memory_type.get()) * elements != made.shape.dtype->row_bytes()) {
    return Status(FOREBAY_E_FOREIGN, "its type has padding that forebay cannot map");
  }
  made.shape.obstacle =
      find_obstacle(creation.get(), type.get(), made.memory_type.get(), now, most, chunk);
  made.shape.decodes = can_decode(creation.get(), type.get(), made.memory_type.get(), now, chunk);
  if (!chunk.empty()) {
    made.shape.filters = filters_of(creation.get()).value_or(codec::ChunkFilters());
    FOREBAY_TRY(register_filters(made.shape.filters));
  }
  made.shape.element_bytes = H5Tget_size(type.get());
  made.shape.chunk_rows = chunk.empty() ? default_chunk_rows(*made.shape.dtype) : chunk[0];
  return made;
}

}  // namespace

Result<const std::vector<std::string>*> Store::Core::table_names() {
  FOREBAY_TRY(check_usable());
  if (!names_) {
    FoundTables found;
    const herr_t visited =
        H5Ovisit2(hdf5_file_.get(), H5_INDEX_NAME, H5_ITER_INC, forebay_collect_table, &found,
                  H5O_INFO_BASIC | H5O_INFO_NUM_ATTRS);  // more would read every chunk index
    FOREBAY_TRY(after_read(visited >= 0, "cannot list the tables of " + path_));
    names_ = std::move(found.names);
  }
  return &*names_;
}

Result<std::vector<std::string>> Store::Core::hidden_names() {
  std::vector<std::string> names;
  const Found found = look_up(hdf5_file_.get(), kReservedGroup);
  FOREBAY_TRY(file_->take_read_failure());
  if (found != Found::group) return names;
  const Hid group(H5Gopen2(hdf5_file_.get(), kReservedGroup, H5P_DEFAULT));
  const herr_t visited =
      H5Ovisit(group.get(), H5_INDEX_NAME, H5_ITER_INC, forebay_collect_hidden, &names);
  FOREBAY_TRY(after_read(visited >= 0, "cannot list the hidden tables of " + path_));
  for (std::string& name : names) name.insert(0, std::string(kReservedGroup) + "/");
  return names;
}

Result<Store::Core::Place> Store::Core::find_table(const std::string& name) {
  for (const std::string& group : groups_of(name)) {
    const Found found = look_up(hdf5_file_.get(), group);
    FOREBAY_TRY(file_->take_read_failure());
    if (found == Found::nothing) return Place::empty;
    if (found != Found::group) return bad_name(name, "leads through something that is no group");
    // Rows added to a column alone would break the table.
    const htri_t is_columns = is_columns_table(hdf5_file_.get(), group);
    FOREBAY_TRY(after_read(is_columns >= 0, "cannot look at the group '" + group + "'"));
    if (is_columns > 0) {
      return bad_name(name, "leads into a table of columns; open the table and read its column");
    }
  }
  const Found found = look_up(hdf5_file_.get(), name);
  FOREBAY_TRY(file_->take_read_failure());
  if (found == Found::nothing) return Place::empty;
  if (found == Found::dataset) return Place::dataset;
  if (found == Found::group) {
    const htri_t is_columns = is_columns_table(hdf5_file_.get(), name);
    FOREBAY_TRY(after_read(is_columns >= 0, "cannot look at the group '" + name + "'"));
    if (is_columns > 0) return Place::columns;
  }
  return bad_name(name, found == Found::group ? "is that of a group of tables"
                                              : "is that of a link or another thing");
}

Result<Table*> Store::Core::open_table(const std::string& given, const DtypeRef& dtype,
                                       const TableOptions& options) {
  FOREBAY_TRY(check_usable());
  FOREBAY_TRY_ASSIGN(const std::string name, checked_name(given));
  return open_named(name, dtype, options);
}

Status Store::Core::no_table(const std::string& name) const {
  return Status(FOREBAY_E_NOT_FOUND, "there is no table '" + name + "' in " + path_).at_path(path_);
}

Result<Table*> Store::Core::open_named(const std::string& name, const DtypeRef& dtype,
                                       const TableOptions& options) {
  auto place = tables_.find(name);
  if (place == tables_.end()) {
    if (counts_ && !counts_->rows.contains(name)) return no_table(name);
    FOREBAY_TRY_ASSIGN(const Place found, find_table(name));
    const bool exists = found != Place::empty;
    if (!exists && (!dtype || !writable_)) {
      return no_table(name);
    }
    FOREBAY_TRY_ASSIGN(std::unique_ptr<Table> table, exists ? open_existing_table(name, found)
                                                            : create_table(name, dtype, options));
    limit_to_commit(name, *table);
    place = tables_.emplace(name, std::move(table)).first;
  }
  Table* table = place->second.get();
  if (!dtype || *dtype == *table->dtype()) return table;
  return Status(FOREBAY_E_MISMATCH, table->core_->place() + " has the dtype '" +
                                        table->dtype()->text() + "', not '" + dtype->text() +
                                        "': use its dtype or another table")
      .at_path(path_);
}

Result<std::unique_ptr<Table>> Store::Core::open_existing_table(const std::string& name,
                                                                Place place) {
  return place == Place::columns ? open_columns(name) : open_dataset(name);
}

// In either layout a bare dtype is one dataset of its values.
Result<std::unique_ptr<Table>> Store::Core::create_table(const std::string& name,
                                                         const DtypeRef& dtype,
                                                         const TableOptions& options) {
  const bool has_columns = options.layout == Layout::columns && dtype->is_record();
  return has_columns ? create_columns(name, dtype, options) : create_dataset(name, dtype, options);
}

Result<std::unique_ptr<Table>> Store::Core::open_dataset(const std::string& name) {
  FOREBAY_TRY_ASSIGN(std::unique_ptr<Table::Core> core, open_core(name));
  FOREBAY_TRY(core->load());
  return std::make_unique<Table>(std::move(core));
}

Result<std::unique_ptr<Table::Core>> Store::Core::open_core(const std::string& name) {
  const std::string place = "table '" + name + "' of " + path_;
  Hid dataset(H5Dopen2(hdf5_file_.get(), name.c_str(), H5P_DEFAULT));
  FOREBAY_TRY(after_read(dataset.is_open(), place + " is damaged"));
  Result<Description> described = describe(dataset.get());
  if (!described.is_ok()) {
    FOREBAY_TRY(file_->take_read_failure());
    return std::move(described).status().with_prefix(place + ": ").at_path(path_);
  }
  return std::make_unique<Table::Core>(*this, name, std::move(dataset),
                                       std::move(described->memory_type),
                                       std::move(described->shape));
}

Result<std::unique_ptr<Table>> Store::Core::create_dataset(const std::string& name,
                                                           const DtypeRef& dtype,
                                                           const TableOptions& options) {
  FOREBAY_TRY(check_writable());
  TableShape shape;
  shape.dtype = dtype;
  shape.row_dimensions = row_dimensions_of(*dtype);
  FOREBAY_TRY_ASSIGN(shape.chunk_rows, checked_chunk_rows(*dtype, options));
  FOREBAY_TRY_ASSIGN(Hid type, hdf5_type_of(*dtype));
  shape.filters = options.filters;
  shape.element_bytes = H5Tget_size(type.get());
  shape.decodes = true;
  FOREBAY_TRY_ASSIGN(Hid dataset, create_nameless(name, shape, type.get()));
  FOREBAY_TRY(link_dataset(name, dataset.get()));
  // Why not for a hidden one: names of tables are borrowed until one is added, which is the
  // caller's doing.
  if (!name.starts_with(std::string(kReservedGroup) + "/")) names_.reset();
  return std::make_unique<Table>(std::make_unique<Table::Core>(*this, name, std::move(dataset),
                                                               std::move(type), std::move(shape)));
}

Result<Hid> Store::Core::create_nameless(const std::string& name, const TableShape& shape,
                                         hid_t type) {
  std::vector<hsize_t> now(shape.row_dimensions.begin(), shape.row_dimensions.end());
  now.insert(now.begin(), 0);
  std::vector<hsize_t> most = now;
  most[0] = H5S_UNLIMITED;
  std::vector<hsize_t> chunk = now;
  chunk[0] = shape.chunk_rows;
  FOREBAY_TRY_ASSIGN(const Hid creation,
                     dataset_creation(chunk, shape.filters, shape.element_bytes));
  const Hid space(H5Screate_simple(static_cast<int>(now.size()), now.data(), most.data()));
  // Anonymous at first: a type that HDF5 refuses leaves nothing behind, and is no failure of the
  // file.
  Hid dataset(H5Dcreate_anon(hdf5_file_.get(), type, space.get(), creation.get(), H5P_DEFAULT));
  if (file_->failed()) return file_->failure().clone();
  if (dataset.is_open()) return dataset;
  return hdf5_status(FOREBAY_E_LIMIT, "cannot make table '" + name + "' of the dtype '" +
                                          shape.dtype->text().substr(0, 80) + "'");
}

Status Store::Core::link_dataset(const std::string& name, hid_t dataset) {
  FOREBAY_TRY_ASSIGN(const Hid link, utf8_link_creation());
  FOREBAY_TRY_ASSIGN(const Hid group_list, group_creation(name_room_));
  const hid_t file = hdf5_file_.get();
  for (const std::string& path : groups_of(name)) {
    if (look_up(file, path) == Found::group) continue;
    FOREBAY_TRY(check_room(file, parent_of(path), path));
    const Hid group(H5Gcreate2(file, path.c_str(), link.get(), group_list.get(), H5P_DEFAULT));
    FOREBAY_TRY(after_change(group.is_open(), "cannot make the group '" + path + "'"));
  }
  FOREBAY_TRY(check_room(file, parent_of(name), name));
  return after_change(H5Olink(dataset, file, name.c_str(), link.get(), H5P_DEFAULT) >= 0,
                      "cannot make table '" + name + "'");
}

Status Store::Core::verify(std::uint64_t* rows) {
  FOREBAY_TRY(check_usable());
  *rows = 0;
  FOREBAY_TRY_ASSIGN(const std::vector<std::string>* names, table_names());
  for (const std::string& name : *names) {
    const bool was_open = tables_.contains(name);
    const Result<Table*> table = open_table(name, nullptr, {});
    if (table.code() == FOREBAY_E_FOREIGN) {
      FOREBAY_TRY(verify_foreign(name));
      continue;
    }
    if (!table.is_ok()) return table.status().clone();
    FOREBAY_TRY(table.value()->core_->verify(rows));
    if (!was_open) tables_.erase(name);
  }
  return verify_hidden();
}

// What is forebay's own; its rows are none of the caller's.
Status Store::Core::verify_hidden() {
  FOREBAY_TRY_ASSIGN(const std::vector<std::string> names, hidden_names());
  std::uint64_t others = 0;
  for (const std::string& name : names) {
    const bool was_open = tables_.contains(name);
    FOREBAY_TRY_ASSIGN(Table * table, open_named(name, nullptr, {}));
    FOREBAY_TRY(table->core_->verify(&others));
    if (!was_open) tables_.erase(name);
  }
  return Status::ok();
}

Result<Table*> Table::companion(const std::string& name, const DtypeRef& dtype,
                                const TableOptions& options) {
  const QuietHdf5 quiet;
  return core_->store().open_named(std::string(kReservedGroup) + "/" + name, dtype, options);
}

const CommitPolicy& Table::commit_policy() const noexcept {
  return core_->store().commit_policy();
}

Status Table::commit_store() {
  const QuietHdf5 quiet;
  return core_->store().commit();
}

}  // namespace forebay::core
