//! Files become arrays that are the shared memory.

mod support;

use forebay::{load, load_with, Batch, Code, Dtype, Layout, LoaderOptions, OnError};
use std::time::Duration;
use support::{hash_of, is_shared, kill, plain_rows, sample, Folder, Place, Site};

fn site() -> Dtype {
    forebay::dtype_of::<Site>()
}

#[test]
fn methylation_rows_hash_equal_to_those_parsed_by_rust() {
    for path in support::real_files() {
        let mut bytes = Vec::new();
        for array in load([&path], &site()).unwrap() {
            bytes.extend_from_slice(array.unwrap().bytes().unwrap());
        }
        let expected = plain_rows(&path);
        assert_eq!(
            (bytes.len(), hash_of(&bytes)),
            (expected.len(), hash_of(&expected))
        );
    }
}

#[test]
fn rows_and_columns_are_the_shared_memory() {
    assert!(!is_shared(Box::new(1).as_ref()));
    for layout in [Layout::Rows, Layout::Columns] {
        let options = LoaderOptions::new().layout(layout).batch_rows(8192);
        let mut count = 0;
        for array in load_with(sample(), &site(), &options).unwrap() {
            let array = array.unwrap();
            let pos = array.column::<i32>("pos").unwrap();
            assert!(is_shared(pos.as_ptr()));
            assert_eq!(pos.as_slice().is_some(), layout == Layout::Columns);
            if layout == Layout::Rows {
                let rows = array.rows::<Site>().unwrap();
                assert!(is_shared(rows.as_ptr()) && is_shared(rows.last().unwrap()));
                assert!(rows.iter().map(|row| row.pos).eq(pos.iter()));
            } else {
                assert_eq!(array.rows::<Site>().unwrap_err().code(), Code::Mismatch);
            }
            count += array.len();
        }
        assert_eq!(count, 40_000);
    }
}

#[test]
fn array_outlives_its_loader_and_no_block_stays_lent() {
    let mut loader = load_with(sample(), &site(), &LoaderOptions::new().batch_rows(5000)).unwrap();
    let first = loader.next().unwrap().unwrap();
    assert_eq!(
        (first.source(), first.first_row(), first.len()),
        (Some(0), 0, 5000)
    );
    assert_eq!(first.provenance().unwrap().rows, 5000);
    assert_eq!(
        loader
            .by_ref()
            .map(|array| array.unwrap().len())
            .sum::<usize>(),
        35_000
    );
    assert_eq!(loader.memory().unwrap().blocks_lent, 1);
    let copy = first.rows::<Site>().unwrap()[17];
    drop(first);
    assert_eq!(loader.memory().unwrap().blocks_lent, 0);

    let mut loader = load(sample(), &site()).unwrap();
    let array = loader.next().unwrap().unwrap();
    drop(loader);
    let array = std::thread::spawn(move || {
        assert!(is_shared(array.rows::<Site>().unwrap().as_ptr()));
        array
    });
    assert_eq!(array.join().unwrap().rows::<Site>().unwrap()[17], copy);
}

#[test]
fn bad_cell_is_an_error_with_its_place() {
    let folder = Folder::new();
    let bad = folder.write("bad.txt", "chr1\t1\nchr1\tx2\n");
    let good = folder.write("good.txt", "chr2\t5\n");
    let missing = folder.path("missing.txt");
    let dtype = forebay::dtype_of::<Place>();
    let mut loader = load([&bad, &missing, &good], &dtype).unwrap();
    assert_eq!(
        { loader.next().unwrap().unwrap().rows::<Place>().unwrap()[0].pos },
        1
    );
    let error = loader.next().unwrap().unwrap_err();
    assert_eq!(error.code(), Code::Value);
    assert_eq!(error.path(), Some(bad.as_path()));
    assert_eq!(
        (error.line(), error.column(), error.byte()),
        (Some(2), Some(2), Some(12))
    );
    assert_eq!(error.source_index(), Some(0));
    assert!(error.message().contains("x2") && !error.message().contains('\n'));
    let error = loader.next().unwrap().unwrap_err();
    assert_eq!((error.code(), error.os_errno()), (Code::NotFound, Some(2)));
    assert_eq!(
        loader.next().unwrap().unwrap().rows::<Place>().unwrap(),
        [Place {
            chr: *b"chr2\0\0\0\0\0\0",
            pos: 5
        }]
    );
    assert!(loader.next().is_none() && loader.next().is_none());
    assert_eq!(loader.source_rows(2).unwrap(), 1);
    assert_eq!(loader.source_rows(0).unwrap_err().code(), Code::Value);
    assert_eq!(loader.source_rows(3).unwrap_err().code(), Code::NotFound);
    assert_eq!(loader.paths(), [bad, missing, good]);
}

