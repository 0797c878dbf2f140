//! Into the store: rounds as rows, which copy of a round stands, removing a day, and what messages were sent.

pub(super) mod channel;
pub(super) mod cleanup;
pub(super) mod copies;
pub(super) mod import;
pub(super) mod posts;
pub(super) mod prepare;
pub(super) mod shown;
