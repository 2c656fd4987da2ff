// The reject ledger of a file: what loads passed over or filled, in /.forebay/rejects. A table like
// any other, so that it is in the same commit as the rows; made with the first reject.
#include <algorithm>
#include <cstring>

#include "store/core.hpp"
#include "store/identity.hpp"

namespace forebay::core {
namespace {

constexpr std::size_t kTextBytes = 256;
constexpr std::uint64_t kChunkRows = 32;
constexpr char kDtype[] =
    "source:u4,code:i4,line:u8,byte:u8,column:u4,count:u8,path:S256,reason:S256,text:S256";
constexpr std::size_t kRowBytes = 36 + 3 * kTextBytes;

std::string rejects_name() {
  return std::string(kReservedGroup) + "/rejects";
}

class RowWriter {
 public:
  explicit RowWriter(std::byte* out) : out_(out) {}
  template <typename T>
  RowWriter& number(T value) {
    std::memcpy(out_, &value, sizeof(value));
    out_ += sizeof(value);
    return *this;
  }
  RowWriter& text(std::string_view value) {
    const std::size_t size = std::min(value.size(), kTextBytes);
    std::memset(out_, 0, kTextBytes);
    std::memcpy(out_, value.data(), size);
    out_ += kTextBytes;
    return *this;
  }

 private:
  std::byte* out_;
};

class RowReader {
 public:
  explicit RowReader(const std::byte* in) : in_(in) {}
  template <typename T>
  RowReader& number(T* value) {
    std::memcpy(value, in_, sizeof(*value));
    in_ += sizeof(*value);
    return *this;
  }
  RowReader& text(std::string* value) {
    const char* first = reinterpret_cast<const char*>(in_);
    value->assign(first, ::strnlen(first, kTextBytes));
    in_ += kTextBytes;
    return *this;
  }

 private:
  const std::byte* in_;
};

void write_row(const StoredReject& reject, std::byte* out) {
  // What tells files apart stands at the end of a path.
  std::string_view path = reject.path;
  if (path.size() > kTextBytes) path.remove_prefix(path.size() - kTextBytes);
  RowWriter(out)
      .number(reject.source)
      .number(reject.code)
      .number(reject.line)
      .number(reject.byte)
      .number(reject.column)
      .number(reject.count)
      .text(path)
      .text(reject.reason)
      .text(reject.text);
}

}  // namespace

Result<Table*> Store::Core::find_rejects() {
  FOREBAY_TRY(check_usable());
  const std::string name = rejects_name();
  if (!tables_.contains(name)) {
    if (counts_ && !counts_->rows.contains(name)) return static_cast<Table*>(nullptr);
    FOREBAY_TRY_ASSIGN(const Place found, find_table(name));
    if (found == Place::empty) return static_cast<Table*>(nullptr);
  }
  FOREBAY_TRY_ASSIGN(const DtypeRef dtype, Dtype::parse(kDtype));
  return open_named(name, dtype, {});
}

Status Store::Core::append_rejects(std::span<const StoredReject> rejects) {
  FOREBAY_TRY(check_writable());
  if (rejects.empty()) return Status::ok();
  FOREBAY_TRY_ASSIGN(const DtypeRef dtype, Dtype::parse(kDtype));
  FOREBAY_TRY_ASSIGN(Table * table, open_named(rejects_name(), dtype, {kChunkRows}));
  std::vector<std::byte> rows(rejects.size() * kRowBytes);
  for (std::size_t i = 0; i < rejects.size(); ++i)
    write_row(rejects[i], rows.data() + i * kRowBytes);
  return table->core_->append(rows.data(), rejects.size());
}

Result<std::uint64_t> Store::Core::reject_count() {
  FOREBAY_TRY_ASSIGN(Table * table, find_rejects());
  return table == nullptr ? std::uint64_t{0} : table->core_->rows();
}

Result<bool> Store::Core::read_reject(std::uint64_t index, StoredReject* out) {
  FOREBAY_TRY_ASSIGN(Table * table, find_rejects());
  if (table == nullptr) return false;
  std::byte row[kRowBytes];
  FOREBAY_TRY_ASSIGN(const std::uint64_t got, table->core_->read(index, 1, row));
  if (got == 0) return false;
  RowReader(row)
      .number(&out->source)
      .number(&out->code)
      .number(&out->line)
      .number(&out->byte)
      .number(&out->column)
      .number(&out->count)
      .text(&out->path)
      .text(&out->reason)
      .text(&out->text);
  return true;
}

Status Store::append_rejects(std::span<const StoredReject> rejects) {
  const QuietHdf5 quiet;
  return core_->append_rejects(rejects);
}

Result<std::uint64_t> Store::reject_count() {
  const QuietHdf5 quiet;
  return core_->following([&] { return core_->reject_count(); });
}

Result<bool> Store::read_reject(std::uint64_t index, StoredReject* out) {
  const QuietHdf5 quiet;
  return core_->following([&] { return core_->read_reject(index, out); });
}

Status Table::append_rejects(std::span<const StoredReject> rejects) {
  const QuietHdf5 quiet;
  return core_->store().append_rejects(rejects);
}

}  // namespace forebay::core
