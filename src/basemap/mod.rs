//! The picture below the data: a map picture held back, a drawing of the geometry, or a relief of the tracks.

pub(crate) mod base;
mod drawn;
pub(crate) mod ink;
pub mod overview;
pub(crate) mod relief;

pub use base::{BaseKind, BaseMap, BaseSource, BaseStyle, Detail};
pub use drawn::BaseMaps;
pub(crate) use drawn::Keep;
pub use ink::{HeightCell, HeightField};
