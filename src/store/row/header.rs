//! What a file says about its round, exactly, as one line of JSON.

use serde_json::{Map, Value, json};

use crate::geom::WorldPoint;
use crate::model::{
    Family, LevelTime, ObjectiveDeed, ObjectiveEvent, RecorderView, Recordings, RoundMeta, StateSource, Team,
};
use crate::store::error::{Result, StoreError};

/// The families by the names under which they are kept.
const FAMILIES: [(&str, Family); 9] = [
    ("v3", Family::V3),
    ("4.0", Family::V4_0),
    ("4.1", Family::V4_1),
    ("4.2-early", Family::V4_2Early),
    ("4.2-late", Family::V4_2Late),
    ("5-early", Family::V5Early),
    ("5.0", Family::V5_0),
    ("6", Family::V6),
    ("6.11", Family::V6_11),
];

/// The name under which a family is kept.
pub(in crate::store) fn family_name(family: Family) -> &'static str {
    FAMILIES.iter().find(|(_, known)| *known == family).map_or("6.11", |(name, _)| name)
}

/// The words under which a source of states is kept.
pub(in crate::store) fn state_source_name(source: &StateSource) -> &str {
    match source {
        StateSource::PmFlags => "pm_flags",
        StateSource::EflagsStamina => "eflags+stamina",
        StateSource::Other(text) => text,
    }
}

/// A round's header as text.
pub(crate) fn write(meta: &RoundMeta) -> String {
    let RoundMeta {
        map,
        round_raw,
        family,
        tracker_version,
        state_source,
        own_module,
        interval_ms,
        crossfire_window_ms,
        escape_time_ms,
        escape_distance_units,
        start_unix,
        end_unix,
        axis_spawn_interval_ms,
        allies_spawn_interval_ms,
        capabilities,
        stamp,
        file_name,
        content_hash,
        complete,
        winner,
        objectives,
        recorder_view,
        recordings,
        // A store keeps files; their rounds are joined when they are read.
        parts: _,
        renamed,
    } = meta;
    // Another source may be spelt like ours.
    let other_source = match state_source {
        StateSource::Other(text) => Some(text),
        StateSource::PmFlags | StateSource::EflagsStamina => None,
    };
    let capabilities: Vec<Value> = capabilities.iter().map(|(name, on)| json!([name, on])).collect();
    let mut header = json!({
        "map": map,
        "round": round_raw,
        "family": family_name(*family),
        "version": tracker_version,
        "state_source": state_source_name(state_source),
        "other_source": other_source,
        "own_module": own_module,
        "interval_ms": interval_ms,
        "crossfire_window_ms": crossfire_window_ms,
        "escape_time_ms": escape_time_ms,
        "escape_distance": escape_distance_units,
        "start_unix": start_unix,
        "end_unix": end_unix,
        "axis_spawn_interval_ms": axis_spawn_interval_ms,
        "allies_spawn_interval_ms": allies_spawn_interval_ms,
        "capabilities": capabilities,
        "stamp": stamp.map(|stamp| stamp.to_string()),
        "file_name": file_name,
        "content_hash": content_hash,
        "complete": complete,
    });
    if let Some(winner) = winner {
        header["winner"] = json!(winner.as_str());
    }
    if !objectives.is_empty() {
        header["objectives"] = objectives.iter().map(objective).collect();
    }
    if let Some(renamed) = renamed {
        header["renamed"] = json!(renamed);
    }
    if let Some(RecorderView { seen_ms, alive_ms }) = recorder_view {
        header["recorder_view"] = json!([seen_ms, alive_ms]);
    }
    if let Some(Recordings { files, conflicts, dated_by_file }) = recordings {
        header["recordings"] =
            json!({ "files": files, "conflicts": conflicts, "dated_by_file": dated_by_file });
    }
    header.to_string()
}

