//! The elevation strip: the movement seen from the south, below the map and in line with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::canvas::Canvas;
use super::layout::sheet::{LEGEND_WIDTH, Orientation, filled};
use super::request::recipe::Drawing;
use super::words::number;
use crate::analysis::lives;
use crate::analysis::{Filter, Lives};
use crate::geom::{PixelPoint, WorldRect};
use crate::model::Round;
use crate::scene::{Align, Bitmap, Blend, Color, Item, Label, PixelRect, Polyline, Stroke, Vertex, Weight};
use crate::theme;

/// Height of the strip, design pixels, and of the room for its title.
const STRIP_PX: f32 = 190.0;
const TITLE_PX: f32 = 30.0;
const BOTTOM_PX: f32 = 12.0;
/// Columns over the whole map, and height of a cell, units.
const COLUMNS: u32 = 540;
const LEVEL_UNITS: f64 = 8.0;
/// Fewer units than this of height are not stretched over the strip.
const LEAST_UNITS: f64 = 320.0;
/// A step of a walk is cut into at most so many parts.
const MOST_PARTS: usize = 256;

/// Time spent by west-east position and height. Integer sums: the order of lives never matters.
#[derive(Debug, Clone)]
pub struct Elevation {
    extent: WorldRect,
    /// Microseconds by column and level.
    us: BTreeMap<(u32, i32), u64>,
}

impl Elevation {
    /// Nothing yet.
    pub fn new(extent: WorldRect) -> Self {
        Self { extent, us: BTreeMap::new() }
    }

    /// Adds the lives of a round that the filter wants.
    pub fn add(&mut self, round: &Round, filter: &Filter) {
        self.add_lives(&lives(round, filter));
    }

    /// Adds lives that were cleaned before.
    pub fn add_lives(&mut self, lives: &Lives<'_>) {
        let column_units = self.extent.width() / f64::from(COLUMNS);
        for segment in lives.lives.iter().flat_map(crate::analysis::Life::segments) {
            let (from, to) = (segment.from.at, segment.to.at);
            let across = f64::from((to.x - from.x).abs()) / column_units;
            let up = f64::from((to.z - from.z).abs()) / LEVEL_UNITS;
            let parts = (across.max(up).ceil() as usize).clamp(1, MOST_PARTS);
            let us = (segment.dt_ms.max(0) as u64) * 1_000 / parts as u64;
            for part in 0..parts {
                let at = from.lerp(to, (part as f32 + 0.5) / parts as f32);
                let column = ((f64::from(at.x) - self.extent.min_x()) / column_units).floor();
                if (0.0..f64::from(COLUMNS)).contains(&column) {
                    let level = (f64::from(at.z) / LEVEL_UNITS).floor() as i32;
                    *self.us.entry((column as u32, level)).or_default() += us;
                }
            }
        }
    }

    /// Adds what another strip of the same extent holds.
    pub fn merge(&mut self, other: Self) {
        for (cell, us) in other.us {
            *self.us.entry(cell).or_default() += us;
        }
    }

    /// `figure` with the strip below its map. Unchanged without movement.
    pub fn below(&self, mut figure: Drawing, context: &Canvas<'_>) -> Drawing {
        let Some((low, high)) = self.heights() else { return figure };
        let (sheet, theme) = (context.sheet, context.theme());
        let frame = context.frame();
        let top = figure.scene.height as f32;
        let height = sheet.px(STRIP_PX).round().max(1.0);
        let strip = PixelRect::new(0.0, top, sheet.map_square().width, height);
        let plot = PixelRect::new(
            frame.rect.x,
            top + sheet.px(TITLE_PX).round(),
            frame.rect.width,
            (height - sheet.px(TITLE_PX + BOTTOM_PX)).round().max(1.0),
        );
        let y_of = |z: f64| plot.bottom() - ((z - low) / (high - low)) as f32 * plot.height;
        let mut items = vec![
            filled(PixelRect::new(0.0, top, figure.scene.width as f32, height), 0.0, theme.panel),
            filled(strip, 0.0, theme.strip[0]),
            filled(plot, 0.0, theme.strip[1]),
        ];
        let label = |text: String, x: f32, y: f32, align: Align, color: Color, weight: Weight| {
            let size = 17.0;
            Item::Label(Label {
                text,
                at: PixelPoint::new(x, y),
                size: sheet.px(size),
                weight,
                color,
                align,
                halo: Some(Stroke {
                    width: sheet.px(theme::halo_width(size)),
                    color: theme.ink.opacity(theme::HALO_OPACITY),
                }),
            })
        };
        let ink = self.bitmap(&plot, context, (low, high));
        items.extend(ink.map(|bitmap| Item::Image {
            x: plot.x as i32,
            y: plot.y as i32,
            bitmap: Arc::new(bitmap),
            blend: Blend::Srgb,
        }));
        let mut guides: Vec<f64> = ticks(low, high);
        let floors: Vec<f64> =
            crate::analysis::Floor::between(context.map.layers.iter().map(|layer| layer.ceiling))
                .iter()
                .filter_map(|floor| floor.up_to_units.map(f64::from))
                .filter(|z| (low..high).contains(z))
                .collect();
        // A tick that a floor's own number would hide gives way to it.
        let close = (high - low) * 0.12;
        guides.retain(|z| floors.iter().all(|floor| (floor - z).abs() > close));
        for (z, color, opacity) in
            guides.iter().map(|z| (*z, theme.muted, 0.25)).chain(floors.iter().map(|z| (*z, theme.text, 0.7)))
        {
            let y = y_of(z);
            let vertex = |x: f32| Vertex { at: PixelPoint::new(x, y), color, width: sheet.px(1.2) };
            let vertices = vec![vertex(plot.x), vertex(plot.right())];
            items.push(Item::Polyline(Polyline { vertices, opacity, casing: None }));
            let text_y = (y - sheet.px(4.0)).max(plot.y + sheet.px(14.0));
            items.push(label(
                format!("{z:.0}"),
                plot.x + sheet.px(6.0),
                text_y,
                Align::Left,
                color,
                Weight::Regular,
            ));
        }
        let stretch = (frame.units_per_px() / ((high - low) / f64::from(plot.height))).max(0.0);
        let title_y = top + sheet.px(21.0);
        let title = "Elevation, seen from the south".to_owned();
        items.push(label(title, plot.x + sheet.px(6.0), title_y, Align::Left, theme.text, Weight::SemiBold));
        let note = format!("z in units · heights × {}", number::significant(stretch));
        let right = plot.right() - sheet.px(6.0);
        items.push(label(note, right, title_y, Align::Right, theme.muted, Weight::Regular));
        if sheet.orientation() == Orientation::Landscape {
            // The legend goes on to the sheet's new foot, with its edge.
            let x = sheet.map_square().width;
            let legend = PixelRect::new(x, top, sheet.px(LEGEND_WIDTH).round(), height);
            items.push(filled(legend, 0.0, theme.panel));
            items.push(filled(PixelRect::new(x, top, 1.0, height), 0.0, theme.rule));
        }
        figure.scene.items.extend(items);
        figure.scene.height += height as u32;
        Drawing::new(figure.scene, figure.recipe)
    }

