//! Files that end too early, at every byte, and files with flipped bits: never a panic, always a place, and the
//! good rows before the fault are kept.

use proptest::prelude::*;
use proximity::Round;
use proximity::format::{Read, write};
use proximity::model::Track;

use super::{file, files, read};

/// What a whole file has, of which a cut copy must have the beginning.
fn assert_is_beginning(cut: &Round, whole: &Round, context: &str) {
    assert!(cut.engagements.len() <= whole.engagements.len(), "{context}");
    assert_eq!(cut.engagements, whole.engagements[..cut.engagements.len()], "{context}");
    assert_eq!(cut.kill_cells, whole.kill_cells[..cut.kill_cells.len()], "{context}");
    assert_eq!(cut.movement_cells, whole.movement_cells[..cut.movement_cells.len()], "{context}");
    assert_eq!(cut.revives, whole.revives[..cut.revives.len()], "{context}");
    assert!(cut.tracks.len() <= whole.tracks.len(), "{context}");
    for (index, (cut_track, track)) in cut.tracks.iter().zip(&whole.tracks).enumerate() {
        let samples = cut_track.samples.len();
        if index + 1 < cut.tracks.len() {
            assert_eq!(cut_track, track, "{context}");
        } else {
            assert_eq!(cut_track.samples, track.samples[..samples], "{context}");
            let names = |track: &Track| (track.guid.clone(), track.name.clone(), track.spawn, track.end);
            assert_eq!(names(cut_track), names(track), "{context}");
        }
    }
}

/// Whether a copy that ends here cannot be told from a file that its tracker ended here: it ends with a row (or the
/// column line) of a section after the last one that is always there, or with the last row of that one.
fn may_be_whole(cut: &Read, bytes: &[u8]) -> bool {
    let movement = bytes.windows(18).any(|heading| heading == b"# MOVEMENT_HEATMAP");
    movement && bytes.ends_with(b"\n") && !bytes.ends_with(b"\n\n") && write(&cut.file) == bytes
}

#[test]
fn a_file_cut_at_any_byte_says_so_and_keeps_what_is_good() {
    for (name, bytes) in files("good") {
        let whole = read(&name, &bytes).unwrap().file.round;
        let mut silent = Vec::new();
        for end in 0..bytes.len() {
            let context = format!("{name} cut at byte {end}");
            let copy = &bytes[..end];
            match read(&name, copy) {
                Err(error) => assert!(error.line >= 1 && error.column >= 1 && end < 40, "{context}: {error}"),
                Ok(cut) => {
                    assert_is_beginning(&cut.file.round, &whole, &context);
                    assert_eq!(cut.file.round.meta.complete, cut.warnings.is_empty(), "{context}");
                    for warning in &cut.warnings {
                        assert!(warning.line >= 1 && warning.column >= 1, "{context}: {warning}");
                    }
                    if cut.warnings.is_empty() {
                        assert!(may_be_whole(&cut, copy), "{context}");
                        silent.push(end);
                    }
                }
            }
        }
        if whole.meta.own_module {
            assert_eq!(silent, [0; 0], "{name} has an end marker");
        }
    }
}

#[test]
fn the_first_life_survives_a_cut_in_the_second() {
    let cut = read("", &file("bad", "cut-within-a-sample.txt")).unwrap();
    let [first, second] = &cut.file.round.tracks[..] else { panic!("two lives") };
    assert_eq!((first.samples.len(), first.declared_samples), (4, 4));
    assert_eq!((second.samples.len(), second.declared_samples), (3, 6));
    assert!(!cut.file.round.meta.complete);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn flipped_bits_never_harm(
        choice in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..12),
    ) {
        let mut good = files("good");
        let (name, bytes) = &mut good[choice.index(13)];
        let whole = read(name, bytes).unwrap().file.round;
        let mut first = bytes.len();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            first = first.min(at);
        }
        match read(name, bytes) {
            Err(error) => prop_assert!(error.line >= 1 && error.column >= 1),
            Ok(damaged) => {
                for warning in &damaged.warnings {
                    prop_assert!(warning.line >= 1 && warning.column >= 1);
                }
                // Rows that end before the first flip are as they were.
                let before = &bytes[..first];
                let kept = kept_lives(&String::from_utf8_lossy(before));
                prop_assert_eq!(&damaged.file.round.tracks[..kept], &whole.tracks[..kept]);
                let again = write(&damaged.file);
                prop_assert!(read(name, &again).is_ok());
            }
        }
    }

    #[test]
    fn any_bytes_after_a_good_header_are_harmless(
        tail in prop::collection::vec(
            prop_oneof![
                Just(b"# PLAYER_TRACKS\n".to_vec()), Just(b"# KILL_HEATMAP\n".to_vec()), Just(b"\n".to_vec()),
                Just(b"# END tracks=1 samples=1\n".to_vec()), Just(b"# REVIVES\n".to_vec()),
                Just(b"0,0.0,0.0,0.0,0,0.0,0,0,0,sample|".to_vec()), Just(b"1;2;3;4;5".to_vec()),
                Just(b"A;n;AXIS;MEDIC;0;1;;killed;1;".to_vec()), Just(b"-".to_vec()), Just(b"|".to_vec()),
                prop::collection::vec(any::<u8>(), 0..40),
            ],
            0..40,
        ),
    ) {
        let mut bytes = b"# PROXIMITY_TRACKER_V6\n# map=supply\n# ENGAGEMENTS\n".to_vec();
        // A carriage return within a name is written as `_`.
        bytes.extend(tail.concat().into_iter().map(|b| if b == b'\r' { b'_' } else { b }));
        let first = read("", &bytes).unwrap();
        // What was read from it can be written and read again, and stays the same.
        let again = read("", &write(&first.file)).unwrap();
        prop_assert_eq!(first.file.round.tracks, again.file.round.tracks);
        prop_assert_eq!(first.file.round.kill_cells, again.file.round.kill_cells);
    }
}

/// Lives of `PLAYER_TRACKS` whose rows are whole in this text.
fn kept_lives(text: &str) -> usize {
    let Some((_, section)) = text.split_once("# PLAYER_TRACKS") else { return 0 };
    let whole = section.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let rows = whole.lines().skip(1).take_while(|line| !line.is_empty());
    rows.filter(|line| !line.starts_with('#')).count()
}
