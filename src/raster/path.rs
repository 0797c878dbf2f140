//! Filled outlines: everything with a shape, once its strokes have become outlines too.

use tiny_skia::{FillRule, IntSize, LineCap, LineJoin, Mask, Path, PathBuilder, Transform};

use super::canvas::{Band, Window};
use crate::geom::PixelPoint;
use crate::scene::{Color, Marker, PixelRect, Shape};

/// Coordinates are held within this, in pixels: far outside of any picture, well inside of what the scan
/// converter's fixed point can take.
const FAR: f32 = 65_536.0;

/// The scan converter samples 4 × 4 places in a pixel; twice as fine in both directions, near-level edges of
/// arrows show no steps.
const OVERSAMPLE: usize = 2;

/// Widest piece that is scan converted at once, pixels (the converter gives up antialiasing at 8192 samples).
const MAX_PIECE: usize = 2048;

/// A filled rectangle with sharp corners, or the frame between two.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    outer: PixelRect,
    hole: Option<PixelRect>,
}

impl Area {
    /// The inside of `rect`.
    pub fn filled(rect: PixelRect) -> Self {
        Self { outer: rect, hole: None }
    }

    /// A line of `width` pixels centred on the edge of `rect`.
    pub fn frame(rect: PixelRect, width: f32) -> Self {
        let inner = grown(rect, -width / 2.0);
        let hole = (inner.width > 0.0 && inner.height > 0.0).then_some(inner);
        Self { outer: grown(rect, width / 2.0), hole }
    }

    pub fn window(&self) -> Window {
        Window::around(self.outer.x, self.outer.y, self.outer.right(), self.outer.bottom())
    }
}

fn grown(rect: PixelRect, by: f32) -> PixelRect {
    PixelRect::new(rect.x - by, rect.y - by, rect.width + 2.0 * by, rect.height + 2.0 * by)
}

/// How much of the pixel that starts at `at` lies between two edges, 0 … 1.
fn overlap(at: i32, low: f32, high: f32) -> f32 {
    let at = at as f32;
    (high.min(at + 1.0) - low.max(at)).clamp(0.0, 1.0)
}

/// Fills an area with exact coverage.
pub(super) fn draw_area(band: &mut Band, window: Window, area: &Area, color: Color) {
    let mut coverage = vec![0_u8; window.width()];
    let mut before = None;
    for y in window.top..window.bottom {
        let row = overlap(y, area.outer.y, area.outer.bottom());
        let hole_row = area.hole.map_or(0.0, |hole| overlap(y, hole.y, hole.bottom()));
        // Most rows are as the one above.
        if before.replace([row, hole_row]) == Some([row, hole_row]) {
            band.cover(y, window.left, &coverage, color);
            continue;
        }
        for (x, covered) in (window.left..).zip(&mut coverage) {
            let solid = row * overlap(x, area.outer.x, area.outer.right());
            let hollow = match area.hole {
                Some(hole) if hole_row > 0.0 => hole_row * overlap(x, hole.x, hole.right()),
                _ => 0.0,
            };
            *covered = ((solid - hollow).max(0.0) * 255.0 + 0.5) as u8;
        }
        band.cover(y, window.left, &coverage, color);
    }
}

/// The scan converter's buffer, kept from path to path; and for pictures one after another, what was drawn of the last.
#[derive(Default)]
pub(super) struct Brush {
    cells: Vec<u8>,
    kept: Vec<Kept>,
    drawn: Vec<Kept>,
}

/// A path and its coverage within a window.
struct Kept {
    path: Path,
    window: Window,
    coverage: Vec<u8>,
}

impl Brush {
    pub fn draw(&mut self, band: &mut Band, window: Window, path: &Path, color: Color) {
        cover(band, window, self.rasterise(path, window), color);
    }

    /// The same for one of several pictures: most of what stands still is not scan converted again.
    pub fn draw_again(&mut self, band: &mut Band, window: Window, path: &Path, color: Color) {
        let same =
            |kept: &Kept| kept.window == window && kept.path.bounds() == path.bounds() && kept.path == *path;
        let kept = match self.kept.iter().position(same) {
            Some(at) => self.kept.swap_remove(at),
            None => Kept { path: path.clone(), window, coverage: self.rasterise(path, window).to_vec() },
        };
        cover(band, window, &kept.coverage, color);
        self.drawn.push(kept);
    }

