//! Every exit path of a spawn area, thin, below its lanes: line by line while they are few, counted where they are many.
//!
//! A line adds its length to the cells it crosses, and a Gaussian as wide as the line makes it one again, as for paths
//! ([`crate::figure::paths`]): what is kept and drawn then depends on the ring alone, not on how many left.

use std::sync::Arc;

use rayon::prelude::*;

use crate::analysis::{Cells, ExitPath, Lengths};
use crate::geom::{WorldPoint, WorldRect};
use crate::plane::MapFrame;
use crate::plane::field::Field;
use crate::plane::resample::Taps;
use crate::scene::{Bitmap, Blend, Color, Item, Polyline, Vertex};

/// Up to so many exit paths of an area are drawn line by line; of more, no line can be followed.
pub(super) const MOST_LINES: usize = 300;
/// Cells along the radius of a ring: about a pixel of a panel each.
const CELLS_PER_RADIUS: f64 = 256.0;
/// The grid reaches so many radii from the middle: a soft line on the ring has room.
const REACH: f64 = 1.05;
/// Half the width of a line at 60 % of its height, cells.
const SIGMA_CELLS: f64 = 0.75;
/// This share of all places with a line has less than the full opacity.
const FULL_SHARE: f64 = 0.995;
/// Fewest lines that have the full opacity.
const LEAST_FULL: f32 = 8.0;
/// Opacity of a single line, and of the most lines: the lanes above stay in front.
const OPACITY: (f32, f32) = (0.25, 0.70);

/// The exit paths of an area.
#[derive(Debug, Clone)]
pub(super) enum Trails {
    /// Each of them.
    Each(Vec<Vec<WorldPoint>>),
    /// How many lie at each place.
    Counted(Arc<CountedTrails>),
}

/// Exit paths, counted.
#[derive(Debug, Clone)]
pub(super) struct CountedTrails {
    extent: WorldRect,
    lines: Field,
    /// So many lines have the full opacity.
    full: f32,
}

impl Trails {
    /// The paths of an area with this ring, counted if there are many.
    pub(super) fn of(paths: &[ExitPath], center: WorldPoint, ring_units: f64) -> Self {
        let counted = (paths.len() > MOST_LINES).then(|| CountedTrails::of(paths, center, ring_units));
        match counted.flatten() {
            Some(counted) => Self::Counted(Arc::new(counted)),
            None => Self::Each(paths.iter().map(|path| path.points.clone()).collect()),
        }
    }

    /// About how much memory they take, bytes.
    pub(super) fn bytes(&self) -> u64 {
        let bytes = match self {
            Self::Each(paths) => paths.iter().map(|path| path.len() * size_of::<WorldPoint>() + 24).sum(),
            Self::Counted(counted) => size_of_val(counted.lines.values()),
        };
        bytes as u64
    }

    /// What a panel shows of them, lines `width` pixels wide.
    pub(super) fn items(&self, frame: &MapFrame, width: f32, color: Color) -> Vec<Item> {
        match self {
            Self::Each(paths) => paths.iter().map(|path| thin_path(path, frame, width, color)).collect(),
            Self::Counted(counted) => counted.item(frame, color).into_iter().collect(),
        }
    }
}

impl CountedTrails {
    /// `None` for a ring that no grid can cover.
    fn of(paths: &[ExitPath], center: WorldPoint, ring_units: f64) -> Option<Self> {
        let (x, y, reach) = (f64::from(center.x), f64::from(center.y), ring_units * REACH);
        let extent = WorldRect::new(x - reach, y - reach, x + reach, y + reach)?;
        let cells = Cells::with_side(extent, ring_units / CELLS_PER_RADIUS)?;
        let mut lengths = Lengths::new(cells, 1);
        for step in paths.iter().flat_map(|path| path.points.windows(2)) {
            lengths.add(step[0], step[1], &[(0, 1)]);
        }
        // A line of one unit in each cell becomes a ridge of this height.
        let height = 1.0 / ((2.0 * std::f64::consts::PI).sqrt() * SIGMA_CELLS);
        let unit = (1.0 / (Lengths::CELL * height)) as f32;
        if !lengths.has(0) {
            return None;
        }
        let row = |row: usize, cells: &mut [f32]| lengths.scaled_row(0, row, unit, cells);
        let size = (cells.columns() as usize, cells.rows() as usize);
        let lines = Field::smoothed_rows(size, row, (SIGMA_CELLS, SIGMA_CELLS));
        let mut there: Vec<f32> = lines.values().iter().copied().filter(|lines| *lines >= 0.5).collect();
        let place = ((there.len() as f64 * FULL_SHARE) as usize).min(there.len().checked_sub(1)?);
        let full = there.select_nth_unstable_by(place, f32::total_cmp).1.max(LEAST_FULL);
        Some(Self { extent, lines, full })
    }

    fn item(&self, frame: &MapFrame, color: Color) -> Option<Item> {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let (columns, rows) = (self.lines.width(), self.lines.height());
        let [across, down] = Taps::onto(frame, (columns, rows), &self.extent);
        let full = libm::log1pf(self.full);
        let mut rgba = vec![0_u8; width * height * 4];
        rgba.par_chunks_exact_mut(width * 4).enumerate().for_each_init(
            || (vec![0.0_f32; columns], vec![0.0_f32; width]),
            |(narrow, lines), (y, row)| {
                down.column_row(self.lines.values(), columns, y, narrow);
                across.row(narrow, lines);
                for (lines, pixel) in lines.iter().zip(row.as_chunks_mut::<4>().0) {
                    if *lines > 0.01 {
                        let strength = (libm::log1pf(*lines) / full).min(1.0);
                        let opacity = OPACITY.0 + (OPACITY.1 - OPACITY.0) * strength;
                        let alpha = lines.min(1.0) * opacity * 255.0;
                        *pixel = [color.r, color.g, color.b, (alpha + 0.5) as u8];
                    }
                }
            },
        );
        let bitmap = Arc::new(Bitmap::new(frame.width(), frame.height(), rgba)?);
        Some(Item::Image { x: frame.rect.x as i32, y: frame.rect.y as i32, bitmap, blend: Blend::Srgb })
    }
}

fn thin_path(path: &[WorldPoint], frame: &MapFrame, width: f32, color: Color) -> Item {
    let vertices = path.iter().map(|at| Vertex { at: frame.project(*at), color, width }).collect();
    Item::Polyline(Polyline { vertices, opacity: OPACITY.0, casing: None })
}
