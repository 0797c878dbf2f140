//! Counts to smooth planes: density with one Gaussian, shares with a wider one.
//!
//! Colour that changes more slowly than brightness keeps single lives from speckling the map like confetti. The
//! widths are in units, so that maps of different size are smoothed alike.

use rayon::prelude::*;

use crate::analysis::Cells;
use crate::figure::field::Field;
use crate::figure::resample::Taps;
use crate::geom::{WorldPoint, WorldRect};

/// Least sigma of the density, units: a body is 36 u wide.
const SIGMA_UNITS: f64 = 48.0;
/// Shares are smoothed by this much more than the density.
const SHARE_SIGMA: f64 = 1.8;
/// A plane is coarsened while its sigma stays above this many cells: nothing is lost, and it costs less.
const CELLS_PER_SIGMA: f64 = 3.0;

/// The density's sigma, units: 48, or `px` design pixels where those are wider.
pub(super) fn sigma_units(px: f64, units_per_design_px: f64) -> f64 {
    SIGMA_UNITS.max(px * units_per_design_px)
}

/// A smooth plane over an extent; coarser than the counts it was made of.
pub(super) struct Plane {
    field: Field,
    extent: WorldRect,
    /// Cells of the plane along each axis of the extent (the last one may reach over it).
    cells: (f64, f64),
}

impl Plane {
    /// The density of `counts` (one per cell of `cells`): counts per cell, smoothed.
    pub(super) fn density(cells: &Cells, counts: &[u64], sigma_units: f64) -> Self {
        Self::smooth(cells, counts, sigma_units)
    }

    /// The same with the wider Gaussian of shares.
    pub(super) fn share(cells: &Cells, counts: &[u64], sigma_units: f64) -> Self {
        Self::smooth(cells, counts, sigma_units * SHARE_SIGMA)
    }

    fn smooth(cells: &Cells, counts: &[u64], sigma_units: f64) -> Self {
        let (columns, rows) = (cells.columns() as usize, cells.rows() as usize);
        let extent = *cells.extent();
        // Sigma in cells; the axes differ a little, as cells are not quite square.
        let sigma =
            (sigma_units * columns as f64 / extent.width(), sigma_units * rows as f64 / extent.height());
        let factor = ((sigma.0.min(sigma.1) / CELLS_PER_SIGMA) as usize).max(1);
        // Taking the mean of `factor` cells is a blur of its own, of this variance.
        let taken = (factor * factor - 1) as f64 / 12.0;
        let left = |sigma: f64| (sigma * sigma - taken).max(0.0).sqrt() / factor as f64;
        let field = coarsened(counts, columns, rows, factor).smoothed(left(sigma.0), left(sigma.1));
        Self { field, extent, cells: (columns as f64 / factor as f64, rows as f64 / factor as f64) }
    }

    /// The smooth cells.
    pub(super) fn values(&self) -> &[f32] {
        self.field.values()
    }

    /// The plane as seen in a panel that shows `window` in `width` × `height` pixels.
    pub(super) fn panel(&self, window: &WorldRect, width: usize, height: usize) -> PanelPlane<'_> {
        let per_unit = (self.cells.0 / self.extent.width(), self.cells.1 / self.extent.height());
        let columns = (
            (window.min_x() - self.extent.min_x()) * per_unit.0,
            (window.max_x() - self.extent.min_x()) * per_unit.0,
        );
        let rows = (
            (self.extent.max_y() - window.max_y()) * per_unit.1,
            (self.extent.max_y() - window.min_y()) * per_unit.1,
        );
        PanelPlane {
            field: &self.field,
            columns: Taps::new(self.field.width(), columns, width, 0.0),
            rows: Taps::new(self.field.height(), rows, height, 0.0),
        }
    }

    /// The smooth cells and their grid, for contours.
    pub(super) fn field(&self) -> &Field {
        &self.field
    }

    /// A place given in cells from the plane's north-west corner.
    pub(super) fn world(&self, x: f32, y: f32) -> WorldPoint {
        let extent = &self.extent;
        WorldPoint::new(
            (extent.min_x() + f64::from(x) / self.cells.0 * extent.width()) as f32,
            (extent.max_y() - f64::from(y) / self.cells.1 * extent.height()) as f32,
            0.0,
        )
    }
}

