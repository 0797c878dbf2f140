//! Compiled maps: read, refused, drawn.

use image::RgbaImage;
use proptest::prelude::*;
use proximity::basemap::overview::{FloorPlan, LARGEST, Overview, OverviewError, Tone};
use proximity::gamefiles::EntityFacts;
use proximity::gamefiles::bsp::{Bsp, BspError, BspVersion, SurfaceKind};
use proximity::geom::WorldRect;
use proximity::map::{LabelKind, Layer, Layers, Side};

use crate::bsp_builder::{FENCE, HEAVEN, HURT, STONE, Stuff, TestMap, room};

const CORNERS: &str = "\"mapcoordsmins\" \"-640 640\" \"mapcoordsmaxs\" \"640 -640\"";

fn rect(west: f64, south: f64, east: f64, north: f64) -> WorldRect {
    WorldRect::new(west, south, east, north).unwrap()
}

/// A map drawn over ±640 units at 10 units a pixel.
fn drawn(map: &TestMap, floor: FloorPlan) -> RgbaImage {
    let bsp = Bsp::parse(&map.build()).unwrap();
    let extent = rect(-640.0, -640.0, 640.0, 640.0);
    let overview = Overview::explore(&bsp, Some(&extent)).unwrap();
    overview.draw(&extent, 128, 128, floor, Tone::Picture).unwrap()
}

/// The colour at a place in units.
fn color(picture: &RgbaImage, x: f32, y: f32) -> [i32; 3] {
    let pixel = picture.get_pixel(((x + 640.0) / 10.0) as u32, ((640.0 - y) / 10.0) as u32);
    [pixel[0], pixel[1], pixel[2]].map(i32::from)
}

fn light(picture: &RgbaImage, x: f32, y: f32) -> i32 {
    color(picture, x, y).iter().sum::<i32>() / 3
}

#[test]
fn both_versions_are_read() {
    let mut map = room(CORNERS);
    map.patch(&[[0.0, 0.0, 8.0]; 9], STONE);
    let bsp = Bsp::parse(&map.build()).unwrap();
    assert_eq!(bsp.version, BspVersion::Wolfenstein);
    assert_eq!((bsp.brushes.len(), bsp.sides.len(), bsp.planes.len()), (10, 60, 60));
    assert_eq!((bsp.surfaces.len(), bsp.vertices.len(), bsp.indexes.len()), (10, 45, 54));
    assert_eq!(bsp.surfaces[9].kind, SurfaceKind::Patch { width: 3, height: 3 });
    assert_eq!((bsp.models.len(), bsp.entities.len(), bsp.shaders.len()), (1, 5, 2));
    assert_eq!(bsp.worldspawn().unwrap().get("message"), Some("^1Test Room"));
    map.version = 46;
    assert_eq!(Bsp::parse(&map.build()).unwrap().version, BspVersion::Quake3);
    map.version = 45;
    assert_eq!(Bsp::parse(&map.build()).unwrap_err(), BspError::Version { found: 45 });
}

/// The lines about what is left out of a map.
fn warnings(bsp: &Bsp) -> Vec<String> {
    bsp.warnings.iter().map(ToString::to_string).collect()
}

/// Offset and length of a lump.
fn lump(bytes: &[u8], number: usize) -> std::ops::Range<usize> {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let (offset, length) = (word(8 + number * 8), word(12 + number * 8));
    offset..offset + length
}

/// The test room with its bytes changed.
fn damaged(change: impl FnOnce(&mut Vec<u8>)) -> Bsp {
    let mut bytes = room(CORNERS).build();
    change(&mut bytes);
    Bsp::parse(&bytes).unwrap()
}

