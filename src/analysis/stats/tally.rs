//! The figures of many lives: per player, class, map, round, or anything else.

use std::collections::BTreeMap;

use super::summary::{LifeSummary, summaries};
use crate::analysis::life::cleaned::Life;
use crate::analysis::life::lives::Lives;
use crate::analysis::life::state::State;

/// Sums over many lives, in integers, so that neither the order of lives nor that of [`Tally::merge`] matters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Lives.
    pub lives: u64,
    /// Samples behind them.
    pub samples: u64,
    /// Time alive, ms.
    pub alive_ms: i64,
    /// Time with a known path, ms.
    pub recorded_ms: i64,
    /// Time in each state, ms, by [`State::index`].
    pub state_ms: [i64; State::ALL.len()],
    /// Time standing still, ms.
    pub still_ms: i64,
    /// Lives that ended in a certain death.
    pub deaths: u64,
    /// Revives within lives: each stands for one more death.
    pub revives: u64,
    /// Distance in space, thousandths of a unit.
    pub distance_milliunits: u64,
    /// Distance in the plane, thousandths of a unit.
    pub horizontal_milliunits: u64,
    /// Highest speed, thousandths of a unit per second.
    pub peak_milliups: u64,
    /// Time alive of the lives whose file records sprint, ms.
    pub sprint_alive_ms: i64,
    /// Health lost in the lives that tell it, points, and how many lives those are.
    damage_taken: (i64, u64),
    durations: Mean,
    avg_speeds: Mean,
    sprint_shares: Mean,
    first_moves: BTreeMap<i64, u64>,
}

/// A sum of thousandths and how many values it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Mean {
    thousandths: i128,
    count: u64,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value.filter(|v| v.is_finite()) {
            self.thousandths += (value * 1_000.0).round() as i128;
            self.count += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.thousandths += other.thousandths;
        self.count += other.count;
    }

    fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.thousandths as f64 / self.count as f64 / 1_000.0)
    }
}

impl Tally {
    /// Adds one life.
    pub fn add(&mut self, life: &LifeSummary) {
        self.lives += 1;
        self.samples += life.sample_count;
        self.alive_ms += life.alive_ms;
        self.recorded_ms += life.recorded_ms;
        for (sum, ms) in self.state_ms.iter_mut().zip(life.state_ms) {
            *sum += ms;
        }
        self.still_ms += life.still_ms;
        self.damage_taken.0 += life.damage_taken.unwrap_or_default();
        self.damage_taken.1 += u64::from(life.damage_taken.is_some());
        self.deaths += life.deaths;
        self.revives += life.revives;
        self.distance_milliunits += thousandths(life.total_distance_units);
        self.horizontal_milliunits += thousandths(life.horizontal_distance_units);
        self.peak_milliups = self.peak_milliups.max(thousandths(life.peak_speed_ups));
        if life.sprint_percentage.is_some() {
            self.sprint_alive_ms += life.alive_ms;
        }
        self.durations.add(life.duration_ms.map(|ms| ms as f64));
        self.avg_speeds.add(life.avg_speed_ups);
        self.sprint_shares.add(life.sprint_percentage);
        if let Some(ms) = life.time_to_first_move_ms {
            *self.first_moves.entry(ms).or_default() += 1;
        }
    }

    /// Health lost, points; `None` where no life tells it.
    pub fn damage_taken(&self) -> Option<i64> {
        let (points, lives) = self.damage_taken;
        (lives > 0 || self.lives == 0).then_some(points)
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        self.lives += other.lives;
        self.samples += other.samples;
        self.alive_ms += other.alive_ms;
        self.recorded_ms += other.recorded_ms;
        for (sum, ms) in self.state_ms.iter_mut().zip(other.state_ms) {
            *sum += ms;
        }
        self.still_ms += other.still_ms;
        self.damage_taken.0 += other.damage_taken.0;
        self.damage_taken.1 += other.damage_taken.1;
        self.deaths += other.deaths;
        self.revives += other.revives;
        self.distance_milliunits += other.distance_milliunits;
        self.horizontal_milliunits += other.horizontal_milliunits;
        self.peak_milliups = self.peak_milliups.max(other.peak_milliups);
        self.sprint_alive_ms += other.sprint_alive_ms;
        self.durations.merge(other.durations);
        self.avg_speeds.merge(other.avg_speeds);
        self.sprint_shares.merge(other.sprint_shares);
        for (&ms, &count) in &other.first_moves {
            *self.first_moves.entry(ms).or_default() += count;
        }
    }

