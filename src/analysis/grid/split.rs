//! What a grid counts, and what each of its planes stands for.

use crate::analysis::life::cleaned::Life;
use crate::analysis::life::state::State;
use crate::model::{Class, Team};

/// What is counted in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Weight {
    /// Microseconds spent there.
    #[default]
    Time,
    /// Lives that were there, each once: camping does not dominate.
    Visits,
    /// Players who were there, each once.
    Players,
}

/// What each plane of a grid stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Split {
    /// One plane for everything.
    Nothing,
    /// A plane per [`State`], by [`State::index`].
    #[default]
    State,
    /// A plane each for Axis, Allies, others.
    Team,
    /// A plane each for Soldier, Medic, Engineer, Field Ops, Covert Ops, others.
    Class,
}

impl Split {
    /// Number of planes.
    pub const fn planes(self) -> usize {
        match self {
            Self::Nothing => 1,
            Self::State => State::ALL.len(),
            Self::Team => 3,
            Self::Class => 6,
        }
    }

    /// The plane of a life's segment in some state.
    pub fn plane(self, life: &Life<'_>, state: State) -> usize {
        match self {
            Self::Nothing => 0,
            Self::State => state.index(),
            Self::Team => match life.track().team {
                Team::Axis => 0,
                Team::Allies => 1,
                Team::Other(_) => 2,
            },
            Self::Class => match life.track().class {
                Class::Soldier => 0,
                Class::Medic => 1,
                Class::Engineer => 2,
                Class::FieldOps => 3,
                Class::CovertOps => 4,
                Class::Unknown | Class::Other(_) => 5,
            },
        }
    }
}
