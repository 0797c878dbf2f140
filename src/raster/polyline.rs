//! Lines that may change colour and width, as one layer: no beads at joints, one casing for all.
//!
//! Each segment is a capsule. What a pixel keeps is the smallest signed distance from its middle to any capsule's
//! edge; both coverages follow from it, `clamp(½ − distance)` for the core and the same with half of the casing's
//! extra width for the casing, and it is composited once. Only pixels that a segment reached are looked at again.

use super::canvas::{Band, Window, over};
use crate::geom::PixelPoint;
use crate::scene::{Color, Polyline, Vertex};

/// Segments are cut to this before they are drawn, pixels: beyond it, single precision loses the pixel.
const FAR: f32 = 65_536.0;

/// Widest line, pixels.
const MAX_WIDTH: f32 = 4096.0;

/// One end of a capsule.
#[derive(Debug, Clone, Copy, PartialEq)]
struct End {
    x: f32,
    y: f32,
    radius: f32,
}

/// What a pixel knows of the line so far.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// From the pixel's middle to the nearest edge of the core, negative inside.
    distance: f32,
    /// Colour of the segment that edge belongs to.
    color: Color,
}

/// Nothing has come near.
const UNTOUCHED: Cell = Cell { distance: f32::INFINITY, color: Color { r: 0, g: 0, b: 0, a: 0 } };

/// The layer of one line in one band, kept from line to line.
#[derive(Default)]
pub(super) struct Brush {
    stride: usize,
    cells: Vec<Cell>,
    /// One bit a pixel, `words` of 64 for each row.
    touched: Vec<u64>,
    words: usize,
    /// First and last word of each row that has a bit.
    spans: Vec<(u32, u32)>,
}

/// Half of the casing's extra width, pixels.
fn casing_reach(line: &Polyline) -> f32 {
    match line.casing {
        Some(casing) if casing.width > 0.0 && casing.color.a > 0 => casing.width.min(MAX_WIDTH) / 2.0,
        _ => 0.0,
    }
}