#[test]
fn a_map_cut_anywhere_keeps_what_is_whole() {
    let whole = room(CORNERS).build();
    let facts = EntityFacts::of(&Bsp::parse(&whole).unwrap());
    for length in 0..whole.len() {
        match Bsp::parse(&whole[..length]) {
            Err(BspError::Header { length: found }) => assert!(found == length && length < 144, "{length}"),
            Err(error) => {
                assert!(error.to_string().starts_with("lump entities: offset"), "{error}");
                assert!(length < lump(&whole, 0).end);
            }
            Ok(bsp) => {
                assert_eq!(EntityFacts::of(&bsp), facts, "names and corners do not depend on geometry");
                let lost = lump(&whole, 13).end > length;
                assert_eq!(warnings(&bsp).iter().any(|line| line.starts_with("lump surfaces: offset")), lost);
            }
        }
    }
    assert_eq!(Bsp::parse(b"RIFF....").unwrap_err(), BspError::Magic);
    let pointer = Bsp::parse(b"version https://git-lfs.github.com/spec/v1\n").unwrap_err();
    assert_eq!(pointer, BspError::LfsPointer);
}

#[test]
fn lumps_that_claim_gigabytes_are_empty_and_named() {
    let names = ["shaders", "planes", "nodes", "leafs", "leafsurfaces", "leafbrushes", "models"];
    for (number, name) in (1..).zip(names) {
        for (offset, length) in [(144, i32::MAX), (-1, 8), (144, -1), (i32::MAX, i32::MAX)] {
            let bsp = damaged(|bytes| {
                bytes[8 + number * 8..12 + number * 8].copy_from_slice(&i32::to_le_bytes(offset));
                bytes[12 + number * 8..16 + number * 8].copy_from_slice(&i32::to_le_bytes(length));
            });
            let told = warnings(&bsp);
            let is_read = !(3..7).contains(&number);
            let is_named = told.iter().any(|line| line.starts_with(&format!("lump {name}: offset")));
            assert_eq!(is_named, is_read, "{told:?}");
            assert!(told.len() <= 13, "{told:?}");
        }
    }
}

#[test]
fn a_lump_with_a_tail_is_read_up_to_it() {
    let bsp = damaged(|bytes| bytes[12 + 13 * 8] += 5);
    assert_eq!(bsp.surfaces.len(), 9);
    assert_eq!(warnings(&bsp), ["lump surfaces: 941 bytes are not a whole number of 104-byte records"]);
}

#[test]
fn an_odd_record_costs_itself_alone_and_is_named() {
    let flat = [[0.0; 3]; 3];
    let told = |change: &dyn Fn(&mut TestMap)| {
        let mut map = room(CORNERS);
        change(&mut map);
        let bsp = Bsp::parse(&map.build()).unwrap();
        assert_eq!(bsp.surfaces[..9], Bsp::parse(&room(CORNERS).build()).unwrap().surfaces[..]);
        assert_eq!(bsp.surfaces[9].indexes, 0..0);
        warnings(&bsp).join("\n")
    };
    let index = told(&|map| _ = map.surface(3, STONE, &flat, 1.0, &[0, 1, 3], (0, 0)));
    assert_eq!(index, "lump surfaces: record 9 uses vertex 3 of its 3");
    let patch = told(&|map| _ = map.surface(2, STONE, &[[0.0; 3]; 9], 1.0, &[], (3, 5)));
    assert_eq!(patch, "lump surfaces: record 9 has a patch of 3 × 5 in 9 vertices");
    let even = told(&|map| _ = map.surface(2, STONE, &[[0.0; 3]; 9], 1.0, &[], (2, 4)));
    assert!(even.contains("2 × 4"), "{even}");
}

#[test]
fn an_odd_vertex_costs_the_triangles_that_use_it() {
    for (odd, why) in [([9e9, 0.0, 0.0], "lies at"), ([0.0, f32::NAN, 0.0], "holds a number that is none")] {
        let mut map = room(CORNERS);
        let corners = [odd, [0.0; 3], [9.0, 0.0, 0.0], [0.0, 9.0, 0.0]];
        map.surface(3, STONE, &corners, 1.0, &[0, 1, 2, 1, 2, 3, 3, 2, 0], (0, 0));
        let mut controls = [[0.0; 3]; 9];
        controls[4] = odd;
        map.patch(&controls, STONE);
        let bsp = Bsp::parse(&map.build()).unwrap();
        assert_eq!(bsp.indexes[bsp.surfaces[9].indexes.clone()], [1, 2, 3]);
        assert_eq!(bsp.surfaces[10].kind, SurfaceKind::Other, "a patch needs all of its points");
        let told = warnings(&bsp);
        assert!(told[0].starts_with(&format!("lump drawverts: record 36 {why}")), "{told:?}");
        assert!(told[1].starts_with("lump drawverts: record 44 "), "{told:?}");
        assert!(!told.iter().any(|line| line.contains("surfaces")), "told once: {told:?}");
    }
}

