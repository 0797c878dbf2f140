//! Maps imported from archives, honest and hostile.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgba, RgbaImage};
use proximity::gamefiles::pk3::{Pk3, Pk3Limits};
use proximity::map::picture::PictureLimits;
use proximity::map::{Atlas, ExtentSource, LabelKind, MapLibrary, MapName, Side, WorldMap};
use proximity::map_import::{Edited, ImportOptions, ImportOutcome, ImportReport, import};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::bsp_builder::{STONE, room};

const SUPPLY: &str = "\"mapcoordsmins\" \"-3200 3200\" \"mapcoordsmaxs\" \"3200 -3200\"";

/// An archive of entries.
fn pk3(path: &Path, entries: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(fs::File::create(path).unwrap());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// A picture of one colour.
fn picture(format: ImageFormat, color: [u8; 3]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let rgb = image::RgbImage::from_pixel(64, 64, image::Rgb(color));
    rgb.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn options() -> ImportOptions {
    ImportOptions { overview_pixels: 64, ..ImportOptions::default() }
}

fn run(files: &[&Path], folder: &Path) -> ImportReport {
    import(files, folder, &options(), |_, _, _| {}).unwrap()
}

fn find(folder: &Path, map: &str) -> WorldMap {
    MapLibrary::open(&[folder]).unwrap().find(map).unwrap().unwrap()
}

/// Every file under a folder with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.clone(), fs::read(path).unwrap());
            }
        }
    }
    files
}

/// A folder with an archive that has everything, and the maps folder.
fn everything() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let entries: [(&str, &[u8]); 8] = [
        ("Maps/Supply.BSP", &room(SUPPLY).build()),
        ("levelshots\\SUPPLY_cc.tga", &picture(ImageFormat::Tga, [200, 10, 10])),
        ("levelshots/supply.tga", &picture(ImageFormat::Tga, [10, 200, 10])),
        ("scripts/other.arena", b"{ map \"radar\" longname \"Radar\" }"),
        ("scripts/supply.arena", b"{ map \"supply\" longname \"Supply ^1Depot\" }"),
        ("maps/supply.objdata", b"wm_objective_allied_desc 1 \"Steal the gold\""),
        ("maps/supply_loc.dat", b"10 20 30 \"Gate\"\n0 0 0 \"^2Yard\""),
        ("maps/supply_loc_override.dat", b"10 20 30 \"Front Gate\""),
    ];
    pk3(&archive, &entries);
    (home, archive, maps)
}

#[test]
fn one_archive_gives_everything_about_a_map() {
    let (_home, archive, maps) = everything();
    let report = run(&[&archive], &maps);
    assert_eq!(report.faults, [""; 0]);
    let [imported] = &report.maps[..] else { panic!("{:?}", report.maps) };
    assert_eq!((imported.outcome, imported.counts), (ImportOutcome::New, [0, 3, 2]));
    assert_eq!(imported.picture.as_deref(), Some("levelshots/supply_cc.tga in a.pk3"));
    assert_eq!(imported.warnings, [""; 0], "its corners are those of the atlas");

    let map = find(&maps, "supply");
    assert_eq!(map.title.as_deref(), Some("Supply Depot"));
    assert_eq!(map.extent.source, ExtentSource::Worldspawn);
    assert_eq!(map.extent.rect, Atlas::shipped().find(&MapName::new("supply").unwrap()).unwrap().rect);
    let loaded = map.picture.unwrap().load(&PictureLimits::default()).unwrap();
    assert_eq!(loaded.get_pixel(0, 0), &Rgba([200, 10, 10, 255]), "the command map, not the loading screen");
    assert_eq!(map.overview.unwrap().name(), "supply_overview.png");
    let labels: Vec<_> = map.labels.iter().map(|label| (label.kind, label.text.as_str())).collect();
    let wanted = [
        (LabelKind::SpawnArea, "West Bunker"),
        (LabelKind::SpawnArea, "East Camp"),
        (LabelKind::Place, "Front Gate"),
    ];
    assert_eq!(labels, wanted);
    assert_eq!(map.spawns[0].area.as_deref(), Some("West Bunker"));
    assert_eq!(map.spawns[1].side, Side::Allies);
    let text = fs::read_to_string(maps.join("supply.toml")).unwrap();
    assert!(text.contains("Steal the gold") && text.contains("maps/supply.bsp"), "{text}");
    let listed = MapLibrary::open(&[&maps]).unwrap().list();
    assert!(!listed.iter().any(|(name, _)| name.contains("overview")), "an overview is no map of its own");
}

