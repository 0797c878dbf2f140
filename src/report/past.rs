//! What a store knows of the players' earlier sessions, to set this one against.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::analysis::Filter;
use crate::model::Guid;
use crate::store::{self, Cell, Stats, Storage};

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
}

/// The earlier sessions of every player of a store, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Past {
    players: BTreeMap<Guid, Vec<PastSession>>,
    /// Content hashes of the rounds behind it.
    rounds: Vec<String>,
}

impl Past {
    /// Looks back from `date` over at most [`MOST_SESSIONS`] sessions, with the bots and maps of `filter` only.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn before(store: &mut dyn Storage, date: Date, filter: &Filter) -> store::Result<Self> {
        let Ok(yesterday) = date.checked_sub(1.day()) else { return Ok(Self::default()) };
        let span = |first: Date, last: Date| Filter {
            sessions: Some((first, last)),
            round: None,
            players: Vec::new(),
            ..filter.clone()
        };
        let rounds = store.rounds(&span(Date::MIN, yesterday))?;
        let mut dates: Vec<Date> = rounds.iter().map(|round| round.session_date).collect();
        dates.sort_unstable();
        dates.dedup();
        let dates = &dates[dates.len().saturating_sub(MOST_SESSIONS)..];
        let mut past = Self::default();
        for round in &rounds {
            if dates.contains(&round.session_date) {
                past.rounds.push(round.meta.content_hash.to_string());
            }
        }
        past.rounds.sort_unstable();
        for &date in dates {
            let table = store.stats(Stats::Players { least_lives: 1 }, &span(date, date))?;
            let place = |name: &str| table.columns.iter().position(|column| *column == name);
            let places = ["player_guid", "lives", "speed", "total_distance", "alive_ms"].map(place);
            let [Some(guid), Some(lives), Some(speed), Some(distance), Some(alive)] = places else {
                continue;
            };
            for row in &table.rows {
                let Cell::Text(who) = &row[guid] else { continue };
                past.players.entry(Guid::from(who.as_str())).or_default().push(PastSession {
                    date,
                    lives: number(&row[lives]).unwrap_or_default() as i64,
                    speed_ups: number(&row[speed]),
                    distance_units: number(&row[distance]).unwrap_or_default(),
                    alive_ms: number(&row[alive]).unwrap_or_default() as i64,
                });
            }
        }
        Ok(past)
    }

    /// A player's earlier sessions, oldest first.
    pub fn of(&self, guid: &Guid) -> &[PastSession] {
        self.players.get(guid).map_or(&[], Vec::as_slice)
    }

    /// Content hashes of the rounds behind it, sorted: the same list means the same past.
    pub fn rounds(&self) -> &[String] {
        &self.rounds
    }
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Int(n) => Some(*n as f64),
        Cell::Real(x) => Some(*x),
        Cell::Nothing | Cell::Text(_) => None,
    }
}
