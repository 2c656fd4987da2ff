//! Options of a load, by the names of the C interface.

use crate::array::Layout;
use crate::call::{c_text, sized};
use crate::dtype::Dtype;
use crate::error::Result;
use crate::loader::Loader;
use forebay_sys as sys;
use std::ffi::{CString, OsString};
use std::os::raw::c_char;
use std::os::unix::ffi::OsStringExt;
use std::ptr::null;
use std::time::Duration;

macro_rules! choices {
    ($($(#[$about:meta])* $name:ident { $($(#[$value_about:meta])* $value:ident = $constant:ident,)* })*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$value_about])* $value,)*
        }

        impl $name {
            pub(crate) fn value(self) -> u32 {
                match self {
                    $($name::$value => sys::$constant,)*
                }
            }
        }
    )*};
}
pub(crate) use choices;

choices! {
    /// What becomes of a row that cannot be read.
    OnError {
        /// Its source fails there (default).
        Fail = FOREBAY_LOADER_ON_ERROR_FAIL,
        /// It is passed over, and listed: [`Loader::rejects`].
        Skip = FOREBAY_LOADER_ON_ERROR_SKIP,
        /// A bad field is filled, as `fill` says or else with NaN and the like, and listed.
        Null = FOREBAY_LOADER_ON_ERROR_NULL,
    }
    /// What a % in a number means.
    Percent {
        /// An error (default).
        Off = FOREBAY_LOADER_PERCENT_OFF,
        /// 12.5% is 0.125.
        Fraction = FOREBAY_LOADER_PERCENT_FRACTION,
        /// 12.5% is 12.5.
        Number = FOREBAY_LOADER_PERCENT_NUMBER,
    }
    /// How strings are encoded.
    Encoding {
        /// They are bytes and stay as they are (default).
        Bytes = FOREBAY_LOADER_ENCODING_BYTES,
        /// One that is not UTF-8 is an error.
        Utf8 = FOREBAY_LOADER_ENCODING_UTF8,
        /// The file is in Latin-1; strings become UTF-8.
        Latin1 = FOREBAY_LOADER_ENCODING_LATIN1,
    }
    /// What becomes of a string longer than its field.
    Overlong {
        /// An error (default).
        Fail = FOREBAY_LOADER_OVERLONG_FAIL,
        /// It is cut, and counted: [`Loader::source_truncated`].
        Truncate = FOREBAY_LOADER_OVERLONG_TRUNCATE,
    }
    /// The order of arrays.
    Order {
        /// All of the first source, then all of the second (default).
        Source = FOREBAY_LOADER_ORDER_SOURCE,
        /// No source waits for another; those of one source come in order.
        Any = FOREBAY_LOADER_ORDER_ANY,
    }
    /// What an array holds.
    Batch {
        /// The rows of a table's chunk (default).
        Chunk = FOREBAY_LOADER_BATCH_CHUNK,
        /// `batch_rows` rows (default if that is set).
        Rows = FOREBAY_LOADER_BATCH_ROWS,
        /// All rows of its source, which the quota must have room for.
        Source = FOREBAY_LOADER_BATCH_SOURCE,
    }
}

/// Options of a loader. Nothing is decided here: what is wrong is refused by [`open`](LoaderOptions::open).
///
/// ```
/// let dtype = forebay::Dtype::parse("price:f8,sold:?")?;
/// let loader = forebay::LoaderOptions::new()
///     .delimiter(';')
///     .header(true)
///     .columns("price,sold")
///     .decimal(',')
///     .na("NA")
///     .open(&dtype)?;
/// # Ok::<(), forebay::Error>(())
/// ```
#[derive(Clone)]
pub struct LoaderOptions {
    /// Invariant: all pointers are NULL; `with_raw` sets them from the texts below.
    raw: sys::forebay_loader_options,
    texts: [Option<Vec<u8>>; TEXTS],
    child_argv: Vec<Vec<u8>>,
    child_config: Vec<u8>,
}

// Safety: the pointers in `raw` are NULL.
unsafe impl Send for LoaderOptions {}
unsafe impl Sync for LoaderOptions {}

const TEXTS: usize = 7;
const NAMES: [&str; TEXTS] = [
    "comment",
    "columns",
    "program",
    "na",
    "fill",
    "true_words",
    "false_words",
];

