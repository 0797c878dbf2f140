//! Draws the command map of the demo map from its floor plan, and writes its description.
//!
//! ```sh
//! cargo run --release --example draw_demo_map -- maps
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
use std::io::Write;
use std::path::PathBuf;

use proximity::demo::Plan;

/// Side of the picture, pixels.
const SIDE: u32 = 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "out".to_owned()));
    let plan = Plan::kestrel_ford()?;

    let land = land::Land::new(&plan);
    let mut sheet = sheet::Sheet::new(&plan, SIDE)?;
    land.draw(&mut sheet);
    town::draw(&plan, &mut sheet);
    let picture = paper::finish(&sheet);

    std::fs::create_dir_all(&folder)?;
    palette::save(&picture, &folder.join(format!("{}.png", plan.name)))?;
    std::fs::write(folder.join(format!("{}.toml", plan.name)), plan.description().to_toml())?;
    writeln!(std::io::stdout(), "{}", folder.join(format!("{}.png", plan.name)).display())?;
    Ok(())
}
