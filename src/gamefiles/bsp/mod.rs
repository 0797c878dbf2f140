//! Compiled maps: IBSP 47 (*Return to Castle Wolfenstein*, *Enemy Territory*) and 46 (*Quake III* and its kin).
//!
//! # The format, as far as it is read
//!
//! All numbers are little-endian. The file begins with `IBSP`, a version (`i32`) and 17 lumps, each an offset and a
//! length (`i32`); 144 bytes. A lump is an array of records of one size:
//!
//! | lump | name | record | fields used (byte offset) |
//! |---:|---|---:|---|
//! | 0 | entities | – | text, ended by NUL: `{ "key" "value" … }` blocks, the first is worldspawn |
//! | 1 | shaders | 72 | name 64 bytes; surface flags 64; content flags 68 |
//! | 2 | planes | 16 | normal 3 × f32; distance 12 |
//! | 7 | models | 40 | mins, maxs 3 × f32; first surface 24, surfaces 28, first brush 32, brushes 36 |
//! | 8 | brushes | 12 | first side 0, sides 4, shader 8 |
//! | 9 | brush sides | 8 | plane 0, shader 4 |
//! | 10 | vertices | 44 | xyz 3 × f32; normal 3 × f32 at 28 |
//! | 11 | indexes | 4 | relative to the surface's first vertex |
//! | 13 | surfaces | 104 | shader 0, kind 8, first vertex 12, vertices 16, first index 20, indexes 24, patch size 96, 100 |
//!
//! Model 0 is the world, model *n* the brush entity whose key `model` is `*n`. A brush is the space behind all its
//! sides' planes; its first six sides are its box. Both versions share all of this; they differ in the meaning of
//! some surface flags and in foliage surfaces, which are not read.
//!
//! # What is not believed
//!
//! A map file comes from anywhere. Each lump must lie within the file, be a whole number of records and keep to the
//! engine's limit; each number that points into another lump must hit it; each coordinate must lie in the world.
//! What does not is refused with the lump's name and the record's number. Nothing is allocated on the word of a
//! header: every array is as long as bytes that are there.

pub(crate) mod entity;
pub(crate) mod error;
pub(crate) mod lump;
pub(crate) mod patch;

use std::ops::Range;

pub use entity::Entity;
pub use error::BspError;
pub use lump::Lump;
pub use patch::tessellate;

use lump::{Directory, Record, bounded};

use crate::geom::WORLD_LIMIT;

/// Which family a map belongs to; surface flags differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BspVersion {
    /// 46: *Quake III Arena* and its kin.
    Quake3,
    /// 47: *Return to Castle Wolfenstein* and *Enemy Territory*.
    Wolfenstein,
}

/// A compiled map, read and checked.
#[derive(Debug, Clone)]
pub struct Bsp {
    /// Which family it is.
    pub version: BspVersion,
    /// Its entities; worldspawn first.
    pub entities: Vec<Entity>,
    /// Materials that surfaces and brushes refer to.
    pub shaders: Vec<Shader>,
    /// Planes that brush sides refer to.
    pub planes: Vec<Plane>,
    /// The world (0) and the brush entities.
    pub models: Vec<Model>,
    /// Solid and other volumes.
    pub brushes: Vec<Brush>,
    /// Their sides.
    pub sides: Vec<BrushSide>,
    /// Vertices of the drawn surfaces.
    pub vertices: Vec<Vertex>,
    /// Triangles' corners, relative to a surface's first vertex.
    pub indexes: Vec<u32>,
    /// What is drawn.
    pub surfaces: Vec<Surface>,
}

/// A material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shader {
    /// Its path, as `textures/castle/wall_01`.
    pub name: String,
    /// `SURF_*` bits.
    pub surface_flags: u32,
    /// `CONTENTS_*` bits.
    pub content_flags: u32,
}

/// The plane `normal · p = distance`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    /// Unit normal.
    pub normal: [f32; 3],
    /// Distance from the origin along it, units.
    pub distance: f32,
}

/// The world or a brush entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Lowest corner, units.
    pub mins: [f32; 3],
    /// Highest corner, units.
    pub maxs: [f32; 3],
    /// Its surfaces.
    pub surfaces: Range<usize>,
    /// Its brushes.
    pub brushes: Range<usize>,
}

/// A convex volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brush {
    /// Its sides.
    pub sides: Range<usize>,
    /// The material whose content flags it has.
    pub shader: usize,
}

/// One face of a brush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrushSide {
    /// Its plane.
    pub plane: usize,
    /// Its material.
    pub shader: usize,
}

/// A corner of drawn surfaces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vertex {
    /// Place, units.
    pub at: [f32; 3],
    /// Upward part of its normal: 1 faces the sky, −1 the ground.
    pub normal_z: f32,
}

/// Something drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surface {
    /// Its material.
    pub shader: usize,
    /// How its vertices are meant.
    pub kind: SurfaceKind,
    /// Its vertices.
    pub vertices: Range<usize>,
    /// Its triangles' corners, empty for patches.
    pub indexes: Range<usize>,
}

/// How a surface's vertices are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurfaceKind {
    /// A flat polygon as triangles.
    Planar,
    /// A curved grid of control points.
    Patch {
        /// Control points a row, odd.
        width: usize,
        /// Rows, odd.
        height: usize,
    },
    /// Triangles: terrain, baked models.
    Triangles,
    /// Flares, foliage and what we do not know: not drawn.
    Other,
}

