//! What players say, what the server prints and where players connect from stays in the demo.

use super::data;
use super::played::{LEGACY, OBITUARY, actor, begin, obituary, own};
use crate::demo::{ReadOptions, read};

/// Stands in every text that must not leave a demo.
const SECRET: &str = "s3cret";

/// A demo whose recorder and two others move, die, and are told everything that a server can tell.
fn talk() -> Vec<u8> {
    let mut writer = begin(false, LEGACY);
    let (mut alpha, mut beta) = (actor(0, 1), actor(1, 2));
    let texts = [
        r#"chat "^7Alpha: s3cret-chat 203.0.113.7" 0 0"#,
        r#"tchat "(Alpha): s3cret-team" 0 0"#,
        r#"vchat 0 1 50 "s3cret-voice" 0 0 0"#,
        r#"print "s3cret-print: 1 Beta 203.0.113.7:27960 qport 1234\n""#,
        r#"cp "s3cret-centre" 1"#,
        r#"cpm "s3cret-popup""#,
        r#"disconnect "s3cret-why 203.0.113.7""#,
        r"cs 905 s3cret-motd",
        r#"bcs0 690 "n\Beta\t\2\c\1\ip\203.0.113.7""#,
        r#"bcs2 690 "\cl_guid\s3cretguid\password\s3cret""#,
        "// s3cret-comment 203.0.113.7",
    ];
    for ms in (500..6000).step_by(50) {
        alpha.x += 8.0;
        beta.x += 5.0;
        let place = (ms / 50) as usize;
        let said = texts.get(place % 20).copied();
        let killed = ms == 4000;
        let body = beta.body();
        let events: Vec<_> =
            std::iter::once(body).chain(killed.then(|| obituary(200, OBITUARY, 1, 0, 8))).collect();
        own(&mut writer, ms, said.as_slice(), &alpha.state(), &events);
    }
    writer.finish()
}

#[test]
fn what_was_said_is_in_no_round() {
    let bytes = talk();
    // The demo that the program's outputs are searched with, too.
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/demo/talk.dm_84");
    if std::env::var_os("PROXIMITY_BLESS").is_some() {
        std::fs::write(kept, &bytes).unwrap();
    }
    assert!(data("talk.dm_84") == bytes, "the demo in tests/data is another; PROXIMITY_BLESS=1 writes it");
    let mut rounds = Vec::new();
    let summary = read(&bytes[..], &ReadOptions::default(), |round| rounds.push(round)).unwrap();
    assert_eq!((summary.faults, rounds.len(), rounds[0].kills.len()), (0, 1, 1));
    let told = format!("{summary:?} {rounds:?}");
    assert!(told.contains("Beta"));
    for text in [SECRET, "203.0.113.7"] {
        assert!(!told.contains(text), "{text} is in {told}");
    }
}
