//! Where time was spent on a map, by state: `cargo run --example heatmap_of_files -- OUT.png FOLDER`

use proximity::{Figure, Filter, Heatmap, Layout, Maps, Rounds};

/// Draws the heatmap of all rounds in a folder, which are about one map.
///
/// # Errors
/// A folder without tracker files, or with rounds of several maps.
pub fn heatmap(folder: &str, out: &str, size_px: u32) -> Result<(), proximity::Error> {
    let rounds = Rounds::open(folder)?;
    let map = Maps::default().for_rounds(&rounds)?;
    let figure =
        Heatmap::by_state().draw(&rounds.select(&Filter::new()), &map, Layout::landscape(size_px))?;
    figure.save(out)
}

#[allow(dead_code, reason = "the tests take this file as a module")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(out), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("expected OUT.png FOLDER".into());
    };
    Ok(heatmap(&folder, &out, 1080)?)
}
