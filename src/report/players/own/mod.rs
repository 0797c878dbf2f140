//! What is told of one player alone: deaths and kills, the ground covered, the ways out of the spawns, and how the
//! player's figures stand beside those of the team and of all players.

pub(in crate::report) mod duels;
pub(in crate::report) mod ground;
pub(in crate::report) mod medians;
pub(in crate::report) mod ways_out;
