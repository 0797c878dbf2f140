//! A picture before it is drawn: a flat list of resolved marks in pixels.
//!
//! Everything that needs thought (where a label goes, how wide a line is) has been decided when a [`Scene`]
//! exists; a backend only draws it, in order, first item lowest. `raster` turns it into pixels, `svg` into text.
//!
//! ```
//! use proximity::scene::{Color, Item, PixelRect, Scene, dump};
//!
//! let square = Item::Rect {
//!     rect: PixelRect::new(2.0, 2.0, 4.0, 4.0),
//!     radius: 0.0,
//!     fill: Some(Color::hex(0xff_00_00)),
//!     stroke: None,
//! };
//! let scene = Scene { width: 8, height: 8, background: Color::hex(0), items: vec![square] };
//! assert_eq!(dump(&scene).matches("rect").count(), 1);
//! ```

mod dump;
#[cfg(feature = "render")]
pub(crate) mod face;
#[cfg(feature = "render")]
pub(crate) mod fallback;
#[cfg(feature = "render")]
mod kerning;
mod moved;
mod shape;
#[cfg(feature = "render")]
pub mod text;

pub use dump::dump;
#[cfg(feature = "render")]
pub use fallback::{FallbackFace, FallbackSource, fallback_identity, fallback_names, set_fallback};

use std::sync::Arc;

use crate::geom::PixelPoint;

/// An sRGB colour with straight alpha.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red, 0 … 255.
    pub r: u8,
    /// Green, 0 … 255.
    pub g: u8,
    /// Blue, 0 … 255.
    pub b: u8,
    /// Opacity, 0 … 255.
    pub a: u8,
}

impl Color {
    /// An opaque colour from `0xRRGGBB`.
    pub const fn hex(rgb: u32) -> Self {
        Self { r: (rgb >> 16) as u8, g: (rgb >> 8) as u8, b: rgb as u8, a: 255 }
    }

    /// The same colour at an opacity of 0 … 1.
    #[must_use]
    pub fn opacity(self, share: f32) -> Self {
        Self { a: (share.clamp(0.0, 1.0) * 255.0 + 0.5) as u8, ..self }
    }
}

/// A rectangle of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PixelRect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width, not negative.
    pub width: f32,
    /// Height, not negative.
    pub height: f32,
}

impl PixelRect {
    /// A rectangle from its top left corner and its size.
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    /// Right edge.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Whether two rectangles share any area.
    pub fn meets(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Whether a point lies inside.
    pub fn contains(&self, p: PixelPoint) -> bool {
        p.x >= self.x && p.x < self.right() && p.y >= self.y && p.y < self.bottom()
    }

    /// Whether all of another rectangle lies inside.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        other.x >= self.x
            && other.y >= self.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }

    /// The same with so many pixels more on every side.
    pub(crate) fn grown(&self, by: f32) -> Self {
        Self::new(self.x - by, self.y - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }
}

/// Pixels of their own: a base map, a coloured heat grid.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Bitmap {
    /// A bitmap from rows of straight sRGB RGBA bytes; `None` unless there are exactly `width · height · 4`.
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        (rgba.len() as u64 == u64::from(width) * u64::from(height) * 4).then_some(Self {
            width,
            height,
            rgba,
        })
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Rows of straight sRGB RGBA bytes, top row first.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The same rows, to draw on.
    pub(crate) fn rgba_mut(&mut self) -> &mut [u8] {
        &mut self.rgba
    }

    /// The same bitmap with its opacity multiplied, 0 … 1.
    #[must_use]
    pub fn faded(mut self, opacity: f32) -> Self {
        for alpha in self.rgba.iter_mut().skip(3).step_by(4) {
            *alpha = (f32::from(*alpha) * opacity + 0.5) as u8;
        }
        self
    }

    /// The bytes, to keep.
    pub fn into_rgba(self) -> Vec<u8> {
        self.rgba
    }
}

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // FNV-1a: scene snapshots name pixels by their hash.
        let hash = self
            .rgba
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
        write!(f, "Bitmap({} x {}, {hash:016x})", self.width, self.height)
    }
}

/// In which space a layer is mixed with what lies below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blend {
    /// sRGB bytes: lines, text.
    Srgb,
    /// Linear light: heat over a map.
    Linear,
}

/// A line's width and colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Width, pixels.
    pub width: f32,
    /// Colour with opacity.
    pub color: Color,
}

/// One vertex of a [`Polyline`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vertex {
    /// Where it is.
    pub at: PixelPoint,
    /// Colour of the segment that starts here. An opacity below full fades its core and casing, so that a trail
    /// may fade along its way.
    pub color: Color,
    /// Width of the line at this vertex, pixels; it changes evenly along the segment. Below one pixel a line gets
    /// fainter instead of narrower.
    pub width: f32,
}

