//! A map's lumps become arrays that fit each other; what does not fit is left out.

use super::error::Warnings;
use super::lump::{Directory, Lump, Record, Shared};
use super::{
    Brush, BrushSide, Bsp, BspError, BspVersion, Model, Plane, Shader, Surface, SurfaceKind, Vertex, entity,
    patch,
};
use crate::geom::WORLD_LIMIT;

impl Bsp {
    /// Read a compiled map. What is odd in it is left out, see [`Bsp::warnings`].
    ///
    /// # Errors
    /// [`BspError`]: not a BSP, of another version, or without entities that can be read.
    pub fn parse(bytes: &[u8]) -> Result<Self, BspError> {
        let directory = Directory::parse(bytes)?;
        let version = match directory.version {
            47 => BspVersion::Wolfenstein,
            46 => BspVersion::Quake3,
            other => return Err(BspError::Version { found: other }),
        };
        let mut warnings = Warnings::default();
        let text = entity::parse(&directory.entities()?);
        match text.end {
            Some(fault) if text.entities.is_empty() => return Err(fault.into()),
            fault => fault.into_iter().chain(text.cut).for_each(|fault| warnings.add(fault.into())),
        }
        let mut bsp = Self {
            version,
            entities: text.entities,
            shaders: directory.records(Lump::Shaders, &mut warnings, shader).into_iter().flatten().collect(),
            planes: Vec::new(),
            models: Vec::new(),
            brushes: Vec::new(),
            sides: Vec::new(),
            vertices: Vec::new(),
            indexes: Vec::new(),
            surfaces: Vec::new(),
            warnings: Vec::new(),
        };
        bsp.read_brushes(&directory, &mut warnings);
        bsp.read_surfaces(&directory, &mut warnings);
        bsp.read_models(&directory, &mut warnings);
        bsp.warnings = warnings.into_vec();
        Ok(bsp)
    }

    /// Planes, sides and brushes. A brush without one of its sides would have no end there, so it is left out.
    fn read_brushes(&mut self, directory: &Directory<'_>, warnings: &mut Warnings) {
        let planes = directory.records(Lump::Planes, warnings, plane);
        let sides = directory.records(Lump::BrushSides, warnings, |r| {
            Ok(BrushSide { plane: r.index(0, planes.len())?, shader: r.index(4, self.shaders.len())? })
        });
        let brushes = directory.records(Lump::Brushes, warnings, |r| {
            Ok(Brush { sides: r.range(0, 4, sides.len())?, shader: r.index(8, self.shaders.len())? })
        });
        let is_side = |side: &Option<BrushSide>| side.is_some_and(|side| planes[side.plane].is_some());
        let mut shared = Shared::of(Lump::Brushes);
        let mut is_whole = |number, brush: &Brush| {
            shared.allows(number, brush.sides.len(), warnings)
                && sides[brush.sides.clone()].iter().all(is_side)
        };
        let brushes = brushes.into_iter().enumerate();
        self.brushes =
            brushes.map(|(n, brush)| brush.filter(|b| is_whole(n, b)).unwrap_or_default()).collect();
        self.planes = planes.into_iter().map(Option::unwrap_or_default).collect();
        self.sides = sides.into_iter().map(Option::unwrap_or_default).collect();
    }

    /// Vertices, indexes and surfaces.
    fn read_surfaces(&mut self, directory: &Directory<'_>, warnings: &mut Warnings) {
        let vertices = directory.records(Lump::Vertices, warnings, vertex);
        let indexes = directory.records(Lump::Indexes, warnings, |r| r.u32(0));
        let mut indexes: Vec<u32> = indexes.into_iter().flatten().collect();
        let surfaces = directory
            .records(Lump::Surfaces, warnings, |r| surface(r, self.shaders.len(), vertices.len(), &indexes));
        let mut shared = Shared::of(Lump::Surfaces);
        let mut sound = |(number, surface): (usize, Option<Surface>)| {
            let references = |surface: &Surface| surface.indexes.len() + surface.vertices.len();
            surface
                .filter(|surface| shared.allows(number, references(surface), warnings))
                .map(|surface| drawable(surface, &vertices, &mut indexes))
                .unwrap_or_default()
        };
        self.surfaces = surfaces.into_iter().enumerate().map(&mut sound).collect();
        self.vertices = vertices.into_iter().map(Option::unwrap_or_default).collect();
        self.indexes = indexes;
    }

    /// Models. Odd bounds cost the bounds alone.
    fn read_models(&mut self, directory: &Directory<'_>, warnings: &mut Warnings) {
        let models = directory.records(Lump::Models, warnings, |r| {
            let bounds = r.place(0).and_then(|mins| Ok((mins, r.place(12)?)));
            let surfaces = r.range_within(24, 28, self.surfaces.len())?;
            let brushes = r.range_within(32, 36, self.brushes.len())?;
            Ok((Model { bounds: None, surfaces, brushes }, bounds))
        });
        let mut bounded = |(model, bounds): (Model, Result<_, _>)| {
            let bounds = bounds.map_err(|fault| warnings.record(Lump::Models.name(), fault)).ok();
            Model { bounds, ..model }
        };
        self.models = models.into_iter().flatten().map(&mut bounded).collect();
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
    indexes: &[u32],
) -> Result<Surface, BspError> {
    let kind = match record.u32(8)? {
        1 => SurfaceKind::Planar,
        2 => SurfaceKind::Patch { width: record.u32(96)? as usize, height: record.u32(100)? as usize },
        3 => SurfaceKind::Triangles,
        // Flares and foliage use these fields in their own way.
        _ => return Ok(Surface::default()),
    };
    let shader = record.index(0, shaders)?;
    let corners = record.range(12, 16, vertices)?;
    if let SurfaceKind::Patch { width, height } = kind {
        if !patch::is_grid(width, height) || width * height > corners.len() {
            let size = format!("has a patch of {width} × {height} in {} vertices", corners.len());
            return Err(record.wrong(&size));
        }
        return Ok(Surface { shader, kind, vertices: corners, indexes: 0..0 });
    }
    let triangles = record.range(20, 24, indexes.len())?;
    if let Some(index) = indexes[triangles.clone()].iter().find(|i| **i as usize >= corners.len()) {
        return Err(record.wrong(&format!("uses vertex {index} of its {}", corners.len())));
    }
    Ok(Surface { shader, kind, vertices: corners, indexes: triangles })
}

/// A surface without the triangles that use an odd vertex; its other triangles are appended to the indexes. A patch
/// bends between all of its vertices, so one that is odd costs the patch.
fn drawable(mut surface: Surface, vertices: &[Option<Vertex>], indexes: &mut Vec<u32>) -> Surface {
    let corners = &vertices[surface.vertices.clone()];
    if corners.iter().all(Option::is_some) {
        return surface;
    }
    if matches!(surface.kind, SurfaceKind::Patch { .. }) {
        return Surface::default();
    }
    let is_sound = |triangle: &&[u32]| triangle.iter().all(|index| corners[*index as usize].is_some());
    let sound: Vec<u32> =
        indexes[surface.indexes].chunks_exact(3).filter(is_sound).flatten().copied().collect();
    surface.indexes = indexes.len()..indexes.len() + sound.len();
    indexes.extend(sound);
    surface
}