    /// Mean duration of a life, ms.
    pub fn mean_duration_ms(&self) -> Option<f64> {
        self.durations.value()
    }

    /// Mean of the lives' `avg_speed`, each life counting once (the original tracker's "fastest players"), u/s.
    pub fn mean_avg_speed_ups(&self) -> Option<f64> {
        self.avg_speeds.value()
    }

    /// Mean of the lives' `sprint_percentage`, each life counting once (the original tracker's "sprint usage"); `None` where no
    /// life records sprint.
    pub fn mean_sprint_percentage(&self) -> Option<f64> {
        self.sprint_shares.value()
    }

    /// Share of the time alive spent sprinting, percent, each second counting once.
    pub fn sprint_percentage(&self) -> Option<f64> {
        let sprint_ms = self.state_ms[State::Sprint.index()];
        (self.sprint_alive_ms > 0).then(|| 100.0 * sprint_ms as f64 / self.sprint_alive_ms as f64)
    }

    /// Lives in which the player moved at all.
    pub fn moved_lives(&self) -> u64 {
        self.first_moves.values().sum()
    }

    /// Mean time from spawn to the first move (the original tracker's "reaction time"), ms.
    pub fn mean_first_move_ms(&self) -> Option<f64> {
        let count = self.moved_lives();
        let sum: i128 = self.first_moves.iter().map(|(&ms, &n)| i128::from(ms) * i128::from(n)).sum();
        (count > 0).then(|| sum as f64 / count as f64)
    }

    /// Median time from spawn to the first move, ms (the lower one of two).
    pub fn median_first_move_ms(&self) -> Option<i64> {
        let count = self.moved_lives();
        let mut below = 0;
        let middle = self.first_moves.iter().find(|&(_, &n)| {
            below += n;
            below * 2 >= count
        });
        middle.map(|(&ms, _)| ms)
    }

    /// Distance in space, units.
    pub fn distance_units(&self) -> f64 {
        self.distance_milliunits as f64 / 1_000.0
    }

    /// Mean speed over all recorded time, standing included, u/s. The straight lines over gaps count as distance.
    pub fn mean_speed_ups(&self) -> Option<f64> {
        (self.recorded_ms > 0).then(|| self.horizontal_milliunits as f64 / self.recorded_ms as f64)
    }

    /// Highest speed, u/s.
    pub fn peak_speed_ups(&self) -> f64 {
        self.peak_milliups as f64 / 1_000.0
    }

    /// Share of recorded time in a state, 0 … 1; 0 without recorded time.
    pub fn state_share(&self, state: State) -> f64 {
        if self.recorded_ms > 0 { self.state_ms[state.index()] as f64 / self.recorded_ms as f64 } else { 0.0 }
    }
}

/// Tallies lives by a key: a player ([`crate::analysis::session::player::PlayerKey`]), a class, a map, a round.
pub fn tally_by<'l, 'a: 'l, K: Ord>(
    rounds: impl IntoIterator<Item = &'l Lives<'a>>,
    key: impl Fn(&Life<'a>) -> K,
) -> BTreeMap<K, Tally> {
    let mut tallies: BTreeMap<K, Tally> = BTreeMap::new();
    for lives in rounds {
        for (life, summary) in lives.lives.iter().zip(summaries(lives)) {
            tallies.entry(key(life)).or_default().add(&summary);
        }
    }
    tallies
}

fn thousandths(value: f64) -> u64 {
    (value * 1_000.0).round() as u64
}
