//! Sums of whole months, from which heatmaps are drawn without reading a sample.
//!
//! They hold no more than the samples say, in the same integers, so a picture does not tell whether it was made of them.
//! [`Sums`] names the parts that they are of: rounds that come later are read from their samples.

mod columns;
mod cube;
#[cfg(feature = "cluster")]
mod packed;
mod rows;

pub use cube::Cube;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use sha2::{Digest, Sha256};

use crate::files;
use crate::lake::error::{LakeError, Result};

use crate::lake::manifest::{Part, Sums};
use crate::lake::reader::{Lake, LakeRound};
use crate::lake::rows::CLEANED_BY;
use crate::lake::schema::{Heat, HeatGrid, HeatGround, HeatHeights, HeatLives, Rounds, Samples, Table};
use crate::lake::table_file::TableFile;
use crate::lake::writer::LakeWriter;
use rows::HeatTables;

use crate::analysis::{HeatGrids, HeatSummer, HeatSums, SumsWanted, TimeSum, may_be_parts};
use crate::progress::{Bar, Progress};
use crate::text::hex;

/// Starts of parts of one round lie at most this far apart, s.
const SAME_START_S: u64 = 2;

/// What summing came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summed {
    /// Months of maps that were summed now.
    pub new: usize,
    /// Those whose sums were there already.
    pub known: usize,
    /// Maps whose extent is not known, so that pictures of them are fitted to what they show.
    pub unknown: Vec<String>,
}

/// A month of a map that is summed, of which all rounds are wanted.
#[derive(Debug)]
pub(crate) struct SummedMonth {
    /// Its place in the manifest.
    index: usize,
    /// The places of its rounds among those that were asked for.
    pub places: Vec<usize>,
}

impl LakeWriter {
    /// Sums every month of every map for heatmaps, in the grids that `grids` gives for a map, and leaves those alone that are
    /// summed.
    ///
    /// # Errors
    /// A file that cannot be read or written.
    pub fn sum(self, grids: impl Fn(&str) -> Option<HeatGrids>, progress: &dyn Progress) -> Result<Summed> {
        let mut next = self.lake.manifest.clone();
        let mut months: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for part in 0..self.lake.parts() {
            let Part { map, month, .. } = self.lake.part(part);
            months.entry((map.clone(), month.clone())).or_default().push(part);
        }
        let (mut summed, mut unsummed) = (Summed::default(), Vec::new());
        for ((map, month), parts) in months {
            let Some(grids) = grids(&map) else {
                if summed.unknown.last() != Some(&map) {
                    summed.unknown.push(map);
                }
                continue;
            };
            let is_of = |sums: &Sums| (&sums.files.map, &sums.files.month) == (&map, &month);
            if let Some(known) = self.lake.manifest.heat.iter().find(|sums| is_of(sums))
                && parts.len() == known.of.len()
                && parts.iter().all(|part| known.hold(self.lake.part(*part)))
                && known.files.cleaned_by == CLEANED_BY
                && self.lake.is_sound(known, &grids)
            {
                summed.known += 1;
                continue;
            }
            let old = next.heat.extract_if(.., |sums| is_of(sums)).map(|sums| sums.files);
            next.retired.extend(old);
            unsummed.push((map, month, parts, grids));
            summed.new += 1;
        }
        let rounds = |parts: &[usize]| -> u64 {
            parts.iter().map(|part| self.lake.part(*part).rows_of(Rounds::NAME)).sum()
        };
        let bar = progress.begin("summing", unsummed.iter().map(|(.., parts, _)| rounds(parts)).sum());
        let sums = (unsummed.into_par_iter())
            .map(|(map, month, parts, grids)| self.sum_month(map, month, &parts, grids, &*bar));
        next.heat.extend(sums.collect::<Result<Vec<_>>>()?);
        if next != self.lake.manifest {
            self.commit(next)?;
        }
        Ok(summed)
    }

    /// Sums a month of a map, of which these are the parts.
    fn sum_month(
        &self,
        map: String,
        month: String,
        parts: &[usize],
        grids: HeatGrids,
        bar: &dyn Bar,
    ) -> Result<Sums> {
        for part in parts {
            self.lake.verify(*part, Samples::NAME)?;
        }
        let (rounds, left_out) = self.lake.summable(parts)?;
        let sums = self.lake.tables_of(&rounds, grids, bar)?;
        let mut files = Part {
            map,
            month,
            name: self.name_of(&sums),
            cleaned_by: CLEANED_BY,
            rows: BTreeMap::new(),
            crc32: BTreeMap::new(),
        };
        self.write_table(&mut files, &sums.grid)?;
        self.write_table(&mut files, &sums.times)?;
        self.write_table(&mut files, &sums.heights)?;
        self.write_table(&mut files, &sums.ground)?;
        self.write_table(&mut files, &sums.lives)?;
        let of = parts.iter().map(|part| self.lake.part(*part).name.clone()).collect();
        Ok(Sums { files, of, left_out })
    }

