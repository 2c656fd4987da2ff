# Made from include/forebay/*.h by generate.py; do not edit.

const FOREBAY_VERSION_MAJOR = Int32(0)
const FOREBAY_VERSION_MINOR = Int32(1)
const FOREBAY_VERSION_PATCH = Int32(0)
const FOREBAY_ABI_VERSION = Int32(1)
const FOREBAY_OK = Int32(0)
const FOREBAY_NONE = Int32(1)
const FOREBAY_END = Int32(2)
const FOREBAY_AGAIN = Int32(3)
const FOREBAY_E_ARGUMENT = Int32(-10)
const FOREBAY_E_VERSION = Int32(-11)
const FOREBAY_E_DTYPE = Int32(-12)
const FOREBAY_E_MISMATCH = Int32(-13)
const FOREBAY_E_MEMORY = Int32(-20)
const FOREBAY_E_FULL = Int32(-21)
const FOREBAY_E_NOSPC = Int32(-22)
const FOREBAY_E_LIMIT = Int32(-23)
const FOREBAY_E_IO = Int32(-30)
const FOREBAY_E_NOT_FOUND = Int32(-31)
const FOREBAY_E_PERMISSION = Int32(-32)
const FOREBAY_E_EXISTS = Int32(-33)
const FOREBAY_E_BUSY = Int32(-34)
const FOREBAY_E_COMMIT_UNKNOWN = Int32(-35)
const FOREBAY_E_FORMAT = Int32(-40)
const FOREBAY_E_FOREIGN = Int32(-41)
const FOREBAY_E_VALUE = Int32(-42)
const FOREBAY_E_COLUMNS = Int32(-43)
const FOREBAY_E_TRUNCATED = Int32(-44)
const FOREBAY_E_JOURNAL = Int32(-45)
const FOREBAY_E_CHANGED = Int32(-46)
const FOREBAY_E_CHILD = Int32(-50)
const FOREBAY_E_TIMEOUT = Int32(-51)
const FOREBAY_E_PROTOCOL = Int32(-52)
const FOREBAY_E_SPAWN = Int32(-53)
const FOREBAY_E_STATE = Int32(-60)
const FOREBAY_E_CANCELLED = Int32(-61)
const FOREBAY_E_POISONED = Int32(-62)
const FOREBAY_E_INTERNAL = Int32(-70)
const FOREBAY_NO_SOURCE = typemax(UInt32)
const FOREBAY_DTYPE_BYTES = Int32(1)
const FOREBAY_DTYPE_INT = Int32(2)
const FOREBAY_DTYPE_UINT = Int32(3)
const FOREBAY_DTYPE_FLOAT = Int32(4)
const FOREBAY_DTYPE_BOOL = Int32(5)
const FOREBAY_DTYPE_DATETIME = Int32(6)
const FOREBAY_DTYPE_STRING = Int32(7)
const FOREBAY_DTYPE_MAX_RANK = Int32(8)
const FOREBAY_ARRAY_ROWS = Int32(1)
const FOREBAY_ARRAY_COLUMNS = Int32(2)
const FOREBAY_LOADER_HEADER_OFF = Int32(1)
const FOREBAY_LOADER_HEADER_ON = Int32(2)
const FOREBAY_LOADER_DELIMITER_BLANKS = Int32(1)
const FOREBAY_LOADER_QUOTE_OFF = Int32(1)
const FOREBAY_LOADER_CHILD_OUTPUT_OFF = Int32(1)
const FOREBAY_LOADER_CHILD_OUTPUT_INHERIT = Int32(2)
const FOREBAY_LOADER_ON_ERROR_FAIL = Int32(1)
const FOREBAY_LOADER_ON_ERROR_SKIP = Int32(2)
const FOREBAY_LOADER_ON_ERROR_NULL = Int32(3)
const FOREBAY_LOADER_PERCENT_OFF = Int32(1)
const FOREBAY_LOADER_PERCENT_FRACTION = Int32(2)
const FOREBAY_LOADER_PERCENT_NUMBER = Int32(3)
const FOREBAY_LOADER_HEX_OFF = Int32(1)
const FOREBAY_LOADER_HEX_ON = Int32(2)
const FOREBAY_LOADER_ENCODING_BYTES = Int32(1)
const FOREBAY_LOADER_ENCODING_UTF8 = Int32(2)
const FOREBAY_LOADER_ENCODING_LATIN1 = Int32(3)
const FOREBAY_LOADER_OVERLONG_FAIL = Int32(1)
const FOREBAY_LOADER_OVERLONG_TRUNCATE = Int32(2)
const FOREBAY_LOADER_ORDER_SOURCE = Int32(1)
const FOREBAY_LOADER_ORDER_ANY = Int32(2)
const FOREBAY_LOADER_BATCH_CHUNK = Int32(1)
const FOREBAY_LOADER_BATCH_ROWS = Int32(2)
const FOREBAY_LOADER_BATCH_SOURCE = Int32(3)
const FOREBAY_LOADER_FORMAT_AUTO = Int32(1)
const FOREBAY_LOADER_FORMAT_TEXT = Int32(2)
const FOREBAY_LOADER_FORMAT_NPY = Int32(3)
const FOREBAY_LOADER_FORMAT_NPZ = Int32(4)
const FOREBAY_LOADER_FORMAT_RAW = Int32(5)
const FOREBAY_LOADER_RETRIES_NONE = typemax(UInt32)
const FOREBAY_CHILD_LOG_DEBUG = Int32(1)
const FOREBAY_CHILD_LOG_INFO = Int32(2)
const FOREBAY_CHILD_LOG_WARNING = Int32(3)
const FOREBAY_CHILD_LOG_ERROR = Int32(4)
const FOREBAY_CHILD_NOT_ASKED = Int32(-1)
const FOREBAY_STORE_APPEND = Int32(1)
const FOREBAY_STORE_CREATE = Int32(2)
const FOREBAY_STORE_REPLACE = Int32(3)
const FOREBAY_STORE_READ = Int32(4)
const FOREBAY_STORE_DURABILITY_FULL = Int32(1)
const FOREBAY_STORE_DURABILITY_ORDERED = Int32(2)
const FOREBAY_STORE_DURABILITY_NONE = Int32(3)
const FOREBAY_RECOVER_NOTHING = Int32(1)
const FOREBAY_RECOVER_REPLAYED = Int32(2)
const FOREBAY_RECOVER_ACCEPTED = Int32(3)
const FOREBAY_TABLE_SOURCE_PARTIAL = Int32(1)
const FOREBAY_TABLE_SOURCE_COMPLETE = Int32(2)
const FOREBAY_TABLE_SOURCE_FAILED = Int32(3)
const FOREBAY_TABLE_SOURCE_LIMITED = Int32(4)
const FOREBAY_STORE_JOURNAL_NONE = Int32(1)
const FOREBAY_STORE_JOURNAL_LEFT = Int32(2)
const FOREBAY_STORE_JOURNAL_WAITING = Int32(3)
const FOREBAY_STORE_JOURNAL_LIVE = Int32(4)
const FOREBAY_STORE_JOURNAL_MISSING = Int32(5)
const FOREBAY_STORE_JOURNAL_DAMAGED = Int32(6)
const FOREBAY_STORE_JOURNAL_CONFLICT = Int32(7)

