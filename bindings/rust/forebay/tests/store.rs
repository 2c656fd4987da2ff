//! Stores: rows go into one HDF5 file, and come back.

mod support;

use forebay::{
    load, load_with, Code, Commit, Dtype, JournalState, Layout, LoaderOptions, Mode, Recovery,
    Refresh, SourceState, Store, StoreOptions, TableOptions,
};
use std::time::Duration;
use support::{hash_of, plain_rows, sample, Folder, Place, Site};

fn site() -> Dtype {
    forebay::dtype_of::<Site>()
}

fn all_rows() -> Vec<u8> {
    sample().iter().flat_map(|path| plain_rows(path)).collect()
}

fn bytes_of(rows: &[Site]) -> &[u8] {
    // Safety: packed.
    unsafe { std::slice::from_raw_parts(rows.as_ptr().cast(), std::mem::size_of_val(rows)) }
}

fn places(range: std::ops::Range<i32>) -> Vec<Place> {
    range
        .map(|pos| Place {
            chr: *b"chr22\0\0\0\0\0",
            pos,
        })
        .collect()
}

#[test]
fn arrays_and_loaders_give_the_same_table() {
    let folder = Folder::new();
    for bulk in [false, true] {
        let path = folder.path("meth.h5");
        let store = StoreOptions::new().mode(Mode::Replace).open(&path).unwrap();
        let table = store.table("data", &site()).unwrap();
        if bulk {
            let done = table
                .append_loader(&mut load(sample(), &site()).unwrap())
                .unwrap();
            assert_eq!((done.rows, done.ended), (40_000, true));
        } else {
            for array in load(sample(), &site()).unwrap() {
                table.append(&array.unwrap()).unwrap();
            }
        }
        assert_eq!(table.rows(), 40_000);
        store.close().unwrap();

        let store = Store::read(&path).unwrap();
        assert_eq!(store.table_names(), ["data"]);
        let table = store.existing("data").unwrap();
        assert_eq!(*table.dtype(), site());
        let rows = table.read::<Site>(0, usize::MAX).unwrap();
        assert_eq!(hash_of(bytes_of(&rows)), hash_of(&all_rows()));
        assert_eq!(table.read::<Site>(39_998, 5).unwrap(), rows[39_998..]);
        assert_eq!(table.read::<Site>(40_000, 5).unwrap(), []);
        let column = table.read_column::<i32>("pos", 7, 3).unwrap();
        assert_eq!(
            column,
            rows[7..10].iter().map(|row| row.pos).collect::<Vec<_>>()
        );
        assert_eq!(
            table.read::<Place>(0, 1).unwrap_err().code(),
            Code::Mismatch
        );
        assert_eq!(
            table.read_column::<u8>("pos", 0, 1).unwrap_err().code(),
            Code::Mismatch
        );
        assert_eq!(store.verify().unwrap(), 40_000);
    }
}

#[test]
fn rows_that_were_appended_are_not_changed_any_more() {
    let folder = Folder::new();
    let store = Store::open(folder.path("a.h5")).unwrap();
    let table = store.table("data", &site()).unwrap();
    let mut array = load(sample(), &site()).unwrap().next().unwrap().unwrap();
    table.append(&array).unwrap();
    assert_eq!(array.rows_mut::<Site>().unwrap_err().code(), Code::Busy);
    assert_eq!(
        array.retain::<Site>(|_| false).unwrap_err().code(),
        Code::Busy
    );
    store.close().unwrap();
}

#[test]
fn interrupted_load_is_resumed() {
    let folder = Folder::new();
    let path = folder.path("a.h5");
    let options = LoaderOptions::new().batch_rows(5000);
    let store = Store::open(&path).unwrap();
    let table = store.table("data", &site()).unwrap();
    let mut loader = load_with(sample(), &site(), &options).unwrap();
    for _ in 0..5 {
        let array = loader.next().unwrap().unwrap();
        table.append(&array).unwrap();
        table.consume(&loader, Some(&array)).unwrap();
    }
    store.close().unwrap();
    drop(loader);

    let store = Store::open(&path).unwrap();
    let table = store.table("data", &site()).unwrap();
    assert_eq!(table.rows(), 25_000);
    let states: Vec<SourceState> = table.sources().unwrap().iter().map(|s| s.state).collect();
    assert_eq!(states, [SourceState::Complete, SourceState::Partial]);
    let mut loader = load_with(sample(), &site(), &options).unwrap();
    table.resume(&mut loader).unwrap();
    assert_eq!(table.append_loader(&mut loader).unwrap().rows, 15_000);
    let rows = table.read::<Site>(0, usize::MAX).unwrap();
    assert_eq!(hash_of(bytes_of(&rows)), hash_of(&all_rows()));
    let sources = table.sources().unwrap();
    assert!(sources
        .iter()
        .all(|s| s.state == SourceState::Complete && s.rows == 20_000));
    assert_eq!(sources[0].path, sample()[0]);
    store.close().unwrap();
}

