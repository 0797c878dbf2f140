//! What can be wrong with a compiled map.

use super::entity::EntityError;
use crate::text::counted;

/// Bytes of the header: `IBSP`, version, seventeen lumps.
const HEADER: usize = 8 + 17 * 8;

/// What is wrong with a compiled map: why it cannot be read ([`super::Bsp::parse`]), or what of it is left out
/// ([`super::Bsp::warnings`]).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
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
    /// The entity text is too long to be held in memory.
    #[error("lump entities: {length} bytes, at most {most}")]
    TooLong {
        /// Its length.
        length: usize,
        /// The limit.
        most: usize,
    },
    /// A lump's records share others so often that working on them would never end.
    #[error("lump {lump}: from record {record} on its records refer to more than {most} others in all")]
    TooManyShared {
        /// The lump.
        lump: &'static str,
        /// The first record over the limit.
        record: usize,
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
    /// More records of a lump are inconsistent than are told one by one.
    #[error("lump {lump}: {} like these", counted(*count as u64, "more record", "more records"))]
    More {
        /// The lump.
        lump: &'static str,
        /// How many.
        count: usize,
    },
    /// The entity text is wrong.
    #[error("lump entities: line {line}: {what}")]
    Entities {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
}

impl From<EntityError> for BspError {
    fn from(error: EntityError) -> Self {
        Self::Entities { line: error.line, what: error.what }
    }
}

/// Faulty records that are told for each lump; the others are counted.
const TOLD: usize = 3;

/// What is left out of a map, a few lines for each lump however much it is.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    all: Vec<BspError>,
    /// The lump of the records that come in, and how many of it were faulty.
    lump: (&'static str, usize),
}

impl Warnings {
    /// A fault of a whole lump.
    pub fn add(&mut self, fault: BspError) {
        self.all.push(fault);
    }

    /// A fault of one record. The records of a lump come one after the other.
    pub fn record(&mut self, lump: &'static str, fault: BspError) {
        if self.lump.0 != lump {
            self.lump = (lump, 0);
        }
        self.lump.1 += 1;
        match (self.lump.1, self.all.last_mut()) {
            (..=TOLD, _) => self.all.push(fault),
            (_, Some(BspError::More { count, .. })) => *count += 1,
            (..) => self.all.push(BspError::More { lump, count: 1 }),
        }
    }

    pub fn into_vec(self) -> Vec<BspError> {
        self.all
    }
}
