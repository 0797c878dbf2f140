//! What is kept, and removing a day of it.

use jiff::civil::Date;

use crate::store::backend::engine::{Dialect, Engine, spell};
use crate::store::error::Result;
use crate::store::figures::{self, Stale};

/// What a store keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Rounds.
    pub rounds: u64,
    /// Copies that are known but not kept: cut, shorter, replaced.
    pub copies: u64,
    /// Lives.
    pub lives: u64,
    /// Samples.
    pub samples: u64,
    /// Fights.
    pub fights: u64,
    /// Players and bots.
    pub players: u64,
    /// Session dates.
    pub sessions: u64,
    /// First session date.
    pub first: Option<Date>,
    /// Last session date.
    pub last: Option<Date>,
    /// Room that the database takes, bytes.
    pub bytes: u64,
    /// Players and maps whose figures do not count the latest rounds yet.
    pub stale: Stale,
    /// The same per map, most rounds first.
    pub maps: Vec<MapStatus>,
}

/// What a store keeps of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapStatus {
    /// The map.
    pub map: String,
    /// Rounds.
    pub rounds: u64,
    /// Lives.
    pub lives: u64,
    /// Samples.
    pub samples: u64,
}

pub(in crate::store) fn status<E: Engine>(engine: &mut E) -> Result<Status> {
    let mut status = Status::default();
    if let Some(row) = engine.first(include_str!("../../../schema/query/status/overview.sql"), &[])? {
        let number = |place: usize| row[place].int().map(|number| number as u64);
        let date = |place: usize| row[place].maybe_str().map(|text| text.and_then(|text| text.parse().ok()));
        status.rounds = number(0)?;
        status.copies = number(1)?;
        status.lives = number(2)?;
        status.samples = number(3)?;
        status.fights = number(4)?;
        status.players = number(5)?;
        status.sessions = number(6)?;
        status.first = date(7)?;
        status.last = date(8)?;
    }
    status.stale = figures::stale(engine)?;
    let sql = spell(engine.dialect(), include_str!("../../../schema/query/status/maps.sql"));
    engine.each(&sql, &[], &mut |row| {
        status.maps.push(MapStatus {
            map: row[0].str()?.to_owned(),
            rounds: row[1].int()? as u64,
            lives: row[2].int()? as u64,
            samples: row[3].int()? as u64,
        });
        Ok(())
    })?;
    let size = match engine.dialect() {
        Dialect::Sqlite => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        Dialect::Postgres => "SELECT pg_database_size(current_database())",
    };
    status.bytes = engine.first(size, &[])?.map_or(Ok(0), |row| row[0].int())? as u64;
    Ok(status)
}
