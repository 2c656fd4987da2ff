//! One table of a store: appending, reading, attributes.

use crate::arena::layout_of;
use crate::array::{Array, Layout};
use crate::call::{c_text, path_at, sized, string_of, AGAIN, END, NONE};
use crate::dtype::BorrowedDtype;
use crate::error::{Code, Error, Result};
use crate::loader::Loader;
use crate::row::{check_rows, Item, Row};
use crate::store::{call_hdf5, turn, Store};
use forebay_sys as sys;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::ptr::{null_mut, NonNull};
use std::time::Duration;

/// Options of a table, used when it is created.
#[derive(Clone)]
pub struct TableOptions {
    pub(crate) raw: sys::forebay_table_options,
}

impl Default for TableOptions {
    fn default() -> TableOptions {
        TableOptions { raw: sized() }
    }
}

impl TableOptions {
    /// The defaults.
    pub fn new() -> TableOptions {
        TableOptions::default()
    }

    /// Rows of a chunk. Default: as many as fill about 1 MiB.
    pub fn chunk_rows(mut self, rows: u64) -> Self {
        self.raw.chunk_rows = rows;
        self
    }

    /// One dataset of records (default), or one for each field.
    pub fn layout(mut self, layout: Layout) -> Self {
        self.raw.layout = layout.value();
        self
    }

    /// Compress chunks: 1 to 9.
    pub fn deflate(mut self, level: u32) -> Self {
        self.raw.deflate = level;
        self
    }

    /// Compress chunks with zstd instead: 1 to 22. Other readers need a plugin for it, such as Python's hdf5plugin.
    pub fn zstd(mut self, level: u32) -> Self {
        self.raw.zstd = level;
        self
    }

    /// Compress chunks with lz4 instead, the fastest; readers need the same plugin.
    pub fn lz4(mut self, lz4: bool) -> Self {
        self.raw.lz4 = u32::from(lz4);
        self
    }

    /// Compress chunks with blosc instead, with lz4 inside and a shuffle of its own: 1 to 9. Readers need the same plugin.
    pub fn blosc(mut self, level: u32) -> Self {
        self.raw.blosc = level;
        self
    }

    /// Before compressing, put bytes of the same place in a row together.
    pub fn shuffle(mut self, shuffle: bool) -> Self {
        self.raw.shuffle = u32::from(shuffle);
        self
    }

    /// A checksum for each whole chunk.
    pub fn fletcher32(mut self, fletcher32: bool) -> Self {
        self.raw.fletcher32 = u32::from(fletcher32);
        self
    }
}

/// One table of a [`Store`], which it borrows.
pub struct Table<'s> {
    handle: NonNull<sys::forebay_table>,
    /// Not `Send`: a store that is shared with its tables stays on their thread.
    store: PhantomData<&'s Store>,
}

/// What [`Table::append_loader`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Appended {
    /// Rows appended.
    pub rows: u64,
    /// Whether the loader is at its end.
    pub ended: bool,
}

/// What is known of a table's storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableInfo {
    /// Rows.
    pub rows: u64,
    /// Dimensions of the dataset.
    pub rank: u32,
    /// Bytes of a row.
    pub row_bytes: u64,
    /// Rows of a chunk.
    pub chunk_rows: u64,
    /// Chunks in the file, of all columns.
    pub chunks: u64,
    /// Bytes they take in the file.
    pub stored_bytes: u64,
    /// One dataset, or one for each field.
    pub layout: Layout,
    /// Level of compression; 0: not compressed.
    pub deflate: u32,
    /// Whether it is shuffled before.
    pub shuffle: bool,
    /// Whether each whole chunk has a checksum.
    pub fletcher32: bool,
    /// Level of zstd; 0: not compressed so.
    pub zstd: u32,
    /// Whether it is compressed with lz4.
    pub lz4: bool,
    /// Level of blosc; 0: not compressed so.
    pub blosc: u32,
}

/// How far a source was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceState {
    /// Its load was ended, or is under way.
    Partial,
    /// To its end.
    Complete,
    /// It could not be read on behind these rows.
    Failed,
    /// Up to the `max_rows` of the load.
    Limited,
}

