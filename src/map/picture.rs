//! Pictures of maps: PNG, JPEG and TGA files of unknown origin.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage};

use crate::files::{self, FileError};

/// How a Git-LFS pointer begins; the storage's address follows.
const LFS_POINTER: &[u8] = b"version https://git-lfs";

/// How large a picture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureLimits {
    /// Longest side, pixels. Default: 8192.
    pub side_pixels: u32,
    /// Most pixels altogether. Default: 8192 · 4096 (128 MiB decoded).
    pub pixels: u64,
    /// Largest file, bytes. Default: 64 MiB.
    pub file_bytes: u64,
}

impl Default for PictureLimits {
    fn default() -> Self {
        Self { side_pixels: 8192, pixels: 8192 * 4096, file_bytes: 64 << 20 }
    }
}

/// Why a picture cannot be used. Each message names the picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Bytes in memory are more than the limit.
    #[error("{name}: the file is larger than {limit} bytes")]
    TooManyBytes {
        /// The picture.
        name: String,
        /// [`PictureLimits::file_bytes`].
        limit: u64,
    },
    /// The header announces more pixels than the limit; nothing was decoded.
    #[error("{name}: {width} × {height} pixels are too many (at most {side} a side and {pixels} altogether)")]
    TooManyPixels {
        /// The picture.
        name: String,
        /// Width in the header.
        width: u32,
        /// Height in the header.
        height: u32,
        /// [`PictureLimits::side_pixels`].
        side: u32,
        /// [`PictureLimits::pixels`].
        pixels: u64,
    },
    /// A pointer file of Git LFS, not the picture.
    #[error("{name}: this is a Git LFS pointer, not the picture; `git lfs pull` fetches it")]
    LfsPointer {
        /// The picture.
        name: String,
    },
    /// Neither PNG, JPEG nor TGA.
    #[error("{name}: not a PNG, JPEG or TGA picture")]
    UnknownKind {
        /// The picture.
        name: String,
    },
    /// The picture cannot be written.
    #[error("{name}: {source}")]
    Encode {
        /// The picture.
        name: String,
        /// The encoder's reason.
        source: image::ImageError,
    },
    /// The picture is damaged, or the memory limit was reached while decoding.
    #[error("{name}: {source}")]
    Decode {
        /// The picture.
        name: String,
        /// The decoder's reason.
        source: image::ImageError,
    },
}

/// A picture that has been found but not loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    from: From,
}

#[derive(Clone, PartialEq)]
enum From {
    File(PathBuf),
    Shipped { name: &'static str, bytes: &'static [u8] },
}

impl std::fmt::Debug for From {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Shipped { name, bytes } => write!(f, "Shipped({name}, {} bytes)", bytes.len()),
        }
    }
}

impl Picture {
    /// A picture in a file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { from: From::File(path.into()) }
    }

    /// A picture that is part of the program.
    pub(super) const fn shipped(name: &'static str, bytes: &'static [u8]) -> Self {
        Self { from: From::Shipped { name, bytes } }
    }

    /// Its file, unless it is part of the program.
    pub fn path(&self) -> Option<&Path> {
        match &self.from {
            From::File(path) => Some(path),
            From::Shipped { .. } => None,
        }
    }

    /// The name of its file, without folders.
    pub fn name(&self) -> String {
        match &self.from {
            From::File(path) => file_name(path),
            From::Shipped { name, .. } => (*name).to_owned(),
        }
    }

    /// Read and decode it to straight sRGB RGBA.
    ///
    /// # Errors
    /// [`PictureError`], as [`load`].
    pub fn load(&self, limits: &PictureLimits) -> Result<RgbaImage, PictureError> {
        match &self.from {
            From::File(path) => load(path, limits),
            From::Shipped { name, bytes } => decode(bytes, name, limits),
        }
    }

    /// The bytes of its file.
    ///
    /// # Errors
    /// [`PictureError::File`].
    pub fn bytes(&self, limits: &PictureLimits) -> Result<Vec<u8>, PictureError> {
        match &self.from {
            From::File(path) => Ok(files::read(path, limits.file_bytes)?),
            From::Shipped { bytes, .. } => Ok(bytes.to_vec()),
        }
    }
}

