//! JPEG files.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::Error;
use crate::scene::Bitmap;

/// A picture as a JPEG file of a quality of 1 … 100. A JPEG has no opacity: what is not opaque lies on black.
///
/// # Errors
/// When the picture is empty or larger than 65 535 pixels a side.
pub fn jpeg(bitmap: &Bitmap, quality: u8) -> Result<Vec<u8>, Error> {
    let (pixels, _) = bitmap.rgba().as_chunks::<4>();
    let rgb: Vec<u8> =
        pixels.iter().flat_map(|[r, g, b, a]| [r, g, b].map(|part| over_black(*part, *a))).collect();
    let mut file = Vec::with_capacity(pixels.len() / 4);
    JpegEncoder::new_with_quality(&mut file, quality)
        .encode(&rgb, bitmap.width(), bitmap.height(), ExtendedColorType::Rgb8)
        .map_err(Error::Jpeg)?;
    Ok(file)
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
        let read = image::load_from_memory(&jpeg(&bitmap, 90).unwrap()).unwrap().to_rgb8();
        assert_eq!(read.dimensions(), (16, 16));
        assert!(read.pixels().all(|pixel| pixel.0.iter().all(|part| *part < 4)));
        assert!(jpeg(&Bitmap::new(0, 0, Vec::new()).unwrap(), 90).is_err());
    }
}
