//! A row of `REVIVES`, made from the round's lives and engagements.

use crate::model::{EngagementEvent, Guid, LevelTime, Revive, Round, Team, Track};

/// A medic who was hit within this time is under fire.
const UNDER_FIRE_MS: i64 = 5_000;

/// The row of a revive of `round`.
pub(crate) fn write(revive: &Revive, round: &Round) -> String {
    let Revive { time, guid, name, medic_guid, at } = revive;
    let life_of = |guid: &Guid| round.tracks.iter().find(|track| track.guid == *guid);
    let medic_name = life_of(medic_guid).map_or("", |track| track.name.as_str());
    let (distance, enemy) = life_of(guid)
        .and_then(|track| nearest_enemy(revive, &track.team, round))
        .map_or((0.0, ""), |(distance, enemy)| (distance, enemy.as_str()));
    let under_fire = u8::from(is_under_fire(medic_guid, *time, round));
    let (medic, guid, name) = (medic_guid.as_str(), guid.as_str(), name.as_str());
    let place = format!("{:.1};{:.1};{:.1}", at.x, at.y, at.z);
    format!("{};{medic};{medic_name};{guid};{name};{place};{distance:.1};{enemy};{under_fire}", time.0)
}

/// The nearest enemy that some life shows alive at that moment, by the last sample before it.
fn nearest_enemy<'r>(revive: &Revive, team: &Team, round: &'r Round) -> Option<(f64, &'r Guid)> {
    let place = |track: &'r Track| {
        let lives = track.spawn <= revive.time && track.end.is_none_or(|end| revive.time < end);
        let last = track.samples.iter().take_while(|sample| sample.time <= revive.time).last()?;
        let alive = lives && !last.event.is_terminal() && track.team != *team;
        alive.then(|| (last.at.distance_3d(revive.at), &track.guid))
    };
    round.tracks.iter().filter_map(place).min_by(|a, b| a.0.total_cmp(&b.0))
}

fn is_under_fire(medic: &Guid, time: LevelTime, round: &Round) -> bool {
    let engagements = round.engagements.iter().filter(|engagement| engagement.target_guid == *medic);
    engagements.flat_map(|engagement| &engagement.positions).any(|point| {
        point.event == EngagementEvent::Hit && (0..=UNDER_FIRE_MS).contains(&time.since(point.time))
    })
}