#[test]
fn bad_rows_are_listed() {
    let folder = Folder::new();
    let path = folder.write("bad.txt", "1\nx\n3\n");
    let options = LoaderOptions::new().on_error(OnError::Skip);
    let mut loader = load_with([&path], &"pos:i4".parse().unwrap(), &options).unwrap();
    let array = loader.next().unwrap().unwrap();
    assert_eq!(array.column::<i32>("pos").unwrap().to_vec(), [1, 3]);
    assert!(loader.next().is_none());
    let rejects = loader.rejects().unwrap();
    assert_eq!(rejects.len(), 1);
    assert_eq!(
        (rejects[0].path.clone(), rejects[0].line, rejects[0].column),
        (path, 2, 1)
    );
    assert_eq!(
        (rejects[0].text.as_str(), rejects[0].code),
        ("x", Code::Value)
    );
    assert_eq!(
        (
            loader.reject_count().unwrap(),
            loader.source_rejects(0).unwrap()
        ),
        (1, (1, 1))
    );
}

#[test]
fn child_that_is_killed_is_survived() {
    let options = LoaderOptions::new()
        .batch_rows(1000)
        .split_bytes(50_000)
        .children(2)
        .memory_bytes(1 << 20);
    let mut loader = load_with(sample(), &site(), &options).unwrap();
    let mut bytes = loader.next().unwrap().unwrap().bytes().unwrap().to_vec();
    let pid = loader
        .children()
        .unwrap()
        .iter()
        .find_map(|child| child.pid)
        .unwrap();
    kill(pid);
    for array in loader.by_ref() {
        bytes.extend_from_slice(array.unwrap().bytes().unwrap());
    }
    let expected: Vec<u8> = sample().iter().flat_map(|path| plain_rows(path)).collect();
    assert_eq!(hash_of(&bytes), hash_of(&expected));
    assert!(loader.progress().unwrap().child_restarts >= 1);
}

#[test]
fn keeping_every_array_ends_with_what_to_do() {
    let options = LoaderOptions::new().batch_rows(5000).memory_bytes(2 << 20);
    let files = vec![sample()[0].clone(); 40];
    let mut loader = load_with(files, &site(), &options).unwrap();
    let mut kept = Vec::new();
    let error = loop {
        match loader.next().unwrap() {
            Ok(array) => kept.push(array),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), Code::Full);
    assert!(error.message().contains("memory_bytes"), "{error}");
    let count = kept.len();
    assert!(count > 3);
    drop(kept);
    let rest: usize = loader
        .map(|array| usize::from(!array.unwrap().is_empty()))
        .sum();
    assert_eq!(count + rest, 160);
}

#[test]
fn arrays_are_changed_and_shortened_in_place() {
    let mut array = load(sample(), &site()).unwrap().next().unwrap().unwrap();
    let wanted: Vec<i32> = array
        .rows::<Site>()
        .unwrap()
        .iter()
        .filter(|row| row.c > 10)
        .map(|row| row.pos + 1)
        .collect();
    array
        .rows_mut::<Site>()
        .unwrap()
        .iter_mut()
        .for_each(|row| row.pos += 1);
    array.retain::<Site>(|row| row.c > 10).unwrap();
    assert!(!wanted.is_empty());
    assert_eq!(array.column::<i32>("pos").unwrap().to_vec(), wanted);
    let room = array.capacity();
    assert_eq!(array.set_len(room + 1).unwrap_err().code(), Code::Argument);
}

