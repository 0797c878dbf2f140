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
    /// A stand-in that is unique within one file at best: `SLOTn`, `SLOTn_k`, `UNKNOWN`, `NO_GUID`, nothing but zeros,
    /// or empty; in capitals or not.
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
        let text = self.0.trim();
        let is_word = |word: &str| text.eq_ignore_ascii_case(word);
        let is_slot = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SLOT"));
        // No zero at all is the empty one.
        if text.bytes().all(|byte| byte == b'0') || is_word("UNKNOWN") || is_word("NO_GUID") || is_slot {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_mean_no_player_however_they_are_spelt() {
        let zeros = "0".repeat(32);
        for text in
            ["", "  ", "unknown", "UNKNOWN", "no_guid", "NO_GUID", "SLOT5", "slot5_2", "0", zeros.as_str()]
        {
            assert_eq!(Guid::from(text).kind(), GuidKind::FileLocal, "{text:?}");
        }
        for text in ["0F1E2D3C4B5A69788796A5B4C3D2E1F0", "UNKNOWN5", "no guid"] {
            assert_eq!(Guid::from(text).kind(), GuidKind::Person, "{text:?}");
        }
    }
}
