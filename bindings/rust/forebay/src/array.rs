//! Typed rows in shared memory.

use crate::arena::layout_of;
use crate::arrow::{ArrowArray, ArrowSchema};
use crate::call::{call, sized, NONE};
use crate::dtype::BorrowedDtype;
use crate::error::{source_of, Code, Error, Result};
use crate::row::{check_rows, Item, Row};
use crate::Dtype;
use forebay_sys as sys;
use std::fmt;
use std::marker::PhantomData;
use std::mem::{align_of, size_of};
use std::os::unix::io::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::{null, null_mut, NonNull};
use std::sync::atomic::{AtomicBool, Ordering};

/// How the fields of an array lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Packed records, one after the other: [`Array::rows`].
    Rows,
    /// Each field in one piece, on a page of its own: what Arrow and the like take without a copy.
    Columns,
}

impl Layout {
    pub(crate) fn value(self) -> u32 {
        match self {
            Layout::Rows => sys::FOREBAY_ARRAY_ROWS,
            Layout::Columns => sys::FOREBAY_ARRAY_COLUMNS,
        }
    }
}

/// Rows in shared memory: a lease of a block, which is given back when the array is dropped. It stays valid after the loader or
/// arena it came from was dropped. For several owners put it into an `Arc`.
///
/// ```
/// let arena = forebay::Arena::open(1 << 20)?;
/// let mut array = arena.lease(&forebay::Dtype::parse("pos:i4,pct:f4")?, 1000)?;
/// forebay::row! { struct Point { pos: i32, pct: f32 } }
/// array.fill::<Point>(3, |rows| {
///     for (i, row) in rows.iter_mut().enumerate() {
///         *row = Point { pos: i as i32, pct: 0.5 };
///     }
/// })?;
/// assert_eq!(array.len(), 3);
/// assert_eq!(array.column::<i32>("pos")?.iter().sum::<i32>(), 3);
/// # Ok::<(), forebay::Error>(())
/// ```
///
/// Rows do not outlive their array:
///
/// ```compile_fail,E0505
/// fn wrong(array: forebay::Array) {
///     let rows = array.rows::<f64>().unwrap();
///     drop(array);
///     println!("{}", rows[0]);
/// }
/// ```
pub struct Array {
    handle: NonNull<sys::forebay_array>,
    /// Whether somebody else may be reading the rows behind our back: a store that writes them, a consumer of Arrow.
    frozen: AtomicBool,
}

// Safety: "Any thread that holds the array" for all that reads, and release from any thread; what writes takes `&mut self`.
unsafe impl Send for Array {}
unsafe impl Sync for Array {}

/// The place in its source behind the last row of an array: a load can go on there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provenance {
    /// Index of the source in the loader.
    pub source: u32,
    /// Bytes of the decompressed source before the place.
    pub offset: u64,
    /// Line that begins there, from 1.
    pub line: u64,
    /// Rows of the source before it.
    pub rows: u64,
    /// Of the source before it: fields filled and rows passed over.
    pub rejects: u64,
    /// Of the rejects: rows passed over.
    pub skipped: u64,
    /// CRC-64 (ECMA) of the bytes before it; 0 for sources of a child of one's own.
    pub hash: u64,
}

fn no_field(index: u32) -> Error {
    Error::new(Code::NotFound, format!("there is no field {index}"))
}

impl Array {
    pub(crate) fn from_handle(handle: *mut sys::forebay_array) -> Array {
        let handle = NonNull::new(handle).expect("an array after success");
        Array {
            handle,
            frozen: AtomicBool::new(false),
        }
    }

    pub(crate) fn handle(&self) -> *mut sys::forebay_array {
        self.handle.as_ptr()
    }

    /// From now on the rows are read elsewhere, so nobody writes them any more.
    pub(crate) fn freeze(&self) {
        self.frozen.store(true, Ordering::Relaxed);
    }

