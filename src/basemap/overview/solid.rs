//! A map's volumes as vertical lines see them: what a plumb line at (x, y) passes through.

use crate::gamefiles::bsp::{Brush, Bsp, Model};
use crate::geom::WORLD_LIMIT;

/// `CONTENTS_*` bits.
pub(crate) mod contents {
    pub const SOLID: u32 = 0x1;
    pub const LAVA: u32 = 0x8;
    pub const SLIME: u32 = 0x10;
    pub const WATER: u32 = 0x20;
    pub const PLAYER_CLIP: u32 = 0x10000;
}

/// `SURF_*` bits that both versions share.
const SURF_SKY: u32 = 0x4;

/// Most volumes and sides together; far above any real map.
const MOST: usize = 4 << 20;

/// What fills a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stuff {
    /// Walls and floors.
    Solid,
    /// Invisible, but players cannot pass.
    Clip,
    /// Water.
    Water,
    /// Slime.
    Slime,
    /// Lava.
    Lava,
    /// Air that kills: pits end in it.
    Deadly,
}

/// A half space: everything below the plane `n · p = distance`.
#[derive(Debug, Clone, Copy)]
struct Half {
    normal: [f32; 3],
    distance: f32,
    /// The side's material.
    shader: u32,
}

/// A convex volume with its box.
#[derive(Debug, Clone)]
pub(crate) struct Volume {
    pub stuff: Stuff,
    pub mins: [f32; 3],
    pub maxs: [f32; 3],
    /// Material of the box's top.
    top: u32,
    /// The sides that are not the box's.
    halves: std::ops::Range<usize>,
}

/// Where a plumb line passes a volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub low: f32,
    pub high: f32,
    /// Upward part of the normal of the face at the top.
    pub slope: f32,
    /// Material of that face.
    pub shader: u32,
}

/// All volumes of a map that matter to an overview.
#[derive(Debug, Clone, Default)]
pub(crate) struct Volumes {
    halves: Vec<Half>,
    all: Vec<Volume>,
    /// By material: its top is no floor, because it is sky.
    sky: Vec<bool>,
}

impl Volumes {
    /// The volumes of the world and of the brush entities that stay where they are; `None` if they are too many,
    /// which only entities that share a model can make them.
    pub fn of(bsp: &Bsp) -> Option<Self> {
        let sky = bsp.shaders.iter().map(|s| s.surface_flags & SURF_SKY != 0).collect();
        let mut all = Self { sky, ..Self::default() };
        let standing = standing(bsp).map(|(model, origin)| (model, origin, None));
        let deadly = placed(bsp, "trigger_hurt").map(|(model, origin)| (model, origin, Some(Stuff::Deadly)));
        let mut looked_at = 0;
        for (model, origin, given) in standing.chain(deadly) {
            // With fewer sides than a tetrahedron a volume would have no end.
            for brush in bsp.brushes[model.brushes.clone()].iter().filter(|brush| brush.sides.len() >= 4) {
                looked_at += 1 + brush.sides.len();
                if looked_at > MOST {
                    return None;
                }
                if let Some(stuff) = given.or_else(|| stuff(bsp.shaders[brush.shader].content_flags)) {
                    all.push(bsp, brush, stuff, origin);
                }
            }
        }
        Some(all)
    }

