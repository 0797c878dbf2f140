//! What a request is answered with: a picture and a text about it, or why there is none.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::figure::Recipe;
use crate::figure::request::{RECIPE, RequestError};
use crate::raster::encode;
use crate::rounds::RoundsError;
use crate::text::counted;

/// Longest text about a picture, characters: as long as chat programs take one.
const LONGEST_ALT: usize = 1024;

/// A finished picture.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Picture {
    /// A PNG with its recipe inside, or an animation.
    pub bytes: Arc<[u8]>,
    /// What it shows, in a sentence for those who cannot see it. Names in it are foreign text.
    pub alt: String,
    /// The name of everything that decided its pixels, in hexadecimal.
    pub key: String,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture {{ key: {}, alt: {:?}, {} bytes }}", self.key, self.alt, self.bytes.len())
    }
}

/// Why a request has no picture.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The request asks for what is not there, or cannot be drawn. Asking again does not help.
    #[error(transparent)]
    Asked(Arc<Error>),
    /// The asker waits for as many pictures as one asker, or one place, may.
    #[error("{} on the way already; wait for one", counted(*waiting as u64, "picture is", "pictures are"))]
    TooMany {
        /// How many.
        waiting: usize,
    },
    /// As many requests wait as may.
    #[error("too many pictures are being drawn at the moment; try again in a few seconds")]
    Busy,
    /// The drawing was not finished in time.
    #[error("the picture was not finished in {} s; ask for fewer sessions, or for one player", .0.as_secs())]
    TooSlow(Duration),
    /// The drawing came to an end that it must not have.
    #[error("the picture could not be drawn because of a fault in the program")]
    Broken,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Asked(Arc::new(error))
    }
}

impl From<RoundsError> for Refusal {
    fn from(error: RoundsError) -> Self {
        Error::from(error).into()
    }
}

impl Refusal {
    /// Whether the same request may be answered later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::TooMany { .. } | Self::Busy | Self::TooSlow(_))
    }

    /// Whether the request asks for rounds, lives or players that are not there.
    pub fn is_nothing_found(&self) -> bool {
        matches!(self, Self::Asked(error) if matches!(
            **error,
            Error::Rounds(RoundsError::NothingMatches(_) | RoundsError::Empty | RoundsError::UnknownMap(_))
                | Error::Request(
                    RequestError::NoLives | RequestError::NotFound(_) | RequestError::NoSuchFloor { .. }
                )
        ))
    }

    /// Whether the request itself is at fault; else it is what stands behind it: a store, a disk, the program.
    pub fn is_askers_fault(&self) -> bool {
        self.is_nothing_found()
            || matches!(self, Self::Asked(error) if matches!(
                **error,
                Error::Request(_) | Error::Spec(_) | Error::Rounds(RoundsError::SeveralMaps { .. })
            ))
    }
}

/// An animation as the cache keeps it: it does not carry its recipe, so the text about it stands before it.
pub(super) fn with_alt(animation: &[u8], alt: &str) -> Vec<u8> {
    [&(alt.len() as u32).to_le_bytes(), alt.as_bytes(), animation].concat()
}

/// The animation and the text about it; `None` for bytes that are no such file.
pub(super) fn split_alt(kept: &[u8]) -> Option<(&[u8], String)> {
    let (length, rest) = kept.split_first_chunk()?;
    let (alt, animation) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((animation, String::from_utf8(alt.to_vec()).ok()?))
}

/// The text about a picture, from its own recipe; `None` for bytes that are no whole picture of ours.
pub(super) fn alt_of(png: &[u8]) -> Option<String> {
    let text = encode::read_text(png, RECIPE).ok()??;
    Some(alt(&serde_json::from_str(&text).ok()?))
}

/// A picture in a sentence: what it is, whose lives, and how many. Names in it are foreign text.
pub fn alt(recipe: &Recipe) -> String {
    let counts = &recipe.counts;
    let mut figure = recipe.figure.clone();
    if let Some(first) = figure.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let map = &recipe.calibration.map;
    // The first condition is the map again.
    let conditions: Vec<&str> = recipe.filter.iter().skip(1).map(String::as_str).collect();
    let whose = if conditions.is_empty() { String::new() } else { format!(" ({})", conditions.join(", ")) };
    let sentence = format!(
        "{figure} of {map}{whose}: {} of {} in {}",
        counted(counts.lives, "life", "lives"),
        counted(counts.players, "player", "players"),
        counted(counts.files, "round", "rounds"),
    );
    sentence.chars().filter(|c| !c.is_control()).take(LONGEST_ALT).collect()
}
