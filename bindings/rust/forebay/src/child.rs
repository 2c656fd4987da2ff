//! The other side: programs that read the files in the child processes.
//!
//! A function of yours reads what the built-in child program cannot: an instrument's binary files, a format that another crate
//! knows. It stands in a program whose `main` is made by [`child_main!`](crate::child_main!); a loader starts it when
//! [`LoaderOptions::child_argv`](crate::LoaderOptions::child_argv) names it.
//!
//! ```no_run
//! use std::io::Read;
//!
//! forebay::row! { struct Frame { channel: i32, value: f64 } }
//!
//! fn read_frames(source: &mut forebay::child::Source<'_>) -> Result<(), forebay::child::Failure> {
//!     let mut bytes = [0; 12];
//!     while source.file().read_exact(&mut bytes).is_ok() {
//!         let channel = i32::from_le_bytes(bytes[..4].try_into()?);
//!         let value = f64::from_le_bytes(bytes[4..].try_into()?);
//!         if !source.push(&[Frame { channel, value }])? {
//!             break; // nobody wants more
//!         }
//!     }
//!     Ok(())
//! }
//!
//! forebay::child_main!(read_frames);
//! ```
//!
//! When such a child dies, its source goes on in a fresh one: [`Source::push`] passes over what was delivered;
//! [`Source::block`] and [`Block::publish`] are for readers that can go on in the middle, and write straight into the shared memory.

use crate::call::{call, sized, END, OK};
use crate::dtype::BorrowedDtype;
use crate::error::{Code, Error, Result};
use crate::report::Level;
use crate::row::{check_rows, Row};
use forebay_sys as sys;
use std::ffi::CString;
use std::fmt::Display;
use std::fs::File;
use std::marker::PhantomData;
use std::mem::{align_of, size_of, ManuallyDrop};
use std::os::unix::io::FromRawFd;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::process::ExitCode;
use std::ptr::{null, null_mut, NonNull};

/// Why a source cannot be read. Made of any error; [`new`](Failure::new) says what kind and where.
#[derive(Debug)]
pub struct Failure {
    code: Code,
    text: String,
    line: u64,
    byte: u64,
    column: u32,
}

impl Failure {
    /// A failure such as [`Code::Format`] or [`Code::Value`]; the text is one line: the cause and what to do.
    pub fn new(code: Code, text: impl Into<String>) -> Failure {
        Failure {
            code,
            text: text.into(),
            line: 0,
            byte: u64::MAX,
            column: 0,
        }
    }

    /// Line in the source, from 1.
    pub fn line(mut self, line: u64) -> Failure {
        self.line = line;
        self
    }

    /// Offset in the file.
    pub fn byte(mut self, byte: u64) -> Failure {
        self.byte = byte;
        self
    }

    /// Column, from 1.
    pub fn column(mut self, column: u32) -> Failure {
        self.column = column;
        self
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::new(Code::Format, error.to_string())
    }
}

/// A source to read. Lives as long as the function.
pub struct Source<'c> {
    child: NonNull<sys::forebay_child>,
    task: sys::forebay_child_task,
    /// Not closed here: the child handle does.
    file: ManuallyDrop<File>,
    /// Rows that `push` was given, and the block that it fills.
    pushed: u64,
    filling: Option<Filling>,
    ended: bool,
    owner: PhantomData<&'c ()>,
}

struct Filling {
    view: sys::forebay_child_view,
    used: usize,
}

/// Room for rows in shared memory.
pub struct Block<'s, 'c, R> {
    source: &'s mut Source<'c>,
    rows: &'s mut [R],
}

impl<'s, R: Row> Block<'s, '_, R> {
    /// The rows to fill; what stands there is of no meaning.
    pub fn rows(&mut self) -> &mut [R] {
        self.rows
    }

    /// Delivers the first `rows` rows. Fewer than there are end the source.
    ///
    /// `next_offset` and `next_line` come back as [`Source::begin`] and [`Source::begin_line`] should this child die; the offset
    /// must grow with each call.
    pub fn publish(self, rows: usize, next_offset: u64, next_line: u64) -> Result<()> {
        self.source.publish(rows as u64, next_offset, next_line)
    }
}