#[test]
fn load_in_steps_shows_progress() {
    let folder = Folder::new();
    let store = Store::open(folder.path("a.h5")).unwrap();
    let table = store.table("data", &site()).unwrap();
    let mut loader = load(sample(), &site()).unwrap();
    let mut rows = 0;
    loop {
        let done = table
            .append_loader_step(&mut loader, Duration::from_millis(5))
            .unwrap();
        rows += done.rows;
        if done.ended {
            break;
        }
    }
    assert_eq!(
        (rows, loader.progress().unwrap().rows_done),
        (40_000, 40_000)
    );
    store.close().unwrap();
}

#[test]
fn commits_are_begun_and_polled_and_readers_follow() {
    let folder = Folder::new();
    let path = folder.path("a.h5");
    let dtype = forebay::dtype_of::<Place>();
    let store = Store::open(&path).unwrap();
    let table = store.table("data", &dtype).unwrap();
    table.append_rows(&places(0..10)).unwrap();
    store.commit().unwrap();
    let reader = Store::read(&path).unwrap();
    let seen = reader.existing("data").unwrap();
    assert_eq!(
        (seen.rows(), reader.refresh().unwrap()),
        (10, Refresh::Unchanged)
    );
    assert_eq!(store.commit_poll(None).unwrap(), Commit::NoneBegun);
    table.append_rows(&places(10..20)).unwrap();
    let ticket = store.commit_begin().unwrap();
    assert_eq!(store.commit_poll(None).unwrap(), Commit::Done(ticket));
    assert_eq!(
        (reader.refresh().unwrap(), seen.rows()),
        (Refresh::Newer, 20)
    );
    assert_eq!(seen.read::<Place>(0, 100).unwrap(), places(0..20));
    assert_eq!(
        forebay::store_info(&path).unwrap().journal,
        JournalState::Live
    );
    store.close().unwrap();
    assert_eq!(reader.refresh().unwrap(), Refresh::Closed);
}

#[test]
fn dropped_store_has_its_last_commit_and_is_recovered() {
    let folder = Folder::new();
    let path = folder.path("a.h5");
    let store = Store::open(&path).unwrap();
    let table = store.table("data", &forebay::dtype_of::<Place>()).unwrap();
    table.append_rows(&places(0..10)).unwrap();
    store.commit().unwrap();
    table.append_rows(&places(10..30)).unwrap();
    drop(store);
    let info = forebay::store_info(&path).unwrap();
    assert_eq!(
        (info.journal, info.waiting_commits > 0),
        (JournalState::Waiting, true)
    );
    let none = forebay::RecoverOptions::new();
    assert_eq!(
        forebay::recover(&path, &none).unwrap().action,
        Recovery::Replayed
    );
    assert_eq!(
        forebay::recover(&path, &none).unwrap().action,
        Recovery::Nothing
    );
    let rows = Store::read(&path)
        .unwrap()
        .existing("data")
        .unwrap()
        .read::<Place>(0, 99)
        .unwrap();
    assert_eq!(rows, places(0..10));
}

#[test]
fn packed_file_has_the_same_rows() {
    let folder = Folder::new();
    let path = folder.path("a.h5");
    let store = Store::open(&path).unwrap();
    let table = store.table("data", &forebay::dtype_of::<Place>()).unwrap();
    for i in 0..20 {
        table.append_rows(&places(i * 10..i * 10 + 10)).unwrap();
        store.commit().unwrap();
    }
    store.close().unwrap();
    let options = forebay::RepackOptions::new().output(folder.path("b.h5"));
    let done = forebay::repack(&path, &options).unwrap();
    assert_eq!((done.tables, done.rows), (1, 200));
    assert_eq!(
        forebay::repack(&path, &options).unwrap_err().code(),
        Code::Exists
    );
    forebay::repack(&path, &options.replace(true)).unwrap();
    let store = Store::read(folder.path("b.h5")).unwrap();
    assert_eq!(
        store
            .existing("data")
            .unwrap()
            .read::<Place>(0, 999)
            .unwrap(),
        places(0..200)
    );
}

