//! Tracker text to model and back.

mod canonical;
mod cursor;
mod end_marker;
mod engagement;
mod error;
mod family;
mod fault;
mod field;
mod file_name;
mod header;
mod heatmap;
mod layout;
mod limits;
mod lines;
mod magic;
mod reader;
mod record;
mod revive;
mod row;
mod sample;
mod table;
mod track;
mod truncation;
mod writer;

pub use error::{ErrorKind, ReadError, Warning};
pub use file_name::{FileName, parse_file_name};
pub use layout::{Section, TrackerFile};
pub use limits::{Limits, OnBadRow, ReadOptions};

/// A file as read, and everything that was wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// What was good.
    pub file: TrackerFile,
    /// What was left out or looks wrong, in file order; at most [`Limits::warnings`], the last of which then says
    /// how many more there were.
    pub warnings: Vec<Warning>,
    /// How many faults there were, those beyond the limit included.
    pub faults: usize,
}

/// Reads a tracker file from its bytes, in one pass.
///
/// `meta.content_hash` is left empty: it costs more than reading, so callers who need it fill it with
/// [`content_hash`].
///
/// # Errors
/// When the bytes are not a tracker file of version 3 or later, are larger than [`Limits::file_bytes`], or, with
/// [`OnBadRow::Fail`], when anything would have to be left out.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Read, ReadError> {
    reader::read(bytes, options)
}

/// The file's bytes. For a file that was read without faults these are the bytes it was read from.
pub fn write(file: &TrackerFile) -> Vec<u8> {
    writer::write(file)
}

/// SHA-256 of a file's bytes as lower-case hex: equal for two copies of one file, whatever their names.
pub fn content_hash(bytes: &[u8]) -> String {
    use sha2::Digest;
    use std::fmt::Write;
    sha2::Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
