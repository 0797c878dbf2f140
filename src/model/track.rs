//! One life of one player.

use super::player::{Class, Guid, PlayerName, Team};
use super::sample::{Event, Sample};
use super::time::LevelTime;
use super::word::words;

words! {
    /// How a life ended, as written. In most versions `selfkill` and `fallen` hide kills by carbine and K98.
    DeathType {
        /// By an enemy.
        Killed = "killed",
        /// A self kill, or (wrongly) a carbine's.
        SelfKill = "selfkill",
        /// By a fall, or (wrongly) by a K98.
        Fallen = "fallen",
        /// By the world.
        World = "world",
        /// By a team-mate.
        TeamKill = "teamkill",
        /// Alive when the round ended.
        RoundEnd = "round_end",
        /// Changed sides while alive (our own module; others write `selfkill`).
        TeamChange = "teamchange",
        /// Left the server.
        Disconnect = "disconnect",
        /// Replaced by a new spawn.
        Unknown = "unknown",
        /// Alive when the server stopped.
        Shutdown = "shutdown",
    }
}

/// One life, spawn to end: one row of `PLAYER_TRACKS`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Track {
    /// Who.
    pub guid: Guid,
    /// The player's name at that time.
    pub name: PlayerName,
    /// The player's side.
    pub team: Team,
    /// The player's class at spawn.
    pub class: Class,
    /// When the player spawned.
    pub spawn: LevelTime,
    /// When the life ended, for every kind of end; `None` when the field is empty.
    pub end: Option<LevelTime>,
    /// First grid sample above 10 u/s; `None` when there was none.
    pub first_move: Option<LevelTime>,
    /// How it ended; `None` in files that have no such column.
    pub death_type: Option<DeathType>,
    /// The number of samples that the row claims to have.
    pub declared_samples: u64,
    /// The samples, in file order.
    pub samples: Vec<Sample>,
    /// Event words of this life that [`super::sample::Event`] does not know.
    pub other_events: Vec<Box<str>>,
    /// What stood after each sample's tenth value; empty when nothing did.
    pub tails: Tails,
}

impl Track {
    /// Whether the life is told from its spawn on. In a demo it may begin where the player comes into view: then no spawn is
    /// among its samples, and [`Self::spawn`] is that moment.
    pub fn is_told_from_spawn(&self) -> bool {
        let begins = |first: &Sample| first.event == Event::Sample && first.time == self.spawn;
        !self.samples.first().is_some_and(begins)
    }
}

/// Text after each sample's tenth value, kept as it stood: one slice per sample, all in one buffer.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tails {
    text: String,
    ends: Vec<u32>,
}

impl Tails {
    /// Tails that stand one behind the other in `text`; each ends at one of `ends`, which are in order and between
    /// characters.
    pub(crate) fn new(text: String, ends: Vec<u32>) -> Self {
        Self { text, ends }
    }

    /// Adds the next sample's tail (without its leading comma). Call it for every sample or for none.
    pub fn push(&mut self, tail: &str) {
        self.text.push_str(tail);
        self.ends.push(self.text.len() as u32);
    }

    /// The tail of sample `index`, empty when there is none.
    pub fn get(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start as usize..end as usize]
    }

    /// Whether no sample has a tail.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Number of samples that were given a tail, empty ones included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
}

/// What our own module writes after a sample's tenth value: `yaw,stamina,pm_flags,eflags,vx,vy,vz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Detail {
    /// View direction, whole degrees, 0 = east, 90 = north.
    pub yaw_degrees: i16,
    /// Stamina, 0 … 20000.
    pub stamina: i32,
    /// `ps.pm_flags` as read.
    pub pm_flags: i32,
    /// `ps.eFlags` as read.
    pub eflags: i32,
    /// Velocity, whole units per second.
    pub velocity: [i16; 3],
}

impl Detail {
    /// Reads a tail; `None` unless it starts with seven integers (more may follow).
    pub fn parse(tail: &str) -> Option<Self> {
        let mut values = tail.split(',').map(str::parse::<i32>);
        let mut next = || values.next()?.ok();
        let yaw_degrees = i16::try_from(next()?).ok()?;
        let (stamina, pm_flags, eflags) = (next()?, next()?, next()?);
        let mut velocity = [0; 3];
        for v in &mut velocity {
            *v = i16::try_from(next()?).ok()?;
        }
        Some(Self { yaw_degrees, stamina, pm_flags, eflags, velocity })
    }
}

impl Track {
    /// What our own module recorded beyond the ten values of sample `index`.
    pub fn detail(&self, index: usize) -> Option<Detail> {
        Detail::parse(self.tails.get(index))
    }
}
