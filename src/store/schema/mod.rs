//! Migrations: numbered `.sql` files, applied in order, each remembered with the hash of its text.

pub(super) mod january;

use crate::store::backend::engine::{Dialect, Engine, Row, Value};
#[cfg(feature = "sqlite")]
use crate::store::backend::sqlite;
use crate::store::error::{Result, StoreError};
use crate::store::row::texts::sha256;
use crate::store::url::DatabaseUrl;

/// A step from one version of the tables to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its number; the version that the tables have after it.
    pub version: u32,
    /// Its name.
    pub name: &'static str,
}

/// Whose tables a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// There are none.
    Empty,
    /// Those of the original tracker's importer, January 2026.
    January2026,
    /// Ours, of an older version.
    Older(u32),
    /// Ours, of this program's version.
    Current,
    /// Ours, of a version that this program does not know.
    Newer(u32),
    /// Another program's: what gave them away.
    Foreign(String),
}

struct Step {
    name: &'static str,
    up: &'static str,
    down: &'static str,
    /// SHA-256 of earlier texts that differ in their comments alone.
    former: &'static [&'static str],
}

impl Step {
    /// Whether a database in which a text with this hash was applied has the tables of this step.
    fn is_made_by(&self, hash: &str) -> bool {
        hash == sha256(self.up) || self.former.contains(&hash)
    }
}

const SQLITE: &[Step] = &[
    Step {
        name: "rounds",
        up: include_str!("../../../schema/sqlite/0001_rounds.sql"),
        down: include_str!("../../../schema/sqlite/0001_rounds.down.sql"),
        former: &["b8f93d0c4e0ebd11e676a2eec9128642a05ba6886fa3c3f9a490d913f36a188e"],
    },
    Step {
        name: "stale",
        up: include_str!("../../../schema/sqlite/0002_stale.sql"),
        down: include_str!("../../../schema/sqlite/0002_stale.down.sql"),
        former: &[],
    },
    Step {
        name: "demos",
        up: include_str!("../../../schema/sqlite/0003_demos.sql"),
        down: include_str!("../../../schema/sqlite/0003_demos.down.sql"),
        former: &[],
    },
    Step {
        name: "posts",
        up: include_str!("../../../schema/sqlite/0004_posts.sql"),
        down: include_str!("../../../schema/sqlite/0004_posts.down.sql"),
        former: &[],
    },
    Step {
        name: "shown",
        up: include_str!("../../../schema/sqlite/0005_shown.sql"),
        down: include_str!("../../../schema/sqlite/0005_shown.down.sql"),
        former: &[],
    },
    Step {
        name: "wishes",
        up: include_str!("../../../schema/sqlite/0006_wishes.sql"),
        down: include_str!("../../../schema/sqlite/0006_wishes.down.sql"),
        former: &[],
    },
    Step {
        name: "figures",
        up: include_str!("../../../schema/sqlite/0007_figures.sql"),
        down: include_str!("../../../schema/sqlite/0007_figures.down.sql"),
        former: &[],
    },
];

const POSTGRES: &[Step] = &[
    Step {
        name: "january_2026",
        up: include_str!("../../../schema/postgres/0001_january_2026.sql"),
        down: include_str!("../../../schema/postgres/0001_january_2026.down.sql"),
        former: &[],
    },
    Step {
        name: "rounds",
        up: include_str!("../../../schema/postgres/0002_rounds.sql"),
        down: include_str!("../../../schema/postgres/0002_rounds.down.sql"),
        former: &["6c88ed025a1a2d2feefb92892d2b319fe64b79110f180e284bd27debaca5e838"],
    },
    Step {
        name: "lz4",
        up: include_str!("../../../schema/postgres/0003_lz4.sql"),
        down: include_str!("../../../schema/postgres/0003_lz4.down.sql"),
        former: &[],
    },
    Step {
        name: "stale",
        up: include_str!("../../../schema/postgres/0004_stale.sql"),
        down: include_str!("../../../schema/postgres/0004_stale.down.sql"),
        former: &[],
    },
    Step {
        name: "demos",
        up: include_str!("../../../schema/postgres/0005_demos.sql"),
        down: include_str!("../../../schema/postgres/0005_demos.down.sql"),
        former: &[],
    },
    Step {
        name: "posts",
        up: include_str!("../../../schema/postgres/0006_posts.sql"),
        down: include_str!("../../../schema/postgres/0006_posts.down.sql"),
        former: &[],
    },
    Step {
        name: "shown",
        up: include_str!("../../../schema/postgres/0007_shown.sql"),
        down: include_str!("../../../schema/postgres/0007_shown.down.sql"),
        former: &[],
    },
    Step {
        name: "wishes",
        up: include_str!("../../../schema/postgres/0008_wishes.sql"),
        down: include_str!("../../../schema/postgres/0008_wishes.down.sql"),
        former: &[],
    },
    Step {
        name: "figures",
        up: include_str!("../../../schema/postgres/0009_figures.sql"),
        down: include_str!("../../../schema/postgres/0009_figures.down.sql"),
        former: &[],
    },
];

