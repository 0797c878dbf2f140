//! What a grid counts, and what each of its planes stands for.

use crate::analysis::filter::who::Who;
use crate::analysis::life::state::State;

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

    /// The plane of such lives' segments in some state.
    pub fn plane(self, who: Who, state: State) -> usize {
        match self {
            Self::Nothing => 0,
            Self::State => state.index(),
            Self::Team => who.team.into(),
            // Unknown ones and other words share a plane.
            Self::Class => who.class.min(5).into(),
        }
    }
}
