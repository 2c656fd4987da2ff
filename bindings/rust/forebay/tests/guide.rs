//! The examples of docs/guide/rust.md, as they stand there, and that they run.

mod support;

use forebay::Store;

forebay::row! {
    /// A place in the genome.
    #[derive(Debug, PartialEq)]
    pub struct Site { pub chr: [u8; 10], pub pos: i32, pub pct: f32, pub c: i32, pub t: i32 }
}

fn load_files() -> forebay::Result<()> {
    let dtype = forebay::dtype_of::<Site>();
    let store = Store::open("meth.h5")?;
    let table = store.table("data", &dtype)?;
    for array in forebay::load(["rep1.txt", "rep2.txt.gz"], &dtype)? {
        let array = array?;
        let rows = array.rows::<Site>()?;
        println!("{} rows, the first at {}", rows.len(), { rows[0].pos });
        table.append(&array)?;
    }
    store.close()
}

fn load_in_bulk() -> forebay::Result<u64> {
    let dtype = forebay::dtype_of::<Site>();
    let store = Store::open("bulk.h5")?;
    let table = store.table("data", &dtype)?;
    let mut loader = forebay::load(["rep1.txt", "rep2.txt.gz"], &dtype)?;
    let done = table.append_loader(&mut loader)?;
    store.close()?;
    Ok(done.rows)
}

fn look_at_an_array() -> forebay::Result<i64> {
    let array = {
        let mut loader = forebay::load(["rep1.txt"], &forebay::dtype_of::<Site>())?;
        loader.next().expect("a file with rows")?
    };
    let pos = array.column::<i32>("pos")?;
    Ok(pos.iter().map(i64::from).sum())
}

fn keep_every_array() -> forebay::Result<()> {
    let options = forebay::LoaderOptions::new()
        .batch_rows(1000)
        .memory_bytes(1 << 20);
    let files = vec!["rep1.txt"; 20];
    let kept: forebay::Result<Vec<_>> =
        forebay::load_with(files, &forebay::dtype_of::<Site>(), &options)?.collect();
    let error = kept.unwrap_err();
    assert_eq!(error.code(), forebay::Code::Full);
    println!("{error}");
    Ok(())
}

fn read_prices() -> Result<Vec<f64>, Box<dyn std::error::Error>> {
    std::fs::write("prices.csv", "id;price;sold\n1;2,50;yes\n2;NA;no\n")?;
    let options = forebay::LoaderOptions::new()
        .delimiter(';')
        .header(true)
        .columns("price,sold")
        .decimal(',')
        .na("NA")
        .true_words("yes")
        .false_words("no")
        .batch(forebay::Batch::Source);
    let dtype = forebay::Dtype::parse("price:f8,sold:?")?;
    let mut loader = forebay::load_with(["prices.csv"], &dtype, &options)?;
    let array = loader.next().expect("a file with rows")?;
    Ok(array.column::<f64>("price")?.to_vec())
}

fn guess() -> forebay::Result<usize> {
    let guess = forebay::sniff("prices.csv")?;
    println!("{} {:?}", guess.dtype().text(), guess.notes());
    let options = guess.apply(&forebay::LoaderOptions::new())?;
    let mut loader = forebay::load_with(["prices.csv"], &guess.dtype(), &options)?;
    Ok(loader.next().expect("a file with rows")?.len())
}

fn bad_cell() -> Result<(), Box<dyn std::error::Error>> {
    std::fs::write("bad.txt", "1\nx2\n3\n")?;
    let dtype = forebay::dtype_of::<i32>();
    let mut loader = forebay::load(["bad.txt"], &dtype)?;
    let error = loader.find_map(Result::err).expect("x2 is no number");
    assert_eq!(error.code(), forebay::Code::Value);
    assert_eq!((error.line(), error.column()), (Some(2), Some(1)));

    let options = forebay::LoaderOptions::new().on_error(forebay::OnError::Skip);
    let mut loader = forebay::load_with(["bad.txt"], &dtype, &options)?;
    for array in loader.by_ref() {
        println!("{:?}", array?.rows::<i32>()?);
    }
    for reject in loader.rejects()? {
        println!(
            "{}:{}: {}",
            reject.path.display(),
            reject.line,
            reject.reason
        );
    }
    Ok(())
}

fn use_a_store() -> forebay::Result<()> {
    let store = Store::open("meth.h5")?;
    let table = store.existing("data")?;
    table.append_rows(&[Site {
        chr: *b"chrX\0\0\0\0\0\0",
        pos: 1,
        pct: 50.0,
        c: 3,
        t: 3,
    }])?;
    table.set_text("cells", "IMR90")?;
    store.commit()?;
    let last = table.read::<Site>(table.rows() - 1, 1)?;
    println!("{:?} {:?}", store.table_names(), last);
    store.close()
}

fn count_by_arrow() -> forebay::Result<usize> {
    let options = forebay::LoaderOptions::new().layout(forebay::Layout::Columns);
    let loader = forebay::load_with(["rep1.txt"], &forebay::dtype_of::<Site>(), &options)?;
    let mut count = 0;
    for batch in loader.into_arrow()? {
        count += batch?.len(); // or batch?.into_raw(), for the crate arrow
    }
    Ok(count)
}

/// Tests of other functions would share the folder: this is one, in the order of the page.
#[test]
fn examples_of_the_guide_run() {
    let folder = support::Folder::new();
    let sample = support::sample();
    let lines: Vec<String> = support::text_of(&sample[0])
        .lines()
        .map(String::from)
        .collect();
    folder.write("rep1.txt", lines[..3000].join("\n") + "\n");
    std::fs::copy(&sample[1], folder.path("rep2.txt.gz")).unwrap();
    std::env::set_current_dir(folder.path("")).unwrap();

    load_files().unwrap();
    assert_eq!(load_in_bulk().unwrap(), 23_000);
    assert!(look_at_an_array().unwrap() > 0);
    keep_every_array().unwrap();
    let prices = read_prices().unwrap();
    assert!(prices.len() == 2 && prices[0] == 2.5 && prices[1].is_nan());
    assert_eq!(guess().unwrap(), 2);
    bad_cell().unwrap();
    use_a_store().unwrap();
    let store = Store::read("meth.h5").unwrap();
    assert_eq!(store.existing("data").unwrap().rows(), 23_001);
    assert_eq!(count_by_arrow().unwrap(), 3000);
}

/// Words of a text without its line breaks, since rustfmt may set these otherwise.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_example_of_the_pages_is_tested() {
    let own = concat!(
        include_str!("guide.rs"),
        include_str!("features.rs"),
        include_str!("../examples/frames.rs")
    );
    let mut count = 0;
    for page in ["docs/guide/rust.md", "README.md"] {
        let text = std::fs::read_to_string(support::root().join(page)).unwrap();
        for part in text.split("```rust\n").skip(1) {
            let example = part.split("```").next().unwrap();
            assert!(
                words(own).contains(&words(example)),
                "{page}: no test has {example}"
            );
            count += 1;
        }
    }
    assert!(count >= 11, "{count} examples");
}
