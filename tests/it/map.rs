//! Maps found by name: folders, overrides, pictures, and names that mean harm.

use std::fs;
use std::path::Path;

use proximity::geom::{PixelPoint, WorldPoint};
use proximity::map::picture::{PictureError, PictureLimits};
use proximity::map::{ExtentSource, LibraryError, MapLibrary, Side, WorldMap, picture};

/// A PNG of one colour.
fn png(path: &Path, width: u32, height: u32) {
    image::RgbaImage::from_pixel(width, height, image::Rgba([9, 8, 7, 255])).save(path).unwrap();
}

fn find(folder: &Path, map: &str) -> Option<WorldMap> {
    MapLibrary::open(&[folder]).unwrap().find(map).unwrap()
}

fn nothing() -> MapLibrary {
    MapLibrary::open::<&Path>(&[]).unwrap()
}

#[test]
fn supply_projects_as_in_the_game() {
    let map = nothing().find("supply").unwrap().unwrap();
    let affine = map.projection(0.0, 0.0, 1024.0, 1024.0).unwrap();
    let pixel = affine.project(WorldPoint::new(100.0, -500.0, 0.0));
    assert!((pixel.x - 528.0).abs() < 0.01 && (pixel.y - 592.0).abs() < 0.01, "{pixel:?}");
    let corner = affine.project(WorldPoint::new(-3200.0, 3200.0, 0.0));
    assert!(corner.distance(PixelPoint::new(0.0, 0.0)) < 0.01, "north west is the top left");
}

#[test]
fn every_known_map_projects_both_ways() {
    let library = nothing();
    for (name, _) in library.list() {
        let map = library.find(&name).unwrap().unwrap();
        let rect = map.extent.rect;
        let affine = map.projection(7.0, 11.0, 800.0, 800.0).unwrap();
        for (u, v) in [(0.0, 0.0), (1.0, 1.0), (0.25, 0.75), (0.9, 0.1)] {
            let world = WorldPoint::new(
                (rect.min_x() + u * rect.width()) as f32,
                (rect.max_y() - v * rect.height()) as f32,
                5.0,
            );
            let pixel = affine.project(world);
            let wanted = PixelPoint::new((7.0 + 800.0 * u) as f32, (11.0 + 800.0 * v) as f32);
            assert!(pixel.distance(wanted) < 0.01, "{name}: {pixel:?} is not {wanted:?}");
            assert!(affine.unproject(pixel, 5.0).distance_3d(world) < 0.02, "{name}");
        }
    }
}

#[test]
fn axes_scale_on_their_own() {
    let map = nothing().find("etl_beach").unwrap().unwrap();
    let affine = map.projection(0.0, 0.0, 1000.0, 1000.0).unwrap();
    assert!((affine.scale_x() - 1000.0 / 10180.0).abs() < 1e-9);
    assert!((affine.scale_y() - 1000.0 / 10681.0).abs() < 1e-9);
}

#[test]
fn names_that_are_no_names_find_nothing() {
    let home = tempfile::tempdir().unwrap();
    let maps = home.path().join("maps");
    fs::create_dir(&maps).unwrap();
    png(&home.path().join("secret.png"), 4, 4);
    fs::write(home.path().join("secret.toml"), "extent = { mins = [0, 8], maxs = [8, 0] }").unwrap();
    let long = "x".repeat(5000);
    for name in ["../secret", "..\\secret", "/etc/passwd", "", ".", "..", "a/../../secret", "a\0b", &long] {
        assert_eq!(find(&maps, name), None, "{name:?}");
        assert!(MapLibrary::open(&[&maps]).unwrap().stray_picture(name).is_none());
    }
}

#[cfg(unix)]
#[test]
fn links_and_paths_cannot_leave_the_folder() {
    let home = tempfile::tempdir().unwrap();
    let maps = home.path().join("maps");
    fs::create_dir(&maps).unwrap();
    png(&home.path().join("secret.png"), 4, 4);
    png(&maps.join("inner.png"), 4, 4);
    std::os::unix::fs::symlink("../secret.png", maps.join("supply.png")).unwrap();
    std::os::unix::fs::symlink("inner.png", maps.join("radar.png")).unwrap();
    std::os::unix::fs::symlink(home.path(), maps.join("levelshots")).unwrap();
    fs::copy(maps.join("inner.png"), home.path().join("goldrush_cc.png")).unwrap();
    fs::write(maps.join("oasis.toml"), "picture = { file = \"../secret.png\" }").unwrap();
    assert_eq!(find(&maps, "supply").unwrap().picture, None, "a link out of the folder");
    assert!(find(&maps, "radar").unwrap().picture.is_some(), "a link within it");
    assert_eq!(find(&maps, "goldrush").unwrap().picture, None, "a linked levelshots folder");
    assert_eq!(find(&maps, "oasis").unwrap().picture, None, "a path in a description");
}

