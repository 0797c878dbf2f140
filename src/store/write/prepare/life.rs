//! Rows of lives.

use crate::analysis::lives;
use crate::analysis::{Filter, LifeSummary, LowMeaning, Provenance, State, StateDecoder, summaries};
use crate::model::{GuidKind, Track};
use crate::store::backend::engine::{Kind, Value};
use crate::store::packed;
use crate::store::row::texts::{self, LongTexts, cut};
use crate::store::row::{header, json};
use crate::store::write::prepare::file::Form;
use crate::store::write::prepare::file::ImportFile;
use crate::store::write::prepare::rows::{FILE, Rows, guid, int, maybe_int, name, real, text};

const TRACK: &[(&str, Kind)] = &[
    ("file_id", Kind::Int4),
    ("life", Kind::Int4),
    ("player_guid", Kind::Text),
    ("player_name", Kind::Text),
    ("team", Kind::Text),
    ("player_class", Kind::Text),
    ("spawn_time_ms", Kind::Int4),
    ("death_time_ms", Kind::Int4),
    ("duration_ms", Kind::Int4),
    ("first_move_time_ms", Kind::Int4),
    ("time_to_first_move_ms", Kind::Int4),
    ("sample_count", Kind::Int4),
    ("declared_samples", Kind::Int8),
    ("death_type", Kind::Text),
    ("is_bot", Kind::Bool),
    ("total_distance", Kind::Real),
    ("avg_speed", Kind::Real),
    ("sprint_percentage", Kind::Real),
    ("peak_speed", Kind::Real),
    ("alive_ms", Kind::Int8),
    ("stance_standing_sec", Kind::Real),
    ("stance_crouching_sec", Kind::Real),
    ("stance_prone_sec", Kind::Real),
    ("stance_low_sec", Kind::Real),
    ("sprint_sec", Kind::Real),
    ("packed", Kind::Bytes),
    // From here on only where JSON is kept.
    ("session_date", Kind::Date),
    ("round_number", Kind::Int4),
    ("map_name", Kind::Text),
    ("file_hash", Kind::Text),
    ("written_at", Kind::Timestamp),
    ("round_start_unix", Kind::Int8),
    ("round_end_unix", Kind::Int8),
    ("tracker_version", Kind::Text),
    ("sample_interval_ms", Kind::Int8),
    ("state_source", Kind::Text),
    ("path", Kind::Json),
];
const TRACK_PACKED: usize = 26;

pub(in crate::store) fn tracks(file: &ImportFile, long: &mut LongTexts) -> Rows {
    let round = &file.round;
    let everything = Filter::everything();
    let lives = lives(round, &everything);
    let mut figures: Vec<Option<LifeSummary>> = round.tracks.iter().map(|_| None).collect();
    for (life, summary) in lives.lives.iter().zip(summaries(&lives)) {
        figures[life.track_index()] = Some(summary);
    }
    let with_json = file.form == Form::PackedAndJson;
    let rows = round.tracks.iter().zip(figures).enumerate().map(|(life, (track, figures))| {
        let mut row = track_row(life, track, long);
        row.extend(figure_values(figures.as_ref(), lives.meaning));
        row.push(Value::Bytes(packed::pack_life(track).into()));
        if with_json {
            row.extend(file.context());
            let meta = &round.meta;
            row.push(Value::or_null(meta.tracker_version.as_deref().map(|v| text(cut(v, texts::VERSION)))));
            row.push(meta.interval_ms.map_or(Value::Null, |ms| int(ms.into())));
            row.push(text(cut(header::state_source_name(&meta.state_source), texts::VERSION)));
            row.push(Value::text(json::path(track)));
        }
        row
    });
    let rows = rows.collect();
    let columns = if with_json { TRACK } else { &TRACK[..TRACK_PACKED] };
    Rows { table: "player_track", columns, lines: rows }
}

fn track_row(life: usize, track: &Track, long: &mut LongTexts) -> Vec<Value<'static>> {
    let duration = track.end.map(|end| end.since(track.spawn)).filter(|&ms| ms >= 0);
    vec![
        FILE,
        int(life as i64),
        guid(&track.guid, long),
        name(&track.name, long),
        text(cut(track.team.as_str(), texts::TEAM)),
        text(cut(track.class.as_str(), texts::CLASS)),
        int(track.spawn.0.into()),
        maybe_int(track.end.map(|time| time.0.into())),
        maybe_int(duration),
        maybe_int(track.first_move.map(|time| time.0.into())),
        maybe_int(track.first_move.map(|time| time.since(track.spawn))),
        int(track.samples.len() as i64),
        int(i64::try_from(track.declared_samples).unwrap_or(i64::MAX)),
        Value::or_null(track.death_type.as_ref().map(|word| text(cut(word.as_str(), texts::OUTCOME)))),
        Value::Bool(track.guid.kind() == GuidKind::Bot),
    ]
}

/// The derived figures of a life; all NULL for one that `analysis` does not believe in (a phantom, a spectator).
fn figure_values(figures: Option<&LifeSummary>, meaning: StateDecoder) -> [Value<'static>; 10] {
    let Some(life) = figures else { return [const { Value::Null }; 10] };
    let seconds = |ms: i64| real(ms as f64 / 1000.0);
    let knows_stance = meaning.stance != Provenance::NotRecorded;
    let tells_prone = knows_stance && meaning.low == LowMeaning::Crouch;
    let only = |known: bool, ms: i64| if known { seconds(ms) } else { Value::Null };
    [
        real(life.total_distance_units),
        life.avg_speed_ups.map_or(Value::Null, real),
        life.sprint_percentage.map_or(Value::Null, real),
        real(life.peak_speed_ups),
        int(life.alive_ms),
        only(knows_stance, life.upright_ms()),
        only(tells_prone, life.in_state_ms(State::Crouch)),
        only(tells_prone, life.in_state_ms(State::Prone)),
        only(knows_stance && !tells_prone, life.in_state_ms(State::Low)),
        only(meaning.sprint != Provenance::NotRecorded, life.in_state_ms(State::Sprint)),
    ]
}
