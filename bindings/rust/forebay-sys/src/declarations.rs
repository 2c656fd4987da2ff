// Made from include/forebay/*.h by generate.py; do not edit.

use std::marker::{PhantomData, PhantomPinned};
use std::os::raw::{c_char, c_int, c_void};

pub type forebay_status = i32;

pub const FOREBAY_VERSION_MAJOR: u32 = 0;
pub const FOREBAY_VERSION_MINOR: u32 = 1;
pub const FOREBAY_VERSION_PATCH: u32 = 0;
pub const FOREBAY_ABI_VERSION: u32 = 1;
pub const FOREBAY_OK: forebay_status = 0;
pub const FOREBAY_NONE: forebay_status = 1;
pub const FOREBAY_END: forebay_status = 2;
pub const FOREBAY_AGAIN: forebay_status = 3;
pub const FOREBAY_E_ARGUMENT: forebay_status = -10;
pub const FOREBAY_E_VERSION: forebay_status = -11;
pub const FOREBAY_E_DTYPE: forebay_status = -12;
pub const FOREBAY_E_MISMATCH: forebay_status = -13;
pub const FOREBAY_E_MEMORY: forebay_status = -20;
pub const FOREBAY_E_FULL: forebay_status = -21;
pub const FOREBAY_E_NOSPC: forebay_status = -22;
pub const FOREBAY_E_LIMIT: forebay_status = -23;
pub const FOREBAY_E_IO: forebay_status = -30;
pub const FOREBAY_E_NOT_FOUND: forebay_status = -31;
pub const FOREBAY_E_PERMISSION: forebay_status = -32;
pub const FOREBAY_E_EXISTS: forebay_status = -33;
pub const FOREBAY_E_BUSY: forebay_status = -34;
pub const FOREBAY_E_COMMIT_UNKNOWN: forebay_status = -35;
pub const FOREBAY_E_FORMAT: forebay_status = -40;
pub const FOREBAY_E_FOREIGN: forebay_status = -41;
pub const FOREBAY_E_VALUE: forebay_status = -42;
pub const FOREBAY_E_COLUMNS: forebay_status = -43;
pub const FOREBAY_E_TRUNCATED: forebay_status = -44;
pub const FOREBAY_E_JOURNAL: forebay_status = -45;
pub const FOREBAY_E_CHANGED: forebay_status = -46;
pub const FOREBAY_E_CHILD: forebay_status = -50;
pub const FOREBAY_E_TIMEOUT: forebay_status = -51;
pub const FOREBAY_E_PROTOCOL: forebay_status = -52;
pub const FOREBAY_E_SPAWN: forebay_status = -53;
pub const FOREBAY_E_STATE: forebay_status = -60;
pub const FOREBAY_E_CANCELLED: forebay_status = -61;
pub const FOREBAY_E_POISONED: forebay_status = -62;
pub const FOREBAY_E_INTERNAL: forebay_status = -70;
pub const FOREBAY_NO_SOURCE: u32 = u32::MAX;
pub const FOREBAY_DTYPE_BYTES: u32 = 1;
pub const FOREBAY_DTYPE_INT: u32 = 2;
pub const FOREBAY_DTYPE_UINT: u32 = 3;
pub const FOREBAY_DTYPE_FLOAT: u32 = 4;
pub const FOREBAY_DTYPE_BOOL: u32 = 5;
pub const FOREBAY_DTYPE_DATETIME: u32 = 6;
pub const FOREBAY_DTYPE_STRING: u32 = 7;
pub const FOREBAY_DTYPE_MAX_RANK: u32 = 8;
pub const FOREBAY_ARRAY_ROWS: u32 = 1;
pub const FOREBAY_ARRAY_COLUMNS: u32 = 2;
pub const FOREBAY_LOADER_HEADER_OFF: u32 = 1;
pub const FOREBAY_LOADER_HEADER_ON: u32 = 2;
pub const FOREBAY_LOADER_DELIMITER_BLANKS: u32 = 1;
pub const FOREBAY_LOADER_QUOTE_OFF: u32 = 1;
pub const FOREBAY_LOADER_CHILD_OUTPUT_OFF: u32 = 1;
pub const FOREBAY_LOADER_CHILD_OUTPUT_INHERIT: u32 = 2;
pub const FOREBAY_LOADER_ON_ERROR_FAIL: u32 = 1;
pub const FOREBAY_LOADER_ON_ERROR_SKIP: u32 = 2;
pub const FOREBAY_LOADER_ON_ERROR_NULL: u32 = 3;
pub const FOREBAY_LOADER_PERCENT_OFF: u32 = 1;
pub const FOREBAY_LOADER_PERCENT_FRACTION: u32 = 2;
pub const FOREBAY_LOADER_PERCENT_NUMBER: u32 = 3;
pub const FOREBAY_LOADER_HEX_OFF: u32 = 1;
pub const FOREBAY_LOADER_HEX_ON: u32 = 2;
pub const FOREBAY_LOADER_ENCODING_BYTES: u32 = 1;
pub const FOREBAY_LOADER_ENCODING_UTF8: u32 = 2;
pub const FOREBAY_LOADER_ENCODING_LATIN1: u32 = 3;
pub const FOREBAY_LOADER_OVERLONG_FAIL: u32 = 1;
pub const FOREBAY_LOADER_OVERLONG_TRUNCATE: u32 = 2;
pub const FOREBAY_LOADER_ORDER_SOURCE: u32 = 1;
pub const FOREBAY_LOADER_ORDER_ANY: u32 = 2;
pub const FOREBAY_LOADER_BATCH_CHUNK: u32 = 1;
pub const FOREBAY_LOADER_BATCH_ROWS: u32 = 2;
pub const FOREBAY_LOADER_BATCH_SOURCE: u32 = 3;
pub const FOREBAY_LOADER_FORMAT_AUTO: u32 = 1;
pub const FOREBAY_LOADER_FORMAT_TEXT: u32 = 2;
pub const FOREBAY_LOADER_FORMAT_NPY: u32 = 3;
pub const FOREBAY_LOADER_FORMAT_NPZ: u32 = 4;
pub const FOREBAY_LOADER_FORMAT_RAW: u32 = 5;
pub const FOREBAY_LOADER_RETRIES_NONE: u32 = u32::MAX;
pub const FOREBAY_CHILD_LOG_DEBUG: u32 = 1;
pub const FOREBAY_CHILD_LOG_INFO: u32 = 2;
pub const FOREBAY_CHILD_LOG_WARNING: u32 = 3;
pub const FOREBAY_CHILD_LOG_ERROR: u32 = 4;
pub const FOREBAY_CHILD_NOT_ASKED: i32 = -1;
pub const FOREBAY_STORE_APPEND: u32 = 1;
pub const FOREBAY_STORE_CREATE: u32 = 2;
pub const FOREBAY_STORE_REPLACE: u32 = 3;
pub const FOREBAY_STORE_READ: u32 = 4;
pub const FOREBAY_STORE_DURABILITY_FULL: u32 = 1;
pub const FOREBAY_STORE_DURABILITY_ORDERED: u32 = 2;
pub const FOREBAY_STORE_DURABILITY_NONE: u32 = 3;
pub const FOREBAY_RECOVER_NOTHING: u32 = 1;
pub const FOREBAY_RECOVER_REPLAYED: u32 = 2;
pub const FOREBAY_RECOVER_ACCEPTED: u32 = 3;
pub const FOREBAY_TABLE_SOURCE_PARTIAL: u32 = 1;
pub const FOREBAY_TABLE_SOURCE_COMPLETE: u32 = 2;
pub const FOREBAY_TABLE_SOURCE_FAILED: u32 = 3;
pub const FOREBAY_TABLE_SOURCE_LIMITED: u32 = 4;
pub const FOREBAY_STORE_JOURNAL_NONE: u32 = 1;
pub const FOREBAY_STORE_JOURNAL_LEFT: u32 = 2;
pub const FOREBAY_STORE_JOURNAL_WAITING: u32 = 3;
pub const FOREBAY_STORE_JOURNAL_LIVE: u32 = 4;
pub const FOREBAY_STORE_JOURNAL_MISSING: u32 = 5;
pub const FOREBAY_STORE_JOURNAL_DAMAGED: u32 = 6;
pub const FOREBAY_STORE_JOURNAL_CONFLICT: u32 = 7;
pub const ARROW_FLAG_DICTIONARY_ORDERED: u32 = 1;
pub const ARROW_FLAG_NULLABLE: u32 = 2;
pub const ARROW_FLAG_MAP_KEYS_SORTED: u32 = 4;
pub const FOREBAY_ARROW_ALL_FIELDS: u32 = u32::MAX;

