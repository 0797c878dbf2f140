//! Small versions of pictures: what a page shows before a reader asks for the whole sheet.

use image::imageops::{crop_imm, thumbnail};
use image::{ImageBuffer, Rgba};

use crate::figure::Orientation;
use crate::report::model::Picture;
use crate::scene::Bitmap;

/// Width of a small version, pixels.
pub(super) const SMALL_PX: u32 = 540;

/// Width and height of a small version of a sheet of this size: its map alone, without the legend beside it.
pub(in crate::report) fn size(picture: &Picture, [width, height]: [u32; 2]) -> [u32; 2] {
    let (map, small) = (map_width(picture, width), SMALL_PX.min(width));
    [small, ((u64::from(height) * u64::from(small)) / u64::from(map.max(1))).max(1) as u32]
}

/// The small version of a sheet.
pub(in crate::report) fn version(picture: &Picture, sheet: Bitmap) -> Option<Bitmap> {
    let [width, height] = [sheet.width(), sheet.height()];
    let [small_width, small_height] = size(picture, [width, height]);
    let sheet: ImageBuffer<Rgba<u8>, Vec<u8>> = ImageBuffer::from_raw(width, height, sheet.into_rgba())?;
    let map = crop_imm(&sheet, 0, 0, map_width(picture, width), height);
    // Means of whole pixels: nothing of the platform's decides one, at a fifth of a cubic filter's time.
    let small = thumbnail(&*map, small_width, small_height);
    Bitmap::new(small_width, small_height, small.into_raw())
}

/// Width of the map on a sheet: the legend of a landscape sheet stands at its right.
fn map_width(picture: &Picture, width: u32) -> u32 {
    match picture.request.layout.legend {
        Orientation::Landscape => picture.request.layout.size_px.min(width),
        Orientation::Portrait | Orientation::Bare => width,
    }
}