struct CError
    struct_size::UInt32
    code::Int32
    os_errno::Int32
    source::UInt32
    line::UInt64
    byte::UInt64
    column::UInt32
    reserved::UInt32
    path::NTuple{512, UInt8}
    message::NTuple{512, UInt8}
end

struct CDtypeField
    struct_size::UInt32
    kind::Int32
    name::Ptr{UInt8}
    unit::Ptr{UInt8}
    item_bytes::UInt64
    offset::UInt64
    count::UInt64
    big_endian::Int32
    rank::UInt32
    shape::NTuple{8, UInt64}
end

struct CArrayView
    struct_size::UInt32
    layout::Int32
    data::Ptr{Cvoid}
    rows::UInt64
    row_bytes::UInt64
    capacity::UInt64
    fields::UInt32
    source::UInt32
    first_row::UInt64
    read_only::UInt32
    reserved::UInt32
    generation::UInt64
end

struct CArrayColumn
    struct_size::UInt32
    reserved::UInt32
    data::Ptr{Cvoid}
    stride::UInt64
    validity::Ptr{Cvoid}
    heap::Ptr{Cvoid}
end

struct CArrayProvenance
    struct_size::UInt32
    source::UInt32
    offset::UInt64
    line::UInt64
    rows::UInt64
    rejects::UInt64
    hash::UInt64
    skipped::UInt64
    ahead::UInt64
end

struct CArenaStats
    struct_size::UInt32
    segments::UInt32
    quota::UInt64
    reserved::UInt64
    lent::UInt64
    high_water::UInt64
    blocks_lent::UInt64
    blocks_recycled::UInt64
    bytes_copied::UInt64
end

struct CLoaderOptions
    struct_size::UInt32
    children::UInt32
    memory_bytes::UInt64
    batch_rows::UInt64
    split_bytes::UInt64
    retries::UInt32
    start_timeout_ms::UInt32
    progress_timeout_ms::UInt32
    delimiter::UInt32
    var"quote"::UInt32
    header::UInt32
    skip_rows::UInt32
    comment::Ptr{UInt8}
    columns::Ptr{UInt8}
    program::Ptr{UInt8}
    child_output::UInt32
    reserved::UInt32
    child_argv::Ptr{Ptr{UInt8}}
    child_config::Ptr{Cvoid}
    child_config_bytes::UInt64
    on_error::UInt32
    keep_rejects::UInt32
    max_errors::UInt64
    na::Ptr{UInt8}
    fill::Ptr{UInt8}
    true_words::Ptr{UInt8}
    false_words::Ptr{UInt8}
    decimal::UInt32
    thousands::UInt32
    percent::UInt32
    hex::UInt32
    encoding::UInt32
    overlong::UInt32
    layout::UInt32
    reserved_layout::UInt32
    order::UInt32
    batch::UInt32
    total_timeout_ms::UInt32
    reserved2::UInt32
end

