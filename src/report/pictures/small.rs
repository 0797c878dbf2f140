//! Small versions of pictures: what a page shows before a reader asks for the whole sheet.

use std::ops::Range;

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

/// The small version of a sheet: each of its pixels is the mean of those it stands for. Sums of whole numbers, so that
/// nothing of the platform's decides one.
pub(in crate::report) fn version(picture: &Picture, sheet: &Bitmap) -> Option<Bitmap> {
    let [width, height] = [sheet.width(), sheet.height()];
    let [small_width, small_height] = size(picture, [width, height]);
    let columns = spans(map_width(picture, width), small_width);
    let rows = spans(height, small_height);
    let (pixels, _) = sheet.rgba().as_chunks::<4>();
    let mut small = Vec::with_capacity(columns.len() * rows.len() * 4);
    // Down each column first: a sum of bytes from fewer than 257 rows.
    let mut sums = vec![[0_u16; 4]; map_width(picture, width) as usize];
    for lines in rows {
        let count = lines.len();
        sums.fill([0; 4]);
        for line in lines {
            for (sum, pixel) in sums.iter_mut().zip(&pixels[line * width as usize..]) {
                for (sum, part) in sum.iter_mut().zip(pixel) {
                    *sum += u16::from(*part);
                }
            }
        }
        for span in &columns {
            let mut sum = [0_u32; 4];
            for column in &sums[span.clone()] {
                for (sum, part) in sum.iter_mut().zip(column) {
                    *sum += u32::from(*part);
                }
            }
            // The usual counts by themselves: a division by a known number is none.
            let mean = match count * span.len() {
                1 => sum,
                2 => sum.map(|sum| sum.div_ceil(2)),
                4 => sum.map(|sum| (sum + 2) / 4),
                count => sum.map(|sum| (sum + count as u32 / 2) / count as u32),
            };
            small.extend(mean.map(|part| part as u8));
        }
    }
    Bitmap::new(small_width, small_height, small)
}

/// Which of `from` pixels each of `to` stands for, at least one.
fn spans(from: u32, to: u32) -> Vec<Range<usize>> {
    let ratio = from as f32 / to as f32;
    let span = |nth: u32| {
        let begin = nth as f32 * ratio;
        let first = (begin.ceil() as u32).min(from.saturating_sub(1));
        first as usize..((begin + ratio).ceil() as u32).clamp(first + 1, from.max(1)) as usize
    };
    (0..to).map(span).collect()
}

/// Width of the map on a sheet: the legend of a landscape sheet stands at its right.
fn map_width(picture: &Picture, width: u32) -> u32 {
    match picture.request.layout.legend {
        Orientation::Landscape => picture.request.layout.size_px.min(width),
        Orientation::Portrait | Orientation::Bare => width,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_stand_side_by_side() {
        for (from, to) in [(1080, 540), (720, 540), (541, 540), (7, 3), (1, 1)] {
            let spans = spans(from, to);
            assert_eq!(
                (spans.len(), spans[0].start, spans[spans.len() - 1].end),
                (to as usize, 0, from as usize)
            );
            // Rounding may count a pixel at an edge twice, or not at all.
            let apart = spans.windows(2).map(|pair| pair[0].end.abs_diff(pair[1].start)).max();
            assert!(apart <= Some(usize::from(from % to != 0)), "{from} to {to}: {apart:?}");
        }
        assert!(spans(3, 5).iter().all(|span| span.len() == 1 && span.end <= 3), "enlarged");
    }
}