/// The table of applied migrations; the same in every database.
const MIGRATIONS: &str = "CREATE TABLE IF NOT EXISTS proximity_schema (version INTEGER PRIMARY KEY, name TEXT NOT NULL, \
                      sha256 TEXT NOT NULL, applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)";

fn steps(dialect: Dialect) -> &'static [Step] {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    }
}

/// The statements that make the tables, for people to read or to run by hand.
pub fn ddl(url: &DatabaseUrl) -> String {
    let dialect = if url.sqlite_path().is_some() { Dialect::Sqlite } else { Dialect::Postgres };
    let mut text = String::new();
    for (index, step) in steps(dialect).iter().enumerate() {
        let number = format!("{:04}", index + 1);
        text.extend(["-- ", &number, " ", step.name, "\n", step.up.trim_end(), "\n\n"]);
    }
    text
}

/// Finds out whose tables a database has.
pub(in crate::store) fn state<E: Engine>(engine: &mut E) -> Result<SchemaState> {
    let columns = engine.columns()?;
    let has = |table: &str| columns.iter().any(|(name, ..)| name == table);
    if has("proximity_schema") {
        return applied_state(engine);
    }
    let ours = [
        "player_track",
        "combat_engagement",
        "player_teamplay_stats",
        "crossfire_pairs",
        "map_kill_heatmap",
        "map_movement_heatmap",
    ];
    if !ours.iter().any(|table| has(table)) {
        let later = [
            "tracker_file",
            "round_player",
            "engagement_attacker",
            "crossfire_participant",
            "revive",
            "kill_cell",
            "movement_cell",
            "long_text",
            "player_movement_stats",
            "stale_figure",
            "demo_file",
            "demo_kill",
            "discord_post",
            "discord_shown",
            "hidden_player",
            "discord_channel",
        ];
        return Ok(match later.iter().find(|table| has(table)) {
            Some(table) => SchemaState::Foreign(format!("it has a table {table} of another program")),
            None => SchemaState::Empty,
        });
    }
    if engine.dialect() == Dialect::Sqlite {
        return Ok(SchemaState::Foreign("it has tables of the tracker, but not from this program".into()));
    }
    Ok(match january_fault(&columns) {
        Some(fault) => SchemaState::Foreign(fault),
        None => SchemaState::January2026,
    })
}

fn applied_state<E: Engine>(engine: &mut E) -> Result<SchemaState> {
    let steps = steps(engine.dialect());
    let applied = engine.rows("SELECT version, name, sha256 FROM proximity_schema ORDER BY version", &[])?;
    let mut version = 0;
    for row in &applied {
        version = row[0].int()? as u32;
        let Some(step) = steps.get((version as usize).wrapping_sub(1)) else {
            return Ok(SchemaState::Newer(last_version(&applied)?));
        };
        if !step.is_made_by(row[2].str()?) {
            return Err(StoreError::AlteredMigration { version, name: step.name });
        }
    }
    Ok(match version as usize {
        0 => SchemaState::Empty,
        known if known == steps.len() => SchemaState::Current,
        _ => SchemaState::Older(version),
    })
}

