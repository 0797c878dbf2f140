//! The sheet every figure is laid out on: a map square and beside it (or below it) the legend.
//!
//! All lengths of a figure are meant for a map square of [`DESIGN_PX`] pixels and scaled with the square's size.

use super::legend::Legend;
use super::map_labels::MapLabels;
use crate::geom::WorldRect;
use crate::plane::MapFrame;
use crate::scene::{Color, Item, PixelRect, Scene};
use crate::theme::Theme;

/// The map square's side for which lengths are given, design pixels.
pub const DESIGN_PX: f32 = 1080.0;
/// Width of the legend beside a landscape map, design pixels.
pub const LEGEND_WIDTH: f32 = 440.0;
/// Text on portrait sheets is larger by this factor: they are for phones.
pub const PORTRAIT_TEXT: f32 = 1.25;

/// How a sheet is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Orientation {
    /// Map left, legend right: 1520 × 1080.
    #[default]
    Landscape,
    /// Map above, legend below in two columns with larger text: 1080 × 1620, taller if the legend needs it.
    Portrait,
    /// The map alone.
    Bare,
}

/// A sheet's layout and size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sheet {
    orientation: Orientation,
    size_px: u32,
    map_labels: MapLabels,
    panels: Panels,
}

/// Whether a sheet's map gives way to several smaller ones, and what each of them shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Panels {
    /// One map shows everything.
    #[default]
    None,
    /// One for each of so many floors.
    Floors(usize),
    /// One for each of so many states, teams or classes.
    Categories(usize),
    /// One for each of so many lives: as many rows as columns.
    Cards(usize),
}

impl Sheet {
    /// Sides of the map square that can be asked for, pixels.
    pub const SIZES: std::ops::RangeInclusive<u32> = 128..=8192;

    /// A sheet whose map square has `size_px` pixels a side; `None` outside [`Sheet::SIZES`].
    pub fn new(orientation: Orientation, size_px: u32) -> Option<Self> {
        Self::SIZES.contains(&size_px).then_some(Self {
            orientation,
            size_px,
            map_labels: MapLabels::NONE,
            panels: Panels::None,
        })
    }

    /// How it is laid out.
    pub fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// The same sheet with names and lines of the game's over its maps. Default: nothing is written on a map.
    #[must_use]
    pub fn with_map_labels(self, map_labels: MapLabels) -> Self {
        Self { map_labels, ..self }
    }

    /// What is written over its maps.
    pub fn map_labels(&self) -> MapLabels {
        self.map_labels
    }

    /// The same sheet with its map divided. It becomes as low as its panels and its legend allow.
    #[must_use]
    pub fn divided(self, panels: Panels) -> Self {
        Self { panels, ..self }
    }

    /// How its map is divided.
    pub fn panels(&self) -> Panels {
        self.panels
    }

    /// Whether everything in `legend` has room; where nothing limits a legend, or there is none, it has.
    pub fn holds(&self, legend: &Legend) -> bool {
        self.orientation != Orientation::Landscape
            || legend.least_column_height(self.scale()) <= self.size_px as f32 + 0.5
    }

    /// Side of the map square, pixels.
    pub fn size_px(&self) -> u32 {
        self.size_px
    }

    /// Pixels per design pixel on the map.
    pub fn scale(&self) -> f32 {
        self.size_px as f32 / DESIGN_PX
    }

    /// A design length on the map as pixels.
    pub fn px(&self, design: f32) -> f32 {
        design * self.scale()
    }

    /// The map square.
    pub fn map_square(&self) -> PixelRect {
        let side = self.size_px as f32;
        PixelRect::new(0.0, 0.0, side, side)
    }

    /// The squares of the panels in reading order, 8 design pixels apart; the map square if it is not divided.
    pub fn panel_places(&self) -> Vec<PixelRect> {
        let square = self.map_square();
        let count = match self.panels {
            Panels::Floors(count) | Panels::Categories(count) | Panels::Cards(count) if count > 1 => count,
            _ => return vec![square],
        };
        let columns = match self.panels {
            Panels::Cards(count) => count.isqrt() + usize::from(count.isqrt().pow(2) < count),
            _ if count <= 4 => 2,
            _ => 3,
        };
        let gap = self.px(8.0).round().max(1.0);
        let side = ((square.width - gap * (columns - 1) as f32) / columns as f32).floor().max(1.0);
        let left = ((square.width - side * columns as f32 - gap * (columns - 1) as f32) / 2.0).floor();
        let place = |i: usize| {
            let (column, row) = ((i % columns) as f32, (i / columns) as f32);
            PixelRect::new(left + column * (side + gap), row * (side + gap), side, side)
        };
        (0..count).map(place).collect()
    }

