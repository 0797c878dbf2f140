//! Draws the command map of the sample map from its floor plan, and writes its description.
//!
//! ```sh
//! cargo run --release --example draw_sample_map -- maps
//! ```
//!
//! makes `maps/proximity_demo.png` and `maps/proximity_demo.toml`.

mod land;
mod palette;
mod paper;
mod roof;
mod sheet;
mod town;

use std::error::Error;
use std::path::PathBuf;

use proximity::sim::plan::Plan;

/// Side of the picture, pixels.
const SIDE: u32 = 1024;

/// The picture of a plan as PNG, `side` pixels wide and high.
///
/// # Errors
/// A picture without a pixel.
pub fn picture(plan: &Plan, side: u32) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut sheet = sheet::Sheet::new(plan, side)?;
    land::Land::new(plan).draw(&mut sheet);
    town::draw(plan, &mut sheet);
    palette::encode(&paper::finish(&sheet))
}

#[allow(dead_code, reason = "the tests take this file as a module and call only the function above")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "out".to_owned()));
    let plan = Plan::kestrel_ford()?;
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(format!("{}.png", plan.name)), picture(&plan, SIDE)?)?;
    std::fs::write(folder.join(format!("{}.toml", plan.name)), plan.description().to_toml())?;
    Ok(())
}
