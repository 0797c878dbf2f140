//! PNG files and the texts kept in them.

use std::io::Cursor;

use ::png::{BitDepth, ColorType, Decoder, Encoder, Limits, SrgbRenderingIntent};

use super::{Effort, Error};
use crate::scene::Bitmap;

/// Longest text that is read from a picture, bytes.
pub const MAX_TEXT_BYTES: usize = 4 << 20;

/// A picture as a PNG file: 24 bits a pixel when it is opaque, else 32.
///
/// `texts` are kept as UTF-8 text chunks (keyword, text) before the pixels; [`read_text`] finds them again.
///
/// # Errors
/// When the picture is empty or a keyword is not 1 … 79 characters of Latin-1.
pub fn png(bitmap: &Bitmap, texts: &[(&str, &str)], effort: Effort) -> Result<Vec<u8>, Error> {
    let size = (bitmap.width(), bitmap.height());
    let (pixels, _) = bitmap.rgba().as_chunks::<4>();
    if !is_opaque(pixels) {
        return file(size, ColorType::Rgba, bitmap.rgba(), texts, effort);
    }
    let mut rgb = vec![0; pixels.len() * 3];
    without_alpha(pixels, &mut rgb);
    file(size, ColorType::Rgb, &rgb, texts, effort)
}

/// The same of a picture that is not needed any more: its bytes are not copied.
///
/// # Errors
/// As [`png`].
pub(crate) fn last_png(bitmap: Bitmap, texts: &[(&str, &str)], effort: Effort) -> Result<Vec<u8>, Error> {
    let size = (bitmap.width(), bitmap.height());
    let mut bytes = bitmap.into_rgba();
    if !is_opaque(bytes.as_chunks().0) {
        return file(size, ColorType::Rgba, &bytes, texts, effort);
    }
    // A row without its alpha ends before the next one begins.
    let width = size.0 as usize;
    let mut rgb = vec![0; width * 3];
    for y in 0..size.1 as usize {
        without_alpha(bytes[y * width * 4..(y + 1) * width * 4].as_chunks().0, &mut rgb);
        bytes[y * width * 3..(y + 1) * width * 3].copy_from_slice(&rgb);
    }
    bytes.truncate(width * size.1 as usize * 3);
    file(size, ColorType::Rgb, &bytes, texts, effort)
}

fn is_opaque(pixels: &[[u8; 4]]) -> bool {
    pixels.iter().all(|pixel| pixel[3] == 255)
}

fn without_alpha(pixels: &[[u8; 4]], rgb: &mut [u8]) {
    for (rgb, [r, g, b, _]) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
        *rgb = [*r, *g, *b];
    }
}

/// A file of these pixels.
fn file(
    (width, height): (u32, u32),
    color: ColorType,
    pixels: &[u8],
    texts: &[(&str, &str)],
    effort: Effort,
) -> Result<Vec<u8>, Error> {
    // Half a byte a pixel is about what a finished picture needs.
    let mut file = Vec::with_capacity(width as usize * height as usize / 2 + 1024);
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(effort.compression());
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    for (keyword, text) in texts {
        encoder.add_itxt_chunk((*keyword).to_owned(), (*text).to_owned())?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

/// The text kept under `keyword` in a PNG file; `None` when there is no such text before the pixels.
///
/// Reads plain, compressed and UTF-8 text chunks.
///
/// # Errors
/// When the bytes are not a PNG file, or the text is damaged or longer than [`MAX_TEXT_BYTES`].
pub(super) fn read_text(file: &[u8], keyword: &str) -> Result<Option<String>, Error> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: 2 * MAX_TEXT_BYTES });
    decoder.set_ignore_iccp_chunk(true);
    let reader = decoder.read_info()?;
    let info = reader.info();
    if let Some(chunk) = info.utf8_text.iter().find(|chunk| chunk.keyword == keyword) {
        let mut chunk = chunk.clone();
        chunk.decompress_text_with_limit(MAX_TEXT_BYTES)?;
        return Ok(Some(chunk.get_text()?));
    }
    if let Some(chunk) = info.compressed_latin1_text.iter().find(|chunk| chunk.keyword == keyword) {
        let mut chunk = chunk.clone();
        chunk.decompress_text_with_limit(MAX_TEXT_BYTES)?;
        return Ok(Some(chunk.get_text()?));
    }
    let plain = info.uncompressed_latin1_text.iter().find(|chunk| chunk.keyword == keyword);
    Ok(plain.map(|chunk| chunk.text.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_is_not_needed_any_more_becomes_the_same_file() {
        for alpha in [255, 254] {
            let pixels = (0..37 * 11_u32).flat_map(|i| [i as u8, (i / 3) as u8, (i * 7) as u8, alpha]);
            let bitmap = Bitmap::new(37, 11, pixels.collect()).unwrap();
            let file = png(&bitmap, &[("a", "b")], Effort::Fast).unwrap();
            assert_eq!(file, last_png(bitmap, &[("a", "b")], Effort::Fast).unwrap());
        }
    }
}
