//! A table's file: written row group by row group, read from any row on.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::column::writer::{ColumnCloseResult, get_column_writer};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{
    ColumnChunkMetaData, KeyValue, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader,
};
use parquet::file::properties::{EnabledStatistics, ReaderProperties, WriterProperties, WriterPropertiesPtr};
use parquet::file::reader::{ChunkReader, Length, RowGroupReader as _};
use parquet::file::serialized_reader::SerializedRowGroupReader;
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, Type, TypePtr};
use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};

use super::column::Values;
use super::error::{LakeError, Result};
use super::schema::{Column, Kind, Packing, Table, VERSION};
use crate::files;

/// Rows of a row group: about 8 MB of samples.
pub(super) const GROUP_ROWS: usize = 1 << 20;
/// Rows of a page, of which a reader skips those it does not need.
pub(super) const PAGE_ROWS: usize = 20_000;
/// More than this of zstd costs five times the time and saves 3 % (measured on 51.6 million samples).
const ZSTD_LEVEL: i32 = 3;

/// Writes a table under its name, whole or not at all. `fill` gives its row groups one after the other, each in as many
/// pieces as it likes.
pub(super) fn write<T: Table>(
    path: &Path,
    fill: impl FnOnce(&mut dyn FnMut(&[T]) -> Result<()>) -> Result<()>,
) -> Result<()> {
    let failed = |source| LakeError::Table { path: path.to_owned(), source };
    files::write_with(path, |out| {
        let mut writer = SerializedFileWriter::new(out, schema::<T>().map_err(failed)?, properties::<T>())
            .map_err(failed)?;
        fill(&mut |pieces| write_group(&mut writer, pieces).map_err(failed))?;
        writer.close().map_err(failed)?;
        Ok(())
    })
}

/// A table as the bytes of a file.
#[cfg(feature = "cluster")]
pub(super) fn to_bytes<T: Table>(rows: &T) -> ParquetResult<Vec<u8>> {
    let mut writer = SerializedFileWriter::new(Vec::new(), schema::<T>()?, properties::<T>())?;
    write_group(&mut writer, std::slice::from_ref(rows))?;
    writer.into_inner()
}

fn write_group<W: Write + Send, T: Table>(
    writer: &mut SerializedFileWriter<W>,
    pieces: &[T],
) -> ParquetResult<()> {
    let columns = writer.schema_descr().columns().to_vec();
    let properties = writer.properties().clone();
    let pieces: Vec<Vec<&dyn Values>> = pieces.iter().map(T::values).collect();
    let packed: Vec<(Bytes, ColumnCloseResult)> = (columns.into_par_iter().enumerate())
        .map(|(place, column)| packed(pieces.iter().map(|piece| piece[place]), column, properties.clone()))
        .collect::<ParquetResult<_>>()?;
    let mut group = writer.next_row_group()?;
    for (bytes, closed) in packed {
        group.append_column(&bytes, closed)?;
    }
    group.close()?;
    Ok(())
}

/// A column of a row group as the bytes of its pages. Each is packed by itself, so that all processors have something to do.
fn packed<'v>(
    pieces: impl Iterator<Item = &'v dyn Values>,
    column: ColumnDescPtr,
    properties: WriterPropertiesPtr,
) -> ParquetResult<(Bytes, ColumnCloseResult)> {
    let mut out = TrackedWrite::new(Vec::new());
    let pages = Box::new(SerializedPageWriter::new(&mut out));
    let mut writer = get_column_writer(column, properties, pages);
    for values in pieces {
        values.write(&mut writer)?;
    }
    let closed = writer.close()?;
    Ok((out.into_inner()?.into(), closed))
}

