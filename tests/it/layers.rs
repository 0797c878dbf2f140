//! The plan of the crate, held against the code: which room may use which, and what a room looks like inside.

mod files;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms that it may use. A room that is not named here fails the test. `ARCHITECTURE.md` tells what
/// each of them is for.
const MAY_USE: &[(&str, &[&str])] = &[
    ("geom", &[]),
    ("files", &[]),
    ("text", &[]),
    ("progress", &[]),
    ("model", &["geom"]),
    ("format", &["model", "geom", "text"]),
    ("demo", &["model", "geom"]),
    ("analysis", &["model", "geom"]),
    ("scene", &["geom"]),
    ("map", &["geom", "text", "files"]),
    ("gamefiles", &["map", "geom", "text", "files"]),
    ("plane", &["scene", "geom"]),
    ("theme", &["plane", "analysis", "scene", "model"]),
    ("basemap", &["theme", "plane", "gamefiles", "map", "analysis", "scene", "geom"]),
    ("map_import", &["basemap", "gamefiles", "map", "geom", "text", "files"]),
    ("store", &["demo", "model", "analysis", "geom", "text", "files"]),
    ("lake", &["store", "model", "analysis", "geom", "progress", "text", "files"]),
    // The facade's error names every room; whoever speaks for the facade may give it.
    ("error", &["rounds", "map", "figure", "raster", "store", "lake", "publish", "files"]),
    (
        "rounds",
        &[
            "lake", "store", "demo", "analysis", "format", "map", "model", "progress", "text", "files",
            "error",
        ],
    ),
    ("raster", &["scene", "geom"]),
    ("svg", &["scene", "geom", "raster"]),
    (
        "figure",
        &[
            "rounds", "basemap", "theme", "plane", "analysis", "map", "raster", "svg", "scene", "model",
            "geom", "progress", "text", "files", "error",
        ],
    ),
    ("sim", &["model", "geom", "map", "format"]),
    (
        "report",
        &[
            "store", "figure", "rounds", "basemap", "theme", "plane", "raster", "svg", "analysis", "map",
            "format", "scene", "model", "geom", "progress", "text", "error",
        ],
    ),
    (
        "publish",
        &[
            "report", "rounds", "store", "figure", "basemap", "raster", "analysis", "map", "format", "model",
            "progress", "text", "files", "error",
        ],
    ),
    (
        "service",
        &[
            "figure", "rounds", "raster", "scene", "analysis", "map", "model", "progress", "text", "files",
            "error",
        ],
    ),
    (
        "discord",
        &[
            "service", "publish", "report", "figure", "rounds", "store", "analysis", "model", "progress",
            "text", "files", "error",
        ],
    ),
    ("cluster", &["figure", "rounds", "lake", "analysis", "geom", "progress", "text", "files"]),
    ("web", &["service", "figure", "raster", "analysis", "text", "files"]),
    (
        "cli",
        &[
            "web",
            "cluster",
            "discord",
            "service",
            "publish",
            "rounds",
            "report",
            "lake",
            "store",
            "figure",
            "basemap",
            "theme",
            "plane",
            "raster",
            "svg",
            "analysis",
            "map_import",
            "gamefiles",
            "map",
            "sim",
            "demo",
            "format",
            "scene",
            "model",
            "geom",
            "progress",
            "text",
            "files",
            "error",
        ],
    ),
];

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The rooms named after `crate::` in a source text, `use crate::{a, b::c}` included. Comments do not count.
fn rooms_used(source: &str) -> BTreeSet<String> {
    let code: String =
        source.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => used.extend([std::mem::take(&mut name)]),
                    c if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            used.insert(name);
        } else {
            used.insert(rest.to_owned());
        }
    }
    used.iter()
        .map(|path| path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .filter(|room: &String| !room.is_empty())
        .collect()
}

#[test]
fn data_goes_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut faults = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if room == "lib" || room == "main" {
            continue;
        }
        let Some((_, may)) = MAY_USE.iter().find(|(name, _)| *name == room) else {
            faults.push(format!("{}: the room {room} is not in the plan", inside.display()));
            continue;
        };
        for used in rooms_used(&fs::read_to_string(&file).unwrap()) {
            if used != room && MAY_USE.iter().any(|(name, _)| *name == used) && !may.contains(&used.as_str())
            {
                faults.push(format!("{}: {room} may not use {used}", inside.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The rows of the first table in a text, without its head: the cells of each, in order.
pub fn table_rows(text: &str) -> Vec<Vec<&str>> {
    let rows =
        text.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    rows.skip(2).map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn the_rooms_of_the_architecture_are_those_of_the_plan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let told: Vec<(&str, BTreeSet<&str>)> = table_rows(&text)
        .into_iter()
        .map(|row| {
            let used = row[2].split(", ").filter(|room| *room != "–");
            (row[0].trim_matches('`'), used.collect())
        })
        .collect();
    let planned: Vec<(&str, BTreeSet<&str>)> =
        MAY_USE.iter().map(|(room, may)| (*room, may.iter().copied().collect())).collect();
    assert_eq!(told, planned, "ARCHITECTURE.md and tests/it/layers.rs disagree");
}

#[test]
fn the_reader_of_the_plan_sees_every_form() {
    let source = "use crate::geom::Affine;\nuse crate::{model::Round, scene::{Item, Scene}};\n// crate::cli\nfn f() { crate::raster::render() }";
    assert_eq!(rooms_used(source), ["geom", "model", "raster", "scene"].map(String::from).into());
}

#[test]
fn no_files_of_a_room_use_each_other_in_a_circle() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let circles: Vec<String> =
        files::Files::read(&src).circles().iter().map(|circle| circle.join(", ")).collect();
    assert!(circles.is_empty(), "move what they share to one of them or to a third:\n{}", circles.join("\n"));
}

#[test]
fn what_the_crate_shows_has_one_path() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let doubled: Vec<String> =
        files::Files::read(&src).doubled().iter().map(|names| names.join(", ")).collect();
    assert!(
        doubled.is_empty(),
        "keep one of the names, and make the others pub(crate):\n{}",
        doubled.join("\n")
    );
}

#[test]
fn no_folder_of_the_source_is_crowded() {
    fn look(folder: &Path, crowded: &mut Vec<String>) {
        let entries: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        if entries.len() > 14 {
            crowded.push(format!("{} has {} entries", folder.display(), entries.len()));
        }
        entries.iter().filter(|entry| entry.is_dir()).for_each(|folder| look(folder, crowded));
    }
    let mut crowded = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, &mut crowded);
        }
    }
    assert!(crowded.is_empty(), "divide these by what their files are about:\n{}", crowded.join("\n"));
}

#[test]
fn source_files_stay_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    rust_files(&root.join("tests"), &mut files);
    let long: Vec<String> = files
        .iter()
        .map(|f| (f, fs::read_to_string(f).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(f, lines)| format!("{} has {lines} lines", f.display()))
        .collect();
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}
