//! The players' earlier sessions out of a store.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{MOST_SESSIONS, Past, PastSession};
use crate::analysis::Filter;
use crate::model::Guid;
use crate::store::{self, Cell, Stats, Storage};

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
                past.rounds.push(round.meta.content_key());
            }
        }
        past.rounds.sort_unstable();
        for &date in dates {
            let table = store.stats(Stats::Players { least_lives: 1 }, &span(date, date))?;
            let place = |name: &str| table.columns.iter().position(|column| *column == name);
            let places = [
                "player_guid",
                "lives",
                "avg_speed_ups",
                "total_distance_units",
                "alive_ms",
                "kills",
                "deaths",
            ]
            .map(place);
            let [
                Some(guid),
                Some(lives),
                Some(speed),
                Some(distance),
                Some(alive),
                Some(kills),
                Some(deaths),
            ] = places
            else {
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
                    kills: number(&row[kills]).map(|n| n as i64),
                    deaths: number(&row[deaths]).map(|n| n as i64),
                });
            }
        }
        Ok(past)
    }
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Int(n) => Some(*n as f64),
        Cell::Real(x) => Some(*x),
        Cell::Nothing | Cell::Text(_) => None,
    }
}