/// What a table holds of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableSource {
    /// How far it was read.
    pub state: SourceState,
    /// As it was given.
    pub path: PathBuf,
    /// Absolute and without symbolic links.
    pub resolved: PathBuf,
    /// Of the file when it was opened.
    pub size: u64,
    /// Bytes of the decompressed source that were read.
    pub offset: u64,
    /// Line that begins behind them, from 1.
    pub line: u64,
    /// Rows of it.
    pub rows: u64,
    /// Fields filled and rows passed over.
    pub rejects: u64,
    /// Of these, rows passed over.
    pub skipped: u64,
    /// CRC-64 (ECMA) of the bytes that were read.
    pub hash: u64,
}

impl<'s> Table<'s> {
    pub(crate) fn new(handle: NonNull<sys::forebay_table>) -> Table<'s> {
        Table {
            handle,
            store: PhantomData,
        }
    }

    fn handle(&self) -> *mut sys::forebay_table {
        self.handle.as_ptr()
    }

    /// What a row consists of.
    pub fn dtype(&self) -> BorrowedDtype<'_> {
        // Safety: lives as long as the table.
        unsafe { BorrowedDtype::new(sys::forebay_table_dtype(self.handle())) }
    }

    /// Number of rows, those not yet committed too.
    pub fn rows(&self) -> u64 {
        let _turn = turn();
        unsafe { sys::forebay_table_rows(self.handle()) }
    }

    /// Rows of a chunk.
    pub fn chunk_rows(&self) -> u64 {
        let _turn = turn();
        unsafe { sys::forebay_table_chunk_rows(self.handle()) }
    }

    /// Bytes of rows copied in memory because they did not fill a whole chunk; the others went from their block to the file.
    pub fn bytes_copied(&self) -> u64 {
        let _turn = turn();
        unsafe { sys::forebay_table_bytes_copied(self.handle()) }
    }

    // Appending

    /// Appends the rows of an array, from its block to the file. The array may be dropped at once; its rows can no longer be
    /// changed, since they may be on their way.
    pub fn append(&self, array: &Array) -> Result<()> {
        array.freeze();
        call_hdf5(|error| unsafe {
            sys::forebay_table_append_array(self.handle(), array.handle(), error)
        })?;
        Ok(())
    }

    /// Appends rows from plain memory.
    pub fn append_rows<R: Row>(&self, rows: &[R]) -> Result<()> {
        check_rows::<R>(&self.dtype(), "the table has")?;
        let (data, count) = (rows.as_ptr().cast(), rows.len() as u64);
        call_hdf5(|error| unsafe {
            sys::forebay_table_append_rows(self.handle(), data, count, error)
        })?;
        Ok(())
    }

    /// The bulk path: appends all rows of a loader, most of them from the parser's block to the file untouched. No array may have
    /// been taken from it before. A source that fails keeps the rows before its fault, the others are loaded, and the first
    /// failure is returned at the end. Nothing is committed, unless the store's options say so.
    pub fn append_loader(&self, loader: &mut Loader) -> Result<Appended> {
        let mut raw: sys::forebay_table_append_result = sized();
        call_hdf5(|error| unsafe {
            sys::forebay_table_append_loader(self.handle(), loader.handle(), &mut raw, error)
        })?;
        Ok(Appended {
            rows: raw.rows,
            ended: true,
        })
    }

    /// As [`append_loader`](Table::append_loader), but returns after about `timeout`, to show progress: call it until
    /// [`Appended::ended`].
    pub fn append_loader_step(&self, loader: &mut Loader, timeout: Duration) -> Result<Appended> {
        let mut raw: sys::forebay_table_append_result = sized();
        let wait = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
        let status = call_hdf5(|error| unsafe {
            let (table, loader) = (self.handle(), loader.handle());
            sys::forebay_table_append_loader_step(table, loader, wait, &mut raw, error)
        })?;
        Ok(Appended {
            rows: raw.rows,
            ended: status != AGAIN,
        })
    }

    /// Has a loader go on behind what the table holds of its files, so that a load that was interrupted is finished by doing it
    /// again. Call it when the files were added, before any work.
    pub fn resume(&self, loader: &mut Loader) -> Result<()> {
        let (table, loader) = (self.handle(), loader.handle());
        call_hdf5(|error| unsafe {
            sys::forebay_loader_resume(loader, table, sys::FOREBAY_NO_SOURCE, error)
        })?;
        Ok(())
    }

    /// Records that the rows of `array`, and all before it of its source, are in the table: after they were appended, before the
    /// commit. `None` after the last array, for the sources that have ended.
    pub fn consume(&self, loader: &Loader, array: Option<&Array>) -> Result<()> {
        let array = array.map_or(null_mut(), Array::handle);
        call_hdf5(|error| unsafe {
            sys::forebay_table_consume(self.handle(), loader.handle(), array, error)
        })?;
        Ok(())
    }

    // Reading

    /// Reads at most `count` rows from row `first`; fewer at the end.
    pub fn read<R: Row>(&self, first: u64, count: usize) -> Result<Vec<R>> {
        check_rows::<R>(&self.dtype(), "the table has")?;
        let count = count.min(self.rows().saturating_sub(first) as usize);
        // Safety: room for `count` rows, any bytes of which are values of `R`.
        unsafe {
            filled(count, |data, read| {
                call_hdf5(|error| {
                    sys::forebay_table_read(self.handle(), first, count as u64, data, read, error)
                })
            })
        }
    }

    /// Reads at most `count` values of a field from row `first`. Only in the columns layout are other fields left unread.
    pub fn read_column<T: Item>(&self, name: &str, first: u64, count: usize) -> Result<Vec<T>> {
        let missing = || Error::new(Code::NotFound, format!("there is no field {name:?}"));
        let index = self.dtype().index_of(name).ok_or_else(missing)?;
        let field = self.dtype().field(index).ok_or_else(missing)?;
        if field.type_text() != T::type_text() {
            let message = format!(
                "field {name:?} is {}, not {}",
                field.type_text(),
                T::type_text()
            );
            return Err(Error::new(Code::Mismatch, message));
        }
        let count = count.min(self.rows().saturating_sub(first) as usize);
        let (table, rows) = (self.handle(), count as u64);
        // Safety: as in `read`.
        unsafe {
            filled(count, |data, read| {
                call_hdf5(|error| {
                    sys::forebay_table_read_column(table, index, first, rows, data, read, error)
                })
            })
        }
    }

    // What is known

    /// What is known of its storage.
    pub fn info(&self) -> Result<TableInfo> {
        let mut raw: sys::forebay_table_info = sized();
        call_hdf5(|error| unsafe { sys::forebay_table_info_get(self.handle(), &mut raw, error) })?;
        Ok(TableInfo {
            rows: raw.rows,
            rank: raw.rank,
            row_bytes: raw.row_bytes,
            chunk_rows: raw.chunk_rows,
            chunks: raw.chunks,
            stored_bytes: raw.stored_bytes,
            layout: layout_of(raw.layout),
            deflate: raw.deflate,
            shuffle: raw.shuffle == 1,
            fletcher32: raw.fletcher32 == 1,
            zstd: raw.zstd,
            lz4: raw.lz4 == 1,
            blosc: raw.blosc,
        })
    }

    /// What it holds of its sources, in the order in which they were first stored.
    pub fn sources(&self) -> Result<Vec<TableSource>> {
        let mut found = Vec::new();
        while let Some(source) = self.source(found.len() as u32)? {
            found.push(source);
        }
        Ok(found)
    }

    fn source(&self, index: u32) -> Result<Option<TableSource>> {
        let mut raw: sys::forebay_table_source = sized();
        let status = call_hdf5(|error| unsafe {
            sys::forebay_table_source_get(self.handle(), index, &mut raw, error)
        })?;
        if status == NONE {
            return Ok(None);
        }
        let state = match raw.state {
            sys::FOREBAY_TABLE_SOURCE_COMPLETE => SourceState::Complete,
            sys::FOREBAY_TABLE_SOURCE_FAILED => SourceState::Failed,
            sys::FOREBAY_TABLE_SOURCE_LIMITED => SourceState::Limited,
            _ => SourceState::Partial,
        };
        Ok(Some(TableSource {
            state,
            // Safety: strings of the table's until its next call.
            path: unsafe { path_at(raw.path) }.unwrap_or_default(),
            resolved: unsafe { path_at(raw.resolved) }.unwrap_or_default(),
            size: raw.size,
            offset: raw.offset,
            line: raw.line,
            rows: raw.rows,
            rejects: raw.rejects,
            skipped: raw.skipped,
            hash: raw.hash,
        }))
    }

    // Attributes

    /// Sets a text attribute, written with the next commit.
    pub fn set_text(&self, name: &str, text: &str) -> Result<()> {
        let (name, text) = (
            c_text("a name", name.as_bytes())?,
            c_text("a text", text.as_bytes())?,
        );
        call_hdf5(|error| unsafe {
            sys::forebay_table_set_text(self.handle(), name.as_ptr(), text.as_ptr(), error)
        })?;
        Ok(())
    }

    /// Sets a number attribute, written with the next commit.
    pub fn set_number(&self, name: &str, value: f64) -> Result<()> {
        let name = c_text("a name", name.as_bytes())?;
        call_hdf5(|error| unsafe {
            sys::forebay_table_set_number(self.handle(), name.as_ptr(), value, error)
        })?;
        Ok(())
    }

    /// A text attribute; `None` if there is none of that name. [`Code::Mismatch`] if it is not text.
    pub fn text(&self, name: &str) -> Result<Option<String>> {
        let name = c_text("a name", name.as_bytes())?;
        let (table, mut needed) = (self.handle(), 0);
        // Called with no room it only measures, which ends with a failure that says so.
        let measured = call_hdf5(|error| unsafe {
            sys::forebay_table_get_text(table, name.as_ptr(), null_mut(), 0, &mut needed, error)
        });
        match measured {
            Ok(NONE) => return Ok(None),
            Err(error) if error.code() != Code::Limit => return Err(error),
            _ => {}
        }
        let mut text = vec![0u8; needed as usize];
        call_hdf5(|error| unsafe {
            let (data, size) = (text.as_mut_ptr().cast(), needed);
            sys::forebay_table_get_text(table, name.as_ptr(), data, size, null_mut(), error)
        })?;
        text.pop(); // the NUL
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    /// A number attribute; `None` if there is none of that name. [`Code::Mismatch`] if it is no number.
    pub fn number(&self, name: &str) -> Result<Option<f64>> {
        let name = c_text("a name", name.as_bytes())?;
        let mut value = 0.0;
        let status = call_hdf5(|error| unsafe {
            sys::forebay_table_get_number(self.handle(), name.as_ptr(), &mut value, error)
        })?;
        Ok(if status == NONE { None } else { Some(value) })
    }

    /// Names of the attributes, in order.
    pub fn attribute_names(&self) -> Vec<String> {
        let _turn = turn();
        let count = unsafe { sys::forebay_table_attribute_count(self.handle()) };
        // Safety: borrowed until an attribute is set.
        (0..count)
            .filter_map(|index| unsafe {
                string_of(sys::forebay_table_attribute_name(self.handle(), index))
            })
            .collect()
    }
}

/// A vector of what `read` writes.
///
/// # Safety
/// `read` gets room for `count` values, and says how many it wrote; any bytes are a value.
unsafe fn filled<T>(
    count: usize,
    read: impl FnOnce(*mut std::os::raw::c_void, *mut u64) -> Result<i32>,
) -> Result<Vec<T>> {
    let mut out: Vec<T> = Vec::with_capacity(count);
    if count == 0 {
        return Ok(out);
    }
    let mut got = 0;
    let status = read(out.as_mut_ptr().cast(), &mut got)?;
    if status != END {
        unsafe { out.set_len((got as usize).min(count)) };
    }
    Ok(out)
}
