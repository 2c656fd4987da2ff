//! Which Rust types lie in memory as which dtypes.

use crate::dtype::Dtype;
use crate::error::{Code, Error, Result};
use std::fmt;

/// A type that can stand for a field.
///
/// # Safety
/// The type has the size of the dtype that [`element`](Item::element) and [`shape`](Item::shape) tell, is valid for any bytes,
/// has no padding, and means what the dtype means.
pub unsafe trait Item: Copy + Send + Sync + 'static {
    /// The scalar in the dtype language, such as `f4`.
    fn element() -> String;

    /// Dimensions of a sub-array; none for a scalar.
    fn shape() -> Vec<usize> {
        Vec::new()
    }

    /// The whole in the dtype language, such as `f4[24]`.
    fn type_text() -> String {
        let shape: Vec<String> = Self::shape().iter().map(usize::to_string).collect();
        if shape.is_empty() {
            return Self::element();
        }
        format!("{}[{}]", Self::element(), shape.join(","))
    }
}

/// A type that can be the scalar of a sub-array: all of [`Item`] but `u8`, since `[u8; 10]` is the string `S10`.
///
/// # Safety
/// As [`Item`].
pub unsafe trait Element: Item {}

macro_rules! items {
    ($($type:ty = $text:literal,)*) => {$(
        unsafe impl Item for $type {
            fn element() -> String {
                $text.into()
            }
        }
    )*};
}

macro_rules! elements {
    ($($type:ty = $text:literal,)*) => {
        items! { $($type = $text,)* }
        $(unsafe impl Element for $type {})*
    };
}

items! { u8 = "u1", }
elements! {
    i8 = "i1", i16 = "i2", i32 = "i4", i64 = "i8",
    u16 = "u2", u32 = "u4", u64 = "u8",
    f32 = "f4", f64 = "f8",
    Bool = "?",
    Days = "M8[D]", Seconds = "M8[s]", Milliseconds = "M8[ms]", Microseconds = "M8[us]", Nanoseconds = "M8[ns]",
}

unsafe impl<const N: usize> Item for [u8; N] {
    fn element() -> String {
        format!("S{N}")
    }
}

unsafe impl<const N: usize> Element for [u8; N] {}

unsafe impl<T: Element, const N: usize> Item for [T; N] {
    fn element() -> String {
        T::element()
    }

    fn shape() -> Vec<usize> {
        let mut shape = vec![N];
        shape.extend(T::shape());
        shape
    }
}

unsafe impl<T: Element, const N: usize> Element for [T; N] {}

/// The dtype `?`: a byte that is 0 or 1. Not `bool`, for which any other byte in shared memory would be undefined behaviour.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Bool(u8);

impl Bool {
    /// Whether it is true.
    pub fn get(self) -> bool {
        self.0 != 0
    }
}

impl From<bool> for Bool {
    fn from(value: bool) -> Bool {
        Bool(u8::from(value))
    }
}

impl From<Bool> for bool {
    fn from(value: Bool) -> bool {
        value.get()
    }
}

impl fmt::Debug for Bool {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.get(), out)
    }
}

macro_rules! times {
    ($($name:ident $text:literal,)*) => {$(
        #[doc = concat!("The dtype `M8[", $text, "]`: the time since 1970-01-01T00:00:00 in that unit.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// numpy's "not a time", a missing value.
            pub const NAT: $name = $name(i64::MIN);
        }
    )*};
}

times! { Days "D", Seconds "s", Milliseconds "ms", Microseconds "us", Nanoseconds "ns", }

/// A type whose values lie in memory as the packed rows of a dtype. Made by [`row!`](crate::row!), and for a bare dtype any
/// [`Item`]. It is compared with the dtype of an array before rows are seen as it.
///
/// # Safety
/// The type has the layout of the packed records of [`dtype_text`](Row::dtype_text), is valid for any bytes and has no padding.
pub unsafe trait Row: Copy + Send + Sync + 'static {
    /// The dtype in the dtype language.
    fn dtype_text() -> String;
}

unsafe impl<T: Item> Row for T {
    fn dtype_text() -> String {
        T::type_text()
    }
}

/// The dtype of a type of rows.
///
/// ```
/// forebay::row! {
///     struct Site { chr: [u8; 10], pos: i32, t: [f32; 24] }
/// }
/// assert_eq!(forebay::dtype_of::<Site>().text(), "chr:S10,pos:i4,t:f4[24]");
/// assert_eq!(forebay::dtype_of::<[[f64; 3]; 2]>().text(), "f8[2,3]");
/// ```
///
/// # Panics
/// If the text of the type is no dtype, as with two fields of one name or a string of no bytes.
pub fn dtype_of<R: Row>() -> Dtype {
    let text = R::dtype_text();
    let dtype = Dtype::parse(&text).unwrap_or_else(|error| panic!("{text:?} is no dtype: {error}"));
    assert_eq!(
        dtype.row_bytes(),
        std::mem::size_of::<R>() as u64,
        "rows of {text:?}"
    );
    dtype
}

/// The dtype of `R`, if it is `dtype`; otherwise a failure that begins with `whose`, as "the table has".
pub(crate) fn check_rows<R: Row>(dtype: &Dtype, whose: &str) -> Result<Dtype> {
    let own = Dtype::parse(&R::dtype_text())?;
    if *dtype == own && own.row_bytes() == std::mem::size_of::<R>() as u64 {
        return Ok(own);
    }
    let message = format!("{whose} rows of {}, not of {own}", dtype.text());
    Err(Error::new(Code::Mismatch, message))
}

/// Declares a struct whose values are the packed rows of a dtype.
///
/// Fields are of any type of [`Item`](crate::Item): integers, floats, `[u8; 10]` for strings of ten bytes, [`Bool`](crate::Bool),
/// times such as [`Seconds`](crate::Seconds), and arrays of these. The struct is `#[repr(C, packed)]`, `Clone` and `Copy`: a
/// field is read by value, `{ row.pos }` where a macro would borrow it.
///
/// ```
/// forebay::row! {
///     /// A place in the genome.
///     #[derive(Debug, PartialEq)]
///     pub struct Site { pub chr: [u8; 10], pub pos: i32, pub pct: f32 }
/// }
/// let site = Site { chr: *b"chr22\0\0\0\0\0", pos: 16050000, pct: 50.0 };
/// assert_eq!(forebay::dtype_of::<Site>().row_bytes(), 18);
/// println!("{} {:?}", { site.pos }, site);
/// ```
///
/// Types that are no item are refused by the compiler:
///
/// ```compile_fail
/// forebay::row! { struct Wrong { name: String } }
/// ```
#[macro_export]
macro_rules! row {
    (
        $(#[$about:meta])*
        $visible:vis struct $name:ident {
            $($(#[$field_about:meta])* $field_visible:vis $field:ident : $type:ty),* $(,)?
        }
    ) => {
        // Why first: old compilers derive others for a packed struct only once it is Copy.
        #[derive(Clone, Copy)]
        $(#[$about])*
        #[repr(C, packed)]
        $visible struct $name {
            $($(#[$field_about])* $field_visible $field: $type,)*
        }

        // Safety: packed, so without padding; each field is an `Item`, in the order of the text.
        unsafe impl $crate::Row for $name {
            fn dtype_text() -> ::std::string::String {
                let fields: ::std::vec::Vec<::std::string::String> = ::std::vec![
                    $(::std::format!(
                        "{}:{}",
                        ::std::stringify!($field),
                        <$type as $crate::Item>::type_text()
                    )),*
                ];
                fields.join(",")
            }
        }
    };
}
