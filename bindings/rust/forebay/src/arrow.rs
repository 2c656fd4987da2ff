//! Arrays as Arrow columns, without a copy: owners of the structs of the Arrow C data and stream interfaces.
//!
//! Each holds a lease of its own: it stays valid after the array and the loader were dropped, until it is dropped itself or
//! handed over with `into_raw`. The layout is that of Arrow's specification, so the raw struct can be read by any Arrow library:
//!
//! ```ignore
//! let (batch, schema) = array.export_arrow()?;
//! // Of the crate `arrow`: FFI_ArrowArray and FFI_ArrowSchema are the same C structs.
//! let batch = unsafe { std::mem::transmute::<_, arrow::ffi::FFI_ArrowArray>(batch.into_raw()) };
//! let schema = unsafe { std::mem::transmute::<_, arrow::ffi::FFI_ArrowSchema>(schema.into_raw()) };
//! let data = unsafe { arrow::ffi::from_ffi(batch, &schema)? };
//! ```
//!
//! Strings are `fixed_size_binary`, padded with NUL; booleans `arrow.bool8`; `M8[s]` to `M8[ns]` timestamps; sub-arrays
//! `fixed_size_list`. No value is null. Treat the values as constant.

use crate::call::{call, string_of, NONE};
use crate::dtype::Dtype;
use crate::error::{Code, Error, Result};
use forebay_sys as sys;
use std::mem::{ManuallyDrop, MaybeUninit};

macro_rules! owner {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[repr(transparent)]
        pub struct $name(names::$name);

        impl $name {
            /// One that was released, to be filled.
            pub(crate) fn released() -> $name {
                // Safety: pointers, numbers and optional functions, for all of which zero is valid.
                $name(unsafe { MaybeUninit::zeroed().assume_init() })
            }

            pub(crate) fn as_mut_ptr(&mut self) -> *mut names::$name {
                &mut self.0
            }

            /// The struct itself, to look at.
            pub fn raw(&self) -> &names::$name {
                &self.0
            }

            /// Hands the struct over: whoever has it calls its `release`.
            pub fn into_raw(self) -> names::$name {
                ManuallyDrop::new(self).0
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(release) = self.0.release {
                    unsafe { release(&mut self.0) }
                }
            }
        }

        // Safety: "ended by its `release` on any thread" (arrow.h); nothing changes it behind a shared reference.
        unsafe impl Send for $name {}
    };
}

owner! {
    /// A type.
    ArrowSchema
}
owner! {
    /// Values.
    ArrowArray
}
owner! {
    /// Record batches one after the other, see [`Loader::into_arrow`](crate::Loader::into_arrow).
    ArrowStream
}

/// The name that the specification gives the stream.
mod names {
    pub use forebay_sys::ArrowArrayStream as ArrowStream;
    pub use forebay_sys::{ArrowArray, ArrowSchema};
}

impl ArrowSchema {
    /// The type of a record batch of rows of `dtype`. [`Code::Argument`] if Arrow has no type for a field.
    pub fn of(dtype: &Dtype) -> Result<ArrowSchema> {
        ArrowSchema::of_field(dtype, sys::FOREBAY_ARROW_ALL_FIELDS)
    }

    pub(crate) fn of_field(dtype: &Dtype, index: u32) -> Result<ArrowSchema> {
        let mut out = ArrowSchema::released();
        let status = call(|error| unsafe {
            sys::forebay_dtype_export_arrow(dtype.handle(), index, out.as_mut_ptr(), error)
        })?;
        if status == NONE {
            return Err(Error::new(
                Code::NotFound,
                format!("there is no field {index}"),
            ));
        }
        Ok(out)
    }

    /// The type in Arrow's short form, such as "+s" for a record batch.
    pub fn format(&self) -> String {
        unsafe { string_of(self.0.format) }.unwrap_or_default()
    }

    /// Name of the field.
    pub fn name(&self) -> String {
        unsafe { string_of(self.0.name) }.unwrap_or_default()
    }
}

impl ArrowArray {
    /// Number of values, or rows of a record batch.
    pub fn len(&self) -> usize {
        self.0.length as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.length == 0
    }
}

impl ArrowStream {
    /// The type of all batches.
    pub fn schema(&mut self) -> Result<ArrowSchema> {
        let mut out = ArrowSchema::released();
        let function = self.0.get_schema.expect("a stream that was not released");
        match unsafe { function(&mut self.0, out.as_mut_ptr()) } {
            0 => Ok(out),
            errno => Err(self.failure(errno)),
        }
    }

    fn failure(&mut self, errno: i32) -> Error {
        let function = self.0.get_last_error;
        let text = function.and_then(|function| unsafe { string_of(function(&mut self.0)) });
        let message = text.unwrap_or_else(|| format!("the stream failed with errno {errno}"));
        Error::new(Code::Io, message)
    }
}

impl Iterator for ArrowStream {
    type Item = Result<ArrowArray>;

    /// The next batch; after a failure it goes on with the next source.
    fn next(&mut self) -> Option<Result<ArrowArray>> {
        let mut out = ArrowArray::released();
        let function = self.0.get_next.expect("a stream that was not released");
        match unsafe { function(&mut self.0, out.as_mut_ptr()) } {
            0 if out.0.release.is_none() => None,
            0 => Some(Ok(out)),
            errno => Some(Err(self.failure(errno))),
        }
    }
}