fn last_version(applied: &[Row]) -> Result<u32> {
    applied.last().map_or(Ok(0), |row| row[0].int().map(|version| version as u32))
}

/// What tells these tables from January's, judged by the columns that the first migration would make and those that
/// the later ones would add.
fn january_fault(columns: &[(String, String, String)]) -> Option<String> {
    for (table, expected) in JANUARY {
        let found: Vec<_> = columns.iter().filter(|(name, ..)| name == table).collect();
        if found.is_empty() {
            continue;
        }
        for (column, kind) in *expected {
            match found.iter().find(|(_, name, _)| name == column) {
                None => return Some(format!("its table {table} lacks the column {column}")),
                Some((_, _, other)) if other != kind => {
                    return Some(format!("its column {table}.{column} is {other}, not {kind}"));
                }
                Some(_) => {}
            }
        }
        let extra = found.iter().find(|(_, name, _)| {
            ADDED.contains(&name.as_str()) && !expected.iter().any(|(column, _)| column == name)
        });
        if let Some((_, name, _)) = extra {
            return Some(format!(
                "its column {table}.{name} is of a later version of the original tracker; import that tracker's files \
                 into an empty database"
            ));
        }
    }
    None
}

/// Columns that later migrations add to January's tables.
const ADDED: &[&str] = &[
    "file_id",
    "file_hash",
    "life",
    "fight",
    "written_at",
    "round_start_unix",
    "round_end_unix",
    "death_type",
    "tracker_version",
    "sample_interval_ms",
    "state_source",
    "is_bot",
    "declared_samples",
    "alive_ms",
    "peak_speed",
    "stance_standing_sec",
    "stance_crouching_sec",
    "stance_prone_sec",
    "stance_low_sec",
    "sprint_sec",
    "packed",
];

/// January's columns that data is read from, with their types as PostgreSQL names them.
const JANUARY: &[(&str, &[(&str, &str)])] = &[
    (
        "player_track",
        &[
            ("session_date", "date"),
            ("round_number", "integer"),
            ("map_name", "character varying(64)"),
            ("player_guid", "character varying(32)"),
            ("player_name", "character varying(64)"),
            ("team", "character varying(10)"),
            ("player_class", "character varying(16)"),
            ("spawn_time_ms", "integer"),
            ("death_time_ms", "integer"),
            ("duration_ms", "integer"),
            ("first_move_time_ms", "integer"),
            ("time_to_first_move_ms", "integer"),
            ("sample_count", "integer"),
            ("path", "jsonb"),
            ("total_distance", "real"),
            ("avg_speed", "real"),
            ("sprint_percentage", "real"),
            ("created_at", "timestamp without time zone"),
        ],
    ),
    (
        "combat_engagement",
        &[
            ("session_date", "date"),
            ("round_number", "integer"),
            ("map_name", "character varying(64)"),
            ("engagement_id", "integer"),
            ("start_time_ms", "integer"),
            ("end_time_ms", "integer"),
            ("duration_ms", "integer"),
            ("target_guid", "character varying(32)"),
            ("target_name", "character varying(64)"),
            ("target_team", "character varying(10)"),
            ("outcome", "character varying(20)"),
            ("total_damage_taken", "integer"),
            ("killer_guid", "character varying(32)"),
            ("killer_name", "character varying(64)"),
            ("position_path", "jsonb"),
            ("start_x", "real"),
            ("start_y", "real"),
            ("start_z", "real"),
            ("end_x", "real"),
            ("end_y", "real"),
            ("end_z", "real"),
            ("distance_traveled", "real"),
            ("attackers", "jsonb"),
            ("num_attackers", "integer"),
            ("is_crossfire", "boolean"),
            ("crossfire_delay_ms", "integer"),
            ("crossfire_participants", "jsonb"),
        ],
    ),
    ("player_teamplay_stats", &[("player_guid", "character varying(32)"), ("crossfire_kills", "integer")]),
    (
        "crossfire_pairs",
        &[("player1_guid", "character varying(32)"), ("player2_guid", "character varying(32)")],
    ),
    (
        "map_kill_heatmap",
        &[
            ("map_name", "character varying(64)"),
            ("grid_x", "integer"),
            ("grid_y", "integer"),
            ("axis_kills", "integer"),
            ("allies_kills", "integer"),
        ],
    ),
    (
        "map_movement_heatmap",
        &[
            ("map_name", "character varying(64)"),
            ("grid_x", "integer"),
            ("grid_y", "integer"),
            ("traversal_count", "integer"),
            ("combat_count", "integer"),
            ("escape_count", "integer"),
        ],
    ),
];

