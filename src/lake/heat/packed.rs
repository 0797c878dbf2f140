//! Sums on their way from one process to another: the tables of a month's sums, as bytes.

use bytes::Bytes;
use parquet::errors::Result as ParquetResult;

use super::rows::HeatTables;
use crate::analysis::{HeatGrids, HeatSums};
use crate::lake::error::{LakeError, Result};
use crate::lake::reader::{Lake, LakeRound};
use crate::lake::schema::{HeatGrid, Table};
use crate::lake::table_file::{TableFile, to_bytes};
use crate::progress::Silent;

/// Bytes of a table's length.
const LENGTH: usize = size_of::<u64>();

impl LakeRound {
    /// Its number in the lake.
    pub(crate) fn number(&self) -> i64 {
        self.id
    }
}

impl Lake {
    /// The name of the set of files in which a round lies.
    pub(crate) fn part_of(&self, round: &LakeRound) -> &str {
        &self.part(round.part).name
    }

    /// Sums the rounds of a set of files that have these numbers, in the order of the numbers.
    ///
    /// # Errors
    /// A file that is damaged, or a set or a round that the lake does not have (any more).
    pub(crate) fn sum_packed(&self, part: &str, numbers: &[i64], grids: HeatGrids) -> Result<Vec<u8>> {
        let rounds = self.numbered(part, numbers)?;
        let tables = self.tables_of(&rounds, grids, &Silent)?;
        tables.pack().map_err(|source| LakeError::Table { path: self.folder().join(part), source })
    }

    /// The rounds of a set of files that have these numbers, in the order of the numbers.
    ///
    /// # Errors
    /// As [`Lake::sum_packed`].
    pub(crate) fn numbered(&self, part: &str, numbers: &[i64]) -> Result<Vec<LakeRound>> {
        let gone = |what: String| LakeError::damaged(self.folder(), what);
        let index = (0..self.parts()).find(|index| self.part(*index).name == part);
        let index =
            index.ok_or_else(|| gone(format!("the set of files {part:?} is not there, or not any more")))?;
        let mut rounds = self.rounds_of(index)?;
        rounds.retain(|round| numbers.contains(&round.id));
        rounds.sort_by_key(|round| round.id);
        if rounds.len() != numbers.len() {
            return Err(gone(format!("{part:?} has {} of {} rounds", rounds.len(), numbers.len())));
        }
        Ok(rounds)
    }

    /// What [`Lake::sum_packed`] gave of these rounds. Nothing in it is believed.
    ///
    /// # Errors
    /// Bytes that are no sums of these rounds in these grids.
    pub(crate) fn unpack_sums(
        &self,
        bytes: Vec<u8>,
        rounds: &[&LakeRound],
        grids: &HeatGrids,
    ) -> Result<HeatSums> {
        let tables = HeatTables::unpack(bytes.into(), self)?;
        let path = self.folder();
        if tables.grid.grids(path)? != *grids {
            return Err(LakeError::damaged(path, "an executor summed over another grid"));
        }
        let mut rounds = rounds.to_vec();
        rounds.sort_by_key(|round| round.id);
        tables.sums(&rounds, grids, &self.people, path, Vec::new())
    }
}

impl HeatTables {
    fn pack(&self) -> ParquetResult<Vec<u8>> {
        let mut bytes = Vec::new();
        append(&mut bytes, &self.grid)?;
        append(&mut bytes, &self.times)?;
        append(&mut bytes, &self.heights)?;
        append(&mut bytes, &self.ground)?;
        append(&mut bytes, &self.lives)?;
        Ok(bytes)
    }

    fn unpack(mut bytes: Bytes, lake: &Lake) -> Result<Self> {
        Ok(Self {
            grid: take::<HeatGrid>(&mut bytes, lake)?,
            times: take(&mut bytes, lake)?,
            heights: take(&mut bytes, lake)?,
            ground: take(&mut bytes, lake)?,
            lives: take(&mut bytes, lake)?,
        })
    }
}

fn append<T: Table>(bytes: &mut Vec<u8>, table: &T) -> ParquetResult<()> {
    let packed = to_bytes(table)?;
    bytes.extend((packed.len() as u64).to_le_bytes());
    bytes.extend(packed);
    Ok(())
}

fn take<T: Table>(bytes: &mut Bytes, lake: &Lake) -> Result<T> {
    let short = || LakeError::damaged(lake.folder(), "an executor's sums end early");
    let length = bytes.first_chunk::<LENGTH>().copied().ok_or_else(short)?;
    let length = usize::try_from(u64::from_le_bytes(length)).map_err(|_| short())?;
    let _ = bytes.split_to(LENGTH);
    if length > bytes.len() {
        return Err(short());
    }
    TableFile::of_bytes::<T>(lake.folder(), bytes.split_to(length))?.read_all()
}