    fn name_of(&self, sums: &HeatTables) -> String {
        let mut hash = Sha256::new();
        hash.update(self.lake.manifest.generation.to_le_bytes());
        hash.update(self.lake.place.salt());
        sums.lives.round.iter().for_each(|round| hash.update(round.to_le_bytes()));
        hex(&hash.finalize()[..8])
    }
}

impl Lake {
    /// The months that are summed and all of whose rounds are among these. Each round comes with its place.
    pub(crate) fn summed<'r>(
        &self,
        rounds: impl Iterator<Item = (usize, &'r LakeRound)>,
    ) -> Vec<SummedMonth> {
        let heat = &self.manifest.heat;
        let of_part: Vec<Option<usize>> = (self.manifest.parts.iter())
            .map(|part| heat.iter().position(|sums| sums.files.cleaned_by == CLEANED_BY && sums.hold(part)))
            .collect();
        let mut months: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, round) in rounds {
            if let Some(index) = of_part[round.part]
                && !heat[index].left_out.contains(&round.id)
            {
                months.entry(index).or_default().push(place);
            }
        }
        months.retain(|index, places| {
            let sums = &heat[*index];
            let parts = || self.manifest.parts.iter().filter(|part| sums.hold(part));
            let rounds: u64 = parts().map(|part| part.rows_of(Rounds::NAME)).sum();
            parts().count() == sums.of.len() && rounds == (places.len() + sums.left_out.len()) as u64
        });
        months.into_iter().map(|(index, places)| SummedMonth { index, places }).collect()
    }

    /// What is wanted of the sums of a month, of which these are the rounds; `None` where they were made in other grids. Those
    /// of time take the place of what is in `room`.
    pub(crate) fn sums(
        &self,
        month: &SummedMonth,
        rounds: &[&LakeRound],
        wanted: &SumsWanted<'_>,
        room: Vec<TimeSum>,
    ) -> Result<Option<HeatSums>> {
        let sums = &self.manifest.heat[month.index];
        if self.grids(sums)? != wanted.grids {
            return Ok(None);
        }
        let mut rounds = rounds.to_vec();
        rounds.sort_by_key(|round| round.id);
        let path = self.sums_path(sums);
        self.heat_tables(sums, wanted.heights, wanted.ground)?
            .sums(&rounds, &wanted.grids, &self.people, &path, room)
            .map(Some)
    }

    /// The grids that a month was summed in.
    fn grids(&self, sums: &Sums) -> Result<HeatGrids> {
        self.sums_table::<HeatGrid>(sums)?.grids(&sums.files.path(self.folder(), HeatGrid::NAME))
    }

    /// Whether a month's sums are whole, and in these grids.
    fn is_sound(&self, sums: &Sums, grids: &HeatGrids) -> bool {
        self.heat_tables(sums, true, true).is_ok() && self.grids(sums).is_ok_and(|known| known == *grids)
    }

    /// A month's sums as they are kept; those of heights and of the ground are left empty unless they are wanted.
    fn heat_tables(&self, sums: &Sums, heights: bool, ground: bool) -> Result<HeatTables> {
        Ok(HeatTables {
            grid: self.sums_table::<HeatGrid>(sums)?,
            times: self.sums_table::<Heat>(sums)?,
            heights: if heights { self.sums_table(sums)? } else { HeatHeights::default() },
            ground: if ground { self.sums_table(sums)? } else { HeatGround::default() },
            lives: self.sums_table::<HeatLives>(sums)?,
        })
    }

    fn sums_table<T: Table>(&self, sums: &Sums) -> Result<T> {
        let files = &sums.files;
        let path = files.path(self.folder(), T::NAME);
        if files.rows_of(T::NAME) > 0 {
            self.place.bring(&path)?;
        }
        if let Some(written) = files.crc32.get(T::NAME)
            && files::crc32(&path)? != *written
        {
            return Err(LakeError::damaged(
                path,
                "it is not as it was written; `proximity lake compact LAKE --heat` makes it again",
            ));
        }
        let rows: T = match files.rows_of(T::NAME) {
            0 => T::default(),
            _ => TableFile::open::<T>(&path)?.read_all()?,
        };
        let (found, expected) = (rows.len() as u64, files.rows_of(T::NAME));
        if found == expected {
            Ok(rows)
        } else {
            Err(LakeError::damaged(path, format!("it has {found} rows instead of {expected}")))
        }
    }

    /// The rounds of some parts of a month that are summed, in the order of their numbers, and those that are left out.
    fn summable(&self, parts: &[usize]) -> Result<(Vec<LakeRound>, Vec<i64>)> {
        let mut rounds = Vec::new();
        for part in parts {
            rounds.extend(self.rounds_of(*part)?);
        }
        let left_out = may_be_several(&rounds);
        rounds.retain(|round| !left_out.contains(&round.id));
        rounds.sort_by_key(|round| round.id);
        Ok((rounds, left_out))
    }

    /// The sums of these rounds, in this order, a step of the bar for each: from their columns, if these tell all of them.
    fn tables_of(&self, rounds: &[LakeRound], grids: HeatGrids, bar: &dyn Bar) -> Result<HeatTables> {
        if !rounds.iter().all(|round| self.is_current(round)) {
            return self.tables_of_loaded(rounds, grids, bar);
        }
        let (mut sums, numbers) = self.sum_all(rounds, grids, bar)?;
        let mut by_number: Vec<_> = sums.rounds.into_iter().zip(numbers).collect();
        by_number.sort_by_key(|(_, (number, _))| *number);
        let numbers: Vec<_>;
        (sums.rounds, numbers) = by_number.into_iter().unzip();
        Ok(HeatTables::of(&sums, &grids, &numbers))
    }

    /// The same of rounds that are loaded and cleaned.
    fn tables_of_loaded(&self, rounds: &[LakeRound], grids: HeatGrids, bar: &dyn Bar) -> Result<HeatTables> {
        let mut summer = HeatSummer::new(grids);
        let mut numbers = Vec::with_capacity(rounds.len());
        for kept in rounds {
            let (round, ids) = self.load_with_ids(kept)?;
            summer.add(&round);
            bar.step();
            numbers.push((kept.id, ids.lives.into_iter().map(|(_, alias)| alias).collect()));
        }
        Ok(HeatTables::of(&summer.finish(), &grids, &numbers))
    }

    /// Sums every month again and compares, but those of parts that are damaged. Gives a sentence about each fault.
    pub(in crate::lake) fn check_sums(
        &self,
        damaged: &BTreeSet<usize>,
        progress: &dyn Progress,
    ) -> Vec<String> {
        let is_whole = |sums: &&Sums| !damaged.iter().any(|part| sums.hold(self.part(*part)));
        let heat: Vec<&Sums> = self.manifest.heat.iter().filter(is_whole).collect();
        let parts = self.manifest.parts.iter().filter(|part| heat.iter().any(|sums| sums.hold(part)));
        let bar = progress.begin("summing again", parts.map(|part| part.rows_of(Rounds::NAME)).sum());
        let is_sound = |sums: &Sums| {
            let parts: Vec<usize> = (0..self.parts()).filter(|part| sums.hold(self.part(*part))).collect();
            let stored = self.heat_tables(sums, true, true)?;
            let grids = stored.grid.grids(&self.sums_path(sums))?;
            let (rounds, left_out) = self.summable(&parts)?;
            // Not from the columns: they may have been wrong when the sums were made.
            let expected = self.tables_of_loaded(&rounds, grids, &*bar)?;
            Ok(stored == expected && left_out == sums.left_out)
        };
        let mut faults = Vec::new();
        for sums in heat {
            match is_sound(sums) {
                Ok(true) => {}
                Ok(false) => faults.push(format!(
                    "{}: its sums are not those of its rounds",
                    self.sums_path(sums).display()
                )),
                Err::<bool, LakeError>(error) => faults.push(crate::text::with_causes(&error)),
            }
        }
        faults
    }

    fn sums_path(&self, sums: &Sums) -> PathBuf {
        sums.files.path(self.folder(), Heat::NAME)
    }
}

/// The numbers of the rounds that may be parts of a round that was recorded in several files: such a round is cleaned as a
/// whole, so its sums are not those of its parts.
fn may_be_several(rounds: &[LakeRound]) -> Vec<i64> {
    let mut by_start: Vec<(i64, &LakeRound)> =
        rounds.iter().filter_map(|round| Some((round.meta.start_unix?, round))).collect();
    by_start.sort_by_key(|(start, round)| (*start, round.id));
    let mut found = Vec::new();
    for (index, (start, round)) in by_start.iter().enumerate() {
        let near =
            by_start[index + 1..].iter().take_while(|(other, _)| other.abs_diff(*start) <= SAME_START_S);
        for (_, other) in near.filter(|(_, other)| may_be_parts(&round.meta, &other.meta)) {
            found.extend([round.id, other.id]);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
