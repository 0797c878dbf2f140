//! Rows of fights.

use crate::model::{Engagement, Guid, PlayerName, Round};
use crate::store::backend::engine::{Kind, Value};
use crate::store::packed;
use crate::store::row::json;
use crate::store::row::texts::{self, LongTexts, clamp, cut, fit};
use crate::store::write::prepare::file::Form;
use crate::store::write::prepare::file::ImportFile;
use crate::store::write::prepare::rows::{FILE, Rows, guid, int, is_someone, maybe_int, name, real, text};

/// Most players of one crossfire that count for pairs: no team has more.
const MOST_PARTICIPANTS: usize = 64;

const ENGAGEMENT: &[(&str, Kind)] = &[
    ("file_id", Kind::Int4),
    ("fight", Kind::Int4),
    ("engagement_id", Kind::Int4),
    ("start_time_ms", Kind::Int4),
    ("end_time_ms", Kind::Int4),
    ("duration_ms", Kind::Int4),
    ("target_guid", Kind::Text),
    ("target_name", Kind::Text),
    ("target_team", Kind::Text),
    ("outcome", Kind::Text),
    ("total_damage_taken", Kind::Int4),
    ("killer_guid", Kind::Text),
    ("killer_name", Kind::Text),
    ("distance_traveled", Kind::Real),
    ("num_attackers", Kind::Int4),
    ("is_crossfire", Kind::Bool),
    ("crossfire_delay_ms", Kind::Int4),
    ("packed", Kind::Bytes),
    // From here on only where JSON is kept.
    ("session_date", Kind::Date),
    ("round_number", Kind::Int4),
    ("map_name", Kind::Text),
    ("file_hash", Kind::Text),
    ("written_at", Kind::Timestamp),
    ("round_start_unix", Kind::Int8),
    ("round_end_unix", Kind::Int8),
    ("start_x", Kind::Real),
    ("start_y", Kind::Real),
    ("start_z", Kind::Real),
    ("end_x", Kind::Real),
    ("end_y", Kind::Real),
    ("end_z", Kind::Real),
    ("position_path", Kind::Json),
    ("attackers", Kind::Json),
    ("crossfire_participants", Kind::Json),
];
const ENGAGEMENT_PACKED: usize = 18;

pub(in crate::store) fn engagements(file: &ImportFile, long: &mut LongTexts) -> Rows {
    let with_json = file.form == Form::PackedAndJson;
    let rows = file.round.engagements.iter().enumerate().map(|(index, fight)| {
        let mut row = engagement_row(index, fight, long);
        if with_json {
            row.extend(file.context());
            let (start, end) = (fight.start_at, fight.end_at);
            row.extend([start.x, start.y, start.z, end.x, end.y, end.z].map(|c| Value::Real(c.into())));
            let mut fitted = |guid: &Guid, name: &PlayerName| {
                let guid = fit(guid.as_str(), texts::GUID, long).into_owned();
                (guid, fit(name.as_str(), texts::NAME, long).into_owned())
            };
            let who: Vec<_> = fight.attackers.iter().map(|a| fitted(&a.guid, &a.name)).collect();
            let listed: Vec<String> = fight
                .crossfire_participants
                .iter()
                .map(|guid| fit(guid.as_str(), texts::GUID, long).into_owned())
                .collect();
            row.push(Value::text(json::positions(fight)));
            row.push(Value::text(json::attackers(fight, &who)));
            row.push(Value::text(json::list(listed.iter().map(String::as_str))));
        }
        row
    });
    let rows = rows.collect();
    let columns = if with_json { ENGAGEMENT } else { &ENGAGEMENT[..ENGAGEMENT_PACKED] };
    Rows { table: "combat_engagement", columns, lines: rows }
}

