//! Counts to smooth planes: density with one Gaussian, shares with a wider one.
//!
//! Colour that changes more slowly than brightness keeps single lives from speckling the map like confetti. The
//! widths are in units, so that maps of different size are smoothed alike.

use std::ops::Range;

use rayon::prelude::*;

use crate::analysis::{Cells, Occupancy, Weight};
use crate::geom::{WorldPoint, WorldRect};
use crate::plane::field::Field;
use crate::plane::resample::Taps;

/// Shares are smoothed by this much more than the density.
const SHARE_SIGMA: f64 = 1.8;
/// A plane is coarsened while its sigma stays above this many cells: nothing is lost, and it costs less.
const CELLS_PER_SIGMA: f64 = 2.5;

/// The width of a density's Gaussian: whichever of the two is wider.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sigma {
    /// Units.
    pub(super) units: f64,
    /// Design pixels.
    pub(super) px: f64,
}

impl Sigma {
    /// In units, on a picture of this many units per design pixel.
    pub(super) fn over(self, units_per_design_px: f64) -> f64 {
        self.units.max(self.px * units_per_design_px)
    }
}

/// A grid's planes, read once: coarsened as far as the narrowest Gaussian allows, with their exact sums.
pub(super) struct Counts {
    planes: Vec<Option<Field>>,
    sums: Vec<u64>,
    /// All planes together, unless it is simply their sum.
    total: Option<Field>,
    extent: WorldRect,
    /// Coarse cells along each axis of the extent (the last one may reach over it).
    cells: (f64, f64),
    /// Variance that coarsening has added already, square coarse cells.
    variance: f64,
}

impl Counts {
    /// Reads a grid whose density will be smoothed by `sigma_units` or more.
    pub(super) fn read(occupancy: &Occupancy, sigma_units: f64) -> Self {
        let cells = occupancy.cells();
        let sigma = sigma_cells(cells.extent(), cells_of(cells), sigma_units);
        let factor = factor(sigma);
        let of_time = |plane: usize| {
            let times = occupancy.times(plane)?;
            let columns_of = |row| times.columns_of(row);
            let field = coarsened(cells, factor, columns_of, |row, sums| times.add_row(row, sums));
            Some((Some(field), times.sum()))
        };
        let of_others = |plane: usize| match &*occupancy.plane(plane) {
            [] => (None, 0),
            counts => {
                (Some(coarsened(cells, factor, anywhere, rows_of(cells, counts))), counts.par_iter().sum())
            }
        };
        let (planes, sums) = (0..occupancy.split().planes())
            .map(|plane| of_time(plane).unwrap_or_else(|| of_others(plane)))
            .unzip();
        let total = match occupancy.weight() {
            Weight::Time => None,
            // A life in two states is still one life: this is less than the planes' sum.
            Weight::Visits | Weight::Players => {
                let counts = occupancy.total();
                Some(coarsened(cells, factor, anywhere, rows_of(cells, &counts)))
            }
        };
        let (columns, rows) = cells_of(cells);
        Self {
            planes,
            sums,
            total,
            extent: *cells.extent(),
            cells: (columns / factor as f64, rows / factor as f64),
            variance: merged_variance(factor) / (factor * factor) as f64,
        }
    }

    /// Everything in one plane.
    pub(super) fn sum(&self, plane: usize) -> u64 {
        self.sums.get(plane).copied().unwrap_or_default()
    }

    /// The density of one plane: counts per cell of the grid, smoothed.
    pub(super) fn density(&self, plane: usize, sigma_units: f64) -> Plane {
        self.smooth(self.planes.get(plane).and_then(Option::as_ref), sigma_units)
    }

    /// The density of all planes together.
    pub(super) fn total_density(&self, sigma_units: f64) -> Plane {
        let sum = || {
            let mut planes = self.planes.iter().flatten();
            let first = planes.next()?.clone();
            Some(planes.fold(first, Field::plus))
        };
        match &self.total {
            Some(total) => self.smooth(Some(total), sigma_units),
            None => self.smooth(sum().as_ref(), sigma_units),
        }
    }

    /// One plane with the wider Gaussian of shares.
    pub(super) fn share(&self, plane: usize, sigma_units: f64) -> Plane {
        self.density(plane, sigma_units * SHARE_SIGMA)
    }

