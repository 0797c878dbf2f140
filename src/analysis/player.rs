//! Who is who across files.

use crate::model::{Guid, GuidKind, Round};

/// A player's identity for counting. A slot GUID is nobody in particular outside its own file, so it is joined with
/// the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlayerKey {
    /// The same person or bot in every file.
    Known(Guid),
    /// Known within one file only.
    InFile {
        /// The file's content hash.
        file: Box<str>,
        /// The stand-in GUID.
        guid: Guid,
        /// The name, since an empty GUID may stand for several players.
        name: Box<str>,
    },
}

impl PlayerKey {
    /// The key of a GUID and name within a round.
    pub fn of(round: &Round, guid: &Guid, name: &str) -> Self {
        match guid.kind() {
            GuidKind::Person | GuidKind::Bot => Self::Known(guid.clone()),
            GuidKind::FileLocal | GuidKind::World => {
                Self::InFile { file: round.meta.content_hash.clone(), guid: guid.clone(), name: name.into() }
            }
        }
    }

    /// The GUID as written.
    pub fn guid(&self) -> &Guid {
        match self {
            Self::Known(guid) | Self::InFile { guid, .. } => guid,
        }
    }
}
