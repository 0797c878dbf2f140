//! One concept, one word: the glossary of `ARCHITECTURE.md` lists words that do not come back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::layers::table_rows;

/// What is read, below the package's root.
const READ: [&str; 8] = ["src", "lua", "schema", "maps", "examples", "tests", "README.md", "CONTRIBUTING.md"];
const ENDINGS: [&str; 9] = ["rs", "lua", "sql", "md", "js", "mjs", "html", "css", "toml"];
/// What is not: files from elsewhere, and this file, which has to name some of the words.
const FOREIGN: [&str; 3] = ["tests/browser/node_modules", "tests/data", "tests/it/words.rs"];
/// A database's columns keep the names that they were made with.
const COLUMNS: [&str; 1] = ["fight"];

/// The retired words of the glossary, each with the words that are used instead.
fn retired(architecture: &str) -> BTreeMap<String, String> {
    let glossary = architecture.split("\n## Glossary").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut words = BTreeMap::new();
    for row in table_rows(glossary) {
        let [instead, _, retired] = row[..] else { panic!("three columns: {row:?}") };
        for word in retired.split(", ").filter(|word| *word != "–") {
            words.insert(word.to_owned(), instead.to_owned());
        }
    }
    words
}

/// The words of a text in lower case; `openDoor`, `open_door` and `OPEN_DOOR` are two words each.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphabetic()).flat_map(|run| {
        let mut parts = vec![String::new()];
        let mut before = ' ';
        for c in run.chars() {
            if c.is_uppercase() && before.is_lowercase() {
                parts.push(String::new());
            }
            parts.last_mut().unwrap().extend(c.to_lowercase());
            before = c;
        }
        parts
    })
}

fn files(path: &Path, out: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), out);
        }
    } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known)) {
        out.push(path.to_owned());
    }
}

/// Whether a line of SQL is a comment that may change: tables keep the names of their columns, and databases the hash of an
/// applied migration.
fn is_free_comment(file: &Path, line: &str) -> bool {
    let is_migration = file.file_name().unwrap().to_string_lossy().starts_with(|c: char| c.is_ascii_digit());
    line.starts_with("--") && !is_migration
}

#[test]
fn retired_words_do_not_come_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let retired = retired(&fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap());
    assert!(retired.contains_key("nobody") && !retired.contains_key("path"), "{retired:?}");
    let mut found = Vec::new();
    for place in READ {
        files(&root.join(place), &mut found);
    }
    found.sort();
    let mut faults = Vec::new();
    for file in found {
        let place = file.strip_prefix(root).unwrap();
        if FOREIGN.iter().any(|left_out| place.starts_with(left_out)) {
            continue;
        }
        let name = place.to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in std::iter::once(name.as_str()).chain(text.lines()).enumerate() {
            if Path::new(&name).extension().is_some_and(|end| end == "sql") && !is_free_comment(place, line) {
                continue;
            }
            let is_column = COLUMNS.iter().any(|column| line.contains(&format!("\"{column}\"")));
            if place.starts_with("src/store") && is_column {
                continue;
            }
            for word in words(line) {
                if let Some(instead) = retired.get(&word) {
                    faults.push(format!("{name}:{number}: `{word}`; the word is: {instead}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn words_are_found_inside_names() {
    let found: Vec<String> = words("openDoor(TWO_DOORS, don't)").filter(|word| !word.is_empty()).collect();
    assert_eq!(found, ["open", "door", "two", "doors", "don", "t"]);
}
