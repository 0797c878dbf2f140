//! What a picture of a report shows.

use std::fmt::Write as _;

use crate::figure::heatmap::{By, Mode, Scale};
use crate::figure::paths::PathColor;
use crate::model::Team;

/// A picture that the page will show.
#[derive(Debug)]
pub struct Picture {
    /// Its name within the folder: `pictures/01-supply-heat.png`. Letters, digits, `_` and `-` only.
    pub file: String,
    /// What it shows, as a sentence.
    pub title: String,
    pub(super) subject: Subject,
    pub(super) rounds: Vec<usize>,
    pub(super) map: usize,
    pub(super) size_px: u32,
}

/// What a picture is about.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    /// A heatmap of one side, or of both, on a scale that others share.
    Heat { by: By, mode: Mode, team: Option<Team>, scale: Option<Scale> },
    /// Lives as lines.
    Paths(PathColor),
    /// The spawn exits.
    Exits,
    /// Kills and deaths over the movement.
    Kills,
    /// How early a side got where, up to a time in seconds.
    Arrival { team: Team, latest_s: Option<u32> },
    /// One life's card.
    Life { round: usize, track: usize },
}

impl Picture {
    /// Whether it is about a single life.
    pub(super) fn is_card(&self) -> bool {
        matches!(self.subject, Subject::Life { .. })
    }
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
