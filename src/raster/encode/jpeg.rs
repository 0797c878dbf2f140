//! JPEG files and the texts kept in them.
//!
//! A text stands in comment segments (ITU T.81, B.2.4.5): its keyword, a zero byte, and as much of its UTF-8 as a segment
//! holds; the parts of a longer one follow each other.

use std::borrow::Cow;

use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};

use super::{Error, MAX_TEXT_BYTES};
use crate::scene::Bitmap;

/// What a file begins with.
pub(super) const START: [u8; 2] = [0xFF, 0xD8];
const COMMENT: u8 = 0xFE;
/// Behind it come coded pixels, in which no segment can be told.
const START_OF_SCAN: u8 = 0xDA;
/// Most bytes of a segment, its length of two bytes among them.
const MOST_BYTES: usize = 0xFFFF;

/// A picture as a JPEG file of a quality of 1 … 100. A JPEG has no opacity: what is not opaque lies on black. Colour is
/// kept at half the resolution of lightness: our letters and lines differ from their ground in lightness.
///
/// `texts` are kept as comments (keyword, text) before the pixels; [`super::read_text`] finds them again.
///
/// # Errors
/// When the picture is empty or larger than 65 535 pixels a side.
pub fn jpeg(bitmap: &Bitmap, texts: &[(&str, &str)], quality: u8) -> Result<Vec<u8>, Error> {
    let (width, height) = (bitmap.width(), bitmap.height());
    let sides = u16::try_from(width).ok().zip(u16::try_from(height).ok()).filter(|(w, h)| *w > 0 && *h > 0);
    let Some((wide, high)) = sides else { return Err(Error::JpegSize { width, height }) };
    let (pixels, _) = bitmap.rgba().as_chunks();
    let mut file = Vec::with_capacity(pixels.len() / 4);
    let mut encoder = Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // With the standard's tables: those made to measure take 4 % off the bytes, and a second way through all of them.
    encoder.encode_image(HalfColor { pixels, wide, high })?;
    let comments = comments(texts);
    // JFIF's own segment must be the first.
    let behind_first = segments(&file).next().map_or(START.len(), |segment| segment.end);
    file.splice(behind_first..behind_first, comments);
    Ok(file)
}

fn comments(texts: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (keyword, text) in texts {
        let room = MOST_BYTES.saturating_sub(2 + keyword.len() + 1).max(1);
        for part in text.as_bytes().chunks(room) {
            let length = (2 + keyword.len() + 1 + part.len()) as u16;
            out.extend([0xFF, COMMENT]);
            out.extend(length.to_be_bytes());
            out.extend(keyword.as_bytes());
            out.push(0);
            out.extend(part);
        }
    }
    out
}

/// The text kept under `keyword` before the pixels of a JPEG file.
///
/// # Errors
/// A text that is longer than [`MAX_TEXT_BYTES`] or no UTF-8.
pub(super) fn read_text(file: &[u8], keyword: &str) -> Result<Option<String>, Error> {
    let mut text = Vec::new();
    for segment in segments(file).filter(|segment| segment.kind == COMMENT) {
        let behind_keyword = file[segment.start..segment.end].strip_prefix(keyword.as_bytes());
        let Some(part) = behind_keyword.and_then(|rest| rest.strip_prefix(&[0])) else { continue };
        if text.len() + part.len() > MAX_TEXT_BYTES {
            return Err(Error::JpegText);
        }
        text.extend_from_slice(part);
    }
    if text.is_empty() {
        return Ok(None);
    }
    String::from_utf8(text).map(Some).map_err(|_| Error::JpegText)
}

/// A segment of a file: its kind, and where what it holds lies.
struct Segment {
    kind: u8,
    start: usize,
    end: usize,
}

/// The segments before the pixels, as far as they are whole.
fn segments(file: &[u8]) -> impl Iterator<Item = Segment> + '_ {
    let mut at = START.len();
    std::iter::from_fn(move || {
        let head = file.get(at..at + 4)?;
        let (&[mark, kind], length) = (head.first_chunk()?, u16::from_be_bytes([head[2], head[3]]));
        let (start, end) = (at + 4, at + 2 + usize::from(length));
        if mark != 0xFF || kind == START_OF_SCAN || end < start || end > file.len() {
            return None;
        }
        at = end;
        Some(Segment { kind, start, end })
    })
}