    fn view(&self) -> sys::forebay_array_view {
        let mut view: sys::forebay_array_view = sized();
        call(|error| unsafe { sys::forebay_array_view_get(self.handle(), &mut view, error) })
            .expect("the view of an array that is there");
        view
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.view().rows as usize
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows that the block has room for.
    pub fn capacity(&self) -> usize {
        self.view().capacity as usize
    }

    /// How its fields lie in memory.
    pub fn layout(&self) -> Layout {
        layout_of(self.view().layout as u32)
    }

    /// Index of the source in the loader.
    pub fn source(&self) -> Option<u32> {
        source_of(self.view().source)
    }

    /// Number of the first row within its source, from 0.
    pub fn first_row(&self) -> u64 {
        self.view().first_row
    }

    /// Whether the rows are another process's, see [`Array::attach`].
    pub fn is_read_only(&self) -> bool {
        self.view().read_only != 0
    }

    /// What a row consists of.
    pub fn dtype(&self) -> BorrowedDtype<'_> {
        // Safety: borrowed from the array.
        unsafe { BorrowedDtype::new(sys::forebay_array_dtype(self.handle())) }
    }

    /// Where in its source the array ends; `None` if it does not come from a loader.
    pub fn provenance(&self) -> Option<Provenance> {
        let mut raw: sys::forebay_array_provenance = sized();
        let status = call(|error| unsafe {
            sys::forebay_array_provenance_get(self.handle(), &mut raw, error)
        });
        match status {
            Ok(NONE) | Err(_) => None,
            Ok(_) => Some(Provenance {
                source: raw.source,
                offset: raw.offset,
                line: raw.line,
                rows: raw.rows,
                rejects: raw.rejects,
                skipped: raw.skipped,
                hash: raw.hash,
            }),
        }
    }

    // Rows

    /// The address of packed rows of type `R`, if that is what the array has.
    fn packed<R: Row>(&self, view: &sys::forebay_array_view) -> Result<*mut R> {
        let own = check_rows::<R>(&self.dtype(), "the array has")?;
        if view.layout as u32 == sys::FOREBAY_ARRAY_COLUMNS && own.is_record() {
            let message =
                "the array has the columns layout: take column(), or load with Layout::Rows";
            return Err(Error::new(Code::Mismatch, message));
        }
        let data = view.data.cast::<R>();
        if data.is_null() {
            return Ok(NonNull::dangling().as_ptr());
        }
        if data as usize % align_of::<R>() != 0 {
            let message = "the rows are not aligned for a bare type: take column()";
            return Err(Error::new(Code::Mismatch, message));
        }
        Ok(data)
    }

    fn check_writable(&self, view: &sys::forebay_array_view) -> Result<()> {
        if view.read_only != 0 {
            return Err(Error::new(
                Code::State,
                "the rows are another process's and read only",
            ));
        }
        if self.frozen.load(Ordering::Relaxed) {
            let message =
                "the rows were handed to a store or to Arrow, which may still read them: \
                           change them before that, or copy them";
            return Err(Error::new(Code::Busy, message));
        }
        Ok(())
    }

    /// The rows, without a copy. [`Code::Mismatch`] if they are not of `R`, or the array has the columns layout.
    pub fn rows<R: Row>(&self) -> Result<&[R]> {
        let view = self.view();
        let data = self.packed::<R>(&view)?;
        // Safety: `view.rows` packed rows of the dtype of `R`, any bytes of which are a value; they live as long as the array.
        Ok(unsafe { std::slice::from_raw_parts(data, view.rows as usize) })
    }

    /// The rows, to change them in place. [`Code::Busy`] once the array was appended to a store or exported, [`Code::State`] if
    /// it is another process's.
    pub fn rows_mut<R: Row>(&mut self) -> Result<&mut [R]> {
        let view = self.view();
        self.check_writable(&view)?;
        let data = self.packed::<R>(&view)?;
        // Safety: as in `rows`; nobody else holds the array, and nobody reads it behind our back.
        Ok(unsafe { std::slice::from_raw_parts_mut(data, view.rows as usize) })
    }