#[test]
fn table_keeps_its_options_and_attributes() {
    let folder = Folder::new();
    let store = Store::open(folder.path("a.h5")).unwrap();
    let options = TableOptions::new()
        .layout(Layout::Columns)
        .deflate(1)
        .shuffle(true)
        .fletcher32(true)
        .chunk_rows(4096);
    let table = store.table_with("run1/data", &site(), &options).unwrap();
    table
        .append_loader(&mut load(sample(), &site()).unwrap())
        .unwrap();
    table.set_text("cells", "IMR90").unwrap();
    table.set_number("run", 1.5).unwrap();
    store.commit().unwrap();
    let info = table.info().unwrap();
    assert_eq!(
        (info.rows, info.chunk_rows, info.layout),
        (40_000, 4096, Layout::Columns)
    );
    assert_eq!(
        (info.deflate, info.shuffle, info.fletcher32),
        (1, true, true)
    );
    assert!(info.stored_bytes < 40_000 * info.row_bytes);
    assert_eq!(table.text("cells").unwrap().as_deref(), Some("IMR90"));
    assert_eq!(table.number("run").unwrap(), Some(1.5));
    assert_eq!(
        (table.text("none").unwrap(), table.number("none").unwrap()),
        (None, None)
    );
    assert_eq!(table.text("run").unwrap_err().code(), Code::Mismatch);
    for name in ["cells", "run"] {
        assert!(table.attribute_names().iter().any(|own| own == name));
    }
    store.close().unwrap();
}

#[test]
fn failures_of_files_are_told_by_code() {
    let folder = Folder::new();
    let path = folder.path("a.h5");
    let store = Store::open(&path).unwrap();
    let error = StoreOptions::new()
        .mode(Mode::Create)
        .open(&path)
        .err()
        .unwrap();
    assert!(
        matches!(error.code(), Code::Exists | Code::Busy),
        "{error:?}"
    );
    store.table("data", &site()).unwrap();
    assert_eq!(
        store
            .table("data", &"f8".parse().unwrap())
            .err()
            .unwrap()
            .code(),
        Code::Mismatch
    );
    assert_eq!(
        store.existing("nothing").err().unwrap().code(),
        Code::NotFound
    );
    assert_eq!(
        Store::read(folder.path("none.h5")).err().unwrap().code(),
        Code::NotFound
    );
    let text = folder.write("text.h5", "no HDF5");
    assert_eq!(Store::open(text).err().unwrap().code(), Code::Format);
    store.close().unwrap();
}

#[test]
fn rejects_go_into_the_file() {
    let folder = Folder::new();
    let bad = folder.write("bad.txt", "1\nx\n3\n");
    let store = Store::open(folder.path("a.h5")).unwrap();
    let dtype: Dtype = "pos:i4".parse().unwrap();
    let options = LoaderOptions::new().on_error(forebay::OnError::Skip);
    let table = store.table("data", &dtype).unwrap();
    table
        .append_loader(&mut load_with([&bad], &dtype, &options).unwrap())
        .unwrap();
    store.commit().unwrap();
    let rejects = store.rejects().unwrap();
    assert_eq!(
        (rejects.len(), rejects[0].line, rejects[0].text.as_str()),
        (1, 2, "x")
    );
    store.close().unwrap();
}

#[test]
fn stores_of_several_threads_take_turns() {
    let folder = Folder::new();
    std::thread::scope(|scope| {
        for i in 0..4 {
            let path = folder.path(&format!("{i}.h5"));
            scope.spawn(move || {
                let store = Store::open(&path).unwrap();
                let table = store.table("data", &forebay::dtype_of::<Place>()).unwrap();
                for k in 0..20 {
                    table.append_rows(&places(k * 100..k * 100 + 100)).unwrap();
                    store.commit().unwrap();
                }
                store.close().unwrap();
            });
        }
    });
    for i in 0..4 {
        let store = Store::read(folder.path(&format!("{i}.h5"))).unwrap();
        let rows = store
            .existing("data")
            .unwrap()
            .read::<Place>(0, 9999)
            .unwrap();
        assert_eq!(rows, places(0..2000));
    }
}
