//! Pictures to the bytes of a file: PNG, animated GIF, animated PNG. The same picture gives the same bytes.

mod apng;
mod delta;
mod gif;
mod jpeg;
mod palette;
mod png;

pub use apng::{apng, apng_within};
pub use gif::{gif, gif_within};
pub use jpeg::jpeg;
pub use palette::{MAX_COLORS, Palette, median_cut};
pub use png::{MAX_TEXT_BYTES, png, read_text};

use crate::scene::Bitmap;

/// How hard to squeeze.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// Quick, and about half again as large. The default.
    #[default]
    Fast,
    /// Smaller files for about fifty times the work.
    Small,
}

impl Effort {
    fn compression(self) -> ::png::Compression {
        match self {
            Self::Fast => ::png::Compression::Fast,
            Self::Small => ::png::Compression::Balanced,
        }
    }
}

/// One picture of an animation and how long it stays.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The whole picture; every frame of an animation has the same size.
    pub bitmap: Bitmap,
    /// How long it is shown, milliseconds. GIF keeps hundredths of a second.
    pub delay_ms: u32,
}

/// What came of a file that must not grow beyond a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bounded {
    /// The file.
    Whole(Vec<u8>),
    /// It grew too large and was given up.
    TooLarge {
        /// After so many frames.
        frames: usize,
        /// With so many bytes.
        bytes: usize,
    },
}

/// Why a picture could not be encoded, or a text not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An animation without frames.
    #[error("an animation needs at least one frame")]
    NoFrames,
    /// A frame whose size differs from the first one's.
    #[error("frame {index} is {width} x {height} pixels, the first one is {first_width} x {first_height}")]
    FrameSize {
        /// Which frame, from 0.
        index: usize,
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
        /// The first frame's width.
        first_width: u32,
        /// The first frame's height.
        first_height: u32,
    },
    /// A side of length 0, or one that GIF has no room for.
    #[error("a GIF can't be {width} x {height} pixels: 1 to 65535 a side")]
    GifSize {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// What the JPEG encoder says: an empty picture, or one that is too large.
    #[error("a JPEG cannot be written")]
    Jpeg(#[source] image::ImageError),
    /// What the PNG encoder says: an empty picture, a keyword that is not 1 … 79 Latin-1 characters.
    #[error("a PNG cannot be written")]
    Png(#[from] ::png::EncodingError),
    /// What the PNG decoder says.
    #[error("not a readable PNG")]
    NotPng(#[from] ::png::DecodingError),
    /// What the GIF encoder says.
    #[error("a GIF cannot be written")]
    Gif(#[from] ::gif::EncodingError),
}

/// Checks a frame against the size of the first one.
fn check_size(index: usize, frame: &Bitmap, (first_width, first_height): (u32, u32)) -> Result<(), Error> {
    let (width, height) = (frame.width(), frame.height());
    if (width, height) == (first_width, first_height) {
        return Ok(());
    }
    Err(Error::FrameSize { index, width, height, first_width, first_height })
}
