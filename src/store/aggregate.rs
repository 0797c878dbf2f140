//! Aggregates: recomputed from base rows for whom and what a transaction touched, never counted up.

use std::collections::BTreeSet;

use super::engine::{Engine, Value, spell};
use super::{Result, json};

/// Whose and which aggregates a transaction made stale.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub players: BTreeSet<String>,
    pub maps: BTreeSet<String>,
}

/// For each aggregate of players: what takes the old rows away, and what puts the new ones there.
const OF_PLAYERS: [(&str, &str); 3] = [
    (
        include_str!("../../schema/query/aggregate/clear_movement.sql"),
        include_str!("../../schema/query/aggregate/movement.sql"),
    ),
    (
        include_str!("../../schema/query/aggregate/clear_teamplay.sql"),
        include_str!("../../schema/query/aggregate/teamplay.sql"),
    ),
    (
        include_str!("../../schema/query/aggregate/clear_pairs.sql"),
        include_str!("../../schema/query/aggregate/pairs.sql"),
    ),
];

/// The same for maps.
const OF_MAPS: [(&str, &str); 2] = [
    (
        include_str!("../../schema/query/aggregate/clear_kill_heat.sql"),
        include_str!("../../schema/query/aggregate/kill_heat.sql"),
    ),
    (
        include_str!("../../schema/query/aggregate/clear_movement_heat.sql"),
        include_str!("../../schema/query/aggregate/movement_heat.sql"),
    ),
];

/// Recomputes every aggregate row of the touched players and maps, within the caller's transaction.
pub(super) fn recompute<E: Engine>(engine: &mut E, touched: &Touched) -> Result<()> {
    for (names, queries) in [(&touched.players, &OF_PLAYERS[..]), (&touched.maps, &OF_MAPS[..])] {
        if names.is_empty() {
            continue;
        }
        let list = [Value::text(json::list(names.iter().map(String::as_str)))];
        for (clear, fill) in queries {
            engine.run(&spell(engine.dialect(), clear), &list)?;
            engine.run(&spell(engine.dialect(), fill), &list)?;
        }
    }
    Ok(())
}

/// Recomputes everything, and drops rows of players and maps of whom there is nothing left.
pub(super) fn recompute_all<E: Engine>(engine: &mut E) -> Result<()> {
    engine.batch(include_str!("../../schema/query/aggregate/clear_all.sql"))?;
    let mut touched = Touched::default();
    engine.each("SELECT DISTINCT player_guid FROM round_player", &[], &mut |row| {
        touched.players.insert(row[0].str()?.to_owned());
        Ok(())
    })?;
    let maps = "SELECT map_name FROM kill_cell UNION SELECT map_name FROM movement_cell";
    engine.each(maps, &[], &mut |row| {
        touched.maps.insert(row[0].str()?.to_owned());
        Ok(())
    })?;
    recompute(engine, &touched)
}

impl Touched {
    /// Adds the players and the map of a file that is kept.
    pub(super) fn add_file<E: Engine>(&mut self, engine: &mut E, file: i64, map: &str) -> Result<()> {
        self.maps.insert(map.to_owned());
        engine.each(
            include_str!("../../schema/query/import/players_of.sql"),
            &[Value::Int(file)],
            &mut |row| {
                self.players.insert(row[0].str()?.to_owned());
                Ok(())
            },
        )
    }
}
