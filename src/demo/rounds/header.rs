//! What a round from a demo says of itself, as a tracker file's header would.

use super::engagements::{CROSSFIRE_WINDOW_MS, ESCAPE_DISTANCE_UNITS, ESCAPE_TIME_MS};
use crate::model::{Family, ObjectiveEvent, RecorderView, RoundMeta, StateSource, Team};

/// What stands in the place of our own module's version.
const VERSION: &str = "demo";
/// A server's frame when it has the usual rate, ms.
const USUAL_FRAME_MS: u32 = 50;

/// What is known of a round when it ends.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) map: Box<str>,
    pub(super) number: i32,
    pub(super) interval_ms: u32,
    /// Axis and Allied wave intervals, ms.
    pub(super) waves_ms: [Option<u32>; 2],
    /// What a client saw of the others; `None` where every player is there.
    pub(super) recorder_view: Option<RecorderView>,
    pub(super) complete: bool,
    pub(super) winner: Option<Team>,
    pub(super) objectives: Vec<ObjectiveEvent>,
}

impl Header {
    /// The header in the model's terms. Its states mean what our own module's mean: stance is the engine's, sprint is
    /// inferred from stamina, else from speed.
    pub(super) fn meta(self) -> RoundMeta {
        RoundMeta {
            map: self.map,
            round_raw: Some(self.number),
            family: Family::V6_11,
            tracker_version: Some(VERSION.into()),
            state_source: StateSource::EflagsStamina,
            own_module: true,
            interval_ms: Some(if self.interval_ms == 0 { USUAL_FRAME_MS } else { self.interval_ms }),
            crossfire_window_ms: Some(CROSSFIRE_WINDOW_MS),
            escape_time_ms: Some(ESCAPE_TIME_MS),
            escape_distance_units: Some(ESCAPE_DISTANCE_UNITS),
            start_unix: None,
            end_unix: None,
            axis_spawn_interval_ms: self.waves_ms[0],
            allies_spawn_interval_ms: self.waves_ms[1],
            capabilities: capabilities(self.recorder_view.is_none()),
            stamp: None,
            file_name: None,
            content_hash: "".into(),
            complete: self.complete,
            winner: self.winner,
            objectives: self.objectives,
            recorder_view: self.recorder_view,
            recordings: None,
            parts: Vec::new(),
            renamed: None,
        }
    }
}

/// What the round holds; `all_players` is off when others are there only while the recorder saw them.
fn capabilities(everyone: bool) -> Vec<(Box<str>, bool)> {
    let flags = [
        ("engagement_tracking", true),
        ("crossfire_detection", true),
        ("escape_detection", true),
        ("heatmap_generation", true),
        ("revive_tracking", true),
        ("sample_detail", true),
        ("all_players", everyone),
    ];
    flags.map(|(name, on)| (name.into(), on)).into()
}
