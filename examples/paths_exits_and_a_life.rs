//! Three pictures of one round, as SVG: `cargo run --example paths_exits_and_a_life -- FILE OUTDIR`

use proximity::{Exits, Figure, Filter, Layout, LifeCard, Maps, Paths, Rounds};

/// `paths.svg`, `exits.svg` and `life.svg` (the longest life) of the round in a tracker file.
///
/// # Errors
/// A file that is no tracker file, a map that is not known, a round without lives.
pub fn pictures(file: &str, size_px: u32) -> Result<[(&'static str, String); 3], proximity::Error> {
    let rounds = Rounds::open(file)?;
    let map = Maps::default().for_rounds(&rounds)?;
    let (all, layout) = (rounds.select(&Filter::new()), Layout::landscape(size_px));
    Ok([
        ("paths.svg", Paths::default().draw(&all, &map, layout)?.svg()),
        ("exits.svg", Exits::default().draw(&all, &map, layout)?.svg()),
        ("life.svg", LifeCard::default().draw(&all, &map, layout)?.svg()),
    ])
}

#[allow(dead_code, reason = "the tests take this file as a module")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("expected FILE OUTDIR".into());
    };
    std::fs::create_dir_all(&folder)?;
    for (name, picture) in pictures(&file, 1080)? {
        std::fs::write(std::path::Path::new(&folder).join(name), picture)?;
    }
    Ok(())
}
