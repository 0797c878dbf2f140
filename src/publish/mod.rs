//! Report folders that stay up to date: one session's folder, all sessions of an input, and what a watch has seen.

pub mod batch;
pub mod error;
pub mod folder;
pub mod report;
pub mod sessions;
pub(crate) mod watch_state;
