//! The colours of an animation: one list for all frames, and the nearest entry of any colour.

use crate::scene::{Bitmap, Color};

/// Most colours of a palette; GIF's 256th entry means "as before".
pub const MAX_COLORS: usize = 255;

/// Bits of each channel that choose a place in the table.
const BITS: u32 = 7;

/// Not looked up yet.
const UNKNOWN: u16 = u16::MAX;

/// Up to [`MAX_COLORS`] colours and a table that finds the nearest one.
#[derive(Debug, Clone)]
pub struct Palette {
    colors: Vec<[u8; 3]>,
    // One place for each cube of 2 × 2 × 2 colours, filled when first asked for.
    nearest: Vec<u16>,
}

impl Palette {
    /// A palette of the given colours in their order, without doubles and without their opacity; what is beyond
    /// [`MAX_COLORS`] is left out, so put what matters first. Without any colour it is black alone.
    pub fn new(colors: impl IntoIterator<Item = Color>) -> Self {
        let mut unique: Vec<[u8; 3]> = Vec::with_capacity(MAX_COLORS);
        for color in colors {
            let rgb = [color.r, color.g, color.b];
            if unique.len() < MAX_COLORS && !unique.contains(&rgb) {
                unique.push(rgb);
            }
        }
        if unique.is_empty() {
            unique.push([0; 3]);
        }
        Self { colors: unique, nearest: vec![UNKNOWN; 1 << (3 * BITS)] }
    }

    /// The colours, red, green, blue.
    pub fn colors(&self) -> &[[u8; 3]] {
        &self.colors
    }

    /// Index of the colour nearest to `rgb`, by distance in sRGB weighted as the eye sees it.
    pub fn nearest(&mut self, rgb: [u8; 3]) -> u8 {
        let drop = 8 - BITS;
        let place = rgb.iter().fold(0, |place, channel| (place << BITS) | usize::from(channel >> drop));
        if self.nearest[place] == UNKNOWN {
            // The middle of the cube, so that it does not matter which of its colours came first.
            let middle = rgb.map(|channel| (channel >> drop << drop) | (1 << (drop - 1)));
            self.nearest[place] = self.search(middle);
        }
        self.nearest[place] as u8
    }

    fn search(&self, rgb: [u8; 3]) -> u16 {
        let mut best = (u32::MAX, 0);
        for (i, color) in self.colors.iter().enumerate() {
            let square = |channel: usize| u32::from(color[channel].abs_diff(rgb[channel])).pow(2);
            let distance = 3 * square(0) + 6 * square(1) + 2 * square(2);
            if distance < best.0 {
                best = (distance, i as u16);
            }
        }
        best.1
    }
}

/// At most `count` colours that stand for a bitmap's pixels, most frequent region first.
///
/// Median cut (Heckbert 1982): the box of colours with the largest spread, weighted by its pixels, is cut at the
/// median of its longest side until there are enough boxes; each gives the mean of its pixels. Opacity is ignored.
pub fn median_cut(bitmap: &Bitmap, count: usize) -> Vec<Color> {
    let (pixels, _) = bitmap.rgba().as_chunks::<4>();
    let mut all: Vec<[u8; 3]> = pixels.iter().map(|[r, g, b, _]| [*r, *g, *b]).collect();
    all.sort_unstable();
    let mut shades: Vec<Shade> =
        all.chunk_by(|a, b| a == b).map(|same| Shade { rgb: same[0], pixels: same.len() as u64 }).collect();
    if shades.is_empty() || count == 0 {
        return Vec::new();
    }
    let mut boxes = Vec::with_capacity(count.min(shades.len()));
    boxes.push(0..shades.len());
    while boxes.len() < count {
        let widest = boxes
            .iter()
            .enumerate()
            .map(|(i, range)| (spread(&shades[range.clone()]), i))
            .max_by_key(|((weight, _), i)| (*weight, std::cmp::Reverse(*i)));
        let Some(((weight, channel), i)) = widest else { break };
        if weight == 0 {
            break;
        }
        let range = boxes[i].clone();
        let part = &mut shades[range.clone()];
        part.sort_unstable_by_key(|shade| (shade.rgb[channel], shade.rgb));
        let half = part.iter().map(|shade| shade.pixels).sum::<u64>() / 2;
        let mut below = 0;
        let middle = part.iter().take_while(|shade| {
            below += shade.pixels;
            below <= half
        });
        let middle = middle.count().clamp(1, part.len() - 1);
        boxes[i] = range.start..range.start + middle;
        boxes.push(range.start + middle..range.end);
    }
    let mut means: Vec<(u64, Color)> = boxes.into_iter().map(|range| mean(&shades[range])).collect();
    means.sort_by_key(|(pixels, color)| (std::cmp::Reverse(*pixels), color.r, color.g, color.b));
    means.into_iter().map(|(_, color)| color).collect()
}

