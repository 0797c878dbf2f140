//! Report folders that stay up to date.

pub(crate) mod folder;
pub(crate) mod sessions;
pub(crate) mod watch_state;
