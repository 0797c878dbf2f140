//! The values of one column of a table, to Parquet and back.

use parquet::column::reader::{ColumnReader, get_typed_column_reader};
use parquet::column::writer::{ColumnWriter, get_typed_column_writer_mut};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::{ParquetError, Result};

/// A type of Rust that is a physical type of Parquet.
pub(super) trait Native: Clone + Default + Send + Sync + 'static {
    /// The physical type.
    type Physical: DataType<T = Self>;
}

impl Native for i32 {
    type Physical = Int32Type;
}

impl Native for i64 {
    type Physical = Int64Type;
}

impl Native for f32 {
    type Physical = FloatType;
}

impl Native for f64 {
    type Physical = DoubleType;
}

impl Native for bool {
    type Physical = BoolType;
}

impl Native for ByteArray {
    type Physical = ByteArrayType;
}

/// A column's values in memory.
pub(super) trait Values: Send + Sync {
    /// The physical type's name.
    fn physical(&self) -> parquet::basic::Type;

    /// Whether a value may be absent.
    fn is_optional(&self) -> bool;

    /// How many values there are.
    fn len(&self) -> usize;

    /// Adds them to a column that is written.
    fn write(&self, column: &mut ColumnWriter<'_>) -> Result<()>;

    /// Reads `count` values after the first `skipped`, and appends them.
    fn read(&mut self, column: ColumnReader, skipped: usize, count: usize) -> Result<()>;

    /// Appends so many absent values; `false` where none may be absent.
    fn leave_out(&mut self, count: usize) -> bool;

    /// Forgets all values; their memory serves the next ones.
    fn clear(&mut self);
}

impl<T: Native> Values for Vec<T> {
    fn physical(&self) -> parquet::basic::Type {
        T::Physical::get_physical_type()
    }

    fn is_optional(&self) -> bool {
        false
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, column: &mut ColumnWriter<'_>) -> Result<()> {
        get_typed_column_writer_mut::<T::Physical>(column).write_batch(self, None, None)?;
        Ok(())
    }

    fn read(&mut self, column: ColumnReader, skipped: usize, count: usize) -> Result<()> {
        let mut column = get_typed_column_reader::<T::Physical>(column);
        let mut left = if column.skip_records(skipped)? == skipped { count } else { return Err(short()) };
        while left > 0 {
            let (read, ..) = column.read_records(left, None, None, self)?;
            if read == 0 {
                return Err(short());
            }
            left -= read;
        }
        Ok(())
    }

    fn leave_out(&mut self, _count: usize) -> bool {
        false
    }

    fn clear(&mut self) {
        self.clear();
    }
}

impl<T: Native> Values for Vec<Option<T>> {
    fn physical(&self) -> parquet::basic::Type {
        T::Physical::get_physical_type()
    }

    fn is_optional(&self) -> bool {
        true
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, column: &mut ColumnWriter<'_>) -> Result<()> {
        let levels: Vec<i16> = self.iter().map(|value| i16::from(value.is_some())).collect();
        let present: Vec<T> = self.iter().flatten().cloned().collect();
        get_typed_column_writer_mut::<T::Physical>(column).write_batch(&present, Some(&levels), None)?;
        Ok(())
    }

    fn read(&mut self, column: ColumnReader, skipped: usize, count: usize) -> Result<()> {
        let mut column = get_typed_column_reader::<T::Physical>(column);
        let mut left = if column.skip_records(skipped)? == skipped { count } else { return Err(short()) };
        let (mut levels, mut present) = (Vec::new(), Vec::new());
        while left > 0 {
            levels.clear();
            present.clear();
            let (read, ..) = column.read_records(left, Some(&mut levels), None, &mut present)?;
            if read == 0 {
                return Err(short());
            }
            let mut values = present.drain(..);
            self.extend(levels.iter().map(|level| if *level > 0 { values.next() } else { None }));
            left = left.checked_sub(read).ok_or_else(short)?;
        }
        Ok(())
    }

    fn leave_out(&mut self, count: usize) -> bool {
        self.resize(self.len() + count, None);
        true
    }

    fn clear(&mut self) {
        self.clear();
    }
}

fn short() -> ParquetError {
    ParquetError::EOF("a column ends before its table".to_owned())
}
