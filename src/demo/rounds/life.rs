//! A life while it lasts: how its samples come about.

use std::fmt::Write;

use super::provenance::{LifeSource, SampleSource, Source};
use crate::demo::meaning::{Own, View};
use crate::geom::WorldPoint;
use crate::model::{Event, LevelTime, Sample, Track};

/// Longer than this between two looks at a player, and nothing is known of the time between, ms.
pub(super) const LONGEST_GAP_MS: i64 = 250;

const STAMINA_TOP: i32 = 20_000;
const STAMINA_PER_MS: i64 = 5;
const JUMP_STAMINA: i64 = 2_500;
/// Faster than running: what tells a sprint where stamina cannot fall, units per second.
const SPRINT_UPS: f32 = 270.0;

/// Why a life is not going on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Down {
    pub(super) since: LevelTime,
    pub(super) at: WorldPoint,
    /// The player's own counts at that time.
    pub(super) own: Option<Own>,
    /// Whether the last sample is that of the death.
    pub(super) sampled: bool,
    /// Whether an obituary told how; otherwise one that comes soon after still counts.
    pub(super) told: bool,
    /// The teleport bit at that time.
    pub(super) flags: i32,
}

/// A life that is not over.
#[derive(Debug)]
pub(super) struct OpenLife {
    /// Its place among the round's tracks.
    pub(super) track: usize,
    pub(super) spawn_at: WorldPoint,
    /// The last look at the player, and when.
    pub(super) last: View,
    pub(super) last_time: LevelTime,
    /// Health, as last known.
    pub(super) health: Option<(i16, Source, LevelTime)>,
    pub(super) down: Option<Down>,
    watched_ms: i64,
    sprint_ms: i64,
}

impl OpenLife {
    pub(super) fn new(track: usize, view: View, time: LevelTime) -> Self {
        Self {
            track,
            spawn_at: view.at,
            last: view,
            last_time: time,
            health: None,
            down: None,
            watched_ms: 0,
            sprint_ms: 0,
        }
    }

    /// Whether the player was looked at a moment ago.
    pub(super) fn is_fresh(&self, now: LevelTime) -> bool {
        now.since(self.last_time) <= LONGEST_GAP_MS
    }

    /// Looks at the player again: fills in what the look does not show, and adds up the sprint since the last one.
    pub(super) fn look(&mut self, mut view: View, now: LevelTime) {
        let elapsed = now.since(self.last_time);
        let known = elapsed > 0 && elapsed <= LONGEST_GAP_MS;
        if known && !view.velocity_told {
            derive_motion(&self.last, &mut view, elapsed);
        }
        if known {
            self.watched_ms += elapsed;
            if sprints(&self.last, &view, elapsed) {
                self.sprint_ms += elapsed;
            }
        }
        if let Some(own) = view.own {
            self.health = Some((own.health, Source::Recorded, now));
        }
        self.last = view;
        self.last_time = now;
    }

    /// Begins to look anew, after a death.
    pub(super) fn rise(&mut self, view: View, now: LevelTime) {
        self.down = None;
        self.last = view;
        self.last_time = now;
        self.watched_ms = 0;
        self.sprint_ms = 0;
        if let Some(own) = self.last.own {
            self.health = Some((own.health, Source::Recorded, now));
        }
    }

    /// Writes down how the player was last seen.
    pub(super) fn sample(
        &mut self,
        track: &mut Track,
        source: &mut LifeSource,
        (time, event): (LevelTime, Event),
        place: Source,
        health: Option<i16>,
    ) {
        let view = &self.last;
        let [vx, vy, _] = view.velocity;
        let sprinted = self.watched_ms > 0 && self.sprint_ms * 2 >= self.watched_ms;
        let (known, health_source) = match (health, &self.health) {
            (Some(health), _) => (health, Source::Recorded),
            (None, Some((health, Source::Recorded, when))) if time.since(*when) <= LONGEST_GAP_MS => {
                (*health, Source::Recorded)
            }
            // The list of teammates comes once a second.
            (None, Some((health, Source::Coarse, when))) if time.since(*when) <= 2_000 => {
                (*health, Source::Coarse)
            }
            (None, _) => (Sample::UNKNOWN_HEALTH, Source::NotVisible),
        };
        track.samples.push(Sample {
            time,
            at: view.at,
            speed_ups: (vx * vx + vy * vy).sqrt(),
            // Alive is alive: 0 or less would stand for a wounded player.
            health: if health_source == Source::NotVisible || health.is_some() {
                known
            } else {
                known.max(1)
            },
            weapon: view.weapon,
            stance: view.stance,
            sprint: u8::from(sprinted),
            event,
        });
        track.declared_samples += 1;
        track.tails.push(&tail(view, place));
        source.samples.push(SampleSource { place, health: health_source });
        self.watched_ms = 0;
        self.sprint_ms = 0;
    }
}

/// What follows a sample's ten values: `yaw,stamina,pm_flags,eflags,vx,vy,vz`, where what is not known is empty.
fn tail(view: &View, place: Source) -> String {
    let mut text = String::new();
    if place == Source::Coarse {
        return text;
    }
    let yaw = (view.yaw + 0.5).floor().rem_euclid(360.0) as i32;
    // Writing to a String cannot fail.
    let _ = match view.own {
        Some(Own { stamina: Some(stamina), move_flags, .. }) => write!(text, "{yaw},{stamina},{move_flags}"),
        Some(Own { move_flags, .. }) => write!(text, "{yaw},,{move_flags}"),
        None => write!(text, "{yaw},,"),
    };
    let [vx, vy, vz] = view.velocity.map(|v| (v + 0.5).floor() as i32);
    let _ = write!(text, ",{},{vx},{vy},{vz}", view.flags);
    text
}

/// A mod that does not send a body's velocity leaves it to the distance between two looks.
fn derive_motion(from: &View, to: &mut View, elapsed_ms: i64) {
    let teleported = (from.flags ^ to.flags) & crate::demo::meaning::FLAG_TELEPORT != 0;
    if teleported {
        return;
    }
    let per_second = 1000.0 / elapsed_ms as f32;
    to.velocity = [to.at.x - from.at.x, to.at.y - from.at.y, to.at.z - from.at.z].map(|d| d * per_second);
    to.fast = to.stance == 0 && horizontal_ups(to) > SPRINT_UPS;
}

fn horizontal_ups(view: &View) -> f32 {
    let [x, y, _] = view.velocity;
    (x * x + y * y).sqrt()
}

/// Whether the player sprinted between two looks. Stamina falls only by sprinting (5 per ms) and jumping (2500 at once).
/// Where it cannot fall, at its top under adrenaline and at its bottom, and where it is not sent, speed tells.
fn sprints(from: &View, to: &View, elapsed_ms: i64) -> bool {
    let stamina = |view: &View| view.own.and_then(|own| own.stamina);
    let Some(now) = stamina(to) else { return to.fast };
    let boosted = now >= STAMINA_TOP && to.own.is_some_and(|own| own.adrenaline);
    if now <= 0 || boosted {
        return horizontal_ups(to) > SPRINT_UPS;
    }
    let mut fall = i64::from(stamina(from).unwrap_or(now) - now);
    if fall * 2 > elapsed_ms * STAMINA_PER_MS * 3 {
        fall -= JUMP_STAMINA;
    }
    fall * 2 > elapsed_ms * STAMINA_PER_MS
}
