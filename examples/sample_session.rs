//! Plays a session on the sample map and keeps its tracker files: `cargo run --example sample_session -- FOLDER`.

use std::error::Error;
use std::path::PathBuf;

use proximity::sim::{SampleOptions, write_session};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    std::fs::create_dir_all(&folder)?;
    for (name, bytes) in write_session(&SampleOptions::default())? {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