/// Fails unless the tables are those of this program.
pub(in crate::store) fn require<E: Engine>(engine: &mut E) -> Result<()> {
    let needed = steps(engine.dialect()).len() as u32;
    match state(engine)? {
        SchemaState::Current => Ok(()),
        SchemaState::Empty => Err(StoreError::NoSchema),
        SchemaState::January2026 => Err(StoreError::OlderSchema { found: 1, needed }),
        SchemaState::Older(found) => Err(StoreError::OlderSchema { found, needed }),
        SchemaState::Newer(found) => Err(StoreError::NewerSchema { found, known: needed }),
        SchemaState::Foreign(why) => Err(StoreError::ForeignSchema(why)),
    }
}

/// Applies what is missing, within the caller's transaction.
pub(in crate::store) fn migrate<E: Engine>(engine: &mut E) -> Result<Vec<Migration>> {
    let steps = steps(engine.dialect());
    let first = match state(engine)? {
        SchemaState::Current => return Ok(Vec::new()),
        // January's tables pass through the first step too: it only adds what is missing.
        SchemaState::Empty | SchemaState::January2026 => 0,
        SchemaState::Older(version) => version as usize,
        SchemaState::Newer(found) => {
            return Err(StoreError::NewerSchema { found, known: steps.len() as u32 });
        }
        SchemaState::Foreign(why) => return Err(StoreError::ForeignSchema(why)),
    };
    engine.batch(MIGRATIONS)?;
    #[cfg(feature = "sqlite")]
    if engine.dialect() == Dialect::Sqlite {
        engine.batch(&sqlite::mark())?;
    }
    let mut applied = Vec::new();
    for (index, step) in steps.iter().enumerate().skip(first) {
        let version = index as u32 + 1;
        engine.batch(step.up).map_err(|error| failed(version, step, error))?;
        engine.run(
            "INSERT INTO proximity_schema (version, name, sha256) VALUES ($1, $2, $3)",
            &[Value::Int(version.into()), Value::text(step.name), Value::text(sha256(step.up))],
        )?;
        applied.push(Migration { version, name: step.name });
    }
    Ok(applied)
}

/// Takes the last step back, within the caller's transaction.
pub(in crate::store) fn rollback<E: Engine>(engine: &mut E) -> Result<Option<Migration>> {
    let steps = steps(engine.dialect());
    let version = match state(engine)? {
        SchemaState::Current => steps.len() as u32,
        SchemaState::Older(version) => version,
        SchemaState::Empty => return Ok(None),
        SchemaState::January2026 => {
            return Err(StoreError::ForeignSchema(
                "its tables of January 2026 are the original tracker's".into(),
            ));
        }
        SchemaState::Newer(found) => {
            return Err(StoreError::NewerSchema { found, known: steps.len() as u32 });
        }
        SchemaState::Foreign(why) => return Err(StoreError::ForeignSchema(why)),
    };
    let step = &steps[version as usize - 1];
    engine.batch(step.down).map_err(|error| failed(version, step, error))?;
    engine.run("DELETE FROM proximity_schema WHERE version = $1", &[Value::Int(version.into())])?;
    if version == 1 {
        engine.batch("DROP TABLE proximity_schema")?;
    }
    Ok(Some(Migration { version, name: step.name }))
}

fn failed(version: u32, step: &Step, error: StoreError) -> StoreError {
    match error {
        StoreError::Refused(cause) => StoreError::Migration { version, name: step.name, cause },
        other => other,
    }
}