#[test]
fn an_odd_plane_costs_the_brushes_that_use_it() {
    // Brush 7 is the crate; each brush has six planes of its own.
    let bsp = damaged(|bytes| {
        let at = lump(bytes, 2).start + 7 * 6 * 16;
        bytes[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    });
    assert_eq!((&bsp.brushes[7].sides, &bsp.brushes[8].sides), (&(0..0), &(48..54)));
    assert_eq!(warnings(&bsp), ["lump planes: record 42 holds a number that is none"]);
    let floor = |bsp: &Bsp| Overview::explore(bsp, None).unwrap().floor(-350.0, 350.0);
    assert_eq!(floor(&Bsp::parse(&room(CORNERS).build()).unwrap()), Some(48.0), "one stands on the crate");
    assert_eq!(floor(&bsp), Some(0.0), "the rest of the room is drawn");
}

#[test]
fn bounds_of_any_size_cost_nothing_but_themselves() {
    let bsp = damaged(|bytes| {
        let at = lump(bytes, 7).start;
        for (i, bound) in [f32::MIN, f32::MAX].into_iter().enumerate() {
            for axis in 0..3 {
                let at = at + i * 12 + axis * 4;
                bytes[at..at + 4].copy_from_slice(&bound.to_le_bytes());
            }
        }
    });
    assert_eq!(bsp.models[0].bounds, None);
    assert_eq!(bsp.models[0].brushes, 0..10);
    assert!(warnings(&bsp)[0].starts_with("lump models: record 0 lies at"), "{:?}", warnings(&bsp));
    let overview = Overview::explore(&bsp, None).unwrap();
    assert_eq!(overview.floor(0.0, 0.0), Some(0.0));
    let same = Overview::explore(&Bsp::parse(&room(CORNERS).build()).unwrap(), None).unwrap();
    assert_eq!(overview.extent(), same.extent());
}

#[test]
fn thousands_of_odd_records_are_a_few_lines() {
    let bsp = damaged(|bytes| {
        let verts = lump(bytes, 10);
        for vertex in bytes[verts].chunks_exact_mut(44) {
            vertex[..4].copy_from_slice(&f32::INFINITY.to_le_bytes());
        }
    });
    let told = warnings(&bsp);
    assert_eq!(told.len(), 4);
    assert_eq!(told[3], "lump drawverts: 33 more records like these");
    assert_eq!(EntityFacts::of(&bsp).spawns.len(), 2);
}

#[test]
fn more_shaders_than_old_compilers_write_are_read() {
    let mut map = room(CORNERS);
    for _ in 0..1500 {
        map.shader("textures/test/one_of_many");
    }
    let bsp = Bsp::parse(&map.build()).unwrap();
    assert_eq!((bsp.shaders.len(), bsp.warnings.len()), (1502, 0));
}

#[test]
fn entities_are_read_up_to_their_fault() {
    let mut map = room(CORNERS);
    map.entities.push('{');
    let bsp = Bsp::parse(&map.build()).unwrap();
    assert_eq!(bsp.entities.len(), 5);
    assert!(warnings(&bsp)[0].starts_with("lump entities: line 10: the text ends"), "{:?}", warnings(&bsp));
    map.entities = format!("{{ \"classname\" \"worldspawn\" \"message\" \"{}\" }}", "a".repeat(1500));
    let bsp = Bsp::parse(&map.build()).unwrap();
    assert_eq!(bsp.worldspawn().unwrap().get("message").unwrap().len(), 1023);
    assert!(warnings(&bsp)[0].contains("1500 characters is cut to 1023"), "{:?}", warnings(&bsp));
    map.entities = "\"classname\"".into();
    let none = Bsp::parse(&map.build()).unwrap_err();
    assert_eq!(none.to_string(), "lump entities: line 1: expected {");
    map.entities = "{}".repeat(3 << 20);
    let long = Bsp::parse(&map.build()).unwrap_err();
    assert_eq!(long.to_string(), "lump entities: 6291456 bytes, at most 4194304");
    map.entities = "{ \"message\" \"caf\u{e9}\" }".into();
    let mut bytes = map.build();
    let at = lump(&bytes, 0).start + bytes[lump(&bytes, 0)].iter().position(|b| *b == 0xc3).unwrap();
    bytes.splice(at..at + 2, [0xe9, b' ']);
    let entities = Bsp::parse(&bytes).unwrap().entities;
    assert_eq!(entities[0].get("message"), Some("café "), "what is not UTF-8 is Windows-1252");
}

#[test]
fn a_few_kilobytes_that_mean_hours_are_cut_short() {
    // Every surface shares one long run of triangles.
    let mut map = TestMap::new("{ \"classname\" \"worldspawn\" }");
    let big = [[-9000.0, -9000.0, 0.0], [9000.0, -9000.0, 0.0], [0.0, 9000.0, 0.0]];
    let many: Vec<u32> = [0, 1, 2].repeat(60_000);
    map.surface(3, STONE, &big, 1.0, &many, (0, 0));
    let mut bytes = map.build();
    let record = bytes[lump(&bytes, 13)].to_vec();
    let (offset, count) = (bytes.len() as u32, 100_u32);
    for _ in 0..count {
        bytes.extend(&record);
    }
    bytes[8 + 13 * 8..12 + 13 * 8].copy_from_slice(&offset.to_le_bytes());
    bytes[12 + 13 * 8..16 + 13 * 8].copy_from_slice(&(count * 104).to_le_bytes());
    let bsp = Bsp::parse(&bytes).unwrap();
    assert!(matches!(bsp.warnings[..], [BspError::TooManyShared { lump: "surfaces", record: 46, .. }]));
    assert_eq!(bsp.surfaces.iter().filter(|surface| surface.kind == SurfaceKind::Triangles).count(), 46);

    // One surface alone is read, but not drawn: it covers every pixel sixty thousand times.
    let bsp = Bsp::parse(&map.build()).unwrap();
    let overview = Overview::explore(&bsp, None).unwrap();
    let extent = rect(-9000.0, -9000.0, 9000.0, 9000.0);
    let tangled = overview.draw(&extent, 512, 512, FloorPlan::ALL, Tone::Picture);
    assert_eq!(tangled.unwrap_err(), OverviewError::TooTangled);
}

#[test]
fn entities_that_share_one_model_are_counted() {
    let mut map = room(CORNERS);
    for _ in 0..4000 {
        map.entities.push_str("{ \"classname\" \"func_static\" \"model\" \"*1\" }");
    }
    map.model();
    for _ in 0..300 {
        map.bare([0.0, 0.0, 0.0], [9.0, 9.0, 9.0], STONE);
    }
    let bsp = Bsp::parse(&map.build()).unwrap();
    assert_eq!(Overview::explore(&bsp, None).err(), Some(OverviewError::TooTangled));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn damaged_maps_never_panic(flips in prop::collection::vec((0_usize..6000, any::<u8>()), 1..12)) {
        let mut bytes = room(CORNERS).build();
        for (at, value) in flips {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        if let Ok(bsp) = Bsp::parse(&bytes) {
            let facts = EntityFacts::of(&bsp);
            if let Ok(overview) = Overview::explore(&bsp, facts.extent.as_ref()) {
                let extent = overview.extent();
                let _ = overview.draw(&extent.rect, 16, 16, FloorPlan::ALL, Tone::Dimmed);
            }
        }
    }
}

#[test]
fn the_plan_is_cut_under_the_roof() {
    let picture = drawn(&room(CORNERS), FloorPlan::ALL);
    let floor = light(&picture, 0.0, 0.0);
    assert!(light(&picture, -350.0, 350.0) > floor + 10, "the crate is higher, so lighter");
    assert!(light(&picture, 350.0, 350.0) < floor - 20, "the block is a wall");
    assert!(light(&picture, -600.0, 600.0) < floor - 20, "nothing lies outside");
    assert!(light(&picture, -520.0, 0.0) < floor - 20, "the wall is inked");
    let blue = |[r, _, b]: [i32; 3]| b - r;
    let (pool, stone) = (blue(color(&picture, 300.0, -300.0)), blue(color(&picture, 0.0, 0.0)));
    assert!(pool > stone + 20, "the pool is blue: {pool} {stone}");
}

#[test]
fn a_map_without_starting_places_is_drawn_as_the_sky_sees_it() {
    let mut map = room(CORNERS);
    map.entities = "{ \"classname\" \"worldspawn\" }".into();
    let picture = drawn(&map, FloorPlan::ALL);
    assert_eq!(color(&picture, 0.0, 0.0), color(&picture, 350.0, 350.0), "only the roof shows");
    assert!(light(&picture, 0.0, 0.0) > light(&picture, -600.0, 600.0));
}

#[test]
fn walls_without_a_door_keep_people_out_and_clips_do_too() {
    let beyond = |gate: Option<Stuff>| {
        let mut map = room(CORNERS);
        // A wall across the north, with a gap that may be closed.
        map.solid([-512.0, 200.0, 0.0], [-64.0, 216.0, 256.0], STONE);
        map.solid([64.0, 200.0, 0.0], [512.0, 216.0, 256.0], STONE);
        if let Some(stuff) = gate {
            map.bare([-64.0, 200.0, 0.0], [64.0, 216.0, 256.0], stuff);
        }
        let bsp = Bsp::parse(&map.build()).unwrap();
        let extent = rect(-640.0, -640.0, 640.0, 640.0);
        Overview::explore(&bsp, Some(&extent)).unwrap().floor(0.0, 400.0)
    };
    assert_eq!(beyond(None), Some(0.0));
    assert_eq!(beyond(Some(STONE)), None);
    assert_eq!(beyond(Some(FENCE)), None);
}

#[test]
fn deadly_pits_and_the_sky_are_no_floor() {
    let pit = |deadly: bool| {
        let mut map = TestMap::new(
            "{ \"classname\" \"worldspawn\" }{ \"classname\" \"info_player_deathmatch\" \"origin\" \"0 0 24\" }\
             { \"classname\" \"trigger_hurt\" \"model\" \"*1\" }",
        );
        map.solid([-256.0, -256.0, -16.0], [256.0, 256.0, 0.0], STONE)
            .solid([-2048.0, -2048.0, -528.0], [2048.0, 2048.0, -512.0], STONE)
            .solid([-2048.0, -2048.0, 512.0], [2048.0, 2048.0, 528.0], HEAVEN);
        map.model();
        if deadly {
            map.bare([-2048.0, -2048.0, -512.0], [2048.0, 2048.0, -400.0], HURT);
        }
        let bsp = Bsp::parse(&map.build()).unwrap();
        let overview = Overview::explore(&bsp, None).unwrap();
        (overview.floor(1000.0, 1000.0), overview.extent().rect.width())
    };
    let (floor, width) = pit(false);
    assert!(floor == Some(-512.0) && width > 4000.0, "one falls down and walks on: {floor:?} {width}");
    let (floor, width) = pit(true);
    assert!(floor.is_none() && width < 1200.0, "one dies, and the picture shows the platform: {width}");
}

#[test]
fn floors_are_told_apart_by_the_players_heights() {
    let mut map = room(CORNERS);
    // A gallery over the west half, reached by a crate and a ledge.
    map.solid([-512.0, -512.0, 96.0], [0.0, 0.0, 104.0], STONE).solid(
        [0.0, -100.0, 0.0],
        [60.0, -40.0, 52.0],
        STONE,
    );
    let layers = Layers::new(vec![Layer::up_to(100.0), Layer::up_to(400.0)]);
    let below = drawn(&map, FloorPlan::of_layer(&layers, 0));
    let above = drawn(&map, FloorPlan::of_layer(&layers, 1));
    let (x, y) = (-300.0, -300.0);
    assert!(light(&above, x, y) > light(&below, x, y) + 15, "the gallery shows on its own layer only");
    assert!(
        light(&above, 300.0, 100.0) < light(&below, 300.0, 100.0) - 10,
        "and the floor below only faintly"
    );
}

#[test]
fn curved_floors_carry() {
    let mut map = TestMap::new(
        "{ \"classname\" \"worldspawn\" }{ \"classname\" \"info_player_deathmatch\" \"origin\" \"0 0 24\" }",
    );
    map.solid([-600.0, -600.0, -16.0], [100.0, 600.0, 0.0], STONE);
    let row = |y: f32| [[100.0, y, 0.0], [300.0, y, 0.0], [500.0, y, 100.0]];
    let [a, b, c] = [row(-400.0), row(0.0), row(400.0)];
    map.patch(&[a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2]], STONE);
    let bsp = Bsp::parse(&map.build()).unwrap();
    let extent = rect(-640.0, -640.0, 640.0, 640.0);
    let floor = Overview::explore(&bsp, Some(&extent)).unwrap().floor(300.0, 0.0).unwrap();
    assert!((20.0..30.0).contains(&floor), "a quarter of the rise half way: {floor}");
}

#[test]
fn the_same_at_any_number_of_threads_and_in_bands() {
    let bsp = Bsp::parse(&room(CORNERS).build()).unwrap();
    let extent = rect(-640.0, -640.0, 640.0, 640.0);
    let draw = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let overview = Overview::explore(&bsp, Some(&extent)).unwrap();
            overview.draw(&extent, 300, 300, FloorPlan::ALL, Tone::Dimmed).unwrap()
        })
    };
    let picture = draw(1);
    assert_eq!(picture, draw(3));
    // Rows 255 and 256 belong to two bands; on level floor nothing shows there.
    let at = |y: u32| picture.get_pixel(150, y).0.map(i32::from);
    assert!((0..3).all(|i| (at(255)[i] - at(256)[i]).abs() <= 1), "{:?} {:?}", at(255), at(256));
}

