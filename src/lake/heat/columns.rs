//! Sums of rounds straight from the columns that they need: no round is built, and what is not wanted is not read.
//!
//! Cleaning is in the columns already: `step` says what it made of a sample, `lives` what it left out and why.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::rows::{Numbers, who};
use crate::analysis::{
    Filter, HeatGrids, HeatSummer, HeatSums, LifeSum, RoundSums, State, SumsWanted, UsedLife, Who,
};
use crate::geom::WorldPoint;
use crate::lake::error::{LakeError, Result};
use crate::lake::load;
use crate::lake::reader::{Lake, LakeRound};
use crate::lake::rows::{FIRST_BREAK, LAST, UNUSED, units};
use crate::lake::schema::{Lives, Samples, Table as _};
use crate::lake::table_file::{PAGE_ROWS, TableFile};
use crate::model::GuidKind;
use crate::progress::{Bar, Progress};

/// Samples that are read at once; a round of more is read as a whole.
const BATCH_ROWS: usize = 1 << 18;

/// Columns of `lives` that captions count by, and the places of a life's samples.
const OF_LIVES: [&str; 16] = [
    "round",
    "alias",
    "team",
    "class",
    "samples",
    "used_samples",
    "dropped",
    "lost_limbo",
    "lost_spectator",
    "lost_camera",
    "lost_damaged",
    "lost_out_of_order",
    "lost_duplicate",
    "lost_overlap",
    "lost_wounded",
    "lost_empty",
];

/// A life of which samples are read.
struct Read {
    /// Its place among the lives of the batch.
    life: (usize, usize),
    who: Who,
    /// Whether it is wanted; else it tells where the ground is, and no more.
    is_wanted: bool,
    /// Its rows in the table of samples.
    rows: Range<usize>,
    /// Samples that cleaning left.
    used: usize,
}

/// What a worker reads with and sums into.
struct Worker {
    lives: Lives,
    samples: Samples,
    summer: HeatSummer,
}

