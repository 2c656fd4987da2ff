//! What a loader tells about its work.

use crate::call::{bytes_of, path_of, text_of};
use crate::error::{source_of, Code};
use forebay_sys as sys;
use std::path::PathBuf;
use std::time::Duration;

/// How far a load is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Children alive.
    pub children: u32,
    /// Bytes of input files parsed.
    pub bytes_done: u64,
    /// Size of all files that could be looked at.
    pub bytes_total: u64,
    /// Rows parsed.
    pub rows_done: u64,
    /// Sources finished, the failed ones too.
    pub sources_done: u32,
    /// Of these, failed.
    pub sources_failed: u32,
    /// Sources added.
    pub sources_total: u32,
    /// Children started in place of one that died.
    pub child_restarts: u32,
    /// Since the first work.
    pub elapsed: Duration,
    /// Mean rate.
    pub bytes_per_second: f64,
    /// Estimated; `None`: not known yet.
    pub left: Option<Duration>,
    /// Strings cut to fit their fields, in the rows delivered so far.
    pub fields_truncated: u64,
    /// Rows that were copied because a part of a file ended inside an array.
    pub rows_copied: u64,
}

fn seconds(value: f64) -> Duration {
    Duration::from_millis((value * 1000.0).max(0.0) as u64)
}

impl Progress {
    pub(crate) fn from_raw(raw: &sys::forebay_loader_progress) -> Progress {
        Progress {
            children: raw.children,
            bytes_done: raw.bytes_done,
            bytes_total: raw.bytes_total,
            rows_done: raw.rows_done,
            sources_done: raw.sources_done,
            sources_failed: raw.sources_failed,
            sources_total: raw.sources_total,
            child_restarts: raw.child_restarts,
            elapsed: seconds(raw.elapsed_seconds),
            bytes_per_second: raw.bytes_per_second,
            left: if raw.seconds_left < 0.0 {
                None
            } else {
                Some(seconds(raw.seconds_left))
            },
            fields_truncated: raw.fields_truncated,
            rows_copied: raw.rows_copied,
        }
    }
}

/// What one child does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChildState {
    /// Process id; `None` when it is not running.
    pub pid: Option<i32>,
    /// Index of the source it works on.
    pub source: Option<u32>,
    /// Path of that source.
    pub path: Option<PathBuf>,
    /// Tasks handed to it.
    pub tasks: u32,
    /// Rows it has parsed.
    pub rows_done: u64,
}

impl ChildState {
    /// # Safety
    /// `raw.path` is NULL or a string.
    pub(crate) unsafe fn from_raw(raw: &sys::forebay_loader_child) -> ChildState {
        ChildState {
            pid: if raw.pid == 0 { None } else { Some(raw.pid) },
            source: source_of(raw.source),
            path: unsafe { crate::call::path_at(raw.path) }
                .filter(|path| !path.as_os_str().is_empty()),
            tasks: raw.tasks,
            rows_done: raw.rows_done,
        }
    }
}

/// A row that was passed over, or a field that was filled, because it could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reject {
    /// What was wrong.
    pub code: Code,
    /// Index of the source in the loader that met it.
    pub source: Option<u32>,
    /// The file; a long path keeps its end.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: u64,
    /// Number of the column, from 1.
    pub column: u32,
    /// Offset in the (decompressed) input.
    pub byte: u64,
    /// Cause, field and what to do.
    pub reason: String,
    /// The row as it stands in the input, cut after 256 bytes.
    pub text: String,
    /// 1; in a store also more: rejects of the source that were only counted.
    pub count: u64,
}

impl Reject {
    pub(crate) fn from_raw(raw: &sys::forebay_reject) -> Reject {
        Reject {
            code: Code::from_status(raw.code),
            source: source_of(raw.source),
            path: path_of(bytes_of(&raw.path)),
            line: raw.line,
            column: raw.column,
            byte: raw.byte,
            reason: text_of(&raw.reason),
            text: text_of(&raw.text),
            count: raw.count,
        }
    }
}

/// Weight of a [`Note`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever writes the child program.
    Debug,
    /// What it does.
    Info,
    /// Something to look at; the rows are good.
    Warning,
    /// Something failed.
    Error,
}

impl Level {
    pub(crate) fn value(self) -> u32 {
        self as u32 + sys::FOREBAY_CHILD_LOG_DEBUG
    }
}

/// A note that a child program of one's own sent: [`Source::log`](crate::child::Source::log).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// Its weight.
    pub level: Level,
    /// One line.
    pub text: String,
    /// Index of the source that the child was at.
    pub source: Option<u32>,
    /// Process id of the child.
    pub pid: i32,
    /// Notes before it that were dropped because nobody took them.
    pub lost: u64,
}

impl Note {
    pub(crate) fn from_raw(raw: &sys::forebay_loader_log) -> Note {
        let level = match raw.level {
            sys::FOREBAY_CHILD_LOG_DEBUG => Level::Debug,
            sys::FOREBAY_CHILD_LOG_INFO => Level::Info,
            sys::FOREBAY_CHILD_LOG_WARNING => Level::Warning,
            _ => Level::Error,
        };
        let (source, text) = (source_of(raw.source), text_of(&raw.text));
        Note {
            level,
            text,
            source,
            pid: raw.pid,
            lost: raw.lost,
        }
    }
}
