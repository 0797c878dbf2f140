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
    let (pixels, _) = bitmap.rgba().as_chunks::<4>();
    let opaque = pixels.iter().all(|pixel| pixel[3] == 255);
    // Half a byte a pixel is about what a finished picture needs.
    let mut file = Vec::with_capacity(pixels.len() / 2 + 1024);
    let mut encoder = Encoder::new(&mut file, bitmap.width(), bitmap.height());
    encoder.set_color(if opaque { ColorType::Rgb } else { ColorType::Rgba });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(effort.compression());
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    for (keyword, text) in texts {
        encoder.add_itxt_chunk((*keyword).to_owned(), (*text).to_owned())?;
    }
    let mut writer = encoder.write_header()?;
    if opaque {
        let mut rgb = vec![0; pixels.len() * 3];
        for (rgb, [r, g, b, _]) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
            *rgb = [*r, *g, *b];
        }
        writer.write_image_data(&rgb)?;
    } else {
        writer.write_image_data(bitmap.rgba())?;
    }
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