#[test]
fn importing_again_changes_nothing() {
    let (_home, archive, maps) = everything();
    run(&[&archive], &maps);
    let before = tree(&maps);
    assert_eq!(before.len(), 3);
    let report = run(&[&archive], &maps);
    assert_eq!(report.maps[0].outcome, ImportOutcome::Unchanged);
    assert_eq!(tree(&maps), before);
}

#[test]
fn what_a_person_edited_stays() {
    let (_home, archive, maps) = everything();
    run(&[&archive], &maps);
    let described = maps.join("supply.toml");
    let edited = fs::read_to_string(&described).unwrap().replace("Front Gate", "Big Gate");
    fs::write(&described, &edited).unwrap();
    assert_eq!(run(&[&archive], &maps).maps[0].outcome, ImportOutcome::Kept);
    assert_eq!(fs::read_to_string(&described).unwrap(), edited);
    assert!(find(&maps, "supply").labels.iter().any(|label| label.text == "Big Gate"));

    let replace = ImportOptions { edited: Edited::Replace, ..options() };
    let report = import(&[&archive], &maps, &replace, |_, _, _| {}).unwrap();
    assert_eq!(report.maps[0].outcome, ImportOutcome::Updated);
    assert!(find(&maps, "supply").labels.iter().any(|label| label.text == "Front Gate"));

    // A picture of one's own beside our description stays, too.
    let own = picture(ImageFormat::Png, [1, 2, 3]);
    fs::write(maps.join("supply.png"), &own).unwrap();
    let report = run(&[&archive], &maps);
    assert!(report.maps[0].warnings[0].contains("supply.png"), "{:?}", report.maps[0].warnings);
    assert_eq!(fs::read(maps.join("supply.png")).unwrap(), own);
}

#[test]
fn of_several_archives_the_later_name_wins() {
    let (home, first, maps) = everything();
    let second = home.path().join("Z_patch.pk3");
    let cc = picture(ImageFormat::Png, [10, 10, 200]);
    pk3(
        &second,
        &[("levelshots/supply_cc.png", &cc), ("maps/supply.ent", b"{ \"classname\" \"worldspawn\" }")],
    );
    let report = run(&[&second, &first], &maps);
    assert_eq!(report.maps[0].counts, [0, 1, 0], "the entities of the .ent, and the place");
    assert_eq!(report.maps[0].warnings.len(), 1, "{:?}", report.maps[0].warnings);
    let text = fs::read_to_string(maps.join("supply.toml")).unwrap();
    assert!(text.contains("entities = \"maps/supply.ent\""), "{text}");

    pk3(&second, &[("levelshots/supply_cc.png", &cc)]);
    let report = run(&[&second, &first], &maps);
    assert_eq!(report.maps[0].outcome, ImportOutcome::Updated);
    assert_eq!(report.maps[0].picture.as_deref(), Some("levelshots/supply_cc.png in Z_patch.pk3"));
}

