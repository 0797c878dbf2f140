//! What lies under each plumb line of a picture: floor, wall or roof, and its height.

use rayon::prelude::*;

use super::material::Material;
use super::solid::{Lines, Span, Stuff};
use super::triangles::Triangle;
use super::{FloorPlan, Overview, OverviewError};

/// The map is cut this far above a floor, units: over a step, under a lintel.
const HIPS: f32 = 36.0;

/// What a plumb line meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// Nothing, or the inside of rock.
    #[default]
    Void,
    /// A roof, a rock, a wall's top: seen, but not walked on.
    Roof,
    /// Floor.
    Floor,
    /// Floor of a floor below the one drawn.
    Below,
}

/// One plumb line's ground.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Ground {
    pub kind: Kind,
    /// Its height, units; 0 in the void.
    pub z: f32,
    pub material: Material,
    /// Liquid over it and how deep, units.
    pub liquid: Option<Stuff>,
    pub depth: u16,
}

/// A grid of grounds.
pub(crate) struct Grounds {
    pub columns: usize,
    pub cells: Vec<Ground>,
}

impl Grounds {
    /// The ground of a cell; beyond an edge, that of the edge.
    pub fn at(&self, column: isize, row: isize) -> &Ground {
        let rows = self.cells.len() / self.columns;
        let column = column.clamp(0, self.columns as isize - 1) as usize;
        let row = row.clamp(0, rows as isize - 1) as usize;
        &self.cells[row * self.columns + column]
    }
}

/// How much work a picture may mean, in faces looked at: some hundred for each line.
pub(crate) fn work_allowed(lines: &Lines) -> u64 {
    20_000_000 + 800 * lines.columns as u64 * lines.rows as u64
}

/// One look at a map's geometry.
pub(crate) struct Survey<'a> {
    pub overview: &'a Overview,
    pub floor: FloorPlan,
}

impl Survey<'_> {
    /// Check that all of a picture's lines can be followed in bearable time.
    pub fn check(&self, lines: &Lines) -> Result<(), OverviewError> {
        let triangles = self.overview.drawn.seen.iter().map(|t| t.work(lines));
        let work = triangles.fold(self.overview.volumes.work(lines), u64::saturating_add);
        if work > work_allowed(lines) { Err(OverviewError::TooTangled) } else { Ok(()) }
    }

    /// The ground under every line.
    pub fn grounds(&self, lines: Lines) -> Grounds {
        let overview = self.overview;
        let tops = self.tops(&lines);
        let Some(walk) = &overview.walk else {
            let cells = tops.iter().map(|top| self.seen(*top, Kind::Floor)).collect();
            return Grounds { columns: lines.columns, cells };
        };
        let floor = walk.at_height(self.floor.up_to);
        let mut cuts = vec![f32::NAN; lines.columns * lines.rows];
        cuts.par_chunks_mut(lines.columns).enumerate().for_each(|(row, cuts)| {
            let y = lines.y(row);
            for (column, cut) in cuts.iter_mut().enumerate() {
                *cut = floor.floor_near(lines.x(column), y) + HIPS;
            }
        });
        let mut curved = vec![f32::NEG_INFINITY; cuts.len()];
        for triangle in overview.drawn.curved.iter().filter(|t| t.slope() > 0.5) {
            triangle.under(&lines, |column, row, z| {
                let i = row * lines.columns + column;
                if z <= cuts[i] {
                    curved[i] = curved[i].max(z);
                }
            });
        }
        let sweep = overview.volumes.sweep(lines, |stuff| !matches!(stuff, Stuff::Clip | Stuff::Deadly));
        let mut cells = vec![Ground::default(); cuts.len()];
        cells.par_chunks_mut(lines.columns).enumerate().for_each(|(row, cells)| {
            let start = row * lines.columns;
            for (cell, top) in cells.iter_mut().zip(&tops[start..]) {
                *cell = self.seen(*top, Kind::Roof);
            }
            sweep.row(
                row,
                |column| !cuts[start + column].is_nan(),
                |column, spans| {
                    let i = start + column;
                    if let Some(floor) = self.floor(cuts[i], curved[i], spans, tops[i]) {
                        cells[column] = floor;
                    }
                },
            );
        });
        Grounds { columns: lines.columns, cells }
    }

    /// The floor under a line that is cut at a height; `None` in walls and over the sky.
    fn floor(&self, cut: f32, curved: f32, spans: &[(Stuff, Span)], top: Top) -> Option<Ground> {
        let solid = || spans.iter().filter(|(stuff, _)| *stuff == Stuff::Solid).map(|(_, span)| span);
        if solid().any(|span| span.low < cut && span.high > cut) {
            return None;
        }
        let highest = |a: Span, b: &Span| if b.high > a.high { *b } else { a };
        let none = Span { low: 0.0, high: curved, slope: 1.0, shader: u32::MAX };
        let floor = solid().filter(|span| span.high <= cut).fold(none, highest);
        if floor.high == f32::NEG_INFINITY || self.overview.volumes.is_sky(&floor) {
            return None;
        }
        let liquid = spans.iter().filter(|(stuff, span)| {
            matches!(stuff, Stuff::Water | Stuff::Slime | Stuff::Lava)
                && span.high > floor.high
                && span.low <= floor.high + HIPS
        });
        let liquid = liquid.max_by(|a, b| a.1.high.total_cmp(&b.1.high));
        // The surface that is seen knows its material better than the volume under it.
        let shader = if (top.z - floor.high).abs() < 6.0 { top.shader } else { floor.shader };
        Some(Ground {
            kind: if floor.high > self.floor.above { Kind::Floor } else { Kind::Below },
            z: floor.high,
            material: self.material(shader),
            liquid: liquid.map(|(stuff, _)| *stuff),
            depth: liquid.map_or(0, |(_, span)| (span.high - floor.high) as u16),
        })
    }

    fn seen(&self, top: Top, kind: Kind) -> Ground {
        if top.z == f32::NEG_INFINITY {
            return Ground::default();
        }
        Ground { kind, z: top.z, material: self.material(top.shader), ..Ground::default() }
    }

    fn material(&self, shader: u32) -> Material {
        self.overview.materials.get(shader as usize).copied().unwrap_or_default()
    }

    /// The highest drawn surface that faces the sky, under every line.
    fn tops(&self, lines: &Lines) -> Vec<Top> {
        let mut tops = vec![Top { z: f32::NEG_INFINITY, shader: u32::MAX }; lines.columns * lines.rows];
        let seen = |t: &&Triangle| t.is_up && t.corners.iter().any(|c| c[2] <= self.floor.up_to);
        for triangle in self.overview.drawn.seen.iter().filter(seen) {
            triangle.under(lines, |column, row, z| {
                let top = &mut tops[row * lines.columns + column];
                if z > top.z {
                    *top = Top { z, shader: triangle.shader };
                }
            });
        }
        tops
    }
}

/// The highest drawn surface under a line.
#[derive(Debug, Clone, Copy)]
struct Top {
    z: f32,
    shader: u32,
}
