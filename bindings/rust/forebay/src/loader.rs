//! Loading: child processes parse files, arrays come out.

use crate::arena::ArenaStats;
use crate::array::Array;
use crate::arrow::ArrowStream;
use crate::call::{c_path, c_text, call, path_at, sized, AGAIN, END, NONE, OK};
use crate::dtype::Dtype;
use crate::error::{Code, Error, Result};
use crate::loader_options::{choices, LoaderOptions};
use crate::report::{ChildState, Note, Progress, Reject};
use forebay_sys as sys;
use std::ffi::CString;
use std::marker::PhantomData;
use std::os::unix::io::{AsRawFd, RawFd};
use std::path::{Path, PathBuf};
use std::ptr::{null_mut, NonNull};
use std::time::Duration;

choices! {
    /// What a file is.
    FileFormat {
        /// What the first bytes tell (default); never raw.
        Auto = FOREBAY_LOADER_FORMAT_AUTO,
        /// Text, compressed or not.
        Text = FOREBAY_LOADER_FORMAT_TEXT,
        /// An array of numpy.save.
        Npy = FOREBAY_LOADER_FORMAT_NPY,
        /// An array in a file of numpy.savez.
        Npz = FOREBAY_LOADER_FORMAT_NPZ,
        /// Packed rows of the dtype and nothing else, behind `header_bytes`.
        Raw = FOREBAY_LOADER_FORMAT_RAW,
    }
}

/// Options of one file.
#[derive(Debug, Clone, Default)]
pub struct FileOptions {
    max_rows: u64,
    header_bytes: u64,
    member: Option<String>,
    format: Option<FileFormat>,
}

impl FileOptions {
    /// The defaults.
    pub fn new() -> FileOptions {
        FileOptions::default()
    }

    /// Stop after this many rows of the file.
    pub fn max_rows(mut self, max_rows: u64) -> Self {
        self.max_rows = max_rows;
        self
    }

    /// Bytes before the first row of a raw file.
    pub fn header_bytes(mut self, header_bytes: u64) -> Self {
        self.header_bytes = header_bytes;
        self
    }

    /// The array of an .npz file to read.
    pub fn member(mut self, member: impl Into<String>) -> Self {
        self.member = Some(member.into());
        self
    }

    /// What the file is.
    pub fn format(mut self, format: FileFormat) -> Self {
        self.format = Some(format);
        self
    }

    fn with_raw<T>(
        &self,
        function: impl FnOnce(&sys::forebay_loader_file_options) -> Result<T>,
    ) -> Result<T> {
        let mut raw: sys::forebay_loader_file_options = sized();
        raw.max_rows = self.max_rows;
        raw.header_bytes = self.header_bytes;
        raw.format = self.format.map_or(0, FileFormat::value);
        let member: Option<CString> = match &self.member {
            Some(member) => Some(c_text("member", member.as_bytes())?),
            None => None,
        };
        if let Some(member) = &member {
            raw.member = member.as_ptr();
        }
        function(&raw)
    }
}

/// Loads the files that paths stand for, with the default options: see [`Loader::add`].
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("forebay-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("a.txt");
/// std::fs::write(&path, "chr1 10\nchr1 20\n")?;
/// forebay::row! { struct Site { chr: [u8; 10], pos: i32 } }
/// let mut sum = 0;
/// for array in forebay::load([&path], &forebay::dtype_of::<Site>())? {
///     sum += array?.rows::<Site>()?.iter().map(|row| row.pos).sum::<i32>();
/// }
/// assert_eq!(sum, 30);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn load<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>, dtype: &Dtype) -> Result<Loader> {
    load_with(paths, dtype, &LoaderOptions::new())
}

/// As [`load`], with options.
pub fn load_with<P: AsRef<Path>>(
    paths: impl IntoIterator<Item = P>,
    dtype: &Dtype,
    options: &LoaderOptions,
) -> Result<Loader> {
    let loader = options.open(dtype)?;
    for path in paths {
        loader.add(path, &FileOptions::new())?;
    }
    Ok(loader)
}

/// Reads files in child processes: an iterator over [`Array`]s. Made by [`load`] or [`LoaderOptions::open`].
///
/// The failure of a file comes once, in its place and after the rows before the fault; the next call goes on with the next file.
/// A child that dies is replaced, without a row lost or doubled. If the program holds all arrays that the quota allows, the
/// failure is [`Code::Full`]: drop some, and the next call goes on.
///
/// Neither the rows nor the boundaries of the arrays depend on the number of children.
pub struct Loader {
    handle: NonNull<sys::forebay_loader>,
    ended: bool,
    /// Not `Sync`.
    one_thread: PhantomData<std::cell::Cell<()>>,
}

