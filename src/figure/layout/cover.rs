//! What of a picture is covered by data, so that a label can go elsewhere.

use crate::geom::PixelPoint;
use crate::scene::{Item, PixelRect};

/// What a cell that must stay free costs, against 255 for one that opaque data covers.
pub(crate) const TABOO: u32 = 4_000;
/// At most so many cells along each side.
const MOST_CELLS: usize = 512;

/// How much of each small square of a picture is covered, summed so that any rectangle's cover is four look-ups
/// (a summed-area table: Crow 1984).
pub(crate) struct Cover {
    bounds: PixelRect,
    side: f32,
    columns: usize,
    rows: usize,
    cells: Vec<u32>,
    sums: Vec<u64>,
}

impl Cover {
    /// The cover by `items` within `bounds`, in cells of `side` pixels.
    pub fn of(items: &[Item], bounds: PixelRect, side: f32) -> Self {
        let side = side.max(bounds.width.max(bounds.height) / MOST_CELLS as f32).max(1.0);
        let columns = ((bounds.width / side).ceil() as usize).max(1);
        let rows = ((bounds.height / side).ceil() as usize).max(1);
        let mut cover =
            Self { bounds, side, columns, rows, cells: vec![0; columns * rows], sums: Vec::new() };
        cover.add(items);
        cover.sum();
        cover
    }

    /// Marks an area that no other label may touch.
    pub fn reserve(&mut self, area: &PixelRect) {
        self.fill(area, TABOO);
        self.sum();
    }

    /// Mean cover of an area, 0 … 255; far more where it meets a label or a mark. `None` if it leaves the picture.
    pub fn mean(&self, area: &PixelRect) -> Option<u32> {
        let inside = area.x >= self.bounds.x
            && area.y >= self.bounds.y
            && area.right() <= self.bounds.right()
            && area.bottom() <= self.bounds.bottom();
        let (x, y) = self.span(area).filter(|_| inside)?;
        let at = |x: usize, y: usize| self.sums[y * (self.columns + 1) + x];
        let sum = at(x.end, y.end) + at(x.start, y.start) - at(x.start, y.end) - at(x.end, y.start);
        Some((sum / (x.len() * y.len()).max(1) as u64) as u32)
    }

    fn add(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Image { x, y, bitmap, .. } => {
                    for row in 0..self.rows {
                        for column in 0..self.columns {
                            let middle = self.middle(column, row);
                            let (px, py) = (middle.x - *x as f32, middle.y - *y as f32);
                            if px < 0.0
                                || py < 0.0
                                || px >= bitmap.width() as f32
                                || py >= bitmap.height() as f32
                            {
                                continue;
                            }
                            let at = (py as usize * bitmap.width() as usize + px as usize) * 4 + 3;
                            let alpha = bitmap.rgba().get(at).copied().unwrap_or(0);
                            self.cells[row * self.columns + column] += u32::from(alpha);
                        }
                    }
                }
                // A box holds words of its own.
                Item::Rect { rect, fill: Some(_), .. } => self.fill(rect, TABOO),
                Item::Polyline(line) => {
                    let weight = (line.opacity.clamp(0.0, 1.0) * 255.0) as u32;
                    for pair in line.vertices.windows(2) {
                        self.line(pair[0].at, pair[1].at, weight);
                    }
                }
                Item::Polygon(shape) => {
                    let (mut low, mut high) = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
                    for point in &shape.points {
                        low = (low.0.min(point.x), low.1.min(point.y));
                        high = (high.0.max(point.x), high.1.max(point.y));
                    }
                    self.polygon(&shape.points, low, high);
                }
                Item::Marker(mark) if mark.fill.is_some() || mark.radius < 4.0 * self.side => {
                    let r = mark.radius;
                    self.fill(&PixelRect::new(mark.at.x - r, mark.at.y - r, 2.0 * r, 2.0 * r), TABOO);
                }
                // An outline or a wide ring hides nothing inside it.
                Item::Rect { .. } | Item::Marker(_) => {}
                Item::Label(label) => self.fill(&label.area(), TABOO),
                Item::Clip { items, .. } => self.add(items),
            }
        }
    }

    fn middle(&self, column: usize, row: usize) -> PixelPoint {
        PixelPoint::new(
            self.bounds.x + (column as f32 + 0.5) * self.side,
            self.bounds.y + (row as f32 + 0.5) * self.side,
        )
    }

    /// The cells an area touches, cut to the picture; `None` if there are none.
    fn span(&self, area: &PixelRect) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
        let cells = |from: f32, to: f32, count: usize| {
            let from = (from / self.side).floor().max(0.0);
            let to = (to / self.side).ceil().min(count as f32);
            (from < to).then_some(from as usize..to as usize)
        };
        let x = cells(area.x - self.bounds.x, area.right() - self.bounds.x, self.columns)?;
        let y = cells(area.y - self.bounds.y, area.bottom() - self.bounds.y, self.rows)?;
        Some((x, y))
    }

    fn fill(&mut self, area: &PixelRect, weight: u32) {
        let Some((x, y)) = self.span(area) else { return };
        for row in y {
            for cell in &mut self.cells[row * self.columns..][x.clone()] {
                *cell = (*cell).saturating_add(weight);
            }
        }
    }

    fn line(&mut self, from: PixelPoint, to: PixelPoint, weight: u32) {
        let length = from.distance(to);
        if !length.is_finite() {
            return;
        }
        let steps = ((length / self.side).ceil() as usize).clamp(1, 4 * MOST_CELLS);
        for i in 0..steps {
            let t = i as f32 / steps as f32;
            let (x, y) = (from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t);
            let (column, row) = ((x - self.bounds.x) / self.side, (y - self.bounds.y) / self.side);
            if column >= 0.0 && row >= 0.0 && (column as usize) < self.columns && (row as usize) < self.rows {
                let cell = &mut self.cells[row as usize * self.columns + column as usize];
                *cell = (*cell).max(weight);
            }
        }
    }

    /// Cells whose middle lies inside the polygon, by the even-odd rule.
    fn polygon(&mut self, points: &[PixelPoint], low: (f32, f32), high: (f32, f32)) {
        let area = PixelRect::new(low.0, low.1, high.0 - low.0, high.1 - low.1);
        let Some((x, y)) = self.span(&area) else { return };
        for row in y {
            for column in x.clone() {
                let p = self.middle(column, row);
                let mut inside = false;
                let mut before = points[points.len() - 1];
                for &point in points {
                    if (point.y > p.y) != (before.y > p.y)
                        && p.x < (before.x - point.x) * (p.y - point.y) / (before.y - point.y) + point.x
                    {
                        inside = !inside;
                    }
                    before = point;
                }
                if inside {
                    self.cells[row * self.columns + column] += 255;
                }
            }
        }
    }

    fn sum(&mut self) {
        let width = self.columns + 1;
        let mut sums = vec![0_u64; width * (self.rows + 1)];
        for row in 0..self.rows {
            let mut run = 0;
            for column in 0..self.columns {
                run += u64::from(self.cells[row * self.columns + column].min(TABOO));
                sums[(row + 1) * width + column + 1] = sums[row * width + column + 1] + run;
            }
        }
        self.sums = sums;
    }
}
