//! Arrival times over the ground, and their colours.

use crate::analysis::Cells;
use crate::geom::WorldRect;
use crate::plane::MapFrame;
use crate::plane::field::Field;
use crate::plane::overlay;
use crate::scene::{Color, Item};
use crate::theme::Theme;

/// Softening of the cells' edges, cells.
const SIGMA_CELLS: f64 = 0.8;
/// The strongest colour's opacity.
const OPACITY: f32 = 0.82;
/// Later than any round lasts, s.
pub(super) const NEVER_S: f32 = 1e6;
/// A pixel belongs to the reached ground from here on, and fully.
pub(super) const EDGE: (f32, f32) = (0.38, 0.8);

/// Arrival times without the corners of cells.
pub(super) struct Surface {
    /// How much of a place was reached, 0 … 1.
    pub(super) reached: Field,
    /// The time there, s; [`NEVER_S`] where nothing was reached anywhere near.
    pub(super) seconds: Field,
    pub(super) extent: WorldRect,
}

impl Surface {
    /// A side's, of its time in each cell, ms.
    pub(super) fn of(cells: &Cells, times: &[Option<u32>]) -> Self {
        let (width, height) = (cells.columns() as usize, cells.rows() as usize);
        // Players do not walk along the edge of a street, so a cell takes the earliest time of those around it too: a body
        // beside a line is there as well.
        let earliest = |cell: usize| {
            let (x, y) = (cell % width, cell / width);
            let rows = y.saturating_sub(1)..(y + 2).min(height);
            let columns = x.saturating_sub(1)..(x + 2).min(width);
            rows.flat_map(|y| columns.clone().map(move |x| y * width + x))
                .filter_map(|near| times[near])
                .min()
        };
        let times: Vec<Option<u32>> = (0..cells.len()).map(earliest).collect();
        let field = |values: Vec<f32>| {
            Field::new(width, height, values).unwrap_or_else(|| Field::nothing(width, height))
        };
        let smooth = |value: &dyn Fn(u32) -> f32| {
            field(times.iter().map(|time| time.map_or(0.0, value)).collect())
                .smoothed(SIGMA_CELLS, SIGMA_CELLS)
        };
        let reached = smooth(&|_| 1.0);
        let sums = smooth(&|ms| ms as f32 / 1000.0);
        let means = sums.values().iter().zip(reached.values());
        let seconds = field(means.map(|(sum, n)| if *n > 1e-3 { sum / n } else { NEVER_S }).collect());
        Self { reached, seconds, extent: *cells.extent() }
    }

    /// The same in cells of which so many lie along one of its own, as the colours are drawn.
    pub(super) fn enlarged(&self, factor: usize) -> Self {
        let reached = overlay::enlarged(&self.reached, factor);
        let sums = overlay::enlarged(&self.sums(), factor);
        let times = sums.values().iter().zip(reached.values()).map(|(sum, n)| sum / n.max(1e-3)).collect();
        let seconds = Field::new(reached.width(), reached.height(), times).unwrap_or(sums);
        Self { reached, seconds, extent: self.extent }
    }

    /// Times by how much of a place was reached: what can be resampled without an edge.
    fn sums(&self) -> Field {
        let sums = self.seconds.values().iter().zip(self.reached.values());
        let sums = sums.map(|(seconds, n)| if *n > 1e-3 { seconds * n } else { 0.0 }).collect();
        let (width, height) = (self.reached.width(), self.reached.height());
        Field::new(width, height, sums).unwrap_or_else(|| Field::nothing(width, height))
    }
}

/// The surfaces over a frame: everywhere the one of the side that came first, along its own ramp from early to late.
pub(super) fn item(
    surfaces: &[Surface],
    ramps: &[Vec<Color>],
    latest_s: u32,
    frame: &MapFrame,
    theme: &Theme,
) -> Option<Item> {
    let planes: Vec<(Vec<f32>, Vec<f32>)> = surfaces
        .iter()
        .map(|surface| {
            let pixels = |field: &Field| overlay::in_pixels(field, &surface.extent, frame);
            // Beside the reached ground nothing is late: the colour goes on as it was.
            (pixels(&surface.reached), pixels(&surface.sums()))
        })
        .collect();
    overlay::item(frame, theme.heat_blend, |i| {
        let time = |plane: &(Vec<f32>, Vec<f32>)| plane.1[i] / plane.0[i].max(1e-3);
        let there = |plane: &(Vec<f32>, Vec<f32>)| overlay::smoothstep(EDGE.0, EDGE.1, plane.0[i]);
        let shown = planes.iter().zip(ramps).filter(|(plane, _)| plane.0[i] > EDGE.0);
        let first = shown.min_by(|a, b| time(a.0).total_cmp(&time(b.0)));
        let Some((plane, ramp)) = first else { return theme.text.opacity(0.0) };
        let last = ramp.len().saturating_sub(1);
        let at = (time(plane) / latest_s as f32).clamp(0.0, 1.0) * last as f32;
        let color = ramp.get((at + 0.5) as usize).copied().unwrap_or(theme.text);
        color.opacity(OPACITY * there(plane))
    })
}
