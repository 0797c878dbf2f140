//! How an overview looks: grounds become colours.

use image::{GenericImage, RgbaImage};
use rayon::prelude::*;

use super::ground::{Ground, Grounds, Kind, Survey};
use super::solid::{Lines, Stuff};
use super::{OverviewError, Tone};
use crate::basemap::relief;
use crate::basemap::relief::{Field, INK, Lab, distance, paint, smoothstep};
use crate::geom::WorldRect;

/// Lines along each side of a pixel, for pictures up to [`FINE`].
const SUPERSAMPLE: usize = 2;
/// Larger pictures take one line a pixel.
const FINE: u32 = 2048;
/// Cells along the longer side of the grid on which distances are found.
const COARSE: f32 = 512.0;
/// Pixel rows drawn at a time, so that memory stays bounded at any size.
const BAND: u32 = 256;

/// Draw `extent` as a picture of `width` × `height` pixels.
pub(crate) fn paint_map(
    survey: &Survey<'_>,
    extent: &WorldRect,
    width: u32,
    height: u32,
    tone: Tone,
) -> Result<RgbaImage, OverviewError> {
    let fine = if width.max(height) <= FINE { SUPERSAMPLE } else { 1 };
    let lines = lines(extent, width as usize * fine, height as usize * fine);
    survey.check(&lines)?;
    let around = Around::find(survey, extent, width, height);
    let line = width.max(height) as f32 / 1080.0;
    let pen = Pen {
        reach: (0.75 * line * fine as f32).round().max(1.0) as usize,
        unit: f32::midpoint(lines.step_x, lines.step_y),
        contour: relief::contour_step(survey.overview.heights.0, survey.overview.heights.1),
    };
    let mut picture = RgbaImage::new(width, height);
    for top in (0..height).step_by(BAND as usize) {
        let rows = BAND.min(height - top);
        let halo = pen.reach + 1;
        let first = (top as usize * fine) as f32 - halo as f32;
        let band = Lines {
            north: lines.north - first * lines.step_y,
            rows: rows as usize * fine + 2 * halo,
            ..lines
        };
        let grounds = survey.grounds(band);
        let inked = pen.draw(&grounds);
        let share = 1.0 / (fine * fine) as f32;
        let part = paint(width, rows, |x, y| {
            let mut mean = Lab::new(0.0, 0.0, 0.0);
            for (dx, dy) in (0..fine * fine).map(|i| (i % fine, i / fine)) {
                let (column, row) = (x as usize * fine + dx, y as usize * fine + dy + halo);
                let px = x as f32 + (dx as f32 + 0.5) / fine as f32;
                let py = (top + y) as f32 + (dy as f32 + 0.5) / fine as f32;
                let place = Place { column, row, px, py, line };
                let mut color = survey.color(&grounds, &around, &place, pen.unit);
                let ink = f32::from(inked[row * grounds.columns + column]) / 255.0;
                color.l += (INK - color.l) * ink;
                mean = Lab::new(mean.l + color.l * share, mean.a + color.a * share, mean.b + color.b * share);
            }
            tone.apply(mean)
        });
        // The band lies within the picture, so there is nothing to fail.
        let _ = picture.copy_from(&part, 0, top);
    }
    Ok(picture)
}

/// Plumb lines through the middle of `columns` × `rows` cells over an extent.
fn lines(extent: &WorldRect, columns: usize, rows: usize) -> Lines {
    let (step_x, step_y) = (extent.width() / columns as f64, extent.height() / rows as f64);
    Lines {
        west: (extent.min_x() + step_x / 2.0) as f32,
        north: (extent.max_y() - step_y / 2.0) as f32,
        step_x: step_x as f32,
        step_y: step_y as f32,
        columns,
        rows,
        wider: 0.0,
    }
}

