//! Declarations of libforebay's C interface, as the headers `forebay/*.h` have them. What a function does, owns and returns is
//! told there. The crate `forebay` is the safe way to it.
//!
//! The declarations are made from the headers by `generate.py` and checked in; tests compare their layout with what a C
//! compiler says. The shared library is found, in this order, by `$FOREBAY_LIBRARY` (its path), pkg-config, and in the folders
//! that the linker looks in.

#![allow(non_camel_case_types)]

#[rustfmt::skip]
mod declarations;
pub use declarations::*;
