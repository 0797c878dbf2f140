//! Lines that may change colour and width, as one layer: no beads at joints, one casing for all.
//!
//! Each segment is a capsule. What a pixel keeps is the smallest signed distance from its middle to any capsule's
//! edge; both coverages follow from it, `clamp(½ − distance)` for the core and the same with half of the casing's
//! extra width for the casing, and it is composited once. Only blocks that a segment reached are looked at again, so
//! the work grows with the pixels covered.

use super::canvas::{Band, HALF, LANES, Window, narrow, over, widen};
use crate::geom::PixelPoint;
use crate::scene::{Color, Polyline, Vertex};

/// Segments are cut to this before they are drawn, pixels: beyond it, single precision loses the pixel.
const FAR: f32 = 65_536.0;

/// Widest line, pixels.
const MAX_WIDTH: f32 = 4096.0;

/// Farthest that a casing reaches beyond its core, pixels.
const MAX_CASING: f32 = 100.0;

/// Pixels that are worked on together.
const BLOCK: usize = 4;

/// Distances are kept from this (deep inside) …
const NEAREST: f32 = -64.0;

/// … to this, pixels: as 15 bits in steps of 1/128.
const FARTHEST: f32 = 190.0;

/// Steps of distance in a pixel.
const STEPS: f32 = 128.0;

/// Added to a distance it leaves `(distance − NEAREST) · STEPS`, rounded, in the low bits of the sum: between 2^16
/// and 2^17 single precision counts in steps of 1/128. A conversion instruction would cost more.
const TO_STEPS: f32 = 65_536.0 - NEAREST;

/// Nothing has come near.
const UNTOUCHED: i32 = i32::MAX;

/// Segments that share a window, see [`windows_of`].
const WINDOW_SEGMENTS: usize = 8;

/// Most changes of colour in one layer.
const MAX_COLORS: usize = 1 << 16;

/// One end of a capsule.
#[derive(Debug, Clone, Copy, PartialEq)]
struct End {
    x: f32,
    y: f32,
    radius: f32,
}

/// The layer of one line in one band, kept from line to line.
#[derive(Default)]
pub(super) struct Brush {
    stride: usize,
    /// For each pixel the smallest distance in steps, shifted by 16, and the colour of its segment. The smaller of
    /// two such numbers is the nearer one.
    cells: Vec<i32>,
    /// One bit for each block, `words` of 64 for each row.
    touched: Vec<u64>,
    words: usize,
    /// Rows that may have a bit, first and last.
    rows: Option<(usize, usize)>,
    colors: Vec<Ink>,
    ramp: Ramp,
}

/// A colour ready to be mixed.
#[derive(Debug, Clone, Copy)]
struct Ink {
    lanes: u64,
    rgb: [u8; 3],
    /// Its opacity as a share of 256.
    alpha: u32,
}

impl Ink {
    fn of(color: Color) -> Self {
        Self {
            lanes: widen([color.r, color.g, color.b, 255]),
            rgb: [color.r, color.g, color.b],
            alpha: (u32::from(color.a) * 257 + 128) >> 8,
        }
    }
}

/// From distance to weights, for one opacity and one casing.
#[derive(Default)]
struct Ramp {
    made_for: Option<(f32, f32, u8)>,
    /// Weights of core and casing, shares of 256, from the distance where both are full to where both are nothing.
    weights: Vec<[u16; 2]>,
}

impl Ramp {
    /// Steps of distance at which the ramp starts: half a pixel inside.
    const START: usize = ((-0.5 - NEAREST) * STEPS) as usize;

    fn prepare(&mut self, opacity: f32, extra: f32, casing_alpha: u8) {
        let wanted = Some((opacity, extra, casing_alpha));
        if self.made_for == wanted {
            return;
        }
        self.made_for = wanted;
        let length = ((1.0 + extra) * STEPS) as usize + 2;
        let weight = |share: f32| (share * 256.0 + 0.5) as u16;
        self.weights.clear();
        self.weights.extend((0..length).map(|step| {
            let distance = step as f32 / STEPS - 0.5;
            let core = (0.5 - distance).clamp(0.0, 1.0) * opacity;
            let casing = (0.5 + extra - distance).clamp(0.0, 1.0) * f32::from(casing_alpha) / 255.0;
            [weight(core), weight(casing)]
        }));
    }

    /// The weights of a cell; `None` when it is too far away.
    #[inline]
    fn of(&self, cell: i32) -> Option<[u32; 2]> {
        let step = (cell >> 16) as usize;
        let [core, casing] = *self.weights.get(step.saturating_sub(Self::START))?;
        Some([u32::from(core), u32::from(casing)])
    }
}

