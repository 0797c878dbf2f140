//! Old paper: grain, folds, stains and dark edges over the finished drawing.

use image::{Rgb, RgbImage};

use super::sheet::Sheet;

/// Smooth noise, −1 … 1: a value for every whole place, mixed between them (value noise, Perlin's ease curve).
pub fn grain(x: f64, y: f64, salt: u32) -> f64 {
    let (column, row) = (x.floor(), y.floor());
    let ease = |t: f64| t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
    let (u, v) = (ease(x - column), ease(y - row));
    let at = |dx: i32, dy: i32| spot(column as i32 + dx, row as i32 + dy, salt);
    let mix = |a: f64, b: f64, share: f64| a + (b - a) * share;
    mix(mix(at(0, 0), at(1, 0), u), mix(at(0, 1), at(1, 1), u), v)
}

/// A value of its own, −1 … 1, for every whole place.
fn spot(column: i32, row: i32, salt: u32) -> f64 {
    let mut hash = (column as u32).wrapping_mul(0x9e37_79b1) ^ (row as u32).wrapping_mul(0x85eb_ca77);
    hash = hash.wrapping_add(salt.wrapping_mul(0xc2b2_ae3d));
    hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    hash = (hash ^ (hash >> 12)).wrapping_mul(0x297a_2d39);
    f64::from(hash ^ (hash >> 15)) / f64::from(u32::MAX) * 2.0 - 1.0
}

/// The finished picture.
pub fn finish(sheet: &Sheet) -> RgbImage {
    let side = sheet.side();
    let pixels = sheet.pixmap().pixels();
    RgbImage::from_fn(side, side, |column, row| {
        let pixel = pixels[(row * side + column) as usize];
        let light = lightness(f64::from(column) / f64::from(side), f64::from(row) / f64::from(side));
        // Old paper yellows where it darkens.
        let shade = |value: u8, warmth: f64| {
            (f64::from(value) * (1.0 + (light - 1.0) * warmth)).clamp(0.0, 255.0) as u8
        };
        Rgb([shade(pixel.red(), 0.92), shade(pixel.green(), 1.0), shade(pixel.blue(), 1.12)])
    })
}

/// How light the paper is at a share of its width and height; 1 = untouched.
fn lightness(u: f64, v: f64) -> f64 {
    // Coarse levels keep the file small.
    let levels = |value: f64, steps: f64| (value * steps).round() / steps;
    let fibre = levels(grain(u * 340.0, v * 340.0, 11) * 0.6 + grain(u * 150.0, v * 230.0, 12) * 0.4, 3.0);
    let cloud = grain(u * 5.0, v * 5.0, 13) + 0.5 * grain(u * 13.0, v * 13.0, 14);
    let edge = [u, v, 1.0 - u, 1.0 - v].into_iter().fold(1.0, f64::min);
    let worn = (edge * 9.0 + 0.35 * grain(u * 9.0, v * 9.0, 15)).clamp(0.0, 1.0);
    let fold = [(u, 1.0 / 3.0, v), (u, 2.0 / 3.0, v), (v, 0.5, u)].map(|(across, at, along)| {
        let off = (across - at + 0.0016 * grain(along * 14.0, at * 9.0, 16)) * 1024.0;
        let crease = if off.abs() < 1.0 { -0.13 * (1.0 + 0.6 * grain(along * 40.0, at, 17)) } else { 0.0 };
        // One side of a fold catches the light.
        crease + 0.045 * (1.0 - off.abs() / 26.0).max(0.0) * if off < 0.0 { 1.0 } else { -1.0 }
    });
    1.0 + 0.020 * fibre + 0.045 * levels(cloud, 24.0) - 0.22 * (1.0 - worn) * (1.0 - worn)
        + fold.iter().sum::<f64>()
}
