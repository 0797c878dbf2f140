//! Time spread over cells of the world, and what grids say about groups of lives.

pub mod arrival;
pub(crate) mod cell_set;
pub mod cells;
pub mod heat_sums;
pub mod heights;
pub mod lengths;
pub(crate) mod narrow;
pub mod occupancy;
pub mod permutation;
pub(crate) mod slices;
pub mod split;
pub(crate) mod tiles;
pub mod time_budget;
