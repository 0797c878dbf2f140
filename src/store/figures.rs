//! Figures of players and maps: computed from base rows, never counted up.
//!
//! A transaction that changes a round marks the figures of its players and its map as stale. [`settle`] computes all
//! stale figures anew and removes the marks, in one transaction: a reader sees the figures from before or those from
//! after. Many rounds can so share one computation, and marks that a killed program left are settled by the next one.

use crate::store::backend::engine::{Engine, Value, spell};
use crate::store::error::Result;

/// What puts the stale figures into their tables.
const FILL: [&str; 5] = [
    include_str!("../../schema/query/aggregate/movement.sql"),
    include_str!("../../schema/query/aggregate/teamplay.sql"),
    include_str!("../../schema/query/aggregate/pairs.sql"),
    include_str!("../../schema/query/aggregate/kill_heat.sql"),
    include_str!("../../schema/query/aggregate/movement_heat.sql"),
];

/// How many players and maps have stale figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stale {
    /// Players.
    pub players: u64,
    /// Maps.
    pub maps: u64,
}

impl Stale {
    /// Whether there are any.
    pub fn any(self) -> bool {
        self.players + self.maps > 0
    }
}

/// Counts the stale figures.
pub(super) fn stale<E: Engine>(engine: &mut E) -> Result<Stale> {
    let sql = "SELECT COUNT(CASE WHEN kind = 'player' THEN 1 END), COUNT(CASE WHEN kind = 'map' THEN 1 END) \
               FROM stale_figure";
    let Some(row) = engine.first(sql, &[])? else { return Ok(Stale::default()) };
    Ok(Stale { players: row[0].int()? as u64, maps: row[1].int()? as u64 })
}

/// Marks the figures of a kept round's players and map: after it was added, before it is removed.
pub(super) fn mark_round<E: Engine>(engine: &mut E, id: i64) -> Result<()> {
    engine.run(include_str!("../../schema/query/aggregate/stale_round.sql"), &[Value::Int(id)]).map(|_| ())
}

/// Marks the figures of a player.
pub(super) fn mark_player<E: Engine>(engine: &mut E, guid: &str) -> Result<()> {
    mark(engine, "player", guid)
}

/// Marks the figures of a map.
pub(super) fn mark_map<E: Engine>(engine: &mut E, map: &str) -> Result<()> {
    mark(engine, "map", map)
}

fn mark<E: Engine>(engine: &mut E, kind: &str, name: &str) -> Result<()> {
    let sql = "INSERT INTO stale_figure (kind, name) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    engine.run(sql, &[Value::text(kind), Value::text(name)]).map(|_| ())
}

/// Marks every figure.
pub(super) fn mark_all<E: Engine>(engine: &mut E) -> Result<()> {
    engine.batch(include_str!("../../schema/query/aggregate/stale_all.sql"))
}

/// Computes every stale figure anew, within the caller's transaction.
pub(super) fn settle<E: Engine>(engine: &mut E) -> Result<()> {
    if !stale(engine)?.any() {
        return Ok(());
    }
    engine.batch(include_str!("../../schema/query/aggregate/clear.sql"))?;
    for fill in FILL {
        engine.run(&spell(engine.dialect(), fill), &[])?;
    }
    engine.batch("DELETE FROM stale_figure")
}