    /// Sets the number of rows to `count` and has `write` fill them; what they hold before is of no meaning.
    /// [`Code::Argument`] if there is no room for so many.
    pub fn fill<R: Row>(&mut self, count: usize, write: impl FnOnce(&mut [R])) -> Result<()> {
        let view = self.view();
        self.check_writable(&view)?;
        self.packed::<R>(&view)?;
        self.set_len(count)?;
        write(self.rows_mut::<R>()?);
        Ok(())
    }

    /// Sets the number of rows, after filtering in place. At most [`capacity`](Array::capacity).
    pub fn set_len(&mut self, count: usize) -> Result<()> {
        call(|error| unsafe { sys::forebay_array_set_rows(self.handle(), count as u64, error) })?;
        Ok(())
    }

    /// Keeps the rows for which `keep` is true, in place, as `Vec::retain` does.
    pub fn retain<R: Row>(&mut self, mut keep: impl FnMut(&R) -> bool) -> Result<()> {
        let rows = self.rows_mut::<R>()?;
        let mut kept = 0;
        for place in 0..rows.len() {
            if keep(&rows[place]) {
                rows[kept] = rows[place];
                kept += 1;
            }
        }
        self.set_len(kept)
    }

    /// All bytes of the packed rows. [`Code::Mismatch`] in the columns layout.
    pub fn bytes(&self) -> Result<&[u8]> {
        let view = self.view();
        if view.layout as u32 == sys::FOREBAY_ARRAY_COLUMNS && self.dtype().is_record() {
            let message = "the array has the columns layout, its rows are in no one piece";
            return Err(Error::new(Code::Mismatch, message));
        }
        if view.data.is_null() {
            return Ok(&[]);
        }
        let count = (view.rows * view.row_bytes) as usize;
        // Safety: packed rows, which live as long as the array.
        Ok(unsafe { std::slice::from_raw_parts(view.data.cast(), count) })
    }

    // Columns

