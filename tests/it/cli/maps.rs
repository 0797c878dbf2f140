//! `maps import` and `maps calibrate`, and what they give the pictures.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{proximity, run, said, session};
use crate::bsp_builder::room;
use crate::golden;
use proximity::format::content_hash;

const CORNERS: &str = "\"mapcoordsmins\" \"-1024 1024\" \"mapcoordsmaxs\" \"1024 -1024\"";

/// An archive of entries, each written under exactly its name.
pub fn pk3(path: &Path, entries: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(fs::File::create(path).unwrap());
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn json(output: &[u8]) -> Value {
    serde_json::from_slice(output).unwrap()
}

/// Every file under a folder, by its path within it.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(tree(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn a_folder_of_archives_is_imported_and_the_second_time_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let (game, maps) = (home.path().join("etmain/deep"), home.path().join("new/maps"));
    fs::create_dir_all(&game).unwrap();
    pk3(&game.join("a.PK3"), &[("maps/stone.bsp", &room(CORNERS).build())]);
    fs::write(game.join("loose.bsp"), room("").build()).unwrap();
    fs::write(game.join("readme.txt"), "not a map").unwrap();
    let import = ["maps", "import", text(home.path()), "--maps", text(&maps), "--size", "64", "--json"];
    let first = run(&import);
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let first = json(&first.stdout);
    let outcomes = |summary: &Value| {
        let maps = summary["maps"].as_array().unwrap();
        maps.iter().map(|m| format!("{} {}", m["map"], m["outcome"])).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&first), ["\"loose\" \"new\"", "\"stone\" \"new\""]);
    assert_eq!(first["maps"][1]["extent"]["mins"], serde_json::json!([-1024.0, 1024.0]));
    assert!(first["maps"][0]["extent"]["source"].as_str().unwrap().contains("geometry"));
    let before: Vec<(PathBuf, Vec<u8>)> =
        tree(&maps).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    assert_eq!(outcomes(&json(&run(&import).stdout)), ["\"loose\" \"unchanged\"", "\"stone\" \"unchanged\""]);
    let after: Vec<(PathBuf, Vec<u8>)> =
        tree(&maps).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    assert_eq!(before, after);

    let shown = said(&["maps", "show", "stone", "--maps", text(&maps)]);
    assert!(shown.contains("top left (-1024, 1024)") && shown.contains("worldspawn"), "{shown}");
    assert!(shown.contains("drawn from the map's geometry"), "{shown}");
    assert!(
        shown.contains("imported from maps/stone.bsp in a.PK3") && shown.contains("spawns    "),
        "{shown}"
    );
    let about = json(&run(&["maps", "show", "stone", "--maps", text(&maps), "--json"]).stdout);
    let hash = |name: &str| content_hash(&fs::read(maps.join(name)).unwrap());
    assert_eq!(about["picture"], "stone.png");
    assert_eq!(about["picture_sha256"], hash("stone.png"));
    assert_eq!(about["overview"], about["picture"]);
    assert_eq!(about["overview_sha256"], about["picture_sha256"]);
    assert_eq!(about["import"]["sha256"], content_hash(&room(CORNERS).build()));
    assert_eq!((&about["spawns_from"], &about["layers_from"]), (&"stone.toml".into(), &Value::Null));
    let only = ["maps", "import", text(&game), "--only", "stone", "--maps", text(&maps), "--size", "64"];
    assert!(said(&only).contains("1 map, 0 new, 0 updated, 1 unchanged, 0 kept; 0 faults"));
    let none = run(&["maps", "import", text(&game), "--only", "nothing", "--maps", text(&maps)]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn hostile_archives_are_named_and_leave_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    let (game, maps) = (home.path().join("game"), home.path().join("maps"));
    fs::create_dir(&game).unwrap();
    let good = room(CORNERS).build();
    // The second lump of a BSP's directory claims four gigabytes.
    let mut huge = good.clone();
    huge[8 + 8 + 4..8 + 8 + 8].copy_from_slice(&u32::MAX.to_le_bytes());
    let zeros = vec![0_u8; 64 << 20];
    pk3(
        &game.join("paths.pk3"),
        &[
            ("../maps/up.bsp", &good),
            ("/maps/root.bsp", &good),
            ("maps/../../out.bsp", &good),
            ("C:\\maps\\drive.bsp", &good),
        ],
    );
    pk3(&game.join("huge.pk3"), &[("maps/huge.bsp", &huge), ("maps/good.bsp", &good)]);
    let mut zip = ZipWriter::new(fs::File::create(game.join("bomb.pk3")).unwrap());
    let packed = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("maps/bomb.bsp", packed).unwrap();
    zip.write_all(&zeros).unwrap();
    zip.add_symlink("maps/link.bsp", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    fs::write(game.join("torn.pk3"), &fs::read(game.join("huge.pk3")).unwrap()[..300]).unwrap();

    let import = ["maps", "import", text(&game), "--maps", text(&maps), "--size", "64", "--strict"];
    let output = run(&import);
    let (said, faults) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(1), "{said}{faults}");
    assert!(
        said.contains("maps/huge.bsp: lump shaders: offset"),
        "a lump out of the file costs the drawing: {said}"
    );
    assert!(faults.contains("entry maps/bomb.bsp unpacks to more than"), "{faults}");
    assert!(faults.contains("torn.pk3: not a readable pk3"), "{faults}");
    assert!(faults.contains("bomb.pk3: entry maps/link.bsp is not used: it is a link"), "{faults}");
    for climbing in ["../maps/up.bsp", "/maps/root.bsp", "maps/../../out.bsp", "C:\\maps\\drive.bsp"] {
        let refusal = format!("paths.pk3: entry {climbing} is not used: its name is no plain path");
        assert!(faults.contains(&refusal), "{climbing}: {faults}");
    }
    assert!(said.contains("good"), "{said}");
    for path in tree(home.path()) {
        let is_ours = path.starts_with(&game) || path.starts_with(&maps);
        assert!(is_ours, "{} was written", path.display());
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_wanted = !path.starts_with(&maps) || name.starts_with("good") || name == "huge.toml";
        assert!(is_wanted, "{name} was imported");
    }
}

