//! What captions and legends tell of lives, whether their lines are drawn one by one or counted.

use std::collections::BTreeMap;

use super::life_path::{LifePath, Next, PathEnd, end_of};
use crate::analysis::{BreakReason, Change, NarrowLife, NarrowRound, PlayerKey, PlayerPattern, State};
use crate::model::{PlayerName, Team};

/// A player, the name, and the number of lives.
pub type Player = (PlayerKey, String, u64);

/// Sums over lives. Adding and merging commute.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "cluster", derive(serde::Serialize, serde::Deserialize))]
pub(in crate::figure) struct Tally {
    /// How many.
    pub lives: u64,
    /// How many of them ended in death.
    pub died: u64,
    /// Breaks by reason.
    pub breaks: [u64; BreakReason::ALL.len()],
    /// Milliseconds walked, by state.
    pub times: [u64; State::ALL.len()],
    /// Lives of Allies and of Axis.
    pub sides: [u64; 2],
    /// Lives whose health is not told all the time.
    pub unknown_health: u64,
    #[cfg_attr(feature = "cluster", serde(with = "pairs"))]
    players: BTreeMap<PlayerKey, Named>,
}

/// A map as a list, because the keys of JSON are texts.
#[cfg(feature = "cluster")]
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<K, V>, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

/// A player's lives, and each name that was used, with the place in time of its last life.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "cluster", derive(serde::Serialize, serde::Deserialize))]
struct Named {
    lives: u64,
    names: BTreeMap<Box<str>, (u32, i64, u32)>,
}

impl Named {
    fn add(&mut self, lives: u64, name: &str, last: (u32, i64, u32)) {
        self.lives += lives;
        match self.names.get_mut(name) {
            Some(known) => *known = last.max(*known),
            None => {
                self.names.insert(name.into(), last);
            }
        }
    }

    /// The name of the last life.
    fn name(&self) -> &str {
        self.names.iter().max_by_key(|(_, last)| **last).map_or("", |(name, _)| name)
    }
}

impl Tally {
    pub(in crate::figure) fn add(&mut self, path: &LifePath) {
        self.lives += 1;
        self.died += u64::from(path.end == PathEnd::Death);
        for (reason, ..) in path.breaks() {
            self.breaks[reason as usize] += 1;
        }
        for pair in path.points.windows(2) {
            if let Next::Walk(state) = pair[0].next {
                self.times[state.index()] += i64::from(pair[1].ms - pair[0].ms).max(0) as u64;
            }
        }
        self.unknown_health += u64::from(path.points.iter().any(|point| point.health.is_none()));
        match path.team {
            Team::Allies => self.sides[0] += 1,
            Team::Axis => self.sides[1] += 1,
            Team::Other(_) => {}
        }
        match self.players.get_mut(&path.player) {
            Some(player) => player.add(1, &path.name, path.order),
            None => self.players.entry(path.player.clone()).or_default().add(1, &path.name, path.order),
        }
    }

    /// Counts a life but for its times and its player.
    pub(super) fn add_narrowed(&mut self, life: &NarrowLife<'_, '_>) {
        self.lives += 1;
        self.died += u64::from(end_of(life.life.track(), life.span.1) == PathEnd::Death);
        for (_, reason) in life.breaks {
            self.breaks[*reason as usize] += 1;
        }
        self.unknown_health += u64::from(life.is_of_unknown_health);
        match life.life.track().team {
            Team::Allies => self.sides[0] += 1,
            Team::Axis => self.sides[1] += 1,
            Team::Other(_) => {}
        }
    }

    /// Counts the players of a round whose lives were counted.
    pub(super) fn add_players(&mut self, round: &NarrowRound<'_>) {
        for ((guid, name), (lives, (since_live_ms, track))) in &round.players {
            let player = self.players.entry(PlayerKey::of(round.round, guid, name.as_str())).or_default();
            player.add(*lives, &name.display(), (round.order, *since_live_ms, *track));
        }
    }

    /// Counts time walked in a state, ms, or takes it away.
    pub(super) fn add_or_take_time(&mut self, change: Change, state: State, ms: u64) {
        let time = &mut self.times[state.index()];
        *time = if change == Change::Add { time.wrapping_add(ms) } else { time.wrapping_sub(ms) };
    }

    pub(in crate::figure) fn merge(&mut self, other: Self) {
        self.lives += other.lives;
        self.died += other.died;
        self.unknown_health += other.unknown_health;
        let sums = self.breaks.iter_mut().chain(&mut self.times).chain(&mut self.sides);
        for (mine, theirs) in sums.zip(other.breaks.iter().chain(&other.times).chain(&other.sides)) {
            *mine += theirs;
        }
        for (key, theirs) in other.players {
            let mine = self.players.entry(key).or_default();
            mine.lives += theirs.lives;
            for (name, last) in theirs.names {
                mine.add(0, &name, last);
            }
        }
    }

    /// The players, those with the most lives first.
    pub(in crate::figure) fn by_lives(&self) -> Vec<Player> {
        let players = self.players.iter();
        let mut players: Vec<Player> =
            players.map(|(key, named)| (key.clone(), named.name().to_owned(), named.lives)).collect();
        players.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        players
    }

    /// Whether any life is of a player that a pattern means.
    pub(in crate::figure) fn holds(&self, pattern: &PlayerPattern) -> bool {
        self.players.iter().any(|(key, named)| {
            let guid = key.guid().as_str();
            named.names.keys().any(|name| pattern.matches(guid, &PlayerName::from(&**name)))
        })
    }

    /// Every name that was used.
    pub(in crate::figure) fn names(&self) -> impl Iterator<Item = String> {
        self.players.values().flat_map(|named| named.names.keys()).map(ToString::to_string)
    }
}
