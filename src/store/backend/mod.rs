//! Databases: what a backend must be able to do, and those that there are.

pub(super) mod engine;
#[cfg(feature = "postgres")]
pub(super) mod postgres;
#[cfg(feature = "sqlite")]
pub(super) mod sqlite;
