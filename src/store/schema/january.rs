//! The database of January 2026: its rows become rounds of their own, in place.
//!
//! The migration gives each (date, number, map) a row in `tracker_file` and ties lives and engagements to it. What SQL
//! cannot do is done here, in the same transaction: paths are read from their JSON, packed, and summed up by this
//! program's definitions. What those rows never knew stays unknown: the file, the minute, the tracker's settings.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::Value as Json;

use crate::geom::WorldPoint;
use crate::model::{
    Attacker, Class, Engagement, EngagementPoint, Event, Family, Guid, LevelTime, Outcome, PlayerName, Round,
    RoundMeta, Sample, StateSource, Tails, Team, Track, Weapon, WeaponHits,
};
use crate::store::backend::engine::{Dialect, Engine, Row, Value};
use crate::store::error::{Result, StoreError};
use crate::store::figures;
use crate::store::row::header;
use crate::store::write::import;
use crate::store::write::prepare::file::Form;
use crate::store::write::prepare::prepare;

/// The migration after which [`fill`] has something to do.
pub(in crate::store) const FILLED_BY: &str = "rounds";

/// From this day on trackers counted rounds from 1.
const COUNTED_FROM_ONE: Date = date(2026, 2, 7);

/// Fills in what the migration left open, within its transaction.
pub(in crate::store) fn fill<E: Engine>(engine: &mut E) -> Result<()> {
    if engine.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let rounds = engine.rows(include_str!("../../../schema/postgres/query/january_rounds.sql"), &[])?;
    let mut played: BTreeMap<Date, i64> = BTreeMap::new();
    for row in &rounds {
        let day: Date = row[2].str()?.parse().map_err(|_| fault("a session date is none"))?;
        let before = played.entry(day).or_default();
        let round = round(engine, row, day, *before)?;
        *before += 1;
        fill_round(engine, row[0].int()?, day, round)?;
        figures::mark_round(engine, row[0].int()?)?;
    }
    // Maps of which only the heat is left.
    for row in engine.rows("SELECT map_name FROM kill_cell UNION SELECT map_name FROM movement_cell", &[])? {
        figures::mark_map(engine, row[0].str()?)?;
    }
    figures::settle(engine)
}

fn fault(reason: &str) -> StoreError {
    StoreError::Unexpected(format!("January 2026: {reason}"))
}

/// Builds a round from the rows tied to a file.
fn round<E: Engine>(engine: &mut E, row: &Row, day: Date, place: i64) -> Result<Round> {
    let file = [Value::Int(row[0].int()?)];
    let zero_based = day < COUNTED_FROM_ONE || row[5].bool()?;
    // Noon and a few minutes: an order within the day, not a time.
    let stamp =
        day.at(12, 0, 0, 0).checked_add(place.minutes()).map_err(|_| fault("too many rounds in a day"))?;
    let meta = RoundMeta {
        map: row[3].str()?.into(),
        round_raw: i32::try_from(row[4].int()?).ok(),
        family: if zero_based { Family::V4_0 } else { Family::V4_2Late },
        tracker_version: None,
        state_source: StateSource::PmFlags,
        own_module: false,
        interval_ms: None,
        crossfire_window_ms: None,
        escape_time_ms: None,
        escape_distance_units: None,
        start_unix: None,
        end_unix: None,
        axis_spawn_interval_ms: None,
        allies_spawn_interval_ms: None,
        capabilities: Vec::new(),
        winner: None,
        objectives: Vec::new(),
        recorder_view: None,
        recordings: None,
        stamp: Some(stamp),
        file_name: None,
        content_hash: row[1].str()?.into(),
        complete: true,
        parts: Vec::new(),
        renamed: None,
    };
    let lives = engine.rows(include_str!("../../../schema/postgres/query/january_lives.sql"), &file)?;
    let engagements =
        engine.rows(include_str!("../../../schema/postgres/query/january_engagements.sql"), &file)?;
    Ok(Round {
        meta,
        tracks: lives.iter().map(track).collect::<Result<_>>()?,
        engagements: engagements.iter().map(engagement).collect::<Result<_>>()?,
        kill_cells: Vec::new(),
        movement_cells: Vec::new(),
        revives: Vec::new(),
    })
}

