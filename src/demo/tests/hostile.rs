//! Bytes that no engine wrote: a message says where, what was good before is kept, and nothing hangs.

use std::panic::catch_unwind;

use super::{data, from_hex, json};
use crate::demo::{ReadError, ReadOptions, Summary, is_demo, read};

fn summary(bytes: &[u8]) -> Result<Summary, ReadError> {
    read(bytes, &ReadOptions::default(), |_| {})
}

fn mini(name: &str) -> Vec<u8> {
    from_hex(json("known_answers.json")["mini_demos"][name]["hex"].as_str().unwrap())
}

#[test]
fn a_demo_cut_at_any_byte_keeps_what_is_whole() {
    for name in ["mini.dm_84", "mini.tv_84"] {
        let bytes = mini(name);
        let mut snapshots = 0;
        for cut in 0..=bytes.len() {
            match summary(&bytes[..cut]) {
                Ok(read) => {
                    assert!(read.snapshots >= snapshots, "{name} cut at {cut}");
                    snapshots = read.snapshots;
                    assert_eq!(read.complete, cut == bytes.len(), "{name} cut at {cut}");
                    assert_eq!(read.warnings.is_empty(), read.complete, "{name} cut at {cut}");
                }
                Err(ReadError::Empty) => assert_eq!(cut, 0),
                Err(ReadError::NotADemo { .. }) => assert_eq!(snapshots, 0, "{name} cut at {cut}"),
                Err(other) => panic!("{name} cut at {cut}: {other}"),
            }
        }
        assert_eq!(snapshots, 2, "{name}");
    }
}

#[test]
fn a_longer_demo_cut_anywhere_keeps_its_good_messages() {
    let bytes = data("engine_written.tv_84");
    let mut kept = 0;
    for cut in (20_000..bytes.len()).step_by(6_151) {
        let read = summary(&bytes[..cut]).unwrap();
        assert!(read.snapshots >= kept && !read.complete);
        kept = read.snapshots;
    }
    assert!(kept > 400);
}

#[test]
fn flipped_bits_never_panic() {
    for name in ["engine_written.dm_84", "engine_written.tv_84"] {
        let whole = data(name);
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as usize
        };
        for _ in 0..40 {
            let mut bytes = whole.clone();
            for _ in 0..=random() % 20 {
                let at = random() % bytes.len();
                bytes[at] ^= 1 << (random() % 8);
            }
            let outcome = catch_unwind(|| summary(&bytes));
            let read = outcome.unwrap_or_else(|_| panic!("{name} panicked"));
            if let Ok(read) = read {
                assert!(read.warnings.iter().all(|w| w.record > 0 && w.offset <= bytes.len() as u64));
            }
        }
    }
}

#[test]
fn absurd_lengths_end_the_demo_with_a_place() {
    let bytes = mini("mini.dm_84");
    let second = 8 + 0x6a;
    for length in [0_i32, -2, i32::MIN, i32::MAX, 32_769] {
        let mut bytes = bytes.clone();
        bytes[second + 4..second + 8].copy_from_slice(&length.to_le_bytes());
        let read = summary(&bytes).unwrap();
        assert_eq!(read.messages, 1);
        let [warning] = &read.warnings[..] else { panic!("{:?}", read.warnings) };
        assert_eq!((warning.record, warning.offset), (2, second as u64));
        assert!(warning.message.contains(&length.to_string()), "{warning}");
        bytes[4..8].copy_from_slice(&length.to_le_bytes());
        assert!(matches!(summary(&bytes), Err(ReadError::NotADemo { .. })));
    }
}

#[test]
fn what_is_no_demo_is_refused() {
    for bytes in [
        &b"# PROXIMITY_TRACKER_V6\n# map=oasis\n"[..],
        &[0; 4096],
        &[0xff; 64],
        b"PK\x03\x04 and more of an archive",
    ] {
        assert!(!is_demo(bytes));
        assert!(matches!(summary(bytes), Err(ReadError::NotADemo { .. })), "{bytes:?}");
    }
    assert!(matches!(summary(b""), Err(ReadError::Empty)));
    for name in ["engine_written.dm_84", "engine_written.tv_84"] {
        let bytes = data(name);
        assert!(is_demo(&bytes), "{name}");
        assert!(is_demo(&bytes[..64]), "{name}");
    }
}

#[test]
fn a_changed_engines_stream_is_named_as_such() {
    let mut bytes = mini("mini.dm_84");
    let second = 8 + 0x6a;
    // The payloads of both messages after the gamestate.
    let third = second + 8 + 0x5e;
    for (from, length) in [(second + 8, 0x5e), (third + 8, 0x31)] {
        bytes[from + 4..from + length].fill(0b0101_1010);
    }
    let error = summary(&bytes).unwrap_err();
    assert!(matches!(error, ReadError::NotStandard { messages: 2, .. }), "{error}");
}

#[test]
fn faults_beyond_the_limit_are_counted() {
    let mut options = ReadOptions::default();
    options.limits.warnings = 3;
    let mut bytes = data("engine_written.dm_84");
    for at in (30_000..60_000).step_by(200) {
        bytes[at] ^= 0xff;
    }
    let read = read(&bytes[..], &options, |_| {}).unwrap();
    assert!(read.faults > 3);
    assert_eq!(read.warnings.len(), 3);
    assert_eq!(read.warnings[2].message, format!("{} faults more, not listed one by one", read.faults - 2));
}
