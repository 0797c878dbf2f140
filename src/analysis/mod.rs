//! Pure functions from the model to what it means; one algorithm per file, under its textbook name.
//!
//! From top to bottom: a [`Round`](crate::model::Round) and a [`Filter`] give cleaned [`Lives`] ([`lives()`]), each
//! [`Life`] a run of [`Step`]s that are either segments with a [`State`] or breaks. From lives follow summaries
//! ([`LifeSummary`], [`Tally`]), grids ([`Occupancy`], [`Heights`]), spawn exits ([`spawn_exits`]), stops
//! ([`stops()`]) and shorter paths ([`simplify()`]); from rounds follow sessions ([`sessions()`]) and from engagements
//! team play ([`Teamplay`], [`Crossfires`]).
//!
//! Everything adds integers, so the order of lives and the number of threads never change a result.

pub(crate) mod exits;
pub(crate) mod filter;
pub(crate) mod grid;
pub(crate) mod life;
pub(crate) mod session;
pub(crate) mod stats;

pub use exits::compass::Compass;
pub use exits::exit_path::ExitPath;
pub use exits::lane::Lane;
pub use exits::options::{ExitOptions, RingFit};
pub use exits::spawn_exit::{SpawnArea, spawn_exits};
pub use filter::floor::Floor;
pub(crate) use filter::select::{Bots, Filter};
pub use filter::select::{PlayerPattern, StateSet, WindowMs};
pub use filter::words::WordError;
pub use grid::arrival::Arrivals;
pub use grid::cells::Cells;
pub use grid::heights::Heights;
pub use grid::occupancy::{GridMismatch, Occupancy};
pub use grid::permutation::PermutationTest;
pub use grid::split::{Split, Weight};
pub use grid::time_budget::TimeBudget;
pub use life::breaks::{Break, BreakReason};
pub use life::cleaned::{Life, LifeFlags, PositionAt, Segment, Step, StepKind};
pub use life::clock::{Interval, Pause, RoundClock, ZeroSource};
pub use life::death::{Death, DeathKind, Deaths};
pub use life::dropped::{DropReason, Dropped};
pub use life::lives::{Lives, lives};
pub use life::simplify::simplify;
pub(crate) use life::state::State;
pub use life::state::{LowMeaning, Provenance, StateAudit, StateDecoder, StateDoubt};
pub use life::stops::{Stop, stops};
pub use session::dates::{playing_order, round_number, session_date, written_at};
pub use session::duplicates::{Duplicate, are_parts, duplicates, may_be_same_round};
pub use session::player::PlayerKey;
pub use session::round_flags::{RoundFlag, round_flags};
pub use session::sessions::{Session, sessions};
pub use stats::crossfire::{CrossfirePair, Crossfires};
pub use stats::passes::{Area, CameFrom, Passes};
pub use stats::summary::{LifeSummary, summaries};
pub use stats::tally::{Tally, tally_by};
pub use stats::teamplay::{PlayerTeamplay, Teamplay};
