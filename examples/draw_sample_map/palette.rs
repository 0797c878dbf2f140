//! Few colours make a small file: median cut (Heckbert 1982), then an indexed PNG.

use std::collections::BTreeMap;
use std::error::Error;

use image::RgbImage;

/// Colours of the file.
const COLORS: usize = 256;

/// Colours that will share one entry of the palette, each with how many pixels have it.
struct Pool {
    colors: Vec<([u8; 3], u64)>,
}

/// A PNG of the picture with at most 256 colours.
pub fn encode(picture: &RgbImage) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut counts: BTreeMap<[u8; 3], u64> = BTreeMap::new();
    picture.pixels().for_each(|pixel| *counts.entry(pixel.0).or_default() += 1);
    let mut pools = vec![Pool { colors: counts.into_iter().collect() }];
    while pools.len() < COLORS {
        let Some(widest) = (0..pools.len()).max_by_key(|&pool| pools[pool].spread().1) else { break };
        let (axis, spread) = pools[widest].spread();
        if spread == 0 {
            break;
        }
        let half = pools[widest].split(axis);
        pools.push(half);
    }

    // Once more round: every colour goes to the mean it is nearest to (Lloyd 1982), so that no patch changes its hue.
    let means: Vec<[u8; 3]> = pools.iter().map(Pool::mean).collect();
    let mut near: Vec<Pool> = means.iter().map(|_| Pool { colors: Vec::new() }).collect();
    let mut entry_of = BTreeMap::new();
    for (color, count) in pools.into_iter().flat_map(|pool| pool.colors) {
        let entry = (0..means.len()).min_by_key(|&entry| apart(means[entry], color)).unwrap_or(0);
        near[entry].colors.push((color, count));
        entry_of.insert(color, entry as u8);
    }
    let indices: Vec<u8> = picture.pixels().map(|pixel| entry_of[&pixel.0]).collect();

    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(near.iter().flat_map(Pool::mean).collect::<Vec<u8>>());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.write_header()?.write_image_data(&indices)?;
    Ok(bytes)
}

/// Squared distance of two colours.
fn apart(a: [u8; 3], b: [u8; 3]) -> u32 {
    (0..3).map(|axis| u32::from(a[axis].abs_diff(b[axis])).pow(2)).sum()
}

impl Pool {
    /// The axis along which the colours differ most, and how much that matters.
    fn spread(&self) -> (usize, u64) {
        let along = |axis: usize| {
            let values = self.colors.iter().map(|(color, _)| color[axis]);
            let (low, high) = values.fold((255, 0), |(low, high), value| (value.min(low), value.max(high)));
            u64::from(high.saturating_sub(low))
        };
        let pixels: u64 = self.colors.iter().map(|(_, count)| count).sum();
        // The square root of the pixels, so that small patches of their own colour keep it.
        let weight = (pixels as f64).sqrt() as u64;
        (0..3)
            .map(|axis| (axis, along(axis) * along(axis) * weight))
            .max_by_key(|(_, spread)| *spread)
            .unwrap_or((0, 0))
    }

    /// Takes the upper half of the pixels out.
    fn split(&mut self, axis: usize) -> Self {
        self.colors.sort_by_key(|(color, _)| (color[axis], *color));
        let pixels: u64 = self.colors.iter().map(|(_, count)| count).sum();
        let mut below = 0;
        let middle = self.colors.iter().position(|(_, count)| {
            below += count;
            below * 2 >= pixels
        });
        let at = middle.unwrap_or(0).clamp(0, self.colors.len() - 2) + 1;
        Self { colors: self.colors.split_off(at) }
    }

    fn mean(&self) -> [u8; 3] {
        let pixels: u64 = self.colors.iter().map(|(_, count)| count).sum();
        [0, 1, 2].map(|axis| {
            let sum: u64 = self.colors.iter().map(|(color, count)| u64::from(color[axis]) * count).sum();
            ((sum + pixels / 2) / pixels.max(1)) as u8
        })
    }
}
