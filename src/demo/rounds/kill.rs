//! One line of a kill list.

use crate::demo::meaning::Means;
use crate::geom::WorldPoint;
use crate::model::{DeathType, Guid, LevelTime, PlayerName, Team, Weapon};

/// Who was there when a player died.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// The slot on the server.
    pub slot: u8,
    /// Identity within the demo.
    pub guid: Guid,
    /// Name at that time.
    pub name: PlayerName,
    /// Side; `None` when it is not known.
    pub team: Option<Team>,
    /// Where the player was; `None` when that was not visible.
    pub at: Option<WorldPoint>,
}

/// A death, as the server told every client.
#[derive(Debug, Clone, PartialEq)]
pub struct Kill {
    /// When, on the round's clock.
    pub time: LevelTime,
    /// When, on the demo's own clock, ms: where to jump to in a player.
    pub server_time: i32,
    /// Who died.
    pub victim: Party,
    /// Who did it; `None` for the world.
    pub killer: Option<Party>,
    /// How the death counts.
    pub kind: DeathType,
    /// What the victim died of.
    pub means: Means,
    /// The weapon behind it, else the one in the killer's hands where the mod tells.
    pub weapon: Option<Weapon>,
    /// Whether the last hit was a head shot; always false where the mod does not tell.
    pub head_shot: bool,
}
