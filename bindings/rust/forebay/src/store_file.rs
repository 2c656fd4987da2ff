//! Whole files: what is known of one, recovery, repacking.

use crate::call::{c_path, sized};
use crate::error::Result;
use crate::store::call_hdf5;
use forebay_sys as sys;
use std::ffi::CString;
use std::path::{Path, PathBuf};

/// What the journal beside a file is to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JournalState {
    /// The file is closed, there is no journal.
    None,
    /// The file is closed, the journal has nothing for it.
    Left,
    /// The writer died: its commits wait for the next opening or a recovery.
    Waiting,
    /// A writer has the file open.
    Live,
    /// The writer died, and its journal is not there: the file is refused.
    Missing,
    /// The writer died, and its journal is not whole or another file's: the file is refused.
    Damaged,
    /// Another program marked the file as closed although the journal has commits.
    Conflict,
}

/// What is known of a file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreInfo {
    /// What the journal is to the file.
    pub journal: JournalState,
    /// Process that has the file open, as far as it is known.
    pub writer: Option<u32>,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of the journal.
    pub journal_bytes: u64,
    /// Of the journal: one more at each checkpoint.
    pub generation: u64,
    /// Number of the journal's newest commit.
    pub commit: u64,
    /// Commits in the journal since its last checkpoint.
    pub waiting_commits: u64,
    /// Bytes that they take there.
    pub waiting_bytes: u64,
    /// Of the file: what the newest commit reaches, and what it does not; `None` if it cannot be read.
    pub space: Option<(u64, u64)>,
}

/// Looks at a file and its journal, also at one that cannot be opened. Changes nothing.
pub fn store_info(path: impl AsRef<Path>) -> Result<StoreInfo> {
    let path = c_path(path.as_ref())?;
    let mut raw: sys::forebay_store_info = sized();
    call_hdf5(|error| unsafe { sys::forebay_store_info_get(path.as_ptr(), &mut raw, error) })?;
    Ok(StoreInfo {
        journal: match raw.journal {
            sys::FOREBAY_STORE_JOURNAL_NONE => JournalState::None,
            sys::FOREBAY_STORE_JOURNAL_LEFT => JournalState::Left,
            sys::FOREBAY_STORE_JOURNAL_WAITING => JournalState::Waiting,
            sys::FOREBAY_STORE_JOURNAL_LIVE => JournalState::Live,
            sys::FOREBAY_STORE_JOURNAL_MISSING => JournalState::Missing,
            sys::FOREBAY_STORE_JOURNAL_DAMAGED => JournalState::Damaged,
            _ => JournalState::Conflict,
        },
        writer: if raw.writer == 0 {
            None
        } else {
            Some(raw.writer)
        },
        file_bytes: raw.file_bytes,
        journal_bytes: raw.journal_bytes,
        generation: raw.generation,
        commit: raw.commit,
        waiting_commits: raw.waiting_commits,
        waiting_bytes: raw.waiting_bytes,
        space: if raw.has_space == 1 {
            Some((raw.used_bytes, raw.left_bytes))
        } else {
            None
        },
    })
}

/// Options of [`recover`].
#[derive(Debug, Clone, Copy, Default)]
pub struct RecoverOptions {
    accept_without_journal: bool,
}

impl RecoverOptions {
    /// The defaults.
    pub fn new() -> RecoverOptions {
        RecoverOptions::default()
    }

    /// Whether a file whose journal is lost is taken as it is, if every chunk of it can be read.
    pub fn accept_without_journal(mut self, accept: bool) -> Self {
        self.accept_without_journal = accept;
        self
    }
}

/// What a recovery did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recovery {
    /// The file was closed.
    Nothing,
    /// The commits in its journal were taken in.
    Replayed,
    /// It was taken as it was, without a journal.
    Accepted,
}

/// What [`recover`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// In short.
    pub action: Recovery,
    /// Commits taken from the journal.
    pub commits: u64,
    /// Rows that were read to accept the file.
    pub rows: u64,
}

/// Makes a plain, closed HDF5 file of one whose writer died, with the rows of its last commit. Opening it for writing does the
/// same and goes on.
pub fn recover(path: impl AsRef<Path>, options: &RecoverOptions) -> Result<Recovered> {
    let path = c_path(path.as_ref())?;
    let mut given: sys::forebay_recover_options = sized();
    given.accept_without_journal = u32::from(options.accept_without_journal);
    let mut raw: sys::forebay_recover_result = sized();
    call_hdf5(|error| unsafe {
        sys::forebay_store_recover(path.as_ptr(), &given, &mut raw, error)
    })?;
    let action = match raw.action {
        sys::FOREBAY_RECOVER_REPLAYED => Recovery::Replayed,
        sys::FOREBAY_RECOVER_ACCEPTED => Recovery::Accepted,
        _ => Recovery::Nothing,
    };
    Ok(Recovered {
        action,
        commits: raw.commits,
        rows: raw.rows,
    })
}

/// Options of [`repack`].
#[derive(Debug, Clone, Default)]
pub struct RepackOptions {
    output: Option<PathBuf>,
    replace: bool,
}

impl RepackOptions {
    /// The defaults.
    pub fn new() -> RepackOptions {
        RepackOptions::default()
    }

    /// Where to write the packed file. Default: in place of the old one.
    pub fn output(mut self, output: impl Into<PathBuf>) -> Self {
        self.output = Some(output.into());
        self
    }

    /// Whether `output` is replaced if it is there.
    pub fn replace(mut self, replace: bool) -> Self {
        self.replace = replace;
        self
    }
}

/// What [`repack`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repacked {
    /// Tables of the file.
    pub tables: u32,
    /// Rows in them.
    pub rows: u64,
    /// Bytes of the old file.
    pub bytes_before: u64,
    /// Bytes of the new one.
    pub bytes_after: u64,
}

/// Writes a file anew without the space that was left behind in it. Whatever happens, the old or the new one is there, whole.
pub fn repack(path: impl AsRef<Path>, options: &RepackOptions) -> Result<Repacked> {
    let path = c_path(path.as_ref())?;
    let output: Option<CString> = options.output.as_deref().map(c_path).transpose()?;
    let mut given: sys::forebay_repack_options = sized();
    given.replace = u32::from(options.replace);
    if let Some(output) = &output {
        given.output = output.as_ptr();
    }
    let mut raw: sys::forebay_repack_result = sized();
    call_hdf5(|error| unsafe {
        sys::forebay_store_repack(path.as_ptr(), &given, &mut raw, error)
    })?;
    Ok(Repacked {
        tables: raw.tables,
        rows: raw.rows,
        bytes_before: raw.bytes_before,
        bytes_after: raw.bytes_after,
    })
}
