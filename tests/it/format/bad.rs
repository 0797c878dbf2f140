//! Damaged files: each fault is named with its place, and what is good is kept.

use std::fmt::Write;

use super::{file, files, read, read_strictly};

/// Everything that reading a file says about it.
fn report(name: &str, bytes: &[u8]) -> String {
    let read = match read(name, bytes) {
        Ok(read) => read,
        Err(error) => return format!("refused: {error}\n"),
    };
    let round = &read.file.round;
    let samples = round.samples();
    let (lives, engagements, faults) = (round.tracks.len(), round.engagements.len(), read.faults);
    let whole = if round.meta.complete { "whole" } else { "cut" };
    let family = round.meta.family.name();
    let mut text = format!(
        "{whole} {family}: {lives} lives, {samples} samples, {engagements} engagements, {faults} faults\n"
    );
    for warning in &read.warnings {
        writeln!(text, "{warning}").unwrap();
    }
    text
}

#[test]
fn every_fault_is_named_with_its_place() {
    for (name, bytes) in files("bad") {
        insta::assert_snapshot!(name.replace('.', "_"), report(&name, &bytes));
    }
}

#[test]
fn what_is_left_out_fails_a_strict_read() {
    for (name, bytes) in files("bad") {
        let Ok(tolerant) = read(&name, &bytes) else { continue };
        match read_strictly(&name, &bytes) {
            Ok(strict) => assert_eq!(strict, tolerant, "{name}: nothing was left out"),
            Err(error) => {
                let text = error.to_string();
                assert!(
                    tolerant.warnings.iter().any(|warning| warning.to_string() == text),
                    "{name}: {text}"
                );
            }
        }
    }
    let strict = read_strictly("", &file("bad", "bad-samples.txt")).unwrap_err();
    assert_eq!((strict.line, strict.column), (14, 109));
}

#[test]
fn writing_a_damaged_file_again_mends_it() {
    for (name, bytes) in files("bad") {
        let Ok(first) = read(&name, &bytes) else { continue };
        let again = read(&name, &proximity::format::write(&first.file)).unwrap();
        let (before, after) = (&first.file.round, &again.file.round);
        assert_eq!(before.tracks, after.tracks, "{name}");
        assert_eq!(before.engagements, after.engagements, "{name}");
        assert_eq!(before.kill_cells, after.kill_cells, "{name}");
        assert_eq!(before.movement_cells, after.movement_cells, "{name}");
        assert_eq!(before.revives, after.revives, "{name}");
        assert!(again.faults <= first.faults, "{name}");
    }
}
