//! Shared memory with a quota, for arrays that the program fills itself.

use crate::array::{Array, Layout};
use crate::call::{call, sized};
use crate::dtype::Dtype;
use crate::error::Result;
use forebay_sys as sys;
use std::marker::PhantomData;
use std::ptr::{null_mut, NonNull};

pub(crate) fn layout_of(value: u32) -> Layout {
    if value == sys::FOREBAY_ARRAY_COLUMNS {
        Layout::Columns
    } else {
        Layout::Rows
    }
}

/// Shared memory with a quota. One thread at a time leases from it; arrays stay valid after it was dropped.
pub struct Arena {
    handle: NonNull<sys::forebay_arena>,
    /// Not `Sync`.
    one_thread: PhantomData<std::cell::Cell<()>>,
}

// Safety: tied to no thread; not shared between threads, since not `Sync`.
unsafe impl Send for Arena {}

/// Counters of an arena, in bytes unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArenaStats {
    /// Segments of shared memory.
    pub segments: u32,
    /// The most that may be reserved at a time.
    pub quota: u64,
    /// Memory behind blocks, lent or free.
    pub reserved: u64,
    /// Of that, lent to children or held as arrays.
    pub lent: u64,
    /// The most that was reserved at a time.
    pub high_water: u64,
    /// Number of blocks lent now.
    pub blocks_lent: u64,
    /// How often a block was lent again without new memory.
    pub blocks_recycled: u64,
    /// Rows copied between blocks because a split or batch ended inside a chunk.
    pub bytes_copied: u64,
}

impl ArenaStats {
    pub(crate) fn read(
        get: impl FnOnce(*mut sys::forebay_arena_stats, *mut sys::forebay_error) -> i32,
    ) -> Result<ArenaStats> {
        let mut raw: sys::forebay_arena_stats = sized();
        call(|error| get(&mut raw, error))?;
        Ok(ArenaStats {
            segments: raw.segments,
            quota: raw.quota,
            reserved: raw.reserved,
            lent: raw.lent,
            high_water: raw.high_water,
            blocks_lent: raw.blocks_lent,
            blocks_recycled: raw.blocks_recycled,
            bytes_copied: raw.bytes_copied,
        })
    }
}

impl Arena {
    /// Opens an arena whose blocks take at most `quota_bytes`, at least 4096.
    pub fn open(quota_bytes: u64) -> Result<Arena> {
        let mut out = null_mut();
        call(|error| unsafe { sys::forebay_arena_open(quota_bytes, &mut out, error) })?;
        let handle = NonNull::new(out).expect("an arena after success");
        Ok(Arena {
            handle,
            one_thread: PhantomData,
        })
    }

    /// An empty array with room for `rows` rows: fill it with [`Array::fill`]. [`Code::Full`](crate::Code::Full) if the quota
    /// is in use, [`Code::Argument`](crate::Code::Argument) if it can never hold so much.
    pub fn lease(&self, dtype: &Dtype, rows: usize) -> Result<Array> {
        self.lease_layout(dtype, rows, Layout::Rows)
    }

    /// As [`lease`](Arena::lease), in a layout.
    pub fn lease_layout(&self, dtype: &Dtype, rows: usize, layout: Layout) -> Result<Array> {
        let function = match layout {
            Layout::Rows => sys::forebay_array_lease,
            Layout::Columns => sys::forebay_array_lease_columns,
        };
        let (arena, rows, mut out) = (self.handle.as_ptr(), rows as u64, null_mut());
        call(|error| unsafe { function(arena, dtype.handle(), rows, &mut out, error) })?;
        Ok(Array::from_handle(out))
    }

    /// Reads the counters.
    pub fn stats(&self) -> Result<ArenaStats> {
        ArenaStats::read(|out, error| unsafe {
            sys::forebay_arena_stats_get(self.handle.as_ptr(), out, error)
        })
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        unsafe { sys::forebay_arena_close(self.handle.as_ptr()) }
    }
}
