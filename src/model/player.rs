//! Who moves: identity, name, team, class.

use std::borrow::Cow;

use super::word::words;

words! {
    /// A side.
    Team {
        /// Axis.
        Axis = "AXIS",
        /// Allies.
        Allies = "ALLIES",
    }
}

words! {
    /// The class a player spawned with.
    Class {
        /// Soldier.
        Soldier = "SOLDIER",
        /// Medic.
        Medic = "MEDIC",
        /// Engineer.
        Engineer = "ENGINEER",
        /// Field Ops.
        FieldOps = "FIELDOPS",
        /// Covert Ops.
        CovertOps = "COVERTOPS",
        /// The tracker could not read it.
        Unknown = "UNKNOWN",
    }
}

/// A player's identity as the tracker wrote it; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(pub Box<str>);

/// What kind of identity a [`Guid`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuidKind {
    /// A person, the same in every file.
    Person,
    /// A bot (`OMNIBOT…`).
    Bot,
    /// A stand-in that is unique within one file at best: `SLOTn`, `SLOTn_k`, `UNKNOWN`, or empty.
    FileLocal,
    /// The world itself (`WORLD_1022`).
    World,
}

impl Guid {
    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What kind of identity this is.
    pub fn kind(&self) -> GuidKind {
        let text = self.0.trim_end();
        if text.is_empty() || text == "UNKNOWN" || text.starts_with("SLOT") {
            GuidKind::FileLocal
        } else if text.starts_with("OMNIBOT") {
            GuidKind::Bot
        } else if text.starts_with("WORLD") {
            GuidKind::World
        } else {
            GuidKind::Person
        }
    }
}

impl From<&str> for Guid {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// A player's name with its `^x` colour codes, as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlayerName(pub Box<str>);

impl PlayerName {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as people read it: without colour codes (`^` and the character after it) and control characters.
    pub fn display(&self) -> Cow<'_, str> {
        if !self.0.contains(|c: char| c == '^' || c.is_control()) {
            return Cow::Borrowed(&self.0);
        }
        let mut out = String::with_capacity(self.0.len());
        let mut chars = self.0.chars();
        while let Some(c) = chars.next() {
            match c {
                '^' => {
                    chars.next();
                }
                c if c.is_control() => {}
                c => out.push(c),
            }
        }
        Cow::Owned(out)
    }
}

impl From<&str> for PlayerName {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}
