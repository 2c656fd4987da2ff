//! Element types: what one row consists of.

use crate::call::{c_text, call, string_of, OK};
use crate::error::Result;
use forebay_sys as sys;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::{null_mut, NonNull};
use std::str::FromStr;

/// What one row consists of. Never changes once made.
///
/// ```
/// let dtype = forebay::Dtype::parse("chr:S10,pos:i4,t:f4[24]")?;
/// assert_eq!(dtype.row_bytes(), 10 + 4 + 24 * 4);
/// assert_eq!(dtype.fields()[1].name, "pos");
/// # Ok::<(), forebay::Error>(())
/// ```
pub struct Dtype {
    handle: NonNull<sys::forebay_dtype>,
}

// Safety: "A dtype never changes once made; it may be used from several threads at once." (dtype.h)
unsafe impl Send for Dtype {}
unsafe impl Sync for Dtype {}

/// Kind of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `S`: a fixed number of bytes, padded with NUL.
    Bytes,
    /// `i`: two's complement.
    Int,
    /// `u`: unsigned.
    Uint,
    /// `f`: IEEE 754.
    Float,
    /// `?`: one byte, 0 or 1.
    Bool,
    /// `M8`: an i64 that counts the unit since 1970.
    Datetime,
    /// One that this crate does not know.
    Other,
}

/// One field of a dtype.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// Its name; empty for a bare type.
    pub name: String,
    /// Kind of its scalars.
    pub kind: Kind,
    /// Unit of a datetime, such as "ns".
    pub unit: String,
    /// Bytes of one scalar.
    pub item_bytes: u64,
    /// Byte offset in the packed record.
    pub offset: u64,
    /// Scalars in the field.
    pub count: u64,
    /// Whether the scalars are big-endian.
    pub big_endian: bool,
    /// Dimensions of the sub-array; empty for a scalar.
    pub shape: Vec<u64>,
}

impl Dtype {
    pub(crate) fn from_handle(handle: *mut sys::forebay_dtype) -> Dtype {
        Dtype {
            handle: NonNull::new(handle).expect("a dtype after success"),
        }
    }

    pub(crate) fn handle(&self) -> *const sys::forebay_dtype {
        self.handle.as_ptr()
    }

    /// Makes a dtype from text such as `"chr:S10,pos:i4"` or `"f4[721,1440]"`; [`Error::column`](crate::Error::column) tells
    /// the place of a fault.
    pub fn parse(text: &str) -> Result<Dtype> {
        let text = c_text("the dtype", text.as_bytes())?;
        let mut out = null_mut();
        call(|error| unsafe { sys::forebay_dtype_parse(text.as_ptr(), &mut out, error) })?;
        Ok(Dtype::from_handle(out))
    }

    /// Makes a dtype from numpy's `dtype.descr` or `dtype.str`, such as `"[('pos', '<i4')]"`.
    pub fn parse_descr(descr: &str) -> Result<Dtype> {
        let text = c_text("the dtype", descr.as_bytes())?;
        let mut out = null_mut();
        call(|error| unsafe { sys::forebay_dtype_parse_descr(text.as_ptr(), &mut out, error) })?;
        Ok(Dtype::from_handle(out))
    }

    /// The text that [`parse`](Dtype::parse) makes an equal dtype of.
    pub fn text(&self) -> String {
        unsafe { string_of(sys::forebay_dtype_text(self.handle())) }.unwrap_or_default()
    }

    /// The dtype as numpy has it.
    pub fn descr(&self) -> String {
        unsafe { string_of(sys::forebay_dtype_descr(self.handle())) }.unwrap_or_default()
    }

    /// Bytes of one packed row.
    pub fn row_bytes(&self) -> u64 {
        unsafe { sys::forebay_dtype_row_bytes(self.handle()) }
    }

    /// Whether it is a record with named fields, rather than a bare type.
    pub fn is_record(&self) -> bool {
        unsafe { sys::forebay_dtype_is_record(self.handle()) == 1 }
    }

    /// Its fields; one without a name for a bare type.
    pub fn fields(&self) -> Vec<Field> {
        let count = unsafe { sys::forebay_dtype_field_count(self.handle()) };
        (0..count).filter_map(|index| self.field(index)).collect()
    }

