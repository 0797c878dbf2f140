//! Lives and revives as our own module writes them.

use super::timeline::Timeline;
use super::{ESCAPE_TIME_MS, Grid, point, team, tenth};
use crate::demo::body::{FRAME_MS, Stance};
use crate::demo::truth::{Frame, Life, LifeEnd, Phase, Revival, RoundTruth};
use crate::map::Side;
use crate::model::{DeathType, Event, Guid, LevelTime, Revive, Sample, Tails, Track};

/// Farther than this from the spawn spot he has moved, units.
const MOVED_UNITS: f32 = 1.0;

/// Every life, in the order of the spawns.
pub(super) fn tracks(truth: &RoundTruth, grid: &Grid) -> Vec<Track> {
    truth.lives.iter().map(|life| track(truth, life, grid)).collect()
}

fn track(truth: &RoundTruth, life: &Life, grid: &Grid) -> Track {
    let death_type = match life.end {
        LifeEnd::Killed { .. } => DeathType::Killed,
        LifeEnd::SelfKill => DeathType::SelfKill,
        LifeEnd::Disconnect => DeathType::Disconnect,
        LifeEnd::RoundEnd => DeathType::RoundEnd,
    };
    let mut writer = Writer::default();
    let mut first_move = None;
    // A spawn proves real a frame later; from then on he is watched.
    let mut watched_from_ms = life.spawn_ms() + FRAME_MS;
    for (index, frame) in life.frames.iter().enumerate() {
        let is_last = index + 1 == life.frames.len();
        match frame.phase {
            Phase::Spawn => writer.push(frame, Event::Spawn, frame.health),
            Phase::Revived => {
                watched_from_ms = frame.time_ms + FRAME_MS;
                writer.push(frame, Event::Revived, frame.health);
            }
            Phase::Death => writer.push(frame, death_event(truth, life, frame), 0),
            Phase::Down => {}
            Phase::Alive if is_last && life.end == LifeEnd::Disconnect => {
                writer.push(frame, Event::Disconnect, frame.health);
            }
            Phase::Alive if is_last && life.end == LifeEnd::RoundEnd => writer.push_last_place(frame),
            Phase::Alive => {
                if frame.time_ms > watched_from_ms {
                    writer.watch(frame);
                }
                let spawn = &life.frames[0];
                let (dx, dy) = (frame.at[0] - spawn.at[0], frame.at[1] - spawn.at[1]);
                if first_move.is_none() && dx * dx + dy * dy > MOVED_UNITS * MOVED_UNITS {
                    first_move = Some(LevelTime(frame.time_ms));
                }
                if grid.ticks.binary_search(&frame.time_ms).is_ok() {
                    writer.push(frame, Event::Sample, frame.health);
                }
            }
        }
    }
    let player = &truth.players[life.player];
    Track {
        guid: player.guid.clone(),
        name: player.name.clone(),
        team: team(life.side),
        class: life.class.clone(),
        spawn: LevelTime(life.spawn_ms()),
        end: Some(LevelTime(life.end_ms())),
        first_move,
        death_type: Some(death_type),
        declared_samples: writer.samples.len() as u64,
        samples: writer.samples,
        other_events: Vec::new(),
        tails: writer.tails,
    }
}

fn death_event(truth: &RoundTruth, life: &Life, frame: &Frame) -> Event {
    let death = truth.deaths.iter().find(|d| d.victim == life.player && d.time_ms == frame.time_ms);
    if death.is_some_and(|death| death.killer == death.victim) { Event::SelfKill } else { Event::Killed }
}

/// Collects the samples of a life.
#[derive(Default)]
struct Writer {
    samples: Vec<Sample>,
    tails: Tails,
    last: Option<Frame>,
    watched: u32,
    sprinted: u32,
}

impl Writer {
    /// Looks at a frame between two samples.
    fn watch(&mut self, frame: &Frame) {
        self.watched += 1;
        self.sprinted += u32::from(frame.is_sprinting);
    }

    fn push(&mut self, frame: &Frame, event: Event, health: i16) {
        let [vx, vy, vz] = frame.velocity;
        let sprint = self.watched > 0 && self.sprinted * 2 >= self.watched;
        (self.watched, self.sprinted) = (0, 0);
        self.samples.push(Sample {
            time: LevelTime(frame.time_ms),
            at: point(frame.at),
            speed_ups: tenth((vx * vx + vy * vy).sqrt()),
            health,
            weapon: frame.weapon,
            stance: match frame.stance {
                Stance::Stand => 0,
                Stance::Crouch => 1,
                Stance::Prone => 2,
            },
            sprint: u8::from(sprint),
            event,
        });
        let yaw = (f64::from(frame.yaw).to_degrees() + 0.5).floor() as i32;
        let whole = |v: f32| (f64::from(v) + 0.5).floor() as i32;
        let (stamina, pm_flags, eflags) = (frame.stamina, frame.pm_flags, frame.eflags);
        let velocity = format!("{},{},{}", whole(vx), whole(vy), whole(vz));
        self.tails.push(&format!("{},{stamina},{pm_flags},{eflags},{velocity}", yaw.rem_euclid(360)));
        self.last = Some(*frame);
    }

    /// At the round's end: where he is, and how he was when last looked at.
    fn push_last_place(&mut self, frame: &Frame) {
        let last = self.last.unwrap_or(*frame);
        let shown = Frame { time_ms: frame.time_ms, at: frame.at, ..last };
        self.push(&shown, Event::RoundEnd, frame.health);
    }
}

/// Every revive, with the nearest enemy.
pub(super) fn revives(truth: &RoundTruth, timeline: &Timeline) -> Vec<Revive> {
    truth.revives.iter().filter_map(|revival| revive(truth, timeline, revival)).collect()
}

fn revive(truth: &RoundTruth, timeline: &Timeline, revival: &Revival) -> Option<Revive> {
    let now_ms = revival.time_ms;
    let at = timeline.frame(revival.player, now_ms)?.at;
    let side = |player: usize| -> Side { truth.players[player].crew.side(truth.number) };
    let alive = |player: &usize| {
        let frame = timeline.frame(*player, now_ms)?;
        let here = matches!(frame.phase, Phase::Alive | Phase::Spawn | Phase::Revived);
        (here && side(*player) != side(revival.player)).then_some((*player, frame.at))
    };
    let away = |other: [f32; 3]| -> f64 {
        (0..3).map(|axis| f64::from(other[axis] - at[axis]) * f64::from(other[axis] - at[axis])).sum()
    };
    let enemies = (0..truth.players.len()).filter_map(|player| alive(&player));
    let nearest = enemies.min_by(|a, b| away(a.1).total_cmp(&away(b.1)));
    let under_fire = truth
        .hits
        .iter()
        .any(|hit| hit.target == revival.medic && (0..=ESCAPE_TIME_MS).contains(&(now_ms - hit.time_ms)));
    let (patient, medic) = (&truth.players[revival.player], &truth.players[revival.medic]);
    Some(Revive {
        time: LevelTime(now_ms),
        guid: patient.guid.clone(),
        name: patient.name.clone(),
        medic_guid: medic.guid.clone(),
        medic_name: medic.name.clone(),
        at: point(at),
        nearest_enemy: nearest.map_or(Guid("".into()), |(player, _)| truth.players[player].guid.clone()),
        enemy_distance_units: nearest.map_or(0.0, |(_, other)| tenth(away(other).sqrt() as f32)),
        under_fire,
    })
}