struct CLoaderFileOptions
    struct_size::UInt32
    reserved::UInt32
    max_rows::UInt64
    header_bytes::UInt64
    member::Ptr{UInt8}
    format::UInt32
    reserved2::UInt32
end

struct CLoaderProgress
    struct_size::UInt32
    children::UInt32
    bytes_done::UInt64
    bytes_total::UInt64
    rows_done::UInt64
    sources_done::UInt32
    sources_failed::UInt32
    sources_total::UInt32
    child_restarts::UInt32
    elapsed_seconds::Float64
    bytes_per_second::Float64
    seconds_left::Float64
    fields_truncated::UInt64
    rows_copied::UInt64
end

struct CLoaderChild
    struct_size::UInt32
    pid::Int32
    source::UInt32
    tasks::UInt32
    rows_done::UInt64
    path::Ptr{UInt8}
end

struct CReject
    struct_size::UInt32
    code::Int32
    source::UInt32
    column::UInt32
    line::UInt64
    byte::UInt64
    count::UInt64
    path::NTuple{512, UInt8}
    reason::NTuple{264, UInt8}
    text::NTuple{264, UInt8}
end

struct CLoaderLog
    struct_size::UInt32
    level::UInt32
    source::UInt32
    pid::Int32
    lost::UInt64
    text::NTuple{1032, UInt8}
end

struct CChildTask
    struct_size::UInt32
    descriptor::Int32
    source::UInt32
    reserved::UInt32
    size::UInt64
    var"begin"::UInt64
    line::UInt64
    first_row::UInt64
    row_limit::UInt64
end

struct CChildView
    struct_size::UInt32
    reserved::UInt32
    data::Ptr{Cvoid}
    capacity::UInt64
    row_bytes::UInt64
    layout::Int32
    fields::UInt32
end

struct CStoreOptions
    struct_size::UInt32
    mode::UInt32
    names::UInt32
    reserved::UInt32
    durability::UInt32
    reserved2::UInt32
    commit_bytes::UInt64
    commit_rows::UInt64
    commit_milliseconds::UInt64
end

struct CRecoverOptions
    struct_size::UInt32
    accept_without_journal::UInt32
end

struct CRecoverResult
    struct_size::UInt32
    action::UInt32
    commits::UInt64
    rows::UInt64
end

struct CTableOptions
    struct_size::UInt32
    reserved::UInt32
    chunk_rows::UInt64
    layout::UInt32
    reserved_layout::UInt32
    deflate::UInt32
    shuffle::UInt32
    fletcher32::UInt32
    reserved2::UInt32
    zstd::UInt32
    lz4::UInt32
    blosc::UInt32
    reserved3::UInt32
end

struct CTableAppendResult
    struct_size::UInt32
    sources_failed::UInt32
    rows::UInt64
end

struct CTableSource
    struct_size::UInt32
    state::UInt32
    path::Ptr{UInt8}
    resolved::Ptr{UInt8}
    size::UInt64
    offset::UInt64
    line::UInt64
    rows::UInt64
    rejects::UInt64
    hash::UInt64
    skipped::UInt64
    ahead::UInt64
end

struct CTableInfo
    struct_size::UInt32
    rank::UInt32
    rows::UInt64
    row_bytes::UInt64
    chunk_rows::UInt64
    chunks::UInt64
    stored_bytes::UInt64
    layout::UInt32
    reserved::UInt32
    deflate::UInt32
    shuffle::UInt32
    fletcher32::UInt32
    reserved2::UInt32
    zstd::UInt32
    lz4::UInt32
    blosc::UInt32
    reserved3::UInt32
end

struct CStoreInfo
    struct_size::UInt32
    journal::UInt32
    writer::UInt32
    has_space::UInt32
    file_bytes::UInt64
    journal_bytes::UInt64
    generation::UInt64
    commit::UInt64
    waiting_commits::UInt64
    waiting_bytes::UInt64
    used_bytes::UInt64
    left_bytes::UInt64
end

struct CRepackOptions
    struct_size::UInt32
    replace::UInt32
    output::Ptr{UInt8}
end

struct CRepackResult
    struct_size::UInt32
    tables::UInt32
    rows::UInt64
    bytes_before::UInt64
    bytes_after::UInt64
end

struct CSniffOptions
    struct_size::UInt32
    reserved::UInt32
    sample_bytes::UInt64
    also_at::UInt64
end

struct CSniffInfo
    struct_size::UInt32
    columns::UInt32
    delimiter::UInt32
    var"quote"::UInt32
    header::UInt32
    skip_rows::UInt32
    decimal::UInt32
    confidence::UInt32
    rows_sampled::UInt64
    bytes_sampled::UInt64
    comment::Ptr{UInt8}
    na::Ptr{UInt8}
end