    /// What the map or its panels take up: as wide as the map square, and no higher.
    pub fn map_area(&self) -> PixelRect {
        let square = self.map_square();
        let bottom = self.panel_places().last().map_or(square.height, PixelRect::bottom);
        PixelRect { height: bottom.min(square.height), ..square }
    }

    /// Where `extent` lies in the map square.
    pub fn place(&self, extent: &WorldRect) -> MapFrame {
        MapFrame::fit(self.map_square(), extent)
    }

    /// The finished picture: `map_items` in [`Sheet::map_area`] (clipped to it), then the legend.
    pub fn compose(
        &self,
        theme: &Theme,
        background: Background,
        map_items: Vec<Item>,
        legend: &Legend,
    ) -> Scene {
        let side = self.size_px;
        let area = self.map_area();
        let low = area.height as u32;
        let mut items = vec![Item::Clip { rect: area, items: map_items }];
        let (width, height) = match self.orientation {
            Orientation::Bare => (side, low),
            Orientation::Landscape => {
                let width = side + (self.px(LEGEND_WIDTH) + 0.5) as u32;
                let wanted = (legend.column_height(self.scale()) + 0.5) as u32;
                let height = wanted.clamp(low, side);
                let frame = PixelRect::new(side as f32, 0.0, (width - side) as f32, height as f32);
                items.extend(legend.draw_column(theme, frame, self.scale()));
                (width, height)
            }
            Orientation::Portrait => {
                let scale = self.scale() * PORTRAIT_TEXT;
                let wanted = legend.portrait_height(scale).max(side as f32 / 2.0);
                let height = low + (wanted + 0.5) as u32;
                let frame = PixelRect::new(0.0, area.height, side as f32, (height - low) as f32);
                items.extend(legend.draw_two_columns(theme, frame, scale));
                (side, height)
            }
        };
        let background = match (background, self.panels) {
            (Background::Transparent, _) => theme.ground.opacity(0.0),
            (Background::Ground, Panels::None) => theme.ground,
            // As between the panels.
            (Background::Ground, _) => theme.ink,
        };
        Scene { width, height, background, items }
    }
}

/// What lies where a sheet draws nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    /// The theme's ground.
    Ground,
    /// Nothing at all (for `--base none`).
    Transparent,
}

/// A rectangle filled with one colour and nothing else.
pub fn filled(rect: PixelRect, radius: f32, fill: Color) -> Item {
    Item::Rect { rect, radius, fill: Some(fill), stroke: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::WorldPoint;

    fn extent(width: f64, height: f64) -> WorldRect {
        WorldRect::new(0.0, 0.0, width, height).unwrap()
    }

    #[test]
    fn sizes_are_limited() {
        assert!(Sheet::new(Orientation::Landscape, 127).is_none());
        assert!(Sheet::new(Orientation::Bare, 8193).is_none());
        assert!(Sheet::new(Orientation::Bare, 1080).is_some());
    }

    #[test]
    fn oblong_worlds_keep_their_aspect() {
        let sheet = Sheet::new(Orientation::Landscape, 1000).unwrap();
        let frame = sheet.place(&extent(4000.0, 8000.0));
        assert_eq!(frame.rect, PixelRect::new(250.0, 0.0, 500.0, 1000.0));
        let corner = frame.project(WorldPoint::new(0.0, 8000.0, 0.0));
        assert_eq!((corner.x, corner.y), (250.0, 0.0));
        let thin = sheet.place(&extent(1.0, 100_000.0));
        assert_eq!(thin.rect.width, 1.0);
    }

    #[test]
    fn landscape_is_1520_by_1080() {
        let sheet = Sheet::new(Orientation::Landscape, 1080).unwrap();
        let scene = sheet.compose(&crate::theme::DARK, Background::Ground, Vec::new(), &Legend::new("x"));
        assert_eq!((scene.width, scene.height), (1520, 1080));
        let sheet = Sheet::new(Orientation::Portrait, 1080).unwrap();
        let scene = sheet.compose(&crate::theme::DARK, Background::Ground, Vec::new(), &Legend::new("x"));
        assert_eq!((scene.width, scene.height), (1080, 1620));
    }
}