/// How far the casing reaches beyond the core, pixels.
fn casing_reach(line: &Polyline) -> f32 {
    match line.casing {
        Some(casing) if casing.width > 0.0 && casing.color.a > 0 => (casing.width / 2.0).min(MAX_CASING),
        _ => 0.0,
    }
}

/// The pixels a line may touch.
pub(super) fn window_of(line: &Polyline) -> Window {
    window_around(line, &line.vertices)
}

/// The pixels a line may touch, in windows of a few segments each.
pub(super) fn windows_of(line: &Polyline) -> impl Iterator<Item = Window> {
    let ends = line.vertices.len();
    (0..ends.saturating_sub(1)).step_by(WINDOW_SEGMENTS).map(move |first| {
        window_around(line, &line.vertices[first..=(first + WINDOW_SEGMENTS).min(ends - 1)])
    })
}

/// The pixels that the segments between some of a line's vertices may touch.
fn window_around(line: &Polyline, vertices: &[Vertex]) -> Window {
    if vertices.len() < 2 || line.opacity.is_nan() {
        return Window::new(0, 0, 0, 0);
    }
    let mut widest = 1.0_f32;
    let [mut left, mut top] = [f32::INFINITY; 2];
    let [mut right, mut bottom] = [f32::NEG_INFINITY; 2];
    // `min` and `max` pass over what is not a number.
    for vertex in vertices {
        left = left.min(vertex.at.x);
        right = right.max(vertex.at.x);
        top = top.min(vertex.at.y);
        bottom = bottom.max(vertex.at.y);
        widest = widest.max(vertex.width);
    }
    let margin = widest.min(MAX_WIDTH) / 2.0 + casing_reach(line) + 1.0;
    Window::around(left - margin, top - margin, right + margin, bottom + margin)
}

impl Brush {
    /// Draws the part of a line that lies in `window`, which is a part of the band.
    pub fn draw(&mut self, band: &mut Band, window: Window, line: &Polyline) {
        let extra = casing_reach(line);
        let casing = line.casing.map_or(Color::hex(0).opacity(0.0), |casing| casing.color);
        self.prepare(band);
        self.ramp.prepare(line.opacity.clamp(0.0, 1.0), extra, if extra > 0.0 { casing.a } else { 0 });
        let casing = Ink::of(casing);
        let mut last = None;
        for pair in line.vertices.windows(2) {
            let Some((a, b, color)) = capsule(pair[0], pair[1]) else { continue };
            let reach = a.radius.max(b.radius) + extra + 0.5;
            if !reaches(a, b, reach, window) {
                continue;
            }
            if last != Some(color) {
                if self.colors.len() == MAX_COLORS {
                    // More colours than a cell can tell apart: the rest is a layer of its own.
                    self.composite(band, window, casing);
                }
                self.colors.push(Ink::of(color));
                last = Some(color);
            }
            self.stamp(a, b, reach, window, band.window().top);
        }
        self.composite(band, window, casing);
    }

    /// Makes room for a band; its cells stay untouched between lines.
    fn prepare(&mut self, band: &Band) {
        let stride = band.window().width().next_multiple_of(BLOCK);
        let cells = stride * band.window().height();
        if self.stride == stride && self.cells.len() >= cells {
            return;
        }
        self.stride = stride;
        self.words = (stride / BLOCK).div_ceil(64);
        self.cells = vec![UNTOUCHED; cells];
        self.touched = vec![0; self.words * band.window().height()];
    }

