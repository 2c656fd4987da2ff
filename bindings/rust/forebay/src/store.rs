//! Stores: one HDF5 file with tables, and its commits.

use crate::call::{c_path, c_text, call, sized, string_of, AGAIN, END, NONE, OK};
use crate::dtype::Dtype;
use crate::error::{Error, Result};
use crate::loader::Loader;
use crate::loader_options::choices;
use crate::report::Reject;
use crate::table::{Table, TableOptions};
use forebay_sys as sys;
use std::marker::PhantomData;
use std::path::Path;
use std::ptr::{null, null_mut, NonNull};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

static HDF5: Mutex<()> = Mutex::new(());

/// Why: HDF5's usual build is not thread safe, not even for two files. Whoever calls on a store or table holds this.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    HDF5.lock().unwrap_or_else(PoisonError::into_inner)
}

/// [`call`] of a function that may use HDF5.
pub(crate) fn call_hdf5(function: impl FnOnce(*mut sys::forebay_error) -> i32) -> Result<i32> {
    let _turn = turn();
    call(function)
}

choices! {
    /// How a file is opened.
    Mode {
        /// Open it, or create it where there is none (default).
        Append = FOREBAY_STORE_APPEND,
        /// Create it; [`Code::Exists`](crate::Code::Exists) if it is there.
        Create = FOREBAY_STORE_CREATE,
        /// Create it, in place of a file that is there; that one is lost.
        Replace = FOREBAY_STORE_REPLACE,
        /// Open it for reading, also while another process writes it.
        Read = FOREBAY_STORE_READ,
    }
    /// What a commit survives. A file that was closed is durable in all of them.
    Durability {
        /// Power loss (default).
        Full = FOREBAY_STORE_DURABILITY_FULL,
        /// The end of the process, not a power loss.
        Ordered = FOREBAY_STORE_DURABILITY_ORDERED,
        /// Nothing before the store is closed.
        None = FOREBAY_STORE_DURABILITY_NONE,
    }
}

/// Options of a store.
///
/// ```no_run
/// let store = forebay::StoreOptions::new().mode(forebay::Mode::Replace).open("meth.h5")?;
/// # Ok::<(), forebay::Error>(())
/// ```
#[derive(Clone)]
pub struct StoreOptions {
    raw: sys::forebay_store_options,
}

impl Default for StoreOptions {
    fn default() -> StoreOptions {
        StoreOptions { raw: sized() }
    }
}

impl StoreOptions {
    /// The defaults.
    pub fn new() -> StoreOptions {
        StoreOptions::default()
    }

    /// How the file is opened.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.raw.mode = mode.value();
        self
    }

    /// What a commit survives.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.raw.durability = durability.value();
        self
    }

    /// Names to keep room for in a group. Default 1,000.
    pub fn names(mut self, names: u32) -> Self {
        self.raw.names = names;
        self
    }

    /// [`Table::append_loader`] commits by itself after so many bytes of rows.
    pub fn commit_bytes(mut self, bytes: u64) -> Self {
        self.raw.commit_bytes = bytes;
        self
    }

    /// [`Table::append_loader`] commits by itself after so many rows.
    pub fn commit_rows(mut self, rows: u64) -> Self {
        self.raw.commit_rows = rows;
        self
    }

    /// [`Table::append_loader`] commits by itself after so much time.
    pub fn commit_interval(mut self, time: Duration) -> Self {
        self.raw.commit_milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
        self
    }

    /// Opens or creates the file. One whose writer died is recovered first, or, for reading, shown as of its last commit.
    /// [`Code::Busy`](crate::Code::Busy) if another process writes it, [`Code::Foreign`](crate::Code::Foreign) for an HDF5 file
    /// that forebay did not make.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Store> {
        let path = c_path(path.as_ref())?;
        let mut out = null_mut();
        call_hdf5(|error| unsafe {
            sys::forebay_store_open(path.as_ptr(), &self.raw, &mut out, error)
        })?;
        let handle = NonNull::new(out).expect("a store after success");
        Ok(Store {
            handle,
            one_thread: PhantomData,
        })
    }
}

/// One HDF5 file. Rows become durable with [`commit`](Store::commit) or [`close`](Store::close), those of all tables or none.
///
/// A store that is dropped instead is abandoned, as after an error on the way: rows since the last commit are not there.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("forebay-store-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("a.h5");
/// forebay::row! { #[derive(Debug, PartialEq)] struct Point { x: f64, y: f64 } }
/// let store = forebay::Store::open(&path)?;
/// let table = store.table("points", &forebay::dtype_of::<Point>())?;
/// table.append_rows(&[Point { x: 1.0, y: 2.0 }, Point { x: 3.0, y: 4.0 }])?;
/// assert_eq!(table.read::<Point>(1, 10)?, [Point { x: 3.0, y: 4.0 }]);
/// store.close()?;
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Tables do not outlive their store:
///
/// ```compile_fail,E0505
/// fn wrong(store: forebay::Store, dtype: forebay::Dtype) {
///     let table = store.table("data", &dtype).unwrap();
///     store.close().unwrap();
///     table.rows();
/// }
/// ```
pub struct Store {
    handle: NonNull<sys::forebay_store>,
    /// Not `Sync`.
    one_thread: PhantomData<std::cell::Cell<()>>,
}

// Safety: "A store and its tables belong to one thread at a time" (store.h); not `Sync`, and tables borrow it.
unsafe impl Send for Store {}

/// What became of a commit that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// It is as safe as the store's durability says, and so are all before it. Its number.
    Done(u64),
    /// Not yet.
    Pending,
    /// None was begun, or its outcome was told.
    NoneBegun,
}

