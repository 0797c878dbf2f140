//! The house's plan, held against the code: which room may use which.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms that it may use. A room that is not named here fails the test.
const MAY_USE: &[(&str, &[&str])] = &[
    ("geom", &[]),
    ("files", &[]),
    ("text", &[]),
    ("model", &["geom"]),
    ("format", &["model", "geom", "text"]),
    ("analysis", &["model", "geom"]),
    ("scene", &["geom"]),
    ("map", &["geom", "text", "files"]),
    ("gamefiles", &["map", "geom", "text", "files"]),
    ("plane", &["scene", "geom"]),
    ("theme", &["plane", "analysis", "scene", "model"]),
    ("basemap", &["theme", "plane", "gamefiles", "map", "analysis", "scene", "geom"]),
    ("map_import", &["basemap", "gamefiles", "map", "geom", "text", "files"]),
    ("figure", &["basemap", "theme", "plane", "analysis", "map", "scene", "model", "geom", "text"]),
    ("raster", &["scene", "geom"]),
    ("svg", &["scene", "geom", "raster"]),
    ("store", &["model", "analysis", "geom", "text", "files"]),
    ("sim", &["model", "geom", "map", "format"]),
    (
        "report",
        &[
            "store", "figure", "basemap", "theme", "plane", "raster", "svg", "analysis", "map", "format",
            "scene", "model", "geom", "text",
        ],
    ),
    ("rounds", &["cli", "store", "analysis", "format", "model", "text", "files"]),
    (
        "publish",
        &[
            "cli", "rounds", "report", "store", "figure", "basemap", "raster", "analysis", "map", "format",
            "model", "text", "files",
        ],
    ),
    (
        "cli",
        &[
            "publish",
            "rounds",
            "report",
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
            "format",
            "scene",
            "model",
            "geom",
            "text",
            "files",
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

#[test]
fn the_reader_of_the_plan_sees_every_form() {
    let source = "use crate::geom::Affine;\nuse crate::{model::Round, scene::{Item, Scene}};\n// crate::cli\nfn f() { crate::raster::draw() }";
    assert_eq!(rooms_used(source), ["geom", "model", "raster", "scene"].map(String::from).into());
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
