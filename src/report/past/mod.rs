//! What a store knows of the players' earlier sessions, to set this one against.

#[cfg(feature = "store")]
mod look_back;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::Guid;

/// Sessions that are looked back on, at most.
pub const MOST_SESSIONS: usize = 12;

/// One earlier session of one player.
#[derive(Debug, Clone, PartialEq)]
pub struct PastSession {
    /// Its date.
    pub date: Date,
    /// Lives in it.
    pub lives: i64,
    /// Mean of the lives' speed while moving, u/s.
    pub speed_ups: Option<f64>,
    /// Distance covered, units.
    pub distance_units: f64,
    /// Time alive, ms.
    pub alive_ms: i64,
    /// Kills, as engagements tell them.
    pub kills: Option<i64>,
    /// Deaths, likewise.
    pub deaths: Option<i64>,
}

impl PastSession {
    /// Kills for each death; without a death, the kills.
    pub fn kills_per_death(&self) -> Option<f64> {
        Some(self.kills? as f64 / self.deaths?.max(1) as f64)
    }
}

/// The earlier sessions of every player of a store, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Past {
    pub(super) players: BTreeMap<Guid, Vec<PastSession>>,
    /// Content keys of the rounds behind it.
    pub(super) rounds: Vec<String>,
}

impl Past {
    /// A player's earlier sessions, oldest first.
    pub fn of(&self, guid: &Guid) -> &[PastSession] {
        self.players.get(guid).map_or(&[], Vec::as_slice)
    }

    /// Content keys of the rounds behind it, sorted: the same list means the same past.
    pub fn rounds(&self) -> &[String] {
        &self.rounds
    }
}
