//! Pictures to the bytes of a file: PNG, animated GIF, animated PNG, video. The same picture gives the same bytes.

mod apng;
mod delta;
mod gif;
mod jpeg;
mod lzw;
mod palette;
mod png;
#[cfg(feature = "video")]
mod video;

pub use apng::{ApngWriter, apng};
pub use gif::{GifWriter, gif};
pub use jpeg::jpeg;
pub use palette::{MAX_COLORS, Palette, median_cut};
pub(crate) use png::last_png;
pub use png::{MAX_TEXT_BYTES, png};
#[cfg(feature = "video")]
pub use video::{Quality, VideoWriter};

use super::Part;
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

/// A file that grows by a frame at a time.
pub trait Animate {
    /// Adds a frame that is shown for `delay_ms`. Outside of `parts` it is the frame before it; for the first frame they do
    /// not matter.
    ///
    /// # Errors
    /// When the frame differs in size from the animation.
    fn push(&mut self, picture: &Bitmap, parts: &[Part], delay_ms: u32) -> Result<(), Error>;

    /// How large the file is so far.
    fn bytes(&self) -> usize;

    /// The whole file.
    ///
    /// # Errors
    /// When there is no frame.
    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error>;
}

/// Frames of which nothing is known, through a writer that is made for the size of the first.
fn encoded<W: Animate>(
    frames: impl IntoIterator<Item = Frame>,
    writer: impl FnOnce(u32, u32) -> Result<W, Error>,
) -> Result<Vec<u8>, Error> {
    let mut frames = frames.into_iter().peekable();
    let first = &frames.peek().ok_or(Error::NoFrames)?.bitmap;
    let whole = [Part::whole(first.width() as usize, first.height() as usize)];
    let mut writer = Box::new(writer(first.width(), first.height())?);
    for frame in frames {
        writer.push(&frame.bitmap, &whole, frame.delay_ms)?;
    }
    writer.finish()
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
    /// A picture that H.264 has no room for, or too many of them a second.
    #[error(
        "a video can't be {width} x {height} pixels at {frames_per_second} frames a second: 16 to 2160 on the shorter side, \
         3840 on the longer one, 60 frames a second"
    )]
    VideoSize {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
        /// Frames a second.
        frames_per_second: u32,
    },
    /// More than 4 GB, or too many frames.
    #[error("the video is too long for one file")]
    VideoLength,
    /// What the H.264 encoder says.
    #[cfg(feature = "video")]
    #[error("a video cannot be encoded")]
    Video(#[from] openh264::Error),
    /// A picture that JPEG has no room for.
    #[error("a JPEG can't be {width} x {height} pixels: 1 to 65535 a side")]
    JpegSize {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// What the JPEG encoder says.
    #[error("a JPEG cannot be written")]
    Jpeg(#[from] jpeg_encoder::EncodingError),
    /// A text in a JPEG that is longer than [`MAX_TEXT_BYTES`] or no UTF-8.
    #[error("the text in the JPEG is too long or damaged")]
    JpegText,
    /// What the PNG encoder says: an empty picture, a keyword that is not 1 … 79 Latin-1 characters.
    #[error("a PNG cannot be written")]
    Png(#[from] ::png::EncodingError),
    /// What the PNG decoder says.
    #[error("not a readable PNG or JPEG")]
    NotPng(#[from] ::png::DecodingError),
    /// What the GIF encoder says.
    #[error("a GIF cannot be written")]
    Gif(#[from] ::gif::EncodingError),
}

/// The text kept under `keyword` before the pixels of a PNG or JPEG file; `None` when there is none.
///
/// # Errors
/// When the bytes are neither, or the text is damaged or longer than [`MAX_TEXT_BYTES`].
pub fn read_text(file: &[u8], keyword: &str) -> Result<Option<String>, Error> {
    if is_jpeg(file) { jpeg::read_text(file, keyword) } else { png::read_text(file, keyword) }
}

/// Whether a file is a JPEG, by how it begins.
pub fn is_jpeg(file: &[u8]) -> bool {
    file.starts_with(&jpeg::START)
}

/// Checks a frame against the size of the first one.
fn check_size(index: usize, frame: &Bitmap, (first_width, first_height): (u32, u32)) -> Result<(), Error> {
    let (width, height) = (frame.width(), frame.height());
    if (width, height) == (first_width, first_height) {
        return Ok(());
    }
    Err(Error::FrameSize { index, width, height, first_width, first_height })
}
