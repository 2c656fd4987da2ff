//! Loaders written in Rust: programs that read the files in the child processes.

mod support;

use forebay::{load_with, Code, Layout, LoaderOptions, Store};
use std::path::PathBuf;
use support::{is_shared, Folder};

forebay::row! {
    #[derive(Debug, PartialEq)]
    struct Frame { channel: i32, value: f64 }
}

/// An example of this crate: it stands beside the folder of the test's program.
fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples")
        .join(name)
}

fn child(name: &str, config: &str) -> LoaderOptions {
    LoaderOptions::new()
        .child_argv([program(name)])
        .child_config(config)
        .children(1)
}

fn frames(first: i32, count: i32) -> Vec<Frame> {
    (first..first + count)
        .map(|i| Frame {
            channel: i,
            value: f64::from(i) / 2.0,
        })
        .collect()
}

fn file_of(folder: &Folder, name: &str, rows: &[Frame]) -> PathBuf {
    let mut bytes = b"INSTRUM1".to_vec();
    for row in rows {
        bytes.extend_from_slice(&{ row.channel }.to_le_bytes());
        bytes.extend_from_slice(&{ row.value }.to_le_bytes());
    }
    folder.write(name, bytes)
}

#[test]
fn pushed_rows_arrive_in_order_in_either_layout() {
    let folder = Folder::new();
    let files: Vec<PathBuf> = (0..3)
        .map(|i| file_of(&folder, &format!("{i}.bin"), &frames(i * 9000, 5000 + i)))
        .collect();
    let mut expected = Vec::new();
    (0..3).for_each(|i| expected.extend(frames(i * 9000, 5000 + i)));
    for layout in [Layout::Rows, Layout::Columns] {
        let options = child("frames", "").layout(layout).batch_rows(4096);
        let (mut got, mut notes) = (Vec::new(), 0);
        let mut loader = load_with(&files, &forebay::dtype_of::<Frame>(), &options).unwrap();
        while let Some(array) = loader.next() {
            let array = array.unwrap();
            let channel = array.column::<i32>("channel").unwrap();
            assert!(is_shared(channel.as_ptr()));
            let value = array.column::<f64>("value").unwrap();
            got.extend(
                channel
                    .iter()
                    .zip(value.iter())
                    .map(|(channel, value)| Frame { channel, value }),
            );
            notes += loader.notes().unwrap().len();
        }
        notes += loader.notes().unwrap().len();
        assert!(got == expected);
        assert_eq!(notes, 3);
    }
}

#[test]
fn rows_are_written_straight_into_shared_memory() {
    let folder = Folder::new();
    let path = folder.write("a.bin", vec![b'x'; 10_001]);
    let options = child("odd_child", "blocks:").batch_rows(1000);
    let loader = load_with([&path], &forebay::dtype_of::<Frame>(), &options).unwrap();
    let rows: Vec<Frame> = loader
        .flat_map(|array| array.unwrap().rows::<Frame>().unwrap().to_vec())
        .collect();
    assert!(rows == frames(0, 10_001));
}

#[test]
fn child_that_dies_is_replaced_and_no_row_comes_twice() {
    let folder = Folder::new();
    let path = folder.write("a.bin", "x");
    let marker = folder.path("died");
    let options = child("odd_child", &format!("die:{}", marker.display())).batch_rows(1000);
    let mut loader = load_with([&path], &forebay::dtype_of::<Frame>(), &options).unwrap();
    let mut rows = Vec::new();
    for array in loader.by_ref() {
        rows.extend_from_slice(array.unwrap().rows::<Frame>().unwrap());
    }
    assert!(marker.exists() && rows == frames(0, 5000));
    assert_eq!(loader.progress().unwrap().child_restarts, 1);
}

#[test]
fn failures_and_panics_are_failures_of_the_file() {
    let folder = Folder::new();
    let path = folder.write("a.bin", "WRONGONE");
    let failure = |options: LoaderOptions| {
        let mut loader = load_with([&path], &forebay::dtype_of::<Frame>(), &options).unwrap();
        loader.next().unwrap().unwrap_err()
    };
    let error = failure(child("frames", ""));
    assert_eq!(
        (error.code(), error.byte(), error.path()),
        (Code::Format, Some(0), Some(path.as_path()))
    );
    let error = failure(child("odd_child", "place:frame 3 has no channel"));
    assert_eq!(
        (error.code(), error.line(), error.byte()),
        (Code::Value, Some(4), Some(36))
    );
    assert!(error.column() == Some(1) && error.message().contains("frame 3 has no channel"));
    assert!(failure(child("odd_child", "panic:out of ink"))
        .message()
        .contains("out of ink"));
    assert!(failure(child("odd_child", "type:"))
        .message()
        .contains("channel:i4,value:f8"));
}

#[test]
fn child_feeds_a_store_as_text_does() {
    let folder = Folder::new();
    let path = file_of(&folder, "a.bin", &frames(0, 5000));
    let store = Store::open(folder.path("a.h5")).unwrap();
    let dtype = forebay::dtype_of::<Frame>();
    let table = store.table("frames", &dtype).unwrap();
    let mut loader = load_with([&path], &dtype, &child("frames", "")).unwrap();
    assert_eq!(table.append_loader(&mut loader).unwrap().rows, 5000);
    assert!(table.read::<Frame>(0, 9999).unwrap() == frames(0, 5000));
    let mut loader = load_with([&path], &dtype, &child("frames", "")).unwrap();
    table.resume(&mut loader).unwrap();
    assert_eq!(table.append_loader(&mut loader).unwrap().rows, 0);

    let text = folder.write("frames.txt", "7 0.5\n8 1.5\n");
    let mut loader = forebay::load([&text], &dtype).unwrap();
    assert_eq!(table.append_loader(&mut loader).unwrap().rows, 2);
    let last = table.read::<Frame>(5000, 9).unwrap();
    assert_eq!((last.len(), { last[1].value }), (2, 1.5));
    store.close().unwrap();
}

#[test]
fn process_that_no_loader_started_is_no_child() {
    let done = std::process::Command::new(program("frames"))
        .output()
        .unwrap();
    assert!(!done.status.success() && !done.stderr.is_empty());
}