    fn push(&mut self, bsp: &Bsp, brush: &Brush, stuff: Stuff, origin: [f32; 3]) {
        let first = self.halves.len();
        let (mut mins, mut maxs) = ([-WORLD_LIMIT; 3], [WORLD_LIMIT; 3]);
        let mut top = u32::MAX;
        for side in &bsp.sides[brush.sides.clone()] {
            let plane = bsp.planes[side.plane];
            let [nx, ny, nz] = plane.normal;
            let distance = plane.distance + nx * origin[0] + ny * origin[1] + nz * origin[2];
            let shader = side.shader as u32;
            // Five of six sides are the box's own; they are kept as two corners.
            match plane.normal.iter().position(|n| n.abs() > 0.999_99) {
                Some(axis) if plane.normal[axis] > 0.0 => {
                    if axis == 2 && distance < maxs[axis] {
                        top = shader;
                    }
                    maxs[axis] = maxs[axis].min(distance);
                }
                Some(axis) => mins[axis] = mins[axis].max(-distance),
                None => self.halves.push(Half { normal: plane.normal, distance, shader }),
            }
        }
        let is_box = (0..3).all(|axis| mins[axis] < maxs[axis]);
        // The compiler gives every brush its box; one without it is no brush.
        let is_bounded = (0..2).all(|axis| maxs[axis] - mins[axis] < 2.0 * WORLD_LIMIT);
        if is_box && is_bounded {
            self.all.push(Volume { stuff, mins, maxs, top, halves: first..self.halves.len() });
        } else {
            self.halves.truncate(first);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether the top of a span is sky, on which no player stands.
    pub fn is_sky(&self, span: &Span) -> bool {
        self.sky.get(span.shader as usize).copied().unwrap_or(false)
    }

    /// Faces of a volume: the work that one plumb line means.
    pub fn faces(volume: &Volume) -> usize {
        volume.halves.len() + 1
    }

    /// Where the plumb line at (x, y), which passes the volume's box, passes the volume, if it is taken `wider` units
    /// wider on every side.
    pub fn span(&self, volume: &Volume, x: f32, y: f32, wider: f32) -> Option<Span> {
        let mut span = Span { low: volume.mins[2], high: volume.maxs[2], slope: 1.0, shader: volume.top };
        for half in &self.halves[volume.halves.clone()] {
            let [nx, ny, nz] = half.normal;
            let room = half.distance - nx * x - ny * y + wider * (nx.abs() + ny.abs());
            if nz > 1e-3 {
                let high = room / nz;
                if high <= span.high {
                    span = Span { high, slope: nz, shader: half.shader, ..span };
                }
            } else if nz < -1e-3 {
                span.low = span.low.max(room / nz);
            } else if room < 0.0 {
                return None;
            }
        }
        (span.low < span.high).then_some(span)
    }

    /// Volumes of some kinds by rows of plumb lines.
    pub fn sweep(&self, lines: Lines, wanted: impl Fn(Stuff) -> bool) -> Sweep<'_> {
        let mut rows = vec![Vec::new(); lines.rows];
        for volume in self.all.iter().filter(|volume| wanted(volume.stuff)) {
            let (top, bottom) = (volume.maxs[1] + lines.wider, volume.mins[1] - lines.wider);
            for row in lines.rows_between(top, bottom) {
                rows[row].push(volume);
            }
        }
        for row in &mut rows {
            row.sort_by(|a: &&Volume, b: &&Volume| a.mins[0].total_cmp(&b.mins[0]));
        }
        Sweep { volumes: self, lines, rows }
    }

    /// How many faces a sweep looks at: its work, known before it is done.
    pub fn work(&self, lines: &Lines) -> u64 {
        let cost = |volume: &Volume| {
            let across = (volume.maxs[0] - volume.mins[0] + 2.0 * lines.wider) / lines.step_x;
            let down = (volume.maxs[1] - volume.mins[1] + 2.0 * lines.wider) / lines.step_y;
            let columns = f64::from(across.max(1.0)).min(lines.columns as f64);
            let rows = f64::from(down.max(1.0)).min(lines.rows as f64);
            // Each row in which a volume is looked at costs memory, too.
            (columns * rows * Self::faces(volume) as f64 + 64.0 * rows) as u64
        };
        self.all.iter().map(cost).fold(0, u64::saturating_add)
    }
}

/// The brush models of the entities of a class, with what their origin adds.
fn placed<'a>(bsp: &'a Bsp, class: &'a str) -> impl Iterator<Item = (&'a Model, [f32; 3])> {
    let entities = bsp.entities.iter().filter(move |entity| entity.class().eq_ignore_ascii_case(class));
    entities.filter_map(|entity| {
        // Model 0 is the world, which no entity is.
        let model = bsp.models.get(entity.model().filter(|n| *n > 0)?)?;
        let origin = entity.origin().unwrap_or_default();
        Some((model, [origin.x, origin.y, origin.z]))
    })
}

