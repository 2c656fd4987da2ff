//! Loads what tests/dialects.py asks for, a case a line, and tells what came of it; texts are in hexadecimal both ways.
//!
//! A case: path, dtype, children, split_bytes, then NAME=VALUE for each option. An answer: `rows HEX`, `error STATUS LINE COLUMN
//! BYTE TEXT`, `truncated N`, `reject STATUS LINE COLUMN BYTE`, `skipped N`, or `refused TEXT` alone; `end`.

use forebay::{
    Dtype, Encoding, Error, FileOptions, Loader, LoaderOptions, OnError, Overlong, Percent,
};
use std::ffi::OsString;
use std::io::BufRead;
use std::os::unix::ffi::OsStringExt;

fn bytes_of(hex: &str) -> Vec<u8> {
    let digit = |place: usize| u8::from_str_radix(&hex[place..place + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text_of(hex: &str) -> String {
    String::from_utf8(bytes_of(hex)).expect("UTF-8")
}

fn character(value: &str) -> char {
    value.chars().next().expect("a character")
}

fn number<T: std::str::FromStr>(value: &str) -> T {
    value.parse().ok().expect("a number")
}

fn set(options: LoaderOptions, name: &str, value: &str) -> LoaderOptions {
    match (name, value) {
        ("quote", "off") => options.quote_off(),
        ("quote", _) => options.quote(character(value)),
        ("delimiter", _) => options.delimiter(character(value)),
        ("decimal", _) => options.decimal(character(value)),
        ("thousands", _) => options.thousands(character(value)),
        ("comment", _) => options.comment(value),
        ("columns", _) => options.columns(value),
        ("na", _) => options.na(value),
        ("fill", _) => options.fill(value),
        ("true_words", _) => options.true_words(value),
        ("false_words", _) => options.false_words(value),
        ("header", _) => options.header(value == "True"),
        ("hex", _) => options.hex(value == "True"),
        ("skip_rows", _) => options.skip_rows(number(value)),
        ("batch_rows", _) => options.batch_rows(number(value)),
        ("max_errors", _) => options.max_errors(number(value)),
        ("percent", "fraction") => options.percent(Percent::Fraction),
        ("percent", "number") => options.percent(Percent::Number),
        ("encoding", "latin-1") => options.encoding(Encoding::Latin1),
        ("encoding", "utf-8") => options.encoding(Encoding::Utf8),
        ("overlong", "truncate") => options.overlong(Overlong::Truncate),
        ("on_error", "null") => options.on_error(OnError::Null),
        ("on_error", "skip") => options.on_error(OnError::Skip),
        _ => panic!("there is no option {name} {value}"),
    }
}

fn open(words: &[&str]) -> Result<Loader, Error> {
    let mut options = LoaderOptions::new()
        .children(number(words[2]))
        .split_bytes(number(words[3]));
    let mut file = FileOptions::new();
    for word in &words[4..] {
        let (name, value) = word.split_once('=').expect("NAME=VALUE");
        match name {
            "max_rows" => file = file.max_rows(number(&text_of(value))),
            _ => options = set(options, name, &text_of(value)),
        }
    }
    let loader = options.open(&Dtype::parse(&text_of(words[1]))?)?;
    loader.add_file(OsString::from_vec(bytes_of(words[0])), &file)?;
    Ok(loader)
}

fn place(code: i32, line: u64, column: u32, byte: u64) -> String {
    format!("{code} {line} {column} {byte}")
}

fn answer(mut loader: Loader) -> Result<(), Error> {
    for next in loader.by_ref() {
        match next {
            Ok(array) => println!("rows {}", hex_of(array.bytes()?)),
            Err(error) => {
                let (line, column) = (error.line().unwrap_or(0), error.column().unwrap_or(0));
                let byte = error.byte().unwrap_or(u64::MAX);
                let place = place(error.code().status(), line, column, byte);
                println!("error {place} {}", hex_of(error.message().as_bytes()));
            }
        }
    }
    println!("truncated {}", loader.source_truncated(0)?);
    for reject in loader.rejects()? {
        println!(
            "reject {}",
            place(
                reject.code.status(),
                reject.line,
                reject.column,
                reject.byte
            )
        );
    }
    println!("skipped {}", loader.source_rejects(0)?.1);
    Ok(())
}

fn main() -> Result<(), Error> {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        match open(&line.split(' ').collect::<Vec<_>>()) {
            Ok(loader) => answer(loader)?,
            Err(error) => println!("refused {}", hex_of(error.message().as_bytes())),
        }
        println!("end");
    }
    Ok(())
}
