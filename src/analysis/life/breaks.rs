//! Breaks of a path: steps that the player did not walk.

use crate::model::{Event, Sample};

use super::clock::RoundClock;

/// Sprint, u/s: the fastest legs.
const SPRINT_UPS: f64 = 352.0;
/// Faster than this between two samples is a jump, horizontally and in space, u/s.
const JUMP_HORIZONTAL_UPS: f64 = 1_000.0;
const JUMP_SPACE_UPS: f64 = 2_000.0;
/// A shorter step is judged as if it had taken this long, ms.
const SHORTEST_JUDGED_MS: i64 = 50;
/// `EF_TELEPORT_BIT`: toggles at every spawn, revive and teleport (`bg_public.h`).
pub(crate) const TELEPORT_BIT: i32 = 0x4;

/// Why a step is not drawn as a line and adds nothing to a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BreakReason {
    /// Too long without a sample.
    Gap,
    /// The engine's teleport bit toggled.
    Teleport,
    /// Dead, then revived by a medic.
    Revive,
    /// Farther than a player can get in the time.
    Physics,
    /// The game was paused.
    Pause,
}

impl BreakReason {
    /// Every reason, by index.
    pub const ALL: [Self; 5] = [Self::Gap, Self::Teleport, Self::Revive, Self::Physics, Self::Pause];

    /// The word shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Teleport => "teleport",
            Self::Revive => "revive",
            Self::Physics => "jump",
            Self::Pause => "pause",
        }
    }
}

/// A break in a life's path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Break<'l> {
    /// Why.
    pub reason: BreakReason,
    /// Last sample before.
    pub from: &'l Sample,
    /// First sample after.
    pub to: &'l Sample,
}

/// Whether a step is a jump: horizontally faster than 1000 u/s, or than 2000 u/s in space. It adds no distance.
pub(crate) fn is_jump(from: &Sample, to: &Sample) -> bool {
    let seconds = to.time.since(from.time).max(SHORTEST_JUDGED_MS) as f64 / 1000.0;
    from.at.distance_2d(to.at) > JUMP_HORIZONTAL_UPS * seconds
        || from.at.distance_3d(to.at) > JUMP_SPACE_UPS * seconds
}

/// Whether a step is farther than a player gets in its time, knock-back included.
pub(crate) fn is_too_far(from: &Sample, to: &Sample) -> bool {
    if is_surely_near(from, to) {
        return false;
    }
    let seconds = to.time.since(from.time).max(0) as f64 / 1000.0;
    from.at.distance_2d(to.at) > 1.6 * SPRINT_UPS * seconds + 96.0 || is_jump(from, to)
}

/// Whether a step is so short that no limit is near, which squares tell sooner than roots. Nearly all steps are.
fn is_surely_near(from: &Sample, to: &Sample) -> bool {
    /// What is left of a limit's square when all rounding is taken off.
    const CLEARLY: f64 = 1.0 - 1e-9;
    let ms = to.time.since(from.time);
    let (seconds, judged) = (ms.max(0) as f64 * 1e-3, ms.max(SHORTEST_JUDGED_MS) as f64 * 1e-3);
    let [dx, dy, dz] = [(from.at.x, to.at.x), (from.at.y, to.at.y), (from.at.z, to.at.z)]
        .map(|(from, to)| f64::from(to) - f64::from(from));
    let level = (1.6 * SPRINT_UPS * seconds + 96.0).min(JUMP_HORIZONTAL_UPS * judged);
    let space = JUMP_SPACE_UPS * judged;
    let across = dx * dx + dy * dy;
    across < level * level * CLEARLY && across + dz * dz < space * space * CLEARLY
}

/// Judges a step by its two samples. A fall is no break: heights count only beyond 2000 u/s.
pub(crate) fn judge(clock: &RoundClock, from: &Sample, to: &Sample) -> Option<BreakReason> {
    if to.event == Event::Revived {
        return Some(BreakReason::Revive);
    }
    let dt_ms = to.time.since(from.time);
    if dt_ms > clock.interval.longest_step_ms() {
        return Some(BreakReason::Gap);
    }
    if is_too_far(from, to) {
        return Some(BreakReason::Physics);
    }
    (!clock.pauses.is_empty() && clock.is_paused(from.time, to.time)).then_some(BreakReason::Pause)
}
