//! One round becomes cleaned lives: what may be drawn and counted, with its breaks.

pub mod breaks;
pub mod cleaned;
pub mod cleaned_round;
pub mod clock;
pub mod death;
pub mod dropped;
pub mod holds;
pub mod lives;
pub(crate) mod places;
pub(crate) mod runs;
pub mod simplify;
pub mod state;
pub mod stops;
