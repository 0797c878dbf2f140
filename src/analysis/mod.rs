//! Pure functions from the model to what it means; one algorithm per file, under its textbook name.
//!
//! From top to bottom: a [`Round`](crate::model::Round) and a [`Filter`] give cleaned [`Lives`] ([`lives()`]), each
//! [`Life`] a run of [`Step`]s that are either segments with a [`State`] or breaks. From lives follow summaries
//! ([`LifeSummary`], [`Tally`]), grids ([`Occupancy`], [`Heights`]), spawn exits ([`spawn_exits`]), stops
//! ([`stops()`]) and shorter paths ([`simplify()`]); from rounds follow sessions ([`sessions()`]) and from engagements
//! team play ([`Teamplay`], [`Crossfires`]).
//!
//! Everything adds integers, so the order of lives and the number of threads never change a result.
//!
//! ```
//! use proximity::analysis::{lives, summaries, tally_by};
//! use proximity::{Filter, Rounds, Team};
//!
//! let rounds = Rounds::open("examples/session")?.to_vec()?;
//! let axis = Filter::new().team(Team::Axis).life_window(0..10_000);
//! let cleaned: Vec<_> = rounds.iter().map(|round| lives(round, &axis)).collect();
//! let summaries: Vec<_> = cleaned.iter().flat_map(summaries).collect();
//! assert!(!summaries.is_empty());
//! let by_class = tally_by(&cleaned, |life| life.track().class.clone());
//! assert_eq!(by_class.values().map(|tally| tally.lives).sum::<u64>(), summaries.len() as u64);
//! # Ok::<(), proximity::Error>(())
//! ```

pub(crate) mod exits;
pub(crate) mod filter;
pub(crate) mod grid;
pub(crate) mod life;
pub(crate) mod session;
pub(crate) mod stats;

pub use exits::compass::Compass;
pub use exits::exit_path::ExitPath;
pub use exits::gate::Gate;
pub use exits::lane::Lane;
pub use exits::options::{ExitOptions, RingFit};
pub use exits::spawn_exit::{SpawnArea, spawn_exits};
pub(crate) use exits::spawn_exit::{spawn_areas, spawn_of};
pub use filter::floor::Floor;
pub(crate) use filter::select::{Bots, Filter};
pub use filter::select::{PlayerPattern, StateSet, WindowMs};
pub use filter::who::Who;
pub use filter::words::WordError;
pub use grid::arrival::Arrivals;
pub use grid::cells::Cells;
pub use grid::heat_sums::{
    Elsewhere, HeatGrids, HeatSummer, HeatSums, HeightSum, LifeSum, RoundSums, SumsWanted, TimeSum, UsedLife,
};
pub use grid::heights::{GroundSum, Heights};
pub use grid::lengths::Lengths;
pub(crate) use grid::narrow::{Depth, NarrowLife, NarrowRound, NarrowStep, PlacedRounds, TakeSteps};
pub use grid::occupancy::{GridMismatch, Occupancy};
pub use grid::permutation::PermutationTest;
pub(crate) use grid::slices::{
    BlockSums, KindSums, NUMBERS, NumberLines, PlayerLines, SliceSpec, Slices, StepNumber,
};
pub use grid::split::{Split, Weight};
pub(crate) use grid::tiles::{CellSums, Change};
pub use grid::time_budget::TimeBudget;
pub use life::breaks::{Break, BreakReason};
pub use life::cleaned::{Life, LifeFlags, PositionAt, Segment, Step, StepKind};
pub use life::cleaned_round::{CleanedRound, lives};
pub use life::clock::{Interval, Pause, RoundClock, ZeroSource};
pub use life::death::{Death, DeathKind, Deaths, EnemyKill};
pub use life::dropped::{DropReason, Dropped};
pub use life::holds::{Hold, Holds};
pub use life::lives::Lives;
pub(crate) use life::places::Places;
pub use life::simplify::simplify;
pub(crate) use life::state::State;
pub use life::state::{LowMeaning, Provenance, StateAudit, StateDecoder, StateDoubt};
pub use life::stops::{Stop, stops};
pub(crate) use life::stops::{is_still, is_still_step};
pub use session::dates::{playing_order, round_number, session_date, written_at};
pub use session::duplicates::{Duplicate, duplicates, may_be_same_round};
pub use session::parts::{are_parts, join, may_be_parts, parts};
pub use session::player::PlayerKey;
pub use session::round_flags::{RoundFlag, round_flags};
pub use session::sessions::{Session, sessions};
pub use stats::crossfire::{CrossfirePair, Crossfires};
pub use stats::moments::Moments;
pub use stats::passes::{Area, CameFrom, Passes};
pub use stats::summary::{LifeSummary, summaries};
pub use stats::tally::{Tally, tally_by};
pub use stats::teamplay::{PlayerTeamplay, Teamplay};