    /// A field by its name, in either layout; "" for a bare dtype. [`Code::NotFound`] if there is none of that name,
    /// [`Code::Mismatch`] if it is not of `T`.
    pub fn column<T: Item>(&self, name: &str) -> Result<Column<'_, T>> {
        self.column_at(self.index_of(name)?)
    }

    pub(crate) fn index_of(&self, name: &str) -> Result<u32> {
        let dtype = self.dtype();
        dtype.index_of(name).ok_or_else(|| {
            let names: Vec<String> = dtype.fields().into_iter().map(|field| field.name).collect();
            let message = format!(
                "there is no field {name:?}; the fields are {}",
                names.join(", ")
            );
            Error::new(Code::NotFound, message)
        })
    }

    /// A field by its number, from 0.
    pub fn column_at<T: Item>(&self, index: u32) -> Result<Column<'_, T>> {
        let field = self.dtype().field(index).ok_or_else(|| no_field(index))?;
        if field.type_text() != T::type_text() {
            let message = format!(
                "field {:?} is {}, not {}",
                field.name,
                field.type_text(),
                T::type_text()
            );
            return Err(Error::new(Code::Mismatch, message));
        }
        let (data, stride) = self.column_place(index)?;
        Ok(Column {
            data,
            stride,
            count: self.len(),
            owner: PhantomData,
        })
    }

    /// Address of the first value of a field, and the bytes from one to the next.
    pub(crate) fn column_place(&self, index: u32) -> Result<(*const u8, usize)> {
        let mut raw: sys::forebay_array_column = sized();
        let status = call(|error| unsafe {
            sys::forebay_array_column_get(self.handle(), index, &mut raw, error)
        })?;
        if status == NONE {
            return Err(no_field(index));
        }
        Ok((raw.data.cast::<u8>() as *const u8, raw.stride as usize))
    }

    // To others

    /// All fields as an Arrow record batch, without a copy: it holds a lease of its own, and the rows can no longer be changed.
    /// [`Code::Argument`] unless the array has the columns layout, and for fields that Arrow has no type for.
    pub fn export_arrow(&self) -> Result<(ArrowArray, ArrowSchema)> {
        self.export_arrow_field(sys::FOREBAY_ARROW_ALL_FIELDS)
    }

    /// One field as an Arrow array, as [`export_arrow`](Array::export_arrow).
    pub fn export_arrow_field(&self, index: u32) -> Result<(ArrowArray, ArrowSchema)> {
        let schema = ArrowSchema::of_field(&self.dtype(), index)?;
        let mut out = ArrowArray::released();
        let status = call(|error| unsafe {
            sys::forebay_array_export_arrow(self.handle(), index, out.as_mut_ptr(), error)
        })?;
        if status == NONE {
            return Err(no_field(index));
        }
        self.freeze();
        Ok((out, schema))
    }

    /// Copies the rows, once, into sealed memory of their own, and returns a descriptor of it for another process: send it over
    /// a Unix socket, or let a child inherit it (it is close-on-exec).
    pub fn share(&self) -> Result<OwnedFd> {
        let mut descriptor = -1;
        call(|error| unsafe { sys::forebay_array_share(self.handle(), &mut descriptor, error) })?;
        // Safety: open, and the caller's.
        Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
    }

    /// The rows behind a descriptor that another process made with [`share`](Array::share), read only and without a copy. What is
    /// not a whole, sealed array of that dtype (`None`: of any) is refused.
    pub fn attach(descriptor: &impl AsRawFd, dtype: Option<&Dtype>) -> Result<Array> {
        let mut out = null_mut();
        let expected = dtype.map_or(null(), Dtype::handle);
        call(|error| unsafe {
            sys::forebay_array_attach(descriptor.as_raw_fd(), expected, &mut out, error)
        })?;
        Ok(Array::from_handle(out))
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        unsafe { sys::forebay_array_release(self.handle()) }
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = self.view();
        write!(
            out,
            "Array({} rows, {:?}, {:?})",
            view.rows,
            self.layout(),
            self.dtype().text()
        )
    }
}

/// A field of all rows of an array, without a copy. Its values are `stride` bytes apart, at no particular alignment.
#[derive(Clone, Copy)]
pub struct Column<'a, T> {
    data: *const u8,
    stride: usize,
    count: usize,
    owner: PhantomData<&'a [T]>,
}

// Safety: shared reading of values that are `Sync`.
unsafe impl<T: Sync> Send for Column<'_, T> {}
unsafe impl<T: Sync> Sync for Column<'_, T> {}

impl<'a, T: Item> Column<'a, T> {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes from one value to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Address of the first value.
    pub fn as_ptr(&self) -> *const T {
        self.data.cast()
    }

    /// Value `index`; `None` behind the last one.
    pub fn get(&self, index: usize) -> Option<T> {
        if index >= self.count {
            return None;
        }
        // Safety: inside the array, of the type that was checked, valid for any bytes.
        Some(unsafe {
            self.data
                .add(index * self.stride)
                .cast::<T>()
                .read_unaligned()
        })
    }

    /// All values, one after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + DoubleEndedIterator + 'a {
        let column = *self;
        (0..self.count).map(move |index| column.get(index).expect("inside the column"))
    }

    /// The values in one piece: always in the columns layout, never in records of several fields.
    pub fn as_slice(&self) -> Option<&'a [T]> {
        if self.count == 0 {
            return Some(&[]);
        }
        let aligned = self.data as usize % align_of::<T>() == 0;
        if self.stride != size_of::<T>() || !aligned {
            return None;
        }
        // Safety: `count` values of the checked type, next to each other, which live as long as the array.
        Some(unsafe { std::slice::from_raw_parts(self.data.cast(), self.count) })
    }

    /// A copy of the values.
    pub fn to_vec(&self) -> Vec<T> {
        self.iter().collect()
    }
}
