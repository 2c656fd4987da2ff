//! Failures: what went wrong, and where.

use crate::call::{bytes_of, path_of, text_of};
use forebay_sys as sys;
use std::fmt;
use std::path::{Path, PathBuf};

/// Outcome of a call of this crate.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! codes {
    ($($(#[$about:meta])* $name:ident = $value:ident,)*) => {
        /// What kind of failure it is. More may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$about])* $name,)*
            /// A code that this crate does not know.
            Unknown(i32),
        }

        impl Code {
            /// The code of a status of the library.
            pub fn from_status(status: i32) -> Code {
                match status {
                    $(sys::$value => Code::$name,)*
                    other => Code::Unknown(other),
                }
            }

            /// The status as the library has it, such as -42.
            pub fn status(self) -> i32 {
                match self {
                    $(Code::$name => sys::$value,)*
                    Code::Unknown(other) => other,
                }
            }
        }
    };
}

codes! {
    /// An argument or option is wrong.
    Argument = FOREBAY_E_ARGUMENT,
    /// This crate uses something that the library does not know.
    Version = FOREBAY_E_VERSION,
    /// A dtype is not well formed.
    Dtype = FOREBAY_E_DTYPE,
    /// Dtype or shape differ from what is there.
    Mismatch = FOREBAY_E_MISMATCH,
    /// Memory could not be had.
    Memory = FOREBAY_E_MEMORY,
    /// The program holds all arrays that the quota allows: drop some, or raise `memory_bytes`.
    Full = FOREBAY_E_FULL,
    /// The disk is full.
    NoSpace = FOREBAY_E_NOSPC,
    /// A limit of the system or of a format was reached.
    Limit = FOREBAY_E_LIMIT,
    /// Input or output failed.
    Io = FOREBAY_E_IO,
    /// No such file.
    NotFound = FOREBAY_E_NOT_FOUND,
    /// Permission was denied.
    Permission = FOREBAY_E_PERMISSION,
    /// It exists already.
    Exists = FOREBAY_E_EXISTS,
    /// Another process uses it, or its rows are on their way to a file.
    Busy = FOREBAY_E_BUSY,
    /// Whether a commit is on the disk is not known; the next opening decides.
    CommitUnknown = FOREBAY_E_COMMIT_UNKNOWN,
    /// The file is damaged or of another format.
    Format = FOREBAY_E_FORMAT,
    /// The HDF5 file was not made by forebay.
    Foreign = FOREBAY_E_FOREIGN,
    /// A value cannot be read as its type.
    Value = FOREBAY_E_VALUE,
    /// A row has too few or too many columns.
    Columns = FOREBAY_E_COLUMNS,
    /// The input ends too early.
    Truncated = FOREBAY_E_TRUNCATED,
    /// The journal of a file that was not closed is missing.
    Journal = FOREBAY_E_JOURNAL,
    /// A source is not what it was when its rows were stored.
    Changed = FOREBAY_E_CHANGED,
    /// A child process ended.
    Child = FOREBAY_E_CHILD,
    /// A child process made no progress, or the whole load took too long.
    Timeout = FOREBAY_E_TIMEOUT,
    /// A child process broke the protocol.
    Protocol = FOREBAY_E_PROTOCOL,
    /// A child process could not be started.
    Spawn = FOREBAY_E_SPAWN,
    /// The call does not fit the object's state.
    State = FOREBAY_E_STATE,
    /// The work was cancelled.
    Cancelled = FOREBAY_E_CANCELLED,
    /// An earlier failure made the object unusable.
    Poisoned = FOREBAY_E_POISONED,
    /// A fault of the library itself.
    Internal = FOREBAY_E_INTERNAL,
}

/// A failure of the library. Its text names file, place, cause and what to do.
///
/// ```
/// let error = forebay::Dtype::parse("pos:i3").unwrap_err();
/// assert_eq!(error.code(), forebay::Code::Dtype);
/// assert_eq!(error.column(), Some(5)); // the place in the text
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    code: Code,
    message: String,
    path: Option<PathBuf>,
    line: Option<u64>,
    column: Option<u32>,
    byte: Option<u64>,
    source: Option<u32>,
    os_errno: Option<i32>,
}

fn non_zero<T: PartialEq + From<u8>>(value: T) -> Option<T> {
    if value == T::from(0) {
        None
    } else {
        Some(value)
    }
}

pub(crate) fn source_of(index: u32) -> Option<u32> {
    if index == sys::FOREBAY_NO_SOURCE {
        None
    } else {
        Some(index)
    }
}

impl Error {
    pub(crate) fn from_record(status: i32, record: &sys::forebay_error) -> Error {
        let path = bytes_of(&record.path);
        Error(Box::new(Inner {
            code: Code::from_status(status),
            message: text_of(&record.message),
            path: if path.is_empty() {
                None
            } else {
                Some(path_of(path))
            },
            line: non_zero(record.line),
            column: non_zero(record.column),
            byte: if record.byte == u64::MAX {
                None
            } else {
                Some(record.byte)
            },
            source: source_of(record.source),
            os_errno: if record.os_errno == 0 {
                None
            } else {
                Some(record.os_errno)
            },
        }))
    }

    /// A failure that this crate found itself.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Error {
        let (path, line, column, byte, source, os_errno) = (None, None, None, None, None, None);
        let message = message.into();
        Error(Box::new(Inner {
            code,
            message,
            path,
            line,
            column,
            byte,
            source,
            os_errno,
        }))
    }

    /// What kind of failure it is.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// One line: file, place, cause and what to do.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The file concerned.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Line in the input, from 1.
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// Number of the column in the input, from 1; for a dtype the place in its text.
    pub fn column(&self) -> Option<u32> {
        self.0.column
    }

    /// Offset in the (decompressed) input.
    pub fn byte(&self) -> Option<u64> {
        self.0.byte
    }

    /// Index of the source in the loader.
    pub fn source_index(&self) -> Option<u32> {
        self.0.source
    }

    /// errno of the system call that failed.
    pub fn os_errno(&self) -> Option<i32> {
        self.0.os_errno
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}: {}", self.0.code, self.0.message)
    }
}

impl std::error::Error for Error {}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> std::io::Error {
        use std::io::ErrorKind;
        let kind = match error.code() {
            Code::NotFound => ErrorKind::NotFound,
            Code::Permission => ErrorKind::PermissionDenied,
            Code::Exists => ErrorKind::AlreadyExists,
            Code::Argument | Code::Dtype | Code::Mismatch => ErrorKind::InvalidInput,
            Code::Value | Code::Columns | Code::Format | Code::Foreign => ErrorKind::InvalidData,
            Code::Truncated => ErrorKind::UnexpectedEof,
            Code::Timeout => ErrorKind::TimedOut,
            Code::Memory | Code::Full => ErrorKind::OutOfMemory,
            _ => ErrorKind::Other,
        };
        std::io::Error::new(kind, error)
    }
}