const C_STRUCTS = Dict(name => T for (name, T) in zip((
    :forebay_error,
    :forebay_dtype_field,
    :forebay_array_view,
    :forebay_array_column,
    :forebay_array_provenance,
    :forebay_arena_stats,
    :forebay_loader_options,
    :forebay_loader_file_options,
    :forebay_loader_progress,
    :forebay_loader_child,
    :forebay_reject,
    :forebay_loader_log,
    :forebay_child_task,
    :forebay_child_view,
    :forebay_store_options,
    :forebay_recover_options,
    :forebay_recover_result,
    :forebay_table_options,
    :forebay_table_append_result,
    :forebay_table_source,
    :forebay_table_info,
    :forebay_store_info,
    :forebay_repack_options,
    :forebay_repack_result,
    :forebay_sniff_options,
    :forebay_sniff_info), (
    CError,
    CDtypeField,
    CArrayView,
    CArrayColumn,
    CArrayProvenance,
    CArenaStats,
    CLoaderOptions,
    CLoaderFileOptions,
    CLoaderProgress,
    CLoaderChild,
    CReject,
    CLoaderLog,
    CChildTask,
    CChildView,
    CStoreOptions,
    CRecoverOptions,
    CRecoverResult,
    CTableOptions,
    CTableAppendResult,
    CTableSource,
    CTableInfo,
    CStoreInfo,
    CRepackOptions,
    CRepackResult,
    CSniffOptions,
    CSniffInfo)))

const FUNCTIONS = (
    :forebay_version,
    :forebay_abi_version,
    :forebay_error_init,
    :forebay_status_name,
    :forebay_status_message,
    :forebay_dtype_parse,
    :forebay_dtype_parse_descr,
    :forebay_dtype_free,
    :forebay_dtype_text,
    :forebay_dtype_descr,
    :forebay_dtype_row_bytes,
    :forebay_dtype_field_count,
    :forebay_dtype_is_record,
    :forebay_dtype_field_at,
    :forebay_dtype_equal,
    :forebay_array_provenance_get,
    :forebay_array_view_get,
    :forebay_array_column_get,
    :forebay_array_dtype,
    :forebay_array_set_rows,
    :forebay_array_retain,
    :forebay_array_release,
    :forebay_array_share,
    :forebay_array_attach,
    :forebay_arena_open,
    :forebay_arena_close,
    :forebay_array_lease,
    :forebay_array_lease_columns,
    :forebay_arena_stats_get,
    :forebay_loader_options_init,
    :forebay_loader_file_options_init,
    :forebay_loader_open,
    :forebay_loader_add_file,
    :forebay_loader_add_path,
    :forebay_loader_add_descriptor,
    :forebay_loader_next,
    :forebay_loader_step,
    :forebay_loader_descriptor,
    :forebay_loader_cancel,
    :forebay_loader_close,
    :forebay_loader_progress_get,
    :forebay_loader_child_get,
    :forebay_loader_arena_stats,
    :forebay_loader_source_status,
    :forebay_loader_reject_count,
    :forebay_loader_reject_get,
    :forebay_loader_source_rejects,
    :forebay_loader_source_truncated,
    :forebay_loader_log_next,
    :forebay_loader_source_path,
    :forebay_child_main,
    :forebay_child_task_init,
    :forebay_child_view_init,
    :forebay_child_attach,
    :forebay_child_log,
    :forebay_child_close,
    :forebay_child_config,
    :forebay_child_dtype,
    :forebay_child_take,
    :forebay_child_fill,
    :forebay_child_column_get,
    :forebay_child_publish,
    :forebay_child_finish,
    :forebay_child_fail,
    :forebay_store_options_init,
    :forebay_store_open,
    :forebay_store_commit,
    :forebay_store_commit_begin,
    :forebay_store_commit_poll,
    :forebay_store_close,
    :forebay_store_abandon,
    :forebay_store_recover,
    :forebay_store_table_count,
    :forebay_store_table_name,
    :forebay_table_options_init,
    :forebay_table_open,
    :forebay_table_dtype,
    :forebay_table_rows,
    :forebay_table_chunk_rows,
    :forebay_table_bytes_copied,
    :forebay_table_append_array,
    :forebay_table_append_rows,
    :forebay_table_append_loader,
    :forebay_table_append_loader_step,
    :forebay_store_append_rejects,
    :forebay_store_reject_count,
    :forebay_store_reject_get,
    :forebay_loader_resume,
    :forebay_table_consume,
    :forebay_table_source_get,
    :forebay_table_read,
    :forebay_table_read_column,
    :forebay_table_set_text,
    :forebay_table_set_number,
    :forebay_table_get_text,
    :forebay_table_get_number,
    :forebay_table_attribute_count,
    :forebay_table_attribute_name,
    :forebay_table_info_get,
    :forebay_store_refresh,
    :forebay_store_verify,
    :forebay_store_info_get,
    :forebay_store_repack,
    :forebay_sniff_options_init,
    :forebay_sniff_file,
    :forebay_sniff_free,
    :forebay_sniff_info_get,
    :forebay_sniff_dtype,
    :forebay_sniff_dtype_text,
    :forebay_sniff_note,
    :forebay_sniff_apply)

# Where they are, since the library was loaded.
const ADDRESSES = fill(C_NULL, length(FUNCTIONS))

forebay_version() = ccall(ADDRESSES[1], Ptr{UInt8}, ())
forebay_abi_version() = ccall(ADDRESSES[2], UInt32, ())
forebay_error_init(err) = ccall(ADDRESSES[3], Cvoid, (Ptr{CError},), err)
forebay_status_name(code) = ccall(ADDRESSES[4], Ptr{UInt8}, (Int32,), code)
forebay_status_message(code) = ccall(ADDRESSES[5], Ptr{UInt8}, (Int32,), code)
forebay_dtype_parse(text, out, err) =
    ccall(ADDRESSES[6], Int32, (Ptr{UInt8}, Ptr{Ptr{Cvoid}}, Ptr{CError}), text, out, err)
