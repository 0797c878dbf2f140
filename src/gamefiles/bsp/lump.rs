//! The directory of lumps, and records that are checked as they are read.

use std::borrow::Cow;
use std::ops::Range;

use super::entity::LONGEST_TEXT;
use super::error::{BspError, Warnings};
use crate::geom::WORLD_LIMIT;
use crate::text::decode;

/// Lumps in the file.
const LUMPS: usize = 17;
/// How a Git-LFS pointer begins.
const LFS_POINTER: &[u8] = b"version https://git-lfs";

/// A lump that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lump {
    /// Entity text.
    Entities,
    /// Materials.
    Shaders,
    /// Planes.
    Planes,
    /// The world and brush entities.
    Models,
    /// Convex volumes.
    Brushes,
    /// Their sides.
    BrushSides,
    /// Corners of drawn surfaces.
    Vertices,
    /// Triangles.
    Indexes,
    /// Drawn surfaces.
    Surfaces,
}

/// Names of all lumps by number, for messages.
const NAMES: [&str; LUMPS] = [
    "entities",
    "shaders",
    "planes",
    "nodes",
    "leafs",
    "leafsurfaces",
    "leafbrushes",
    "models",
    "brushes",
    "brushsides",
    "drawverts",
    "drawindexes",
    "fogs",
    "surfaces",
    "lightmaps",
    "lightgrid",
    "visibility",
];

impl Lump {
    /// Its number in the directory.
    const fn number(self) -> usize {
        match self {
            Self::Entities => 0,
            Self::Shaders => 1,
            Self::Planes => 2,
            Self::Models => 7,
            Self::Brushes => 8,
            Self::BrushSides => 9,
            Self::Vertices => 10,
            Self::Indexes => 11,
            Self::Surfaces => 13,
        }
    }

    /// Its name in messages, the engine's own.
    pub const fn name(self) -> &'static str {
        NAMES[self.number()]
    }

    /// Bytes of a record.
    const fn record(self) -> usize {
        match self {
            Self::Entities => 1,
            Self::Shaders => 72,
            Self::Planes => 16,
            Self::Models => 40,
            Self::Brushes => 12,
            Self::BrushSides => 8,
            Self::Vertices => 44,
            Self::Indexes => 4,
            Self::Surfaces => 104,
        }
    }
}

/// The file's lumps: the bytes of each, or why it has none.
pub(super) struct Directory<'a> {
    pub version: i32,
    lumps: Vec<Result<&'a [u8], BspError>>,
}

impl<'a> Directory<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BspError> {
        if bytes.starts_with(LFS_POINTER) {
            return Err(BspError::LfsPointer);
        }
        if !b"IBSP".starts_with(&bytes[..bytes.len().min(4)]) {
            return Err(BspError::Magic);
        }
        let word = |at: usize| {
            let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
            word.map(i32::from_le_bytes).ok_or(BspError::Header { length: bytes.len() })
        };
        let version = word(4)?;
        let lump = |(number, name)| -> Result<Result<&[u8], BspError>, BspError> {
            let (offset, length) = (word(8 + number * 8)?, word(12 + number * 8)?);
            if length == 0 {
                return Ok(Ok(&bytes[..0]));
            }
            let part = usize::try_from(offset).ok().zip(usize::try_from(length).ok());
            let part = part.and_then(|(from, length)| bytes.get(from..from.checked_add(length)?));
            Ok(part.ok_or(BspError::Bounds { lump: name, offset, length, file: bytes.len() }))
        };
        let lumps = NAMES.into_iter().enumerate().map(lump).collect::<Result<_, _>>()?;
        Ok(Self { version, lumps })
    }

    /// Every record of a lump through `read`. One that is wrong is `None`, so that the others keep their numbers.
    pub fn records<T>(
        &self,
        lump: Lump,
        warnings: &mut Warnings,
        read: impl Fn(&Record<'_>) -> Result<T, BspError>,
    ) -> Vec<Option<T>> {
        let (name, size) = (lump.name(), lump.record());
        let bytes = self.lumps[lump.number()].clone().unwrap_or_else(|fault| {
            warnings.add(fault);
            &[]
        });
        if !bytes.len().is_multiple_of(size) {
            warnings.add(BspError::Ragged { lump: name, length: bytes.len(), record: size });
        }
        let mut record = |(number, bytes)| {
            let read = read(&Record { lump: name, number, bytes });
            read.map_err(|fault| warnings.record(name, fault)).ok()
        };
        bytes.chunks_exact(size).enumerate().map(&mut record).collect()
    }

    /// The entities' text, up to its NUL.
    pub fn entities(&self) -> Result<Cow<'a, str>, BspError> {
        let bytes = self.lumps[Lump::Entities.number()].clone()?;
        let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
        if end > LONGEST_TEXT {
            return Err(BspError::TooLong { length: end, most: LONGEST_TEXT });
        }
        Ok(decode(&bytes[..end]).0)
    }
}

