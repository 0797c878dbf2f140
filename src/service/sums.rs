//! What figures need of a map's rounds in memory, summed once: a filter by side, class or state is then answered from the
//! sums, to the last byte as from the rounds. Of maps that are known that is done while the first are asked for; of others
//! heatmaps are summed when they are asked for a second time, because until then nothing tells how large the map is.
//!
//! Filters that ask for a part of each life, for some of the rounds or for single players are answered from [`Slices`] and the
//! steps at their edges; they take what room the others leave.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use crate::analysis::{CleanedRound, Filter, GroundSum, HeatGrids, HeatSummer, HeatSums};
use crate::analysis::{HeightSum, LifeSum, Slices, TimeSum, round_number};
use crate::figure::request::FigureSums;

/// The sums of a season's maps.
#[derive(Debug)]
pub(super) struct Sums {
    /// The most that all of them may take, bytes.
    room: u64,
    by_map: Mutex<BTreeMap<String, Known>>,
    /// Besides heat, by map.
    figures: Mutex<BTreeMap<String, Arc<FigureSums>>>,
    /// By map.
    slices: Mutex<BTreeMap<String, Arc<Slices>>>,
}

/// What is known of a map.
#[derive(Debug)]
enum Known {
    /// It was asked for once.
    Asked,
    /// Its sums are on their way; until they are there, pictures do without.
    Coming,
    /// Its sums, in parts, and how much memory they take, bytes.
    Kept(HeatGrids, Arc<[PartSums]>, u64),
    /// Its sums take more memory than there is.
    TooLarge,
}

/// Sums of the rounds of one number: a filter by that is answered from them, too.
#[derive(Debug)]
pub(super) struct PartSums {
    /// The rounds' places in the season, ascending.
    pub(super) places: Vec<usize>,
    pub(super) sums: HeatSums,
}

/// A round with its place in the season.
pub(super) type Placed<'r> = (usize, &'r CleanedRound);

impl Sums {
    /// No sums yet, and room for so many bytes.
    pub(super) fn new(room: u64) -> Self {
        Self { room, by_map: Mutex::default(), figures: Mutex::default(), slices: Mutex::default() }
    }