    /// Ends a picture: the next one finds what was drawn in it, and no more.
    pub fn next_picture(&mut self) {
        self.kept = std::mem::take(&mut self.drawn);
    }

    /// Coverage bytes of a path's inside (non-zero winding), row by row over `window`, which is not empty.
    pub fn rasterise(&mut self, path: &Path, window: Window) -> &[u8] {
        let (width, height) = (window.width(), window.height());
        self.cells.clear();
        if width <= MAX_PIECE {
            self.fine(path, window);
            return &self.cells;
        }
        let mut whole = vec![0; width * height];
        for left in (0..width).step_by(MAX_PIECE) {
            let right = width.min(left + MAX_PIECE);
            let piece =
                Window { left: window.left + left as i32, right: window.left + right as i32, ..window };
            self.fine(path, piece);
            for (to, from) in whole.chunks_exact_mut(width).zip(self.cells.chunks_exact(right - left)) {
                to[left..right].copy_from_slice(from);
            }
        }
        self.cells = whole;
        &self.cells
    }

    /// Fills the buffer with a piece's coverage: drawn finer, then averaged in place.
    fn fine(&mut self, path: &Path, window: Window) {
        let (width, height) = (window.width(), window.height());
        let fine_width = width * OVERSAMPLE;
        let mut cells = std::mem::take(&mut self.cells);
        cells.clear();
        cells.resize(fine_width * height * OVERSAMPLE, 0);
        let size = IntSize::from_wh(fine_width as u32, (height * OVERSAMPLE) as u32);
        let Some(mut mask) = size.and_then(|size| Mask::from_vec(cells, size)) else {
            self.cells = vec![0; width * height];
            return;
        };
        let scale = OVERSAMPLE as f32;
        let (x, y) = (-window.left as f32 * scale, -window.top as f32 * scale);
        mask.fill_path(path, FillRule::Winding, true, Transform::from_row(scale, 0.0, 0.0, scale, x, y));
        let mut cells = mask.take();
        for i in 0..width * height {
            let corner = i / width * OVERSAMPLE * fine_width + i % width * OVERSAMPLE;
            let sum: u32 = [corner, corner + 1, corner + fine_width, corner + fine_width + 1]
                .iter()
                .map(|at| u32::from(cells[*at]))
                .sum();
            // The four samples of a pixel are never written before they are read: `corner >= i`.
            cells[i] = ((sum + 2) / 4) as u8;
        }
        cells.truncate(width * height);
        self.cells = cells;
    }
}

/// Lays a colour over a window, weighted by its coverage.
fn cover(band: &mut Band, window: Window, coverage: &[u8], color: Color) {
    for (i, row) in coverage.chunks_exact(window.width()).enumerate() {
        band.cover(window.top + i as i32, window.left, row, color);
    }
}