    fn smooth(&self, field: Option<&Field>, sigma_units: f64) -> Plane {
        let sigma = sigma_cells(&self.extent, self.cells, sigma_units);
        let factor = factor(sigma);
        let cells = (self.cells.0 / factor as f64, self.cells.1 / factor as f64);
        let Some(field) = field else {
            let nothing = Field::nothing(cells.0.ceil() as usize, cells.1.ceil() as usize);
            return Plane { field: nothing, extent: self.extent, cells };
        };
        let taken = self.variance + merged_variance(factor);
        let left = |sigma: f64| (sigma * sigma - taken).max(0.0).sqrt() / factor as f64;
        let field = field.reduced(factor).smoothed(left(sigma.0), left(sigma.1));
        Plane { field, extent: self.extent, cells }
    }
}

/// How many cells a side can be merged.
fn factor(sigma_cells: (f64, f64)) -> usize {
    ((sigma_cells.0.min(sigma_cells.1) / CELLS_PER_SIGMA) as usize).max(1)
}

/// Taking the mean of `factor` cells is a blur of its own, of this variance in square cells.
fn merged_variance(factor: usize) -> f64 {
    (factor * factor - 1) as f64 / 12.0
}

/// Sigma in cells; the axes differ a little, as cells are not quite square.
fn sigma_cells(extent: &WorldRect, cells: (f64, f64), sigma_units: f64) -> (f64, f64) {
    (sigma_units * cells.0 / extent.width(), sigma_units * cells.1 / extent.height())
}

fn cells_of(cells: &Cells) -> (f64, f64) {
    (f64::from(cells.columns()), f64::from(cells.rows()))
}

/// Adds a row of counts to sums, one for each column.
fn rows_of<'a>(cells: &Cells, counts: &'a [u64]) -> impl Fn(usize, &mut [u64]) + Sync + 'a {
    let columns = cells.columns() as usize;
    move |row, sums| {
        for (sum, count) in sums.iter_mut().zip(&counts[row * columns..]) {
            *sum += count;
        }
    }
}

/// Any column of a row may hold something.
fn anywhere(_: usize) -> Range<usize> {
    0..usize::MAX
}

/// Means of `factor` × `factor` cells, as numbers with a fraction; `add_row` adds a row of cells to their sums, `columns_of`
/// tells outside of which columns it holds nothing.
fn coarsened(
    cells: &Cells,
    factor: usize,
    columns_of: impl Fn(usize) -> Range<usize> + Sync,
    add_row: impl Fn(usize, &mut [u64]) + Sync,
) -> Field {
    let (columns, rows) = (cells.columns() as usize, cells.rows() as usize);
    let (width, height) = (columns.div_ceil(factor), rows.div_ceil(factor));
    let mut values = vec![0.0_f32; width * height];
    values.par_chunks_exact_mut(width).enumerate().for_each_init(
        || vec![0_u64; columns],
        |sums, (y, out)| {
            let lines = y * factor..((y + 1) * factor).min(rows);
            // Players keep to the paths of a map: most of a row holds nothing.
            let filled = lines.clone().map(&columns_of).filter(|filled| !filled.is_empty());
            let Some(filled) = filled.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)) else { return };
            lines.clone().for_each(|row| add_row(row, sums));
            let merged = lines.len() as f64;
            let (first, begin) = (filled.start / factor, filled.start / factor * factor);
            let end = filled.end.min(columns).next_multiple_of(factor).min(columns);
            for (out, cells) in out[first..].iter_mut().zip(sums[begin..end].chunks(factor)) {
                let sum: u64 = cells.iter().sum();
                if sum > 0 {
                    *out = (sum as f64 / (merged * cells.len() as f64)) as f32;
                }
            }
            sums[begin..end].fill(0);
        },
    );
    Field::new(width, height, values).unwrap_or_else(|| Field::nothing(width, height))
}

/// A smooth plane over an extent; coarser than the counts it was made of.
pub(super) struct Plane {
    field: Field,
    extent: WorldRect,
    /// Cells of the plane along each axis of the extent (the last one may reach over it).
    cells: (f64, f64),
}

impl Plane {
    /// Every value times `factor`.
    #[must_use]
    pub(super) fn times(&self, factor: f32) -> Self {
        self.with_values(self.values().iter().map(|v| v * factor).collect())
    }

    /// The same cells with other values, as many; as it was if they are not as many.
    #[must_use]
    pub(super) fn with_values(&self, values: Vec<f32>) -> Self {
        let field = Field::new(self.field.width(), self.field.height(), values);
        Self { field: field.unwrap_or_else(|| self.field.clone()), extent: self.extent, cells: self.cells }
    }

    /// The smooth cells.
    pub(super) fn values(&self) -> &[f32] {
        self.field.values()
    }