/// A line with round joins and caps that may change colour and width from segment to segment.
///
/// Drawn as one layer: its segments' coverages are joined by maximum, then composited once, so joints
/// show no beads at any opacity. The casing is one stroke below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Polyline {
    /// Its vertices in order; fewer than two draw nothing.
    pub vertices: Vec<Vertex>,
    /// Opacity of the core, 0 … 1.
    pub opacity: f32,
    /// A wider line below the core: total extra width (both sides together) and colour with opacity.
    pub casing: Option<Stroke>,
}

/// A filled and outlined shape: an arrow, a chevron's wedge, an area of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Polygon {
    /// Corners in order; closed by itself.
    pub points: Vec<PixelPoint>,
    /// Fill, if any.
    pub fill: Option<Color>,
    /// Outline below the fill, if any, with round joins; half of its width shows.
    pub outline: Option<Stroke>,
}

/// The shape of a [`Marker`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// A circle of the marker's radius.
    Circle,
    /// A square with this half side.
    Square,
    /// A diagonal cross, corner to corner of the square with this half side.
    Cross,
    /// An open wedge pointing along `heading`; arms of the marker's radius, its middle at the marker's place.
    Chevron {
        /// Radians, 0 = right, clockwise as the picture's y runs down.
        heading: f32,
    },
    /// Part of a circle, from `start` clockwise for `sweep` radians (0 = right).
    Arc {
        /// Radians.
        start: f32,
        /// Radians.
        sweep: f32,
    },
    /// A triangle pointing along `heading`, its corners on the circle of the marker's radius.
    Triangle {
        /// Radians.
        heading: f32,
    },
}

/// A small mark at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marker {
    /// Its middle.
    pub at: PixelPoint,
    /// What it is.
    pub shape: Shape,
    /// Radius, half side or arm, pixels.
    pub radius: f32,
    /// Fill, if any; open shapes (cross, chevron, arc) have none.
    pub fill: Option<Color>,
    /// Its line, if any, above the fill.
    pub stroke: Option<Stroke>,
    /// A wider line below the fill and `stroke` (total width), if any.
    pub casing: Option<Stroke>,
}

/// Weight of the face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// IBM Plex Sans, regular.
    Regular,
    /// IBM Plex Sans, semi-bold.
    SemiBold,
}

/// Where a label's anchor lies along its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// The anchor is the left end.
    Left,
    /// The anchor is the middle.
    Center,
    /// The anchor is the right end.
    Right,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The text; marks are shapes, never text.
    pub text: String,
    /// Anchor on the baseline.
    pub at: PixelPoint,
    /// Em size, pixels.
    pub size: f32,
    /// Face.
    pub weight: Weight,
    /// Fill.
    pub color: Color,
    /// How the anchor is meant.
    pub align: Align,
    /// A stroke round the glyphs below the fill: width on each side and colour.
    pub halo: Option<Stroke>,
}

impl Label {
    /// What its letters cover, the halo left out.
    ///
    /// ```
    /// use proximity::geom::PixelPoint;
    /// use proximity::scene::{Align, Color, Label, Weight};
    ///
    /// let gate = Label {
    ///     text: "Gate".to_owned(),
    ///     at: PixelPoint::new(100.0, 50.0),
    ///     size: 20.0,
    ///     weight: Weight::Regular,
    ///     color: Color { r: 255, g: 255, b: 255, a: 255 },
    ///     align: Align::Center,
    ///     halo: None,
    /// };
    /// let area = gate.area();
    /// assert!(area.x < 100.0 && area.right() > 100.0 && area.y < 50.0 && area.bottom() > 50.0);
    /// ```
    #[cfg(feature = "render")]
    pub fn area(&self) -> PixelRect {
        let width = text::width(&self.text, self.size, self.weight);
        let left = match self.align {
            Align::Left => self.at.x,
            Align::Center => self.at.x - width / 2.0,
            Align::Right => self.at.x - width,
        };
        // From the top of capitals with accents to below the line.
        PixelRect::new(left, self.at.y - 0.8 * self.size, width, self.size)
    }
}

/// One thing to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A bitmap, one of its pixels on one of the picture's, top left at whole pixels (`x`, `y`).
    Image {
        /// Left edge, pixels; may lie outside.
        x: i32,
        /// Top edge, pixels; may lie outside.
        y: i32,
        /// The pixels.
        bitmap: Arc<Bitmap>,
        /// How it is mixed.
        blend: Blend,
    },
    /// A rectangle with rounded corners.
    Rect {
        /// Where.
        rect: PixelRect,
        /// Corner radius, pixels.
        radius: f32,
        /// Fill, if any.
        fill: Option<Color>,
        /// Outline centred on the edge, if any.
        stroke: Option<Stroke>,
    },
    /// A line.
    Polyline(Polyline),
    /// A shape.
    Polygon(Polygon),
    /// A mark.
    Marker(Marker),
    /// A text.
    Label(Label),
    /// Items that show only inside a rectangle.
    Clip {
        /// The window, whole pixels.
        rect: PixelRect,
        /// What shows through it.
        items: Vec<Item>,
    },
}

/// A whole picture, ready to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// What lies under everything; may be transparent.
    pub background: Color,
    /// Drawn in order.
    pub items: Vec<Item>,
}