/// The pixels a line may touch.
pub(super) fn window_of(line: &Polyline) -> Window {
    if line.vertices.len() < 2 {
        return Window::new(0, 0, 0, 0);
    }
    let mut widest = 1.0_f32;
    let [mut left, mut top] = [f32::INFINITY; 2];
    let [mut right, mut bottom] = [f32::NEG_INFINITY; 2];
    // `min` and `max` pass over what is not a number.
    for vertex in &line.vertices {
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
        let opacity = line.opacity.clamp(0.0, 1.0);
        let extra = casing_reach(line);
        self.prepare(band);
        let top = band.window().top;
        for pair in line.vertices.windows(2) {
            if let Some((a, b, color)) = capsule(pair[0], pair[1]) {
                self.stamp(a, b, color, extra + 0.5, window, top);
            }
        }
        let casing = line.casing.filter(|_| extra > 0.0).map(|casing| (casing.color, extra));
        self.composite(band, top, opacity, casing);
    }

    /// Makes room for a band; its cells stay untouched between lines.
    fn prepare(&mut self, band: &Band) {
        let window = band.window();
        if self.stride == window.width() && self.spans.len() >= window.height() {
            return;
        }
        self.stride = window.width();
        self.words = self.stride.div_ceil(64);
        self.cells = vec![UNTOUCHED; self.stride * window.height()];
        self.touched = vec![0; self.words * window.height()];
        self.spans = vec![(u32::MAX, 0); window.height()];
    }

    /// Joins one capsule to the layer. `grow` is how far beyond its edge a pixel can still be covered.
    fn stamp(&mut self, a: End, b: End, color: Color, grow: f32, window: Window, band_top: i32) {
        let reach = a.radius.max(b.radius) + grow;
        // Pixels whose middle lies within reach; one more on each side costs nothing.
        let first = (a.y.min(b.y) - reach - 0.5).max(window.top as f32) as i32;
        let last = ((a.y.max(b.y) + reach + 0.5).min(window.bottom as f32)) as i32;
        if a.x.max(b.x) + reach < window.left as f32 || a.x.min(b.x) - reach > window.right as f32 {
            return;
        }
        let (dx, dy, dr) = (b.x - a.x, b.y - a.y, b.radius - a.radius);
        let length_2 = dx * dx + dy * dy;
        let per_length_2 = if length_2 > 0.0 { 1.0 / length_2 } else { 0.0 };
        // A level segment has no slope to cut rows by.
        let steep = dy.abs() > 1e-3;
        let per_dy = if steep { 1.0 / dy } else { 0.0 };
        let strip = if steep { reach * length_2.sqrt() * per_dy.abs() } else { f32::INFINITY };
        for row in first.max(window.top)..last.min(window.bottom) {
            let py = row as f32 + 0.5 - a.y;
            let (left, right) = if steep {
                // The part of the segment within reach of this row, and the strip that is within reach of its line.
                let (t, u) = ((py - reach) * per_dy, (py + reach) * per_dy);
                let (t, u) = (t.clamp(0.0, 1.0) * dx, u.clamp(0.0, 1.0) * dx);
                let middle = py * dx * per_dy;
                ((t.min(u) - reach).max(middle - strip), (t.max(u) + reach).min(middle + strip))
            } else {
                (dx.min(0.0) - reach, dx.max(0.0) + reach)
            };
            let left = ((a.x + left - 0.5).max(window.left as f32)) as i32;
            let right = ((a.x + right + 1.5).min(window.right as f32)) as i32;
            if left >= right {
                continue;
            }
            let row = (row - band_top) as usize;
            let start = row * self.stride;
            let cells = &mut self.cells[start + left as usize..start + right as usize];
            let mut px = left as f32 + 0.5 - a.x;
            for cell in cells {
                let t = ((px * dx + py * dy) * per_length_2).clamp(0.0, 1.0);
                let (ex, ey) = (px - t * dx, py - t * dy);
                let distance = (ex * ex + ey * ey).sqrt() - (a.radius + t * dr);
                if distance < cell.distance {
                    *cell = Cell { distance, color };
                }
                px += 1.0;
            }
            self.touch(row, left as usize, right as usize);
        }
    }

    /// Remembers that the pixels `left .. right` of a row hold something.
    fn touch(&mut self, row: usize, left: usize, right: usize) {
        let (first, last) = (left / 64, (right - 1) / 64);
        let span = &mut self.spans[row];
        *span = (span.0.min(first as u32), span.1.max(last as u32));
        let words = &mut self.touched[row * self.words..][..self.words];
        let (low, high) = (u64::MAX << (left % 64), u64::MAX >> (63 - (right - 1) % 64));
        if first == last {
            words[first] |= low & high;
        } else {
            words[first] |= low;
            words[first + 1..last].fill(u64::MAX);
            words[last] |= high;
        }
    }

    /// Lays the layer over the band and leaves it untouched again.
    fn composite(&mut self, band: &mut Band, band_top: i32, opacity: f32, casing: Option<(Color, f32)>) {
        let width = self.stride as i32;
        for (row, span) in self.spans.iter_mut().enumerate() {
            if span.0 > span.1 {
                continue;
            }
            let cells = &mut self.cells[row * self.stride..][..self.stride];
            let pixels = band.row(band_top + row as i32, 0, width);
            let words = &mut self.touched[row * self.words..][..self.words];
            let (first, last) = (span.0 as usize, span.1 as usize);
            for (i, word) in words[first..=last].iter_mut().enumerate() {
                let mut bits = std::mem::take(word);
                while bits != 0 {
                    let x = (first + i) * 64 + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    let Cell { distance, color } = std::mem::replace(&mut cells[x], UNTOUCHED);
                    let fade = f32::from(color.a) * (256.0 / 255.0);
                    let core = (0.5 - distance).clamp(0.0, 1.0) * opacity * fade;
                    let core = (core + 0.5) as u32;
                    if let Some((ink, extra)) = casing
                        && core < 256
                    {
                        let share = (0.5 + extra - distance).clamp(0.0, 1.0) * fade;
                        let weight = share * f32::from(ink.a) * (1.0 / 255.0);
                        over(&mut pixels[x], [ink.r, ink.g, ink.b], (weight + 0.5) as u32);
                    }
                    over(&mut pixels[x], [color.r, color.g, color.b], core);
                }
            }
            *span = (u32::MAX, 0);
        }
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

/// The point a share `t` of the way between two ends; on `axis` it is known exactly.
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