forebay_dtype_parse_descr(descr, out, err) =
    ccall(ADDRESSES[7], Int32, (Ptr{UInt8}, Ptr{Ptr{Cvoid}}, Ptr{CError}), descr, out, err)
forebay_dtype_free(dtype) = ccall(ADDRESSES[8], Cvoid, (Ptr{Cvoid},), dtype)
forebay_dtype_text(dtype) = ccall(ADDRESSES[9], Ptr{UInt8}, (Ptr{Cvoid},), dtype)
forebay_dtype_descr(dtype) = ccall(ADDRESSES[10], Ptr{UInt8}, (Ptr{Cvoid},), dtype)
forebay_dtype_row_bytes(dtype) = ccall(ADDRESSES[11], UInt64, (Ptr{Cvoid},), dtype)
forebay_dtype_field_count(dtype) = ccall(ADDRESSES[12], UInt32, (Ptr{Cvoid},), dtype)
forebay_dtype_is_record(dtype) = ccall(ADDRESSES[13], Int32, (Ptr{Cvoid},), dtype)
forebay_dtype_field_at(dtype, index, out) =
    ccall(ADDRESSES[14], Int32, (Ptr{Cvoid}, UInt32, Ptr{CDtypeField}), dtype, index, out)
forebay_dtype_equal(a, b) = ccall(ADDRESSES[15], Int32, (Ptr{Cvoid}, Ptr{Cvoid}), a, b)
forebay_array_provenance_get(array, provenance, err) =
    ccall(ADDRESSES[16], Int32, (Ptr{Cvoid}, Ptr{CArrayProvenance}, Ptr{CError}), array, provenance, err)
forebay_array_view_get(array, view, err) =
    ccall(ADDRESSES[17], Int32, (Ptr{Cvoid}, Ptr{CArrayView}, Ptr{CError}), array, view, err)
forebay_array_column_get(array, index, column, err) =
    ccall(ADDRESSES[18], Int32, (Ptr{Cvoid}, UInt32, Ptr{CArrayColumn}, Ptr{CError}), array, index, column, err)
forebay_array_dtype(array) = ccall(ADDRESSES[19], Ptr{Cvoid}, (Ptr{Cvoid},), array)
forebay_array_set_rows(array, rows, err) =
    ccall(ADDRESSES[20], Int32, (Ptr{Cvoid}, UInt64, Ptr{CError}), array, rows, err)
forebay_array_retain(array) = ccall(ADDRESSES[21], Ptr{Cvoid}, (Ptr{Cvoid},), array)
forebay_array_release(array) = ccall(ADDRESSES[22], Cvoid, (Ptr{Cvoid},), array)
forebay_array_share(array, descriptor, err) =
    ccall(ADDRESSES[23], Int32, (Ptr{Cvoid}, Ptr{Int32}, Ptr{CError}), array, descriptor, err)
forebay_array_attach(descriptor, expected, out, err) =
    ccall(ADDRESSES[24], Int32, (Int32, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}, Ptr{CError}), descriptor, expected, out, err)
forebay_arena_open(quota_bytes, out, err) =
    ccall(ADDRESSES[25], Int32, (UInt64, Ptr{Ptr{Cvoid}}, Ptr{CError}), quota_bytes, out, err)
forebay_arena_close(arena) = ccall(ADDRESSES[26], Cvoid, (Ptr{Cvoid},), arena)
forebay_array_lease(arena, dtype, rows, out, err) =
    ccall(ADDRESSES[27], Int32, (Ptr{Cvoid}, Ptr{Cvoid}, UInt64, Ptr{Ptr{Cvoid}}, Ptr{CError}), arena, dtype, rows, out, err)
forebay_array_lease_columns(arena, dtype, rows, out, err) =
    ccall(ADDRESSES[28], Int32, (Ptr{Cvoid}, Ptr{Cvoid}, UInt64, Ptr{Ptr{Cvoid}}, Ptr{CError}), arena, dtype, rows, out, err)
forebay_arena_stats_get(arena, stats, err) =
    ccall(ADDRESSES[29], Int32, (Ptr{Cvoid}, Ptr{CArenaStats}, Ptr{CError}), arena, stats, err)
forebay_loader_options_init(options) = ccall(ADDRESSES[30], Cvoid, (Ptr{CLoaderOptions},), options)
forebay_loader_file_options_init(options) = ccall(ADDRESSES[31], Cvoid, (Ptr{CLoaderFileOptions},), options)
forebay_loader_open(dtype, options, out, err) =
    ccall(ADDRESSES[32], Int32, (Ptr{Cvoid}, Ptr{CLoaderOptions}, Ptr{Ptr{Cvoid}}, Ptr{CError}), dtype, options, out, err)