    /// Lowest and highest height to show: where nearly all time was spent, with some room.
    fn heights(&self) -> Option<(f64, f64)> {
        let mut levels: BTreeMap<i32, u64> = BTreeMap::new();
        for ((_, level), us) in &self.us {
            *levels.entry(*level).or_default() += us;
        }
        let total: u64 = levels.values().sum();
        if total == 0 {
            return None;
        }
        // A fall out of the world must not press all else into a line.
        let end = |levels: &mut dyn Iterator<Item = (i32, u64)>| {
            let mut seen = 0;
            for (level, us) in levels {
                seen += us;
                if seen > total / 2_000 {
                    return Some(f64::from(level) * LEVEL_UNITS);
                }
            }
            None
        };
        let each = || levels.iter().map(|(level, us)| (*level, *us));
        let low = end(&mut each())? - 24.0;
        let high = end(&mut each().rev())? + LEVEL_UNITS + 24.0;
        let short = (LEAST_UNITS - (high - low)).max(0.0) / 2.0;
        Some((low - short, high + short))
    }

    /// The time as brightness: opaque where most was spent.
    fn bitmap(&self, plot: &PixelRect, context: &Canvas<'_>, (low, high): (f64, f64)) -> Option<Bitmap> {
        let theme = context.theme();
        let (width, height) = (plot.width as u32, plot.height as u32);
        let mut values: Vec<u64> = self.us.values().copied().collect();
        values.sort_unstable();
        let reference = values.get(values.len() * 98 / 100).copied().unwrap_or(1).max(1) as f64;
        let window = context.frame().extent;
        let mut rgba = vec![0_u8; width as usize * height as usize * 4];
        for y in 0..height {
            let z = high - (f64::from(y) + 0.5) / f64::from(height) * (high - low);
            let level = (z / LEVEL_UNITS).floor() as i32;
            for x in 0..width {
                let east = window.min_x() + (f64::from(x) + 0.5) / f64::from(width) * window.width();
                let column = (east - self.extent.min_x()) / self.extent.width() * f64::from(COLUMNS);
                let Some(us) = self.us.get(&(column.max(0.0) as u32, level)).filter(|us| **us > 0) else {
                    continue;
                };
                let share = (*us as f64 / reference).min(1.0).sqrt() as f32;
                let color = theme.ramp(0.25 + 0.75 * share);
                let alpha = ((0.35 + 0.65 * share) * 255.0) as u8;
                let at = (y as usize * width as usize + x as usize) * 4;
                rgba[at..at + 4].copy_from_slice(&[color.r, color.g, color.b, alpha]);
            }
        }
        Bitmap::new(width, height, rgba)
    }
}

/// Round heights to draw lines at: three to six.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let step = [64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0]
        .into_iter()
        .find(|step| (high - low) / step <= 6.0)
        .unwrap_or(16_384.0);
    let first = (low / step).ceil();
    let count = ((high / step).floor() - first) as i64;
    (0..=count.clamp(0, 64)).map(|i| (first + i as f64) * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_few_and_within() {
        for (low, high) in [(-40.0, 280.0), (0.0, 5000.0), (-100_000.0, 100_000.0)] {
            let found = ticks(low, high);
            assert!((2..=14).contains(&found.len()), "{found:?}");
            assert!(found.iter().all(|z| (low..=high).contains(z)), "{found:?}");
        }
    }
}