impl Lake {
    /// Sums those of these rounds whose columns tell all that is wanted. Each round comes with its place; gives the places of
    /// those that were summed. The order of the sums, and how many they are, means nothing.
    pub(crate) fn sum_columns<'r>(
        &self,
        rounds: impl Iterator<Item = (usize, &'r LakeRound)>,
        wanted: &SumsWanted<'_>,
        progress: &dyn Progress,
    ) -> Result<(Vec<HeatSums>, BTreeSet<usize>)> {
        let mut told: Vec<(usize, &LakeRound)> = rounds.filter(|(_, round)| self.is_current(round)).collect();
        told.sort_by_key(|(_, round)| (round.part, round.places()[1].start));
        let places = told.iter().map(|(place, _)| *place).collect();
        let rounds: Vec<&LakeRound> = told.into_iter().map(|(_, round)| round).collect();
        let batches = batches(&rounds);
        let bar = progress.begin("reading", batches.len() as u64);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut worker = Worker::of(wanted);
            while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                self.sum_batch(batch, wanted, &mut worker)?;
                bar.step();
            }
            Ok(worker.summer.finish())
        };
        let workers = rayon::current_num_threads().clamp(1, batches.len().max(1));
        let sums: Result<Vec<HeatSums>> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let mut sums = vec![work()];
            sums.extend(
                others
                    .into_iter()
                    .map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))),
            );
            sums.into_iter().collect()
        });
        Ok((sums?, places))
    }

    /// Sums all of these rounds, whose columns tell what they are; gives for each, in the same order as the sums, its number and
    /// the aliases of its lives.
    pub(super) fn sum_all(
        &self,
        rounds: &[LakeRound],
        grids: HeatGrids,
        bar: &dyn Bar,
    ) -> Result<(HeatSums, Vec<Numbers>)> {
        let filter = Filter::everything();
        let wanted = SumsWanted::all(grids, &filter);
        let mut rounds: Vec<&LakeRound> = rounds.iter().collect();
        rounds.sort_by_key(|round| (round.part, round.places()[1].start));
        let mut worker = Worker::of(&wanted);
        let mut numbers = Vec::with_capacity(rounds.len());
        for batch in batches(&rounds) {
            self.sum_batch(&batch, &wanted, &mut worker)?;
            let mut aliases = worker.lives.alias.iter().copied();
            for round in batch {
                numbers.push((round.id, aliases.by_ref().take(round.life_rows()).collect()));
                bar.step();
            }
        }
        Ok((worker.summer.finish(), numbers))
    }

    /// Sums rounds that stand behind each other in one part.
    fn sum_batch(&self, rounds: &[&LakeRound], wanted: &SumsWanted<'_>, worker: &mut Worker) -> Result<()> {
        let [Some(first), Some(last)] = [rounds.first(), rounds.last()] else { return Ok(()) };
        let part = first.part;
        let [lives, samples] = first.places();
        let end = last.places()[0].end;
        worker.lives.clear();
        if end > lives.start {
            let table = self.file::<Lives>(part)?;
            table.read(lives.start, end - lives.start, Some(&OF_LIVES), &mut worker.lives)?;
        }
        let (mut sums, reads) = self.lives_of(rounds, samples.start, wanted, &worker.lives)?;
        for reads in reads.chunk_by(|a, b| b.rows.start.saturating_sub(a.rows.end) < PAGE_ROWS) {
            let [Some(first), Some(last)] = [reads.first(), reads.last()] else { continue };
            let rows = first.rows.start..last.rows.end;
            let table = self.file::<Samples>(part)?;
            worker.read_samples(&table, rows.clone(), wanted)?;
            for read in reads {
                let rows = read.rows.start - rows.start..read.rows.end - rows.start;
                let (round, life) = read.life;
                if !worker.sum_life(read, rows, &mut sums[round].lives[life].used) {
                    let path = self.path(part, Samples::NAME);
                    return Err(LakeError::damaged(path, "its samples are not those of its lives"));
                }
            }
        }
        for round in sums {
            worker.summer.add_round(round);
        }
        Ok(())
    }

    /// What captions count of rounds, and the lives whose samples have to be read for it. The rounds' samples begin at a row.
    fn lives_of(
        &self,
        rounds: &[&LakeRound],
        mut row_of_samples: usize,
        wanted: &SumsWanted<'_>,
        rows: &Lives,
    ) -> Result<(Vec<RoundSums>, Vec<Read>)> {
        let mut reads = Vec::new();
        let mut sums = Vec::with_capacity(rounds.len());
        let mut row = 0;
        for round in rounds {
            let path = self.path(round.part, Lives::NAME);
            let damaged = || LakeError::damaged(&path, "its lives are not those of the rounds");
            let mut lives = Vec::with_capacity(round.life_rows());
            for place in 0..round.life_rows() {
                let (guid, name) = self.people.of(rows.alias[row], &path)?;
                let life = || {
                    // A bot whose name is forgotten counts as a player.
                    let who = who(guid.kind() == GuidKind::Bot, rows.team[row], rows.class[row])?;
                    let samples = usize::try_from(rows.samples[row]).ok()?;
                    let used =
                        usize::try_from(rows.used_samples[row]).ok().filter(|used| *used <= samples)?;
                    let dropped = load::dropped(rows.dropped[row], rows.lost().map(|lost| lost[row]))?;
                    let is_of = rows.round[row] == round.id;
                    (is_of && dropped.total_samples() as usize + used == samples)
                        .then_some((who, samples, used, dropped))
                };
                let (who, samples, used, dropped) = life().ok_or_else(damaged)?;
                let is_wanted = wanted.filter.refuses_life(who, &guid, &name).is_none();
                let of_life = row_of_samples..row_of_samples + samples;
                row_of_samples = of_life.end;
                if used > 0 && (is_wanted || wanted.ground) {
                    let life = (sums.len(), place);
                    reads.push(Read { life, who, is_wanted, rows: of_life, used });
                }
                lives.push(LifeSum { guid, name, who, samples: samples as u64, dropped, used: None });
                row += 1;
            }
            if row_of_samples != round.places()[1].end {
                return Err(damaged());
            }
            let Some(meaning) = round.meaning else { return Err(damaged()) };
            sums.push(RoundSums { meta: round.meta.clone(), meaning, lives });
        }
        Ok((sums, reads))
    }
}

