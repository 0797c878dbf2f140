//! What each fuzz target does with bytes that may be anything. The tests run the same with a bounded number of seeded
//! mutations (`tests/it/fuzz.rs`).
#![allow(dead_code, reason = "each target uses one of them")]

use std::path::Path;

use proximity::Request;
use proximity::gamefiles::bsp::Bsp;
use proximity::gamefiles::pk3::{Pk3, Pk3Limits};
use proximity::map::picture::PictureLimits;
use proximity::map::{MapDescription, picture};
use proximity::{demo, format};

/// A tracker file: what is read is written and read again without a change.
pub fn tracker_text(data: &[u8]) {
    let Ok(read) = format::read(data, &format::ReadOptions::default()) else { return };
    let lives = proximity::analysis::lives(&read.file.round, &proximity::Filter::new());
    assert!(lives.lives.len() <= read.file.round.tracks.len() * 64);
}

/// A recorded game.
pub fn demo(data: &[u8]) {
    let mut rounds = 0;
    // A fault is told; what was whole before it is kept.
    let _ = demo::read(data, &demo::ReadOptions::default(), |_| rounds += 1);
    assert!(rounds <= data.len());
}

/// An archive of the game: every entry is read under its limits.
pub fn pk3(data: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = folder.path().join("a.pk3");
    if std::fs::write(&path, data).is_err() {
        return;
    }
    read_archive(&path);
}

fn read_archive(path: &Path) {
    let Ok(mut archive) = Pk3::open(path, Pk3Limits::default()) else { return };
    let names: Vec<String> = archive.names().take(64).map(str::to_owned).collect();
    for name in names {
        if let Ok(Some(bytes)) = archive.read(&name, 1 << 20) {
            assert!(bytes.len() <= 1 << 20);
        }
    }
}

/// A compiled map.
pub fn bsp(data: &[u8]) {
    let _ = Bsp::parse(data);
}

/// A picture of a map.
pub fn tga(data: &[u8]) {
    let limits = PictureLimits::default();
    let _ = picture::decode(data, "map.tga", &limits);
}

/// A map's description.
pub fn description(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(description) = MapDescription::parse(text) else { return };
    let _ = (description.map_labels(), description.spawn_spots());
}

/// A picture's request: what is read comes back the same.
pub fn request(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(request) = Request::from_json(text) else { return };
    let again = Request::from_json(&request.to_json());
    assert_eq!(again.ok().as_ref(), Some(&request));
}