/// A colour and how often it occurs.
struct Shade {
    rgb: [u8; 3],
    pixels: u64,
}

/// How much a box gains by a cut, and along which channel.
fn spread(shades: &[Shade]) -> (u64, usize) {
    let pixels: u64 = shades.iter().map(|shade| shade.pixels).sum();
    let side = |channel: usize| {
        let values = || shades.iter().map(|shade| shade.rgb[channel]);
        u64::from(values().max().unwrap_or(0) - values().min().unwrap_or(0))
    };
    let channel = (0..3).max_by_key(|channel| (side(*channel), std::cmp::Reverse(*channel))).unwrap_or(0);
    // A long side counts by its square: rare but distinct colours get a box of their own.
    (side(channel).pow(2) * pixels, channel)
}

fn mean(shades: &[Shade]) -> (u64, Color) {
    let pixels: u64 = shades.iter().map(|shade| shade.pixels).sum::<u64>().max(1);
    let channel = |i: usize| {
        let sum: u64 = shades.iter().map(|shade| u64::from(shade.rgb[i]) * shade.pixels).sum();
        ((sum + pixels / 2) / pixels) as u8
    };
    (pixels, Color { r: channel(0), g: channel(1), b: channel(2), a: 255 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_colour_is_found() {
        let mut palette = Palette::new([0x00_0000, 0xff_ffff, 0xff_0000, 0x66_c3f6].map(Color::hex));
        assert_eq!(palette.nearest([4, 3, 9]), 0);
        assert_eq!(palette.nearest([250, 255, 240]), 1);
        assert_eq!(palette.nearest([255, 0, 0]), 2);
        assert_eq!(palette.nearest([0x66, 0xc3, 0xf6]), 3);
        assert_eq!(Palette::new([]).nearest([9, 9, 9]), 0);
        assert_eq!(Palette::new((0..1000).map(Color::hex)).colors().len(), MAX_COLORS);
    }

    #[test]
    fn few_colours_are_kept_as_they_are() {
        let rgba = [[10, 20, 30, 255], [200, 0, 0, 255], [10, 20, 30, 255], [0, 90, 0, 255]].concat();
        let bitmap = Bitmap::new(2, 2, rgba).unwrap();
        let colors = median_cut(&bitmap, 8);
        assert_eq!(colors, [Color::hex(0x0a_141e), Color::hex(0x00_5a00), Color::hex(0xc8_0000)]);
        assert_eq!(median_cut(&bitmap, 1).len(), 1);
        assert!(median_cut(&Bitmap::new(0, 0, Vec::new()).unwrap(), 8).is_empty());
    }

    #[test]
    fn a_gradient_is_cut_evenly() {
        let rgba: Vec<u8> = (0..=255).flat_map(|v| [v, v, v, 255]).collect();
        let mut greys: Vec<u8> =
            median_cut(&Bitmap::new(256, 1, rgba).unwrap(), 16).iter().map(|c| c.r).collect();
        greys.sort_unstable();
        assert_eq!(greys.len(), 16);
        assert!(greys.windows(2).all(|pair| (14..=18).contains(&(pair[1] - pair[0]))), "{greys:?}");
    }
}
