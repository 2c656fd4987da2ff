//! A child program: reads files of an instrument, which begin with INSTRUM1 and hold frames of 12 bytes.

use forebay::child::{Failure, Source};
use forebay::{Code, Level};
use std::io::Read;

forebay::row! {
    struct Frame { channel: i32, value: f64 }
}

fn read_frames(source: &mut Source<'_>) -> Result<(), Failure> {
    let mut head = [0; 8];
    source.file().read_exact(&mut head)?;
    if &head != b"INSTRUM1" {
        let text = "does not begin with INSTRUM1; it is not a file of the instrument";
        return Err(Failure::new(Code::Format, text).byte(0));
    }
    source.log(Level::Info, "the head is right")?;
    let mut bytes = Vec::new();
    source.file().read_to_end(&mut bytes)?;
    for frame in bytes.chunks(12) {
        let channel = i32::from_le_bytes(frame[..4].try_into()?);
        let value = f64::from_le_bytes(frame.get(4..12).ok_or_else(cut)?.try_into()?);
        if !source.push(&[Frame { channel, value }])? {
            break; // nobody wants more
        }
    }
    Ok(())
}

fn cut() -> Failure {
    Failure::new(
        Code::Truncated,
        "the last frame is cut; copy the file again",
    )
}

forebay::child_main!(read_frames);
