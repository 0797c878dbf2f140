//! Lives and revives as our own module writes them.

use super::timeline::Timeline;
use super::{Grid, point, team, tenth};
use crate::model::{DeathType, Event, LevelTime, Revive, Sample, Tails, Track};
use crate::sim::body::{FRAME_MS, Stance};
use crate::sim::truth::{Frame, Life, LifeEnd, Phase, Revival, RoundTruth};

/// Farther than this from the spawn spot a player has moved, units.
const MOVED_UNITS: f32 = 1.0;

/// Every life, in the order of the spawns.
pub(crate) fn tracks(truth: &RoundTruth, grid: &Grid) -> Vec<Track> {
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
    // A spawn proves real a frame later; from then on the player is followed.
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

    /// At the round's end: where the player is, with the state of the last look.
    fn push_last_place(&mut self, frame: &Frame) {
        let last = self.last.unwrap_or(*frame);
        let shown = Frame { time_ms: frame.time_ms, at: frame.at, ..last };
        self.push(&shown, Event::RoundEnd, frame.health);
    }
}

/// Every revive.
pub(crate) fn revives(truth: &RoundTruth, timeline: &Timeline) -> Vec<Revive> {
    let revive = |revival: &Revival| {
        let patient = &truth.players[revival.player];
        Some(Revive {
            time: LevelTime(revival.time_ms),
            guid: patient.guid.clone(),
            name: patient.name.clone(),
            medic_guid: truth.players[revival.medic].guid.clone(),
            at: point(timeline.frame(revival.player, revival.time_ms)?.at),
        })
    };
    truth.revives.iter().filter_map(revive).collect()
}
