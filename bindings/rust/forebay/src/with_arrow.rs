//! Arrays and loaders as record batches of the crate `arrow`, without a copy. Feature `arrow`.
//!
//! A batch holds a lease of its own, as [`arrow`](crate::arrow) tells.

use crate::array::Array;
use crate::arrow::{ArrowArray, ArrowSchema};
use crate::error::{Code, Error, Result};
use crate::loader::Loader;
use arrow_array::ffi::{from_ffi, FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::{make_array, ArrayRef, RecordBatch, RecordBatchReader, StructArray};

fn failed(error: impl std::fmt::Display) -> Error {
    Error::new(Code::Argument, format!("arrow refuses the array: {error}"))
}

fn imported((mut array, mut schema): (ArrowArray, ArrowSchema)) -> Result<ArrayRef> {
    // Safety: whole structs of Arrow's specification, as forebay-sys and arrow both declare them. They are moved: ours are
    // released ones afterwards.
    let (array, schema) = unsafe {
        (
            FFI_ArrowArray::from_raw(array.as_mut_ptr().cast()),
            FFI_ArrowSchema::from_raw(schema.as_mut_ptr().cast()),
        )
    };
    // Safety: the library has filled both, the one for the other.
    let data = unsafe { from_ffi(array, &schema) }.map_err(failed)?;
    Ok(make_array(data))
}

impl Array {
    /// All fields as a record batch, without a copy; the rows can no longer be changed. [`Code::Argument`] unless the array has
    /// the columns layout, and for fields that Arrow has no type for. Needs the feature `arrow`.
    ///
    /// ```
    /// let arena = forebay::Arena::open(1 << 20)?;
    /// let mut array = arena.lease_layout(&forebay::Dtype::parse("pos:i4,pct:f8")?, 100, forebay::Layout::Columns)?;
    /// array.set_len(3)?;
    /// let batch = array.to_record_batch()?;
    /// assert_eq!((batch.num_rows(), batch.num_columns()), (3, 2));
    /// # Ok::<(), forebay::Error>(())
    /// ```
    pub fn to_record_batch(&self) -> Result<RecordBatch> {
        let all = imported(self.export_arrow()?)?;
        let fields = all.as_any().downcast_ref::<StructArray>();
        fields
            .map(RecordBatch::from)
            .ok_or_else(|| failed("it is no record"))
    }

    /// One field, as [`to_record_batch`](Array::to_record_batch); `""` for a bare dtype. Needs the feature `arrow`.
    pub fn to_arrow(&self, name: &str) -> Result<ArrayRef> {
        imported(self.export_arrow_field(self.index_of(name)?)?)
    }
}

impl Loader {
    /// All arrays as a reader of record batches. After the failure of a file it goes on with the next. Needs
    /// [`Layout::Columns`](crate::Layout::Columns), and the feature `arrow`.
    // Why allowed: the reader has another name since arrow 60, and the old ones do not know that.
    #[allow(deprecated)]
    pub fn into_record_batches(self) -> Result<impl RecordBatchReader + Send> {
        use arrow_array::ffi_stream::ArrowArrayStreamReader;

        let mut stream = self.into_arrow()?;
        // Safety: a whole struct of Arrow's specification, which is moved: ours is a released one afterwards.
        unsafe { ArrowArrayStreamReader::from_raw(stream.as_mut_ptr().cast()) }.map_err(failed)
    }
}