/// The pixels a path may touch.
pub(super) fn window_of(path: &Path) -> Window {
    let bounds = path.bounds();
    Window::around(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
}

/// A stroke's outline with round joins; `None` for a width that is not positive.
pub(super) fn outline(path: &Path, width: f32, cap: LineCap, join: LineJoin) -> Option<Path> {
    if !(width > 0.0 && width.is_finite()) {
        return None;
    }
    let stroke = tiny_skia::Stroke {
        width: width.min(FAR),
        line_cap: cap,
        line_join: join,
        ..tiny_skia::Stroke::default()
    };
    path.stroke(&stroke, 1.0)
}

/// A point within reach; `None` when it is not a number.
fn near(p: PixelPoint) -> Option<PixelPoint> {
    (!p.x.is_nan() && !p.y.is_nan()).then(|| PixelPoint::new(p.x.clamp(-FAR, FAR), p.y.clamp(-FAR, FAR)))
}

/// A closed polygon; corners that are not numbers are left out.
pub(super) fn polygon(points: &[PixelPoint]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for p in points.iter().filter_map(|p| near(*p)) {
        if path.is_empty() { path.move_to(p.x, p.y) } else { path.line_to(p.x, p.y) }
    }
    path.close();
    path.finish()
}

/// A rectangle with round corners.
pub(super) fn rounded(rect: PixelRect, radius: f32) -> Option<Path> {
    let low = near(PixelPoint::new(rect.x, rect.y))?;
    let high = near(PixelPoint::new(rect.right(), rect.bottom()))?;
    let r = radius.min((high.x - low.x) / 2.0).min((high.y - low.y) / 2.0);
    if r.is_nan() || r <= 0.0 {
        return None;
    }
    // Distance of a Bézier circle's control points from the corner: (1 − 4/3 · (√2 − 1)) · r.
    let k = r * 0.447_715_25;
    let mut path = PathBuilder::new();
    path.move_to(low.x + r, low.y);
    path.line_to(high.x - r, low.y);
    path.cubic_to(high.x - k, low.y, high.x, low.y + k, high.x, low.y + r);
    path.line_to(high.x, high.y - r);
    path.cubic_to(high.x, high.y - k, high.x - k, high.y, high.x - r, high.y);
    path.line_to(low.x + r, high.y);
    path.cubic_to(low.x + k, high.y, low.x, high.y - k, low.x, high.y - r);
    path.line_to(low.x, low.y + r);
    path.cubic_to(low.x, low.y + k, low.x + k, low.y, low.x + r, low.y);
    path.close();
    path.finish()
}

/// The line or the outline of a marker.
pub(super) fn marker(marker: &Marker) -> Option<Path> {
    let points: Vec<_> = marker.points().into_iter().filter_map(near).collect();
    let at = near(marker.at)?;
    match (marker.shape, points.as_slice()) {
        (Shape::Circle, [at]) => PathBuilder::from_circle(at.x, at.y, marker.radius.min(FAR)),
        (Shape::Square | Shape::Triangle { .. }, corners) => polygon(corners),
        (Shape::Cross, [a, b, c, d]) => {
            let mut path = PathBuilder::new();
            path.move_to(a.x, a.y);
            path.line_to(b.x, b.y);
            path.move_to(c.x, c.y);
            path.line_to(d.x, d.y);
            path.finish()
        }
        (Shape::Chevron { .. }, [a, tip, b]) => {
            let mut path = PathBuilder::new();
            path.move_to(a.x, a.y);
            path.line_to(tip.x, tip.y);
            path.line_to(b.x, b.y);
            path.finish()
        }
        (Shape::Arc { start, sweep }, [from, ..]) => arc(at, *from, start, sweep),
        _ => None,
    }
}

/// How a marker's line ends and turns: a square keeps its corners, open lines are round.
pub(super) fn ends(shape: Shape) -> (LineCap, LineJoin) {
    match shape {
        Shape::Square | Shape::Triangle { .. } => (LineCap::Butt, LineJoin::Miter),
        Shape::Arc { .. } => (LineCap::Butt, LineJoin::Round),
        Shape::Circle | Shape::Cross | Shape::Chevron { .. } => (LineCap::Round, LineJoin::Round),
    }
}

/// Part of a circle round `middle`, as Bézier pieces of at most an eighth of a turn.
fn arc(middle: PixelPoint, from: PixelPoint, start: f32, sweep: f32) -> Option<Path> {
    use std::f32::consts::{FRAC_PI_4, TAU};
    let radius = middle.distance(from);
    let sweep = sweep.clamp(-TAU, TAU);
    let pieces = (sweep.abs() / FRAC_PI_4).ceil().max(1.0);
    let step = sweep / pieces;
    // Control points lie 4/3 · tan(step / 4) · r along the tangents.
    let reach = 4.0 / 3.0 * libm::tanf(step / 4.0);
    let mut path = PathBuilder::new();
    path.move_to(from.x, from.y);
    // Offset on the circle at an angle; its tangent is the same turned by a quarter.
    let spoke = |angle: f32| (radius * libm::cosf(angle), radius * libm::sinf(angle));
    for piece in 0..pieces as u32 {
        let (ax, ay) = spoke(start + step * piece as f32);
        let (bx, by) = spoke(start + step * (piece + 1) as f32);
        let (x, y) = (middle.x, middle.y);
        path.cubic_to(
            x + ax - ay * reach,
            y + ay + ax * reach,
            x + bx + by * reach,
            y + by - bx * reach,
            x + bx,
            y + by,
        );
    }
    path.finish()
}