    /// Joins one capsule, of the last colour, to the layer. `reach` is how far from its middle line a pixel can
    /// still be covered.
    fn stamp(&mut self, a: End, b: End, reach: f32, window: Window, band_top: i32) {
        let color = (self.colors.len() - 1) as i32;
        let (dx, dy, dr) = (b.x - a.x, b.y - a.y, b.radius - a.radius);
        let length_2 = dx * dx + dy * dy;
        let per_length_2 = if length_2 > 0.0 { 1.0 / length_2 } else { 0.0 };
        let (ux, uy) = (dx * per_length_2, dy * per_length_2);
        // In each row, the pixels that count lie within reach of the part of the segment that is within reach of the
        // row, and within reach of the segment's whole line. A level segment has no slope to cut rows by.
        let (slope, lean, strip) = if dy.abs() > 1e-3 {
            let slope = dx / dy;
            (slope, slope.abs() * reach, reach * (1.0 + slope * slope).sqrt())
        } else {
            (0.0, f32::INFINITY, f32::INFINITY)
        };
        let (from, to) = (smaller(dx, 0.0), larger(dx, 0.0));
        let (low, high) = (window.left as f32 - a.x, window.right as f32 - a.x);

        let first = larger(smaller(a.y, b.y) - reach - 0.5, window.top as f32) as i32;
        let last = smaller(larger(a.y, b.y) + reach + 0.5, window.bottom as f32) as i32;
        let (first, last) = (first.max(window.top), last.min(window.bottom));
        if first >= last {
            return;
        }
        let (first_row, last_row) = ((first - band_top) as usize, (last - 1 - band_top) as usize);
        self.rows =
            Some(self.rows.map_or((first_row, last_row), |(f, l)| (f.min(first_row), l.max(last_row))));

        let band_rows =
            self.cells.chunks_exact_mut(self.stride).zip(self.touched.chunks_exact_mut(self.words));
        for (row, (cells, touched)) in band_rows.enumerate().take(last_row + 1).skip(first_row) {
            let py = (band_top + row as i32) as f32 + 0.5 - a.y;
            let middle = py * slope;
            let near = smaller(larger(middle - lean, from), to) - reach;
            let far = smaller(larger(middle + lean, from), to) + reach;
            let left = larger(larger(near, middle - strip), low);
            let right = smaller(smaller(far, middle + strip), high);
            if left > right {
                continue;
            }
            let first_block = whole(left + a.x - 0.5) / BLOCK;
            let end_block = (whole(right + a.x + 0.5) / BLOCK + 1).min(cells.len() / BLOCK);
            let Some(blocks) = cells.get_mut(first_block * BLOCK..end_block * BLOCK) else { continue };
            let (t_row, py_2) = (py * uy, py);
            let mut px = (first_block * BLOCK) as f32 + 0.5 - a.x;
            for block in blocks.as_chunks_mut::<BLOCK>().0 {
                let mut found = [0; BLOCK];
                for (lane, found) in found.iter_mut().enumerate() {
                    let px = px + lane as f32;
                    let t = larger(smaller(px * ux + t_row, 1.0), 0.0);
                    let (ex, ey) = (px - t * dx, py_2 - t * dy);
                    let distance = (ex * ex + ey * ey).sqrt() - (a.radius + t * dr);
                    let kept = larger(smaller(distance, FARTHEST), NEAREST);
                    let steps = (kept + TO_STEPS).to_bits() as i32 & 0x7fff;
                    *found = (steps << 16) | color;
                }
                for (cell, found) in block.iter_mut().zip(found) {
                    *cell = found.min(*cell);
                }
                px += BLOCK as f32;
            }
            touch(touched, first_block, end_block);
        }
    }

    /// Lays the layer over the band and leaves it untouched again, without colours.
    fn composite(&mut self, band: &mut Band, window: Window, casing: Ink) {
        let Some((first, last)) = self.rows.take() else {
            self.colors.clear();
            return;
        };
        let (top, width) = (band.window().top, band.window().width());
        let (left, right) = (window.left as usize, window.right as usize);
        for row in first..=last {
            let (blocks, _) = self.cells[row * self.stride..][..self.stride].as_chunks_mut::<BLOCK>();
            let pixels = band.row(top + row as i32, 0, width as i32);
            let words = &mut self.touched[row * self.words..][..self.words];
            for (i, word) in words.iter_mut().enumerate() {
                let mut bits = std::mem::take(word);
                while bits != 0 {
                    let index = i * 64 + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    let cells = std::mem::replace(&mut blocks[index], [UNTOUCHED; BLOCK]);
                    for (x, cell) in (index * BLOCK..).zip(cells) {
                        // A block may reach over the window's edge.
                        if let Some(weights) = self.ramp.of(cell)
                            && (left..right).contains(&x)
                        {
                            lay(&mut pixels[x], weights, casing, self.colors[(cell & 0xffff) as usize]);
                        }
                    }
                }
            }
        }
        self.colors.clear();
    }
}

/// Lays a casing and a core over a pixel.
#[inline]
fn lay(pixel: &mut [u8; 4], [core, cased]: [u32; 2], casing: Ink, color: Ink) {
    let (core, cased) = ((core * color.alpha) >> 8, (cased * color.alpha) >> 8);
    if pixel[3] == 255 {
        let ground = widen(*pixel);
        let below = mixed(ground, casing.lanes, cased);
        *pixel = narrow(mixed(below, color.lanes, core));
    } else {
        over(pixel, casing.rgb, cased);
        over(pixel, color.rgb, core);
    }
}

/// Four lanes mixed by a share of 256; see [`narrow`].
#[inline]
fn mixed(from: u64, to: u64, weight: u32) -> u64 {
    ((from * u64::from(256 - weight) + to * u64::from(weight) + HALF) >> 8) & LANES
}

/// The smaller of two numbers; one instruction, unlike `f32::min`, which minds what is not a number.
#[inline]
fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The larger of two numbers.
#[inline]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The whole number next to one of −0.5 … 2^22, by the same trick as [`TO_STEPS`].
#[inline]
fn whole(value: f32) -> usize {
    ((larger(value, 0.0) + 8_388_608.0).to_bits() & 0x7f_ffff) as usize
}