#[test]
fn a_folder_overrides_the_atlas() {
    let home = tempfile::tempdir().unwrap();
    png(&home.path().join("Supply.PNG"), 16, 16);
    png(&home.path().join("supply_0.png"), 8, 8);
    fs::create_dir(home.path().join("levelshots")).unwrap();
    png(&home.path().join("levelshots/supply_1_cc.png"), 8, 8);
    let text = r#"
        title = "Depot"
        extent = { mins = [-10, 20], maxs = [30, -40] }
        layer = [{ ceiling = 64, picture = "supply_0.png" }, { ceiling = 512 }]
        label = [{ kind = "spawn_area", side = "axis", text = "^1Garage", at = [1, 2, 3] }]
        spawn = [{ side = "allies", at = [4, 5, 6] }, { side = "axis", at = [1, 2, 999999] }]
    "#;
    fs::write(home.path().join("supply.toml"), text).unwrap();
    let map = find(home.path(), "SUPPLY").unwrap();
    assert_eq!(map.title.as_deref(), Some("Depot"));
    assert_eq!(map.extent.source, ExtentSource::Description { file: "supply.toml".into() });
    assert!((map.extent.rect.min_y() - -40.0).abs() < 1e-9);
    let loaded = map.picture.unwrap().load(&PictureLimits::default()).unwrap();
    assert_eq!(loaded.dimensions(), (16, 16));
    assert_eq!(map.layers.layer_for_z(100.0), 1);
    assert!(map.layers.iter().all(|layer| layer.picture.is_some()), "named, and by the game's own name");
    assert_eq!((map.labels[0].text.as_str(), map.labels[0].side), ("Garage", Some(Side::Axis)));
    assert_eq!(map.spawns.len(), 1, "a spot beyond the world is left out");
}

#[test]
fn a_point_has_the_name_of_the_nearest_place() {
    let home = tempfile::tempdir().unwrap();
    let text = r#"
        extent = { mins = [-900, 900], maxs = [900, -900] }
        label = [
          { kind = "objective", text = "Radio", at = [0, 0, 0] },
          { kind = "place", text = "Cellar", at = [0, 0, -200] },
          { kind = "place", text = "Yard", at = [100, 0, 0] },
        ]
    "#;
    fs::write(home.path().join("x.toml"), text).unwrap();
    let map = find(home.path(), "x").unwrap();
    let name = |x, z, reach| map.place(WorldPoint::new(x, 0.0, z), reach).map(|label| label.text.as_str());
    assert_eq!(name(0.0, 0.0, 500.0), Some("Yard"), "place names first");
    assert_eq!(name(0.0, -150.0, 500.0), Some("Cellar"), "height counts");
    assert_eq!(name(-10.0, 0.0, 50.0), Some("Radio"), "labels where no place is near");
    assert_eq!(name(800.0, 0.0, 50.0), None);
}

#[test]
fn the_first_folder_wins_and_others_fill_in() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(first.path().join("x.toml"), "extent = { mins = [0, 1], maxs = [1, 0] }").unwrap();
    fs::write(second.path().join("x.toml"), "extent = { mins = [0, 2], maxs = [2, 0] }").unwrap();
    png(&second.path().join("x.png"), 4, 4);
    fs::write(second.path().join("atlas.toml"), "[map]\ny = { mins = [0, 3], maxs = [3, 0] }").unwrap();
    let library = MapLibrary::open(&[first.path(), second.path()]).unwrap();
    let x = library.find("x").unwrap().unwrap();
    assert!((x.extent.rect.width() - 1.0).abs() < 1e-9);
    assert!(x.picture.is_some());
    assert!((library.find("y").unwrap().unwrap().extent.rect.width() - 3.0).abs() < 1e-9);
}

#[test]
fn a_loading_screen_is_no_map() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("levelshots")).unwrap();
    png(&home.path().join("levelshots/supply.png"), 4, 4);
    assert_eq!(find(home.path(), "supply").unwrap().picture, None);
    png(&home.path().join("levelshots/supply_cc.png"), 4, 4);
    assert!(find(home.path(), "supply").unwrap().picture.is_some());
}

#[test]
fn a_picture_without_an_extent_is_named() {
    let home = tempfile::tempdir().unwrap();
    png(&home.path().join("mymap.png"), 4, 4);
    let library = MapLibrary::open(&[home.path()]).unwrap();
    assert_eq!(library.find("mymap").unwrap(), None);
    assert_eq!(library.stray_picture("mymap").unwrap().name(), "mymap.png");
    assert!(library.stray_picture("supply").is_none());
}

#[test]
fn a_broken_description_says_where() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("supply.toml"), "title = 'x'\nextent = 7\n").unwrap();
    let error = MapLibrary::open(&[home.path()]).unwrap().find("supply").unwrap_err();
    assert!(matches!(error, LibraryError::Description { .. }));
    let message = error.to_string();
    assert!(message.contains("supply.toml") && message.contains("line 2"), "{message}");
    assert!(MapLibrary::open(&[home.path().join("absent")]).is_err());
}