#[test]
fn sizes_and_emptiness_are_refused_politely() {
    let bsp = Bsp::parse(&room(CORNERS).build()).unwrap();
    let overview = Overview::explore(&bsp, None).unwrap();
    let extent = overview.extent().rect;
    for (width, height) in [(0, 8), (8, 0), (LARGEST + 1, 8)] {
        let refused = overview.draw(&extent, width, height, FloorPlan::ALL, Tone::Picture);
        assert_eq!(refused.unwrap_err(), OverviewError::Size);
    }
    let empty = Bsp::parse(&TestMap::new("{ \"classname\" \"worldspawn\" }").build()).unwrap();
    assert_eq!(Overview::explore(&empty, None).err(), Some(OverviewError::Nothing));
}

#[test]
fn corners_are_read_however_they_are_written() {
    let facts = |keys: &str| {
        let text = format!("{{ \"classname\" \"worldspawn\" {keys} }}");
        EntityFacts::of(&Bsp::parse(&TestMap::new(&text).build()).unwrap())
    };
    let wanted = Some(rect(-3200.0, -3000.0, 3200.0, 3000.0));
    for keys in [
        "\"mapcoordsmins\" \"-3200 3000\" \"mapcoordsmaxs\" \"3200 -3000\"",
        "\"mapcoordsmins\" \"  -3200   3000 128\" \"mapcoordsmaxs\" \"3200.0 -3000.0 -64\"",
        "\"MapCoordsMaxs\" \"3200,-3000\"\n\"MAPCOORDSMINS\" \"-3200\t3000\"",
    ] {
        assert_eq!(facts(keys).extent, wanted, "{keys}");
    }
    assert_eq!(facts("").extent, None);
    let none = facts("\"mapcoordsmins\" \"-128 128\" \"mapcoordsmaxs\" \"128 -128\"");
    assert_eq!((none.extent, none.extent_fault), (None, None), "the engine's own default");
    let sorted = facts("\"mapcoordsmins\" \"-3200 -3000\" \"mapcoordsmaxs\" \"3200 3000\"");
    assert!(sorted.extent.is_none() && sorted.extent_fault.unwrap().contains("-3200 -3000"));
    for far in ["\"-1e30 1e30\" \"mapcoordsmaxs\" \"1e30 -1e30\"", "\"0 0.1\" \"mapcoordsmaxs\" \"0.1 0\""] {
        let facts = facts(&format!("\"mapcoordsmins\" {far}"));
        assert!(facts.extent.is_none() && facts.extent_fault.is_some(), "{far}");
    }
    assert!(facts("\"mapcoordsmins\" \"a b\" \"mapcoordsmaxs\" \"1 2\"").extent_fault.is_some());
    let layers = facts("\"cclayers\" \"3\" \"cclayerceil0\" \"64\" \"cclayerceil1\" \"128\"");
    assert_eq!(layers.ceilings, [64.0, 128.0], "a missing ceiling ends the layers");
    assert_eq!(facts("\"cclayers\" \"9999999999\"").ceilings, [0.0_f32; 0]);
}