impl Tone {
    /// A colour of the band, in this tone. A dimmed [`Tone::Picture`] is the band again, nearly.
    fn apply(self, color: Lab) -> Lab {
        match self {
            Self::Dimmed => color,
            Self::Picture => {
                let l = 0.20 + (color.l - INK) * 2.15;
                Lab::new(l, color.a * 2.0, color.b * 2.0)
            }
        }
    }
}

/// A subpixel and where it is.
struct Place {
    column: usize,
    row: usize,
    px: f32,
    py: f32,
    line: f32,
}

/// What lies around each place, on a coarse grid.
struct Around {
    /// Distance to the nearest floor, units.
    off_floor: Field,
    /// Share of the neighbourhood that is wall.
    enclosed: Field,
    /// Cells a pixel.
    step: (f32, f32),
}

impl Around {
    fn find(survey: &Survey<'_>, extent: &WorldRect, width: u32, height: u32) -> Self {
        let scale = (COARSE / width.max(height) as f32).min(1.0);
        let count = |pixels: u32| ((pixels as f32 * scale) as usize).max(1);
        let (columns, rows) = (count(width), count(height));
        let lines = lines(extent, columns, rows);
        let grounds = survey.grounds(lines);
        let unit = f32::midpoint(lines.step_x, lines.step_y);
        let floor = Field::from_fn(columns, rows, |x, y| {
            let is_floor = matches!(grounds.at(x as isize, y as isize).kind, Kind::Floor | Kind::Below);
            f32::from(u8::from(is_floor))
        });
        Self {
            off_floor: distance(&floor, |f| f > 0.0).map(|cells| cells * unit),
            enclosed: floor.map(|f| 1.0 - f).blurred(28.0 / unit),
            step: (columns as f32 / width as f32, rows as f32 / height as f32),
        }
    }
}

/// Draws walls, ledges and contours.
struct Pen {
    /// Half a line's width, subpixels.
    reach: usize,
    /// Units a subpixel.
    unit: f32,
    /// Units from contour to contour.
    contour: f32,
}

impl Pen {
    /// How strongly each subpixel is inked.
    fn draw(&self, grounds: &Grounds) -> Vec<u8> {
        let columns = grounds.columns;
        let mut edges = vec![0_u8; grounds.cells.len()];
        edges.par_chunks_mut(columns).enumerate().for_each(|(row, edges)| {
            for (column, edge) in edges.iter_mut().enumerate() {
                let (x, y) = (column as isize, row as isize);
                let here = grounds.at(x, y);
                let east = self.edge(here, grounds.at(x + 1, y));
                let south = self.edge(here, grounds.at(x, y + 1));
                *edge = (east.max(south) * 255.0 + 0.5) as u8;
            }
        });
        self.widen(&edges, columns)
    }

    /// How much of an edge lies between two neighbours, 0 … 1.
    fn edge(&self, a: &Ground, b: &Ground) -> f32 {
        let drop = (a.z - b.z).abs();
        let is_floor = |g: &Ground| matches!(g.kind, Kind::Floor | Kind::Below);
        match (is_floor(a), is_floor(b)) {
            (true, true) => {
                // A slope of 45° drops one unit a unit: not an edge.
                let smooth = 8.0 + 1.2 * self.unit;
                if drop > smooth {
                    0.28 + 0.6 * smoothstep(smooth, 72.0 + smooth, drop)
                } else if a.liquid.is_some() != b.liquid.is_some() {
                    0.35
                } else {
                    // Levels lie a little off the heights that builders like.
                    let level = |z: f32| ((z + 3.3) / self.contour).floor() as i32;
                    if level(a.z) == level(b.z) { 0.0 } else { 0.16 }
                }
            }
            // Rock that goes on where the walkable ground ends has no wall before it.
            (true, false) | (false, true) if a.kind != Kind::Void && b.kind != Kind::Void => {
                0.2 + 0.75 * smoothstep(8.0 + 1.2 * self.unit, 40.0 + 2.0 * self.unit, drop)
            }
            (true, false) | (false, true) => 0.95,
            (false, false) if a.kind != b.kind => 0.4,
            (false, false) => 0.45 * smoothstep(24.0 + self.unit, 72.0 + self.unit, drop),
        }
    }