fn schema<T: Table>() -> ParquetResult<TypePtr> {
    let rows = T::default();
    let mut fields = Vec::with_capacity(T::COLUMNS.len());
    for (column, values) in T::COLUMNS.iter().zip(rows.values()) {
        let repetition = if values.is_optional() { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let field = Type::primitive_type_builder(column.name, values.physical())
            .with_repetition(repetition)
            .with_logical_type(meaning(column.kind))
            .build()?;
        fields.push(Arc::new(field));
    }
    Ok(Arc::new(Type::group_type_builder(T::NAME).with_fields(fields).build()?))
}

fn meaning(kind: Kind) -> Option<LogicalType> {
    let integer = |bit_width, is_signed| Some(LogicalType::integer(bit_width, is_signed));
    match kind {
        Kind::I8 => integer(8, true),
        Kind::I16 => integer(16, true),
        Kind::I32 => integer(32, true),
        Kind::I64 => integer(64, true),
        Kind::U8 => integer(8, false),
        Kind::Date => Some(LogicalType::Date),
        Kind::Text => Some(LogicalType::String),
        Kind::F32 | Kind::F64 | Kind::Bool | Kind::Bytes => None,
    }
}

fn properties<T: Table>() -> Arc<WriterProperties> {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).unwrap_or_default();
    let about = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(GROUP_ROWS * 4))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_created_by(concat!("proximity ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![about("proximity.lake", VERSION.to_string())]));
    for Column { name, packing, .. } in T::COLUMNS {
        let path = ColumnPath::from(*name);
        properties = match packing {
            Packing::Delta => properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            Packing::Dictionary => properties.set_column_dictionary_enabled(path, true),
            Packing::Plain => properties.set_column_dictionary_enabled(path, false),
        };
    }
    Arc::new(properties.build())
}

/// A table's file, opened: its index is in memory, its rows are not.
#[derive(Debug)]
pub(super) struct TableFile {
    path: PathBuf,
    metadata: ParquetMetaData,
    input: Arc<Input>,
}

impl TableFile {
    /// Opens a table and checks that it has the columns of `T`; the last ones may be missing, as in files of an older version.
    pub(super) fn open<T: Table>(path: &Path) -> Result<Self> {
        Self::open_any(path, PageIndexPolicy::Optional)?.checked::<T>()
    }

    /// The same of a file's bytes. `path` is named when something is wrong.
    #[cfg(feature = "cluster")]
    pub(super) fn of_bytes<T: Table>(path: &Path, bytes: Bytes) -> Result<Self> {
        let length = bytes.len() as u64;
        let input = Input { source: Arc::new(Source::Memory(bytes)), length };
        Self::of(path, input, PageIndexPolicy::Optional)?.checked::<T>()
    }

    fn checked<T: Table>(self) -> Result<Self> {
        let found = self.metadata.file_metadata().schema_descr();
        let rows = T::default();
        let columns = T::COLUMNS.iter().zip(rows.values()).enumerate();
        let same = found.num_columns() <= T::COLUMNS.len()
            && columns.into_iter().all(|(place, (column, values))| match found.columns().get(place) {
                None => values.is_optional(),
                Some(found) => {
                    found.name() == column.name
                        && found.physical_type() == values.physical()
                        && found.max_def_level() == i16::from(values.is_optional())
                        && found.max_rep_level() == 0
                }
            });
        if same {
            Ok(self)
        } else {
            Err(LakeError::damaged(self.path, format!("its columns are not those of {}", T::NAME)))
        }
    }

    /// Opens a table of any columns.
    pub(super) fn open_any(path: &Path, index: PageIndexPolicy) -> Result<Self> {
        let file = files::open(path)?;
        let length = file.metadata().map_err(|source| LakeError::Io { path: path.to_owned(), source })?.len();
        Self::of(path, Input { source: Arc::new(Source::File(file)), length }, index)
    }

    fn of(path: &Path, input: Input, index: PageIndexPolicy) -> Result<Self> {
        let failed = |source| LakeError::Table { path: path.to_owned(), source };
        let metadata = ParquetMetaDataReader::new()
            .with_page_index_policy(index)
            .parse_and_finish(&input)
            .map_err(failed)?;
        Ok(Self { path: path.to_owned(), metadata, input: Arc::new(input) })
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        usize::try_from(self.metadata.file_metadata().num_rows()).unwrap_or_default()
    }

    /// Where the column of this name stands, if there is one.
    pub(super) fn place_of(&self, column: &str) -> Option<usize> {
        self.metadata.file_metadata().schema_descr().columns().iter().position(|found| found.name() == column)
    }

    /// Whether a column has whole numbers, or yes and no, one in each row or none.
    pub(super) fn is_whole_number(&self, place: usize) -> bool {
        let column = self.metadata.file_metadata().schema_descr().column(place);
        let physical = column.physical_type();
        let is_decimal = matches!(column.logical_type_ref(), Some(LogicalType::Decimal(_)));
        matches!(physical, PhysicalType::BOOLEAN | PhysicalType::INT32 | PhysicalType::INT64)
            && !is_decimal
            && column.max_rep_level() == 0
    }

    /// How a column is compressed, if in a way that this program does not read.
    pub(super) fn foreign_compression(&self, place: usize) -> Option<Compression> {
        let columns = self.metadata.row_groups().iter().filter_map(|group| group.columns().get(place));
        let mut all = columns.map(ColumnChunkMetaData::compression);
        all.find(|by| !matches!(by, Compression::UNCOMPRESSED | Compression::ZSTD(_)))
    }

    /// A column of a row group.
    pub(super) fn column(&self, group: usize, place: usize) -> Result<ColumnReader> {
        let failed = |source| LakeError::Table { path: self.path.clone(), source };
        self.group(group).and_then(|group| group.get_column_reader(place)).map_err(failed)
    }

    fn group(&self, index: usize) -> ParquetResult<SerializedRowGroupReader<'_, Input>> {
        let offsets = self.metadata.offset_index().and_then(|groups| groups.get(index)).map(Vec::as_slice);
        let properties = Arc::new(ReaderProperties::builder().build());
        SerializedRowGroupReader::new(self.input.clone(), self.metadata.row_group(index), offsets, properties)
    }

    /// Row groups as ranges of rows.
    pub(super) fn groups(&self) -> Vec<(usize, usize)> {
        let mut first = 0;
        let mut groups = Vec::new();
        for group in self.metadata.row_groups() {
            let rows = usize::try_from(group.num_rows()).unwrap_or_default();
            groups.push((first, rows));
            first += rows;
        }
        groups
    }

    /// Appends `count` rows from row `first` on to `rows`; of the columns that `wanted` names, or of all.
    pub(super) fn read<T: Table>(
        &self,
        first: usize,
        count: usize,
        wanted: Option<&[&str]>,
        rows: &mut T,
    ) -> Result<()> {
        if first.checked_add(count).is_none_or(|end| end > self.rows()) {
            return Err(LakeError::damaged(&self.path, "it has fewer rows than the rounds say"));
        }
        let failed = |source| LakeError::Table { path: self.path.clone(), source };
        let end = first + count;
        for (index, (start, length)) in self.groups().into_iter().enumerate() {
            let (from, to) = (first.max(start), end.min(start + length));
            if from >= to {
                continue;
            }
            let group = self.group(index).map_err(failed)?;
            for (place, (column, values)) in T::COLUMNS.iter().zip(rows.values_mut()).enumerate() {
                let is_wanted = wanted.is_none_or(|names| names.contains(&column.name));
                if is_wanted && !(self.is_absent(index, place) && values.leave_out(to - from)) {
                    let reader = group.get_column_reader(place).map_err(failed)?;
                    values.read(reader, from - start, to - from).map_err(failed)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a column has no value in a row group.
    fn is_absent(&self, group: usize, place: usize) -> bool {
        let group = self.metadata.row_group(group);
        group.columns().get(place).is_none_or(|column| {
            let absent = column.statistics().and_then(Statistics::null_count_opt);
            column.num_values() > 0 && absent.is_some_and(|absent| absent == column.num_values() as u64)
        })
    }

    /// Whether a column has a value anywhere near these rows: in one of their row groups.
    pub(super) fn holds(&self, rows: Range<usize>, column: &str) -> bool {
        let Some(place) = self.place_of(column) else { return false };
        let groups = self.groups().into_iter().enumerate();
        let mut near = groups.filter(|(_, (start, count))| *start < rows.end && rows.start < start + count);
        near.any(|(group, _)| !self.is_absent(group, place))
    }

    /// All rows.
    pub(super) fn read_all<T: Table>(&self) -> Result<T> {
        let mut rows = T::default();
        self.read(0, self.rows(), None, &mut rows)?;
        Ok(rows)
    }
}

/// A file that several readers read at their own places.
#[derive(Debug)]
struct Input {
    source: Arc<Source>,
    length: u64,
}

/// Where a file's bytes are.
#[derive(Debug)]
enum Source {
    File(File),
    #[cfg(feature = "cluster")]
    Memory(Bytes),
}

impl Source {
    fn read_at(&self, buffer: &mut [u8], place: u64) -> io::Result<usize> {
        match self {
            Self::File(file) => read_at(file, buffer, place),
            #[cfg(feature = "cluster")]
            Self::Memory(bytes) => {
                let start = usize::try_from(place).unwrap_or(usize::MAX);
                bytes.get(start..).unwrap_or_default().read(buffer)
            }
        }
    }
}

/// A reader at a place of its own.
#[derive(Debug)]
pub(super) struct At {
    source: Arc<Source>,
    place: u64,
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(buffer, self.place)?;
        self.place += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, place)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, place)
}

impl Length for Input {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Input {
    type T = BufReader<At>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(BufReader::new(At { source: self.source.clone(), place: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        // A length that a damaged file claims is not allocated.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF("a table refers to bytes beyond its end".to_owned()));
        }
        let mut bytes = Vec::with_capacity(length);
        At { source: self.source.clone(), place: start }.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }
}
