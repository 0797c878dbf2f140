//! Into the store: rounds as rows, which copy of a round stands, and removing a day.

pub(super) mod cleanup;
pub(super) mod copies;
pub(super) mod import;
pub(super) mod prepare;