    /// Number of the field of this name, from 0.
    pub fn index_of(&self, name: &str) -> Option<u32> {
        self.fields()
            .iter()
            .position(|field| field.name == name)
            .map(|place| place as u32)
    }

    pub(crate) fn field(&self, index: u32) -> Option<Field> {
        let mut raw: sys::forebay_dtype_field = crate::call::sized();
        if unsafe { sys::forebay_dtype_field_at(self.handle(), index, &mut raw) } != OK {
            return None;
        }
        Some(Field {
            name: unsafe { string_of(raw.name) }.unwrap_or_default(),
            kind: kind_of(raw.kind),
            unit: unsafe { string_of(raw.unit) }.unwrap_or_default(),
            item_bytes: raw.item_bytes,
            offset: raw.offset,
            count: raw.count,
            big_endian: raw.big_endian == 1,
            shape: raw.shape[..raw.rank as usize].to_vec(),
        })
    }
}

fn kind_of(kind: i32) -> Kind {
    match kind as u32 {
        sys::FOREBAY_DTYPE_BYTES => Kind::Bytes,
        sys::FOREBAY_DTYPE_INT => Kind::Int,
        sys::FOREBAY_DTYPE_UINT => Kind::Uint,
        sys::FOREBAY_DTYPE_FLOAT => Kind::Float,
        sys::FOREBAY_DTYPE_BOOL => Kind::Bool,
        sys::FOREBAY_DTYPE_DATETIME => Kind::Datetime,
        _ => Kind::Other,
    }
}

impl Field {
    /// The type of the field as the dtype language has it, such as `S10` or `f4[24]`, with `>` where it is not the machine's.
    pub fn type_text(&self) -> String {
        let order = if self.big_endian != cfg!(target_endian = "big") && self.item_bytes > 1 {
            if self.big_endian {
                ">"
            } else {
                "<"
            }
        } else {
            ""
        };
        let scalar = match self.kind {
            Kind::Bytes => format!("S{}", self.item_bytes),
            Kind::Int => format!("{order}i{}", self.item_bytes),
            Kind::Uint => format!("{order}u{}", self.item_bytes),
            Kind::Float => format!("{order}f{}", self.item_bytes),
            Kind::Bool => "?".into(),
            Kind::Datetime => format!("{order}M8[{}]", self.unit),
            Kind::Other => "unknown".into(),
        };
        if self.shape.is_empty() {
            return scalar;
        }
        let shape: Vec<String> = self.shape.iter().map(u64::to_string).collect();
        format!("{scalar}[{}]", shape.join(","))
    }
}

impl Drop for Dtype {
    fn drop(&mut self) {
        unsafe { sys::forebay_dtype_free(self.handle.as_ptr()) }
    }
}

impl Clone for Dtype {
    fn clone(&self) -> Dtype {
        Dtype::parse(&self.text()).expect("the text of a dtype makes an equal one")
    }
}

impl PartialEq for Dtype {
    fn eq(&self, other: &Dtype) -> bool {
        unsafe { sys::forebay_dtype_equal(self.handle(), other.handle()) == 1 }
    }
}

impl Eq for Dtype {}

impl FromStr for Dtype {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Dtype> {
        Dtype::parse(text)
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text())
    }
}

impl fmt::Debug for Dtype {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Dtype({:?})", self.text())
    }
}

/// The dtype of an array, a table or a guess, which owns it.
pub struct BorrowedDtype<'a> {
    dtype: ManuallyDrop<Dtype>,
    owner: PhantomData<&'a Dtype>,
}

impl<'a> BorrowedDtype<'a> {
    /// # Safety
    /// `handle` is a dtype that lives as long as `'a`.
    pub(crate) unsafe fn new(handle: *const sys::forebay_dtype) -> BorrowedDtype<'a> {
        let dtype = ManuallyDrop::new(Dtype::from_handle(handle as *mut _));
        BorrowedDtype {
            dtype,
            owner: PhantomData,
        }
    }
}

impl Deref for BorrowedDtype<'_> {
    type Target = Dtype;

    fn deref(&self) -> &Dtype {
        &self.dtype
    }
}

impl fmt::Debug for BorrowedDtype<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.dtype, out)
    }
}