/// Sums what the records of a lump refer to: ranges may overlap, and a few kilobytes could mean hours.
pub(super) struct Shared {
    lump: Lump,
    total: usize,
}

impl Shared {
    /// Far above any real map; a second or two of work.
    const MOST: usize = 8 << 20;

    pub fn of(lump: Lump) -> Self {
        Self { lump, total: 0 }
    }

    /// Whether one more record with `count` references is still to be worked on.
    pub fn allows(&mut self, record: usize, count: usize, warnings: &mut Warnings) -> bool {
        let was_over = self.total > Self::MOST;
        self.total = self.total.saturating_add(count);
        let is_over = self.total > Self::MOST;
        if is_over && !was_over {
            let lump = self.lump.name();
            warnings.add(BspError::TooManyShared { lump, record, most: Self::MOST });
        }
        !is_over
    }
}

/// One record of a lump.
pub(super) struct Record<'a> {
    lump: &'static str,
    number: usize,
    bytes: &'a [u8],
}

impl Record<'_> {
    /// The error that this record is wrong.
    pub fn wrong(&self, what: &str) -> BspError {
        BspError::Record { lump: self.lump, record: self.number, what: what.to_owned() }
    }

    pub fn bytes(&self, at: usize, length: usize) -> &[u8] {
        self.bytes.get(at..at + length).unwrap_or_default()
    }

    fn word(&self, at: usize) -> Result<[u8; 4], BspError> {
        self.bytes(at, 4).try_into().map_err(|_| self.wrong("is cut off"))
    }

    pub fn u32(&self, at: usize) -> Result<u32, BspError> {
        self.word(at).map(u32::from_le_bytes)
    }

    /// A number that is one.
    pub fn f32(&self, at: usize) -> Result<f32, BspError> {
        let number = f32::from_le_bytes(self.word(at)?);
        if number.is_finite() { Ok(number) } else { Err(self.wrong("holds a number that is none")) }
    }

    /// A place in the world.
    pub fn place(&self, at: usize) -> Result<[f32; 3], BspError> {
        let place = [self.f32(at)?, self.f32(at + 4)?, self.f32(at + 8)?];
        if place.iter().all(|c| c.abs() <= WORLD_LIMIT) {
            Ok(place)
        } else {
            Err(self.wrong(&format!("lies at {place:?}, beyond the world")))
        }
    }

    /// A number of a record in another lump of `count` records.
    pub fn index(&self, at: usize, count: usize) -> Result<usize, BspError> {
        let index = self.u32(at)? as usize;
        if index < count { Ok(index) } else { Err(self.wrong(&format!("points to {index} of {count}"))) }
    }

    /// As [`Record::range`], without what lies beyond the other lump.
    pub fn range_within(&self, first: usize, number: usize, count: usize) -> Result<Range<usize>, BspError> {
        let (first, number) = (self.u32(first)? as usize, self.u32(number)? as usize);
        Ok(first.min(count)..first.saturating_add(number).min(count))
    }

    /// First and number of records in another lump of `count` records.
    pub fn range(&self, first: usize, number: usize, count: usize) -> Result<Range<usize>, BspError> {
        let (first, number) = (self.u32(first)? as usize, self.u32(number)? as usize);
        match first.checked_add(number) {
            _ if number == 0 => Ok(0..0),
            Some(end) if end <= count => Ok(first..end),
            _ => Err(self.wrong(&format!("points to {number} from {first} of {count}"))),
        }
    }
}