/// Means of `factor` × `factor` cells, as numbers with a fraction. No counts at all are zeros.
fn coarsened(counts: &[u64], columns: usize, rows: usize, factor: usize) -> Field {
    let (width, height) = (columns.div_ceil(factor), rows.div_ceil(factor));
    let mut values = vec![0.0_f32; width * height];
    if !counts.is_empty() {
        values.par_chunks_exact_mut(width).enumerate().for_each_init(
            || vec![0_u64; width],
            |sums, (y, out)| {
                sums.fill(0);
                let lines = y * factor..((y + 1) * factor).min(rows);
                for line in counts[lines.start * columns..lines.end * columns].chunks_exact(columns) {
                    for (sum, cells) in sums.iter_mut().zip(line.chunks(factor)) {
                        *sum += cells.iter().sum::<u64>();
                    }
                }
                for (x, (out, sum)) in out.iter_mut().zip(sums.iter()).enumerate() {
                    let cells = lines.len() * (columns - x * factor).min(factor);
                    *out = (*sum as f64 / cells as f64) as f32;
                }
            },
        );
    }
    Field::new(width, height, values).unwrap_or_else(|| Field::nothing(width, height))
}

/// A plane in the pixels of a panel, made row by row.
pub(super) struct PanelPlane<'p> {
    field: &'p Field,
    columns: Taps,
    rows: Taps,
}

impl PanelPlane<'_> {
    /// Columns of the plane itself: what [`PanelPlane::row`] needs to work in.
    pub(super) fn columns(&self) -> usize {
        self.field.width()
    }

    /// Row `y` of the panel, from pixel `from` on; `narrow` is [`PanelPlane::columns`] long.
    pub(super) fn row(&self, y: usize, narrow: &mut [f32], from: usize, out: &mut [f32]) {
        self.rows.column_row(self.field.values(), self.field.width(), y, narrow);
        self.columns.row_from(narrow, from, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coarse_and_fine_planes_agree() {
        let extent = WorldRect::new(0.0, 0.0, 2000.0, 1000.0).unwrap();
        let cells = Cells::with_side(extent, 8.0).unwrap();
        // Four cells round one corner: where they are merged, their middle stays where it was.
        let mut counts = vec![0_u64; cells.len()];
        for cell in [60 * 250 + 100, 60 * 250 + 101, 61 * 250 + 100, 61 * 250 + 101] {
            counts[cell] = 250_000;
        }
        let plane = Plane::density(&cells, &counts, 48.0);
        assert!(plane.field.width() < 130, "coarsened");
        // The exact Gaussian of a point, sigma 6 cells.
        let panel = plane.panel(&extent, 250, 125);
        let (mut narrow, mut row) = (vec![0.0; panel.columns()], vec![0.0; 250]);
        for (dx, dy) in [(0.5, 0.5), (5.5, 0.5), (6.5, 8.5), (0.5, 15.5)] {
            panel.row((60.5 + dy) as usize, &mut narrow, 0, &mut row);
            let r2: f64 = dx * dx + dy * dy;
            let exact = 1e6 * (-r2 / 72.0).exp() / (2.0 * std::f64::consts::PI * 36.0);
            let ours = f64::from(row[(100.5 + dx) as usize]);
            assert!((ours - exact).abs() < 0.02 * 4421.0, "{dx} {dy}: {ours} {exact}");
        }
    }

    #[test]
    fn sigma_is_a_body_or_a_few_pixels() {
        assert_eq!(sigma_units(3.5, 5.0), 48.0);
        assert_eq!(sigma_units(3.5, 20.0), 70.0);
    }
}
