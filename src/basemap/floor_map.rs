//! What the panels of one floor of a map are drawn on.

use image::RgbaImage;

use super::drawn::BaseMaps;

/// A floor's picture, and what was drawn of it.
#[derive(Debug)]
pub struct FloorMap {
    /// The picture, loaded. `None`: there is none.
    pub picture: Option<RgbaImage>,
    /// Base maps that were drawn already.
    pub(crate) bases: BaseMaps,
}

impl FloorMap {
    /// With nothing drawn yet.
    pub fn of(picture: Option<RgbaImage>) -> Self {
        Self { picture, bases: BaseMaps::of_panels() }
    }
}
