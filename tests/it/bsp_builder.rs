//! Writes small compiled maps for tests: boxes, patches, entities.

/// `CONTENTS_*` and `SURF_*` bits used in tests.
pub const SOLID: u32 = 0x1;
pub const WATER: u32 = 0x20;
pub const CLIP: u32 = 0x10000;
pub const TRIGGER: u32 = 0x4000_0000;
pub const SKY: u32 = 0x4;
pub const NODRAW: u32 = 0x80;

/// A material of a test map.
#[derive(Clone, Copy)]
pub struct Stuff {
    pub name: &'static str,
    pub surface: u32,
    pub contents: u32,
}

pub const STONE: Stuff = Stuff { name: "textures/test/stone", surface: 0, contents: SOLID };
pub const POOL: Stuff = Stuff { name: "textures/test/water", surface: 0, contents: WATER };
pub const FENCE: Stuff = Stuff { name: "textures/common/clip", surface: NODRAW, contents: CLIP };
pub const HEAVEN: Stuff = Stuff { name: "textures/skies/blue", surface: SKY, contents: SOLID };
pub const HURT: Stuff = Stuff { name: "textures/common/trigger", surface: NODRAW, contents: TRIGGER };

/// A map under construction. Model 0 is begun by [`TestMap::new`], [`TestMap::model`] begins the next.
pub struct TestMap {
    pub version: i32,
    pub entities: String,
    stuffs: Vec<Stuff>,
    planes: Vec<u8>,
    sides: Vec<u8>,
    brushes: Vec<u8>,
    vertices: Vec<u8>,
    indexes: Vec<u8>,
    surfaces: Vec<u8>,
    /// First surface, first brush, mins, maxs.
    models: Vec<(u32, u32, [f32; 3], [f32; 3])>,
}

fn put(out: &mut Vec<u8>, numbers: &[u32]) {
    out.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
}

fn put_f32(out: &mut Vec<u8>, numbers: &[f32]) {
    out.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
}

impl TestMap {
    pub fn new(entities: &str) -> Self {
        let mut map = Self {
            version: 47,
            entities: entities.to_owned(),
            stuffs: Vec::new(),
            planes: Vec::new(),
            sides: Vec::new(),
            brushes: Vec::new(),
            vertices: Vec::new(),
            indexes: Vec::new(),
            surfaces: Vec::new(),
            models: Vec::new(),
        };
        map.model();
        map
    }

    /// What comes next belongs to a new model.
    pub fn model(&mut self) -> &mut Self {
        let (surfaces, brushes) = ((self.surfaces.len() / 104) as u32, (self.brushes.len() / 12) as u32);
        self.models.push((surfaces, brushes, [f32::MAX; 3], [f32::MIN; 3]));
        self
    }

    fn stuff(&mut self, stuff: Stuff) -> u32 {
        let known = self.stuffs.iter().position(|s| s.name == stuff.name);
        known.unwrap_or_else(|| {
            self.stuffs.push(stuff);
            self.stuffs.len() - 1
        }) as u32
    }

    /// A material that nothing uses; the same name may come again.
    pub fn shader(&mut self, name: &'static str) -> &mut Self {
        self.stuffs.push(Stuff { name, surface: 0, contents: 0 });
        self
    }

    fn grow(&mut self, mins: [f32; 3], maxs: [f32; 3]) {
        let model = self.models.last_mut().unwrap();
        for i in 0..3 {
            model.2[i] = model.2[i].min(mins[i]);
            model.3[i] = model.3[i].max(maxs[i]);
        }
    }

    /// A box without a drawn face.
    pub fn bare(&mut self, mins: [f32; 3], maxs: [f32; 3], stuff: Stuff) -> &mut Self {
        let shader = self.stuff(stuff);
        let first = (self.sides.len() / 8) as u32;
        for axis in 0..3 {
            for (sign, distance) in [(1.0, maxs[axis]), (-1.0, -mins[axis])] {
                let mut normal = [0.0; 3];
                normal[axis] = sign;
                let plane = (self.planes.len() / 16) as u32;
                put_f32(&mut self.planes, &normal);
                put_f32(&mut self.planes, &[distance]);
                put(&mut self.sides, &[plane, shader]);
            }
        }
        put(&mut self.brushes, &[first, 6, shader]);
        self.grow(mins, maxs);
        self
    }

    /// A box whose top is drawn.
    pub fn solid(&mut self, mins: [f32; 3], maxs: [f32; 3], stuff: Stuff) -> &mut Self {
        self.bare(mins, maxs, stuff);
        let z = maxs[2];
        let corners =
            [[mins[0], mins[1], z], [mins[0], maxs[1], z], [maxs[0], maxs[1], z], [maxs[0], mins[1], z]];
        self.surface(1, stuff, &corners, 1.0, &[0, 1, 2, 0, 2, 3], (0, 0))
    }

    /// A curved surface of 3 × 3 control points, in rows.
    pub fn patch(&mut self, controls: &[[f32; 3]; 9], stuff: Stuff) -> &mut Self {
        self.surface(2, stuff, controls, 1.0, &[], (3, 3))
    }