#[test]
fn without_a_command_map_the_geometry_is_drawn() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let broken = b"not a picture";
    let shot = picture(ImageFormat::Jpeg, [10, 200, 10]);
    let bsp = room("").build();
    pk3(
        &archive,
        &[("maps/mine.bsp", &bsp), ("levelshots/mine.jpg", &shot), ("levelshots/mine_cc.tga", broken)],
    );
    let report = run(&[&archive], &maps);
    let [mine] = &report.maps[..] else { panic!("{:?}", report.maps) };
    assert_eq!(mine.picture.as_deref(), Some("drawn from the map's geometry"));
    assert!(mine.warnings[0].contains("mine_cc.tga"), "{:?}", mine.warnings);
    assert_eq!(mine.extent.as_ref().unwrap().source, ExtentSource::Geometry);
    let map = find(&maps, "mine");
    assert_eq!(map.extent.source, ExtentSource::Geometry);
    assert_eq!(map.picture, map.overview);
    let drawn = map.picture.unwrap().load(&PictureLimits::default()).unwrap();
    assert_eq!(drawn.dimensions(), (64, 64));
}

#[test]
fn layers_have_pictures_of_their_own() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let corners = "\"mapcoordsmins\" \"-640 640\" \"mapcoordsmaxs\" \"640 -640\" \"cclayers\" \"2\" \
                   \"cclayerceil0\" \"100\" \"cclayerceil1\" \"400\"";
    let mut map = room(corners);
    map.solid([-512.0, -512.0, 96.0], [0.0, 0.0, 104.0], STONE);
    let upper = picture(ImageFormat::Tga, [9, 9, 99]);
    pk3(&archive, &[("maps/tower.bsp", &map.build()), ("levelshots/tower_1_cc.tga", &upper)]);
    assert_eq!(run(&[&archive], &maps).maps[0].counts[0], 2);
    let map = find(&maps, "tower");
    assert_eq!(map.layers.layer_for_z(150.0), 1);
    let load = |i: usize| {
        let picture = map.layers.get(i).unwrap().picture.clone().unwrap();
        picture.load(&PictureLimits::default()).unwrap()
    };
    assert_eq!(load(1).get_pixel(0, 0), &Rgba([9, 9, 99, 255]), "the game's own");
    assert_ne!(load(0), RgbaImage::from_pixel(64, 64, *load(0).get_pixel(0, 0)), "drawn");
}

#[test]
fn a_loose_map_is_imported_with_its_entities() {
    let home = tempfile::tempdir().unwrap();
    let maps = home.path().join("maps");
    let loose = home.path().join("Loose.bsp");
    fs::write(&loose, room("").build()).unwrap();
    let entities = format!("{{ \"classname\" \"worldspawn\" {SUPPLY} }}");
    fs::write(home.path().join("Loose.ent"), entities).unwrap();
    let report = run(&[&loose], &maps);
    assert_eq!(report.faults, [""; 0]);
    assert_eq!(report.maps[0].extent.as_ref().unwrap().source, ExtentSource::Worldspawn);
    assert_eq!(find(&maps, "loose").extent.source, ExtentSource::Worldspawn);
}

#[test]
fn only_named_maps_are_imported() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let bsp = room("").build();
    pk3(&archive, &[("maps/one.bsp", &bsp), ("maps/two.bsp", &bsp)]);
    let only = ImportOptions { only: Some(vec![MapName::new("TWO").unwrap()]), ..options() };
    let mut told = Vec::new();
    import(&[&archive], &maps, &only, |_, _, map| told.push(map.name.clone())).unwrap();
    assert_eq!(told, ["two"]);
}