fn time(value: &Value<'_>) -> Result<LevelTime> {
    i32::try_from(value.int()?).map(LevelTime).map_err(|_| fault("a time has more than 32 bits"))
}

fn track(row: &Row) -> Result<Track> {
    let maybe = |value: &Value<'_>| if value.is_null() { Ok(None) } else { time(value).map(Some) };
    let path: Json = serde_json::from_str(row[8].str()?).map_err(|_| fault("a path is no JSON"))?;
    let mut track = Track {
        guid: Guid::from(row[0].str()?),
        name: PlayerName::from(row[1].str()?),
        team: Team::from(row[2].str()?),
        class: Class::from(row[3].str()?),
        spawn: time(&row[4])?,
        end: maybe(&row[5])?,
        first_move: maybe(&row[6])?,
        death_type: None,
        declared_samples: u64::try_from(row[7].int()?).unwrap_or_default(),
        samples: Vec::new(),
        other_events: Vec::new(),
        tails: Tails::default(),
    };
    for point in path.as_array().into_iter().flatten() {
        let event = event(point["event"].as_str().unwrap_or("sample"), &mut track.other_events);
        track.samples.push(Sample {
            time: LevelTime(int(&point["time"]) as i32),
            at: place(point),
            speed_ups: decimal(&point["speed"]),
            health: int(&point["health"]) as i16,
            weapon: Weapon(int(&point["weapon"]) as u8),
            stance: int(&point["stance"]) as u8,
            sprint: int(&point["sprint"]) as u8,
            event,
        });
    }
    Ok(track)
}

fn event(word: &str, others: &mut Vec<Box<str>>) -> Event {
    if let Some((_, event)) = Event::KNOWN.iter().find(|(known, _)| *known == word) {
        return *event;
    }
    let place = others.iter().position(|other| **other == *word).unwrap_or_else(|| {
        others.push(word.into());
        others.len() - 1
    });
    Event::Other(place.min(255) as u8)
}

fn engagement(row: &Row) -> Result<Engagement> {
    let json = |value: &Value<'_>| -> Result<Json> {
        let text = value.maybe_str()?.unwrap_or("null");
        serde_json::from_str(text).map_err(|_| fault("an engagement is no JSON"))
    };
    let (positions, attackers, participants) = (json(&row[13])?, json(&row[14])?, json(&row[15])?);
    let point = |x: usize| -> Result<WorldPoint> {
        Ok(WorldPoint::new(row[x].real()? as f32, row[x + 1].real()? as f32, row[x + 2].real()? as f32))
    };
    Ok(Engagement {
        id: row[0].int()?,
        start: time(&row[1])?,
        end: time(&row[2])?,
        duration_ms: row[3].int()?,
        target_guid: Guid::from(row[4].str()?),
        target_name: PlayerName::from(row[5].str()?),
        target_team: Team::from(row[6].str()?),
        outcome: Outcome::from(row[7].str()?),
        total_damage: row[8].int()?,
        killer_guid: row[9].maybe_str()?.map(Guid::from),
        killer_name: row[10].maybe_str()?.map(PlayerName::from),
        num_attackers: row[11].int()?,
        is_crossfire: row[12].bool()?,
        crossfire_delay_ms: row[16].maybe_int()?,
        crossfire_participants: participants
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|guid| guid.as_str().map(Guid::from))
            .collect(),
        start_at: point(17)?,
        end_at: point(20)?,
        distance_units: row[23].real()? as f32,
        positions: positions.as_array().into_iter().flatten().map(position).collect(),
        attackers: attackers.as_array().into_iter().flatten().map(attacker).collect(),
    })
}

fn position(point: &Json) -> EngagementPoint {
    EngagementPoint {
        time: LevelTime(int(&point["time_ms"]) as i32),
        at: place(point),
        event: point["event"].as_str().unwrap_or("sample").into(),
    }
}

