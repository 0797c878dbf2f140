//! A simulated session on the sample map: tracker files to try and test the program with.
//!
//! Players play stopwatch rounds on a [`Plan`](plan::Plan), frame by frame ([`simulate`]): what really happened is a
//! [`RoundTruth`](truth::RoundTruth). A [`Tracker`] writes down what it sees of it ([`record`]), each with its own faults. Everything
//! comes from the seed; the same options give the same bytes on every machine ([`write_session`]).
//!
//! ```
//! use proximity::sim::{SampleOptions, write_session};
//!
//! let files = write_session(&SampleOptions::default())?;
//! assert!(files.iter().all(|(name, _)| name.ends_with("_engagements.txt")));
//! assert_eq!(files, write_session(&SampleOptions::default())?);
//! # Ok::<(), proximity::sim::plan::PlanError>(())
//! ```

mod body;
pub(crate) mod ground;
pub(crate) mod people;
pub mod plan;
mod play;
mod random;
mod record;
mod script;
mod session;
pub mod truth;

pub use body::Stance;
pub use people::roster::{Crew, Player};
pub use record::{Tracker, record};
pub use session::{SampleOptions, SimulationOptions, file_name, simulate, write_session};

use body::FRAME_MS;