#[test]
fn pictures_that_are_none_are_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("supply.png");
    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        picture::load(&path, &PictureLimits::default()).unwrap_err()
    };
    assert!(matches!(refused(b"<svg/>"), PictureError::UnknownKind { .. }));
    assert!(matches!(refused(b""), PictureError::UnknownKind { .. }));
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n";
    let error = refused(pointer);
    assert!(matches!(error, PictureError::LfsPointer { .. }));
    assert!(error.to_string().contains("supply.png"), "{error}");
    let tight = PictureLimits { file_bytes: 10, ..PictureLimits::default() };
    assert!(matches!(picture::load(&path, &tight), Err(PictureError::File(_))));
}

#[test]
fn a_fifty_thousand_pixel_picture_costs_nothing() {
    // A PNG's header may announce what it likes: signature, IHDR with its checksum, and nothing else.
    let mut ihdr = b"IHDR".to_vec();
    ihdr.extend(50_000_u32.to_be_bytes());
    ihdr.extend(50_000_u32.to_be_bytes());
    ihdr.extend([8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(&ihdr);
    bytes.extend(crc32(&ihdr).to_be_bytes());
    bytes.extend(b"\0\0\0\x08IDAT");
    let error = picture::decode(&bytes, "big.png", &PictureLimits::default()).unwrap_err();
    assert!(matches!(error, PictureError::TooManyPixels { width: 50_000, .. }), "{error}");
    assert!(error.to_string().contains("50000 × 50000"), "{error}");

    let mut tga = vec![0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    tga.extend(50_000_u16.to_le_bytes());
    tga.extend(50_000_u16.to_le_bytes());
    tga.extend([32, 0]);
    let error = picture::decode(&tga, "big.tga", &PictureLimits::default()).unwrap_err();
    assert!(matches!(error, PictureError::TooManyPixels { .. }), "{error}");
}

#[test]
fn a_cut_picture_is_refused_at_every_length() {
    let home = tempfile::tempdir().unwrap();
    for name in ["cut.png", "cut.tga", "cut.jpg"] {
        let path = home.path().join(name);
        let rgb = image::RgbImage::from_fn(9, 7, |x, y| image::Rgb([x as u8 * 20, y as u8 * 30, 99]));
        rgb.save(&path).unwrap();
        let whole = fs::read(&path).unwrap();
        assert_eq!(picture::decode(&whole, name, &PictureLimits::default()).unwrap().dimensions(), (9, 7));
        for length in 0..whole.len() {
            // A decoder may forgive a lost end, but it may not panic.
            let _ = picture::decode(&whole[..length], name, &PictureLimits::default());
        }
        assert!(picture::decode(&whole[..whole.len() / 4], name, &PictureLimits::default()).is_err());
    }
}

/// CRC-32 as PNG uses it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
            },
        )
    })
}

#[test]
fn an_alpha_channel_that_is_nowhere_painted_counts_as_none() {
    let tga = |alpha: [u8; 2]| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let pixel = |x: u32| image::Rgba([10, 20, 30, alpha[x as usize]]);
        image::RgbaImage::from_fn(2, 1, |x, _| pixel(x))
            .write_to(&mut bytes, image::ImageFormat::Tga)
            .unwrap();
        let picture = picture::decode(&bytes.into_inner(), "a.tga", &PictureLimits::default()).unwrap();
        [0, 1].map(|x| picture.get_pixel(x, 0)[3])
    };
    assert_eq!(tga([0, 0]), [255, 255]);
    assert_eq!(tga([0, 9]), [0, 9]);
}

#[test]
fn a_photographed_picture_is_turned_as_its_camera_noted() {
    // A JPEG of a left half and a right half, and in front of it an EXIF note: hold it a quarter turn clockwise.
    let mut jpeg = std::io::Cursor::new(Vec::new());
    let half = |x| if x < 16 { image::Rgb([250_u8, 250, 250]) } else { image::Rgb([5, 5, 5]) };
    image::RgbImage::from_fn(32, 16, |x, _| half(x)).write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let jpeg = jpeg.into_inner();
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let noted = [&jpeg[..2], &[0xff, 0xe1], &length, exif, &jpeg[2..]].concat();
    let load = |bytes: &[u8]| picture::decode(bytes, "a.jpg", &PictureLimits::default()).unwrap();
    assert_eq!(load(&jpeg).dimensions(), (32, 16));
    let turned = load(&noted);
    assert_eq!(turned.dimensions(), (16, 32));
    assert!(turned.get_pixel(8, 2)[0] > 200 && turned.get_pixel(8, 30)[0] < 50, "left became top");
}
