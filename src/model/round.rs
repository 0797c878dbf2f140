//! What one tracker file holds.

use super::engagement::Engagement;
use super::objective::ObjectiveEvent;
use super::player::{Guid, PlayerName, Team};
use super::time::{FileStamp, LevelTime};
use super::track::Track;
use crate::geom::WorldPoint;

/// Side of the cells of the file's own heatmaps, units. Cell index = floor(coordinate / 512).
pub const HEAT_CELL_UNITS: i32 = 512;

/// Version family of a tracker file, by its shape (never by its magic line).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Family {
    /// Engagements only, no tracks.
    V3,
    /// Nine track columns.
    V4_0,
    /// Ten track columns.
    V4_1,
    /// Unix keys; round number always 1, no `REACTION_METRICS`.
    V4_2Early,
    /// Unix keys, round number 1 or 2, `REACTION_METRICS`.
    V4_2Late,
    /// The dead-end branch whose header has the spawn intervals before the Unix keys.
    V5Early,
    /// Level clock with an arbitrary zero; team play sections.
    V5_0,
    /// Magic line `_V6`, no `tracker_version_full`.
    V6,
    /// `tracker_version_full` and later.
    V6_11,
}

impl Family {
    /// The name shown to users: `v3`, `4.0`, `4.1`, `4.2`, `5`, `6`, `6.11`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V3 => "v3",
            Self::V4_0 => "4.0",
            Self::V4_1 => "4.1",
            Self::V4_2Early | Self::V4_2Late => "4.2",
            Self::V5Early | Self::V5_0 => "5",
            Self::V6 => "6",
            Self::V6_11 => "6.11",
        }
    }
}

/// Where a tracker took stance and sprint from (header key `state_source`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum StateSource {
    /// The original tracker: `pm_flags` misread (the key is absent).
    PmFlags,
    /// Our own module: true stance, sprint inferred from stamina (`eflags+stamina`).
    EflagsStamina,
    /// Another value, kept as it stood.
    Other(Box<str>),
}

/// What a file says about its round as a whole.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RoundMeta {
    /// Map name as in the `mapname` cvar, as written. Foreign text: never a path.
    pub map: Box<str>,
    /// The header's round number as written; its meaning depends on the family (`analysis::session`).
    pub round_raw: Option<i32>,
    /// Version family.
    pub family: Family,
    /// `tracker_version_full` (or our module's `tracker_version`), if written.
    pub tracker_version: Option<Box<str>>,
    /// Where stance and sprint come from.
    pub state_source: StateSource,
    /// Whether our own module wrote the file (`tracker=proximity`).
    pub own_module: bool,
    /// Declared sampling interval, ms.
    pub interval_ms: Option<u32>,
    /// `crossfire_window`, ms.
    pub crossfire_window_ms: Option<u32>,
    /// `escape_time`, ms.
    pub escape_time_ms: Option<u32>,
    /// `escape_distance`, units.
    pub escape_distance_units: Option<u32>,
    /// Unix seconds; `None` when absent or 0.
    pub start_unix: Option<i64>,
    /// Unix seconds; `None` when absent or 0.
    pub end_unix: Option<i64>,
    /// Axis wave interval, ms; `None` when absent or 0.
    pub axis_spawn_interval_ms: Option<u32>,
    /// Allied wave interval, ms; `None` when absent or 0.
    pub allies_spawn_interval_ms: Option<u32>,
    /// `capabilities`: name and whether it was on.
    pub capabilities: Vec<(Box<str>, bool)>,
    /// Date and time from the file's name.
    pub stamp: Option<FileStamp>,
    /// The file's name (no folder), if it was read from a file.
    pub file_name: Option<Box<str>>,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub content_hash: Box<str>,
    /// Whether the file is whole (no sign of truncation).
    pub complete: bool,
    /// The side that won; `None` where the file does not tell.
    #[cfg_attr(feature = "serde", serde(default))]
    pub winner: Option<Team>,
    /// What happened to objectives, in the order of time. Empty where the file does not tell.
    #[cfg_attr(feature = "serde", serde(default))]
    pub objectives: Vec<ObjectiveEvent>,
    /// What the recorder saw of the other players; `None` where every player is there, whole.
    pub recorder_view: Option<RecorderView>,
    /// The recordings that it was read from; `None` where the game server wrote the file itself.
    #[cfg_attr(feature = "serde", serde(default))]
    pub recordings: Option<Recordings>,
    /// The files of a round that was recorded in several, in the order of time; empty for a round of one file.
    pub parts: Vec<RecordedPart>,
    /// Changes whenever a store gives players of the round other names; `None` for the names of the file.
    #[cfg_attr(feature = "serde", serde(default))]
    pub renamed: Option<Box<str>>,
}

/// The demos that a round was read from, and the tracker file of the same round, if they were put together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Recordings {
    /// Their files' names (no folders), in the order in which they were given.
    pub files: Vec<Box<str>>,
    /// Moments at which two of them put one player in different places.
    pub conflicts: u32,
    /// Whether the round's date is the last change of the demo's file: nothing in a demo tells when it was recorded.
    pub dated_by_file: bool,
}