/// What [`Store::refresh`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// There are newer rows.
    Newer,
    /// There is nothing new.
    Unchanged,
    /// The file is closed, these are all rows.
    Closed,
}

impl Store {
    /// Opens a file, or creates it where there is none.
    pub fn open(path: impl AsRef<Path>) -> Result<Store> {
        StoreOptions::new().open(path)
    }

    /// Opens a file for reading, also while another process writes it.
    pub fn read(path: impl AsRef<Path>) -> Result<Store> {
        StoreOptions::new().mode(Mode::Read).open(path)
    }

    pub(crate) fn handle(&self) -> *mut sys::forebay_store {
        self.handle.as_ptr()
    }

    /// Opens a table, or creates it where there is none: a name such as "data" or "run1/data".
    /// [`Code::Mismatch`](crate::Code::Mismatch) if it has another dtype.
    pub fn table(&self, name: &str, dtype: &Dtype) -> Result<Table<'_>> {
        self.table_with(name, dtype, &TableOptions::new())
    }

    /// As [`table`](Store::table), with options for a new one.
    pub fn table_with(
        &self,
        name: &str,
        dtype: &Dtype,
        options: &TableOptions,
    ) -> Result<Table<'_>> {
        self.open_table(name, dtype.handle(), &options.raw)
    }

    /// Opens a table that is there. [`Code::NotFound`](crate::Code::NotFound) if it is not.
    pub fn existing(&self, name: &str) -> Result<Table<'_>> {
        self.open_table(name, null(), null())
    }

    fn open_table(
        &self,
        name: &str,
        dtype: *const sys::forebay_dtype,
        options: *const sys::forebay_table_options,
    ) -> Result<Table<'_>> {
        let name = c_text("a name", name.as_bytes())?;
        let mut out = null_mut();
        call_hdf5(|error| unsafe {
            sys::forebay_table_open(
                self.handle(),
                name.as_ptr(),
                dtype,
                options,
                &mut out,
                error,
            )
        })?;
        Ok(Table::new(
            NonNull::new(out).expect("a table after success"),
        ))
    }

    /// Names of the tables, in order.
    pub fn table_names(&self) -> Vec<String> {
        let _turn = turn();
        let count = unsafe { sys::forebay_store_table_count(self.handle()) };
        // Safety: the names are borrowed until a table is added.
        (0..count)
            .filter_map(|index| unsafe {
                string_of(sys::forebay_store_table_name(self.handle(), index))
            })
            .collect()
    }

    /// Makes everything appended so far durable, in all tables.
    pub fn commit(&self) -> Result<()> {
        call_hdf5(|error| unsafe { sys::forebay_store_commit(self.handle(), error) })?;
        Ok(())
    }

    /// Begins a commit without waiting for the disk, and returns its number. Rows appended from now on go into the next one.
    /// [`Code::State`](crate::Code::State) if another one was begun and not polled to its end.
    pub fn commit_begin(&self) -> Result<u64> {
        let mut ticket = 0;
        call_hdf5(|error| unsafe {
            sys::forebay_store_commit_begin(self.handle(), &mut ticket, error)
        })?;
        Ok(ticket)
    }

    /// What became of it. `timeout`: how long to wait for its end; `None`: as long as it takes.
    pub fn commit_poll(&self, timeout: Option<Duration>) -> Result<Commit> {
        let mut ticket = 0;
        let wait = timeout.map_or(-1, |time| {
            i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
        });
        let status = call_hdf5(|error| unsafe {
            sys::forebay_store_commit_poll(self.handle(), wait, &mut ticket, error)
        })?;
        Ok(match status {
            AGAIN => Commit::Pending,
            NONE => Commit::NoneBegun,
            _ => Commit::Done(ticket),
        })
    }

    /// Commits and closes. Whatever it returns, the store is gone.
    pub fn close(self) -> Result<()> {
        let store = std::mem::ManuallyDrop::new(self);
        call_hdf5(|error| unsafe { sys::forebay_store_close(store.handle(), error) })?;
        Ok(())
    }

    /// Ends the store without a commit, as dropping it does.
    pub fn abandon(self) {}

    /// Of a store opened for reading: shows the newest commit.
    pub fn refresh(&self) -> Result<Refresh> {
        let status =
            call_hdf5(|error| unsafe { sys::forebay_store_refresh(self.handle(), error) })?;
        Ok(match status {
            OK => Refresh::Newer,
            END => Refresh::Closed,
            _ => Refresh::Unchanged,
        })
    }

    /// Reads every chunk of every table; the number of rows that could be read.
    pub fn verify(&self) -> Result<u64> {
        let mut rows = 0;
        call_hdf5(|error| unsafe { sys::forebay_store_verify(self.handle(), &mut rows, error) })?;
        Ok(rows)
    }

    /// The rejects that the file remembers of all loads.
    pub fn rejects(&self) -> Result<Vec<Reject>> {
        let mut count = 0;
        call_hdf5(|error| unsafe {
            sys::forebay_store_reject_count(self.handle(), &mut count, error)
        })?;
        let mut raw: sys::forebay_reject = sized();
        (0..count)
            .map(|index| {
                call_hdf5(|error| unsafe {
                    sys::forebay_store_reject_get(self.handle(), index, &mut raw, error)
                })?;
                Ok::<Reject, Error>(Reject::from_raw(&raw))
            })
            .collect()
    }

    /// Writes the rejects of a loader into the file. [`Table::append_loader`] and [`Table::consume`] do so themselves.
    pub fn append_rejects(&self, loader: &Loader) -> Result<()> {
        call_hdf5(|error| unsafe {
            sys::forebay_store_append_rejects(self.handle(), loader.handle(), error)
        })?;
        Ok(())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _turn = turn();
        unsafe { sys::forebay_store_abandon(self.handle()) }
    }
}
