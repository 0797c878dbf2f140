//! Report folders that stay up to date: one session's folder, all sessions of an input, and what a watch has seen.
//!
//! ```
//! use proximity::Rounds;
//! use proximity::publish::by_date;
//!
//! let rounds = Rounds::open("examples/session")?;
//! for (date, of_that_day) in by_date(&rounds)? {
//!     assert_eq!((date.map(|date| date.to_string()), of_that_day.len()), (Some("2026-03-14".to_owned()), 4));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod batch;
pub(crate) mod contents;
pub(crate) mod error;
pub(crate) mod folder;
pub(crate) mod origin;
pub(crate) mod remake;
pub(crate) mod report;
pub(crate) mod sessions;
pub(crate) mod watch_state;

pub use batch::{Batch, batch};
pub use error::PublishError;
pub use folder::{Keep, Made, Options, Summary, make};
pub use remake::{Remade, remake};
pub use sessions::{KnownFiles, by_date};
