//! Fields of arrays as views of the crate `ndarray`, without a copy. Feature `ndarray`.

use crate::array::{Array, Column};
use crate::error::{Code, Error, Result};
use crate::row::Item;
use ndarray::{ArrayView1, ArrayViewD, IxDyn, ShapeBuilder};
use std::mem::{align_of, size_of};

/// Whether values of `T` that are `stride` bytes apart can be seen as they are.
fn is_in_place<T>(data: *const T, stride: usize) -> bool {
    data as usize % align_of::<T>() == 0 && stride % size_of::<T>() == 0
}

impl<'a, T: Item> Column<'a, T> {
    /// The values as a view: always in the columns layout; of packed records if all their values lie as `T` needs it.
    /// Needs the feature `ndarray`.
    pub fn as_ndarray(&self) -> Option<ArrayView1<'a, T>> {
        if self.is_empty() {
            return ArrayView1::from_shape(0, &[]).ok();
        }
        if !is_in_place(self.as_ptr(), self.stride()) {
            return None;
        }
        let shape = self.len().strides(self.stride() / size_of::<T>());
        // Safety: `len` values of the checked type, aligned, which live as long as the array.
        Some(unsafe { ArrayView1::from_shape_ptr(shape, self.as_ptr()) })
    }
}

impl Array {
    /// A field as a view of its scalars, whose first axis is the rows and whose others are those of the field's sub-array; `""`
    /// for a bare dtype. [`Code::NotFound`] if there is none of that name, [`Code::Mismatch`] if its scalars are not of `T`, or lie
    /// in packed records where `T` cannot: load with [`Layout::Columns`](crate::Layout::Columns). Needs the feature `ndarray`.
    ///
    /// ```
    /// let arena = forebay::Arena::open(1 << 20)?;
    /// let mut array = arena.lease(&forebay::Dtype::parse("f4[2,3]")?, 100)?;
    /// array.fill::<[[f32; 3]; 2]>(100, |frames| frames.fill([[0.5; 3]; 2]))?;
    /// let frames = array.ndarray::<f32>("")?;
    /// assert_eq!(frames.shape(), [100, 2, 3]);
    /// assert_eq!(frames.sum(), 300.0);
    /// # Ok::<(), forebay::Error>(())
    /// ```
    pub fn ndarray<T: Item>(&self, name: &str) -> Result<ArrayViewD<'_, T>> {
        let index = self.index_of(name)?;
        let mut field = self.dtype().field(index).expect("a field of the dtype");
        let sub_array = std::mem::take(&mut field.shape);
        if field.type_text() != T::type_text() {
            let message = format!(
                "the scalars of field {name:?} are {}, not {}",
                field.type_text(),
                T::type_text()
            );
            return Err(Error::new(Code::Mismatch, message));
        }
        let (data, stride) = self.column_place(index)?;
        self.view_of(data.cast(), stride, &sub_array)
    }

    fn view_of<T: Item>(
        &self,
        data: *const T,
        stride: usize,
        sub_array: &[u64],
    ) -> Result<ArrayViewD<'_, T>> {
        let mut shape = vec![self.len()];
        shape.extend(sub_array.iter().map(|&extent| extent as usize));
        if self.is_empty() {
            return Ok(ArrayViewD::from_shape(IxDyn(&shape), &[]).expect("no values"));
        }
        if !is_in_place(data, stride) {
            let message = "the values are not aligned in packed records: load with Layout::Columns";
            return Err(Error::new(Code::Mismatch, message));
        }
        let mut strides = vec![1; shape.len()];
        for axis in (1..shape.len() - 1).rev() {
            strides[axis] = strides[axis + 1] * shape[axis + 1];
        }
        strides[0] = stride / size_of::<T>();
        let shape = IxDyn(&shape).strides(IxDyn(&strides));
        // Safety: the field of `len` rows, each with the scalars of the sub-array in C order; aligned, and any bytes are a `T`.
        Ok(unsafe { ArrayViewD::from_shape_ptr(shape, data) })
    }
}
