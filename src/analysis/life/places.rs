//! Where each player of a round was at a moment.

use std::collections::BTreeMap;

use super::cleaned::Life;
use crate::model::{Guid, LevelTime, PlayerName};

/// The lives of a round by player and start, so that a moment is found without a look at every life: a round may have
/// tens of thousands.
#[derive(Debug)]
pub(crate) struct Places<'l, 'a> {
    /// By player, as [`Guid::within_file`] tells them apart. A player's lives do not overlap.
    lives: BTreeMap<(&'a Guid, &'a str), Vec<&'l Life<'a>>>,
}

impl<'l, 'a> Places<'l, 'a> {
    /// Of a round's lives.
    pub(crate) fn of(lives: &'l [Life<'a>]) -> Self {
        let mut by_player: BTreeMap<(&Guid, &str), Vec<&Life<'a>>> = BTreeMap::new();
        for life in lives {
            if let Some(player) = life.track().guid.within_file(life.track().name.as_str()) {
                by_player.entry(player).or_default().push(life);
            }
        }
        for list in by_player.values_mut() {
            list.sort_by_key(|life| life.start());
        }
        Self { lives: by_player }
    }

    /// The life that a player had at a moment, and the index of its last sample by then, if that is at most `oldest_ms`
    /// old.
    pub(crate) fn fresh(
        &self,
        guid: &Guid,
        name: &PlayerName,
        time: LevelTime,
        oldest_ms: i64,
    ) -> Option<(&'l Life<'a>, usize)> {
        let list = self.lives.get(&guid.within_file(name.as_str())?)?;
        let life = list[..list.partition_point(|life| life.start() <= time)].last()?;
        let found = life.at(time).filter(|at| at.age_ms <= oldest_ms)?;
        Some((life, found.index))
    }
}