    /// Lines as wide as the pen: the strongest edge within reach.
    fn widen(&self, edges: &[u8], columns: usize) -> Vec<u8> {
        let rows = edges.len() / columns;
        let reach = self.reach;
        let strongest = |values: &mut dyn Iterator<Item = u8>| values.max().unwrap_or(0);
        let mut across = vec![0_u8; edges.len()];
        across.par_chunks_mut(columns).zip(edges.par_chunks(columns)).for_each(|(out, line)| {
            for (x, out) in out.iter_mut().enumerate() {
                let near = &line[x.saturating_sub(reach)..columns.min(x + reach)];
                *out = strongest(&mut near.iter().copied());
            }
        });
        let mut wide = vec![0_u8; edges.len()];
        wide.par_chunks_mut(columns).enumerate().for_each(|(y, out)| {
            let near = y.saturating_sub(reach)..rows.min(y + reach);
            for (x, out) in out.iter_mut().enumerate() {
                *out = strongest(&mut near.clone().map(|y| across[y * columns + x]));
            }
        });
        wide
    }
}

impl Survey<'_> {
    /// The colour of a subpixel before ink.
    fn color(&self, grounds: &Grounds, around: &Around, place: &Place, unit: f32) -> Lab {
        let ground = grounds.at(place.column as isize, place.row as isize);
        let (cx, cy) = (place.px * around.step.0, place.py * around.step.1);
        let void = || relief::ground(place.px, place.py, place.line, around.off_floor.sample(cx, cy));
        let (low, high) = self.overview.heights;
        let rise = (ground.z - low) / (high - low).max(192.0);
        let (tint_a, tint_b) = ground.material.tint();
        match ground.kind {
            Kind::Void => void(),
            Kind::Roof => {
                let mut color = relief::roof(rise);
                color.l += 0.4 * sunlight(grounds, place, unit);
                color.a += 0.3 * tint_a;
                color.b += 0.3 * tint_b;
                color
            }
            Kind::Floor | Kind::Below => {
                let mut color = relief::floor(rise);
                color.l += sunlight(grounds, place, unit) + ground.material.lightness();
                color.l -= 0.07 * smoothstep(0.05, 0.75, around.enclosed.sample(cx, cy));
                color.a += tint_a;
                color.b += tint_b;
                if let Some(liquid) = ground.liquid {
                    let share = 0.5 + 0.4 * (f32::from(ground.depth) / 96.0).min(1.0);
                    color = color.mix(liquid_color(liquid), share);
                }
                if ground.kind == Kind::Below { color.mix(void(), 0.6) } else { color }
            }
        }
    }
}

/// What the slope of a floor or roof adds to its lightness; ledges are no slopes.
fn sunlight(grounds: &Grounds, place: &Place, unit: f32) -> f32 {
    let (x, y) = (place.column as isize, place.row as isize);
    let here = grounds.at(x, y);
    let slope = |before: &Ground, after: &Ground| {
        let is_smooth = |other: &Ground| other.kind == here.kind && (other.z - here.z).abs() < 3.0 * unit;
        if is_smooth(before) && is_smooth(after) { (after.z - before.z) / (2.0 * unit) } else { 0.0 }
    };
    let east = slope(grounds.at(x - 1, y), grounds.at(x + 1, y));
    let south = slope(grounds.at(x, y - 1), grounds.at(x, y + 1));
    relief::sunlight(east, south)
}

fn liquid_color(liquid: Stuff) -> Lab {
    match liquid {
        Stuff::Lava => Lab::new(0.31, 0.026, 0.023),
        Stuff::Slime => Lab::new(0.27, -0.020, 0.024),
        _ => Lab::new(0.235, -0.012, -0.030),
    }
}
