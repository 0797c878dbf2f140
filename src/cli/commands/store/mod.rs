//! Commands that work on a store.

pub(crate) mod export;
pub(crate) mod forget;
pub(crate) mod import;
pub(crate) mod schema;
pub(crate) mod stats;
pub(crate) mod status;
pub(crate) mod verify;
