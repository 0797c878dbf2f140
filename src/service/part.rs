//! Some rounds of a season as they pass by: from memory, the others from where they lie.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::sums::{Placed, Sums};
use crate::analysis::{CleanedRound, HeatSums, Slices, SumsWanted};
use crate::figure::request::FigureSums;
use crate::model::RoundMeta;
use crate::progress::Progress;
use crate::rounds::{EachRound, InMemory, KnownLives, Limit, RoundView, Rounds, RoundsError};
use crate::text::hex;

/// The rounds of a map, each with its place among those that are wanted, and what is kept of slices of them.
pub(super) type PlacedAndSlices<'s> = (Vec<(Option<u32>, &'s CleanedRound)>, Option<Arc<Slices>>);

/// The rounds of a season that a filter wants, in the order of play.
#[derive(Debug)]
pub struct Part<'s> {
    headers: &'s [RoundMeta],
    in_memory: &'s [Option<Arc<CleanedRound>>],
    /// Their places in the season.
    places: Vec<usize>,
    /// Those of `places` that are not in memory, and the rounds to read.
    elsewhere: (Vec<usize>, Rounds),
    sums: &'s Sums,
    limit: Limit<'s>,
}

impl<'s> Part<'s> {
    /// The rounds at these places of a season, in memory or among `all`.
    pub(super) fn new(
        headers: &'s [RoundMeta],
        (in_memory, all): (&'s [Option<Arc<CleanedRound>>], &Rounds),
        sums: &'s Sums,
        places: Vec<usize>,
        deadline: Instant,
    ) -> Self {
        let limit = Limit { deadline, ended: None };
        let missing = (0..places.len()).filter(|order| in_memory[places[*order]].is_none()).collect();
        let rounds = all.part(|place| in_memory[place].is_none() && places.binary_search(&place).is_ok());
        Self { headers, in_memory, places, elsewhere: (missing, rounds), sums, limit }
    }

    /// The same, looked at no longer than until this is set.
    pub(super) fn until(mut self, ended: &'s AtomicBool) -> Self {
        self.limit.ended = Some(ended);
        self
    }

    /// The headers of its rounds.
    pub fn headers(&self) -> impl Iterator<Item = &'s RoundMeta> {
        let headers = self.headers;
        self.places.iter().map(|place| &headers[*place])
    }

    /// What tells its rounds from others: their content and names.
    pub(super) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for header in self.headers() {
            hash.update(header.content_key());
            // The name is in the picture's recipe.
            hash.update(header.file_name.as_deref().unwrap_or_default());
            hash.update("\n");
        }
        hex(&hash.finalize())
    }

    /// What is kept of its rounds besides sums of heat: of all rounds of a map that are in memory.
    pub(super) fn figures(&self) -> Option<Arc<FigureSums>> {
        if self.elsewhere.0.is_empty() { self.sums.figures(&self.whole_map()?) } else { None }
    }

    /// What is kept of all rounds of its map, whichever of them are its own.
    pub(super) fn figures_of_map(&self) -> Option<Arc<FigureSums>> {
        self.sums.figures(&self.only_map()?)
    }

    /// All rounds of its map, its own with their places in it, and what is kept of slices of them; `None` where one of them is
    /// not in memory.
    pub(super) fn placed_rounds(&self) -> Option<PlacedAndSlices<'s>> {
        let map = self.only_map()?;
        let places =
            (0..self.headers.len()).filter(|place| self.headers[*place].map.eq_ignore_ascii_case(&map));
        let order = |place: &usize| self.places.binary_search(place).ok().map(|order| order as u32);
        let placed = |place: usize| Some((order(&place), self.in_memory[place].as_deref()?));
        Some((places.map(placed).collect::<Option<_>>()?, self.sums.slices(&map)))
    }

    /// Whether there is no time left.
    pub(super) fn is_late(&self) -> bool {
        self.limit.is_over()
    }

    /// Its rounds, if all of them are in memory.
    pub(super) fn in_memory(&self) -> Option<Vec<Placed<'s>>> {
        let placed = self.placed();
        (placed.len() == self.places.len()).then_some(placed)
    }

    /// Those of its rounds that are in memory.
    fn placed(&self) -> Vec<Placed<'s>> {
        let in_memory = self.in_memory;
        self.places.iter().filter_map(|place| Some((*place, in_memory[*place].as_deref()?))).collect()
    }

    /// The map of its rounds, in lower case, if it is the same of all.
    fn only_map(&self) -> Option<String> {
        let mut maps = self.headers().map(|header| &header.map);
        let map = maps.next()?.to_ascii_lowercase();
        maps.all(|other| other.eq_ignore_ascii_case(&map)).then_some(map)
    }

    /// Whether its rounds are all that the season has of this map.
    fn is_whole(&self, map: &str) -> bool {
        let is_here = |place: &usize| self.headers[*place].map.eq_ignore_ascii_case(map);
        (0..self.headers.len()).filter(is_here).eq(self.places.iter().copied())
    }

    /// The map of its rounds, if they are all that the season has of it.
    fn whole_map(&self) -> Option<String> {
        self.only_map().filter(|map| self.is_whole(map))
    }
}

impl EachRound for Part<'_> {
    fn look<A: Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<A, RoundsError> {
        let in_memory = self.places.iter().enumerate().filter_map(|(order, place)| {
            let cleaned = self.in_memory[*place].as_ref()?;
            let known = KnownLives::Cleaned(cleaned);
            Some(RoundView { order: order as u32, round: cleaned.round(), known })
        });
        let in_memory = InMemory::of(in_memory.collect()).spread(self.limit);
        let mut whole = in_memory.look(progress, what, &make, &add, &merge)?;
        let (orders, rounds) = &self.elsewhere;
        if !orders.is_empty() {
            // Hashed as they are read: a picture's recipe names the content of its rounds.
            let (read, _) = rounds.fold(
                progress,
                what,
                &make,
                |part, view| {
                    if !self.is_late() {
                        add(part, &RoundView { order: orders[view.order as usize] as u32, ..*view });
                    }
                },
                &merge,
            )?;
            merge(&mut whole, read);
        }
        // What was left out would be missing from the picture without a word.
        if self.is_late() { Err(RoundsError::TooSlow) } else { Ok(whole) }
    }

    fn summed(
        &self,
        wanted: &SumsWanted<'_>,
        take: &mut dyn FnMut(&HeatSums),
    ) -> Result<Option<Self>, RoundsError> {
        let Some(map) = self.only_map() else { return Ok(None) };
        let whole = self.is_whole(&map).then(|| self.placed());
        let Some(parts) = self.sums.of(&map, &wanted.grids, whole.as_deref(), || self.is_late()) else {
            return Ok(None);
        };
        let is_wanted = |place: &usize| self.places.binary_search(place).is_ok();
        let mut summed = BTreeSet::new();
        for part in parts.iter().filter(|part| part.places.iter().all(is_wanted)) {
            take(&part.sums);
            summed.extend(part.places.iter().copied());
        }
        if summed.is_empty() {
            return Ok(None);
        }
        let places: Vec<usize> =
            self.places.iter().copied().filter(|place| !summed.contains(place)).collect();
        // Sums are of rounds in memory alone, so all that are elsewhere are left.
        let missing = (0..places.len()).filter(|order| self.in_memory[places[*order]].is_none()).collect();
        Ok(Some(Self { places, elsewhere: (missing, self.elsewhere.1.clone()), ..*self }))
    }
}
