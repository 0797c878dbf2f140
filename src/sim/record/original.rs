//! Lives as the original tracker 4.0 and 4.1 writes them, with its faults.

use super::timeline::Timeline;
use super::{Grid, Tracker, point, team, tenth};
use crate::geom::WorldPoint;
use crate::model::{DeathType, Event, LevelTime, Sample, Tails, Track, Weapon};
use crate::sim::plan::Plan;
use crate::sim::truth::{Death, Frame, LateJoin, Life, LifeEnd, Phase, RoundTruth};

/// The flag it reads as prone; in the engine it means "respawned".
const PMF_RESPAWNED: i32 = 512;
/// Crouched or prone.
const PMF_DUCKED: i32 = 1;
/// Slower than this a grid sample is no movement, units per second.
const MOVED_UPS: f32 = 10.0;
/// The means of death it reads as a self kill and a fall; in the engine they are the carbine and the K98.
const MOD_CARBINE: u8 = 37;
const MOD_KAR98: u8 = 38;

/// Every life up to its first death, and a phantom for each player who joins in mid-round.
pub(crate) fn tracks(
    truth: &RoundTruth,
    timeline: &Timeline,
    plan: &Plan,
    grid: &Grid,
    tracker: Tracker,
) -> Vec<Track> {
    let camera = plan.intermission.map(|c| c as f32);
    let recorder = Recorder { truth, timeline, grid, tracker, camera: point(camera) };
    let lives = truth.lives.iter().map(|life| recorder.life(life));
    let phantoms = truth.joins.iter().map(|join| recorder.phantom(join));
    let mut tracks: Vec<Track> = lives.chain(phantoms).collect();
    tracks.sort_by_key(|track| track.spawn);
    tracks
}

struct Recorder<'t> {
    truth: &'t RoundTruth,
    timeline: &'t Timeline<'t>,
    grid: &'t Grid,
    tracker: Tracker,
    camera: WorldPoint,
}

impl Recorder<'_> {
    fn life(&self, life: &Life) -> Track {
        let death = self.truth.deaths.iter().find(|death| {
            death.victim == life.player && (life.spawn_ms()..=life.end_ms()).contains(&death.time_ms)
        });
        // It does not follow a revive: the life ends at the fall.
        let end_ms = death.map_or(life.end_ms(), |death| death.time_ms);
        let mut samples = vec![self.sample(&life.frames[0], Event::Spawn)];
        for &tick in self.grid.between(life.spawn_ms(), end_ms) {
            samples.extend(life.frame(tick).map(|frame| self.sample(frame, Event::Sample)));
        }
        let death_type = match (death, life.end) {
            (Some(death), _) => death_type(death),
            (None, LifeEnd::Disconnect) => DeathType::Disconnect,
            (None, _) => DeathType::RoundEnd,
        };
        samples.extend(life.frame(end_ms).map(|frame| self.terminal(frame, &death_type)));
        self.track(life.player, life.spawn_ms(), end_ms, death_type, samples, life)
    }

    /// A player who joins in mid-round seems to spawn, then has the place of the team-mate watched, and no health.
    fn phantom(&self, join: &LateJoin) -> Track {
        let mates = self.truth.lives.iter();
        // Side and class are the player's own: those of any life, or without one the watched team-mate's side.
        let mut mates = mates.filter(|life| life.player == join.player || life.player == join.watched);
        let life = mates.clone().find(|life| life.player == join.player).or_else(|| mates.next());
        let watched = |tick: i32| self.timeline.last_frame(join.watched, tick);
        let weapon = watched(join.time_ms).map_or(Weapon(0), |frame| frame.weapon);
        let mut samples = vec![Sample {
            time: self.grid.time(join.time_ms),
            at: point(join.at),
            speed_ups: 0.0,
            health: 100,
            weapon,
            stance: 2,
            sprint: 0,
            event: Event::Spawn,
        }];
        for &tick in self.grid.between(join.time_ms, join.until_ms) {
            let Some(frame) = watched(tick) else { continue };
            let seen = Frame { time_ms: tick, ..*frame };
            // It reads the limbo flag as sprint.
            samples.push(Sample { health: 0, sprint: 1, ..self.sample(&seen, Event::Sample) });
        }
        let round_over = join.until_ms >= self.truth.duration_ms;
        if round_over && let Some(frame) = watched(join.until_ms) {
            let seen = Frame { time_ms: join.until_ms, health: 0, ..*frame };
            samples.push(self.terminal(&seen, &DeathType::RoundEnd));
        }
        // Closed by the next spawn, it has no last sample.
        let death_type = if round_over { DeathType::RoundEnd } else { DeathType::Unknown };
        let fallback = &self.truth.lives[0];
        self.track(join.player, join.time_ms, join.until_ms, death_type, samples, life.unwrap_or(fallback))
    }

    fn track(
        &self,
        player: usize,
        spawn_ms: i32,
        end_ms: i32,
        death_type: DeathType,
        samples: Vec<Sample>,
        life: &Life,
    ) -> Track {
        let moved = |sample: &&Sample| sample.event == Event::Sample && sample.speed_ups > MOVED_UPS;
        Track {
            guid: self.truth.players[player].guid.clone(),
            name: self.truth.players[player].name.clone(),
            team: team(life.side),
            class: self.truth.players[player].class.clone(),
            spawn: self.grid.time(spawn_ms),
            end: Some(self.grid.time(end_ms)),
            first_move: samples.iter().find(moved).map(|sample| sample.time),
            death_type: (self.tracker != Tracker::V4_0).then_some(death_type),
            declared_samples: samples.len() as u64,
            samples,
            other_events: Vec::new(),
            tails: Tails::default(),
        }
    }

    fn sample(&self, frame: &Frame, event: Event) -> Sample {
        let [vx, vy, _] = frame.velocity;
        let stance =
            if frame.pm_flags & PMF_RESPAWNED != 0 { 2 } else { u8::from(frame.pm_flags & PMF_DUCKED != 0) };
        Sample {
            time: self.grid.time(frame.time_ms),
            at: point(frame.at),
            speed_ups: tenth((vx * vx + vy * vy).sqrt()),
            health: frame.health,
            weapon: frame.weapon,
            stance,
            sprint: 0,
            event,
        }
    }

    /// The last sample: speed, stance and sprint are not measured, and a survivor is where the camera is.
    fn terminal(&self, frame: &Frame, death_type: &DeathType) -> Sample {
        let survives = *death_type == DeathType::RoundEnd;
        let event = match (self.tracker, death_type) {
            (_, DeathType::RoundEnd) => Event::RoundEnd,
            (Tracker::V4_0, _) => Event::Death,
            (_, DeathType::SelfKill) => Event::SelfKill,
            (_, DeathType::Fallen) => Event::Fallen,
            (_, DeathType::Disconnect) => Event::Disconnect,
            _ => Event::Killed,
        };
        Sample {
            time: LevelTime(frame.time_ms + self.grid.offset_ms),
            at: if survives { self.camera } else { point(frame.at) },
            speed_ups: 0.0,
            health: if survives && frame.phase != Phase::Down { frame.health } else { 0 },
            weapon: frame.weapon,
            stance: 0,
            sprint: 0,
            event,
        }
    }
}

fn death_type(death: &Death) -> DeathType {
    match death.means {
        MOD_CARBINE => DeathType::SelfKill,
        MOD_KAR98 => DeathType::Fallen,
        _ if death.killer == death.victim => DeathType::SelfKill,
        _ => DeathType::Killed,
    }
}