fn engagement_row(index: usize, fight: &Engagement, long: &mut LongTexts) -> Vec<Value<'static>> {
    vec![
        FILE,
        int(index as i64),
        int(clamp(fight.id)),
        int(fight.start.0.into()),
        int(fight.end.0.into()),
        int(clamp(fight.duration_ms)),
        guid(&fight.target_guid, long),
        name(&fight.target_name, long),
        text(cut(fight.target_team.as_str(), texts::TEAM)),
        text(cut(fight.outcome.as_str(), texts::OUTCOME)),
        int(clamp(fight.total_damage)),
        Value::or_null(fight.killer_guid.as_ref().map(|of| guid(of, long))),
        Value::or_null(fight.killer_name.as_ref().map(|of| name(of, long))),
        // No fight covers a distance that is no number.
        real(Some(f64::from(fight.distance_units)).filter(|d| d.is_finite()).unwrap_or_default()),
        int(clamp(fight.num_attackers)),
        Value::Bool(fight.is_crossfire),
        maybe_int(fight.crossfire_delay_ms),
        Value::Bytes(packed::pack_engagement(fight).into()),
    ]
}

const ATTACKER: &[(&str, Kind)] = &[
    ("file_id", Kind::Int4),
    ("fight", Kind::Int4),
    ("place", Kind::Int4),
    ("player_guid", Kind::Text),
    ("player_name", Kind::Text),
    ("team", Kind::Text),
    ("damage", Kind::Int8),
    ("hits", Kind::Int8),
    ("got_kill", Kind::Bool),
];

pub(in crate::store) fn attackers(round: &Round, long: &mut LongTexts) -> Rows {
    let mut rows = Vec::new();
    for (fight, engagement) in round.engagements.iter().enumerate() {
        for (place, attacker) in engagement.attackers.iter().enumerate() {
            rows.push(vec![
                FILE,
                int(fight as i64),
                int(place as i64),
                guid(&attacker.guid, long),
                name(&attacker.name, long),
                text(cut(attacker.team.as_str(), texts::TEAM)),
                int(clamp(attacker.damage)),
                int(clamp(attacker.hits)),
                Value::Bool(attacker.got_kill),
            ]);
        }
    }
    Rows { table: "engagement_attacker", columns: ATTACKER, lines: rows }
}

const PARTICIPANT: &[(&str, Kind)] = &[
    ("file_id", Kind::Int4),
    ("fight", Kind::Int4),
    ("place", Kind::Int4),
    ("player_guid", Kind::Text),
    ("listed", Kind::Bool),
    ("counts", Kind::Bool),
];

pub(in crate::store) fn participants(round: &Round, long: &mut LongTexts) -> Rows {
    let mut rows = Vec::new();
    for (index, fight) in round.engagements.iter().enumerate() {
        let mut add = |of: &Guid, listed: bool, counts: bool| {
            let place = int(rows.len() as i64);
            rows.push(vec![
                FILE,
                int(index as i64),
                place,
                guid(of, long),
                Value::Bool(listed),
                Value::Bool(counts),
            ]);
        };
        let mut counted = counted_participants(fight);
        for of in &fight.crossfire_participants {
            let counts = counted.iter().position(|counted| *counted == of);
            if let Some(place) = counts {
                counted.remove(place);
            }
            add(of, true, counts.is_some());
        }
        for of in counted {
            add(of, false, true);
        }
    }
    Rows { table: "crossfire_participant", columns: PARTICIPANT, lines: rows }
}

/// Who counts for a fight's crossfire: as `analysis::crossfire` does it.
fn counted_participants(fight: &Engagement) -> Vec<&Guid> {
    let mut guids: Vec<&Guid> = match (fight.is_crossfire, fight.crossfire_participants.as_slice()) {
        (false, _) => Vec::new(),
        (true, []) => fight.attackers.iter().map(|attacker| &attacker.guid).collect(),
        (true, listed) => listed.iter().collect(),
    };
    guids.sort_unstable();
    guids.dedup();
    guids.retain(|guid| is_someone(guid));
    guids.truncate(MOST_PARTICIPANTS);
    guids
}
