//! One file per command.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod demo;
#[cfg(feature = "discord-post")]
pub(crate) mod discord;
#[cfg(feature = "lake")]
pub(crate) mod lake;
pub(crate) mod licenses;
pub(crate) mod maps;
pub mod pictures;
pub(crate) mod report;
pub(crate) mod sample;
#[cfg(feature = "serve")]
pub(crate) mod serve;
pub mod store;
pub(crate) mod watch;
