//! The figures of one life.

use crate::analysis::life::breaks;
use crate::analysis::life::breaks::BreakReason;
use crate::analysis::life::cleaned::{Life, Step, StepKind};
use crate::analysis::life::death::{Death, Deaths};
use crate::analysis::life::lives::Lives;
use crate::analysis::life::state::{Provenance, State};
use crate::model::Event;

/// Slower than this is standing still, u/s.
pub const STILL_UPS: f64 = 20.0;

/// The figures of one life. All of them weigh by time, so they do not depend on the sampling interval beyond what
/// coarser samples lose.
#[derive(Debug, Clone, PartialEq)]
pub struct LifeSummary {
    /// `death_time − spawn_time`, ms; `None` when the end is unknown or before the spawn. Pauses included.
    pub duration_ms: Option<i64>,
    /// `first_move_time − spawn_time`, ms; `None` when the player never moved.
    pub time_to_first_move_ms: Option<i64>,
    /// Samples in the row, as read (spawn, end and camera point included).
    pub sample_count: u64,
    /// Samples that the row claims to have.
    pub declared_samples: u64,
    /// Sum of the steps in space, units. Jumps, teleports, pauses, revives and the camera point add nothing; the
    /// straight line over a gap counts, as a lower bound.
    pub total_distance_units: f64,
    /// The same in the plane.
    pub horizontal_distance_units: f64,
    /// The original tracker's `avg_speed`: mean of the recorded speed over samples above 0, each weighted with the time to the
    /// next sample, u/s. 0 when the player never moved; `None` without a walked step.
    pub avg_speed_ups: Option<f64>,
    /// Mean speed over the whole recorded life, standing included: horizontal distance walked / time, u/s.
    pub mean_speed_ups: Option<f64>,
    /// Highest recorded speed, u/s.
    pub peak_speed_ups: f64,
    /// 100 · time sprinting / time alive; `None` where sprint is not recorded.
    pub sprint_percentage: Option<f64>,
    /// Time in each state, ms, by [`State::index`].
    pub state_ms: [i64; State::ALL.len()],
    /// Time walked at less than [`STILL_UPS`], ms.
    pub still_ms: i64,
    /// Time in breaks, ms, by [`BreakReason::ALL`].
    pub break_ms: [i64; BreakReason::ALL.len()],
    /// Time with a known path, ms: the sum of `state_ms`.
    pub recorded_ms: i64,
    /// Time alive, ms (within the window, if there is one).
    pub alive_ms: i64,
    /// Health lost, in points; the last hit counts only down to 0. `None` where health is not told.
    pub damage_taken: Option<i64>,
    /// How often a medic revived the player within it.
    pub revives: u64,
    /// Deaths, those that a revive followed included.
    pub deaths: u64,
    /// How it ended.
    pub death: Death,
}

impl LifeSummary {
    /// The figures of a life. The filter's states do not matter here: a life is summed up whole.
    pub fn of(life: &Life<'_>, deaths: &Deaths<'_>) -> Self {
        let track = life.track();
        let mut sums = Sums::default();
        for step in life.steps() {
            sums.add(&step);
        }
        let recorded_ms = sums.state_ms.iter().sum();
        let alive_ms = life.alive_ms();
        let knows_sprint = life.meaning().sprint != Provenance::NotRecorded;
        let sprint_ms = sums.state_ms[State::Sprint.index()];
        let measured = life.samples().iter().filter(|s| !s.event.is_terminal() && s.speed_ups.is_finite());
        Self {
            duration_ms: track.end.map(|end| end.since(track.spawn)).filter(|&ms| ms >= 0),
            time_to_first_move_ms: track
                .first_move
                .filter(|_| track.is_told_from_spawn())
                .map(|t| t.since(track.spawn)),
            sample_count: track.samples.len() as u64,
            declared_samples: track.declared_samples,
            total_distance_units: sums.distance,
            horizontal_distance_units: sums.horizontal,
            avg_speed_ups: (recorded_ms > 0).then(|| ratio(sums.speed_ms, sums.moving_ms)),
            mean_speed_ups: (recorded_ms > 0).then(|| ratio(sums.walked * 1_000.0, recorded_ms)),
            peak_speed_ups: measured.map(|s| f64::from(s.speed_ups)).fold(0.0, f64::max),
            sprint_percentage: (knows_sprint && alive_ms > 0)
                .then(|| (100.0 * ratio(sprint_ms as f64, alive_ms)).min(100.0)),
            state_ms: sums.state_ms,
            still_ms: sums.still_ms,
            break_ms: sums.break_ms,
            recorded_ms,
            alive_ms,
            damage_taken: (!sums.is_health_unknown).then_some(sums.damage),
            revives: life.samples()[1..].iter().filter(|s| s.event == Event::Revived).count() as u64,
            deaths: deaths.of_life(life).len() as u64,
            death: deaths.of_track(track),
        }
    }