    /// The plane as seen in a panel that shows `window` in `width` × `height` pixels.
    pub(super) fn panel(&self, window: &WorldRect, width: usize, height: usize) -> PanelPlane {
        let per_unit = (self.cells.0 / self.extent.width(), self.cells.1 / self.extent.height());
        let columns = (
            (window.min_x() - self.extent.min_x()) * per_unit.0,
            (window.max_x() - self.extent.min_x()) * per_unit.0,
        );
        let rows = (
            (self.extent.max_y() - window.max_y()) * per_unit.1,
            (self.extent.max_y() - window.min_y()) * per_unit.1,
        );
        let taps = Taps::new(self.field.width(), columns, width, 0.0);
        let mut wide = vec![0.0_f32; width * self.field.height()];
        wide.par_chunks_exact_mut(width.max(1))
            .enumerate()
            .for_each(|(y, out)| taps.row(self.field.row(y), out));
        PanelPlane { width, wide, rows: Taps::new(self.field.height(), rows, height, 0.0) }
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

/// A plane in the pixels of a panel: as wide as the panel already, its rows made when they are needed.
pub(super) struct PanelPlane {
    width: usize,
    wide: Vec<f32>,
    rows: Taps,
}

impl PanelPlane {
    /// Row `y` of the panel, from pixel `from` on.
    pub(super) fn row(&self, y: usize, from: usize, out: &mut [f32]) {
        self.rows.column_row_from(&self.wide, self.width, y, from, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(cells: &Cells, set: &[(usize, u64)], factor: usize) -> Counts {
        let mut counts = vec![0_u64; cells.len()];
        for (cell, count) in set {
            counts[*cell] = *count;
        }
        let (columns, rows) = cells_of(cells);
        Counts {
            planes: vec![Some(coarsened(cells, factor, anywhere, rows_of(cells, &counts)))],
            sums: vec![0],
            total: None,
            extent: *cells.extent(),
            cells: (columns / factor as f64, rows / factor as f64),
            variance: merged_variance(factor) / (factor * factor) as f64,
        }
    }

    #[test]
    fn coarse_and_fine_planes_agree() {
        let extent = WorldRect::new(0.0, 0.0, 2000.0, 1000.0).unwrap();
        let cells = Cells::with_side(extent, 8.0).unwrap();
        // Sixteen cells round one corner: where they are merged, their middle stays where it was.
        let set: Vec<(usize, u64)> = (0..16).map(|i| ((60 + i / 4) * 250 + 100 + i % 4, 62_500)).collect();
        for (factor, sigma) in [(1, 6.0), (2, 6.0), (1, 12.0), (2, 12.0)] {
            let plane = counts(&cells, &set, factor).density(0, sigma * 8.0);
            assert_eq!(plane.field.width(), 250_usize.div_ceil((sigma / 2.5) as usize), "coarsened");
            // The exact Gaussian of a point.
            let panel = plane.panel(&extent, 250, 125);
            let mut row = vec![0.0; 250];
            // The block of cells has a variance of its own.
            let variance = sigma * sigma + (16.0 - 1.0) / 12.0;
            let peak = 1e6 / (2.0 * std::f64::consts::PI * variance);
            for (dx, dy) in [(0.5, 0.5), (5.5, 0.5), (6.5, 8.5), (0.5, 15.5)] {
                panel.row((61.5 + dy) as usize, 0, &mut row);
                let r2: f64 = dx * dx + dy * dy;
                let exact = peak * (-r2 / (2.0 * variance)).exp();
                let ours = f64::from(row[(101.5 + dx) as usize]);
                assert!((ours - exact).abs() < 0.025 * peak, "{factor} {sigma} {dx} {dy}: {ours} {exact}");
            }
        }
    }

    #[test]
    fn what_was_never_counted_is_smooth_too() {
        let extent = WorldRect::new(0.0, 0.0, 2000.0, 1000.0).unwrap();
        let cells = Cells::with_side(extent, 8.0).unwrap();
        let nothing = Counts { planes: vec![None], ..counts(&cells, &[], 2) };
        for plane in [nothing.density(0, 48.0), nothing.density(7, 48.0), nothing.total_density(60.0)] {
            assert!(plane.values().iter().all(|v| *v == 0.0));
        }
    }

    #[test]
    fn sigma_is_a_body_or_a_few_pixels() {
        let sigma = Sigma { units: 48.0, px: 3.5 };
        assert_eq!(sigma.over(5.0), 48.0);
        assert_eq!(sigma.over(20.0), 70.0);
    }
}