/// Read and decode a picture file to straight sRGB RGBA.
///
/// # Errors
/// [`PictureError`]: the header is held against the limits before any pixel is decoded, so a picture that announces
/// 50,000 pixels a side costs nothing.
pub fn load(path: &Path, limits: &PictureLimits) -> Result<RgbaImage, PictureError> {
    decode(&files::read(path, limits.file_bytes)?, &file_name(path), limits)
}

/// Decode a picture to straight sRGB RGBA, upright as its EXIF data say. An alpha channel that is 0 everywhere counts as
/// none. `name` is used in messages and, as TGA has no signature, to know a TGA
/// by its ending.
///
/// # Errors
/// [`PictureError`], as [`load`].
pub fn decode(bytes: &[u8], name: &str, limits: &PictureLimits) -> Result<RgbaImage, PictureError> {
    let name = || name.to_owned();
    if bytes.len() as u64 > limits.file_bytes {
        return Err(PictureError::TooManyBytes { name: name(), limit: limits.file_bytes });
    }
    if bytes.starts_with(LFS_POINTER) {
        return Err(PictureError::LfsPointer { name: name() });
    }
    let kind = kind(bytes, &name()).ok_or_else(|| PictureError::UnknownKind { name: name() })?;
    let failed = |source| PictureError::Decode { name: name(), source };
    let open = || ImageReader::with_format(Cursor::new(bytes), kind);

    let (width, height) = open().into_dimensions().map_err(failed)?;
    let pixels = u64::from(width) * u64::from(height);
    if width > limits.side_pixels || height > limits.side_pixels || pixels > limits.pixels {
        return Err(PictureError::TooManyPixels {
            name: name(),
            width,
            height,
            side: limits.side_pixels,
            pixels: limits.pixels,
        });
    }

    let mut reader = open();
    let mut memory = Limits::default();
    memory.max_image_width = Some(limits.side_pixels);
    memory.max_image_height = Some(limits.side_pixels);
    // Up to eight bytes a pixel (sixteen-bit RGBA) and the decoder's own rows.
    memory.max_alloc = Some(limits.pixels.saturating_mul(8).saturating_add(16 << 20));
    reader.limits(memory);
    let mut decoder = reader.into_decoder().map_err(failed)?;
    debug_assert_eq!(decoder.dimensions(), (width, height));
    // A camera writes how it was held; an odd note about that does not cost the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
    picture.apply_orientation(orientation);
    let mut picture = picture.into_rgba8();
    // Many TGA files have an alpha channel that was never painted; the game does not blend by it.
    if picture.pixels().all(|pixel| pixel[3] == 0) {
        picture.pixels_mut().for_each(|pixel| pixel[3] = 255);
    }
    Ok(picture)
}

/// A picture as a PNG file, without an alpha channel if it is opaque. The same picture always gives the same bytes.
///
/// # Errors
/// [`PictureError::Encode`], with `name` in its message.
pub fn encode(picture: RgbaImage, name: &str) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    let out = Cursor::new(&mut bytes);
    let encoder = PngEncoder::new_with_quality(out, CompressionType::Default, FilterType::Adaptive);
    let is_opaque = picture.pixels().all(|pixel| pixel[3] == 255);
    let picture = DynamicImage::from(picture);
    let picture = if is_opaque { DynamicImage::from(picture.into_rgb8()) } else { picture };
    let written = picture.write_with_encoder(encoder);
    written.map_err(|source| PictureError::Encode { name: name.to_owned(), source })?;
    Ok(bytes)
}

/// PNG and JPEG by their signatures, TGA by its ending.
fn kind(bytes: &[u8], name: &str) -> Option<ImageFormat> {
    match image::guess_format(bytes) {
        Ok(kind @ (ImageFormat::Png | ImageFormat::Jpeg)) => Some(kind),
        _ => Path::new(name).extension()?.eq_ignore_ascii_case("tga").then_some(ImageFormat::Tga),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
