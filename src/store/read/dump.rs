//! Every table of rounds as text.

use crate::model::{Guid, PlayerName};
use crate::store::backend::engine::{Engine, Row, Value, spell};
use crate::store::error::Result;
use crate::store::packed;
use crate::store::row::json;
use crate::store::row::texts::sha256;

/// A table: its name, and a query in natural order.
const TABLES: &[(&str, &str)] = &[
    ("tracker_file", include_str!("../../../schema/query/dump/tracker_file.sql")),
    ("player_track", include_str!("../../../schema/query/dump/player_track.sql")),
    ("combat_engagement", include_str!("../../../schema/query/dump/combat_engagement.sql")),
    ("engagement_attacker", include_str!("../../../schema/query/dump/engagement_attacker.sql")),
    ("crossfire_participant", include_str!("../../../schema/query/dump/crossfire_participant.sql")),
    ("round_player", include_str!("../../../schema/query/dump/round_player.sql")),
    ("revive", include_str!("../../../schema/query/dump/revive.sql")),
    ("kill_cell", include_str!("../../../schema/query/dump/kill_cell.sql")),
    ("movement_cell", include_str!("../../../schema/query/dump/movement_cell.sql")),
    ("long_text", include_str!("../../../schema/query/dump/long_text.sql")),
    ("player_movement_stats", include_str!("../../../schema/query/dump/player_movement_stats.sql")),
    ("player_teamplay_stats", include_str!("../../../schema/query/dump/player_teamplay_stats.sql")),
    ("crossfire_pairs", include_str!("../../../schema/query/dump/crossfire_pairs.sql")),
    ("map_kill_heatmap", include_str!("../../../schema/query/dump/map_kill_heatmap.sql")),
    ("map_movement_heatmap", include_str!("../../../schema/query/dump/map_movement_heatmap.sql")),
];

/// Every table, one line per row, values separated by `|`. A path stands as the hash of its JSON.
pub(in crate::store) fn dump<E: Engine>(engine: &mut E) -> Result<String> {
    let mut out = String::new();
    for (table, query) in TABLES {
        out.extend(["== ", table, "\n"]);
        let sql = spell(engine.dialect(), query);
        engine.each(&sql, &[], &mut |row| {
            line(&mut out, table, &row)?;
            Ok(())
        })?;
    }
    Ok(out)
}

fn line(out: &mut String, table: &str, row: &Row) -> Result<()> {
    for (place, value) in row.iter().enumerate() {
        if place > 0 {
            out.push('|');
        }
        match value {
            Value::Null => {}
            Value::Int(value) => out.push_str(&value.to_string()),
            Value::Bool(value) => out.push_str(if *value { "1" } else { "0" }),
            // Both databases were given 32-bit floats.
            Value::Real(value) => out.push_str(&(*value as f32).to_string()),
            Value::Text(text) => out.extend(text.chars().flat_map(|c| {
                let is_plain = !c.is_control() && c != '|' && c != '\\';
                is_plain
                    .then_some(c)
                    .into_iter()
                    .chain((!is_plain).then(|| c.escape_default()).into_iter().flatten())
            })),
            Value::Bytes(bytes) if table == "player_track" => {
                let life = packed::unpack_life(bytes, Guid::from(""), PlayerName::from(""))?;
                out.push_str(&sha256(&json::path(&life))[..16]);
            }
            Value::Bytes(bytes) => out.extend([&bytes.len().to_string(), " bytes"]),
        }
    }
    out.push('\n');
    Ok(())
}
