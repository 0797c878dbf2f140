//! An engagement: from the first hit a player takes to death or escape.

use super::player::{Guid, PlayerName, Team};
use super::time::LevelTime;
use super::weapon::Weapon;
use super::word::words;
use crate::geom::WorldPoint;

words! {
    /// How an engagement ended for its target.
    Outcome {
        /// The target died.
        Killed = "killed",
        /// The target got away.
        Escaped = "escaped",
        /// The round ended first.
        RoundEnd = "round_end",
        /// Nothing happened any more.
        Timeout = "timeout",
        /// The target left.
        Disconnect = "disconnect",
        /// The target changed sides (our own module).
        TeamChange = "teamchange",
        /// The server stopped.
        Shutdown = "shutdown",
        /// Killed by a team-mate.
        TeamKill = "teamkill",
        /// A self kill.
        SelfKill = "selfkill",
        /// Fell.
        Fallen = "fallen",
        /// Killed by the world.
        World = "world",
        /// Not known.
        Unknown = "unknown",
    }
}

words! {
    /// Why a position of an engagement was taken.
    EngagementEvent {
        /// The first hit.
        Start = "start",
        /// A hit.
        Hit = "hit",
        /// On the sampling grid.
        Sample = "sample",
        /// The target died.
        Death = "death",
        /// The target got away; most versions also write it for every other end that is not a death.
        Escape = "escape",
        /// The round ended first.
        RoundEnd = "round_end",
    }
}

/// One row of `ENGAGEMENTS`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Engagement {
    /// Number within the file.
    pub id: i64,
    /// First hit.
    pub start: LevelTime,
    /// End.
    pub end: LevelTime,
    /// Duration as written, ms.
    pub duration_ms: i64,
    /// Who was attacked.
    pub target_guid: Guid,
    /// The player's name.
    pub target_name: PlayerName,
    /// The player's side.
    pub target_team: Team,
    /// How it ended.
    pub outcome: Outcome,
    /// Damage taken in total.
    pub total_damage: i64,
    /// The killer, if there is one.
    pub killer_guid: Option<Guid>,
    /// The killer's name.
    pub killer_name: Option<PlayerName>,
    /// Number of attackers as written.
    pub num_attackers: i64,
    /// Whether two attackers hit within the crossfire window.
    pub is_crossfire: bool,
    /// From the first attacker's first hit to the second's, ms.
    pub crossfire_delay_ms: Option<i64>,
    /// Who took part in the crossfire.
    pub crossfire_participants: Vec<Guid>,
    /// Where it began.
    pub start_at: WorldPoint,
    /// Where it ended.
    pub end_at: WorldPoint,
    /// Distance the target covered, units.
    pub distance_units: f32,
    /// The target's positions.
    pub positions: Vec<EngagementPoint>,
    /// Who attacked.
    pub attackers: Vec<Attacker>,
}

/// A position of the target during an engagement.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EngagementPoint {
    /// When.
    pub time: LevelTime,
    /// Where.
    pub at: WorldPoint,
    /// Why it was taken.
    pub event: EngagementEvent,
}

/// One attacker of an engagement.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Attacker {
    /// Who.
    pub guid: Guid,
    /// The player's name.
    pub name: PlayerName,
    /// The player's side.
    pub team: Team,
    /// Damage dealt.
    pub damage: i64,
    /// Hits.
    pub hits: i64,
    /// First hit.
    pub first_hit: LevelTime,
    /// Last hit.
    pub last_hit: LevelTime,
    /// Whether this attacker made the kill.
    pub got_kill: bool,
    /// Hits by weapon; empty when the file says `0:0`.
    pub weapons: Vec<WeaponHits>,
}

/// Hits with one weapon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WeaponHits {
    /// The weapon.
    pub weapon: Weapon,
    /// Hits with it.
    pub hits: i64,
}
