//! Which rounds belong together, and who is who in them.

pub mod dates;
pub mod duplicates;
pub mod parts;
pub mod player;
pub mod round_flags;
pub mod sessions;
