//! A file of sums that another program made of the table `heat`: one row for each state and cell, and whatever else of the
//! table's columns it kept. It is foreign: nothing in it is believed.

use std::path::{Path, PathBuf};

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::PageIndexPolicy;

use super::rows::time_sum;
use crate::analysis::{Cells, Filter, HeatSums};
use crate::lake::error::{LakeError, Result};
use crate::lake::table_file::TableFile;
use crate::text::visible;

/// The columns that are read, the first three in any case.
const COLUMNS: [&str; 6] = ["state", "cell", "us", "bot", "team", "class"];
const NEEDED: usize = 3;
/// Rows that are read at once.
const BATCH: usize = 1 << 16;

/// A file of sums, opened.
#[derive(Debug)]
pub struct Cube {
    path: PathBuf,
    file: TableFile,
    /// The place of each of [`COLUMNS`] in the file.
    places: [Option<usize>; COLUMNS.len()],
}

impl Cube {
    /// Opens a file and looks for its columns.
    ///
    /// # Errors
    /// No Parquet file, or one without the columns `state`, `cell` and `us`, or with others of these names than whole numbers.
    pub fn open(path: &Path) -> Result<Self> {
        let file = TableFile::open_any(path, PageIndexPolicy::Skip)?;
        let refuse = |what: String| Err(LakeError::Cube { path: path.to_owned(), what });
        let mut places = [None; COLUMNS.len()];
        for (column, place) in COLUMNS.into_iter().zip(&mut places) {
            *place = file.place_of(column);
            if place.is_some_and(|place| !file.is_whole_number(place)) {
                return refuse(format!("its column {column} has no whole numbers of 64 bits or fewer"));
            }
            if let Some(by) = place.and_then(|place| file.foreign_compression(place)) {
                return refuse(format!(
                    "its column {column} is compressed by {by}; have it written with zstd, or plain"
                ));
            }
        }
        match COLUMNS.iter().zip(&places).take(NEEDED).find(|(_, place)| place.is_none()) {
            Some((missing, _)) => refuse(format!("it has no column {missing}")),
            None => Ok(Self { path: path.to_owned(), file, places }),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Checks that its columns tell apart what a filter and a figure do: `bot`, `team`, `class`.
    ///
    /// # Errors
    /// The first that it lacks.
    pub fn check(&self, filter: &Filter, by_team: bool, by_class: bool) -> Result<()> {
        let wanted = [
            ("bot", filter.bots == crate::analysis::Bots::Only),
            ("team", by_team || !filter.teams.is_empty()),
            ("class", by_class || !filter.classes.is_empty()),
        ];
        let lacks =
            |column: &str| COLUMNS.iter().zip(&self.places).any(|(name, at)| *name == column && at.is_none());
        match wanted.into_iter().find(|(column, is_wanted)| *is_wanted && lacks(column)) {
            Some((column, _)) => {
                let what = format!("it has no column {column}, which this picture asks for");
                Err(LakeError::Cube { path: self.path.clone(), what })
            }
            None => Ok(()),
        }
    }

    /// Gives its sums over these cells to `take`, some at a time.
    ///
    /// # Errors
    /// A damaged file, an empty value, or one that is no state, cell or time.
    pub(crate) fn each(&self, cells: &Cells, take: &mut dyn FnMut(&HeatSums)) -> Result<()> {
        let failed = |source| LakeError::Table { path: self.path.clone(), source };
        let mut row = 0;
        for group in 0..self.file.groups().len() {
            let mut readers = Vec::with_capacity(COLUMNS.len());
            for place in self.places {
                readers.push(place.map(|place| self.file.column(group, place)).transpose()?);
            }
            loop {
                let mut columns: [Vec<i64>; COLUMNS.len()] = Default::default();
                for (reader, values) in readers.iter_mut().zip(&mut columns) {
                    if let Some(reader) = reader {
                        read(reader, values).map_err(failed)?;
                    }
                }
                let [states, at, times, ..] = &columns;
                let count = states.len();
                let is_even =
                    |(values, place): (&Vec<i64>, &Option<usize>)| place.is_none() || values.len() == count;
                if !columns.iter().zip(&self.places).all(is_even) {
                    return Err(failed(ParquetError::EOF("a column ends before its table".to_owned())));
                }
                if count == 0 {
                    break;
                }
                let kind =
                    |column: usize, index: usize| columns[column].get(index).copied().unwrap_or_default();
                let mut sums = HeatSums::default();
                for index in 0..count {
                    let who = [kind(3, index), kind(4, index), kind(5, index)];
                    let sum = time_sum(who, states[index], at[index], times[index], cells.len());
                    sums.times.push(sum.ok_or_else(|| LakeError::Cube {
                        path: self.path.clone(),
                        what: format!(
                            "row {}: no sum over {} cells: bot, team, class {who:?}, state {}, cell {}, us {}",
                            row + index + 1,
                            cells.len(),
                            states[index],
                            at[index],
                            times[index]
                        ),
                    })?);
                }
                row += count;
                take(&sums);
            }
        }
        Ok(())
    }

    /// What the file is called, as text that a terminal and a picture can show.
    pub fn name(&self) -> String {
        visible(&self.path.file_name().unwrap_or_default().to_string_lossy())
    }
}

/// Appends the next values of a column, at most a batch.
fn read(column: &mut ColumnReader, values: &mut Vec<i64>) -> ParquetResult<()> {
    match column {
        ColumnReader::BoolColumnReader(column) => read_as(column, values, i64::from),
        ColumnReader::Int32ColumnReader(column) => read_as(column, values, i64::from),
        ColumnReader::Int64ColumnReader(column) => read_as(column, values, |value| value),
        _ => Err(ParquetError::General("a column is of another type".to_owned())),
    }
}

fn read_as<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    values: &mut Vec<i64>,
    number: impl Fn(T::T) -> i64,
) -> ParquetResult<()> {
    let (mut levels, mut present) = (Vec::new(), Vec::new());
    while values.len() < BATCH {
        levels.clear();
        present.clear();
        let (records, ..) =
            column.read_records(BATCH - values.len(), Some(&mut levels), None, &mut present)?;
        if records == 0 {
            break;
        }
        if present.len() != records {
            return Err(ParquetError::General("a value is missing (null)".to_owned()));
        }
        values.extend(present.drain(..).map(&number));
    }
    Ok(())
}