#[test]
fn nothing_is_written_outside_the_folder() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("evil.pk3"), home.path().join("deep/maps"));
    let bsp = room("").build();
    let mut zip = ZipWriter::new(fs::File::create(&archive).unwrap());
    let stored = SimpleFileOptions::default();
    let names = [
        "maps/../../../escape.bsp",
        "/maps/absolute.bsp",
        "maps/a/b.bsp",
        "maps/c:d.bsp",
        "maps/.bsp",
        "..\\x.bsp",
    ];
    for name in names {
        zip.start_file(name, stored).unwrap();
        zip.write_all(&bsp).unwrap();
    }
    zip.add_symlink("maps/link.bsp", "/etc/passwd", stored).unwrap();
    zip.add_directory("maps/folder.bsp/", stored).unwrap();
    zip.start_file("maps/good.bsp", stored).unwrap();
    zip.write_all(&bsp).unwrap();
    zip.finish().unwrap();

    let report = run(&[&archive], &maps);
    let names: Vec<&str> = report.maps.iter().map(|map| map.name.as_str()).collect();
    assert_eq!(names, ["good"]);
    assert!(report.faults.iter().any(|fault| fault.contains("maps/a/b.bsp")), "{:?}", report.faults);
    let written: Vec<PathBuf> = tree(home.path()).into_keys().filter(|path| *path != archive).collect();
    assert_eq!(written, [maps.join("good.png"), maps.join("good.toml")]);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_folder_is_replaced_and_not_followed() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    fs::create_dir(&maps).unwrap();
    let victim = home.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    std::os::unix::fs::symlink(&victim, maps.join("good.png")).unwrap();
    pk3(&archive, &[("maps/good.bsp", &room("").build())]);
    let replace = ImportOptions { edited: Edited::Replace, ..options() };
    import(&[&archive], &maps, &replace, |_, _, _| {}).unwrap();
    assert_eq!(fs::read_to_string(victim).unwrap(), "precious");
}

#[test]
fn one_broken_map_does_not_keep_others_out() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let bsp = room("").build();
    let cut = &bsp[..200];
    pk3(&archive, &[("maps/bad.bsp", cut), ("maps/good.bsp", &bsp), ("maps/none.bsp", b"")]);
    let absent = home.path().join("absent.pk3");
    let report = run(&[&archive, &absent], &maps);
    assert_eq!(report.maps.len(), 1);
    let [gone, bad, none] = &report.faults[..] else { panic!("{:?}", report.faults) };
    assert!(gone.contains("absent.pk3"), "{gone}");
    assert!(bad.contains("a.pk3: entry maps/bad.bsp: lump entities: "), "{bad}");
    assert!(none.contains("maps/none.bsp") && none.contains("header"), "{none}");
}

#[test]
fn a_map_with_odd_geometry_is_imported_with_a_note() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let mut map = room(SUPPLY);
    map.surface(3, STONE, &[[f32::NAN; 3]; 3], 1.0, &[0, 1, 2], (0, 0));
    let bsp = map.build();
    pk3(&archive, &[("maps/odd.bsp", &bsp), ("maps/cut.bsp", &bsp[..bsp.len() - 2000])]);
    let report = run(&[&archive], &maps);
    assert_eq!(report.faults, [""; 0]);
    let [cut, odd] = &report.maps[..] else { panic!("{:?}", report.maps) };
    let note = "maps/odd.bsp: lump drawverts: record 36 holds a number that is none; left out";
    assert!(odd.warnings.iter().any(|warning| warning == note), "{:?}", odd.warnings);
    assert_eq!((odd.counts, odd.picture.is_some()), ([0, 2, 2], true));
    assert!(
        cut.warnings.iter().any(|warning| warning.contains("lump surfaces: offset")),
        "{:?}",
        cut.warnings
    );
    assert_eq!((cut.counts, &cut.extent), (odd.counts, &odd.extent), "they do not depend on geometry");
}

#[test]
fn lines_of_place_names_that_cannot_be_read_are_counted() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let places = b"// caf\xe9\r\n1 2 3 \"Caf\xe9\"\r\n4 5 6 @\r\n? ? ?\r\n7 8 9 Gate\r\nend\r\n";
    pk3(
        &archive,
        &[
            ("maps/yard.bsp", &room(SUPPLY).build()),
            ("maps/yard_loc_override.dat", b""),
            ("maps/yard_loc.dat", places),
        ],
    );
    let report = run(&[&archive], &maps);
    let note = "entry maps/yard_loc.dat: 2 lines could not be read, the first is line 4";
    assert_eq!(report.maps[0].warnings, [note]);
    let map = find(&maps, "yard");
    let named = map.labels.iter().filter(|label| label.kind == LabelKind::Place);
    assert_eq!(named.map(|label| label.text.as_str()).collect::<Vec<_>>(), ["Café", "Café", "Gate"]);
}

