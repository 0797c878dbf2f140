//! Which rounds, lives and moments are meant.

pub mod floor;
pub mod select;
pub mod who;
pub(crate) mod window;
pub mod words;
