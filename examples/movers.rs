//! Who moved how far and how fast: `cargo run --example movers -- FILE…`

use std::error::Error;
use std::fmt::Write as _;

use proximity::Filter;
use proximity::analysis::lives;
use proximity::analysis::{PlayerKey, tally_by};
use proximity::format;

/// One line for each player of some tracker files, farthest first.
///
/// # Errors
/// Bytes that are no tracker file.
pub fn movers(files: &[Vec<u8>]) -> Result<String, Box<dyn Error>> {
    let mut rounds = Vec::new();
    for bytes in files {
        rounds.push(format::read(bytes, &format::ReadOptions::default())?.file.round);
    }
    let cleaned: Vec<_> = rounds.iter().map(|round| lives(round, &Filter::default())).collect();
    let tallies = tally_by(&cleaned, |life| {
        let track = life.track();
        (PlayerKey::of(life.round(), &track.guid, track.name.as_str()), track.name.display().into_owned())
    });
    let mut order: Vec<_> = tallies.iter().collect();
    order.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.distance_milliunits));
    let mut out = String::new();
    for ((_, name), tally) in order {
        let sprint = tally.sprint_percentage().map_or("not recorded".to_owned(), |p| format!("{p:.0} %"));
        writeln!(
            out,
            "{name:20} {:3} lives {:8.0} u {:5.0} u/s  sprint {sprint}",
            tally.lives,
            tally.distance_units(),
            tally.mean_speed_ups().unwrap_or_default(),
        )?;
    }
    Ok(out)
}

#[allow(
    dead_code,
    clippy::print_stdout,
    reason = "the tests take this file as a module; it prints as a program"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let files: Result<Vec<_>, _> = std::env::args().skip(1).map(std::fs::read).collect();
    print!("{}", movers(&files?)?);
    Ok(())
}
