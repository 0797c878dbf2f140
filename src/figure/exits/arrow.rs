//! An arrow along a real path: it grows along the path and ends in one head.

use std::ops::RangeInclusive;

use crate::figure::paths::chevron::Arc;
use crate::geom::PixelPoint;
use crate::scene::{Color, Item, Polygon, Stroke};
use crate::theme::Theme;

/// Points along the shaft, and the Gaussian over them that takes the corners off.
const POINTS: usize = 80;
const SIGMA_POINTS: f32 = 2.0;

/// An arrow's measures, pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    width: f32,
    head_length: f32,
    head_half: f32,
    scale: f32,
}

/// A shaft is this wide where it begins, of its full width.
const BEGINNING: f32 = 0.45;

impl Size {
    /// For a lane with this share of its area's exits, at `scale` pixels per design pixel.
    pub(super) fn of(share: f64, scale: f32) -> Self {
        let width = 6.0 + 22.0 * (share as f32).clamp(0.0, 1.0).sqrt();
        Self {
            width: width * scale,
            head_length: (1.9 * width).max(16.0) * scale,
            head_half: (1.15 * width).max(9.0) * scale,
            scale,
        }
    }

    /// Half of the shaft's width after the share `t` of its length.
    pub(super) fn half_width(&self, t: f32) -> f32 {
        self.width * (BEGINNING + (1.0 - BEGINNING) * t) / 2.0
    }
}

/// The arrow along `line` ([`smooth`]), and its tip. A line shorter than its head is all head.
pub(super) fn arrow(line: &[PixelPoint], size: Size, color: Color, theme: &Theme) -> (Item, PixelPoint) {
    let arc = Arc::of(line);
    let tip = arc.point(arc.length());
    let back = (arc.length() - size.head_length).max(0.0);
    let shaft_end = (arc.length() - 0.85 * size.head_length).max(0.0);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    if shaft_end > 0.0 {
        for i in 0..POINTS {
            let t = i as f32 / (POINTS - 1) as f32;
            let at = shaft_end * t;
            let (here, (nx, ny)) = (arc.point(at), normal(&arc, at, size.scale));
            let half = size.half_width(t);
            left.push(PixelPoint::new(here.x + nx * half, here.y + ny * half));
            right.push(PixelPoint::new(here.x - nx * half, here.y - ny * half));
        }
    }
    let root = arc.point(back);
    let (dx, dy) = direction(root, tip);
    let drawn_in = 0.10 * size.head_length;
    let corner = |side: f32| {
        PixelPoint::new(
            root.x - dx * drawn_in - dy * side * size.head_half,
            root.y - dy * drawn_in + dx * side * size.head_half,
        )
    };
    let mut points = left;
    points.push(corner(1.0));
    points.push(tip);
    points.push(corner(-1.0));
    points.extend(right.into_iter().rev());
    let outline = Stroke { width: 4.5 * size.scale, color: theme.ink.opacity(0.8) };
    (Item::Polygon(Polygon { points, fill: Some(color), outline: Some(outline) }), tip)
}

/// Points along the arrow, `step` pixels apart.
pub(super) fn shaft(line: &[PixelPoint], step: f32) -> Vec<PixelPoint> {
    let arc = Arc::of(line);
    let n = ((arc.length() / step.max(1.0)) as usize).min(2_000);
    (0..=n).map(|i| arc.point(i as f32 * step)).collect()
}

/// The path at even distances, smoothed; its ends stay.
pub(super) fn smooth(path: &[PixelPoint]) -> Vec<PixelPoint> {
    let arc = Arc::of(path);
    let even: Vec<PixelPoint> =
        (0..POINTS).map(|i| arc.point(arc.length() * i as f32 / (POINTS - 1) as f32)).collect();
    // The same reach on both sides, less near the ends, keeps the ends in place.
    gaussian(&even, SIGMA_POINTS, |i, reach| {
        let reach = reach.min(i).min(POINTS - 1 - i);
        i - reach..=i + reach
    })
}

/// The Gaussian mean round every point, over the neighbours that `window` chooses, given a point and how far the
/// Gaussian reaches.
pub(super) fn gaussian(
    points: &[PixelPoint],
    sigma: f32,
    window: impl Fn(usize, usize) -> RangeInclusive<usize>,
) -> Vec<PixelPoint> {
    let reach = (3.0 * sigma) as usize;
    let weights: Vec<f32> =
        (0..=reach).map(|d| libm::expf(-(d as f32 * d as f32) / (2.0 * sigma * sigma))).collect();
    (0..points.len())
        .map(|i| {
            let (mut x, mut y, mut sum) = (0.0, 0.0, 0.0);
            for j in window(i, reach) {
                let w = weights[i.abs_diff(j)];
                x += points[j].x * w;
                y += points[j].y * w;
                sum += w;
            }
            PixelPoint::new(x / sum, y / sum)
        })
        .collect()
}

fn normal(arc: &Arc<'_>, at: f32, scale: f32) -> (f32, f32) {
    let reach = 4.0 * scale;
    let (dx, dy) = direction(arc.point((at - reach).max(0.0)), arc.point(at + reach));
    (-dy, dx)
}

/// The unit vector from one point to another; to the right if they are the same.
pub(super) fn direction(from: PixelPoint, to: PixelPoint) -> (f32, f32) {
    let length = from.distance(to);
    if length > 1e-6 { ((to.x - from.x) / length, (to.y - from.y) / length) } else { (1.0, 0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::DARK;

    #[test]
    fn the_tip_is_where_the_path_ends() {
        let path = [PixelPoint::new(10.0, 10.0), PixelPoint::new(200.0, 10.0), PixelPoint::new(200.0, 150.0)];
        let (item, tip) = arrow(&smooth(&path), Size::of(0.5, 1.0), DARK.allies, &DARK);
        assert!(tip.distance(path[2]) < 0.01);
        let Item::Polygon(polygon) = item else { panic!("an arrow is a polygon") };
        assert!(polygon.points.iter().all(|p| p.x.is_finite() && p.y.is_finite()));
    }

    #[test]
    fn a_path_without_length_is_still_a_shape() {
        let dot = [PixelPoint::new(5.0, 5.0); 3];
        let (item, _) = arrow(&smooth(&dot), Size::of(1.0, 1.0), DARK.axis, &DARK);
        let Item::Polygon(polygon) = item else { panic!("an arrow is a polygon") };
        assert_eq!(polygon.points.len(), 3, "only the head");
    }
}