/// A picture's colour at its first pixel.
fn first_pixel(map: &WorldMap) -> Rgba<u8> {
    *map.picture.as_ref().unwrap().load(&PictureLimits::default()).unwrap().get_pixel(0, 0)
}

#[test]
fn archives_come_in_the_order_of_the_engine() {
    let home = tempfile::tempdir().unwrap();
    let maps = home.path().join("maps");
    let cc = |color| picture(ImageFormat::Tga, color);
    let at = |name: &str| {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    };
    let (first, second, third) = (at("etmain/townb.pk3"), at("etmain/town_fix.pk3"), at("amod/a.pk3"));
    pk3(&first, &[("maps/town.bsp", &room(SUPPLY).build()), ("levelshots/town_cc.tga", &cc([200, 0, 0]))]);
    pk3(&second, &[("levelshots/town_cc.tga", &cc([0, 200, 0]))]);
    run(&[&first, &second], &maps);
    assert_eq!(first_pixel(&find(&maps, "town")), Rgba([0, 200, 0, 255]), "_ comes after every letter");
    pk3(&third, &[("levelshots/town_cc.tga", &cc([0, 0, 200]))]);
    run(&[&third, &first, &second], &maps);
    assert_eq!(first_pixel(&find(&maps, "town")), Rgba([0, 0, 200, 255]), "a mod comes before the base game");
}

#[test]
fn unpacked_folders_are_archives() {
    let home = tempfile::tempdir().unwrap();
    let maps = home.path().join("maps");
    let put = |name: &str, bytes: &[u8]| {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    };
    let green = picture(ImageFormat::Tga, [0, 200, 0]);
    let farm = put("etmain/maps/Farm.bsp", &room(SUPPLY).build());
    let other = put("etmain/maps/other.bsp", b"not meant");
    put("etmain/LevelShots/farm_cc.tga", &green);
    put("etmain/maps/farm_loc.dat", b"1 2 3 Barn");
    put("etmain/scripts/farm.arena", b"{ map \"farm\" longname \"The Old Farm\" }");
    let report = run(&[&farm], &maps);
    assert_eq!((report.faults.len(), report.maps.len()), (0, 1), "{:?}", report.faults);
    assert_eq!(report.maps[0].picture.as_deref(), Some("levelshots/farm_cc.tga in etmain"));
    let map = find(&maps, "farm");
    assert_eq!(map.title.as_deref(), Some("The Old Farm"));
    assert!(map.labels.iter().any(|label| label.text == "Barn"));
    assert!(other.exists());

    // Files beside an archive belong to it, and the archive comes before them; so does a folder `*.pk3dir`.
    let pack = home.path().join("etmain/pack.pk3");
    pk3(&pack, &[("maps/yard.bsp", &room(SUPPLY).build())]);
    put("etmain/levelshots/yard_cc.tga", &green);
    let report = run(&[&pack], &maps);
    assert_eq!(report.maps[0].picture.as_deref(), Some("levelshots/yard_cc.tga in etmain"));
    put("etmain/z.pk3dir/levelshots/yard_cc.tga", &picture(ImageFormat::Tga, [0, 0, 200]));
    let report = run(&[&pack, &home.path().join("etmain/z.pk3dir")], &maps);
    assert_eq!(report.maps[0].picture.as_deref(), Some("levelshots/yard_cc.tga in z.pk3dir"));
}