forebay_loader_add_file(loader, path, options, err) =
    ccall(ADDRESSES[33], Int32, (Ptr{Cvoid}, Ptr{UInt8}, Ptr{CLoaderFileOptions}, Ptr{CError}), loader, path, options, err)
forebay_loader_add_path(loader, path, options, added, err) =
    ccall(ADDRESSES[34], Int32, (Ptr{Cvoid}, Ptr{UInt8}, Ptr{CLoaderFileOptions}, Ptr{UInt32}, Ptr{CError}), loader, path, options, added, err)
forebay_loader_add_descriptor(loader, descriptor, name, options, err) =
    ccall(ADDRESSES[35], Int32, (Ptr{Cvoid}, Int32, Ptr{UInt8}, Ptr{CLoaderFileOptions}, Ptr{CError}), loader, descriptor, name, options, err)
forebay_loader_next(loader, timeout_ms, out, err) =
    ccall(ADDRESSES[36], Int32, (Ptr{Cvoid}, Int32, Ptr{Ptr{Cvoid}}, Ptr{CError}), loader, timeout_ms, out, err)
forebay_loader_step(loader, timeout_ms, err) =
    ccall(ADDRESSES[37], Int32, (Ptr{Cvoid}, Int32, Ptr{CError}), loader, timeout_ms, err)
forebay_loader_descriptor(loader, out, err) =
    ccall(ADDRESSES[38], Int32, (Ptr{Cvoid}, Ptr{Int32}, Ptr{CError}), loader, out, err)
forebay_loader_cancel(loader, err) = ccall(ADDRESSES[39], Int32, (Ptr{Cvoid}, Ptr{CError}), loader, err)
forebay_loader_close(loader) = ccall(ADDRESSES[40], Cvoid, (Ptr{Cvoid},), loader)
forebay_loader_progress_get(loader, progress, err) =
    ccall(ADDRESSES[41], Int32, (Ptr{Cvoid}, Ptr{CLoaderProgress}, Ptr{CError}), loader, progress, err)
forebay_loader_child_get(loader, index, child, err) =
    ccall(ADDRESSES[42], Int32, (Ptr{Cvoid}, UInt32, Ptr{CLoaderChild}, Ptr{CError}), loader, index, child, err)
forebay_loader_arena_stats(loader, stats, err) =
    ccall(ADDRESSES[43], Int32, (Ptr{Cvoid}, Ptr{CArenaStats}, Ptr{CError}), loader, stats, err)
forebay_loader_source_status(loader, index, rows, err) =
    ccall(ADDRESSES[44], Int32, (Ptr{Cvoid}, UInt32, Ptr{UInt64}, Ptr{CError}), loader, index, rows, err)
forebay_loader_reject_count(loader, kept, total, err) =
    ccall(ADDRESSES[45], Int32, (Ptr{Cvoid}, Ptr{UInt64}, Ptr{UInt64}, Ptr{CError}), loader, kept, total, err)
forebay_loader_reject_get(loader, index, reject, err) =
    ccall(ADDRESSES[46], Int32, (Ptr{Cvoid}, UInt64, Ptr{CReject}, Ptr{CError}), loader, index, reject, err)
forebay_loader_source_rejects(loader, index, rejects, skipped, err) =
    ccall(ADDRESSES[47], Int32, (Ptr{Cvoid}, UInt32, Ptr{UInt64}, Ptr{UInt64}, Ptr{CError}), loader, index, rejects, skipped, err)
forebay_loader_source_truncated(loader, index, fields, err) =
    ccall(ADDRESSES[48], Int32, (Ptr{Cvoid}, UInt32, Ptr{UInt64}, Ptr{CError}), loader, index, fields, err)
forebay_loader_log_next(loader, log, err) =
    ccall(ADDRESSES[49], Int32, (Ptr{Cvoid}, Ptr{CLoaderLog}, Ptr{CError}), loader, log, err)
forebay_loader_source_path(loader, index) =
    ccall(ADDRESSES[50], Ptr{UInt8}, (Ptr{Cvoid}, UInt32), loader, index)
forebay_child_main(argc, argv) = ccall(ADDRESSES[51], Int32, (Int32, Ptr{Ptr{UInt8}}), argc, argv)
forebay_child_task_init(task) = ccall(ADDRESSES[52], Cvoid, (Ptr{CChildTask},), task)
forebay_child_view_init(view) = ccall(ADDRESSES[53], Cvoid, (Ptr{CChildView},), view)
forebay_child_attach(out, err) = ccall(ADDRESSES[54], Int32, (Ptr{Ptr{Cvoid}}, Ptr{CError}), out, err)
forebay_child_log(child, level, text, err) =
    ccall(ADDRESSES[55], Int32, (Ptr{Cvoid}, UInt32, Ptr{UInt8}, Ptr{CError}), child, level, text, err)
forebay_child_close(child) = ccall(ADDRESSES[56], Cvoid, (Ptr{Cvoid},), child)
forebay_child_config(child, data, bytes, err) =
    ccall(ADDRESSES[57], Int32, (Ptr{Cvoid}, Ptr{Ptr{Cvoid}}, Ptr{UInt64}, Ptr{CError}), child, data, bytes, err)