    /// Any surface.
    pub fn surface(
        &mut self,
        kind: u32,
        stuff: Stuff,
        corners: &[[f32; 3]],
        normal_z: f32,
        indexes: &[u32],
        patch: (u32, u32),
    ) -> &mut Self {
        let shader = self.stuff(stuff);
        let vertex = (self.vertices.len() / 44) as u32;
        let index = (self.indexes.len() / 4) as u32;
        for corner in corners {
            put_f32(&mut self.vertices, corner);
            put_f32(&mut self.vertices, &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, normal_z]);
            put(&mut self.vertices, &[u32::MAX]);
            self.grow(*corner, *corner);
        }
        put(&mut self.indexes, indexes);
        let (count, indexes) = (corners.len() as u32, indexes.len() as u32);
        put(&mut self.surfaces, &[shader, u32::MAX, kind, vertex, count, index, indexes]);
        self.surfaces.extend([0; 17 * 4]);
        put(&mut self.surfaces, &[patch.0, patch.1]);
        self
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let mut shaders = Vec::new();
        for stuff in &self.stuffs {
            let mut name = stuff.name.as_bytes().to_vec();
            name.resize(64, 0);
            shaders.extend(name);
            put(&mut shaders, &[stuff.surface, stuff.contents]);
        }
        let (surfaces, brushes) = ((self.surfaces.len() / 104) as u32, (self.brushes.len() / 12) as u32);
        let ends = self.models.iter().skip(1).map(|m| (m.0, m.1)).chain([(surfaces, brushes)]);
        let mut models = Vec::new();
        for ((surface, brush, mins, maxs), (last_surface, last_brush)) in self.models.iter().zip(ends) {
            let (mins, maxs) = if mins[0] > maxs[0] { ([0.0; 3], [0.0; 3]) } else { (*mins, *maxs) };
            put_f32(&mut models, &mins);
            put_f32(&mut models, &maxs);
            put(&mut models, &[*surface, last_surface - surface, *brush, last_brush - brush]);
        }
        let mut lumps: Vec<Vec<u8>> = vec![Vec::new(); 17];
        lumps[0] = [self.entities.as_bytes(), b"\0"].concat();
        lumps[1] = shaders;
        lumps[2].clone_from(&self.planes);
        lumps[7] = models;
        lumps[8].clone_from(&self.brushes);
        lumps[9].clone_from(&self.sides);
        lumps[10].clone_from(&self.vertices);
        lumps[11].clone_from(&self.indexes);
        lumps[13].clone_from(&self.surfaces);
        // Not read, but part of every file.
        lumps[16] = vec![7; 12];
        let mut file = b"IBSP".to_vec();
        file.extend(self.version.to_le_bytes());
        let mut offset = 144;
        for lump in &lumps {
            put(&mut file, &[offset, lump.len() as u32]);
            offset += lump.len() as u32;
        }
        file.extend(lumps.concat());
        file
    }
}

/// One room of 1024 × 1024 units under a roof, with a crate in its north west, a pool in its south east, a spawn spot
/// of each side, and beyond its walls a courtyard out of reach. `corners` are worldspawn's keys.
pub fn room(corners: &str) -> TestMap {
    let entities = format!(
        "{{\n\"classname\" \"worldspawn\"\n\"message\" \"^1Test Room\"\n{corners}\n}}\n\
         {{ \"classname\" \"team_CTF_redspawn\" \"origin\" \"-200 0 24\" }}\n\
         {{ \"classname\" \"team_CTF_bluespawn\" \"origin\" \"200 0 24\" }}\n\
         {{ \"classname\" \"team_WOLF_objective\" \"origin\" \"-220 0 24\" \"description\" \"West Bunker\" \"spawnflags\" \"1\" }}\n\
         {{ \"classname\" \"team_WOLF_objective\" \"origin\" \"230 0 24\" \"description\" \"East Camp\" \"spawnflags\" \"2\" }}\n"
    );
    let mut map = TestMap::new(&entities);
    map.solid([-512.0, -512.0, -16.0], [512.0, 256.0, 0.0], STONE)
        .solid([-512.0, 256.0, -16.0], [512.0, 512.0, 0.0], STONE)
        // Walls.
        .solid([-528.0, -528.0, -16.0], [-512.0, 528.0, 256.0], STONE)
        .solid([512.0, -528.0, -16.0], [528.0, 528.0, 256.0], STONE)
        .solid([-512.0, 512.0, -16.0], [512.0, 528.0, 256.0], STONE)
        .solid([-512.0, -528.0, -16.0], [512.0, -512.0, 256.0], STONE)
        // A roof over everything, seen from above.
        .solid([-528.0, -528.0, 256.0], [528.0, 528.0, 272.0], STONE)
        // A crate one can climb, a block one cannot, and a pool.
        .solid([-400.0, 300.0, 0.0], [-300.0, 400.0, 48.0], STONE)
        .solid([300.0, 300.0, 0.0], [400.0, 400.0, 256.0], STONE)
        .bare([200.0, -400.0, 0.0], [400.0, -200.0, 30.0], POOL);
    map
}
