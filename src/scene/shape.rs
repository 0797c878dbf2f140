//! Where a marker's corners lie, so that pixels and SVG show the same marks.

use super::{Marker, Shape};
use crate::geom::PixelPoint;

/// Half of a chevron's opening, radians.
const CHEVRON_HALF_ANGLE: f32 = 0.56;

/// How far a chevron's tip lies ahead of its middle, as a share of an arm.
const CHEVRON_TIP: f32 = 0.42;

impl Marker {
    /// The points that make the mark; empty when its place, its radius or its heading is not a number.
    ///
    /// - circle: its middle
    /// - square, triangle: the corners, to be closed
    /// - cross: the ends of its first line, then of its second
    /// - chevron: end of one arm, tip, end of the other
    /// - arc: its start, its middle and its end, all on the circle
    pub fn points(&self) -> Vec<PixelPoint> {
        let (at, r) = (self.at, self.radius);
        let usable = at.x.is_finite() && at.y.is_finite() && r.is_finite() && r > 0.0;
        let points = match self.shape {
            _ if !usable => Vec::new(),
            Shape::Circle => vec![at],
            Shape::Square => vec![by(at, -r, -r), by(at, r, -r), by(at, r, r), by(at, -r, r)],
            Shape::Cross => vec![by(at, -r, -r), by(at, r, r), by(at, r, -r), by(at, -r, r)],
            Shape::Chevron { heading } => {
                let tip = along(at, heading, r * CHEVRON_TIP);
                let back = heading + std::f32::consts::PI;
                vec![along(tip, back - CHEVRON_HALF_ANGLE, r), tip, along(tip, back + CHEVRON_HALF_ANGLE, r)]
            }
            Shape::Arc { start, sweep } => {
                let sweep = sweep.clamp(-std::f32::consts::TAU, std::f32::consts::TAU);
                [0.0, 0.5, 1.0].iter().map(|share| along(at, start + sweep * share, r)).collect()
            }
            Shape::Triangle { heading } => {
                let third = std::f32::consts::TAU / 3.0;
                [0.0, third, -third].iter().map(|turn| along(at, heading + turn, r)).collect()
            }
        };
        if points.iter().all(|p| p.x.is_finite() && p.y.is_finite()) { points } else { Vec::new() }
    }
}

fn by(at: PixelPoint, x: f32, y: f32) -> PixelPoint {
    PixelPoint::new(at.x + x, at.y + y)
}

/// The point `distance` from `at` along `heading`.
fn along(at: PixelPoint, heading: f32, distance: f32) -> PixelPoint {
    // A platform's own sine may differ in its last bit, and so might a pixel.
    by(at, distance * libm::cosf(heading), distance * libm::sinf(heading))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(shape: Shape, radius: f32) -> Marker {
        Marker { at: PixelPoint::new(10.0, 20.0), shape, radius, fill: None, stroke: None, casing: None }
    }

    #[test]
    fn a_chevron_points_along_its_heading() {
        let right = marker(Shape::Chevron { heading: 0.0 }, 10.0).points();
        assert!(right[1].x > 10.0 && right[0].x < 10.0 && right[2].x < 10.0, "{right:?}");
        assert!((right[0].y - 20.0 + right[2].y - 20.0).abs() < 1e-4, "{right:?}");
        let down = marker(Shape::Chevron { heading: std::f32::consts::FRAC_PI_2 }, 10.0).points();
        assert!(down[1].y > 20.0 && down[0].y < 20.0 && down[2].y < 20.0, "{down:?}");
    }

    #[test]
    fn an_arc_runs_clockwise_on_the_picture() {
        let arc = marker(Shape::Arc { start: 0.0, sweep: std::f32::consts::PI }, 5.0).points();
        assert!(arc[1].y > 24.9 && (arc[2].x - 5.0).abs() < 1e-4, "{arc:?}");
    }

    #[test]
    fn what_is_not_a_number_has_no_points() {
        for radius in [f32::NAN, f32::INFINITY, -1.0, 0.0] {
            assert!(marker(Shape::Square, radius).points().is_empty());
        }
        for heading in [f32::NAN, f32::INFINITY] {
            assert!(marker(Shape::Chevron { heading }, 5.0).points().is_empty());
            assert!(marker(Shape::Arc { start: 0.0, sweep: f32::NAN }, 5.0).points().is_empty());
        }
    }
}