#[test]
fn rows_of_another_type_are_refused() {
    let array = load(sample(), &site()).unwrap().next().unwrap().unwrap();
    let error = array.rows::<Place>().unwrap_err();
    assert_eq!(error.code(), Code::Mismatch);
    assert!(error.message().contains("chr:S10,pos:i4,pct:f4"), "{error}");
    assert_eq!(
        array.column::<u32>("pos").err().unwrap().code(),
        Code::Mismatch
    );
    assert_eq!(
        array.column::<[u8; 9]>("chr").err().unwrap().code(),
        Code::Mismatch
    );
    assert_eq!(
        array.column::<i32>("nothing").err().unwrap().code(),
        Code::NotFound
    );
    assert_eq!(
        array.column_at::<i32>(9).err().unwrap().code(),
        Code::NotFound
    );
    assert!(array
        .column::<i32>("pos")
        .unwrap()
        .get(array.len())
        .is_none());
}

#[test]
fn nested_bare_and_special_types_are_read() {
    forebay::row! {
        #[derive(Debug, PartialEq)]
        struct Nested { ok: forebay::Bool, at: forebay::Seconds, t: [[i16; 2]; 2] }
    }
    let folder = Folder::new();
    let path = folder.write("a.txt", "1 1970-01-02 1 2 3 4\n0 1970-01-01 5 6 7 8\n");
    let dtype = forebay::dtype_of::<Nested>();
    assert_eq!(dtype.text(), "ok:?,at:M8[s],t:i2[2,2]");
    let array = load([&path], &dtype).unwrap().next().unwrap().unwrap();
    let first = Nested {
        ok: true.into(),
        at: forebay::Seconds(86_400),
        t: [[1, 2], [3, 4]],
    };
    assert_eq!(array.rows::<Nested>().unwrap()[0], first);
    assert_eq!(
        array.column::<[[i16; 2]; 2]>("t").unwrap().get(1),
        Some([[5, 6], [7, 8]])
    );

    let path = folder.write("b.txt", "1.5\n2.5\n");
    let options = LoaderOptions::new().batch(Batch::Source);
    let array = load_with([&path], &forebay::dtype_of::<f64>(), &options)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(array.rows::<f64>().unwrap(), [1.5, 2.5]);
    assert_eq!(
        array.column::<f64>("").unwrap().as_slice(),
        Some(&[1.5, 2.5][..])
    );
}

#[test]
fn wrong_options_are_refused_when_the_loader_is_opened() {
    let dtype = site();
    let refused = |options: LoaderOptions| options.open(&dtype).err().expect("refused");
    assert_eq!(
        refused(LoaderOptions::new().delimiter('x').quote('x')).code(),
        Code::Argument
    );
    assert_eq!(
        refused(LoaderOptions::new().na("a\0b")).code(),
        Code::Argument
    );
    assert!(refused(LoaderOptions::new().memory_bytes(5000))
        .message()
        .contains("memory_bytes"));
    assert_eq!(
        refused(LoaderOptions::new().program("/nowhere/loader")).code(),
        Code::NotFound
    );
    assert_eq!(Dtype::parse("pos:i3").unwrap_err().code(), Code::Dtype);
}

#[test]
fn guess_is_frozen_and_loads_the_file() {
    let folder = Folder::new();
    let path = folder.write("a.csv", "name;size\nx;1\ny;22\n");
    let guess = forebay::sniff(&path).unwrap();
    assert_eq!(
        (guess.delimiter(), guess.header(), guess.columns()),
        (Some(';'), true, 2)
    );
    assert_eq!(guess.dtype().fields()[1].name, "size");
    assert_eq!(guess.rows_sampled(), 2);
    let options = guess.apply(&LoaderOptions::new().comment("#")).unwrap();
    let dtype = guess.dtype().clone();
    drop(guess);
    let array = load_with([&path], &dtype, &options)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(array.len(), 2);
    let error = forebay::sniff(folder.write("empty.txt", "")).err().unwrap();
    assert_eq!(error.code(), Code::Truncated);
}

#[test]
fn patterns_and_open_files_are_added() {
    let folder = Folder::new();
    for i in [1, 2, 10] {
        folder.write(&format!("chr{i}.txt"), format!("{i}\n"));
    }
    let loader = LoaderOptions::new()
        .open(&forebay::dtype_of::<i32>())
        .unwrap();
    let none = forebay::FileOptions::new();
    assert_eq!(loader.add(folder.path("chr*.txt"), &none).unwrap(), 3);
    let file = std::fs::File::open(folder.path("chr2.txt")).unwrap();
    loader
        .add_open(&file, "open", &none.clone().max_rows(1))
        .unwrap();
    drop(file);
    assert_eq!(
        loader.add(folder.path("none*"), &none).unwrap_err().code(),
        Code::NotFound
    );
    let got: Vec<i32> = loader
        .map(|array| array.unwrap().rows::<i32>().unwrap()[0])
        .collect();
    assert_eq!(got, [1, 2, 10, 2]);
}