/// Rounds that stand behind each other in one part, so many that a batch is large but not too large.
fn batches<'r>(rounds: &[&'r LakeRound]) -> Vec<Vec<&'r LakeRound>> {
    let mut batches: Vec<Vec<&LakeRound>> = Vec::new();
    for round in rounds {
        let fits = |batch: &&mut Vec<&LakeRound>| {
            let [Some(first), Some(last)] = [batch.first(), batch.last()] else { return false };
            let [lives, samples] = round.places();
            last.part == round.part
                && last.places().map(|rows| rows.end) == [lives.start, samples.start]
                && samples.end - first.places()[1].start <= BATCH_ROWS
        };
        match batches.last_mut().filter(fits) {
            Some(batch) => batch.push(round),
            None => batches.push(vec![round]),
        }
    }
    batches
}

impl Worker {
    fn of(wanted: &SumsWanted<'_>) -> Self {
        Self { lives: Lives::default(), samples: Samples::default(), summer: HeatSummer::of(wanted) }
    }

    /// Reads the columns that the wanted sums need, and no others.
    fn read_samples(&mut self, table: &TableFile, rows: Range<usize>, wanted: &SumsWanted<'_>) -> Result<()> {
        let mut columns = vec!["x", "y", "dt", "step"];
        let mut odd = vec!["odd_x", "odd_y"];
        if wanted.heights || wanted.ground {
            columns.push("z");
            odd.push("odd_z");
        }
        odd.retain(|column| table.holds(rows.clone(), column));
        columns.extend(odd);
        self.samples.clear();
        table.read(rows.start, rows.len(), Some(&columns), &mut self.samples)
    }

    /// Sums a life by its rows, and tells what is left of it if it is wanted. Gives whether the rows are the life's.
    fn sum_life(&mut self, read: &Read, rows: Range<usize>, left: &mut Option<UsedLife>) -> bool {
        let samples = &self.samples;
        let at = |row: usize| {
            let exact = |tenths: &[i32], odd: &[Option<f32>]| {
                odd.get(row).copied().flatten().unwrap_or_else(|| tenths.get(row).map_or(0.0, |t| units(*t)))
            };
            WorldPoint::new(
                exact(&samples.x, &samples.odd_x),
                exact(&samples.y, &samples.odd_y),
                exact(&samples.z, &samples.odd_z),
            )
        };
        let used = if read.is_wanted {
            let mut life = self.summer.life(read.who);
            let used = used_samples(samples, rows, |row, led| life.add(at(row), led));
            *left = Some(life.finish());
            used
        } else {
            let mut from = None;
            used_samples(samples, rows, |row, led| {
                let to = at(row);
                if let (Some(from), Some((_, dt_ms))) = (from.replace(to), led) {
                    self.summer.add_ground(from, to, dt_ms);
                }
            })
        };
        used == Some(read.used)
    }
}

/// Gives the rows of a life's used samples to `take`, each with the walked step that led to it: its state, and how long it
/// took, ms. Returns how many they are; `None` where the rows are no life's.
#[inline]
fn used_samples(
    samples: &Samples,
    rows: Range<usize>,
    mut take: impl FnMut(usize, Option<(State, i64)>),
) -> Option<usize> {
    let (mut used, mut led, mut is_ended) = (0, None, false);
    for row in rows {
        let step = samples.step[row];
        if step == UNUSED {
            continue;
        }
        if is_ended {
            return None;
        }
        used += 1;
        take(row, led);
        let state = usize::try_from(step).ok().and_then(|index| State::ALL.get(index));
        led = state.map(|state| (*state, i64::from(samples.dt[row])));
        is_ended = step == LAST;
        if led.is_none() && !is_ended && step < FIRST_BREAK {
            return None;
        }
    }
    is_ended.then_some(used)
}
