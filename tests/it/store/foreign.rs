//! Foreign files on their way through the program: imported, counted and exported on both databases.

use std::path::PathBuf;

use super::sample::{PLAYERS, Sheet};
use super::{Backend, answer, on_both, on_each, program};

/// A file whose first player has another name, as bytes.
fn file_of(name: &[u8]) -> Vec<u8> {
    let text = Sheet::default().text().into_bytes();
    let old = PLAYERS[0].1.as_bytes();
    let mut out = Vec::new();
    let mut rest = text.as_slice();
    while let Some(at) = rest.windows(old.len()).position(|part| part == old) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(name);
        rest = &rest[at + old.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// A folder with one file in it.
fn folder_of(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    (folder, file)
}

/// The name of the player with the first guid, as the tables of figures and the export have it.
fn names(backend: &Backend) -> (String, String) {
    let url = backend.url.to_string();
    let figures = answer(&["stats", "movers", "--json", "--player", PLAYERS[0].0, "--db", &url]);
    let figures: serde_json::Value = serde_json::from_str(&figures).unwrap();
    let csv = answer(&["stats", "players", "--csv", "--least-lives", "1", "--db", &url]);
    assert!(csv.lines().count() > 1, "{csv}");
    let lives = answer(&["export", "--jsonl", "--player", PLAYERS[0].0, "--out", "-", "--db", &url]);
    let life: serde_json::Value = serde_json::from_str(lives.lines().next().unwrap()).unwrap();
    let name = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (name(&figures[0]["player_name"]), name(&life["player_name"]))
}

#[test]
fn bytes_that_are_no_utf8_are_windows_1252() {
    on_both(|backend| {
        let (_folder, file) = folder_of(&Sheet::default().name(), &file_of(b"Al\xff\xfe\x80pha\xc3"));
        let said = answer(&["import", file.to_str().unwrap(), "--db", &backend.url.to_string()]);
        assert!(said.contains("1 new"), "{said}");
        let (shown, kept) = names(backend);
        assert_eq!((shown.as_str(), kept.as_str()), ("Alÿþ€phaÃ", "Alÿþ€phaÃ"));
    });
}

#[test]
fn names_of_every_length_and_kind_go_in_and_come_out() {
    for (index, name) in ["nul\0name", &"ü".repeat(256), "' OR '1'='1') --", "\u{1b}[31m\u{202e}evil", "=1+1"]
        .into_iter()
        .enumerate()
    {
        insta::with_settings!({ snapshot_suffix => index.to_string() }, {
            on_both(|backend| {
                let (_folder, file) = folder_of(&Sheet::default().name(), &file_of(name.as_bytes()));
                let said = answer(&["import", file.to_str().unwrap(), "--db", &backend.url.to_string()]);
                assert!(said.contains("1 new"), "{name:?}: {said}");
                let (_, kept) = names(backend);
                assert_eq!(kept, name, "on {}", backend.name);
                let table = answer(&["stats", "movers", "--db", &backend.url.to_string()]);
                assert!(!table.chars().any(|c| c.is_control() && c != '\n'), "{table:?} would steer a terminal");
            });
        });
    }
}

#[test]
fn rounds_of_other_centuries_are_refused_by_name() {
    on_each(|backend| {
        let url = backend.url.to_string();
        for stamp in ["0001-01-01-000000", "9999-12-31-235959"] {
            let sheet = Sheet::default();
            let name = sheet.name().replace(sheet.stamp, stamp);
            let (_folder, file) = folder_of(&name, sheet.text().as_bytes());
            let output = program(&["import", file.to_str().unwrap(), "--db", &url]).output().unwrap();
            let complaint = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{complaint}");
            assert!(complaint.contains(&name) && complaint.contains("1990 to 2200"), "{complaint}");
        }
        // A header's clock may be anything; the name says when the round was.
        let sheet = Sheet { start_unix: i64::MAX - 60, ..Sheet::default() };
        let (_folder, file) = folder_of(&sheet.name(), sheet.text().as_bytes());
        let said = answer(&["import", file.to_str().unwrap(), "--db", &url]);
        assert!(said.contains("1 new"), "{said}");
        answer(&["stats", "movers", "--session", "2026-09-12", "--db", &url]);
    });
}
