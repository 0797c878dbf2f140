//! One timed position.

use super::time::LevelTime;
use super::weapon::Weapon;
use crate::geom::WorldPoint;

/// Why a sample was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Event {
    /// First sample of a life.
    Spawn,
    /// On the sampling grid.
    Sample,
    /// A revive: the life goes on.
    Revived,
    /// Last sample, tracker 4.0: a death or a disconnect.
    Death,
    /// Last sample: the round ended. Its position is the intermission camera in every version but our own.
    RoundEnd,
    /// Last sample, tracker 4.1 and later: the death type itself.
    Killed,
    /// Last sample: self kill, or a carbine kill in most versions.
    SelfKill,
    /// Last sample: a fall, or a K98 kill in most versions.
    Fallen,
    /// Last sample: killed by the world.
    World,
    /// Last sample: killed by a team-mate.
    TeamKill,
    /// Last sample: changed sides while alive (our own module; others write `selfkill`).
    TeamChange,
    /// Last sample: left the server.
    Disconnect,
    /// Last sample: another spawn replaced a life that was still open.
    Unknown,
    /// Last sample: the server stopped or changed maps.
    Shutdown,
    /// A word this program does not know: index into the life's [`super::track::Track::other_events`].
    Other(u8),
}

impl Event {
    /// The known words, as the file writes them.
    pub const KNOWN: [(&'static str, Self); 14] = [
        ("sample", Self::Sample),
        ("spawn", Self::Spawn),
        ("revived", Self::Revived),
        ("death", Self::Death),
        ("round_end", Self::RoundEnd),
        ("killed", Self::Killed),
        ("selfkill", Self::SelfKill),
        ("fallen", Self::Fallen),
        ("world", Self::World),
        ("teamkill", Self::TeamKill),
        ("teamchange", Self::TeamChange),
        ("disconnect", Self::Disconnect),
        ("unknown", Self::Unknown),
        ("shutdown", Self::Shutdown),
    ];

    /// Whether this event ends a life. In our own module's files it may also stand in mid-path, where a
    /// [`Event::Revived`] follows: the player fell, was revived, and the life went on.
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Spawn | Self::Sample | Self::Revived | Self::Other(_))
    }

    /// Whether the life ended without a death.
    pub fn is_survival(self) -> bool {
        matches!(self, Self::RoundEnd | Self::Shutdown | Self::Disconnect | Self::TeamChange)
    }
}

/// One timed position of a life, as recorded. 28 bytes, copied freely.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sample {
    /// When, ms on the file's clock.
    pub time: LevelTime,
    /// Where (the player's origin), units.
    pub at: WorldPoint,
    /// Horizontal speed, units per second.
    pub speed_ups: f32,
    /// Health; can exceed 100. [`Self::UNKNOWN_HEALTH`] where it is not known.
    pub health: i16,
    /// Weapon in hand.
    pub weapon: Weapon,
    /// The stance column as written. What it means depends on the file: see `analysis::state`.
    pub stance: u8,
    /// The sprint column as written.
    pub sprint: u8,
    /// Why it was taken.
    pub event: Event,
}

impl Sample {
    /// Stands in [`Self::health`] where it is not known: a player's own demo shows others without their health.
    pub const UNKNOWN_HEALTH: i16 = i16::MIN;

    /// Health, where it is known.
    pub fn known_health(&self) -> Option<i16> {
        (self.health != Self::UNKNOWN_HEALTH).then_some(self.health)
    }

    /// Whether the player is known to lie wounded or dead.
    pub fn is_down(&self) -> bool {
        self.known_health().is_some_and(|health| health <= 0)
    }
}
