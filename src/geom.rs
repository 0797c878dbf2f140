//! Two spaces and the transform between them: the game's world in units, a picture in pixels.
//!
//! A [`WorldPoint`] is never a [`PixelPoint`]; only an [`Affine`] turns one into the other.
//!
//! ```
//! use proximity::geom::{Affine, PixelPoint, WorldPoint, WorldRect};
//!
//! let world = WorldRect::new(-1000.0, -500.0, 1000.0, 500.0).expect("a rectangle that is not empty");
//! let on_picture = Affine::fit(&world, 0.0, 0.0, 400.0, 200.0).expect("a picture that is not empty");
//! let north_west = on_picture.project(WorldPoint::new(-1000.0, 500.0, 24.0));
//! assert_eq!(north_west, PixelPoint::new(0.0, 0.0));
//! assert_eq!(on_picture.unproject(PixelPoint::new(200.0, 100.0), 24.0), WorldPoint::new(0.0, 0.0, 24.0));
//! ```

use serde::{Deserialize, Serialize};

/// The engine's world limit: no coordinate of a living player lies beyond it (units).
pub const WORLD_LIMIT: f32 = 131_072.0;

/// A place in the game's world, in units (1 unit = 1 inch). `x` east, `y` north, `z` up.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct WorldPoint {
    /// East, units.
    pub x: f32,
    /// North, units.
    pub y: f32,
    /// Up, units. A standing player's origin is 24 above the floor.
    pub z: f32,
}

impl WorldPoint {
    /// A point from its three coordinates in units.
    pub const fn new(x: f32, y: f32, z: f32) -> Self {
        Self { x, y, z }
    }

    /// Distance in the plane, units.
    pub fn distance_2d(self, other: Self) -> f64 {
        let (dx, dy) = (f64::from(other.x) - f64::from(self.x), f64::from(other.y) - f64::from(self.y));
        (dx * dx + dy * dy).sqrt()
    }

    /// Distance in space, units.
    pub fn distance_3d(self, other: Self) -> f64 {
        let (dx, dy) = (f64::from(other.x) - f64::from(self.x), f64::from(other.y) - f64::from(self.y));
        let dz = f64::from(other.z) - f64::from(self.z);
        (dx * dx + dy * dy + dz * dz).sqrt()
    }

    /// The point a share `t` (0 … 1) of the distance to `other`.
    #[must_use]
    pub fn lerp(self, other: Self, t: f32) -> Self {
        Self::new(
            self.x + (other.x - self.x) * t,
            self.y + (other.y - self.y) * t,
            self.z + (other.z - self.z) * t,
        )
    }

    /// Whether every coordinate is a number within the engine's world limit.
    pub fn is_plausible(self) -> bool {
        [self.x, self.y, self.z].iter().all(|c| c.is_finite() && c.abs() <= WORLD_LIMIT)
    }
}

/// A place on a picture, in pixels from its top left corner; `x` right, `y` down.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PixelPoint {
    /// Right, pixels.
    pub x: f32,
    /// Down, pixels.
    pub y: f32,
}

impl PixelPoint {
    /// A point from its two coordinates in pixels.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// Distance, pixels.
    pub fn distance(self, other: Self) -> f32 {
        let (dx, dy) = (other.x - self.x, other.y - self.y);
        (dx * dx + dy * dy).sqrt()
    }
}

/// A rectangle of the world seen from above, in units. Not empty, all edges finite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WorldRect {
    min_x: f64,
    min_y: f64,
    max_x: f64,
    max_y: f64,
}

impl WorldRect {
    /// A rectangle from its edges; `None` unless `min < max` on both axes and all four are finite.
    pub fn new(min_x: f64, min_y: f64, max_x: f64, max_y: f64) -> Option<Self> {
        let finite = [min_x, min_y, max_x, max_y].iter().all(|c| c.is_finite());
        (finite && min_x < max_x && min_y < max_y).then_some(Self { min_x, min_y, max_x, max_y })
    }

    /// West edge, units.
    pub fn min_x(&self) -> f64 {
        self.min_x
    }
    /// South edge, units.
    pub fn min_y(&self) -> f64 {
        self.min_y
    }
    /// East edge, units.
    pub fn max_x(&self) -> f64 {
        self.max_x
    }
    /// North edge, units.
    pub fn max_y(&self) -> f64 {
        self.max_y
    }
    /// West to east, units.
    pub fn width(&self) -> f64 {
        self.max_x - self.min_x
    }
    /// South to north, units.
    pub fn height(&self) -> f64 {
        self.max_y - self.min_y
    }

    /// Whether a point lies inside; the west and north edges belong to the rectangle, the east and south do not.
    pub fn contains(&self, point: WorldPoint) -> bool {
        let (x, y) = (f64::from(point.x), f64::from(point.y));
        x >= self.min_x && x < self.max_x && y > self.min_y && y <= self.max_y
    }

    /// The smallest rectangle that holds both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            min_x: self.min_x.min(other.min_x),
            min_y: self.min_y.min(other.min_y),
            max_x: self.max_x.max(other.max_x),
            max_y: self.max_y.max(other.max_y),
        }
    }

    /// The rectangle with `units` more on every side.
    #[must_use]
    pub fn grown(&self, units: f64) -> Option<Self> {
        Self::new(self.min_x - units, self.min_y - units, self.max_x + units, self.max_y + units)
    }
}

/// World to pixel: `px = ax·x + bx`, `py = ay·y + by`, each axis with its own scale.
///
/// Source: the engine's command map (`cg_commandmap.c`): `u = (x − minX) / (maxX − minX)`,
/// `v = (maxY − y) / (maxY − minY)`, times the picture's size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    ax: f64,
    bx: f64,
    ay: f64,
    by: f64,
}

impl Affine {
    /// The transform that lays `world` over the pixel rectangle at (`left`, `top`) of `width` × `height` pixels,
    /// north up. `None` unless both sizes are positive.
    pub fn fit(world: &WorldRect, left: f64, top: f64, width: f64, height: f64) -> Option<Self> {
        if !(width > 0.0 && height > 0.0) {
            return None;
        }
        let ax = width / world.width();
        let ay = -height / world.height();
        Some(Self { ax, bx: left - world.min_x * ax, ay, by: top - world.max_y * ay })
    }

    /// World to pixel.
    pub fn project(&self, point: WorldPoint) -> PixelPoint {
        PixelPoint::new(
            (f64::from(point.x) * self.ax + self.bx) as f32,
            (f64::from(point.y) * self.ay + self.by) as f32,
        )
    }

    /// Pixel to world, at height `z`.
    pub fn unproject(&self, point: PixelPoint, z: f32) -> WorldPoint {
        WorldPoint::new(
            ((f64::from(point.x) - self.bx) / self.ax) as f32,
            ((f64::from(point.y) - self.by) / self.ay) as f32,
            z,
        )
    }

    /// Pixels per unit along x.
    pub fn scale_x(&self) -> f64 {
        self.ax
    }

    /// Pixels per unit along y (positive).
    pub fn scale_y(&self) -> f64 {
        -self.ay
    }
}
