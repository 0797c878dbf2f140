//! Which rounds, lives and moments are meant.

pub mod floor;
pub mod select;
pub(crate) mod window;
pub mod words;
