//! A session's report as a folder: `cargo run --example report_of_files -- OUTDIR FOLDER`

use std::path::Path;

use proximity::{Report, Rounds};

/// Writes `index.html`, its pictures and its tables into `out`; says how many pictures there are.
///
/// # Errors
/// A folder without tracker files, or one that cannot be written.
pub fn report(rounds: &str, out: &Path) -> Result<usize, proximity::Error> {
    let made = Report::new().write(&Rounds::open(rounds)?, out)?;
    Ok(made.summary.pictures.len())
}

#[allow(dead_code, reason = "the tests take this file as a module")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(out), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("expected OUTDIR FOLDER".into());
    };
    report(&folder, Path::new(&out))?;
    Ok(())
}
