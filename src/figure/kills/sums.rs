//! Movement and deaths of all lives of a map, found once: pictures of sides, classes, people or bots are put together from
//! them.

use std::collections::BTreeMap;

use super::kill::{Kill, kills_of_lives};
use super::{KillsAccumulator, movement};
use crate::analysis::{Filter, Lives, Occupancy, StateSet, Who};
use crate::geom::WorldRect;

/// Movement by kind of life, and every death.
#[derive(Debug, Clone)]
pub(in crate::figure) struct KillSums {
    extent: WorldRect,
    movement: BTreeMap<Who, Option<Occupancy>>,
    /// Each with its round's place in the input and the kind of the life that ended.
    kills: Vec<(u32, Who, Kill)>,
}

impl KillSums {
    /// No lives yet.
    pub(in crate::figure) fn new(extent: WorldRect) -> Self {
        Self { extent, movement: BTreeMap::new(), kills: Vec::new() }
    }

    /// Adds all lives of the round at place `order` of the input.
    pub(in crate::figure) fn add(&mut self, order: u32, lives: &Lives<'_>) {
        for life in &lives.lives {
            let moved = self.movement.entry(Who::of(life.track()));
            if let Some(moved) = moved.or_insert_with(|| movement(self.extent)) {
                moved.add(life);
            }
        }
        let kills = kills_of_lives(lives, lives).into_iter();
        self.kills.extend(kills.map(|(life, kill)| (order, Who::of(life.track()), kill)));
    }

    /// Adds other rounds of the same map; the order does not matter.
    pub(in crate::figure) fn merge(&mut self, other: Self) {
        for (who, theirs) in other.movement {
            let mine = self.movement.entry(who).or_insert_with(|| movement(self.extent));
            if let (Some(mine), Some(theirs)) = (mine, theirs) {
                // All count over the same cells, so they always go together.
                let merged = mine.merge(theirs);
                debug_assert!(merged.is_ok(), "{merged:?}");
            }
        }
        self.kills.extend(other.kills);
    }

    /// About how much memory they take, bytes.
    pub(in crate::figure) fn bytes(&self) -> u64 {
        // Each with two GUIDs and names.
        let kills = self.kills.len() * (size_of::<(u32, Who, Kill)>() + 160);
        let movement: u64 = self.movement.values().flatten().map(Occupancy::bytes).sum();
        kills as u64 + movement
    }

    /// What `empty` would collect of the lives of a filter, but for its data summary; `None` where that cannot be told.
    pub(in crate::figure) fn collected(
        &self,
        empty: &KillsAccumulator,
        filter: &Filter,
    ) -> Option<KillsAccumulator> {
        let tells = filter.tells_kinds() && filter.states == StateSet::ALL;
        if !tells {
            return None;
        }
        let is_wanted = |who: Who| filter.refuses_who(who).is_none();
        let mut all = empty.clone();
        for (_, moved) in self.movement.iter().filter(|(who, _)| is_wanted(**who)) {
            if let (Some(mine), Some(theirs)) = (&mut all.movement, moved) {
                let merged = mine.merge(theirs.clone());
                debug_assert!(merged.is_ok(), "{merged:?}");
            }
        }
        let kills = self.kills.iter().filter(|(_, who, _)| is_wanted(*who));
        all.add_kills(kills.map(|(order, _, kill)| (*order, kill.clone())));
        Some(all)
    }
}
