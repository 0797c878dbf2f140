//! Whether a lake is whole.

use std::collections::BTreeSet;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::error::Result;
use super::reader::Lake;
use super::rows::{CLEANED_BY, round_id};
use super::schema::{Cells, Engagements, Lives, Revives, Rounds, Samples, Table};
use crate::progress::{Bar, Progress};
use crate::text::counted;

/// What a look through a lake found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// Rounds that could be read.
    pub rounds: u64,
    /// Samples in them.
    pub samples: u64,
    /// A sentence about each fault.
    pub faults: Vec<String>,
    /// A sentence about each thing that is no fault but could be better.
    pub notes: Vec<String>,
}

impl Lake {
    /// Reads every round, and compares what the files say of each other; sums are made again and compared. What cannot be read is a fault.
    pub fn check(&self, progress: &dyn Progress) -> Checked {
        let mut checked = Checked::default();
        let mut seen = BTreeSet::new();
        let bar = progress.begin("reading", self.counts()[0]);
        let mut damaged = BTreeSet::new();
        for part in 0..self.parts() {
            if let Err(error) = self.check_part(part, &mut seen, &mut checked, &*bar) {
                damaged.insert(part);
                checked.faults.push(crate::text::with_causes(&error));
            }
        }
        drop(bar);
        checked.faults.extend(self.check_sums(&damaged, progress));
        for path in self.manifest.orphans(self.folder()) {
            checked
                .notes
                .push(format!("{} is no part of the lake; the next change removes it", path.display()));
        }
        let old = self.manifest.parts.iter().filter(|part| part.cleaned_by != CLEANED_BY).count();
        if old > 0 {
            checked.notes.push(format!(
                "{} cleaned by another version of the program; `proximity lake compact` cleans anew",
                counted(old as u64, "set of files was", "sets of files were")
            ));
        }
        checked
    }

    fn check_part(
        &self,
        part: usize,
        seen: &mut BTreeSet<i64>,
        checked: &mut Checked,
        bar: &dyn Bar,
    ) -> Result<()> {
        self.verify(part, Samples::NAME)?;
        self.check_rows::<Rounds>(part, checked)?;
        self.check_rows::<Lives>(part, checked)?;
        self.check_rows::<Samples>(part, checked)?;
        self.check_rows::<Engagements>(part, checked)?;
        self.check_rows::<Revives>(part, checked)?;
        self.check_rows::<Cells>(part, checked)?;
        let mut samples = 0;
        let rounds = self.rounds_of(part)?;
        let loaded: Vec<Result<()>> = (rounds.par_iter())
            .map(|round| {
                bar.step();
                self.load(round).map(|_| ())
            })
            .collect();
        for (round, loaded) in rounds.into_iter().zip(loaded) {
            let name = round.meta.file_name.clone().unwrap_or_default();
            if round.id != round_id(&round.meta) {
                checked.faults.push(format!("{name}: its number does not follow from its hash"));
            }
            if !seen.insert(round.id) {
                checked.faults.push(format!("{name} is in the lake twice"));
            }
            samples += round.sample_rows() as u64;
            match loaded {
                Ok(()) => checked.rounds += 1,
                Err(error) => checked.faults.push(format!("{name}: {}", crate::text::with_causes(&error))),
            }
        }
        checked.samples += samples;
        if samples != self.part(part).rows_of(Samples::NAME) {
            let path = self.path(part, Samples::NAME);
            checked.faults.push(format!("{}: its rounds do not add up to its rows", path.display()));
        }
        Ok(())
    }

    fn check_rows<T: Table>(&self, part: usize, checked: &mut Checked) -> Result<()> {
        let expected = self.part(part).rows_of(T::NAME);
        if expected == 0 && !self.part(part).rows.contains_key(T::NAME) {
            return Ok(());
        }
        let found = self.file::<T>(part)?.rows() as u64;
        if found != expected {
            let path = self.path(part, T::NAME);
            let found = counted(found, "row", "rows");
            checked.faults.push(format!("{}: {found} instead of {expected}", path.display()));
        }
        Ok(())
    }
}