#[test]
fn a_picture_is_calibrated_by_points_and_proved() {
    let home = tempfile::tempdir().unwrap();
    let (image, maps) = (home.path().join("found.png"), home.path().join("maps"));
    RgbImage::from_pixel(200, 100, Rgb([90, 80, 70])).save(&image).unwrap();
    let proof = home.path().join("proof.png");
    let command = |points: &[&str], more: &[&str]| {
        let mut words = vec!["maps", "calibrate", "quay", "--image", text(&image), "--maps", text(&maps)];
        words.extend(points.iter().flat_map(|point| ["--point", *point]));
        words.extend(more);
        run(&words)
    };
    let session = session();
    let good = ["-1000,500=0,0", "1000,-500=200,100", "0,0=100,52"];
    let more = ["--proof", text(&proof), text(&session), "--json"];
    let output = command(&good, &more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let summary = json(&output.stdout);
    let residual = summary["residual_units"].as_f64().unwrap();
    assert!(residual > 1.0 && residual < 20.0, "two pixels of 100 off are some units: {residual}");
    assert_eq!(summary["points"].as_array().unwrap().len(), 3);
    golden::check("proof_sheet", &golden::decode(&fs::read(&proof).unwrap()));
    let drawing = home.path().join("proof.svg");
    assert!(command(&good, &["--proof", text(&drawing), "--dry-run"]).status.success());
    let drawing = fs::read_to_string(drawing).unwrap();
    assert!(drawing.starts_with("<svg") && drawing.contains("Proof of a calibration"));
    let refused = command(&good, &["--proof", text(&home.path().join("proof.gif"))]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("name it .png or .svg"));
    let shown = said(&["maps", "show", "quay", "--maps", text(&maps)]);
    assert!(shown.contains("calibrated by 3 points") && shown.contains("quay.png"), "{shown}");

    // Held upside down: refused, then turned when asked for, which gives the same extent.
    let turned = ["-1000,500=200,100", "1000,-500=0,0", "-1000,-500=200,0"];
    let before = fs::read(maps.join("quay.toml")).unwrap();
    let refused = command(&turned, &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("upside down"));
    assert_eq!(fs::read(maps.join("quay.toml")).unwrap(), before, "nothing is saved");
    let dry = command(&turned, &["--allow-turned", "--dry-run", "--json"]);
    let dry = json(&dry.stdout);
    assert_eq!(dry["extent"]["mins"], serde_json::json!([-1000.0, 500.0]));
    assert_eq!((&dry["turned"], &dry["saved"]), (&Value::Bool(true), &Value::Null));
    assert_eq!(fs::read(maps.join("quay.toml")).unwrap(), before);
    assert_eq!(command(&good[..1], &[]).status.code(), Some(2), "one point is too few");
    assert_eq!(command(&["1,2=3"], &[]).status.code(), Some(2));
}

#[test]
fn a_drawn_plan_and_single_floors_are_told_by_recipe_and_caption() {
    let home = tempfile::tempdir().unwrap();
    let session = session();
    let out = home.path().join("x.png");
    let draw = |more: &[&str]| {
        let mut words = vec!["heatmap", text(&session), "--size", "256", "--out", text(&out)];
        words.extend(more);
        let output = run(&words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (fs::read(&out).unwrap(), said(&["explain", text(&out)]))
    };
    let (plain, _) = draw(&["--labels", "none"]);
    let (named, _) = draw(&[]);
    let (all, _) = draw(&["--labels", "all"]);
    let (grid, _) = draw(&["--labels", "none", "--grid"]);
    assert!(plain != named && named != all && plain != grid);
    let (_, recipe) = draw(&["--base", "overview"]);
    assert!(recipe.contains("overview"), "{recipe}");
    let (upper, recipe) = draw(&["--floor", "1"]);
    assert!(recipe.contains("floor 1, z above 168"), "{recipe}");
    assert_ne!(upper, named);
    let (floors, _) = draw(&["--floors"]);
    assert!(floors != named && floors != upper);
    let (strip, _) = draw(&["--elevation"]);
    assert_ne!(strip, named);
    let taller = image::image_dimensions(&out).unwrap();
    assert!(taller.1 > 256, "{taller:?}");
    let missing = run(&["heatmap", text(&session), "--floor", "7", "--out", text(&out)]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("floors 0 to 1"));
}

#[test]
fn a_calibrated_map_of_the_program_keeps_its_names() {
    let home = tempfile::tempdir().unwrap();
    let (image, maps) = (home.path().join("mine.png"), home.path().join("maps"));
    RgbImage::from_pixel(100, 100, Rgb([90, 80, 70])).save(&image).unwrap();
    let points = ["--point", "-3000,3000=0,0", "--point", "3000,-3000=100,100"];
    let mut words =
        vec!["maps", "calibrate", "proximity_demo", "--image", text(&image), "--maps", text(&maps)];
    words.extend(points);
    said(&words);
    let show = |more: &[&str]| {
        let mut words = vec!["maps", "show", "proximity_demo", "--json"];
        words.extend(more);
        json(&run(&words).stdout)
    };
    let (shipped, mine) = (show(&[]), show(&["--maps", text(&maps)]));
    assert_eq!(mine["extent"]["mins"], serde_json::json!([-3000.0, 3000.0]));
    assert!(mine["extent"]["source"].as_str().unwrap().contains("calibrated by 2 points"));
    assert_eq!(mine["picture_sha256"], content_hash(&fs::read(maps.join("proximity_demo.png")).unwrap()));
    for part in ["title", "layers", "labels", "spawns"] {
        assert_eq!(mine[part], shipped[part], "{part}");
        assert_eq!(mine[format!("{part}_from")], "proximity_demo.toml, part of the program", "{part}");
    }
    // A part that the folder's description has takes the place of the program's; the picture stays with its extent.
    fs::write(maps.join("proximity_demo.toml"), "title = 'Mine'\n").unwrap();
    fs::remove_file(maps.join("proximity_demo.png")).unwrap();
    let titled = show(&["--maps", text(&maps)]);
    assert_eq!((&titled["title"], &titled["title_from"]), (&"Mine".into(), &"proximity_demo.toml".into()));
    assert_eq!(
        (&titled["extent"], &titled["picture_sha256"]),
        (&shipped["extent"], &shipped["picture_sha256"])
    );
    fs::write(maps.join("proximity_demo.toml"), "extent = { mins = [-9, 9], maxs = [9, -9] }\n").unwrap();
    let moved = show(&["--maps", text(&maps)]);
    assert_eq!((&moved["picture"], &moved["labels"]), (&Value::Null, &shipped["labels"]));
}

#[test]
fn a_maps_variable_without_text_names_no_folder() {
    let shown = |folder: &str| {
        let output = proximity().args(["maps", "show", "supply"]).env("PROXIMITY_MAPS", folder).output();
        output.unwrap()
    };
    assert!(shown("").status.success(), "{:?}", shown(""));
    assert_eq!(shown("").stdout, said(&["maps", "show", "supply"]).into_bytes());
    assert_eq!(shown("/nonexistent").status.code(), Some(2));
}
