//! Reads a tracker file and prints its lives: `cargo run --example read_file -- FILE`.

use std::error::Error;
use std::fmt::Write;

use proximity::format::{ReadOptions, read};

#[expect(clippy::print_stdout, reason = "this is what the program is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    print!("{}", lives(&std::fs::read(&path)?)?);
    Ok(())
}

/// One line per life: who, from when to when, with how many samples. Then what was wrong with the file.
///
/// # Errors
/// When the bytes are not a tracker file.
pub fn lives(bytes: &[u8]) -> Result<String, Box<dyn Error>> {
    let read = read(bytes, &ReadOptions::default())?;
    let round = &read.file.round;
    let (map, tracker) = (&round.meta.map, round.meta.family.name());
    let mut text = format!("{map} (tracker {tracker}), {} lives\n", round.tracks.len());
    for track in &round.tracks {
        let (name, team, class) = (track.name.display(), &track.team, &track.class);
        let end = track.end.map_or("?".to_owned(), |end| end.0.to_string());
        let (spawn, samples) = (track.spawn.0, track.samples.len());
        writeln!(text, "{name} ({team} {class}) {spawn} to {end} ms, {samples} samples")?;
    }
    for warning in &read.warnings {
        writeln!(text, "{warning}")?;
    }
    Ok(text)
}
