//! The picture below the data: a map picture held back, a drawing of the geometry, or a relief of the tracks.

pub mod base;
mod drawn;
pub mod ink;
pub mod overview;
pub(crate) mod relief;

pub use base::{BaseMap, BaseStyle};
pub use drawn::BaseMaps;
