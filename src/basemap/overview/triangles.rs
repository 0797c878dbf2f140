//! The drawn surfaces of a map as triangles.

use super::solid::{Lines, standing};
use crate::gamefiles::bsp::{Bsp, Shader, SurfaceKind, Vertex, tessellate};

/// Surfaces that are not seen: sky, nodraw, hint, skip.
const UNSEEN: u32 = 0x4 | 0x80 | 0x100 | 0x200;
/// Contents that are no ground: liquids, fog, clips, triggers.
const AIRY: u32 = 0x8 | 0x10 | 0x20 | 0x40 | 0x10000 | 0x20000 | 0x4000_0000;
/// Parts of a curved piece along each side.
const STEPS: usize = 5;
/// Most triangles, and most surfaces that entities may share out; far above any real map.
const MOST: usize = 2 << 20;

/// A triangle of a drawn surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Triangle {
    pub corners: [[f32; 3]; 3],
    /// Material.
    pub shader: u32,
    /// Whether it faces the sky.
    pub is_up: bool,
}

impl Triangle {
    fn new([a, b, c]: [Vertex; 3], shader: usize, origin: [f32; 3]) -> Self {
        let at = |v: Vertex| std::array::from_fn(|i| v.at[i] + origin[i]);
        let is_up = a.normal_z + b.normal_z + c.normal_z > 0.0;
        Self { corners: [at(a), at(b), at(c)], shader: shader as u32, is_up }
    }

    /// Upward part of its own normal, negative if it faces the ground.
    pub fn slope(&self) -> f32 {
        let [a, b, c] = self.corners;
        let (u, v) = ([0, 1, 2].map(|i| b[i] - a[i]), [0, 1, 2].map(|i| c[i] - a[i]));
        let n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
        let length = (n[0] * n[0] + n[1] * n[1] + n[2] * n[2]).sqrt();
        let up = if length > 0.0 { (n[2] / length).abs() } else { 0.0 };
        if self.is_up { up } else { -up }
    }

    /// How many plumb lines lie in its box: the work that drawing it means.
    pub fn work(&self, lines: &Lines) -> u64 {
        let (columns, rows) = self.span(lines);
        columns.len() as u64 * rows.len() as u64 + 1
    }

    /// Columns and rows of its box.
    fn span(&self, lines: &Lines) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let least = |i: usize| self.corners.iter().map(|c| c[i]).fold(f32::INFINITY, f32::min);
        let most = |i: usize| self.corners.iter().map(|c| c[i]).fold(f32::NEG_INFINITY, f32::max);
        let range = |from: f32, to: f32, count: usize| {
            // Casts clamp: what lies off the grid gives an empty range.
            let (first, end) = (from.ceil().max(0.0) as usize, (to.floor() + 1.0).max(0.0) as usize);
            first.min(count)..end.min(count).max(first.min(count))
        };
        let x = |x: f32| (x - lines.west) / lines.step_x;
        let y = |y: f32| (lines.north - y) / lines.step_y;
        (range(x(least(0)), x(most(0)), lines.columns), range(y(most(1)), y(least(1)), lines.rows))
    }

    /// Every plumb line that meets it: column, row, height. A line on the edge of two triangles may meet both.
    pub fn under(&self, lines: &Lines, mut each: impl FnMut(usize, usize, f32)) {
        let [a, b, c] = self.corners.map(|corner| corner.map(f64::from));
        let area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
        if area.abs() < 1e-9 {
            return;
        }
        let (columns, rows) = self.span(lines);
        for row in rows {
            let y = f64::from(lines.y(row));
            for column in columns.clone() {
                let x = f64::from(lines.x(column));
                // Barycentric shares of b and c.
                let v = ((x - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (y - a[1])) / area;
                let w = ((b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1])) / area;
                if v >= 0.0 && w >= 0.0 && v + w <= 1.0 {
                    each(column, row, (a[2] + v * (b[2] - a[2]) + w * (c[2] - a[2])) as f32);
                }
            }
        }
    }
}

/// The triangles of a map that can be seen, and those of its curved surfaces that one can stand on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drawn {
    /// Everything but sky, clips and liquids.
    pub seen: Vec<Triangle>,
    /// Solid patches.
    pub curved: Vec<Triangle>,
}

impl Drawn {
    /// The triangles of the world and of the brush entities that stay where they are; `None` if they are too many.
    pub fn of(bsp: &Bsp) -> Option<Self> {
        let mut drawn = Self::default();
        let mut looked_at = 0;
        for (model, origin) in standing(bsp) {
            looked_at += model.surfaces.len();
            if looked_at > MOST {
                return None;
            }
            for surface in &bsp.surfaces[model.surfaces.clone()] {
                if surface.kind == SurfaceKind::Other {
                    continue;
                }
                let shader = &bsp.shaders[surface.shader];
                if !is_seen(shader) {
                    continue;
                }
                let corners = &bsp.vertices[surface.vertices.clone()];
                let triangle = |corners| Triangle::new(corners, surface.shader, origin);
                match surface.kind {
                    SurfaceKind::Planar | SurfaceKind::Triangles => {
                        let indexes = bsp.indexes[surface.indexes.clone()].chunks_exact(3);
                        drawn.seen.extend(indexes.map(|i| {
                            triangle([corners[i[0] as usize], corners[i[1] as usize], corners[i[2] as usize]])
                        }));
                    }
                    SurfaceKind::Patch { width, height } => {
                        let (points, columns) = tessellate(corners, width, height, STEPS);
                        let first = drawn.seen.len();
                        for (i, row) in points.chunks_exact(columns.max(1)).enumerate().skip(1) {
                            let above = &points[(i - 1) * columns..i * columns];
                            for x in 1..columns {
                                drawn.seen.push(triangle([above[x - 1], above[x], row[x]]));
                                drawn.seen.push(triangle([above[x - 1], row[x], row[x - 1]]));
                            }
                        }
                        if shader.content_flags & super::solid::contents::SOLID != 0 {
                            drawn.curved.extend_from_slice(&drawn.seen[first..]);
                        }
                    }
                    SurfaceKind::Other => {}
                }
                if drawn.seen.len() > MOST {
                    return None;
                }
            }
        }
        Some(drawn)
    }
}

fn is_seen(shader: &Shader) -> bool {
    shader.surface_flags & UNSEEN == 0 && shader.content_flags & AIRY == 0
}
