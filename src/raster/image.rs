//! Bitmaps laid over the picture.

use super::canvas::{Band, Window, over};
use super::transfer::TRANSFER;
use crate::scene::{Bitmap, Blend};

/// Lays a bitmap's pixels over those of the band, inside `window`.
pub(super) fn draw(band: &mut Band, window: Window, (x, y): (i32, i32), bitmap: &Bitmap, blend: Blend) {
    let (pixels, _) = bitmap.rgba().as_chunks::<4>();
    let width = bitmap.width() as usize;
    for row in window.top..window.bottom {
        // The window lies inside the bitmap: both differences are positive. 64 bits, as `y` may be any number.
        let start = (i64::from(row) - i64::from(y)) as usize * width
            + (i64::from(window.left) - i64::from(x)) as usize;
        let source = &pixels[start..start + window.width()];
        let target = band.row(row, window.left, window.right);
        match blend {
            Blend::Srgb => lay_srgb(target, source),
            Blend::Linear => target.iter_mut().zip(source).for_each(|(below, above)| linear(below, *above)),
        }
    }
}

/// Most of a map is opaque and most of what lies over it is clear: both are told a few pixels at a time.
fn lay_srgb(target: &mut [[u8; 4]], source: &[[u8; 4]]) {
    const RUN: usize = 16;
    for (below, above) in target.chunks_mut(RUN).zip(source.chunks(RUN)) {
        let opaque = above.iter().fold(u8::MAX, |all, pixel| all & pixel[3]);
        if opaque == u8::MAX {
            below.copy_from_slice(above);
        } else if above.iter().fold(0, |all, pixel| all | pixel[3]) != 0 {
            below.iter_mut().zip(above).for_each(|(below, above)| srgb(below, *above));
        }
    }
}

#[inline]
fn srgb(below: &mut [u8; 4], above: [u8; 4]) {
    let [r, g, b, a] = above;
    match a {
        0 => {}
        255 => *below = above,
        // 255 becomes 256.
        _ => over(below, [r, g, b], (u32::from(a) * 257 + 128) >> 8),
    }
}

#[inline]
fn linear(below: &mut [u8; 4], above: [u8; 4]) {
    let alpha = u64::from(above[3]);
    if alpha == 0 {
        return;
    }
    if alpha == 255 || below[3] == 0 {
        *below = above;
        return;
    }
    // Straight alpha, in units of 1 / 255².
    let source = alpha * 255;
    let ground = u64::from(below[3]) * (255 - alpha);
    let sum = source + ground;
    for channel in 0..3 {
        let light = u64::from(TRANSFER.linear(above[channel])) * source
            + u64::from(TRANSFER.linear(below[channel])) * ground;
        below[channel] = TRANSFER.srgb(((light + sum / 2) / sum) as u32);
    }
    below[3] = ((sum + 127) / 255) as u8;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_white_over_black_is_brighter_in_linear_light() {
        let mut in_srgb = [0, 0, 0, 255];
        srgb(&mut in_srgb, [255, 255, 255, 128]);
        let mut in_light = [0, 0, 0, 255];
        linear(&mut in_light, [255, 255, 255, 128]);
        assert_eq!((in_srgb, in_light), ([128, 128, 128, 255], [188, 188, 188, 255]));
    }

    #[test]
    fn a_row_is_laid_as_its_pixels_are() {
        let alphas = [255_u8; 20].into_iter().chain([0; 40]).chain((0..60).map(|i| i * 4)).chain([255, 0, 9]);
        let source: Vec<[u8; 4]> = alphas.map(|a| [255 - a, 200, a / 2, a]).collect();
        let mut row = vec![[10, 20, 30, 255]; source.len()];
        let mut one_by_one = row.clone();
        lay_srgb(&mut row, &source);
        one_by_one.iter_mut().zip(&source).for_each(|(below, above)| srgb(below, *above));
        assert_eq!(row, one_by_one);
    }

    #[test]
    fn nothing_and_everything_are_exact() {
        for lay in [srgb, linear] {
            let mut pixel = [10, 20, 30, 255];
            lay(&mut pixel, [99, 99, 99, 0]);
            assert_eq!(pixel, [10, 20, 30, 255]);
            lay(&mut pixel, [99, 98, 97, 255]);
            assert_eq!(pixel, [99, 98, 97, 255]);
            let mut clear = [7, 7, 7, 0];
            lay(&mut clear, [1, 2, 3, 60]);
            assert_eq!(clear, [1, 2, 3, 60]);
        }
    }
}