// Safety: "A loader belongs to one thread at a time" (loader.h); not `Sync`.
unsafe impl Send for Loader {}

impl Loader {
    pub(crate) fn open_raw(dtype: &Dtype, raw: &sys::forebay_loader_options) -> Result<Loader> {
        let mut out = null_mut();
        call(|error| unsafe { sys::forebay_loader_open(dtype.handle(), raw, &mut out, error) })?;
        let handle = NonNull::new(out).expect("a loader after success");
        Ok(Loader {
            handle,
            ended: false,
            one_thread: PhantomData,
        })
    }

    pub(crate) fn handle(&self) -> *mut sys::forebay_loader {
        self.handle.as_ptr()
    }

    // Files

    /// Adds what a path stands for: a file, the files of a folder or of a pattern such as "chr*.txt", or those that a list names
    /// ("@files.lst"). Returns how many. A single file that is missing fails when its turn comes.
    pub fn add(&self, path: impl AsRef<Path>, options: &FileOptions) -> Result<u32> {
        let path = c_path(path.as_ref())?;
        let mut added = 0;
        options.with_raw(|raw| {
            call(|error| unsafe {
                sys::forebay_loader_add_path(self.handle(), path.as_ptr(), raw, &mut added, error)
            })
        })?;
        Ok(added)
    }

    /// Adds just this file, even if its name looks like a pattern.
    pub fn add_file(&self, path: impl AsRef<Path>, options: &FileOptions) -> Result<()> {
        let path = c_path(path.as_ref())?;
        options.with_raw(|raw| {
            call(|error| unsafe {
                sys::forebay_loader_add_file(self.handle(), path.as_ptr(), raw, error)
            })
        })?;
        Ok(())
    }

    /// Adds something that is open: a file, a pipe, standard input. It may be closed afterwards; do not read from it meanwhile.
    /// `name` is for messages.
    pub fn add_open(&self, file: &impl AsRawFd, name: &str, options: &FileOptions) -> Result<()> {
        let name = c_text("a name", name.as_bytes())?;
        let descriptor = file.as_raw_fd();
        options.with_raw(|raw| {
            call(|error| unsafe {
                sys::forebay_loader_add_descriptor(
                    self.handle(),
                    descriptor,
                    name.as_ptr(),
                    raw,
                    error,
                )
            })
        })?;
        Ok(())
    }

    /// Path of a source by its index, as in [`Array::source`].
    pub fn source_path(&self, index: u32) -> Option<PathBuf> {
        // Safety: NULL, or a string that lives as long as the loader.
        unsafe { path_at(sys::forebay_loader_source_path(self.handle(), index)) }
    }

    /// Paths of all sources, in order.
    pub fn paths(&self) -> Vec<PathBuf> {
        (0..).map_while(|index| self.source_path(index)).collect()
    }

    // Arrays

    /// Waits for the next array, at most `timeout` (`None`: as long as it takes). `Ok(None)`: all sources are done.
    /// [`Code::Timeout`] without a source if the time is over.
    pub fn next_array(&mut self, timeout: Option<Duration>) -> Result<Option<Array>> {
        let mut out = null_mut();
        let wait = timeout.map_or(-1, |time| {
            i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
        });
        let status = call(|error| unsafe {
            sys::forebay_loader_next(self.handle(), wait, &mut out, error)
        })?;
        match status {
            OK => Ok(Some(Array::from_handle(out))),
            AGAIN => Err(Error::new(
                Code::Timeout,
                "no array was ready in time; ask again",
            )),
            _ => {
                debug_assert_eq!(status, END);
                Ok(None)
            }
        }
    }

    /// Does the work that is due, for event loops of one's own; true when [`next_array`](Loader::next_array) has something to report.
    pub fn step(&mut self, timeout: Duration) -> Result<bool> {
        let wait = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
        let status = call(|error| unsafe { sys::forebay_loader_step(self.handle(), wait, error) })?;
        Ok(status == OK)
    }

    /// Ends all work: children are killed, and what was not delivered is dropped.
    pub fn cancel(&mut self) -> Result<()> {
        call(|error| unsafe { sys::forebay_loader_cancel(self.handle(), error) })?;
        Ok(())
    }

    /// All arrays as a stream of Arrow record batches. Needs [`Layout::Columns`](crate::Layout::Columns).
    pub fn into_arrow(self) -> Result<ArrowStream> {
        let mut out = ArrowStream::released();
        // The stream keeps what it needs alive when the handle is closed here.
        call(|error| unsafe {
            sys::forebay_loader_export_arrow(self.handle(), out.as_mut_ptr(), error)
        })?;
        Ok(out)
    }

