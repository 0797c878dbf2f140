//! Which tracker wrote a file: decided by its columns and keys, never by its magic line.

use crate::format::read::header::Header;
use crate::model::{Family, RoundMeta};

/// What a file shows of its tracker.
pub(crate) struct Evidence<'a> {
    pub(crate) header: &'a Header,
    pub(crate) meta: &'a RoundMeta,
    /// The magic line's version number.
    pub(crate) magic: u32,
    /// Whether `PLAYER_TRACKS` has a `death_type`; `None` when there is no such section.
    pub(crate) death_type: Option<bool>,
    pub(crate) reaction_metrics: bool,
}

/// From this day on the tracker wrote round 1 or 2, where it had always written 1 before.
const ROUND_NUMBER_TRUE_SINCE: jiff::civil::Date = jiff::civil::date(2026, 2, 21);

impl Evidence<'_> {
    pub(crate) fn family(&self) -> Family {
        let place_of = |key| self.header.place_of(key);
        let unix = place_of("round_start_unix");
        let waves = place_of("axis_spawn_interval").or(place_of("allies_spawn_interval"));
        if self.meta.own_module || place_of("tracker_version_full").is_some() {
            return Family::V6_11;
        }
        match (self.death_type, unix, waves) {
            // A file that was cut before its tracks still shows the key that came with them.
            (None, None, None) if place_of("position_sample_interval").is_none() => Family::V3,
            (Some(false) | None, None, None) => Family::V4_0,
            (Some(true), None, None) => Family::V4_1,
            (_, Some(_), None) => self.early_or_late(),
            (_, None, Some(_)) => Family::V5Early,
            (_, Some(unix), Some(waves)) if waves < unix => Family::V5Early,
            // Trackers 5 and 6 share one shape. Here, and only here, the magic line gives the name.
            (_, Some(_), Some(_)) if self.magic < 6 => Family::V5_0,
            (_, Some(_), Some(_)) => Family::V6,
        }
    }

    fn early_or_late(&self) -> Family {
        let dated_late = self.meta.stamp.is_some_and(|stamp| stamp.date() >= ROUND_NUMBER_TRUE_SINCE);
        let late = self.reaction_metrics || dated_late || self.meta.round_raw.is_some_and(|round| round != 1);
        if late { Family::V4_2Late } else { Family::V4_2Early }
    }
}
