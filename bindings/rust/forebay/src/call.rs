//! How a function of the library is called: the check of its ABI before the first one, statuses as results, strings.

use crate::error::{Code, Error, Result};
use forebay_sys as sys;
use std::ffi::{CStr, CString, OsStr};
use std::mem::MaybeUninit;
use std::os::raw::c_char;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

pub(crate) use sys::{
    FOREBAY_AGAIN as AGAIN, FOREBAY_END as END, FOREBAY_NONE as NONE, FOREBAY_OK as OK,
};

/// Fails if the library that was loaded is not of the ABI that this crate was made for.
fn check_abi() -> Result<()> {
    // Cheap enough for each call: the function returns a constant.
    let abi = unsafe { sys::forebay_abi_version() };
    if abi == sys::FOREBAY_ABI_VERSION {
        return Ok(());
    }
    Err(Error::new(
        Code::Version,
        format!(
            "the library is libforebay {} with ABI {abi}, but this program needs ABI {}: install a \
             library of the same release, or set LD_LIBRARY_PATH to one",
            crate::version(),
            sys::FOREBAY_ABI_VERSION
        ),
    ))
}

/// Calls; a failure becomes an [`Error`], any other status is returned.
pub(crate) fn call(function: impl FnOnce(*mut sys::forebay_error) -> i32) -> Result<i32> {
    check_abi()?;
    let mut record = MaybeUninit::<sys::forebay_error>::uninit();
    // Safety: the function initialises the whole record.
    let status = unsafe {
        sys::forebay_error_init(record.as_mut_ptr());
        function(record.as_mut_ptr())
    };
    if status >= 0 {
        return Ok(status);
    }
    Err(Error::from_record(status, unsafe {
        record.assume_init_ref()
    }))
}

/// A struct of the interface whose first field is its size and whose other fields are zero.
pub(crate) fn sized<T: Copy>() -> T {
    let mut place = MaybeUninit::<T>::zeroed();
    // Safety: used only for structs of `sys` whose first field is `struct_size: u32`, and in which zero is valid.
    unsafe {
        place
            .as_mut_ptr()
            .cast::<u32>()
            .write(std::mem::size_of::<T>() as u32);
        place.assume_init()
    }
}

/// Text for C. What is no text of C, because a NUL stands in it, is refused by name.
pub(crate) fn c_text(what: &str, bytes: &[u8]) -> Result<CString> {
    CString::new(bytes).map_err(|_| {
        Error::new(
            Code::Argument,
            format!("{what} has a NUL in it; remove that"),
        )
    })
}

pub(crate) fn c_path(path: &Path) -> Result<CString> {
    c_text("a path", path.as_os_str().as_bytes())
}

/// The bytes before the NUL in a fixed field.
pub(crate) fn bytes_of(field: &[c_char]) -> &[u8] {
    // Safety: c_char and u8 have the same layout.
    let bytes = unsafe { std::slice::from_raw_parts(field.as_ptr().cast::<u8>(), field.len()) };
    let end = bytes
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(bytes.len());
    &bytes[..end]
}

pub(crate) fn text_of(field: &[c_char]) -> String {
    String::from_utf8_lossy(bytes_of(field)).into_owned()
}

pub(crate) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// # Safety
/// `text` is NULL or a string that lives until the function returns.
pub(crate) unsafe fn string_of(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    Some(
        unsafe { CStr::from_ptr(text) }
            .to_string_lossy()
            .into_owned(),
    )
}

/// # Safety
/// As [`string_of`].
pub(crate) unsafe fn path_at(text: *const c_char) -> Option<PathBuf> {
    if text.is_null() {
        return None;
    }
    Some(path_of(unsafe { CStr::from_ptr(text) }.to_bytes()))
}