impl Bsp {
    /// Read a compiled map.
    ///
    /// # Errors
    /// [`BspError`]: not a BSP, of another version, or a lump that is cut off, over a limit or inconsistent; the
    /// lump is named.
    pub fn parse(bytes: &[u8]) -> Result<Self, BspError> {
        let directory = Directory::parse(bytes)?;
        let version = match directory.version {
            47 => BspVersion::Wolfenstein,
            46 => BspVersion::Quake3,
            other => return Err(BspError::Version { found: other }),
        };
        let shaders = directory.records(Lump::Shaders, shader)?;
        let planes = directory.records(Lump::Planes, plane)?;
        let vertices = directory.records(Lump::Vertices, vertex)?;
        let indexes = directory.records(Lump::Indexes, |r| r.u32(0))?;
        let sides = directory.records(Lump::BrushSides, |r| {
            Ok(BrushSide { plane: r.index(0, planes.len())?, shader: r.index(4, shaders.len())? })
        })?;
        let brushes = directory.records(Lump::Brushes, |r| {
            Ok(Brush { sides: r.range(0, 4, sides.len())?, shader: r.index(8, shaders.len())? })
        })?;
        bounded(Lump::Brushes, brushes.iter().map(|b| &b.sides))?;
        let surfaces = directory
            .records(Lump::Surfaces, |r| surface(r, shaders.len(), vertices.len(), indexes.len()))?;
        bounded(Lump::Surfaces, surfaces.iter().map(|s| &s.indexes))?;
        bounded(Lump::Surfaces, surfaces.iter().map(|s| &s.vertices))?;
        for (number, surface) in surfaces.iter().enumerate() {
            let corners = surface.vertices.len();
            if let Some(index) = indexes[surface.indexes.clone()].iter().find(|i| **i as usize >= corners) {
                let what = format!("uses vertex {index} of its {corners}");
                return Err(BspError::Record { lump: Lump::Surfaces.name(), record: number, what });
            }
        }
        let models = directory.records(Lump::Models, |r| {
            Ok(Model {
                mins: r.place(0)?,
                maxs: r.place(12)?,
                surfaces: r.range(24, 28, surfaces.len())?,
                brushes: r.range(32, 36, brushes.len())?,
            })
        })?;
        let entities = entity::parse(&directory.text(Lump::Entities)?).map_err(BspError::entities)?;
        Ok(Self { version, entities, shaders, planes, models, brushes, sides, vertices, indexes, surfaces })
    }

    /// Put the entities of a `.ent` file in place of the map's own, as the engine does.
    ///
    /// # Errors
    /// [`BspError`] with the line at fault; the map keeps its own entities.
    pub fn replace_entities(&mut self, text: &str) -> Result<(), BspError> {
        self.entities = entity::parse(text).map_err(BspError::entities)?;
        Ok(())
    }

    /// The first entity: the map's own keys.
    pub fn worldspawn(&self) -> Option<&Entity> {
        self.entities.first().filter(|entity| entity.class().eq_ignore_ascii_case("worldspawn"))
    }
}

fn shader(record: &Record<'_>) -> Result<Shader, BspError> {
    let name = record.bytes(0, 64);
    let end = name.iter().position(|&b| b == 0).unwrap_or(name.len());
    Ok(Shader {
        name: String::from_utf8_lossy(&name[..end]).to_ascii_lowercase(),
        surface_flags: record.u32(64)?,
        content_flags: record.u32(68)?,
    })
}

fn plane(record: &Record<'_>) -> Result<Plane, BspError> {
    let normal = [record.f32(0)?, record.f32(4)?, record.f32(8)?];
    let distance = record.f32(12)?;
    if normal.iter().any(|n| n.abs() > 1.01) || distance.abs() > 4.0 * WORLD_LIMIT {
        return Err(record.wrong("is not a plane of the world"));
    }
    Ok(Plane { normal, distance })
}

fn vertex(record: &Record<'_>) -> Result<Vertex, BspError> {
    let normal_z = record.f32(36)?;
    Ok(Vertex { at: record.place(0)?, normal_z })
}

fn surface(
    record: &Record<'_>,
    shaders: usize,
    vertices: usize,
    indexes: usize,
) -> Result<Surface, BspError> {
    let kind = match record.u32(8)? {
        1 => SurfaceKind::Planar,
        2 => SurfaceKind::Patch { width: record.u32(96)? as usize, height: record.u32(100)? as usize },
        3 => SurfaceKind::Triangles,
        _ => SurfaceKind::Other,
    };
    let shader = record.index(0, shaders)?;
    if kind == SurfaceKind::Other {
        // Flares and foliage use these fields in their own way.
        return Ok(Surface { shader, kind, vertices: 0..0, indexes: 0..0 });
    }
    let corners = record.range(12, 16, vertices)?;
    if let SurfaceKind::Patch { width, height } = kind {
        if !patch::is_grid(width, height) || width * height > corners.len() {
            let size = format!("has a patch of {width} × {height} in {} vertices", corners.len());
            return Err(record.wrong(&size));
        }
        return Ok(Surface { shader, kind, vertices: corners, indexes: 0..0 });
    }
    let triangles = record.range(20, 24, indexes)?;
    Ok(Surface { shader, kind, vertices: corners, indexes: triangles })
}