/// A picture whose colour is wanted of every second pixel in every second row.
struct HalfColor<'a> {
    pixels: &'a [[u8; 4]],
    wide: u16,
    high: u16,
}

impl ImageBuffer for HalfColor<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.wide
    }

    fn height(&self) -> u16 {
        self.high
    }

    fn fill_buffers(&self, y: u16, [light, blue, red, _]: &mut [Vec<u8>; 4]) {
        let width = usize::from(self.wide);
        let row = on_black(&self.pixels[usize::from(y) * width..][..width]);
        light.extend(row.iter().map(|pixel| parts(*pixel).0));
        // The last row also stands for those below it that fill up a block.
        if y.is_multiple_of(2) || y + 1 == self.high {
            blue.extend(row.iter().map(|pixel| parts(*pixel).1));
            red.extend(row.iter().map(|pixel| parts(*pixel).2));
        } else {
            for color in [blue, red] {
                color.resize(color.len() + width, 0);
            }
        }
    }
}

/// Lightness and colour of a pixel. Taken out of one word, several pixels are told at once.
#[inline]
fn parts(rgba: [u8; 4]) -> (u8, u8, u8) {
    let word = u32::from_le_bytes(rgba);
    rgb_to_ycbcr(word as u8, (word >> 8) as u8, (word >> 16) as u8)
}

/// Pixels on black; opaque ones are not copied.
fn on_black(pixels: &[[u8; 4]]) -> Cow<'_, [[u8; 4]]> {
    if pixels.iter().fold(u8::MAX, |all, pixel| all & pixel[3]) == u8::MAX {
        return Cow::Borrowed(pixels);
    }
    pixels.iter().map(|[r, g, b, a]| [*r, *g, *b, u8::MAX].map(|part| over_black(part, *a))).collect()
}

fn over_black(part: u8, opacity: u8) -> u8 {
    ((u32::from(part) * u32::from(opacity) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_clear_is_black_and_an_empty_picture_is_an_error() {
        let bitmap = Bitmap::new(16, 16, [255, 255, 255, 0].repeat(256)).unwrap();
        let read = image::load_from_memory(&jpeg(&bitmap, &[], 90).unwrap()).unwrap().to_rgb8();
        assert_eq!(read.dimensions(), (16, 16));
        assert!(read.pixels().all(|pixel| pixel.0.iter().all(|part| *part < 4)));
        assert!(jpeg(&Bitmap::new(0, 0, Vec::new()).unwrap(), &[], 90).is_err());
    }

    #[test]
    fn colour_of_half_the_rows_makes_the_same_file() {
        for (wide, high) in [(16, 16), (17, 9), (33, 31), (48, 50), (1, 1), (2, 3)] {
            let noise = |i: u32| (i.wrapping_mul(0x9E37_79B1) | 0xFF00_0000).to_le_bytes();
            let bitmap = Bitmap::new(wide, high, (0..wide * high).flat_map(noise).collect()).unwrap();
            let mut whole = Vec::new();
            let mut encoder = Encoder::new(&mut whole, 82);
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
            encoder.encode(bitmap.rgba(), wide as u16, high as u16, jpeg_encoder::ColorType::Rgba).unwrap();
            assert!(jpeg(&bitmap, &[], 82).unwrap() == whole, "{wide} x {high}");
        }
    }

    #[test]
    fn a_text_of_any_length_is_found_again_and_a_damaged_one_is_none() {
        let bitmap = Bitmap::new(16, 16, [9, 9, 9, 255].repeat(256)).unwrap();
        let long = "ż".repeat(100_000);
        let file = jpeg(&bitmap, &[("a", "other"), ("proximity", &long)], 90).unwrap();
        assert_eq!(read_text(&file, "proximity").unwrap().as_deref(), Some(long.as_str()));
        assert_eq!(read_text(&file, "a").unwrap().as_deref(), Some("other"));
        assert_eq!(read_text(&file, "b").unwrap(), None);
        assert_eq!(image::load_from_memory(&file).unwrap().width(), 16);
        for cut in 0..file.len().min(80) {
            assert_eq!(read_text(&file[..cut], "proximity").unwrap(), None, "{cut}");
        }
        let large = "x".repeat(MAX_TEXT_BYTES + 1);
        let file = jpeg(&bitmap, &[("proximity", &large)], 90).unwrap();
        assert!(matches!(read_text(&file, "proximity"), Err(Error::JpegText)));
    }
}
