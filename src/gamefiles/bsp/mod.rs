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
//! A map file comes from anywhere, and one odd record must not cost the map. A lump that leaves the file counts as empty;
//! a record that points nowhere, holds no number or lies beyond the world is left out with all that is made of it, and
//! [`Bsp::warnings`] names the lump and the record. Lumps that are not listed above are not looked at. Corners, names and
//! spawn spots come from the entities alone: only a map whose entities cannot be read is refused.
//!
//! Nothing is allocated on the word of a header: every array is as long as bytes that are there. What records share
//! (surfaces their triangles, brushes their sides) is counted, so that a few kilobytes cannot mean hours of work.

mod entity;
mod error;
mod lump;
mod patch;
mod read;

use std::ops::Range;

pub use entity::Entity;
pub use error::BspError;
pub use lump::Lump;
pub use patch::tessellate;

use crate::text::decode;
use entity::LONGEST_TEXT;

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
    /// What is left out because it is odd, a few lines for each lump.
    pub warnings: Vec<BspError>,
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
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Plane {
    /// Unit normal.
    pub normal: [f32; 3],
    /// Distance from the origin along it, units.
    pub distance: f32,
}

/// The world or a brush entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Lowest and highest corner, units; `None` if they are odd.
    pub bounds: Option<([f32; 3], [f32; 3])>,
    /// Its surfaces.
    pub surfaces: Range<usize>,
    /// Its brushes.
    pub brushes: Range<usize>,
}

/// A convex volume; one that is left out has no sides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brush {
    /// Its sides.
    pub sides: Range<usize>,
    /// The material whose content flags it has.
    pub shader: usize,
}

/// One face of a brush.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BrushSide {
    /// Its plane.
    pub plane: usize,
    /// Its material.
    pub shader: usize,
}

/// A corner of drawn surfaces.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Vertex {
    /// Place, units.
    pub at: [f32; 3],
    /// Upward part of its normal: 1 faces the sky, −1 the ground.
    pub normal_z: f32,
}

/// Something drawn; what is left out is [`SurfaceKind::Other`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
    #[default]
    Other,
}

impl Bsp {
    /// Put the entities of a `.ent` file in place of the map's own, as the engine does.
    ///
    /// # Errors
    /// [`BspError`] with the line at fault; the map keeps its own entities.
    pub fn replace_entities(&mut self, text: &[u8]) -> Result<(), BspError> {
        if text.len() > LONGEST_TEXT {
            return Err(BspError::TooLong { length: text.len(), most: LONGEST_TEXT });
        }
        let read = entity::parse(&decode(text).0);
        if let Some(fault) = read.end {
            return Err(fault.into());
        }
        self.entities = read.entities;
        self.warnings.extend(read.cut.map(BspError::from));
        Ok(())
    }

    /// The first entity: the map's own keys.
    pub fn worldspawn(&self) -> Option<&Entity> {
        self.entities.first().filter(|entity| entity.class().eq_ignore_ascii_case("worldspawn"))
    }
}
