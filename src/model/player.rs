//! Who moves: identity, name, team, class.

use std::borrow::Cow;
use std::fmt;

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
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Box<str>", into = "Box<str>"))]
pub struct Guid {
    text: Box<str>,
    /// Each life is asked for it again and again: it is kept, so that the text need not be looked at.
    kind: GuidKind,
}

/// What kind of identity a [`Guid`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum GuidKind {
    /// A person, the same in every file.
    Person,
    /// A bot (`OMNIBOT…`).
    Bot,
    /// A stand-in that is no player's own: empty, `SLOTn`, `SLOTn_k`, `UNKNOWN`, `NO_GUID`, or all zeros, in any case.
    /// Within one file its players are told apart by name ([`Guid::within_file`]); across files they are never joined.
    FileLocal,
    /// The world itself (`WORLD_1022`).
    World,
}

impl GuidKind {
    fn of(text: &str) -> Self {
        // A person's own, but for one that begins with 0.
        if let Some(b'1'..=b'9' | b'a'..=b'f' | b'A'..=b'F') = text.as_bytes().first() {
            return Self::Person;
        }
        let text = text.trim();
        let is_any = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if is_slot(text) || is_any(&["", "UNKNOWN", "NO_GUID"]) || text.bytes().all(|b| b == b'0') {
            Self::FileLocal
        } else if starts_with(text, "OMNIBOT") {
            Self::Bot
        } else if starts_with(text, "WORLD") {
            Self::World
        } else {
            Self::Person
        }
    }
}

impl Guid {
    /// The identity that a tracker wrote as this text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        Self { kind: GuidKind::of(&text), text }
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What kind of identity this is.
    pub fn kind(&self) -> GuidKind {
        self.kind
    }

    /// Whether it has the form in which the game and bots write a player's own: 32 hexadecimal digits, or `OMNIBOT…`.
    pub fn has_form_of_a_player(&self) -> bool {
        let text = self.text.trim();
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.kind() == GuidKind::Bot || digits && self.kind() == GuidKind::Person
    }

    /// Whether it names a place on the server instead of a player: `SLOTn`, `SLOTn_k`.
    pub fn is_slot(&self) -> bool {
        is_slot(&self.text)
    }

    /// What tells this player from every other one of the same file: the GUID, and the name where the GUID is no
    /// player's own. `None` when there is neither: such lives may be anyone's.
    pub fn within_file<'a>(&'a self, name: &'a str) -> Option<(&'a Self, &'a str)> {
        match self.kind() {
            GuidKind::Person | GuidKind::Bot => Some((self, "")),
            GuidKind::FileLocal if !name.is_empty() || self.is_slot() => Some((self, name)),
            GuidKind::FileLocal | GuidKind::World => None,
        }
    }
}

fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn is_slot(text: &str) -> bool {
    starts_with(text.trim(), "SLOT")
}

impl From<&str> for Guid {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<Box<str>> for Guid {
    fn from(text: Box<str>) -> Self {
        Self::new(text)
    }
}

impl From<Guid> for Box<str> {
    fn from(guid: Guid) -> Self {
        guid.text
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guid").field(&self.text).finish()
    }
}

/// A player's name with its `^x` colour codes, as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
    fn a_guid_that_many_may_have_is_no_players_own() {
        for text in [
            "",
            " ",
            "UNKNOWN",
            "unknown",
            "NO_GUID",
            "no_guid",
            "0",
            "00000000000000000000000000000000",
            "SLOT5",
            "slot12",
            "SLOT5_2",
        ] {
            assert_eq!(Guid::from(text).kind(), GuidKind::FileLocal, "{text:?}");
        }
        for (text, kind) in [
            ("0F1E2D3C4B5A69788796A5B4C3D2E1F0", GuidKind::Person),
            ("00000000000000000000000000000001", GuidKind::Person),
            ("OMNIBOT0600000000000000000000000", GuidKind::Bot),
            ("omnibot06", GuidKind::Bot),
            ("WORLD_1022", GuidKind::World),
            ("éééé", GuidKind::Person),
        ] {
            assert_eq!(Guid::from(text).kind(), kind, "{text:?}");
        }
    }

    #[test]
    fn names_tell_players_apart_where_guids_do_not() {
        for text in ["unknown", "SLOT5"] {
            let guid = Guid::from(text);
            assert_ne!(guid.within_file("Heron"), guid.within_file("Gull"));
            assert_eq!(guid.within_file("Heron"), Some((&guid, "Heron")));
        }
        let own = Guid::from("0F1E2D3C4B5A69788796A5B4C3D2E1F0");
        assert_eq!(own.within_file("Heron"), own.within_file("Gull"));
        assert_eq!(Guid::from("unknown").within_file(""), None);
        assert!(Guid::from("SLOT5").within_file("").is_some());
    }
}