    // What is going on

    /// How far the load is.
    pub fn progress(&self) -> Result<Progress> {
        let mut raw: sys::forebay_loader_progress = sized();
        call(|error| unsafe { sys::forebay_loader_progress_get(self.handle(), &mut raw, error) })?;
        Ok(Progress::from_raw(&raw))
    }

    /// What the children do.
    pub fn children(&self) -> Result<Vec<ChildState>> {
        let mut found = Vec::new();
        let mut raw: sys::forebay_loader_child = sized();
        while call(|error| unsafe {
            sys::forebay_loader_child_get(self.handle(), found.len() as u32, &mut raw, error)
        })? == OK
        {
            found.push(unsafe { ChildState::from_raw(&raw) });
        }
        Ok(found)
    }

    /// Counters of the shared memory.
    pub fn memory(&self) -> Result<ArenaStats> {
        ArenaStats::read(|out, error| unsafe {
            sys::forebay_loader_arena_stats(self.handle(), out, error)
        })
    }

    /// The first rejects (`keep_rejects` of them) of the rows delivered so far.
    pub fn rejects(&self) -> Result<Vec<Reject>> {
        let mut found = Vec::new();
        let mut raw: sys::forebay_reject = sized();
        while call(|error| unsafe {
            sys::forebay_loader_reject_get(self.handle(), found.len() as u64, &mut raw, error)
        })? == OK
        {
            found.push(Reject::from_raw(&raw));
        }
        Ok(found)
    }

    /// Number of rejects, those that were not kept too.
    pub fn reject_count(&self) -> Result<u64> {
        let mut total = 0;
        call(|error| unsafe {
            sys::forebay_loader_reject_count(self.handle(), null_mut(), &mut total, error)
        })?;
        Ok(total)
    }

    fn of_source(
        &self,
        index: u32,
        get: impl FnOnce(*mut sys::forebay_error) -> i32,
    ) -> Result<i32> {
        match call(get)? {
            NONE => Err(Error::new(
                Code::NotFound,
                format!("there is no source {index}"),
            )),
            status => Ok(status),
        }
    }

    /// Rejects of a source, and the rows passed over among them.
    pub fn source_rejects(&self, index: u32) -> Result<(u64, u64)> {
        let (mut rejects, mut skipped) = (0, 0);
        self.of_source(index, |error| unsafe {
            let out = (&mut rejects, &mut skipped);
            sys::forebay_loader_source_rejects(self.handle(), index, out.0, out.1, error)
        })?;
        Ok((rejects, skipped))
    }

    /// Rows of a source delivered so far; its failure if it failed.
    pub fn source_rows(&self, index: u32) -> Result<u64> {
        let mut rows = 0;
        self.of_source(index, |error| unsafe {
            sys::forebay_loader_source_status(self.handle(), index, &mut rows, error)
        })?;
        Ok(rows)
    }

    /// Strings of a source that were cut to fit their fields.
    pub fn source_truncated(&self, index: u32) -> Result<u64> {
        let mut fields = 0;
        self.of_source(index, |error| unsafe {
            sys::forebay_loader_source_truncated(self.handle(), index, &mut fields, error)
        })?;
        Ok(fields)
    }

    /// Notes of child programs of one's own that were not taken yet; the last 1,000 are kept.
    pub fn notes(&mut self) -> Result<Vec<Note>> {
        let mut found = Vec::new();
        let mut raw: sys::forebay_loader_log = sized();
        while call(|error| unsafe { sys::forebay_loader_log_next(self.handle(), &mut raw, error) })?
            == OK
        {
            found.push(Note::from_raw(&raw));
        }
        Ok(found)
    }
}

impl Iterator for Loader {
    type Item = Result<Array>;

    fn next(&mut self) -> Option<Result<Array>> {
        if self.ended {
            return None;
        }
        let next = self.next_array(None).transpose();
        self.ended = match &next {
            None => true,
            Some(Err(error)) => matches!(error.code(), Code::Cancelled | Code::State),
            Some(Ok(_)) => false,
        };
        next
    }
}

/// A descriptor that polls readable when there is work for [`step`](Loader::step). Never read, write or close it.
impl AsRawFd for Loader {
    fn as_raw_fd(&self) -> RawFd {
        let mut out = -1;
        call(|error| unsafe { sys::forebay_loader_descriptor(self.handle(), &mut out, error) })
            .expect("the descriptor of a loader that is open");
        out
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        unsafe { sys::forebay_loader_close(self.handle()) }
    }
}
