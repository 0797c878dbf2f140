//! The picture below the data: a map picture held back, a drawing of the geometry, or a relief of the tracks.

pub mod base;
pub mod ink;
pub mod overview;
pub(crate) mod relief;

pub use base::{BaseMap, BaseStyle};