forebay_child_dtype(child) = ccall(ADDRESSES[58], Ptr{Cvoid}, (Ptr{Cvoid},), child)
forebay_child_take(child, task, err) =
    ccall(ADDRESSES[59], Int32, (Ptr{Cvoid}, Ptr{CChildTask}, Ptr{CError}), child, task, err)
forebay_child_fill(child, view, err) =
    ccall(ADDRESSES[60], Int32, (Ptr{Cvoid}, Ptr{CChildView}, Ptr{CError}), child, view, err)
forebay_child_column_get(child, index, column, err) =
    ccall(ADDRESSES[61], Int32, (Ptr{Cvoid}, UInt32, Ptr{CArrayColumn}, Ptr{CError}), child, index, column, err)
forebay_child_publish(child, rows, next_offset, next_line, err) =
    ccall(ADDRESSES[62], Int32, (Ptr{Cvoid}, UInt64, UInt64, UInt64, Ptr{CError}), child, rows, next_offset, next_line, err)
forebay_child_finish(child, err) = ccall(ADDRESSES[63], Int32, (Ptr{Cvoid}, Ptr{CError}), child, err)
forebay_child_fail(child, code, line, byte, column, text, err) =
    ccall(ADDRESSES[64], Int32, (Ptr{Cvoid}, Int32, UInt64, UInt64, UInt32, Ptr{UInt8}, Ptr{CError}), child, code, line, byte, column, text, err)
forebay_store_options_init(options) = ccall(ADDRESSES[65], Cvoid, (Ptr{CStoreOptions},), options)
forebay_store_open(path, options, out, err) =
    ccall(ADDRESSES[66], Int32, (Ptr{UInt8}, Ptr{CStoreOptions}, Ptr{Ptr{Cvoid}}, Ptr{CError}), path, options, out, err)
forebay_store_commit(store, err) = ccall(ADDRESSES[67], Int32, (Ptr{Cvoid}, Ptr{CError}), store, err)
forebay_store_commit_begin(store, ticket, err) =
    ccall(ADDRESSES[68], Int32, (Ptr{Cvoid}, Ptr{UInt64}, Ptr{CError}), store, ticket, err)
forebay_store_commit_poll(store, timeout_ms, ticket, err) =
    ccall(ADDRESSES[69], Int32, (Ptr{Cvoid}, Int32, Ptr{UInt64}, Ptr{CError}), store, timeout_ms, ticket, err)
forebay_store_close(store, err) = ccall(ADDRESSES[70], Int32, (Ptr{Cvoid}, Ptr{CError}), store, err)
forebay_store_abandon(store) = ccall(ADDRESSES[71], Cvoid, (Ptr{Cvoid},), store)
forebay_store_recover(path, options, result, err) =
    ccall(ADDRESSES[72], Int32, (Ptr{UInt8}, Ptr{CRecoverOptions}, Ptr{CRecoverResult}, Ptr{CError}), path, options, result, err)
forebay_store_table_count(store) = ccall(ADDRESSES[73], UInt32, (Ptr{Cvoid},), store)
forebay_store_table_name(store, index) = ccall(ADDRESSES[74], Ptr{UInt8}, (Ptr{Cvoid}, UInt32), store, index)
forebay_table_options_init(options) = ccall(ADDRESSES[75], Cvoid, (Ptr{CTableOptions},), options)
forebay_table_open(store, name, dtype, options, out, err) =
    ccall(ADDRESSES[76], Int32, (Ptr{Cvoid}, Ptr{UInt8}, Ptr{Cvoid}, Ptr{CTableOptions}, Ptr{Ptr{Cvoid}}, Ptr{CError}), store, name, dtype, options, out, err)
forebay_table_dtype(table) = ccall(ADDRESSES[77], Ptr{Cvoid}, (Ptr{Cvoid},), table)
forebay_table_rows(table) = ccall(ADDRESSES[78], UInt64, (Ptr{Cvoid},), table)
forebay_table_chunk_rows(table) = ccall(ADDRESSES[79], UInt64, (Ptr{Cvoid},), table)
forebay_table_bytes_copied(table) = ccall(ADDRESSES[80], UInt64, (Ptr{Cvoid},), table)
forebay_table_append_array(table, array, err) =
    ccall(ADDRESSES[81], Int32, (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{CError}), table, array, err)
forebay_table_append_rows(table, data, rows, err) =
    ccall(ADDRESSES[82], Int32, (Ptr{Cvoid}, Ptr{Cvoid}, UInt64, Ptr{CError}), table, data, rows, err)
forebay_table_append_loader(table, loader, result, err) =
    ccall(ADDRESSES[83], Int32, (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{CTableAppendResult}, Ptr{CError}), table, loader, result, err)
forebay_table_append_loader_step(table, loader, timeout_ms, result, err) =
    ccall(ADDRESSES[84], Int32, (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Ptr{CTableAppendResult}, Ptr{CError}), table, loader, timeout_ms, result, err)
forebay_store_append_rejects(store, loader, err) =
    ccall(ADDRESSES[85], Int32, (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{CError}), store, loader, err)
forebay_store_reject_count(store, count, err) =
    ccall(ADDRESSES[86], Int32, (Ptr{Cvoid}, Ptr{UInt64}, Ptr{CError}), store, count, err)
