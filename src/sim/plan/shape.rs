//! Shapes of a floor plan.

use serde::Deserialize;

/// A shape on the ground, in units.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// `[west, south, east, north]`.
    Rect([f64; 4]),
    /// Corners in order; closed by itself.
    Polygon(Vec<[f64; 2]>),
    /// `[x, y, radius]`.
    Circle([f64; 3]),
    /// A line of `[x, y, z]` points and the width of the path along it. Its ends are cut square, its bends are round.
    Path {
        /// Two points or more.
        line: Vec<[f64; 3]>,
        /// Units, both sides together.
        width: f64,
    },
}

/// The keys a shape may have in a plan; exactly one of them, and `width` with `path`.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ShapeKeys {
    rect: Option<[f64; 4]>,
    polygon: Option<Vec<[f64; 2]>>,
    circle: Option<[f64; 3]>,
    path: Option<Vec<[f64; 3]>>,
    width: Option<f64>,
}

impl TryFrom<ShapeKeys> for Shape {
    type Error = String;

    fn try_from(keys: ShapeKeys) -> Result<Self, String> {
        match keys {
            ShapeKeys {
                rect: Some([west, south, east, north]),
                polygon: None,
                circle: None,
                path: None,
                ..
            } => {
                // Corners may come in any order.
                Ok(Self::Rect([west.min(east), south.min(north), west.max(east), south.max(north)]))
            }
            ShapeKeys { rect: None, polygon: Some(corners), circle: None, path: None, .. }
                if corners.len() > 2 =>
            {
                Ok(Self::Polygon(corners))
            }
            ShapeKeys { rect: None, polygon: None, circle: Some(circle), path: None, .. } => {
                Ok(Self::Circle(circle))
            }
            ShapeKeys { rect: None, polygon: None, circle: None, path: Some(line), width: Some(width) }
                if line.len() > 1 =>
            {
                Ok(Self::Path { line, width })
            }
            _ => {
                Err("expected one of rect, polygon (3 corners or more), circle, or path with width"
                    .to_owned())
            }
        }
    }
}

impl Shape {
    /// Whether a place lies on the shape.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        match self {
            Self::Rect([west, south, east, north]) => x >= *west && x < *east && y >= *south && y < *north,
            Self::Polygon(corners) => is_inside(corners, x, y),
            Self::Circle([cx, cy, radius]) => square(x - cx) + square(y - cy) < square(*radius),
            Self::Path { line, width } => {
                let reach = square(width / 2.0);
                let bends = &line[1..line.len() - 1];
                line.windows(2).any(|ends| {
                    let (share, off) = foot(ends[0], ends[1], x, y);
                    (0.0..=1.0).contains(&share) && off <= reach
                }) || bends.iter().any(|bend| square(x - bend[0]) + square(y - bend[1]) <= reach)
            }
        }
    }

    /// The height of a path at the point of its line nearest to a place; `None` for the flat shapes.
    pub fn height(&self, x: f64, y: f64) -> Option<f64> {
        let Self::Path { line, .. } = self else { return None };
        let mut best = (f64::INFINITY, 0.0);
        for ends in line.windows(2) {
            let share = foot(ends[0], ends[1], x, y).0.clamp(0.0, 1.0);
            let (px, py) = (mix(ends[0][0], ends[1][0], share), mix(ends[0][1], ends[1][1], share));
            let off = square(x - px) + square(y - py);
            if off < best.0 {
                best = (off, mix(ends[0][2], ends[1][2], share));
            }
        }
        Some(best.1)
    }

    /// `[west, south, east, north]` of the smallest rectangle round it.
    pub fn bounds(&self) -> [f64; 4] {
        let round = |points: &mut dyn Iterator<Item = [f64; 2]>, grow: f64| {
            let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
            let [w, s, e, n] =
                points.fold(start, |[w, s, e, n], [x, y]| [w.min(x), s.min(y), e.max(x), n.max(y)]);
            [w - grow, s - grow, e + grow, n + grow]
        };
        match self {
            Self::Rect(rect) => *rect,
            Self::Polygon(corners) => round(&mut corners.iter().copied(), 0.0),
            Self::Circle([x, y, radius]) => round(&mut [[*x, *y]].into_iter(), *radius),
            Self::Path { line, width } => round(&mut line.iter().map(|p| [p[0], p[1]]), width / 2.0),
        }
    }
}

/// The foot of a place on the line through `a` and `b`: its share of the distance from `a`, and the squared distance.
fn foot(a: [f64; 3], b: [f64; 3], x: f64, y: f64) -> (f64, f64) {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let share = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy).max(1e-9);
    (share, square(x - a[0] - dx * share) + square(y - a[1] - dy * share))
}

/// Even–odd rule.
fn is_inside(corners: &[[f64; 2]], x: f64, y: f64) -> bool {
    let mut inside = false;
    let mut from = corners[corners.len() - 1];
    for &to in corners {
        if (to[1] > y) != (from[1] > y) && x < mix(to[0], from[0], (y - to[1]) / (from[1] - to[1])) {
            inside = !inside;
        }
        from = to;
    }
    inside
}

fn mix(a: f64, b: f64, share: f64) -> f64 {
    a + (b - a) * share
}

fn square(x: f64) -> f64 {
    x * x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_square_ends_round_bends_and_a_height() {
        let path = Shape::Path {
            line: vec![[0.0, 0.0, 0.0], [100.0, 0.0, 50.0], [100.0, 100.0, 50.0]],
            width: 40.0,
        };
        assert!(path.contains(0.0, 20.0) && path.contains(50.0, -20.0));
        assert!(!path.contains(-1.0, 0.0), "square end");
        assert!(path.contains(113.0, -13.0) && !path.contains(116.0, -16.0), "round bend");
        assert_eq!(path.height(50.0, 7.0), Some(25.0));
        assert_eq!(path.height(-30.0, 0.0), Some(0.0));
        assert_eq!(path.bounds(), [-20.0, -20.0, 120.0, 120.0]);
    }

    #[test]
    fn a_polygon_may_have_a_notch() {
        let l = Shape::Polygon(vec![[0.0, 0.0], [4.0, 0.0], [4.0, 2.0], [2.0, 2.0], [2.0, 4.0], [0.0, 4.0]]);
        assert!(l.contains(1.0, 3.0) && l.contains(3.0, 1.0) && !l.contains(3.0, 3.0));
    }

    #[test]
    fn two_shapes_at_once_are_refused() {
        let keys = ShapeKeys { rect: Some([0.0; 4]), circle: Some([0.0; 3]), ..ShapeKeys::default() };
        assert!(Shape::try_from(keys).is_err());
        assert!(
            Shape::try_from(ShapeKeys { path: Some(vec![[0.0; 3]; 2]), ..ShapeKeys::default() }).is_err()
        );
    }
}
