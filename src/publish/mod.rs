//! Report folders that stay up to date: one session's folder, all sessions of an input, and what a watch has seen.

pub(crate) mod batch;
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
