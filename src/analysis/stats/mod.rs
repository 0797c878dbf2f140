//! Figures of lives, players and teams.

pub mod crossfire;
pub mod moments;
pub mod passes;
pub mod summary;
pub mod tally;
pub mod teamplay;
