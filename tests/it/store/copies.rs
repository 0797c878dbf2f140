//! `forget` and `anonymize` of files: copies without the name, everything else as it was.

use std::path::Path;

use super::sample::{PLAYERS, session};
use super::{answer, program};

/// Rounds as files.
fn files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for sheet in session() {
        std::fs::write(folder.path().join(sheet.name()), sheet.text()).unwrap();
    }
    folder
}

/// The files of a folder: name and bytes, in order.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The heat of a folder's rounds, as pixels: the recipe knows its files by their bytes, so it differs.
fn heat(folder: &Path) -> image::RgbaImage {
    let out = folder.with_extension("png");
    let (folder, out) = (folder.to_str().unwrap(), out.to_str().unwrap());
    answer(&["heatmap", folder, "--map", "supply", "--bots", "include", "--size", "256", "--out", out]);
    image::open(out).unwrap().to_rgba8()
}

/// What `check` finds, without the places of the files.
fn checked(folder: &Path) -> serde_json::Value {
    let text = answer(&["check", folder.to_str().unwrap(), "--json"]);
    let mut found: serde_json::Value = serde_json::from_str(&text).unwrap();
    for file in found["files"].as_array_mut().unwrap() {
        file["path"] = serde_json::Value::Null;
    }
    found
}

fn text_of(files: &[(String, Vec<u8>)]) -> String {
    files.iter().map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap()).collect()
}

#[test]
fn a_forgotten_players_files_are_copied_without_the_player() {
    let originals = files();
    let before = contents(originals.path());
    let place = tempfile::tempdir().unwrap();
    let (guid, name, ..) = PLAYERS[2];
    let (out, input) = (place.path().join("copies"), originals.path().to_str().unwrap());
    let lower = guid.to_lowercase();
    answer(&["forget", &lower, "--files", input, "--out", out.to_str().unwrap()]);
    assert!(contents(originals.path()) == before, "an original was touched");
    let copies = contents(&out);
    assert_eq!(copies.len(), before.len());
    let text = text_of(&copies);
    assert!(text_of(&before).contains(guid));
    assert!(!text.to_uppercase().contains(guid), "the guid is still there");
    assert!(!text.split([';', ',', '|', '\n']).any(|field| field == name), "the name is still there");
    for (other, ..) in PLAYERS.iter().filter(|(other, ..)| *other != guid) {
        assert_eq!(
            text.matches(other).count(),
            text_of(&before).matches(other).count(),
            "{other} was touched"
        );
    }
    assert_eq!(checked(&out), checked(originals.path()));
    assert!(heat(&out) == heat(originals.path()), "the picture differs");
    // Never over the originals.
    let output = program(&["forget", guid, "--files", input, "--out", input]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(contents(originals.path()) == before, "an original was touched");
}

#[test]
fn anonymous_copies_name_no_player_and_show_the_same() {
    let originals = files();
    let before = contents(originals.path());
    let place = tempfile::tempdir().unwrap();
    let salt = place.path().join("salt");
    std::fs::write(&salt, "correct horse battery staple\n").unwrap();
    let anonymized = |out: &Path| {
        let (input, salt) = (originals.path().to_str().unwrap(), salt.to_str().unwrap());
        answer(&["anonymize", "--salt-file", salt, "--files", input, "--out", out.to_str().unwrap()]);
        contents(out)
    };
    let out = place.path().join("copies");
    let copies = anonymized(&out);
    assert!(contents(originals.path()) == before, "an original was touched");
    let text = text_of(&copies);
    for (guid, name, ..) in PLAYERS {
        let stands_for_one = !guid.starts_with("SLOT");
        assert!(!(stands_for_one && text.contains(guid)), "{guid} is still there");
        assert!(!text.split([';', ',', '|', '\n']).any(|field| field == name), "{name} is still there");
    }
    assert_eq!(checked(&out), checked(originals.path()));
    assert!(heat(&out) == heat(originals.path()), "the picture differs");
    assert!(anonymized(&place.path().join("again")) == copies, "the same salt gives the same copies");
    // A store that was anonymized with the salt has the same people as the copies.
    let people = |folder: &Path, url: &str| {
        answer(&["import", folder.to_str().unwrap(), "--db", url]);
        url.to_owned()
    };
    let stored = people(&out, &format!("sqlite:{}", place.path().join("copies.db").display()));
    let named = people(originals.path(), &format!("sqlite:{}", place.path().join("named.db").display()));
    answer(&["anonymize", "--salt-file", salt.to_str().unwrap(), "--yes", "--db", &named]);
    let movers = |url: &str| answer(&["stats", "movers", "--bots", "include", "--csv", "--db", url]);
    assert_eq!(movers(&stored), movers(&named));
}
