//! What happened to a map's objectives.

use super::player::Team;
use super::time::LevelTime;
use crate::geom::WorldPoint;

/// Something that a player did with an objective, as far as a tracker or a demo tells it.
///
/// The player is told by [`Round::life_at`](crate::Round::life_at): a GUID here would have to be forgotten in one more place.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ObjectiveEvent {
    /// When; of a carried objective, when it was taken.
    pub time: LevelTime,
    /// The player's side.
    pub team: Team,
    /// What was done.
    pub deed: ObjectiveDeed,
    /// The objective's name as the file writes it; of a carried one, the side it belongs to. Empty where it is not told.
    pub objective: Box<str>,
    /// Where the player was; where a carried objective was taken, or lay when it was returned.
    pub at: Option<WorldPoint>,
}

/// What was done with an objective.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ObjectiveDeed {
    /// A row of `CONSTRUCTION_EVENTS`: its `event_type`, as written.
    Work(Box<str>),
    /// A row of `CARRIER_EVENTS`: until when it was carried, if that is told, and its `outcome`, as written.
    Carry {
        /// When it was dropped, lost or delivered.
        until: Option<LevelTime>,
        /// How it ended.
        outcome: Box<str>,
    },
    /// A row of `CARRIER_RETURNS`.
    Return,
}

impl ObjectiveEvent {
    /// The order in which a round holds them: by time; at one time as the file's sections follow each other.
    pub(crate) fn order(&self) -> (LevelTime, u8) {
        let section = match self.deed {
            ObjectiveDeed::Work(_) => 0,
            ObjectiveDeed::Carry { .. } => 1,
            ObjectiveDeed::Return => 2,
        };
        (self.time, section)
    }
}