forebay_store_reject_get(store, index, reject, err) =
    ccall(ADDRESSES[87], Int32, (Ptr{Cvoid}, UInt64, Ptr{CReject}, Ptr{CError}), store, index, reject, err)
forebay_loader_resume(loader, table, source, err) =
    ccall(ADDRESSES[88], Int32, (Ptr{Cvoid}, Ptr{Cvoid}, UInt32, Ptr{CError}), loader, table, source, err)
forebay_table_consume(table, loader, array, err) =
    ccall(ADDRESSES[89], Int32, (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{CError}), table, loader, array, err)
forebay_table_source_get(table, index, source, err) =
    ccall(ADDRESSES[90], Int32, (Ptr{Cvoid}, UInt32, Ptr{CTableSource}, Ptr{CError}), table, index, source, err)
forebay_table_read(table, first, rows, data, read, err) =
    ccall(ADDRESSES[91], Int32, (Ptr{Cvoid}, UInt64, UInt64, Ptr{Cvoid}, Ptr{UInt64}, Ptr{CError}), table, first, rows, data, read, err)
forebay_table_read_column(table, index, first, rows, data, read, err) =
    ccall(ADDRESSES[92], Int32, (Ptr{Cvoid}, UInt32, UInt64, UInt64, Ptr{Cvoid}, Ptr{UInt64}, Ptr{CError}), table, index, first, rows, data, read, err)
forebay_table_set_text(table, name, text, err) =
    ccall(ADDRESSES[93], Int32, (Ptr{Cvoid}, Ptr{UInt8}, Ptr{UInt8}, Ptr{CError}), table, name, text, err)
forebay_table_set_number(table, name, value, err) =
    ccall(ADDRESSES[94], Int32, (Ptr{Cvoid}, Ptr{UInt8}, Float64, Ptr{CError}), table, name, value, err)
forebay_table_get_text(table, name, buffer, size, needed, err) =
    ccall(ADDRESSES[95], Int32, (Ptr{Cvoid}, Ptr{UInt8}, Ptr{UInt8}, UInt64, Ptr{UInt64}, Ptr{CError}), table, name, buffer, size, needed, err)
forebay_table_get_number(table, name, value, err) =
    ccall(ADDRESSES[96], Int32, (Ptr{Cvoid}, Ptr{UInt8}, Ptr{Float64}, Ptr{CError}), table, name, value, err)
forebay_table_attribute_count(table) = ccall(ADDRESSES[97], UInt32, (Ptr{Cvoid},), table)
forebay_table_attribute_name(table, index) =
    ccall(ADDRESSES[98], Ptr{UInt8}, (Ptr{Cvoid}, UInt32), table, index)
forebay_table_info_get(table, info, err) =
    ccall(ADDRESSES[99], Int32, (Ptr{Cvoid}, Ptr{CTableInfo}, Ptr{CError}), table, info, err)
forebay_store_refresh(store, err) = ccall(ADDRESSES[100], Int32, (Ptr{Cvoid}, Ptr{CError}), store, err)
forebay_store_verify(store, rows, err) =
    ccall(ADDRESSES[101], Int32, (Ptr{Cvoid}, Ptr{UInt64}, Ptr{CError}), store, rows, err)
forebay_store_info_get(path, info, err) =
    ccall(ADDRESSES[102], Int32, (Ptr{UInt8}, Ptr{CStoreInfo}, Ptr{CError}), path, info, err)
forebay_store_repack(path, options, result, err) =
    ccall(ADDRESSES[103], Int32, (Ptr{UInt8}, Ptr{CRepackOptions}, Ptr{CRepackResult}, Ptr{CError}), path, options, result, err)
forebay_sniff_options_init(options) = ccall(ADDRESSES[104], Cvoid, (Ptr{CSniffOptions},), options)
forebay_sniff_file(path, known, options, out, err) =
    ccall(ADDRESSES[105], Int32, (Ptr{UInt8}, Ptr{CLoaderOptions}, Ptr{CSniffOptions}, Ptr{Ptr{Cvoid}}, Ptr{CError}), path, known, options, out, err)
forebay_sniff_free(sniff) = ccall(ADDRESSES[106], Cvoid, (Ptr{Cvoid},), sniff)
forebay_sniff_info_get(sniff, info, err) =
    ccall(ADDRESSES[107], Int32, (Ptr{Cvoid}, Ptr{CSniffInfo}, Ptr{CError}), sniff, info, err)
forebay_sniff_dtype(sniff) = ccall(ADDRESSES[108], Ptr{Cvoid}, (Ptr{Cvoid},), sniff)
forebay_sniff_dtype_text(sniff) = ccall(ADDRESSES[109], Ptr{UInt8}, (Ptr{Cvoid},), sniff)
forebay_sniff_note(sniff, index) = ccall(ADDRESSES[110], Ptr{UInt8}, (Ptr{Cvoid}, UInt32), sniff, index)
forebay_sniff_apply(sniff, options, err) =
    ccall(ADDRESSES[111], Int32, (Ptr{Cvoid}, Ptr{CLoaderOptions}, Ptr{CError}), sniff, options, err)
