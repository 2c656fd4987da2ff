//! What the optional features add: views of `ndarray` and record batches of `arrow` are the shared memory.
#![cfg(any(feature = "arrow", feature = "ndarray"))]

mod support;

use forebay::{load_with, Code, Dtype, Layout, LoaderOptions};
use support::{is_shared, sample, Site};

fn site() -> Dtype {
    forebay::dtype_of::<Site>()
}

fn columns() -> LoaderOptions {
    LoaderOptions::new()
        .layout(Layout::Columns)
        .batch_rows(8192)
}

#[cfg(feature = "ndarray")]
#[test]
fn columns_are_views_of_the_shared_memory() {
    let mut loader = load_with(sample(), &site(), &columns()).unwrap();
    let array = loader.next().unwrap().unwrap();
    let column = array.column::<f32>("pct").unwrap();
    let view = column.as_ndarray().unwrap();
    assert!(is_shared(view.as_ptr()) && view.is_standard_layout());
    assert!(view.iter().copied().eq(column.iter()));
    let pos = array.ndarray::<i32>("pos").unwrap();
    assert_eq!(pos.shape(), [array.len()]);
    assert_eq!(
        pos[[0]],
        array.column::<i32>("pos").unwrap().get(0).unwrap()
    );
    assert_eq!(
        array.ndarray::<i32>("pct").unwrap_err().code(),
        Code::Mismatch
    );
    assert_eq!(
        array.ndarray::<i32>("none").unwrap_err().code(),
        Code::NotFound
    );
}

#[cfg(feature = "ndarray")]
#[test]
fn packed_records_are_views_where_they_are_aligned() {
    let arena = forebay::Arena::open(1 << 20).unwrap();
    forebay::row! { struct Even { a: f64, t: [[f32; 3]; 2] } }
    let mut array = arena.lease(&forebay::dtype_of::<Even>(), 10).unwrap();
    array
        .fill::<Even>(10, |rows| {
            for (i, row) in rows.iter_mut().enumerate() {
                let t = [[i as f32, 1.0, 2.0], [3.0, 4.0, 5.0]];
                *row = Even { a: i as f64, t };
            }
        })
        .unwrap();
    let t = array.ndarray::<f32>("t").unwrap();
    assert_eq!(t.shape(), [10, 2, 3]);
    assert_eq!((t[[7, 0, 0]], t[[7, 0, 2]], t[[9, 1, 1]]), (7.0, 2.0, 4.0));
    let a = array.column::<f64>("a").unwrap().as_ndarray().unwrap();
    assert_eq!((a.len(), a[9], a.strides()), (10, 9.0, &[4isize][..]));
    // 26 bytes a row: no two values of `pos` are aligned alike.
    let mut odd = arena.lease(&site(), 10).unwrap();
    odd.set_len(10).unwrap();
    assert!(odd.column::<i32>("pos").unwrap().as_ndarray().is_none());
    let refused = odd.ndarray::<i32>("pos").unwrap_err();
    assert!(refused.message().contains("Layout::Columns"));
    odd.set_len(0).unwrap();
    assert_eq!(odd.ndarray::<i32>("pos").unwrap().shape(), [0]);
}

#[cfg(feature = "arrow")]
#[test]
fn record_batches_are_the_shared_memory_and_hold_a_lease() {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Int32Type;

    let mut loader = load_with(sample(), &site(), &columns()).unwrap();
    let mut array = loader.next().unwrap().unwrap();
    let address = array.column::<i32>("pos").unwrap().as_ptr();
    let batch = array.to_record_batch().unwrap();
    let one = array.to_arrow("pos").unwrap();
    let pos = batch.column(1).as_primitive::<Int32Type>();
    assert_eq!(pos.values().as_ptr(), address);
    assert!(is_shared(pos.values().as_ptr()));
    assert_eq!(
        one.as_primitive::<Int32Type>().values().as_ptr(),
        pos.values().as_ptr()
    );
    assert_eq!(batch.schema().field(1).name(), "pos");
    assert_eq!(batch.column(0).as_fixed_size_binary().value(0).len(), 10);
    assert_eq!(array.rows_mut::<i32>().unwrap_err().code(), Code::Busy);
    assert_eq!(array.to_arrow("none").unwrap_err().code(), Code::NotFound);
    drop((array, one));
    assert!(loader.by_ref().all(|array| array.is_ok()));
    assert_eq!(loader.memory().unwrap().blocks_lent, 1);
    assert_eq!(pos.value(0), 14430632);
    drop(batch);
    assert_eq!(loader.memory().unwrap().blocks_lent, 0);
}

#[cfg(feature = "arrow")]
#[test]
fn loader_is_a_reader_of_record_batches() {
    let loader = load_with(sample(), &site(), &columns()).unwrap();
    let reader = loader.into_record_batches().unwrap();
    assert_eq!(
        arrow_array::RecordBatchReader::schema(&reader)
            .fields()
            .len(),
        5
    );
    let rows: usize = reader.map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, 40_000);
    let mut packed = load_with(sample(), &site(), &LoaderOptions::new())
        .unwrap()
        .into_record_batches()
        .unwrap();
    let refused = packed.next().unwrap().unwrap_err().to_string();
    assert!(refused.contains("columns"), "{refused}");
}

/// The example of docs/guide/rust.md.
#[cfg(all(feature = "arrow", feature = "ndarray"))]
fn sum_and_count() -> Result<(f32, usize), Box<dyn std::error::Error>> {
    let options = forebay::LoaderOptions::new().layout(forebay::Layout::Columns);
    let dtype = forebay::dtype_of::<Site>();
    let mut sum = 0.0;
    for array in forebay::load_with(["rep1.txt"], &dtype, &options)? {
        sum += array?.ndarray::<f32>("pct")?.sum();
    }
    let mut count = 0;
    for batch in forebay::load_with(["rep1.txt"], &dtype, &options)?.into_record_batches()? {
        count += batch?.num_rows();
    }
    Ok((sum, count))
}

#[cfg(all(feature = "arrow", feature = "ndarray"))]
#[test]
fn example_of_the_guide_runs() {
    let folder = support::Folder::new();
    std::fs::copy(&sample()[0], folder.path("rep1.txt")).unwrap();
    std::env::set_current_dir(folder.path("")).unwrap();
    let (sum, count) = sum_and_count().unwrap();
    assert!(sum > 0.0 && count == 20_000);
}