/// The world and the brush entities that stay where they are.
pub(crate) fn standing(bsp: &Bsp) -> impl Iterator<Item = (&Model, [f32; 3])> {
    bsp.models.first().map(|world| (world, [0.0; 3])).into_iter().chain(placed(bsp, "func_static"))
}

/// A grid of plumb lines, first row in the north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lines {
    /// x of the first column.
    pub west: f32,
    /// y of the first row.
    pub north: f32,
    /// Units from column to column.
    pub step_x: f32,
    /// Units from row to row.
    pub step_y: f32,
    pub columns: usize,
    pub rows: usize,
    /// How much wider volumes are taken, units.
    pub wider: f32,
}

impl Lines {
    pub fn x(&self, column: usize) -> f32 {
        self.west + column as f32 * self.step_x
    }

    pub fn y(&self, row: usize) -> f32 {
        self.north - row as f32 * self.step_y
    }

    /// The cell and those of the eight around it that are in the grid, row by row.
    pub fn around(&self, cell: usize) -> impl Iterator<Item = usize> + use<> {
        let (columns, rows) = (self.columns, self.rows);
        let (column, row) = (cell % columns, cell / columns);
        let near = column.saturating_sub(1)..(column + 2).min(columns);
        (row.saturating_sub(1)..(row + 2).min(rows))
            .flat_map(move |r| near.clone().map(move |c| r * columns + c))
    }

    /// The rows with `bottom <= y <= top`.
    fn rows_between(&self, top: f32, bottom: f32) -> std::ops::Range<usize> {
        let first = ((self.north - top) / self.step_y).ceil().max(0.0) as usize;
        let last = ((self.north - bottom) / self.step_y).floor();
        if last < 0.0 { 0..0 } else { first.min(self.rows)..(last as usize + 1).min(self.rows) }
    }
}

/// Volumes sorted for a walk along rows.
pub(crate) struct Sweep<'a> {
    volumes: &'a Volumes,
    lines: Lines,
    rows: Vec<Vec<&'a Volume>>,
}

impl Sweep<'_> {
    /// The spans of those plumb lines of a row that are `wanted`, handed to `each` column by column.
    pub fn row(
        &self,
        row: usize,
        wanted: impl Fn(usize) -> bool,
        mut each: impl FnMut(usize, &[(Stuff, Span)]),
    ) {
        let lines = &self.lines;
        let mut waiting = self.rows[row].iter().copied().peekable();
        let mut passing: Vec<&Volume> = Vec::new();
        let mut spans = Vec::new();
        let y = lines.y(row);
        for column in 0..lines.columns {
            let x = lines.x(column);
            passing.retain(|volume| volume.maxs[0] + lines.wider >= x);
            while let Some(volume) = waiting.next_if(|volume| volume.mins[0] - lines.wider <= x) {
                if volume.maxs[0] + lines.wider >= x {
                    passing.push(volume);
                }
            }
            if !wanted(column) {
                continue;
            }
            spans.clear();
            let span = |v: &&Volume| Some((v.stuff, self.volumes.span(v, x, y, lines.wider)?));
            spans.extend(passing.iter().filter_map(span));
            each(column, &spans);
        }
    }
}

fn stuff(content_flags: u32) -> Option<Stuff> {
    let has = |bit: u32| content_flags & bit != 0;
    if has(contents::SOLID) {
        Some(Stuff::Solid)
    } else if has(contents::LAVA) {
        Some(Stuff::Lava)
    } else if has(contents::SLIME) {
        Some(Stuff::Slime)
    } else if has(contents::WATER) {
        Some(Stuff::Water)
    } else if has(contents::PLAYER_CLIP) {
        Some(Stuff::Clip)
    } else {
        None
    }
}
