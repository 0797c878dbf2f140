//! Pictures that must not change by a single pixel.
//!
//! `PROXIMITY_BLESS=1 cargo test` writes them anew and fails, so that a blessing is never mistaken for a pass; look at them
//! before they are committed. A picture that differs is kept as `expected | difference | actual` under `target/tmp`.

use std::fs;
use std::path::{Path, PathBuf};

use proximity::raster::encode::{self, Effort};
use proximity::scene::Bitmap;

/// Where the pictures lie.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Whether pictures are written anew.
pub fn blesses() -> bool {
    std::env::var_os("PROXIMITY_BLESS").is_some()
}

/// Compares a picture with `tests/golden/NAME.png`, decoded pixel by decoded pixel.
pub fn check(name: &str, picture: &Bitmap) {
    let path = folder().join(format!("{name}.png"));
    if blesses() {
        fs::write(&path, encode::png(picture, &[], Effort::Small).unwrap()).unwrap();
        return;
    }
    let golden = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}; bless it first", path.display()));
    let golden = decode(&golden);
    let pairs = || golden.rgba().chunks_exact(4).zip(picture.rgba().chunks_exact(4));
    let size = |bitmap: &Bitmap| (bitmap.width(), bitmap.height());
    let differ = pairs().filter(|(a, b)| a != b).count();
    if size(&golden) == size(picture) && differ == 0 {
        return;
    }
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    fs::write(&seen, encode::png(&side_by_side(&golden, picture), &[], Effort::Fast).unwrap()).unwrap();
    assert_eq!(size(&golden), size(picture), "size of {}", seen.display());
    let most = pairs().flat_map(|(a, b)| a.iter().zip(b)).map(|(a, b)| a.abs_diff(*b)).max();
    panic!("{differ} pixels differ from tests/golden, by up to {most:?}; see {}", seen.display());
}

/// What was expected, where the two differ (white), and what was drawn.
fn side_by_side(expected: &Bitmap, actual: &Bitmap) -> Bitmap {
    let (width, height) = (expected.width().max(actual.width()), expected.height().max(actual.height()));
    let pixel = |bitmap: &Bitmap, x: u32, y: u32| {
        let inside = x < bitmap.width() && y < bitmap.height();
        let at = (y as usize * bitmap.width() as usize + x as usize) * 4;
        if inside {
            [bitmap.rgba()[at], bitmap.rgba()[at + 1], bitmap.rgba()[at + 2], bitmap.rgba()[at + 3]]
        } else {
            [0; 4]
        }
    };
    let mut rgba = Vec::with_capacity(width as usize * 3 * height as usize * 4);
    for y in 0..height {
        rgba.extend((0..width).flat_map(|x| pixel(expected, x, y)));
        rgba.extend((0..width).flat_map(|x| {
            let differs = pixel(expected, x, y) != pixel(actual, x, y);
            if differs { [255; 4] } else { [0, 0, 0, 255] }
        }));
        rgba.extend((0..width).flat_map(|x| pixel(actual, x, y)));
    }
    Bitmap::new(width * 3, height, rgba).unwrap()
}

/// A PNG file's pixels.
pub fn decode(file: &[u8]) -> Bitmap {
    let picture = image::load_from_memory(file).unwrap().into_rgba8();
    let (width, height) = picture.dimensions();
    Bitmap::new(width, height, picture.into_raw()).unwrap()
}

#[test]
fn a_blessing_is_no_pass() {
    assert!(
        !blesses(),
        "golden pictures were written anew; look at them, then run the tests without PROXIMITY_BLESS"
    );
}

#[test]
fn a_difference_is_shown_between_what_was_expected_and_what_was_drawn() {
    let bitmap = |value: u8| Bitmap::new(2, 1, vec![value, value, value, 255, 9, 9, 9, 255]).unwrap();
    let shown = side_by_side(&bitmap(1), &bitmap(2));
    let row: Vec<u8> = shown.rgba().chunks_exact(4).map(|pixel| pixel[0]).collect();
    assert_eq!(row, [1, 9, 255, 0, 2, 9]);
}