#[test]
fn a_command_map_that_a_shader_names_is_found() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let script = b"levelshots/yard_cc_automap\n{\n{\nclampmap levelshots/plans/the_yard.jpg\n}\n}";
    pk3(
        &archive,
        &[
            ("maps/yard.bsp", &room(SUPPLY).build()),
            ("scripts/any.shader", script),
            ("levelshots/plans/the_yard.tga", &picture(ImageFormat::Tga, [0, 200, 0])),
        ],
    );
    let report = run(&[&archive], &maps);
    assert_eq!(report.maps[0].picture.as_deref(), Some("levelshots/plans/the_yard.tga in a.pk3"));
}

#[test]
fn block_comments_are_known_in_entity_files() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let entities = b"/* by hand\n{ */\n{ \"classname\" \"worldspawn\" }\n\
                     { \"classname\" \"team_CTF_redspawn\" /* \"origin\" \"0 0 0\" */ \"origin\" \"-500 400 24\" }";
    pk3(&archive, &[("maps/north.bsp", &room(SUPPLY).build()), ("maps/north.ent", entities)]);
    run(&[&archive], &maps);
    let spawns = find(&maps, "north").spawns;
    assert_eq!(spawns.len(), 1);
    assert_eq!((spawns[0].at.x, spawns[0].at.y), (-500.0, 400.0));
}

#[test]
fn what_is_wrapped_or_misplaced_is_read_or_named() {
    let home = tempfile::tempdir().unwrap();
    let maps = home.path().join("maps");
    let bsp = room(SUPPLY).build();
    let mac = home.path().join("mac.pk3");
    let note = b"Mac OS X        ";
    pk3(&mac, &[("maps/mc.bsp", &bsp), ("__MACOSX/maps/._mc.bsp", note), ("maps/._mc.bsp", note)]);
    let report = run(&[&mac], &maps);
    assert_eq!((report.faults, report.maps.len()), (Vec::new(), 1), "what macOS adds is no part of it");

    let deep = home.path().join("deep.pk3");
    pk3(&deep, &[("castle_b1/maps/castle_b1.bsp", &bsp)]);
    let report = run(&[&deep], &maps);
    let [fault] = &report.faults[..] else { panic!("{:?}", report.faults) };
    assert!(fault.contains("castle_b1/maps/castle_b1.bsp lies too deep"), "{fault}");
    assert!(fault.contains("maps/castle_b1.bsp and does not find it"), "{fault}");

    let zip = home.path().join("castle.zip");
    let (inner, lost) = (fs::read(&mac).unwrap(), b"not an archive");
    pk3(&zip, &[("readme.txt", b"put it into etmain"), ("castle/mc.pk3", &inner), ("castle/bad.pk3", lost)]);
    let report = run(&[&zip], &home.path().join("more"));
    assert_eq!(report.maps[0].name, "mc");
    let [fault] = &report.faults[..] else { panic!("{:?}", report.faults) };
    assert!(fault.contains("castle.zip/castle/bad.pk3: not a readable pk3"), "{fault}");
    let limits = Pk3Limits { archive_bytes: 100, ..Pk3Limits::default() };
    let report = import(&[&zip], &maps, &ImportOptions { limits, ..options() }, |_, _, _| {}).unwrap();
    assert!(report.faults.iter().any(|fault| fault.contains("castle/mc.pk3 is larger than 100 bytes")));
}

#[test]
fn odd_map_names_get_safe_file_names() {
    let home = tempfile::tempdir().unwrap();
    let (archive, maps) = (home.path().join("a.pk3"), home.path().join("maps"));
    let bsp = room(SUPPLY).build();
    let odd = "it's castle(final)!~#@& +b";
    pk3(&archive, &[(&format!("maps/{odd}.bsp"), &bsp), ("maps/castle_final_.bsp", &bsp)]);
    let report = run(&[&archive], &maps);
    assert_eq!(report.faults, [""; 0]);
    assert_eq!(report.maps.iter().map(|map| map.name.as_str()).collect::<Vec<_>>(), ["castle_final_", odd]);
    for path in tree(&maps).keys() {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+".contains(&b)), "{name}");
    }
    assert_eq!(find(&maps, "It's Castle(Final)!~#@& +B").spawns.len(), 2);
    let listed = MapLibrary::open(&[&maps]).unwrap().list();
    assert!(listed.iter().any(|(name, _)| name == odd), "{listed:?}");
    assert_eq!(run(&[&archive], &maps).maps[1].outcome, ImportOutcome::Unchanged);
}