/// Whether anything of a capsule can lie in a window.
fn reaches(a: End, b: End, reach: f32, window: Window) -> bool {
    a.x.max(b.x) + reach >= window.left as f32
        && a.x.min(b.x) - reach <= window.right as f32
        && a.y.max(b.y) + reach >= window.top as f32
        && a.y.min(b.y) - reach <= window.bottom as f32
}

/// Sets the bits `first .. end`.
fn touch(words: &mut [u64], first: usize, end: usize) {
    if first >= end {
        return;
    }
    let (first_word, last_word) = (first / 64, (end - 1) / 64);
    let (low, high) = (u64::MAX << (first % 64), u64::MAX >> (63 - (end - 1) % 64));
    if first_word == last_word {
        words[first_word] |= low & high;
    } else {
        words[first_word] |= low;
        words[first_word + 1..last_word].fill(u64::MAX);
        words[last_word] |= high;
    }
}

/// A segment as a capsule; `None` when it can't be drawn. Its ends come in an order of their own, so that a line
/// and its reverse cover the same pixels.
fn capsule(from: Vertex, to: Vertex) -> Option<(End, End, Color)> {
    let mean_width = f32::midpoint(from.width, to.width);
    // False for NaN as well.
    if !(from.width >= 0.0 && to.width >= 0.0 && mean_width > 0.0) || from.color.a == 0 {
        return None;
    }
    let (a, b) = (end(from)?, end(to)?);
    let (a, b) = cut(a, b)?;
    let color = if mean_width < 1.0 {
        Color { a: (f32::from(from.color.a) * mean_width + 0.5) as u8, ..from.color }
    } else {
        from.color
    };
    Some(if (b.x, b.y, b.radius) < (a.x, a.y, a.radius) { (b, a, color) } else { (a, b, color) })
}

fn end(vertex: Vertex) -> Option<End> {
    let PixelPoint { x, y } = vertex.at;
    (x.is_finite() && y.is_finite()).then(|| End { x, y, radius: vertex.width.clamp(1.0, MAX_WIDTH) / 2.0 })
}

/// The part of a segment within [`FAR`] of the origin on both axes, cut side by side (Sutherland and Hodgman 1974).
fn cut(mut a: End, mut b: End) -> Option<(End, End)> {
    for axis in [Axis::X, Axis::Y] {
        for side in [-1.0, 1.0] {
            let depth = |end: End| f64::from(FAR) - f64::from(side * axis.of(end));
            match (depth(a) >= 0.0, depth(b) >= 0.0) {
                (true, true) => {}
                (true, false) => b = crossing(a, b, depth(a) / (depth(a) - depth(b)), axis, side * FAR),
                (false, true) => a = crossing(b, a, depth(b) / (depth(b) - depth(a)), axis, side * FAR),
                (false, false) => return None,
            }
        }
    }
    Some((a, b))
}

#[derive(Debug, Clone, Copy)]
enum Axis {
    X,
    Y,
}

impl Axis {
    fn of(self, end: End) -> f32 {
        match self {
            Self::X => end.x,
            Self::Y => end.y,
        }
    }
}

/// The point at a share `t` between two ends; on `axis` it is known exactly.
fn crossing(from: End, to: End, t: f64, axis: Axis, exact: f32) -> End {
    let mix = |from: f32, to: f32| (f64::from(from) + (f64::from(to) - f64::from(from)) * t) as f32;
    let (x, y) = match axis {
        Axis::X => (exact, mix(from.y, to.y)),
        Axis::Y => (mix(from.x, to.x), exact),
    };
    End { x, y, radius: mix(from.radius, to.radius) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_at(x: f32, y: f32) -> End {
        End { x, y, radius: 1.0 }
    }

    #[test]
    fn far_segments_are_cut_to_their_near_part() {
        let (a, b) = cut(end_at(-1e30, 50.0), end_at(1e30, 50.0)).unwrap();
        assert_eq!((a, b), (end_at(-FAR, 50.0), end_at(FAR, 50.0)));
        assert!(cut(end_at(1e9, 1e9), end_at(1e9, 2e9)).is_none());
        assert_eq!(cut(end_at(1.0, 2.0), end_at(3.0, 4.0)), Some((end_at(1.0, 2.0), end_at(3.0, 4.0))));
        let (a, b) = cut(end_at(-1e6, -1e6), end_at(1e6, 1e6)).unwrap();
        assert!((a.x - a.y).abs() < 0.1 && (b.x - b.y).abs() < 0.1, "{a:?} {b:?}");
    }
}
