//! Who is who across files.

use crate::model::{Guid, GuidKind, Round, RoundMeta};

/// A player's identity for counting. A GUID that is no player's own is joined with its file and the
/// player's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum PlayerKey {
    /// The same person or bot in every file.
    Known(Guid),
    /// Known within one file only.
    InFile {
        /// The file: its content hash, else its name, else what its header says.
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
        Self::in_file(&round.meta, guid, name)
    }

    /// The same by the round's header.
    pub(crate) fn in_file(meta: &RoundMeta, guid: &Guid, name: &str) -> Self {
        // Within the file as [`Guid::within_file`] tells players apart.
        match guid.kind() {
            GuidKind::Person | GuidKind::Bot => Self::Known(guid.clone()),
            GuidKind::FileLocal | GuidKind::World => {
                Self::InFile { file: file_identity(meta), guid: guid.clone(), name: name.into() }
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

/// What tells one file from another: the hash of its bytes where it is known, else its name, else map,
/// round and time.
fn file_identity(meta: &RoundMeta) -> Box<str> {
    match (&meta.content_hash, &meta.file_name) {
        (hash, _) if !hash.is_empty() => hash.clone(),
        (_, Some(name)) => name.clone(),
        _ => format!("{} {:?} {:?} {:?}", meta.map, meta.round_raw, meta.start_unix, meta.stamp).into(),
    }
}
