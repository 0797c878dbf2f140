//! What a season holds, for those who choose: maps, sessions, players.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::analysis::{CleanedRound, Filter, session_date};
use crate::model::RoundMeta;

/// Most players that are named in JSON; the others can still be asked for.
const MOST_PLAYERS: usize = 2000;

/// What there is to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Contents {
    /// Maps by name.
    pub maps: Vec<MapEntry>,
    /// Sessions, the latest first.
    pub sessions: Vec<SessionEntry>,
    /// Players, those with the most lives first; bots are left out. JSON names the first 2000.
    #[serde(serialize_with = "the_first")]
    pub players: Vec<PlayerEntry>,
    /// Rounds.
    pub rounds: usize,
}

fn the_first<S: Serializer>(players: &[PlayerEntry], to: S) -> Result<S::Ok, S::Error> {
    players[..players.len().min(MOST_PLAYERS)].serialize(to)
}

/// A map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MapEntry {
    /// Its name in lower case. Foreign text.
    pub name: String,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// Its rounds.
    pub rounds: usize,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SessionEntry {
    /// Its date.
    pub date: String,
    /// Its rounds.
    pub rounds: usize,
    /// The maps that were played.
    pub maps: Vec<String>,
}

/// A player's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlayerEntry {
    /// The name without its colours. Foreign text.
    pub name: String,
    /// Lives under that name.
    pub lives: u64,
}

/// What is counted while rounds pass by.
#[derive(Debug, Default)]
pub(super) struct Collected {
    lives_by_name: BTreeMap<String, u64>,
}

impl Collected {
    /// The names of one round.
    pub(super) fn of(round: &CleanedRound) -> Self {
        let mut collected = Self::default();
        for life in &round.lives(&Filter::default()).lives {
            let name = life.track().name.display().into_owned();
            *collected.lives_by_name.entry(name).or_default() += 1;
        }
        collected
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (name, lives) in other.lives_by_name {
            *self.lives_by_name.entry(name).or_default() += lives;
        }
    }

    /// All of it, with what the headers tell.
    pub(super) fn contents(self, headers: &[RoundMeta], title: impl Fn(&str) -> Option<String>) -> Contents {
        let mut maps: BTreeMap<String, usize> = BTreeMap::new();
        let mut sessions: BTreeMap<String, (usize, BTreeMap<String, usize>)> = BTreeMap::new();
        for header in headers {
            let map = header.map.to_ascii_lowercase();
            *maps.entry(map.clone()).or_default() += 1;
            if let Some(date) = session_date(header) {
                let session = sessions.entry(date.to_string()).or_default();
                session.0 += 1;
                *session.1.entry(map).or_default() += 1;
            }
        }
        let mut players: Vec<PlayerEntry> = self
            .lives_by_name
            .into_iter()
            .filter(|(name, _)| !name.trim().is_empty())
            .map(|(name, lives)| PlayerEntry { name, lives })
            .collect();
        players.sort_by(|a, b| b.lives.cmp(&a.lives).then_with(|| a.name.cmp(&b.name)));
        Contents {
            maps: maps
                .into_iter()
                .map(|(name, rounds)| MapEntry { title: title(&name), name, rounds })
                .collect(),
            sessions: sessions
                .into_iter()
                .rev()
                .map(|(date, (rounds, maps))| SessionEntry { date, rounds, maps: maps.into_keys().collect() })
                .collect(),
            players,
            rounds: headers.len(),
        }
    }
}
