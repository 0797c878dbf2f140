//! The directory of lumps, and records that are checked as they are read.

use std::ops::Range;

use super::error::BspError;
use crate::geom::WORLD_LIMIT;

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

    /// Most records: the engine's limits, for planes and brushes those of its larger relatives.
    const fn most(self) -> usize {
        match self {
            Self::Entities => 256 << 10,
            Self::Shaders => 1024,
            Self::Models => 2048,
            Self::Brushes | Self::Surfaces => 131_072,
            Self::Planes | Self::Vertices | Self::Indexes => 524_288,
            Self::BrushSides => 1 << 20,
        }
    }
}

/// The file's lumps, all of them within the file.
pub(crate) struct Directory<'a> {
    pub version: i32,
    lumps: [&'a [u8]; LUMPS],
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
        let mut lumps: [&[u8]; LUMPS] = [&[]; LUMPS];
        for (number, lump) in lumps.iter_mut().enumerate() {
            let (offset, length) = (word(8 + number * 8)?, word(12 + number * 8)?);
            if length == 0 {
                continue;
            }
            let part = usize::try_from(offset).ok().zip(usize::try_from(length).ok());
            let part = part.and_then(|(from, length)| bytes.get(from..from.checked_add(length)?));
            *lump =
                part.ok_or(BspError::Bounds { lump: NAMES[number], offset, length, file: bytes.len() })?;
        }
        Ok(Self { version, lumps })
    }

    /// Every record of a lump through `read`.
    pub fn records<T>(
        &self,
        lump: Lump,
        read: impl Fn(&Record<'_>) -> Result<T, BspError>,
    ) -> Result<Vec<T>, BspError> {
        let bytes = self.checked(lump)?;
        let record = |(number, bytes)| read(&Record { lump: lump.name(), number, bytes });
        bytes.chunks_exact(lump.record()).enumerate().map(record).collect()
    }

    /// A lump of text, up to its NUL.
    pub fn text(&self, lump: Lump) -> Result<String, BspError> {
        let bytes = self.checked(lump)?;
        let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
        Ok(String::from_utf8_lossy(&bytes[..end]).into_owned())
    }

    fn checked(&self, lump: Lump) -> Result<&'a [u8], BspError> {
        let bytes = self.lumps[lump.number()];
        if !bytes.len().is_multiple_of(lump.record()) {
            return Err(BspError::Ragged { lump: lump.name(), length: bytes.len(), record: lump.record() });
        }
        let count = bytes.len() / lump.record();
        if count > lump.most() {
            return Err(BspError::TooMany { lump: lump.name(), count, most: lump.most() });
        }
        Ok(bytes)
    }
}

/// Holds the sum of all records' ranges against a limit: ranges may overlap, and a few kilobytes could mean hours.
pub(crate) fn bounded<'r>(
    lump: Lump,
    ranges: impl Iterator<Item = &'r Range<usize>>,
) -> Result<(), BspError> {
    /// Far above any real map; a second or two of work.
    const MOST: usize = 8 << 20;
    let total = ranges.map(ExactSizeIterator::len).fold(0, usize::saturating_add);
    if total > MOST {
        return Err(BspError::TooManyShared { lump: lump.name(), total, most: MOST });
    }
    Ok(())
}

/// One record of a lump.
pub(crate) struct Record<'a> {
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
