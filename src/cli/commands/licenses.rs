//! `licenses`: the notices of what the program is built from.

use anyhow::Result;
use clap::Args as Arguments;

use crate::cli::Outcome;
use crate::cli::console::Console;

/// The program's own licence.
const OWN: &str = include_str!("../../../LICENSE");
/// The licences of the crates and the typeface in the program.
const THIRD_PARTY: &str = if cfg!(feature = "cluster") {
    include_str!("../../../licenses/cluster.txt")
} else {
    include_str!("../../../licenses/third-party.txt")
};

/// Arguments of `licenses`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity licenses | less")]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args, console: &mut Console) -> Result<Outcome> {
    console.write(OWN.as_bytes())?;
    console.write(b"\n")?;
    console.write(THIRD_PARTY.as_bytes())?;
    Ok(Outcome::Done)
}
