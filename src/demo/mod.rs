//! Recorded games to the model.

mod bits;
mod container;
mod date;
mod delta;
mod error;
mod meaning;
mod message;
mod options;
mod reader;
mod rounds;
mod sniff;
mod state;
#[cfg(test)]
mod tests;

pub use date::DateSource;
pub use error::{ReadError, Warning};
pub use meaning::Means;
pub use options::{Limits, ReadOptions};
pub use reader::{Kind, RecordedRound, Summary};
pub use rounds::{Kill, LifeSource, Party, SampleSource, Source};
pub use sniff::is_demo;

use std::io::Read;

/// Reads a demo record by record and gives each round to `each` as soon as it is over. Memory holds one round at a time,
/// however long the demo is.
///
/// # Errors
/// When the input is not a demo, or cannot be read.
pub fn read(
    input: impl Read,
    options: &ReadOptions,
    each: impl FnMut(RecordedRound),
) -> Result<Summary, ReadError> {
    reader::read(input, options, each)
}