fn attacker(row: &Json) -> Attacker {
    // A map of weapon to hits; older rows have the file's own `3:2;8:1;`.
    let weapons = match &row["weapons"] {
        Json::Object(map) => map.iter().filter_map(|(id, hits)| weapon(id, int(hits))).collect(),
        Json::String(text) => {
            let pairs = text.split(';').filter_map(|pair| pair.split_once(':'));
            pairs.filter_map(|(id, hits)| weapon(id, hits.parse().ok()?)).collect()
        }
        _ => Vec::new(),
    };
    Attacker {
        guid: Guid::from(row["guid"].as_str().unwrap_or_default()),
        name: PlayerName::from(row["name"].as_str().unwrap_or_default()),
        team: Team::from(row["team"].as_str().unwrap_or_default()),
        damage: int(&row["damage"]),
        hits: int(&row["hits"]),
        first_hit: LevelTime(int(&row["first_hit_ms"]) as i32),
        last_hit: LevelTime(int(&row["last_hit_ms"]) as i32),
        got_kill: row["got_kill"].as_bool().unwrap_or_else(|| int(&row["got_kill"]) != 0),
        weapons,
    }
}

fn weapon(id: &str, hits: i64) -> Option<WeaponHits> {
    let weapon = Weapon(id.trim().parse().ok()?);
    (weapon.0 != 0 || hits != 0).then_some(WeaponHits { weapon, hits })
}

fn int(value: &Json) -> i64 {
    value.as_i64().or_else(|| value.as_f64().map(|value| value as i64)).unwrap_or_default()
}

fn decimal(value: &Json) -> f32 {
    value.as_f64().map_or(f32::NAN, |value| value as f32)
}

fn place(point: &Json) -> WorldPoint {
    WorldPoint::new(decimal(&point["x"]), decimal(&point["y"]), decimal(&point["z"]))
}

/// Columns that stay as they are: whose row it is, and the JSON.
const KEPT: [&str; 12] = [
    "file_id",
    "life",
    "fight",
    "player_guid",
    "player_name",
    "target_guid",
    "target_name",
    "map_name",
    "session_date",
    "path",
    "position_path",
    "attackers",
];

/// Writes what the rows of a round did not have.
fn fill_round<E: Engine>(engine: &mut E, id: i64, day: Date, round: Round) -> Result<()> {
    let header = header::write(&round.meta);
    let tracker = header::family_name(round.meta.family).to_owned();
    let samples = round.samples();
    let (lives, engagements) = (round.tracks.len(), round.engagements.len());
    let file = prepare(round, day, Form::PackedAndJson)?;
    let parameters = [
        Value::Int(id),
        Value::text(header),
        Value::Int(file.number()),
        Value::text(file.written()),
        Value::Int(lives as i64),
        Value::Int(samples as i64),
        Value::Int(engagements as i64),
        Value::text(tracker),
    ];
    engine.run(include_str!("../../../schema/postgres/query/january_file.sql"), &parameters)?;
    for table in file.tables {
        if !matches!(table.table, "player_track" | "combat_engagement") {
            import::add_rows(engine, table, id)?;
            continue;
        }
        let filled = |name: &str| !KEPT.contains(&name) && name != "crossfire_participants";
        let (place, _) = table.columns[1];
        let names: Vec<&str> =
            table.columns.iter().map(|(name, _)| *name).filter(|name| filled(name)).collect();
        let sets: Vec<String> =
            names.iter().enumerate().map(|(n, name)| format!("{name} = ${}", n + 3)).collect();
        let sql =
            format!("UPDATE {} SET {} WHERE file_id = $1 AND {place} = $2", table.table, sets.join(", "));
        for row in table.lines {
            let mut parameters = vec![Value::Int(id), row[1].clone()];
            let values = table.columns.iter().zip(row).filter(|((name, _), _)| filled(name));
            parameters.extend(values.map(|(_, value)| value));
            engine.run(&sql, &parameters)?;
        }
    }
    Ok(())
}