    /// About how much memory they take, bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.kept(&self.lock())
    }

    /// What is left of their room, bytes.
    pub(super) fn left(&self) -> u64 {
        self.room.saturating_sub(self.bytes())
    }

    fn kept(&self, by_map: &BTreeMap<String, Known>) -> u64 {
        let figures: u64 = self.lock_figures().values().map(|sums| sums.bytes()).sum();
        let slices: u64 = self.lock_slices().values().map(|slices| slices.bytes()).sum();
        figures + slices + kept(by_map)
    }

    /// Tells that [`Sums::keep`] will be given these maps.
    pub(super) fn announce(&self, maps: impl Iterator<Item = String>) {
        let mut by_map = self.lock();
        maps.for_each(|map| {
            by_map.entry(map).or_insert(Known::Coming);
        });
    }

    /// Forgets what was announced and did not come: it is summed when it is asked for again.
    pub(super) fn withdraw(&self) {
        self.lock().retain(|_, known| !matches!(known, Known::Coming));
    }

    /// Sums all rounds of a map, and keeps what figures find in them besides heat, as far as there is room and time.
    pub(super) fn keep(
        &self,
        map: &str,
        grids: &HeatGrids,
        (rounds, is_late): (&[Placed<'_>], &(impl Fn() -> bool + Sync)),
        figures: FigureSums,
    ) {
        if figures.bytes() <= self.left() {
            self.lock_figures().insert(map.to_owned(), Arc::new(figures));
        }
        let sums: Arc<[PartSums]> = summed(rounds, grids, is_late).into();
        if !is_late() {
            self.put(map, grids, &sums);
        }
    }

    /// Keeps the slices of a map's rounds, as far as there is room.
    pub(super) fn keep_slices(&self, map: &str, slices: Slices) {
        if let Some(slices) = slices.within_room(self.left()) {
            self.lock_slices().insert(map.to_owned(), Arc::new(slices));
        }
    }

    /// The slices of all rounds of a map.
    pub(super) fn slices(&self, map: &str) -> Option<Arc<Slices>> {
        self.lock_slices().get(map).map(Arc::clone)
    }

    /// What figures find besides heat in all rounds of a map.
    pub(super) fn figures(&self, map: &str) -> Option<Arc<FigureSums>> {
        self.lock_figures().get(map).map(Arc::clone)
    }

    /// The sums of a map's rounds, in parts. `rounds` are all that are in memory, where all of the map are asked for. `None`
    /// when that is for the first time, or not so; when sums take too much memory, or when it is too late to make them.
    pub(super) fn of(
        &self,
        map: &str,
        grids: &HeatGrids,
        rounds: Option<&[Placed<'_>]>,
        is_late: impl Fn() -> bool + Sync,
    ) -> Option<Arc<[PartSums]>> {
        let mut by_map = self.lock();
        match by_map.get(map) {
            Some(Known::Kept(known, sums, _)) if known == grids => return Some(Arc::clone(sums)),
            Some(Known::TooLarge | Known::Coming) => return None,
            Some(Known::Asked | Known::Kept(..)) => {}
            None if rounds.is_none() => return None,
            None => {
                by_map.insert(map.to_owned(), Known::Asked);
                return None;
            }
        }
        drop(by_map);
        let sums: Arc<[PartSums]> = summed(rounds?, grids, &is_late).into();
        if is_late() {
            return None;
        }
        self.put(map, grids, &sums);
        Some(sums)
    }

    fn put(&self, map: &str, grids: &HeatGrids, sums: &Arc<[PartSums]>) {
        let bytes = sums.iter().map(|part| bytes_of(&part.sums)).sum();
        let mut by_map = self.lock();
        by_map.remove(map);
        let fits = self.kept(&by_map).saturating_add(bytes) <= self.room;
        let known = if fits { Known::Kept(*grids, Arc::clone(sums), bytes) } else { Known::TooLarge };
        by_map.insert(map.to_owned(), known);
    }

    fn lock_figures(&self) -> MutexGuard<'_, BTreeMap<String, Arc<FigureSums>>> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_slices(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Slices>>> {
        self.slices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.by_map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much memory sums take that are kept, bytes.
fn kept(by_map: &BTreeMap<String, Known>) -> u64 {
    by_map.values().map(|known| if let Known::Kept(.., bytes) = known { *bytes } else { 0 }).sum()
}

/// Rounds in sums, a part for each number.
fn summed(rounds: &[Placed<'_>], grids: &HeatGrids, is_late: &(impl Fn() -> bool + Sync)) -> Vec<PartSums> {
    let mut by_number: BTreeMap<Option<u32>, Vec<Placed<'_>>> = BTreeMap::new();
    for placed in rounds {
        by_number.entry(round_number(&placed.1.round().meta)).or_default().push(*placed);
    }
    let part = |rounds: Vec<Placed<'_>>| {
        let mut summer = HeatSummer::new(*grids);
        for (_, round) in rounds.iter().take_while(|_| !is_late()) {
            summer.add_lives(round.round(), &round.lives(&Filter::everything()));
        }
        PartSums { places: rounds.iter().map(|(place, _)| *place).collect(), sums: summer.finish() }
    };
    by_number.into_values().collect::<Vec<_>>().into_par_iter().map(part).collect()
}

/// About how much memory sums take, bytes.
fn bytes_of(sums: &HeatSums) -> u64 {
    let lives: usize = sums.rounds.iter().map(|round| round.lives.len()).sum();
    // Each with its GUID and name.
    let lives = lives * (size_of::<LifeSum>() + 64);
    let times = sums.times.len() * size_of::<TimeSum>();
    let places = sums.heights.len() * size_of::<HeightSum>() + sums.ground.len() * size_of::<GroundSum>();
    (lives + times + places) as u64
}
