//! Pure functions from the model to what it means; one algorithm per file, under its textbook name.
//!
//! The way through it: a [`Round`](crate::model::Round) and a [`Filter`] give cleaned [`Lives`] ([`lives()`]), each
//! [`Life`] a run of [`Step`]s that are either segments with a [`State`] or breaks. From lives follow summaries
//! ([`LifeSummary`], [`Tally`]), grids ([`Occupancy`], [`Heights`]), spawn exits ([`spawn_exits`]), stops
//! ([`stops()`]) and shorter paths ([`simplify()`]); from rounds follow sessions ([`sessions()`]) and from fights
//! team play ([`Teamplay`], [`Crossfires`]).
//!
//! Everything adds integers, so the order of lives and the number of threads never change a result.

pub mod arrival;
pub mod breaks;
mod cell_set;
pub mod cells;
pub mod clock;
pub mod compass;
pub mod crossfire;
pub mod death;
pub mod dropped;
pub mod duplicates;
pub mod exit_options;
pub mod floor;
pub mod frechet;
pub mod heights;
pub mod lane;
pub mod ledger;
pub mod life;
pub mod linkage;
pub mod lives;
pub mod occupancy;
pub mod permutation;
pub mod player;
pub mod round_flags;
pub mod select;
pub mod session;
pub mod sessions;
pub mod simplify;
mod spawn_area;
pub mod spawn_exit;
pub mod split;
pub mod state;
pub mod stops;
pub mod summary;
pub mod tally;
pub mod teamplay;
mod way_out;
mod window;

pub use arrival::Arrivals;
pub use breaks::{Break, BreakReason};
pub use cells::Cells;
pub use clock::{Interval, Pause, RoundClock, ZeroSource};
pub use compass::Compass;
pub use crossfire::{CrossfirePair, Crossfires};
pub use death::{Death, DeathKind, Deaths};
pub use dropped::{DropReason, Dropped};
pub use duplicates::{Duplicate, duplicates};
pub use exit_options::{ExitOptions, RingFit};
pub use floor::Floor;
pub use heights::Heights;
pub use lane::Lane;
pub use ledger::TimeLedger;
pub use life::{Life, LifeFlags, PositionAt, Segment, Step, StepKind};
pub use lives::{Lives, lives};
pub use occupancy::{GridMismatch, Occupancy};
pub use permutation::Deals;
pub use player::PlayerKey;
pub use round_flags::{RoundFlag, round_flags};
pub use select::{Bots, Filter, PlayerPattern, StateSet, WindowMs};
pub use session::{round_number, session_date, written_at};
pub use sessions::{Session, sessions};
pub use simplify::simplify;
pub use spawn_exit::{SpawnArea, spawn_exits};
pub use split::{Split, Weight};
pub use state::{Knowledge, LowMeaning, State, StateMeaning};
pub use stops::{Stop, stops};
pub use summary::{LifeSummary, summaries};
pub use tally::{Tally, tally_by};
pub use teamplay::{PlayerTeamplay, Teamplay};
pub use way_out::Way;
