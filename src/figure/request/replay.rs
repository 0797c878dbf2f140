//! The options of a replay.

use serde::{Deserialize, Serialize};

use crate::figure::replay::{Align, Chips, Ghost, TrailLength};

/// Lives that move, as an animation or a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Replay {
    /// The round of this tracker file, where a map was played several times. Default: the only round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where the lives' clocks begin. Default: with the round.
    pub align: Align,
    /// How much of the path behind a player is drawn. Default: the last 6 s.
    pub trail: TrailLength,
    /// How much of each path is drawn faintly below. Default: all of it.
    pub ghost: Ghost,
    /// Whether a chip beside each name tells weapon and state. Default: while there are few players.
    pub chips: Chips,
    /// Let the camera follow this player. Default: the whole map stays in view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow: Option<String>,
    /// How close a following camera is, times the whole map. Default: 2.5.
    pub zoom: f32,
    /// How many times faster than life. Default: 4.
    pub speed: f64,
    /// Pictures a second. Default: 10.
    pub fps: u32,
    /// Largest size of an animation, megabytes. Default: 8.
    pub budget_mb: f64,
}

impl Default for Replay {
    fn default() -> Self {
        Self {
            file: None,
            align: Align::default(),
            trail: TrailLength::default(),
            ghost: Ghost::default(),
            chips: Chips::default(),
            follow: None,
            zoom: 2.5,
            speed: 4.0,
            fps: 10,
            budget_mb: 8.0,
        }
    }
}
