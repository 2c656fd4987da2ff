//! Loads big text files in parallel child processes straight into shared memory, and appends the rows to one HDF5 file.
//!
//! The task: several big text files, one HDF5 file, and the arrays in this process on the way.
//!
//! ```no_run
//! forebay::row! {
//!     /// A place in the genome.
//!     #[derive(Debug, PartialEq)]
//!     pub struct Site { pub chr: [u8; 10], pub pos: i32, pub pct: f32, pub c: i32, pub t: i32 }
//! }
//!
//! fn main() -> forebay::Result<()> {
//!     let dtype = forebay::dtype_of::<Site>();
//!     let store = forebay::Store::open("meth.h5")?;
//!     let table = store.table("data", &dtype)?;
//!     for array in forebay::load(["rep1.txt", "rep2.txt.gz"], &dtype)? {
//!         let array = array?; // typed rows in shared memory, which a child wrote
//!         let rows = array.rows::<Site>()?;
//!         println!("{} rows from {}", rows.len(), { rows[0].pos });
//!         table.append(&array)?; // from shared memory to disk, no copy
//!     }
//!     store.close() // committed: on the disk when it returns
//! }
//! ```
//!
//! # Ownership
//!
//! An [`Array`] is a lease of a block of shared memory: the block is used again when the array is dropped, and no view of it
//! can outlive it. It stays valid after its loader was dropped. A [`Store`] that is dropped without [`Store::close`] is
//! abandoned: rows since the last commit are not there afterwards.
//!
//! # Threads
//!
//! | type | `Send` | `Sync` |
//! |---|---|---|
//! | [`Dtype`], [`Array`], [`LoaderOptions`], [`Error`] | yes | yes |
//! | [`Loader`], [`Arena`], [`Store`] | yes | no: one thread at a time |
//! | [`Table`] | no: it borrows its store | no |
//!
//! HDF5's usual build is not thread safe, so calls on stores, of all threads, take turns inside this crate. A program that
//! uses HDF5 by other means as well must not do so during a call on a store.
//!
//! # Features
//!
//! None is on by default, and none adds to what a program without it needs.
//!
//! - `ndarray`: [`Column`]s and fields of sub-arrays as views, `Column::as_ndarray` and `Array::ndarray`.
//! - `arrow`: record batches, `Array::to_record_batch`, `Array::to_arrow` and `Loader::into_record_batches`. Without it the
//!   module [`mod@arrow`] hands over the structs of Arrow's C interfaces.
//!
//! They need the compiler that these crates need; everything else is content with 1.63.
//!
//! # Shared memory
//!
//! A child process writes a block before it hands it over, and the program `forebay-loader` does not touch it afterwards. A
//! child program of your own has to keep to that as well: what changes under a `&[T]` is a fault of that program. Every type of
//! [`Item`] is valid for any bytes, so that damaged rows are wrong values and nothing worse.

#![warn(missing_docs)]
#![deny(unsafe_op_in_unsafe_fn)]

mod arena;
mod array;
pub mod arrow;
mod call;
pub mod child;
mod dtype;
mod error;
mod loader;
mod loader_options;
mod report;
mod row;
mod sniff;
mod store;
mod store_file;
mod table;
#[cfg(feature = "arrow")]
mod with_arrow;
#[cfg(feature = "ndarray")]
mod with_ndarray;

pub use arena::{Arena, ArenaStats};
pub use array::{Array, Column, Layout, Provenance};
pub use dtype::{BorrowedDtype, Dtype, Field, Kind};
pub use error::{Code, Error, Result};
pub use loader::{load, load_with, FileFormat, FileOptions, Loader};
pub use loader_options::{Batch, Encoding, LoaderOptions, OnError, Order, Overlong, Percent};
pub use report::{ChildState, Level, Note, Progress, Reject};
pub use row::{
    dtype_of, Bool, Days, Element, Item, Microseconds, Milliseconds, Nanoseconds, Row, Seconds,
};
pub use sniff::{sniff, Sniff, SniffOptions};
pub use store::{Commit, Durability, Mode, Refresh, Store, StoreOptions};
pub use store_file::{
    recover, repack, store_info, JournalState, RecoverOptions, Recovered, Recovery, RepackOptions,
    Repacked, StoreInfo,
};
pub use table::{Appended, SourceState, Table, TableInfo, TableOptions, TableSource};

#[doc(hidden)]
pub use forebay_sys as sys;

/// Version of the library that was loaded, such as "0.1.0".
pub fn version() -> &'static str {
    // Safety: a constant of the library, in ASCII.
    unsafe { std::ffi::CStr::from_ptr(sys::forebay_version()) }
        .to_str()
        .unwrap_or("unknown")
}