    /// Time in a state, ms.
    pub fn in_state_ms(&self, state: State) -> i64 {
        self.state_ms[state.index()]
    }

    /// Time upright, sprint included, ms.
    pub fn upright_ms(&self) -> i64 {
        self.in_state_ms(State::Upright) + self.in_state_ms(State::Sprint)
    }

    /// Time without a known path (breaks of every kind), ms.
    pub fn gap_ms(&self) -> i64 {
        self.break_ms.iter().sum()
    }
}

/// The figures of every life of a round, in the order of `lives.lives`.
pub fn summaries(lives: &Lives<'_>) -> Vec<LifeSummary> {
    let Some(first) = lives.lives.first() else { return Vec::new() };
    let deaths = Deaths::of(first.round());
    lives.lives.iter().map(|life| LifeSummary::of(life, &deaths)).collect()
}

#[derive(Default)]
struct Sums {
    distance: f64,
    horizontal: f64,
    walked: f64,
    speed_ms: f64,
    moving_ms: i64,
    state_ms: [i64; State::ALL.len()],
    still_ms: i64,
    break_ms: [i64; BreakReason::ALL.len()],
    damage: i64,
    is_health_unknown: bool,
}

impl Sums {
    fn add(&mut self, step: &Step<'_>) {
        let (from, to) = (step.from, step.to);
        let horizontal = from.at.distance_2d(to.at);
        let counts = match step.kind {
            StepKind::Segment(_) | StepKind::Hidden(_) => true,
            StepKind::Break(BreakReason::Gap | BreakReason::Physics) => !breaks::is_jump(from, to),
            StepKind::Break(BreakReason::Teleport | BreakReason::Revive | BreakReason::Pause) => false,
        };
        if counts {
            self.distance += from.at.distance_3d(to.at);
            self.horizontal += horizontal;
        }
        // A revived player had lost all health.
        let left = if to.event == Event::Revived { Some(0) } else { to.known_health() };
        if let (Some(before), Some(left)) = (from.known_health(), left) {
            self.damage += (i64::from(before) - i64::from(left.max(0))).max(0);
        } else {
            self.is_health_unknown = true;
        }
        match step.kind {
            StepKind::Segment(state) | StepKind::Hidden(state) => {
                self.state_ms[state.index()] += step.dt_ms;
                self.walked += horizontal;
                if from.speed_ups > 0.0 && from.speed_ups.is_finite() {
                    self.speed_ms += f64::from(from.speed_ups) * step.dt_ms as f64;
                    self.moving_ms += step.dt_ms;
                }
                if horizontal * 1_000.0 < STILL_UPS * step.dt_ms as f64 {
                    self.still_ms += step.dt_ms;
                }
            }
            StepKind::Break(reason) => self.break_ms[reason as usize] += step.dt_ms,
        }
    }
}

/// A quotient, 0 where there is nothing to divide by.
fn ratio(sum: f64, by_ms: i64) -> f64 {
    if by_ms > 0 { sum / by_ms as f64 } else { 0.0 }
}
