//! Guesses what a text file is, to be looked at and frozen.

use crate::call::{c_path, call, sized, string_of};
use crate::dtype::BorrowedDtype;
use crate::error::Result;
use crate::loader_options::LoaderOptions;
use forebay_sys as sys;
use std::path::Path;
use std::ptr::{null_mut, NonNull};

/// Options of a guess.
#[derive(Clone, Default)]
pub struct SniffOptions {
    sample_bytes: u64,
    also_at: u64,
    known: LoaderOptions,
}

impl SniffOptions {
    /// The defaults.
    pub fn new() -> SniffOptions {
        SniffOptions::default()
    }

    /// Bytes to look at at the top; an eighth of that in some other places. Default 1 MiB.
    pub fn sample_bytes(mut self, sample_bytes: u64) -> Self {
        self.sample_bytes = sample_bytes;
        self
    }

    /// Look at the surroundings of this byte too: [`Error::byte`](crate::Error::byte) of a value that did not fit.
    pub fn also_at(mut self, also_at: u64) -> Self {
        self.also_at = also_at;
        self
    }

    /// What is set there of delimiter, quote, header and the like is taken as given.
    pub fn known(mut self, known: &LoaderOptions) -> Self {
        self.known = known.clone();
        self
    }

    /// Looks at samples of a file, plain or compressed, in a child process, and waits for it.
    pub fn sniff(&self, path: impl AsRef<Path>) -> Result<Sniff> {
        let path = c_path(path.as_ref())?;
        let mut raw: sys::forebay_sniff_options = sized();
        raw.sample_bytes = self.sample_bytes;
        raw.also_at = self.also_at;
        let mut out = null_mut();
        self.known.with_raw(|known| {
            call(|error| unsafe {
                sys::forebay_sniff_file(path.as_ptr(), known, &raw, &mut out, error)
            })
        })?;
        Ok(Sniff {
            handle: NonNull::new(out).expect("a guess after success"),
        })
    }
}

/// Guesses what a text file is: [`SniffOptions::sniff`] with the defaults.
pub fn sniff(path: impl AsRef<Path>) -> Result<Sniff> {
    SniffOptions::new().sniff(path)
}

/// What a file is guessed to be. A load never changes it silently: a value that does not fit is an error.
pub struct Sniff {
    handle: NonNull<sys::forebay_sniff>,
}

// Safety: never changes once made, "any thread" (sniff.h).
unsafe impl Send for Sniff {}
unsafe impl Sync for Sniff {}

impl Sniff {
    fn handle(&self) -> *const sys::forebay_sniff {
        self.handle.as_ptr()
    }

    fn info(&self) -> sys::forebay_sniff_info {
        let mut raw: sys::forebay_sniff_info = sized();
        call(|error| unsafe { sys::forebay_sniff_info_get(self.handle(), &mut raw, error) })
            .expect("a guess that is there");
        raw
    }

    /// The dtype to freeze; its names are those of the header, or c1, c2 and so on.
    pub fn dtype(&self) -> BorrowedDtype<'_> {
        // Safety: borrowed from the guess.
        unsafe { BorrowedDtype::new(sys::forebay_sniff_dtype(self.handle())) }
    }

    /// `options` with what was guessed of delimiter, quote, header and the like, where they say nothing themselves.
    pub fn apply(&self, options: &LoaderOptions) -> Result<LoaderOptions> {
        options.filled(|raw| {
            call(|error| unsafe { sys::forebay_sniff_apply(self.handle(), raw, error) })?;
            Ok(())
        })
    }

    /// The character between columns; `None`: runs of spaces and tabs.
    pub fn delimiter(&self) -> Option<char> {
        match self.info().delimiter {
            sys::FOREBAY_LOADER_DELIMITER_BLANKS => None,
            character => char::from_u32(character),
        }
    }

    /// Whether the first row names the columns.
    pub fn header(&self) -> bool {
        self.info().header == sys::FOREBAY_LOADER_HEADER_ON
    }

    /// Number of columns.
    pub fn columns(&self) -> u32 {
        self.info().columns
    }

    /// A rough measure in percent: below 80 have a look at the notes.
    pub fn confidence(&self) -> u32 {
        self.info().confidence
    }

    /// Rows looked at.
    pub fn rows_sampled(&self) -> u64 {
        self.info().rows_sampled
    }

    /// What is doubtful.
    pub fn notes(&self) -> Vec<String> {
        // Safety: NULL, or a string that lives as long as the guess.
        (0..)
            .map_while(|index| unsafe { string_of(sys::forebay_sniff_note(self.handle(), index)) })
            .collect()
    }
}

impl Drop for Sniff {
    fn drop(&mut self) {
        unsafe { sys::forebay_sniff_free(self.handle.as_ptr()) }
    }
}
