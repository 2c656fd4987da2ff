//! A child program for the tests: what it does is said by its configuration.

use forebay::child::{Failure, Source};
use forebay::Code;
use std::fs;
use std::os::unix::fs::FileExt;

forebay::row! {
    struct Frame { channel: i32, value: f64 }
}

fn read(source: &mut Source<'_>) -> Result<(), Failure> {
    let config = String::from_utf8(source.config().to_vec())?;
    match config.split_once(':') {
        Some(("die", marker)) => die_once(source, marker),
        Some(("blocks", _)) => blocks(source),
        Some(("panic", text)) => panic!("{}", text.to_string()),
        Some(("place", text)) => Err(Failure::new(Code::Value, text).line(4).byte(36).column(1)),
        Some(("type", _)) => source.push(&[1.5f32]).map(|_| ()).map_err(Failure::from),
        _ => Err(Failure::new(Code::Argument, "no such way")),
    }
}

fn frame(number: u64) -> Frame {
    Frame {
        channel: number as i32,
        value: number as f64 / 2.0,
    }
}

fn die_once(source: &mut Source<'_>, marker: &str) -> Result<(), Failure> {
    for number in 0..5000 {
        if number == 2500 && fs::metadata(marker).is_err() {
            fs::write(marker, "")?;
            std::process::abort();
        }
        source.push(&[frame(number)])?;
    }
    Ok(())
}

/// As many frames as the file has bytes, straight into the shared memory.
fn blocks(source: &mut Source<'_>) -> Result<(), Failure> {
    let (size, mut done) = (source.size(), source.begin());
    let mut byte = [0];
    source.file().read_exact_at(&mut byte, 0)?;
    while done < size {
        let mut block = match source.block::<Frame>()? {
            Some(block) => block,
            None => break,
        };
        let count = block.rows().len().min((size - done) as usize);
        for row in &mut block.rows()[..count] {
            *row = frame(done);
            done += 1;
        }
        block.publish(count, done, 0)?;
    }
    Ok(())
}

forebay::child_main!(read);
