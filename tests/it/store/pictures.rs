//! A picture of a store is the picture of its files, to the last byte.

use std::path::Path;

use super::{answer, on_each};

/// A player who is in every file.
fn player(session: &str) -> String {
    let first = std::fs::read_dir(session)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with("_engagements.txt"))
        .min()
        .unwrap();
    let text = std::fs::read_to_string(first).unwrap();
    let rows = text.lines().skip_while(|line| !line.starts_with("# PLAYER_TRACKS"));
    let row = rows.skip(1).find(|line| !line.starts_with('#')).unwrap();
    row.split(';').next().unwrap().to_owned()
}

#[test]
fn a_stores_picture_is_its_files_picture() {
    let session = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
    let session = session.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let player = player(session);
    let commands: [&[&str]; 5] = [
        &["heatmap", "--mode", "panels", "--size", "256"],
        &["paths", "--round", "1", "--size", "256"],
        &["exits", "--size", "256"],
        &["life", "--player", &player, "--longest", "--size", "256"],
        &["replay", "--player", &player, "--align", "spawn", "--size", "256", "--life-window", "0..3"],
    ];
    let mut expected = Vec::new();
    for words in commands {
        let out = place(&format!("{}.png", words[0]));
        answer(&[words, &[session, "--out", &out]].concat());
        expected.push(std::fs::read(&out).unwrap());
        assert!(!answer(&["explain", &out, "--json"]).contains("examples"), "{words:?} names a place");
    }
    // What is imported is the example session, whose tables are not the point here.
    on_each(|backend| {
        let url = backend.url.to_string();
        answer(&["import", session, "--db", &url]);
        for (words, expected) in commands.iter().zip(&expected) {
            let out = place(&format!("{}-{}.png", words[0], backend.name));
            answer(&[words, &["--db", &url, "--out", &out][..]].concat());
            assert!(std::fs::read(&out).unwrap() == *expected, "{words:?} of {} differs", backend.name);
            // And made again from the other source.
            answer(&["redo", &out, session]);
            assert!(std::fs::read(&out).unwrap() == *expected, "{words:?} made again from files");
            answer(&["redo", &out, "--db", &url]);
            assert!(std::fs::read(&out).unwrap() == *expected, "{words:?} made again from {}", backend.name);
        }
    });
}
