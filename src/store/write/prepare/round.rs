//! Rows of what belongs to a round as a whole: who was there, revives, heatmaps.

use std::collections::BTreeMap;

use crate::model::{Guid, GuidKind, PlayerName, Round};
use crate::store::backend::engine::{Kind, Value};
use crate::store::row::texts::{self, LongTexts, clamp, cut};
use crate::store::write::prepare::rows::{FILE, Rows, guid, int, is_someone, name, text};

const PLAYER: &[(&str, Kind)] = &[
    ("file_id", Kind::Int4),
    ("player_guid", Kind::Text),
    ("player_name", Kind::Text),
    ("is_bot", Kind::Bool),
];

/// Everybody in the round who is the same player in every file, by his last name in it.
pub(in crate::store) fn players(round: &Round, long: &mut LongTexts) -> Rows {
    let mut present: BTreeMap<&Guid, &PlayerName> = BTreeMap::new();
    for fight in &round.engagements {
        present.insert(&fight.target_guid, &fight.target_name);
        present.extend(fight.attackers.iter().map(|attacker| (&attacker.guid, &attacker.name)));
    }
    present.extend(round.tracks.iter().map(|track| (&track.guid, &track.name)));
    let rows = present.into_iter().filter(|(guid, _)| is_someone(guid)).map(|(of, called)| {
        vec![FILE, guid(of, long), name(called, long), Value::Bool(of.kind() == GuidKind::Bot)]
    });
    let rows = rows.collect();
    Rows { table: "round_player", columns: PLAYER, lines: rows }
}

const REVIVE: &[(&str, Kind)] = &[
    ("file_id", Kind::Int4),
    ("place", Kind::Int4),
    ("time_ms", Kind::Int4),
    ("player_guid", Kind::Text),
    ("player_name", Kind::Text),
    ("medic_guid", Kind::Text),
    ("x", Kind::Real),
    ("y", Kind::Real),
    ("z", Kind::Real),
];

pub(in crate::store) fn revives(round: &Round, long: &mut LongTexts) -> Rows {
    let coordinate = |value: f32| if value.is_nan() { Value::Null } else { Value::Real(value.into()) };
    let rows = round.revives.iter().enumerate().map(|(place, revive)| {
        vec![
            FILE,
            int(place as i64),
            int(revive.time.0.into()),
            guid(&revive.guid, long),
            name(&revive.name, long),
            guid(&revive.medic_guid, long),
            coordinate(revive.at.x),
            coordinate(revive.at.y),
            coordinate(revive.at.z),
        ]
    });
    let rows = rows.collect();
    Rows { table: "revive", columns: REVIVE, lines: rows }
}

const KILL_CELL: &[(&str, Kind)] = &[
    ("file_id", Kind::Int4),
    ("place", Kind::Int4),
    ("map_name", Kind::Text),
    ("grid_x", Kind::Int4),
    ("grid_y", Kind::Int4),
    ("axis_kills", Kind::Int8),
    ("allies_kills", Kind::Int8),
];

pub(in crate::store) fn kill_cells(round: &Round) -> Rows {
    let map = cut(&round.meta.map, texts::MAP);
    let rows = round.kill_cells.iter().enumerate().map(|(place, cell)| {
        let kills = [cell.axis_kills, cell.allies_kills].map(|kills| int(clamp(kills)));
        let mut row =
            vec![FILE, int(place as i64), text(map.clone()), int(cell.x.into()), int(cell.y.into())];
        row.extend(kills);
        row
    });
    Rows { table: "kill_cell", columns: KILL_CELL, lines: rows.collect() }
}

const MOVEMENT_CELL: &[(&str, Kind)] = &[
    ("file_id", Kind::Int4),
    ("place", Kind::Int4),
    ("map_name", Kind::Text),
    ("grid_x", Kind::Int4),
    ("grid_y", Kind::Int4),
    ("traversal_count", Kind::Int8),
    ("combat_count", Kind::Int8),
    ("escape_count", Kind::Int8),
];

pub(in crate::store) fn movement_cells(round: &Round) -> Rows {
    let map = cut(&round.meta.map, texts::MAP);
    let rows = round.movement_cells.iter().enumerate().map(|(place, cell)| {
        let counts = [cell.traversal, cell.combat, cell.escape].map(|count| int(clamp(count)));
        let mut row =
            vec![FILE, int(place as i64), text(map.clone()), int(cell.x.into()), int(cell.y.into())];
        row.extend(counts);
        row
    });
    Rows { table: "movement_cell", columns: MOVEMENT_CELL, lines: rows.collect() }
}