/// How much of the others there is in a round that one or several players recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RecorderView {
    /// How long the others were in view, added up over all of them, ms.
    pub seen_ms: u64,
    /// How long they were alive, ms. The death of a player comes to all clients; of a spawn out of view only the latest time
    /// is known, one wave after the death.
    pub alive_ms: u64,
}

impl RecorderView {
    /// The share of their time alive in which the others were in view; 1 where there were none.
    pub fn share(&self) -> f64 {
        if self.alive_ms == 0 { 1.0 } else { self.seen_ms as f64 / self.alive_ms as f64 }
    }
}

impl std::ops::Add for RecorderView {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            seen_ms: self.seen_ms.saturating_add(other.seen_ms),
            alive_ms: self.alive_ms.saturating_add(other.alive_ms),
        }
    }
}

/// One file of a round that was recorded in several.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RecordedPart {
    /// The file's name (no folder), if it was read from a file.
    pub file_name: Option<Box<str>>,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub content_hash: Box<str>,
    /// The first moment that it tells of.
    pub from: LevelTime,
    /// The last one.
    pub to: LevelTime,
}

impl RoundMeta {
    /// What tells this round from every other, and from itself under other names.
    pub fn content_key(&self) -> String {
        match &self.renamed {
            Some(renamed) => format!("{} {renamed}", self.content_hash),
            None => self.content_hash.to_string(),
        }
    }

    /// Time between the parts of the round, of which no file tells, ms.
    pub fn unrecorded_ms(&self) -> i64 {
        self.parts.windows(2).map(|pair| pair[1].from.since(pair[0].to).max(0)).sum()
    }
}

impl Default for RoundMeta {
    /// What is known of a round before its file is read: of the oldest family, and complete until something is missing.
    fn default() -> Self {
        Self {
            map: "".into(),
            round_raw: None,
            family: Family::V3,
            tracker_version: None,
            state_source: StateSource::PmFlags,
            own_module: false,
            interval_ms: None,
            crossfire_window_ms: None,
            escape_time_ms: None,
            escape_distance_units: None,
            start_unix: None,
            end_unix: None,
            axis_spawn_interval_ms: None,
            allies_spawn_interval_ms: None,
            capabilities: Vec::new(),
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
}

/// A cell of the file's kill heatmap: where victims died, counted for the killer's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KillCell {
    /// Cell index east.
    pub x: i32,
    /// Cell index north.
    pub y: i32,
    /// Kills by Axis.
    pub axis_kills: i64,
    /// Kills by Allies.
    pub allies_kills: i64,
}

/// A cell of the file's movement heatmap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MovementCell {
    /// Cell index east.
    pub x: i32,
    /// Cell index north.
    pub y: i32,
    /// Grid samples of all lives.
    pub traversal: i64,
    /// Hits taken.
    pub combat: i64,
    /// Escapes.
    pub escape: i64,
}

/// One row of `REVIVES`: the only evidence of the life that follows in files of the original tracker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Revive {
    /// When.
    pub time: LevelTime,
    /// Who was revived.
    pub guid: Guid,
    /// The player's name.
    pub name: PlayerName,
    /// The medic.
    pub medic_guid: Guid,
    /// Where.
    pub at: WorldPoint,
}

/// One round: what one tracker file holds.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Round {
    /// About the round as a whole.
    pub meta: RoundMeta,
    /// Lives, in file order.
    pub tracks: Vec<Track>,
    /// Engagements, in file order.
    pub engagements: Vec<Engagement>,
    /// The file's kill heatmap.
    pub kill_cells: Vec<KillCell>,
    /// The file's movement heatmap.
    pub movement_cells: Vec<MovementCell>,
    /// Revives, where the file lists them.
    pub revives: Vec<Revive>,
}

/// A player farther than this from where something happened did not do it, units.
const DOER_WITHIN_UNITS: f64 = 128.0;

impl Round {
    /// Samples of all its lives.
    pub fn samples(&self) -> usize {
        self.tracks.iter().map(|track| track.samples.len()).sum()
    }

    /// The life of `team` whose path was nearest to a place at a time, if one was there: who did what an
    /// [`ObjectiveEvent`] tells.
    pub fn life_at(&self, time: LevelTime, team: &Team, at: WorldPoint) -> Option<&Track> {
        let distance = |track: &Track| {
            let after = track.samples.partition_point(|sample| sample.time < time);
            let around = [after.checked_sub(1), Some(after)].into_iter().flatten();
            let near = around.filter_map(|place| track.samples.get(place));
            near.map(|sample| sample.at.distance_3d(at)).min_by(f64::total_cmp)
        };
        let lived = |track: &&Track| {
            track.team == *team && track.spawn <= time && track.end.is_none_or(|end| time <= end)
        };
        let lives = self.tracks.iter().filter(lived).filter_map(|track| Some((distance(track)?, track)));
        let (away, track) = lives.min_by(|a, b| a.0.total_cmp(&b.0))?;
        (away <= DOER_WITHIN_UNITS).then_some(track)
    }
}