impl<'c> Source<'c> {
    fn new(child: NonNull<sys::forebay_child>, task: sys::forebay_child_task) -> Source<'c> {
        // Safety: open while the task is at hand; not closed by us.
        let file = ManuallyDrop::new(unsafe { File::from_raw_fd(task.descriptor) });
        Source {
            child,
            task,
            file,
            pushed: 0,
            filling: None,
            ended: false,
            owner: PhantomData,
        }
    }

    fn handle(&self) -> *mut sys::forebay_child {
        self.child.as_ptr()
    }

    /// The file, open for reading from its start. `&File` reads and seeks.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Its place in the order of the loader, from 0.
    pub fn index(&self) -> u32 {
        self.task.source
    }

    /// Bytes of the file.
    pub fn size(&self) -> u64 {
        self.task.size
    }

    /// What a row consists of.
    pub fn dtype(&self) -> BorrowedDtype<'_> {
        // Safety: borrowed until the child is closed.
        unsafe { BorrowedDtype::new(sys::forebay_child_dtype(self.handle())) }
    }

    /// The bytes of [`LoaderOptions::child_config`](crate::LoaderOptions::child_config).
    pub fn config(&self) -> &[u8] {
        let (mut data, mut bytes) = (null(), 0);
        let status = call(|error| unsafe {
            sys::forebay_child_config(self.handle(), &mut data, &mut bytes, error)
        });
        if status.is_err() || bytes == 0 {
            return &[];
        }
        // Safety: borrowed until the child is closed.
        unsafe { std::slice::from_raw_parts(data.cast(), bytes as usize) }
    }

    /// 0, or the offset that was given with the last rows before a child died: go on there, if you use blocks.
    pub fn begin(&self) -> u64 {
        self.task.begin
    }

    /// 0, or the line that was given with them.
    pub fn begin_line(&self) -> u64 {
        self.task.line
    }

    /// Rows that were delivered before; the next one is this.
    pub fn first_row(&self) -> u64 {
        self.task.first_row
    }

    /// Sends whoever loads a note. A sign of life, too.
    pub fn log(&self, level: Level, text: &str) -> Result<()> {
        let text = one_line(text);
        call(|error| unsafe {
            sys::forebay_child_log(self.handle(), level.value(), text.as_ptr(), error)
        })?;
        Ok(())
    }

    fn fill(&mut self) -> Result<Option<sys::forebay_child_view>> {
        if self.ended {
            return Ok(None);
        }
        let mut view: sys::forebay_child_view = sized();
        let status =
            call(|error| unsafe { sys::forebay_child_fill(self.handle(), &mut view, error) });
        match status {
            Ok(OK) => Ok(Some(view)),
            Ok(_) => {
                self.ended = true;
                Ok(None)
            }
            Err(error) if error.code() == Code::Cancelled => {
                self.ended = true;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn publish(&mut self, rows: u64, next_offset: u64, next_line: u64) -> Result<()> {
        call(|error| unsafe {
            sys::forebay_child_publish(self.handle(), rows, next_offset, next_line, error)
        })?;
        Ok(())
    }

    /// Waits for room in shared memory, in the rows layout. `None`: nobody wants more rows.
    pub fn block<R: Row>(&mut self) -> Result<Option<Block<'_, 'c, R>>> {
        check_rows::<R>(&self.dtype(), "the loader wants")?;
        if self.filling.is_some() {
            let message =
                "rows were pushed that do not fill a block: use push() or block(), not both";
            return Err(Error::new(Code::State, message));
        }
        let view = match self.fill()? {
            Some(view) => view,
            None => return Ok(None),
        };
        let data = view.data.cast::<R>();
        if data.is_null() || data as usize % align_of::<R>() != 0 {
            let message = "the loader has the columns layout: use push()";
            return Err(Error::new(Code::Mismatch, message));
        }
        // Safety: room for `capacity` rows, any bytes of which are values, ours until it is published.
        let rows = unsafe { std::slice::from_raw_parts_mut(data, view.capacity as usize) };
        Ok(Some(Block { source: self, rows }))
    }

    /// Delivers rows, as many as there are at a time, in either layout. Those that were delivered before a child died are passed
    /// over: begin with the source's first row. False: nobody wants more.
    pub fn push<R: Row>(&mut self, rows: &[R]) -> Result<bool> {
        if self.pushed == 0 {
            check_rows::<R>(&self.dtype(), "the loader wants")?;
        }
        let known = self
            .task
            .first_row
            .saturating_sub(self.pushed)
            .min(rows.len() as u64);
        self.pushed += known;
        let mut rest = &rows[known as usize..];
        while !rest.is_empty() {
            if self.filling.is_none() {
                self.filling = self.fill()?.map(|view| Filling { view, used: 0 });
            }
            let count = match &mut self.filling {
                None => return Ok(false),
                Some(filling) => {
                    let room = filling.view.capacity as usize - filling.used;
                    let count = room.min(rest.len());
                    copy_rows(self.child, filling, &rest[..count])?;
                    filling.used += count;
                    count
                }
            };
            self.pushed += count as u64;
            rest = &rest[count..];
            self.publish_pushed(false)?;
        }
        Ok(true)
    }

    /// Publishes the block that `push` fills, when it is full or the source has ended.
    fn publish_pushed(&mut self, ended: bool) -> Result<()> {
        let ready = |filling: &Filling| ended || filling.used as u64 == filling.view.capacity;
        match &self.filling {
            Some(filling) if filling.used > 0 && ready(filling) => {
                let used = filling.used as u64;
                self.filling = None;
                self.publish(used, self.pushed, 0)
            }
            _ => Ok(()),
        }
    }
}

/// Copies packed rows to where the block has them, in either layout.
fn copy_rows<R: Row>(
    child: NonNull<sys::forebay_child>,
    filling: &Filling,
    rows: &[R],
) -> Result<()> {
    let packed: *const u8 = rows.as_ptr().cast();
    if !filling.view.data.is_null() {
        let place = filling.view.data.cast::<u8>();
        // Safety: room for the rows, as the caller counted.
        unsafe {
            let place = place.add(filling.used * size_of::<R>());
            std::ptr::copy_nonoverlapping(packed, place, std::mem::size_of_val(rows));
        }
        return Ok(());
    }
    // Safety: borrowed until the child is closed.
    let dtype = unsafe { BorrowedDtype::new(sys::forebay_child_dtype(child.as_ptr())) };
    for (index, field) in dtype.fields().iter().enumerate() {
        let mut column: sys::forebay_array_column = sized();
        call(|error| unsafe {
            sys::forebay_child_column_get(child.as_ptr(), index as u32, &mut column, error)
        })?;
        let bytes = (field.item_bytes * field.count) as usize;
        for row in 0..rows.len() {
            // Safety: the field of a row that there is room for.
            unsafe {
                let from = packed.add(row * size_of::<R>() + field.offset as usize);
                let place = (filling.used + row) * column.stride as usize;
                std::ptr::copy_nonoverlapping(from, column.data.cast::<u8>().add(place), bytes);
            }
        }
    }
    Ok(())
}

fn one_line(text: impl Display) -> CString {
    let text = text.to_string().replace('\0', "?").replace('\n', " ");
    CString::new(text).expect("without a NUL")
}

/// Runs `read` on every source that the loader hands over, until that is gone. What [`child_main!`](crate::child_main!) calls.
/// A failure, and a panic, is the failure of that source. [`Code::State`] if the process was not started by a loader.
pub fn run(
    mut read: impl FnMut(&mut Source<'_>) -> std::result::Result<(), Failure>,
) -> Result<()> {
    let mut out = null_mut();
    call(|error| unsafe { sys::forebay_child_attach(&mut out, error) })?;
    let child = NonNull::new(out).expect("a child after success");
    loop {
        let mut task: sys::forebay_child_task = sized();
        let status =
            call(|error| unsafe { sys::forebay_child_take(child.as_ptr(), &mut task, error) })?;
        if status == END {
            break;
        }
        let mut source = Source::new(child, task);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            read(&mut source)?;
            source.publish_pushed(true)?;
            Ok(())
        }));
        match outcome.unwrap_or_else(|panic| Err(failure_of(panic.as_ref()))) {
            Ok(()) => {
                call(|error| unsafe { sys::forebay_child_finish(child.as_ptr(), error) })?;
            }
            Err(failure) => fail(child, &mut source, &failure)?,
        }
    }
    unsafe { sys::forebay_child_close(child.as_ptr()) };
    Ok(())
}

fn failure_of(panic: &(dyn std::any::Any + Send)) -> Failure {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no text");
    Failure::new(Code::Format, format!("the child program panicked: {text}"))
}

fn fail(
    child: NonNull<sys::forebay_child>,
    source: &mut Source<'_>,
    failure: &Failure,
) -> Result<()> {
    // The rows before the fault are delivered; if that is refused, the failure is what matters.
    let _ = source.publish_pushed(true);
    let text = one_line(&failure.text);
    call(|error| unsafe {
        sys::forebay_child_fail(
            child.as_ptr(),
            failure.code.status(),
            failure.line,
            failure.byte,
            failure.column,
            text.as_ptr(),
            error,
        )
    })?;
    Ok(())
}

/// [`run`] as the whole of a program: its exit status.
pub fn main(read: impl FnMut(&mut Source<'_>) -> std::result::Result<(), Failure>) -> ExitCode {
    match run(read) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Makes the `main` of a child program of a function that reads a source: see [`child`](mod@crate::child).
#[macro_export]
macro_rules! child_main {
    ($read:path) => {
        fn main() -> ::std::process::ExitCode {
            $crate::child::main($read)
        }
    };
}
