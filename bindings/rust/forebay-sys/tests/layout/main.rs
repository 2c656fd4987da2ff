//! The declarations have the layout that a C compiler gives the structs: tests/abi/layout.txt.

use forebay_sys::*;
use std::collections::BTreeMap;
use std::mem::{size_of, MaybeUninit};
use std::ptr::addr_of;

fn size_of_place<T>(_: *const T) -> usize {
    size_of::<T>()
}

/// Each struct as layout.txt has it: its size, then name, offset and size of each field.
macro_rules! fields {
    ($($name:ident { $($field:ident)* })*) => {
        fn layouts() -> BTreeMap<String, String> {
            let mut found = BTreeMap::new();
            $({
                let place = MaybeUninit::<$name>::uninit();
                let base = place.as_ptr();
                let mut text = format!("{}\n", size_of::<$name>());
                $(
                    let field = unsafe { addr_of!((*base).$field) };
                    let offset = field as usize - base as usize;
                    text += &format!("  {} {} {}\n", stringify!($field), offset, size_of_place(field));
                )*
                found.insert(stringify!($name).to_string(), text);
            })*
            found
        }
    };
}
include!("fields.rs");

#[test]
fn structs_have_the_layout_of_c() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/abi/layout.txt");
    let table = std::fs::read_to_string(path).expect(path);
    let own = layouts();
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    let mut name = String::new();
    for line in table.lines() {
        if line.starts_with(' ') {
            let text = expected
                .get_mut(&name)
                .expect("a struct comes before its fields");
            *text += &format!("{line}\n");
        } else {
            let (own, size) = line.split_once(' ').expect("name and size");
            name = own.to_string();
            expected.insert(name.clone(), format!("{size}\n"));
        }
    }
    assert!(expected.len() >= 25, "{} structs", expected.len());
    for (name, text) in &expected {
        assert_eq!(own.get(name), Some(text), "{name}");
    }
}

#[test]
fn library_has_the_abi_of_the_declarations() {
    assert_eq!(unsafe { forebay_abi_version() }, FOREBAY_ABI_VERSION);
    let mut options = unsafe { MaybeUninit::<forebay_loader_options>::zeroed().assume_init() };
    unsafe { forebay_loader_options_init(&mut options) };
    assert_eq!(
        options.struct_size as usize,
        size_of::<forebay_loader_options>()
    );
}