#[test]
fn time_that_is_over_and_cancelling_are_told() {
    let (_reader, writer) = pipe();
    let mut loader = LoaderOptions::new()
        .open(&forebay::dtype_of::<i32>())
        .unwrap();
    loader
        .add_open(&_reader, "pipe", &forebay::FileOptions::new())
        .unwrap();
    let error = loader
        .next_array(Some(Duration::from_millis(50)))
        .unwrap_err();
    assert_eq!((error.code(), error.source_index()), (Code::Timeout, None));
    loader.cancel().unwrap();
    assert_eq!(loader.next().unwrap().unwrap_err().code(), Code::Cancelled);
    assert!(loader.next().is_none());
    drop(writer);
}

fn pipe() -> (
    std::os::unix::net::UnixStream,
    std::os::unix::net::UnixStream,
) {
    std::os::unix::net::UnixStream::pair().unwrap()
}

#[test]
fn arena_is_filled_by_the_program_and_shared_with_others() {
    let arena = forebay::Arena::open(1 << 20).unwrap();
    let dtype = forebay::dtype_of::<Place>();
    let mut array = arena.lease(&dtype, 1000).unwrap();
    array
        .fill::<Place>(3, |rows| {
            for (i, row) in rows.iter_mut().enumerate() {
                *row = Place {
                    chr: [b'x'; 10],
                    pos: i as i32,
                };
            }
        })
        .unwrap();
    assert!(is_shared(array.rows::<Place>().unwrap().as_ptr()));
    let descriptor = array.share().unwrap();
    let mut other = forebay::Array::attach(&descriptor, Some(&dtype)).unwrap();
    assert!(other.is_read_only());
    assert_eq!(
        other.rows::<Place>().unwrap(),
        array.rows::<Place>().unwrap()
    );
    assert_eq!(other.rows_mut::<Place>().unwrap_err().code(), Code::State);
    let wrong = forebay::Array::attach(&descriptor, Some(&forebay::dtype_of::<i64>()));
    assert_eq!(wrong.unwrap_err().code(), Code::Mismatch);
    assert_eq!(
        arena.lease(&dtype, 1 << 20).unwrap_err().code(),
        Code::Argument
    );
    drop(array);
    assert_eq!(arena.stats().unwrap().blocks_lent, 0);
}

#[test]
fn columns_are_handed_to_arrow_without_a_copy() {
    let options = LoaderOptions::new()
        .layout(Layout::Columns)
        .batch_rows(8192);
    let mut loader = load_with(sample(), &site(), &options).unwrap();
    let mut array = loader.next().unwrap().unwrap();
    let address = array.column::<i32>("pos").unwrap().as_ptr();
    let (batch, schema) = array.export_arrow().unwrap();
    assert_eq!(
        (schema.format().as_str(), schema.raw().n_children),
        ("+s", 5)
    );
    assert_eq!(batch.len(), array.len());
    let values = unsafe { *(**batch.raw().children.add(1)).buffers.add(1) };
    assert_eq!(values.cast::<i32>(), address);
    assert_eq!(array.rows_mut::<i32>().unwrap_err().code(), Code::Busy);
    drop(array);
    assert!(loader.by_ref().all(|array| array.is_ok()));
    assert_eq!(loader.memory().unwrap().blocks_lent, 1);
    drop((batch, schema));
    assert_eq!(loader.memory().unwrap().blocks_lent, 0);

    let mut stream = load_with(sample(), &site(), &options)
        .unwrap()
        .into_arrow()
        .unwrap();
    assert_eq!(stream.schema().unwrap().raw().n_children, 5);
    assert_eq!(
        stream.map(|batch| batch.unwrap().len()).sum::<usize>(),
        40_000
    );
    let rows = load(sample(), &site()).unwrap().next().unwrap().unwrap();
    assert_eq!(rows.export_arrow().err().unwrap().code(), Code::Argument);
}

#[test]
fn library_is_of_this_release() {
    assert_eq!(forebay::version(), env!("CARGO_PKG_VERSION"));
}