/// The header that [`write`] wrote.
pub(crate) fn read(text: &str) -> Result<RoundMeta> {
    let value: Value = serde_json::from_str(text).map_err(|error| damaged(&error.to_string()))?;
    let text = |key: &str| value[key].as_str().map(Box::<str>::from);
    let number = |key: &str| value[key].as_i64();
    let small = |key: &str| number(key).and_then(|number| u32::try_from(number).ok());
    let needed = |key: &str| text(key).ok_or_else(|| damaged(&format!("{key} is missing")));
    let family = needed("family")?;
    let (_, family) = FAMILIES
        .iter()
        .find(|(name, _)| **name == *family)
        .ok_or_else(|| damaged(&format!("the family {family:?} is unknown")))?;
    let state_source = match (text("other_source"), &*needed("state_source")?) {
        (Some(other), _) => StateSource::Other(other),
        (None, "eflags+stamina") => StateSource::EflagsStamina,
        (None, _) => StateSource::PmFlags,
    };
    let capabilities = value["capabilities"].as_array().into_iter().flatten();
    let stamp = text("stamp").map(|stamp| stamp.parse()).transpose();
    Ok(RoundMeta {
        map: needed("map")?,
        round_raw: number("round").and_then(|number| i32::try_from(number).ok()),
        family: *family,
        tracker_version: text("version"),
        state_source,
        own_module: value["own_module"].as_bool().unwrap_or_default(),
        interval_ms: small("interval_ms"),
        crossfire_window_ms: small("crossfire_window_ms"),
        escape_time_ms: small("escape_time_ms"),
        escape_distance_units: small("escape_distance"),
        start_unix: number("start_unix"),
        end_unix: number("end_unix"),
        axis_spawn_interval_ms: small("axis_spawn_interval_ms"),
        allies_spawn_interval_ms: small("allies_spawn_interval_ms"),
        capabilities: capabilities
            .filter_map(|pair| Some((pair[0].as_str()?.into(), pair[1].as_bool()?)))
            .collect(),
        stamp: stamp.map_err(|_| damaged("its date is none"))?,
        file_name: text("file_name"),
        content_hash: needed("content_hash")?,
        complete: value["complete"].as_bool().unwrap_or_default(),
        winner: text("winner").map(|winner| Team::from(&*winner)),
        objectives: value["objectives"].as_array().into_iter().flatten().filter_map(objective_of).collect(),
        recorder_view: value["recorder_view"][0]
            .as_u64()
            .zip(value["recorder_view"][1].as_u64())
            .map(|(seen_ms, alive_ms)| RecorderView { seen_ms, alive_ms }),
        recordings: value["recordings"].as_object().map(recordings),
        parts: Vec::new(),
        renamed: text("renamed"),
    })
}

/// What happened to an objective: `[time, team, kind, objective, place, word, until]`.
fn objective(event: &ObjectiveEvent) -> Value {
    let ObjectiveEvent { time, team, deed, objective, at } = event;
    let (kind, word, until) = match deed {
        ObjectiveDeed::Work(word) => ("work", &**word, None),
        ObjectiveDeed::Carry { until, outcome } => ("carry", &**outcome, until.map(|until| until.0)),
        ObjectiveDeed::Return => ("return", "", None),
    };
    let place = at.map(|at| [at.x, at.y, at.z]);
    json!([time.0, team.as_str(), kind, objective, place, word, until])
}

fn objective_of(value: &Value) -> Option<ObjectiveEvent> {
    let time = |value: &Value| value.as_i64().and_then(|ms| i32::try_from(ms).ok()).map(LevelTime);
    let word = || Some(value[5].as_str()?.into());
    let deed = match value[2].as_str()? {
        "work" => ObjectiveDeed::Work(word()?),
        "carry" => ObjectiveDeed::Carry { until: time(&value[6]), outcome: word()? },
        "return" => ObjectiveDeed::Return,
        _ => return None,
    };
    let coordinate = |place: usize| value[4][place].as_f64().map(|value| value as f32);
    let at = coordinate(0).zip(coordinate(1)).zip(coordinate(2));
    Some(ObjectiveEvent {
        time: time(&value[0])?,
        team: Team::from(value[1].as_str()?),
        deed,
        objective: value[3].as_str()?.into(),
        at: at.map(|((x, y), z)| WorldPoint::new(x, y, z)),
    })
}

fn recordings(value: &Map<String, Value>) -> Recordings {
    let files = value.get("files").and_then(Value::as_array).into_iter().flatten();
    let conflicts = value.get("conflicts").and_then(Value::as_u64);
    Recordings {
        files: files.filter_map(|name| Some(name.as_str()?.into())).collect(),
        conflicts: conflicts.and_then(|number| u32::try_from(number).ok()).unwrap_or_default(),
        dated_by_file: value.get("dated_by_file").and_then(Value::as_bool).unwrap_or_default(),
    }
}

fn damaged(reason: &str) -> StoreError {
    StoreError::Unexpected(format!("the header of a round is damaged: {reason}"))
}