#[test]
fn bombs_and_locked_entries_are_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("bomb.pk3");
    pk3(&path, &[("maps/bomb.bsp", &vec![0; 2 << 20])]);
    let limits = Pk3Limits { ratio: 100, ..Pk3Limits::default() };
    let bomb = Pk3::open(&path, limits).unwrap().read("maps/bomb.bsp", u64::MAX).unwrap_err().to_string();
    assert!(bomb.contains("bomb.pk3: entry maps/bomb.bsp unpacks to more than 100 times"), "{bomb}");
    let limits = Pk3Limits { entry_bytes: 1000, ..Pk3Limits::default() };
    let large = Pk3::open(&path, limits).unwrap().read("maps/bomb.bsp", u64::MAX).unwrap_err().to_string();
    assert!(large.contains("larger than 1000 bytes"), "{large}");

    // A directory that lies about the size: the bytes are counted as they come.
    let mut bytes = fs::read(&path).unwrap();
    let central = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    bytes[central + 24..central + 28].copy_from_slice(&500_u32.to_le_bytes());
    bytes[22..26].copy_from_slice(&500_u32.to_le_bytes());
    fs::write(&path, &bytes).unwrap();
    let lie = Pk3::open(&path, limits).unwrap().read("maps/bomb.bsp", u64::MAX).unwrap_err().to_string();
    assert!(lie.contains("maps/bomb.bsp"), "{lie}");

    // Bit 0 of the flags in both headers: encrypted.
    let path = home.path().join("locked.pk3");
    pk3(&path, &[("maps/secret.bsp", b"secret")]);
    let mut bytes = fs::read(&path).unwrap();
    let central = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    bytes[6] |= 1;
    bytes[central + 8] |= 1;
    fs::write(&path, &bytes).unwrap();
    let report = run(&[&path], &home.path().join("maps"));
    assert_eq!(report.faults.len(), 1);
    assert!(report.faults[0].contains("entry maps/secret.bsp is encrypted"), "{:?}", report.faults);
}

#[test]
fn damaged_archives_never_panic() {
    let home = tempfile::tempdir().unwrap();
    let (whole, path) = (home.path().join("whole.pk3"), home.path().join("cut.pk3"));
    pk3(&whole, &[("maps/tiny.bsp", b"IBSP"), ("maps/tiny.ent", b"{ }"), ("readme.txt", b"hello")]);
    let bytes = fs::read(&whole).unwrap();
    for length in 0..bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        let message = Pk3::open(&path, Pk3Limits::default()).err().map(|error| error.to_string());
        let message = message.unwrap_or_else(|| panic!("an archive cut at {length} was opened"));
        assert!(message.contains("cut.pk3"), "{message}");
    }
    let mut noise = 1_u32;
    for _ in 0..400 {
        let mut damaged = bytes.clone();
        for _ in 0..3 {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (noise >> 8) as usize % damaged.len();
            damaged[at] = noise as u8;
        }
        fs::write(&path, &damaged).unwrap();
        if let Ok(mut archive) = Pk3::open(&path, Pk3Limits::default()) {
            let names: Vec<String> = archive.names().map(str::to_owned).collect();
            for name in names {
                if let Err(error) = archive.read(&name, u64::MAX) {
                    assert!(error.to_string().contains(&name), "{error}");
                }
            }
        }
    }
    fs::write(&path, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n").unwrap();
    let pointer = Pk3::open(&path, Pk3Limits::default()).err().unwrap().to_string();
    assert!(pointer.contains("Git LFS pointer"), "{pointer}");
}
