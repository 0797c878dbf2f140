//! What really happened in a simulated round, frame by frame: the measure for everything that is read from its file.

use super::body::Stance;
use super::people::roster::Player;
use crate::map::Side;
use crate::model::{Class, Weapon};

/// A simulated round. Times in ms since the round went live; players by their index, which is also their client number.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundTruth {
    /// The map's name.
    pub map: String,
    /// 1 or 2 (stopwatch).
    pub number: u8,
    /// Unix seconds at which it went live.
    pub start_unix: i64,
    /// When it ended.
    pub duration_ms: i32,
    /// From one Axis wave to the next.
    pub axis_wave_ms: i32,
    /// From one Allied wave to the next.
    pub allies_wave_ms: i32,
    /// Every player.
    pub players: Vec<Player>,
    /// Every life, in the order of their beginnings.
    pub lives: Vec<Life>,
    /// Every hit, in order.
    pub hits: Vec<Hit>,
    /// Every death, in order.
    pub deaths: Vec<Death>,
    /// Every revive, in order.
    pub revives: Vec<Revival>,
    /// The players who joined in mid-round.
    pub joins: Vec<LateJoin>,
}

impl RoundTruth {
    /// Unix seconds at which it ended.
    pub fn end_unix(&self) -> i64 {
        self.start_unix + i64::from(self.duration_ms) / 1_000
    }
}

/// One life: from a spawn to a death without a revive, or to another end.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    /// Whose.
    pub player: usize,
    /// For which side.
    pub side: Side,
    /// As what.
    pub class: Class,
    /// When it ended.
    pub end: LifeEnd,
    /// One every 50 ms from the spawn on; the last one shows the end.
    pub frames: Vec<Frame>,
}

impl Life {
    /// When it began, ms.
    pub fn spawn_ms(&self) -> i32 {
        self.frames.first().map_or(0, |frame| frame.time_ms)
    }

    /// When it ended, ms.
    pub fn end_ms(&self) -> i32 {
        self.frames.last().map_or(0, |frame| frame.time_ms)
    }

    /// The frame at a time, if the player was there.
    pub fn frame(&self, time_ms: i32) -> Option<&Frame> {
        let index = usize::try_from((time_ms - self.spawn_ms()) / super::FRAME_MS).ok()?;
        self.frames.get(index).filter(|frame| frame.time_ms == time_ms)
    }
}

/// How a life ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeEnd {
    /// By an enemy, with these means of death.
    Killed {
        /// Engine number.
        means: u8,
    },
    /// A self kill.
    SelfKill,
    /// The player left the server.
    Disconnect,
    /// The round ended.
    RoundEnd,
}

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The first one.
    Spawn,
    /// Alive.
    Alive,
    /// The moment of a death.
    Death,
    /// Wounded, waiting.
    Down,
    /// Just revived.
    Revived,
}

/// A player in one server frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// When.
    pub time_ms: i32,
    /// What it is.
    pub phase: Phase,
    /// The origin, units.
    pub at: [f32; 3],
    /// Units per second.
    pub velocity: [f32; 3],
    /// Radians from east, counterclockwise.
    pub yaw: f32,
    /// Health.
    pub health: i16,
    /// 0 … 20000.
    pub stamina: i32,
    /// In hand.
    pub weapon: Weapon,
    /// The stance.
    pub stance: Stance,
    /// Whether the player sprinted since the frame before.
    pub is_sprinting: bool,
    /// `ps.pm_flags` as the engine would show it.
    pub pm_flags: i32,
    /// `ps.eFlags` as the engine would show it.
    pub eflags: i32,
}

/// A hit by an enemy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// When.
    pub time_ms: i32,
    /// Who was hit.
    pub target: usize,
    /// The player who did it.
    pub attacker: usize,
    /// Damage.
    pub damage: i32,
    /// With what.
    pub weapon: Weapon,
}

/// A death.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Death {
    /// When.
    pub time_ms: i32,
    /// Who.
    pub victim: usize,
    /// The killer: the player for a self kill.
    pub killer: usize,
    /// Engine number.
    pub means: u8,
}

/// A revive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revival {
    /// When.
    pub time_ms: i32,
    /// Who was revived.
    pub player: usize,
    /// The player who did it.
    pub medic: usize,
}

/// A player who joined a team in mid-round and watches a team-mate until the first wave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LateJoin {
    /// Who.
    pub player: usize,
    /// When.
    pub time_ms: i32,
    /// When the player's first life began.
    pub until_ms: i32,
    /// The spawn spot the player seemed to stand at, origin.
    pub at: [f32; 3],
    /// The team-mate.
    pub watched: usize,
}
