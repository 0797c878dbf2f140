//! Pictures that must not change by a single pixel.
//!
//! `PROXIMITY_BLESS=1 cargo test` writes them anew; look at them before they are committed.

use std::fs;
use std::path::Path;

use proximity::raster::encode::{self, Effort};
use proximity::scene::Bitmap;

/// Compares a picture with `tests/golden/NAME.png`, decoded pixel by decoded pixel.
pub fn check(name: &str, picture: &Bitmap) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.png"));
    let file = encode::png(picture, &[], Effort::Small).unwrap();
    if std::env::var_os("PROXIMITY_BLESS").is_some() {
        fs::write(&path, &file).unwrap();
        return;
    }
    let golden = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}; bless it first", path.display()));
    let golden = decode(&golden);
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    fs::write(&seen, &file).unwrap();
    let seen = seen.display();
    assert_eq!((golden.width(), golden.height()), (picture.width(), picture.height()), "size of {seen}");
    let pairs = || golden.rgba().chunks_exact(4).zip(picture.rgba().chunks_exact(4));
    let differ = pairs().filter(|(a, b)| a != b).count();
    let most = pairs().flat_map(|(a, b)| a.iter().zip(b)).map(|(a, b)| a.abs_diff(*b)).max();
    assert_eq!(differ, 0, "{differ} pixels of {seen} differ from tests/golden, by up to {most:?}");
}

/// A PNG file's pixels.
pub fn decode(file: &[u8]) -> Bitmap {
    let picture = image::load_from_memory(file).unwrap().into_rgba8();
    let (width, height) = picture.dimensions();
    Bitmap::new(width, height, picture.into_raw()).unwrap()
}