/// The pointers of the struct, in the order of `NAMES`.
fn pointers(raw: &mut sys::forebay_loader_options) -> [&mut *const c_char; TEXTS] {
    [
        &mut raw.comment,
        &mut raw.columns,
        &mut raw.program,
        &mut raw.na,
        &mut raw.fill,
        &mut raw.true_words,
        &mut raw.false_words,
    ]
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).max(1)
}

macro_rules! numbers {
    ($($(#[$about:meta])* $name:ident: $type:ty,)*) => {$(
        $(#[$about])*
        pub fn $name(mut self, $name: $type) -> Self {
            self.raw.$name = $name;
            self
        }
    )*};
}

macro_rules! characters {
    ($($(#[$about:meta])* $name:ident,)*) => {$(
        $(#[$about])*
        pub fn $name(mut self, character: char) -> Self {
            self.raw.$name = character as u32;
            self
        }
    )*};
}

macro_rules! texts {
    ($($(#[$about:meta])* $name:ident = $place:literal,)*) => {$(
        $(#[$about])*
        pub fn $name(mut self, text: impl AsRef<str>) -> Self {
            self.texts[$place] = Some(text.as_ref().as_bytes().to_vec());
            self
        }
    )*};
}

macro_rules! enums {
    ($($(#[$about:meta])* $name:ident: $type:ty,)*) => {$(
        $(#[$about])*
        pub fn $name(mut self, $name: $type) -> Self {
            self.raw.$name = $name.value();
            self
        }
    )*};
}

macro_rules! times {
    ($($(#[$about:meta])* $name:ident = $field:ident,)*) => {$(
        $(#[$about])*
        pub fn $name(mut self, time: Duration) -> Self {
            self.raw.$field = milliseconds(time);
            self
        }
    )*};
}

impl Default for LoaderOptions {
    fn default() -> LoaderOptions {
        LoaderOptions {
            raw: sized(),
            texts: Default::default(),
            child_argv: Vec::new(),
            child_config: Vec::new(),
        }
    }
}

impl LoaderOptions {
    /// The defaults.
    pub fn new() -> LoaderOptions {
        LoaderOptions::default()
    }

    numbers! {
        /// Most child processes at a time. Default: one for each usable processor.
        children: u32,
        /// Quota of the shared memory. Default 256 MiB.
        memory_bytes: u64,
        /// Rows of an array. Default: as many as fill about 1 MiB.
        batch_rows: u64,
        /// Bytes of a file that a child takes at a time. Default 4 MiB.
        split_bytes: u64,
        /// Physical lines to skip at the top of each file, before the header.
        skip_rows: u32,
        /// Rejects to keep with reason and text. Default 1,000.
        keep_rejects: u32,
        /// Rejects that each file may have: with the next one it fails. Default: as many as there are.
        max_errors: u64,
    }

    characters! {
        /// The character between columns. Default: any run of spaces and tabs.
        delimiter,
        /// The character around fields. Default `"` when the delimiter is a character.
        quote,
        /// The decimal point. Default `.`.
        decimal,
        /// The character between groups of three digits. Default: none.
        thousands,
    }

    texts! {
        /// A line that begins with this is skipped.
        comment = 0,
        /// The columns to read, in the order of the dtype: numbers from 1 or names of the header, as in "1,3-26,name".
        columns = 1,
        /// Texts that stand for a missing value, separated by commas: `NA,-,""`.
        na = 3,
        /// What is stored for a missing value: `pos:-1,f8:nan`, of fields, types or kinds.
        fill = 4,
        /// Texts for true, instead of 1, t and true.
        true_words = 5,
        /// Texts for false, instead of 0, f and false.
        false_words = 6,
    }

    enums! {
        /// What becomes of a row that cannot be read.
        on_error: OnError,
        /// What a % in a number means.
        percent: Percent,
        /// How strings are encoded.
        encoding: Encoding,
        /// What becomes of a string longer than its field.
        overlong: Overlong,
        /// How the fields of the arrays lie in memory.
        layout: Layout,
        /// The order of arrays.
        order: Order,
        /// What an array holds.
        batch: Batch,
    }

    times! {
        /// A child must report within this time. Default 30 s.
        start_timeout = start_timeout_ms,
        /// A child at work must report within this time. Default 60 s.
        progress_timeout = progress_timeout_ms,
        /// The whole load must end within this time. Default: no limit.
        total_timeout = total_timeout_ms,
    }

    /// Any run of spaces and tabs is between columns (the default).
    pub fn delimiter_blanks(mut self) -> Self {
        self.raw.delimiter = sys::FOREBAY_LOADER_DELIMITER_BLANKS;
        self
    }

    /// Quotes are ordinary characters.
    pub fn quote_off(mut self) -> Self {
        self.raw.quote = sys::FOREBAY_LOADER_QUOTE_OFF;
        self
    }

    /// Whether the first row names the columns. Default: no.
    pub fn header(mut self, header: bool) -> Self {
        self.raw.header = 1 + u32::from(header);
        self
    }

    /// Whether 0x1F in a column of integers is 31. Default: an error.
    pub fn hex(mut self, hex: bool) -> Self {
        self.raw.hex = 1 + u32::from(hex);
        self
    }

    /// How often a source is tried again after its child died. Default 1.
    pub fn retries(mut self, retries: u32) -> Self {
        self.raw.retries = if retries == 0 {
            sys::FOREBAY_LOADER_RETRIES_NONE
        } else {
            retries
        };
        self
    }

    /// Whether children share this process's standard error. Default: what they print is dropped.
    pub fn child_output(mut self, inherit: bool) -> Self {
        self.raw.child_output = 1 + u32::from(inherit);
        self
    }

    /// The child program. Default: `$FOREBAY_LOADER`, next to the library, the installed path.
    pub fn program(mut self, path: impl Into<OsString>) -> Self {
        self.texts[2] = Some(path.into().into_vec());
        self
    }

    /// A child program of your own instead of the built-in one, and its arguments: see [`child`](mod@crate::child). Files are
    /// handed to it whole, and the text options are not looked at.
    pub fn child_argv<W: Into<OsString>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.child_argv = words
            .into_iter()
            .map(|word| word.into().into_vec())
            .collect();
        self
    }

    /// Bytes for that program: [`Source::config`](crate::child::Source::config).
    pub fn child_config(mut self, config: impl Into<Vec<u8>>) -> Self {
        self.child_config = config.into();
        self
    }

    /// Opens a loader for rows of `dtype`. [`Code::Argument`](crate::Code::Argument) if an option is wrong, or `memory_bytes`
    /// too small for four arrays; [`Code::NotFound`](crate::Code::NotFound) if there is no child program.
    pub fn open(&self, dtype: &Dtype) -> Result<Loader> {
        self.with_raw(|raw| Loader::open_raw(dtype, raw))
    }

    /// Calls with the struct that C takes, whose texts live as long as the call.
    pub(crate) fn with_raw<T>(
        &self,
        function: impl FnOnce(&sys::forebay_loader_options) -> Result<T>,
    ) -> Result<T> {
        let mut texts: [Option<CString>; TEXTS] = Default::default();
        let mut raw = self.raw;
        for (place, pointer) in pointers(&mut raw).into_iter().enumerate() {
            if let Some(bytes) = &self.texts[place] {
                let text = c_text(NAMES[place], bytes)?;
                *pointer = texts[place].insert(text).as_ptr();
            }
        }
        let mut words = Vec::new();
        for word in &self.child_argv {
            words.push(c_text("child_argv", word)?);
        }
        let mut argv: Vec<*const c_char> = words.iter().map(|word| word.as_ptr()).collect();
        argv.push(null());
        if !words.is_empty() {
            raw.child_argv = argv.as_ptr();
        }
        if !self.child_config.is_empty() {
            raw.child_config = self.child_config.as_ptr().cast();
            raw.child_config_bytes = self.child_config.len() as u64;
        }
        function(&raw)
    }

    /// These options with those that `fill` sets: strings are copied out of the struct.
    pub(crate) fn filled(
        &self,
        fill: impl FnOnce(&mut sys::forebay_loader_options) -> Result<()>,
    ) -> Result<LoaderOptions> {
        let mut out = self.clone();
        self.with_raw(|given| {
            let mut raw = *given;
            fill(&mut raw)?;
            for (place, pointer) in pointers(&mut raw).into_iter().enumerate() {
                // Safety: NULL, or a text of the caller's or of the guess.
                let text = unsafe { crate::call::path_at(*pointer) };
                out.texts[place] = text.map(|text| text.into_os_string().into_vec());
                *pointer = null();
            }
            raw.child_argv = null();
            raw.child_config = null();
            raw.child_config_bytes = 0;
            out.raw = raw;
            Ok(())
        })?;
        Ok(out)
    }
}
