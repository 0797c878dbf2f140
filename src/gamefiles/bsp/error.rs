//! What can be wrong with a compiled map.

use super::entity::EntityError;

/// Bytes of the header: `IBSP`, version, seventeen lumps.
const HEADER: usize = 8 + 17 * 8;

/// What is wrong with a compiled map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BspError {
    /// The file does not begin with `IBSP`.
    #[error("not a BSP: it does not begin with IBSP")]
    Magic,
    /// A pointer file of Git LFS, not the map.
    #[error("this is a Git LFS pointer, not the map; `git lfs pull` fetches it")]
    LfsPointer,
    /// Too short for the header.
    #[error("the BSP header is cut off: {length} of {HEADER} bytes")]
    Header {
        /// Bytes that are there.
        length: usize,
    },
    /// A version we do not know.
    #[error("BSP version {found}, expected 46 or 47")]
    Version {
        /// The version found.
        found: i32,
    },
    /// A lump lies beyond the end of the file.
    #[error("lump {lump}: offset {offset} and length {length} leave the file of {file} bytes")]
    Bounds {
        /// The lump.
        lump: &'static str,
        /// Its offset.
        offset: i32,
        /// Its length.
        length: i32,
        /// The file's size.
        file: usize,
    },
    /// A lump is no whole number of records.
    #[error("lump {lump}: {length} bytes are not a whole number of {record}-byte records")]
    Ragged {
        /// The lump.
        lump: &'static str,
        /// Its length.
        length: usize,
        /// Bytes of a record.
        record: usize,
    },
    /// A lump has more records than the engine takes.
    #[error("lump {lump}: {count} records, at most {most}")]
    TooMany {
        /// The lump.
        lump: &'static str,
        /// Records found.
        count: usize,
        /// The limit.
        most: usize,
    },
    /// A lump's records share others so often that working on them would never end.
    #[error("lump {lump}: its records refer to {total} others in all, at most {most}")]
    TooManyShared {
        /// The lump.
        lump: &'static str,
        /// References altogether.
        total: usize,
        /// The limit.
        most: usize,
    },
    /// A record is inconsistent.
    #[error("lump {lump}: record {record} {what}")]
    Record {
        /// The lump.
        lump: &'static str,
        /// The record's number, from 0.
        record: usize,
        /// What is wrong with it.
        what: String,
    },
    /// The entity text is wrong.
    #[error("lump entities: line {line}: {what}")]
    Entities {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: &'static str,
    },
}

impl BspError {
    pub(crate) fn entities(error: EntityError) -> Self {
        Self::Entities { line: error.line, what: error.what }
    }
}
