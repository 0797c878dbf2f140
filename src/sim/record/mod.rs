//! Tracker files of a simulated round: as our own module would write them, or as the original tracker would, with
//! everything that it gets wrong.

pub(crate) mod engagements;
mod heat;
mod original;
mod own;
mod timeline;

use crate::format::TrackerFile;
use crate::model::{Family, LevelTime, Round, RoundMeta, StateSource, Team, Track};

use super::body::FRAME_MS;
use super::plan::Plan;
use super::random::Random;
use super::truth::RoundTruth;
use crate::geom::WorldPoint;
use crate::map::Side;
use timeline::Timeline;

/// The version of our own module whose files these are like.
const MODULE_VERSION: &str = "1.0.0";
/// What our own module can record, all of it switched on.
const CAPABILITIES: [&str; 6] = [
    "engagement_tracking",
    "crossfire_detection",
    "escape_detection",
    "heatmap_generation",
    "revive_tracking",
    "sample_detail",
];
const CROSSFIRE_WINDOW_MS: i32 = 1_000;
const ESCAPE_TIME_MS: i32 = 5_000;
const ESCAPE_UNITS: f64 = 300.0;

/// Which tracker writes the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tracker {
    /// The original, 4.0 (January 2026): nine track columns.
    V4_0,
    /// The original, 4.1: with death types.
    V4_1,
    /// Our own module, in the shape of 6.11: true stance and sprint, and lives that go on after a revive.
    #[default]
    Own,
}

impl Tracker {
    /// The trackers by the names that the command line uses.
    pub const NAMES: [(&'static str, Self); 3] =
        [("4.0", Self::V4_0), ("4.1", Self::V4_1), ("6.11", Self::Own)];

    /// The tracker with this name: `4.0`, `4.1` or `6.11`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, tracker)| *tracker)
    }

    fn family(self) -> Family {
        match self {
            Self::V4_0 => Family::V4_0,
            Self::V4_1 => Family::V4_1,
            Self::Own => Family::V6_11,
        }
    }
}

/// The file that a tracker would have written of a round, sampling every `interval_ms` (50 at least).
///
/// `plan` tells where the intermission camera stands: the original tracker records it as every survivor's last place.
pub fn record(truth: &RoundTruth, plan: &Plan, tracker: Tracker, interval_ms: u32) -> TrackerFile {
    let timeline = Timeline::new(truth);
    let interval_ms = interval_ms.clamp(FRAME_MS as u32, 5_000);
    let grid = Grid::new(truth, tracker, interval_ms as i32);
    let tracks: Vec<Track> = match tracker {
        Tracker::Own => own::tracks(truth, &grid),
        Tracker::V4_0 | Tracker::V4_1 => original::tracks(truth, &timeline, plan, &grid, tracker),
    };
    let engagements = engagements::engagements(truth, &timeline, &grid, tracker);
    let round = Round {
        meta: meta(truth, tracker, interval_ms),
        kill_cells: heat::kills(truth, &timeline, tracker),
        movement_cells: heat::movements(truth, &timeline, &tracks, &engagements),
        revives: if tracker == Tracker::Own { own::revives(truth, &timeline) } else { Vec::new() },
        tracks,
        engagements,
    };
    TrackerFile::from_round(round)
}

fn meta(truth: &RoundTruth, tracker: Tracker, interval_ms: u32) -> RoundMeta {
    let own = tracker == Tracker::Own;
    let number = i32::from(truth.number);
    RoundMeta {
        map: truth.map.as_str().into(),
        // The original counts rounds from 0.
        round_raw: Some(if own { number } else { number - 1 }),
        family: tracker.family(),
        tracker_version: own.then(|| MODULE_VERSION.into()),
        state_source: if own { StateSource::EflagsStamina } else { StateSource::PmFlags },
        own_module: own,
        interval_ms: Some(interval_ms),
        crossfire_window_ms: Some(CROSSFIRE_WINDOW_MS as u32),
        escape_time_ms: Some(ESCAPE_TIME_MS as u32),
        escape_distance_units: Some(ESCAPE_UNITS as u32),
        start_unix: Some(truth.start_unix),
        end_unix: Some(truth.end_unix()),
        axis_spawn_interval_ms: Some(truth.axis_wave_ms as u32),
        allies_spawn_interval_ms: Some(truth.allies_wave_ms as u32),
        capabilities: if own { CAPABILITIES.map(|name| (name.into(), true)).to_vec() } else { Vec::new() },
        stamp: None,
        file_name: None,
        content_hash: "".into(),
        complete: true,
        winner: None,
        objectives: Vec::new(),
        recorder_view: None,
        recordings: None,
        parts: Vec::new(),
        renamed: None,
    }
}

/// When a tracker samples, and what its clock shows.
#[derive(Debug)]
pub(crate) struct Grid {
    /// In ms since the round went live.
    ticks: Vec<i32>,
    /// What the file's clock is ahead of that.
    offset_ms: i32,
}

impl Grid {
    fn new(truth: &RoundTruth, tracker: Tracker, interval_ms: i32) -> Self {
        let (mut next, offset_ms) = match tracker {
            Tracker::Own => (interval_ms, 0),
            Tracker::V4_0 | Tracker::V4_1 => {
                // It subtracts one clock from another, so its zero is arbitrary.
                let mut random = Random::new(truth.start_unix as u64, 4);
                (random.millis(0, interval_ms), random.millis(-900, 700))
            }
        };
        let mut ticks = Vec::new();
        // The last frame is the intermission's, in which no samples are taken.
        for now in (FRAME_MS..truth.duration_ms).step_by(FRAME_MS as usize) {
            if now >= next {
                ticks.push(now);
                next += interval_ms;
                next = if next <= now { now + interval_ms } else { next };
            }
        }
        Self { ticks, offset_ms }
    }

    /// The ticks after one moment and before another.
    fn between(&self, after_ms: i32, before_ms: i32) -> &[i32] {
        let from = self.ticks.partition_point(|tick| *tick <= after_ms);
        let to = self.ticks.partition_point(|tick| *tick < before_ms);
        &self.ticks[from.min(to)..to]
    }

    fn time(&self, now_ms: i32) -> LevelTime {
        LevelTime(now_ms + self.offset_ms)
    }
}

/// A coordinate or speed as files have it: to a tenth, and never −0.
fn tenth(value: f32) -> f32 {
    ((f64::from(value) * 10.0 + 0.5).floor() / 10.0) as f32 + 0.0
}

fn point(at: [f32; 3]) -> WorldPoint {
    WorldPoint::new(tenth(at[0]), tenth(at[1]), tenth(at[2]))
}

fn team(side: Side) -> Team {
    match side {
        Side::Axis => Team::Axis,
        Side::Allies => Team::Allies,
    }
}