#[test]
fn entities_become_labels_and_spawn_spots() {
    let mut map = room(CORNERS);
    map.entities.push_str(
        "{ \"classname\" \"trigger_objective_info\" \"shortname\" \"^3Main Gate\" \"model\" \"*1\" \"spawnflags\" \"18\" }
         { \"classname\" \"func_explosive\" \"track\" \"main gate\" \"model\" \"*1\" }
         { \"classname\" \"trigger_objective_info\" \"track\" \"Radio\" \"origin\" \"0 -400 8\" \"spawnflags\" \"65\" }
         { \"classname\" \"misc_commandmap_marker\" \"origin\" \"10 -400 8\" \"spawnflags\" \"16\" }
         { \"classname\" \"misc_commandmap_marker\" \"origin\" \"-400 -400 8\" \"spawnflags\" \"6\" }
         { \"classname\" \"team_CTF_redflag\" \"origin\" \"400 400 8\" \"message\" \"Gold\" }
         { \"classname\" \"misc_cabinet_health\" \"origin\" \"1 2 3\" }
         { \"classname\" \"trigger_objective_info\" \"shortname\" \"Nowhere\" }
         { \"classname\" \"team_WOLF_checkpoint\" \"origin\" \"0 300 8\" }",
    );
    map.model();
    map.bare([100.0, 200.0, 0.0], [140.0, 240.0, 60.0], HURT);
    let facts = EntityFacts::of(&Bsp::parse(&map.build()).unwrap());
    assert_eq!(facts.title.as_deref(), Some("Test Room"));
    let found: Vec<_> = facts
        .labels
        .iter()
        .map(|l| (l.kind, l.side, l.text.as_str(), l.at.x as i32, l.at.y as i32))
        .collect();
    assert_eq!(
        found,
        [
            (LabelKind::SpawnArea, Some(Side::Axis), "West Bunker", -220, 0),
            (LabelKind::SpawnArea, Some(Side::Allies), "East Camp", 230, 0),
            (LabelKind::Objective, Some(Side::Allies), "Main Gate", 120, 220),
            (LabelKind::CommandPost, Some(Side::Axis), "Radio", 0, -400),
            (LabelKind::Item, Some(Side::Axis), "Gold", 400, 400),
            (LabelKind::Cabinet, None, "Health cabinet", 1, 2),
            (LabelKind::Checkpoint, None, "Flag", 0, 300),
            (LabelKind::Objective, Some(Side::Allies), "Objective", -400, -400),
        ]
    );
    let spots: Vec<_> = facts.spawns.iter().map(|s| (s.side, s.area.as_deref())).collect();
    assert_eq!(spots, [(Side::Axis, Some("West Bunker")), (Side::Allies, Some("East Camp"))]);
}
