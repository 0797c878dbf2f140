//! The kinds of lives that sums are kept for.

use crate::model::{Class, GuidKind, Team, Track};

/// What a sum tells lives apart by, as numbers that stores and engines can keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who {
    /// Whether they are bots' lives.
    pub is_bot: bool,
    /// 0 Axis, 1 Allies, 2 another word.
    pub team: u8,
    /// 0 soldier, 1 medic, 2 engineer, 3 field ops, 4 covert ops, 5 unknown, 6 another word.
    pub class: u8,
}

impl Who {
    /// Number of sides and of classes.
    pub const KINDS: (u8, u8) = (3, 7);

    /// Whose life a track is.
    pub fn of(track: &Track) -> Self {
        Self {
            is_bot: track.guid.kind() == GuidKind::Bot,
            team: Self::team(&track.team),
            class: Self::class(&track.class),
        }
    }

    /// The number of a side.
    pub(crate) fn team(team: &Team) -> u8 {
        match team {
            Team::Axis => 0,
            Team::Allies => 1,
            Team::Other(_) => 2,
        }
    }

    /// The number of a class.
    pub(crate) fn class(class: &Class) -> u8 {
        match class {
            Class::Soldier => 0,
            Class::Medic => 1,
            Class::Engineer => 2,
            Class::FieldOps => 3,
            Class::CovertOps => 4,
            Class::Unknown => 5,
            Class::Other(_) => 6,
        }
    }
}