#[repr(C)]
pub struct DLManagedTensor {
    _opaque: [u8; 0],
}
#[repr(C)]
pub struct DLManagedTensorVersioned {
    _opaque: [u8; 0],
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_error {
    pub struct_size: u32,
    pub code: forebay_status,
    pub os_errno: i32,
    pub source: u32,
    pub line: u64,
    pub byte: u64,
    pub column: u32,
    pub reserved: u32,
    pub path: [c_char; 512],
    pub message: [c_char; 512],
}
#[repr(C)]
pub struct forebay_dtype {
    _opaque: [u8; 0],
    _not_send: PhantomData<(*mut u8, PhantomPinned)>,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_dtype_field {
    pub struct_size: u32,
    pub kind: i32,
    pub name: *const c_char,
    pub unit: *const c_char,
    pub item_bytes: u64,
    pub offset: u64,
    pub count: u64,
    pub big_endian: i32,
    pub rank: u32,
    pub shape: [u64; FOREBAY_DTYPE_MAX_RANK as usize],
}
#[repr(C)]
pub struct forebay_array {
    _opaque: [u8; 0],
    _not_send: PhantomData<(*mut u8, PhantomPinned)>,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_array_view {
    pub struct_size: u32,
    pub layout: i32,
    pub data: *mut c_void,
    pub rows: u64,
    pub row_bytes: u64,
    pub capacity: u64,
    pub fields: u32,
    pub source: u32,
    pub first_row: u64,
    pub read_only: u32,
    pub reserved: u32,
    pub generation: u64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_array_column {
    pub struct_size: u32,
    pub reserved: u32,
    pub data: *mut c_void,
    pub stride: u64,
    pub validity: *const c_void,
    pub heap: *const c_void,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_array_provenance {
    pub struct_size: u32,
    pub source: u32,
    pub offset: u64,
    pub line: u64,
    pub rows: u64,
    pub rejects: u64,
    pub hash: u64,
    pub skipped: u64,
    pub ahead: u64,
}
#[repr(C)]
pub struct forebay_arena {
    _opaque: [u8; 0],
    _not_send: PhantomData<(*mut u8, PhantomPinned)>,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_arena_stats {
    pub struct_size: u32,
    pub segments: u32,
    pub quota: u64,
    pub reserved: u64,
    pub lent: u64,
    pub high_water: u64,
    pub blocks_lent: u64,
    pub blocks_recycled: u64,
    pub bytes_copied: u64,
}
#[repr(C)]
pub struct forebay_loader {
    _opaque: [u8; 0],
    _not_send: PhantomData<(*mut u8, PhantomPinned)>,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_loader_options {
    pub struct_size: u32,
    pub children: u32,
    pub memory_bytes: u64,
    pub batch_rows: u64,
    pub split_bytes: u64,
    pub retries: u32,
    pub start_timeout_ms: u32,
    pub progress_timeout_ms: u32,
    pub delimiter: u32,
    pub quote: u32,
    pub header: u32,
    pub skip_rows: u32,
    pub comment: *const c_char,
    pub columns: *const c_char,
    pub program: *const c_char,
    pub child_output: u32,
    pub reserved: u32,
    pub child_argv: *const *const c_char,
    pub child_config: *const c_void,
    pub child_config_bytes: u64,
    pub on_error: u32,
    pub keep_rejects: u32,
    pub max_errors: u64,
    pub na: *const c_char,
    pub fill: *const c_char,
    pub true_words: *const c_char,
    pub false_words: *const c_char,
    pub decimal: u32,
    pub thousands: u32,
    pub percent: u32,
    pub hex: u32,
    pub encoding: u32,
    pub overlong: u32,
    pub layout: u32,
    pub reserved_layout: u32,
    pub order: u32,
    pub batch: u32,
    pub total_timeout_ms: u32,
    pub reserved2: u32,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_loader_file_options {
    pub struct_size: u32,
    pub reserved: u32,
    pub max_rows: u64,
    pub header_bytes: u64,
    pub member: *const c_char,
    pub format: u32,
    pub reserved2: u32,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_loader_progress {
    pub struct_size: u32,
    pub children: u32,
    pub bytes_done: u64,
    pub bytes_total: u64,
    pub rows_done: u64,
    pub sources_done: u32,
    pub sources_failed: u32,
    pub sources_total: u32,
    pub child_restarts: u32,
    pub elapsed_seconds: f64,
    pub bytes_per_second: f64,
    pub seconds_left: f64,
    pub fields_truncated: u64,
    pub rows_copied: u64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_loader_child {
    pub struct_size: u32,
    pub pid: i32,
    pub source: u32,
    pub tasks: u32,
    pub rows_done: u64,
    pub path: *const c_char,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_reject {
    pub struct_size: u32,
    pub code: forebay_status,
    pub source: u32,
    pub column: u32,
    pub line: u64,
    pub byte: u64,
    pub count: u64,
    pub path: [c_char; 512],
    pub reason: [c_char; 264],
    pub text: [c_char; 264],
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_loader_log {
    pub struct_size: u32,
    pub level: u32,
    pub source: u32,
    pub pid: i32,
    pub lost: u64,
    pub text: [c_char; 1032],
}
#[repr(C)]
pub struct forebay_child {
    _opaque: [u8; 0],
    _not_send: PhantomData<(*mut u8, PhantomPinned)>,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_child_task {
    pub struct_size: u32,
    pub descriptor: i32,
    pub source: u32,
    pub reserved: u32,
    pub size: u64,
    pub begin: u64,
    pub line: u64,
    pub first_row: u64,
    pub row_limit: u64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_child_view {
    pub struct_size: u32,
    pub reserved: u32,
    pub data: *mut c_void,
    pub capacity: u64,
    pub row_bytes: u64,
    pub layout: i32,
    pub fields: u32,
}
#[repr(C)]
pub struct forebay_store {
    _opaque: [u8; 0],
    _not_send: PhantomData<(*mut u8, PhantomPinned)>,
}
#[repr(C)]
pub struct forebay_table {
    _opaque: [u8; 0],
    _not_send: PhantomData<(*mut u8, PhantomPinned)>,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_store_options {
    pub struct_size: u32,
    pub mode: u32,
    pub names: u32,
    pub reserved: u32,
    pub durability: u32,
    pub reserved2: u32,
    pub commit_bytes: u64,
    pub commit_rows: u64,
    pub commit_milliseconds: u64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_recover_options {
    pub struct_size: u32,
    pub accept_without_journal: u32,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_recover_result {
    pub struct_size: u32,
    pub action: u32,
    pub commits: u64,
    pub rows: u64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_table_options {
    pub struct_size: u32,
    pub reserved: u32,
    pub chunk_rows: u64,
    pub layout: u32,
    pub reserved_layout: u32,
    pub deflate: u32,
    pub shuffle: u32,
    pub fletcher32: u32,
    pub reserved2: u32,
    pub zstd: u32,
    pub lz4: u32,
    pub blosc: u32,
    pub reserved3: u32,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_table_append_result {
    pub struct_size: u32,
    pub sources_failed: u32,
    pub rows: u64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_table_source {
    pub struct_size: u32,
    pub state: u32,
    pub path: *const c_char,
    pub resolved: *const c_char,
    pub size: u64,
    pub offset: u64,
    pub line: u64,
    pub rows: u64,
    pub rejects: u64,
    pub hash: u64,
    pub skipped: u64,
    pub ahead: u64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_table_info {
    pub struct_size: u32,
    pub rank: u32,
    pub rows: u64,
    pub row_bytes: u64,
    pub chunk_rows: u64,
    pub chunks: u64,
    pub stored_bytes: u64,
    pub layout: u32,
    pub reserved: u32,
    pub deflate: u32,
    pub shuffle: u32,
    pub fletcher32: u32,
    pub reserved2: u32,
    pub zstd: u32,
    pub lz4: u32,
    pub blosc: u32,
    pub reserved3: u32,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_store_info {
    pub struct_size: u32,
    pub journal: u32,
    pub writer: u32,
    pub has_space: u32,
    pub file_bytes: u64,
    pub journal_bytes: u64,
    pub generation: u64,
    pub commit: u64,
    pub waiting_commits: u64,
    pub waiting_bytes: u64,
    pub used_bytes: u64,
    pub left_bytes: u64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_repack_options {
    pub struct_size: u32,
    pub replace: u32,
    pub output: *const c_char,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_repack_result {
    pub struct_size: u32,
    pub tables: u32,
    pub rows: u64,
    pub bytes_before: u64,
    pub bytes_after: u64,
}
#[repr(C)]
pub struct forebay_sniff {
    _opaque: [u8; 0],
    _not_send: PhantomData<(*mut u8, PhantomPinned)>,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_sniff_options {
    pub struct_size: u32,
    pub reserved: u32,
    pub sample_bytes: u64,
    pub also_at: u64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct forebay_sniff_info {
    pub struct_size: u32,
    pub columns: u32,
    pub delimiter: u32,
    pub quote: u32,
    pub header: u32,
    pub skip_rows: u32,
    pub decimal: u32,
    pub confidence: u32,
    pub rows_sampled: u64,
    pub bytes_sampled: u64,
    pub comment: *const c_char,
    pub na: *const c_char,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ArrowArrayStream {
    pub get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    pub get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    pub get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    pub private_data: *mut c_void,
}

extern "C" {
    pub fn forebay_version() -> *const c_char;
    pub fn forebay_abi_version() -> u32;
    pub fn forebay_error_init(err: *mut forebay_error);
    pub fn forebay_status_name(code: forebay_status) -> *const c_char;
    pub fn forebay_status_message(code: forebay_status) -> *const c_char;
    pub fn forebay_dtype_parse(text: *const c_char, out: *mut *mut forebay_dtype, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_dtype_parse_descr(descr: *const c_char, out: *mut *mut forebay_dtype, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_dtype_free(dtype: *mut forebay_dtype);
    pub fn forebay_dtype_text(dtype: *const forebay_dtype) -> *const c_char;
    pub fn forebay_dtype_descr(dtype: *const forebay_dtype) -> *const c_char;
    pub fn forebay_dtype_row_bytes(dtype: *const forebay_dtype) -> u64;
    pub fn forebay_dtype_field_count(dtype: *const forebay_dtype) -> u32;
    pub fn forebay_dtype_is_record(dtype: *const forebay_dtype) -> i32;
    pub fn forebay_dtype_field_at(dtype: *const forebay_dtype, index: u32, out: *mut forebay_dtype_field) -> forebay_status;
    pub fn forebay_dtype_equal(a: *const forebay_dtype, b: *const forebay_dtype) -> i32;
    pub fn forebay_array_provenance_get(array: *const forebay_array, provenance: *mut forebay_array_provenance, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_array_view_get(array: *const forebay_array, view: *mut forebay_array_view, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_array_column_get(array: *const forebay_array, index: u32, column: *mut forebay_array_column, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_array_dtype(array: *const forebay_array) -> *const forebay_dtype;
    pub fn forebay_array_set_rows(array: *mut forebay_array, rows: u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_array_retain(array: *mut forebay_array) -> *mut forebay_array;
    pub fn forebay_array_release(array: *mut forebay_array);
    pub fn forebay_array_share(array: *const forebay_array, descriptor: *mut i32, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_array_attach(descriptor: i32, expected: *const forebay_dtype, out: *mut *mut forebay_array, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_arena_open(quota_bytes: u64, out: *mut *mut forebay_arena, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_arena_close(arena: *mut forebay_arena);
    pub fn forebay_array_lease(arena: *mut forebay_arena, dtype: *const forebay_dtype, rows: u64, out: *mut *mut forebay_array, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_array_lease_columns(arena: *mut forebay_arena, dtype: *const forebay_dtype, rows: u64, out: *mut *mut forebay_array, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_arena_stats_get(arena: *mut forebay_arena, stats: *mut forebay_arena_stats, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_options_init(options: *mut forebay_loader_options);
    pub fn forebay_loader_file_options_init(options: *mut forebay_loader_file_options);
    pub fn forebay_loader_open(dtype: *const forebay_dtype, options: *const forebay_loader_options, out: *mut *mut forebay_loader, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_add_file(loader: *mut forebay_loader, path: *const c_char, options: *const forebay_loader_file_options, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_add_path(loader: *mut forebay_loader, path: *const c_char, options: *const forebay_loader_file_options, added: *mut u32, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_add_descriptor(loader: *mut forebay_loader, descriptor: i32, name: *const c_char, options: *const forebay_loader_file_options, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_next(loader: *mut forebay_loader, timeout_ms: i32, out: *mut *mut forebay_array, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_step(loader: *mut forebay_loader, timeout_ms: i32, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_descriptor(loader: *mut forebay_loader, out: *mut i32, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_cancel(loader: *mut forebay_loader, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_close(loader: *mut forebay_loader);
    pub fn forebay_loader_progress_get(loader: *const forebay_loader, progress: *mut forebay_loader_progress, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_child_get(loader: *const forebay_loader, index: u32, child: *mut forebay_loader_child, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_arena_stats(loader: *mut forebay_loader, stats: *mut forebay_arena_stats, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_source_status(loader: *const forebay_loader, index: u32, rows: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_reject_count(loader: *const forebay_loader, kept: *mut u64, total: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_reject_get(loader: *const forebay_loader, index: u64, reject: *mut forebay_reject, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_source_rejects(loader: *const forebay_loader, index: u32, rejects: *mut u64, skipped: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_source_truncated(loader: *const forebay_loader, index: u32, fields: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_log_next(loader: *mut forebay_loader, log: *mut forebay_loader_log, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_source_path(loader: *const forebay_loader, index: u32) -> *const c_char;
    pub fn forebay_child_main(argc: i32, argv: *mut *mut c_char) -> i32;
    pub fn forebay_child_task_init(task: *mut forebay_child_task);
    pub fn forebay_child_view_init(view: *mut forebay_child_view);
    pub fn forebay_child_attach(out: *mut *mut forebay_child, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_child_log(child: *mut forebay_child, level: u32, text: *const c_char, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_child_close(child: *mut forebay_child);
    pub fn forebay_child_config(child: *const forebay_child, data: *mut *const c_void, bytes: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_child_dtype(child: *const forebay_child) -> *const forebay_dtype;
    pub fn forebay_child_take(child: *mut forebay_child, task: *mut forebay_child_task, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_child_fill(child: *mut forebay_child, view: *mut forebay_child_view, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_child_column_get(child: *const forebay_child, index: u32, column: *mut forebay_array_column, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_child_publish(child: *mut forebay_child, rows: u64, next_offset: u64, next_line: u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_child_finish(child: *mut forebay_child, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_child_fail(child: *mut forebay_child, code: forebay_status, line: u64, byte: u64, column: u32, text: *const c_char, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_options_init(options: *mut forebay_store_options);
    pub fn forebay_store_open(path: *const c_char, options: *const forebay_store_options, out: *mut *mut forebay_store, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_commit(store: *mut forebay_store, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_commit_begin(store: *mut forebay_store, ticket: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_commit_poll(store: *mut forebay_store, timeout_ms: i32, ticket: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_close(store: *mut forebay_store, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_abandon(store: *mut forebay_store);
    pub fn forebay_store_recover(path: *const c_char, options: *const forebay_recover_options, result: *mut forebay_recover_result, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_table_count(store: *const forebay_store) -> u32;
    pub fn forebay_store_table_name(store: *const forebay_store, index: u32) -> *const c_char;
    pub fn forebay_table_options_init(options: *mut forebay_table_options);
    pub fn forebay_table_open(store: *mut forebay_store, name: *const c_char, dtype: *const forebay_dtype, options: *const forebay_table_options, out: *mut *mut forebay_table, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_dtype(table: *const forebay_table) -> *const forebay_dtype;
    pub fn forebay_table_rows(table: *const forebay_table) -> u64;
    pub fn forebay_table_chunk_rows(table: *const forebay_table) -> u64;
    pub fn forebay_table_bytes_copied(table: *const forebay_table) -> u64;
    pub fn forebay_table_append_array(table: *mut forebay_table, array: *mut forebay_array, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_append_rows(table: *mut forebay_table, data: *const c_void, rows: u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_append_loader(table: *mut forebay_table, loader: *mut forebay_loader, result: *mut forebay_table_append_result, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_append_loader_step(table: *mut forebay_table, loader: *mut forebay_loader, timeout_ms: i32, result: *mut forebay_table_append_result, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_append_rejects(store: *mut forebay_store, loader: *mut forebay_loader, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_reject_count(store: *mut forebay_store, count: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_reject_get(store: *mut forebay_store, index: u64, reject: *mut forebay_reject, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_resume(loader: *mut forebay_loader, table: *mut forebay_table, source: u32, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_consume(table: *mut forebay_table, loader: *mut forebay_loader, array: *const forebay_array, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_source_get(table: *mut forebay_table, index: u32, source: *mut forebay_table_source, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_read(table: *mut forebay_table, first: u64, rows: u64, data: *mut c_void, read: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_read_column(table: *mut forebay_table, index: u32, first: u64, rows: u64, data: *mut c_void, read: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_set_text(table: *mut forebay_table, name: *const c_char, text: *const c_char, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_set_number(table: *mut forebay_table, name: *const c_char, value: f64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_get_text(table: *mut forebay_table, name: *const c_char, buffer: *mut c_char, size: u64, needed: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_get_number(table: *mut forebay_table, name: *const c_char, value: *mut f64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_table_attribute_count(table: *mut forebay_table) -> u32;
    pub fn forebay_table_attribute_name(table: *mut forebay_table, index: u32) -> *const c_char;
    pub fn forebay_table_info_get(table: *mut forebay_table, info: *mut forebay_table_info, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_refresh(store: *mut forebay_store, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_verify(store: *mut forebay_store, rows: *mut u64, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_info_get(path: *const c_char, info: *mut forebay_store_info, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_store_repack(path: *const c_char, options: *const forebay_repack_options, result: *mut forebay_repack_result, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_sniff_options_init(options: *mut forebay_sniff_options);
    pub fn forebay_sniff_file(path: *const c_char, known: *const forebay_loader_options, options: *const forebay_sniff_options, out: *mut *mut forebay_sniff, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_sniff_free(sniff: *mut forebay_sniff);
    pub fn forebay_sniff_info_get(sniff: *const forebay_sniff, info: *mut forebay_sniff_info, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_sniff_dtype(sniff: *const forebay_sniff) -> *const forebay_dtype;
    pub fn forebay_sniff_dtype_text(sniff: *const forebay_sniff) -> *const c_char;
    pub fn forebay_sniff_note(sniff: *const forebay_sniff, index: u32) -> *const c_char;
    pub fn forebay_sniff_apply(sniff: *const forebay_sniff, options: *mut forebay_loader_options, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_dtype_export_arrow(dtype: *const forebay_dtype, field: u32, out: *mut ArrowSchema, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_array_export_arrow(array: *mut forebay_array, field: u32, out: *mut ArrowArray, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_loader_export_arrow(loader: *mut forebay_loader, out: *mut ArrowArrayStream, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_array_export_dlpack(array: *mut forebay_array, field: u32, out: *mut *mut DLManagedTensorVersioned, err: *mut forebay_error) -> forebay_status;
    pub fn forebay_array_export_dlpack_unversioned(array: *mut forebay_array, field: u32, out: *mut *mut DLManagedTensor, err: *mut forebay_error) -> forebay_status;
}
