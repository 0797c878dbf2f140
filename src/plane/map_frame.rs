//! Where the world lies on a picture.

use crate::geom::{Affine, PixelPoint, WorldPoint, WorldRect};
use crate::scene::PixelRect;

/// Where a rectangle of the world lies on a picture, in whole pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapFrame {
    /// The world's rectangle.
    pub extent: WorldRect,
    /// Its place on the picture; whole pixels, at least one a side.
    pub rect: PixelRect,
    /// World to picture.
    pub affine: Affine,
}

impl MapFrame {
    /// `extent` in the middle of `square` with its own aspect: the longer axis fills the square.
    ///
    /// `square` must be at least one pixel a side.
    pub fn fit(square: PixelRect, extent: &WorldRect) -> Self {
        let units_per_px =
            (extent.width() / f64::from(square.width)).max(extent.height() / f64::from(square.height));
        let side = |units: f64, most: f32| ((units / units_per_px + 0.5) as f32).floor().clamp(1.0, most);
        let width = side(extent.width(), square.width.floor());
        let height = side(extent.height(), square.height.floor());
        let left = (square.x + (square.width - width) / 2.0).floor();
        let top = (square.y + (square.height - height) / 2.0).floor();
        Self::over(PixelRect::new(left, top, width, height), extent)
    }

    /// `extent` stretched over exactly `rect`.
    fn over(rect: PixelRect, extent: &WorldRect) -> Self {
        let affine = Affine::fit(
            extent,
            f64::from(rect.x),
            f64::from(rect.y),
            f64::from(rect.width),
            f64::from(rect.height),
        )
        .expect("a frame is at least one pixel a side");
        Self { extent: *extent, rect, affine }
    }

    /// World to picture.
    pub fn project(&self, point: WorldPoint) -> PixelPoint {
        self.affine.project(point)
    }

    /// Width, whole pixels.
    pub fn width(&self) -> u32 {
        self.rect.width as u32
    }

    /// Height, whole pixels.
    pub fn height(&self) -> u32 {
        self.rect.height as u32
    }

    /// Units per pixel, the mean of both axes (they differ by rounding, and where the extent is not square).
    pub fn units_per_px(&self) -> f64 {
        2.0 / (self.affine.scale_x() + self.affine.scale_y())
    }
}
