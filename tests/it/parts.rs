//! Rounds that were recorded in several files.

use proximity::analysis::join;
use proximity::{Filter, Rounds};

const PARTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/parts");

#[test]
fn parts_of_a_round_are_read_as_one_round() {
    let rounds = Rounds::open(PARTS).unwrap();
    let chosen = rounds.select(&Filter::new()).rounds().unwrap();
    assert_eq!((chosen.doubles, rounds.to_vec().unwrap().len()), (0, 2));
    let whole = chosen.rounds.to_vec().unwrap();
    assert_eq!(whole.len(), 1);
    let whole = &whole[0];
    assert_eq!((whole.tracks.len(), whole.engagements.len(), whole.meta.parts.len()), (5, 2, 2));
    assert_eq!(whole.meta.unrecorded_ms(), 43_000);
    assert_eq!(whole.engagements.iter().map(|engagement| engagement.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(whole.kill_cells[0].axis_kills, 3, "cells of one place are added");
    assert_eq!(whole.meta.end_unix, Some(1_793_564_283));
}

#[test]
fn parts_are_joined_in_the_order_of_the_clock_whatever_the_order_of_the_files() {
    let [first, second] = <[_; 2]>::try_from(Rounds::open(PARTS).unwrap().to_vec().unwrap()).unwrap();
    let found = proximity::analysis::parts(&[&second, &first]);
    assert_eq!(found, [[1, 0]]);
    let mut another = second.clone();
    another.meta.start_unix = first.meta.start_unix.map(|start| start + 600);
    assert_eq!(proximity::analysis::parts(&[&first, &another]).len(), 0, "another round of the same map");
    assert_eq!(proximity::analysis::parts(&[&first, &first]).len(), 0, "the same time twice");
    assert_eq!(join(first.clone(), Vec::new()), first);
}

#[cfg(feature = "sqlite")]
#[test]
fn a_picture_of_parts_counts_the_hole_and_is_the_same_from_a_store() {
    use super::cli::{run, said};

    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (from_files, from_store, db) = (at("files.svg"), at("store.svg"), format!("sqlite:{}", at("p.db")));
    said(&["heatmap", PARTS, "--out", &from_files]);
    said(&["import", PARTS, "--db", &db]);
    said(&["heatmap", "--db", &db, "--out", &from_store]);
    let svg = std::fs::read_to_string(&from_files).unwrap();
    assert_eq!(svg, std::fs::read_to_string(&from_store).unwrap());
    let words: String = svg.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text).collect();
    assert!(words.contains("1 round recorded in 2 parts"), "{words}");
    let picture = at("again.png");
    said(&["heatmap", PARTS, "--out", &picture]);
    let before = std::fs::read(&picture).unwrap();
    said(&["redo", &picture, "--db", &db]);
    assert!(before == std::fs::read(&picture).unwrap(), "redo finds both parts by their content");
    let one = std::path::Path::new(PARTS).join("2026-11-01-201633-supply-round-1_engagements.txt");
    assert!(!run(&["redo", &picture, one.to_str().unwrap()]).status.success());
}
