//! Curved surfaces: a grid of control points becomes triangles.

use super::Vertex;

/// Control points a side at most; the engine's tools write up to 31.
const MOST: usize = 65;

/// Whether a grid of control points is one: odd sides of 3 to 65.
pub(crate) fn is_grid(width: usize, height: usize) -> bool {
    [width, height].iter().all(|side| (3..=MOST).contains(side) && side % 2 == 1)
}

/// The points of a patch at `steps` parts to each quadratic piece, row by row, and the number of points a row.
///
/// `controls` are `width · height` control points in rows. Each 3 × 3 block of them is a biquadratic Bézier piece
/// that shares its edge with the next. Empty if the grid is none or too few points are given.
pub fn tessellate(controls: &[Vertex], width: usize, height: usize, steps: usize) -> (Vec<Vertex>, usize) {
    let steps = steps.max(1);
    if !is_grid(width, height) || controls.len() < width * height {
        return (Vec::new(), 0);
    }
    let (columns, rows) = ((width - 1) / 2 * steps + 1, (height - 1) / 2 * steps + 1);
    let mut points = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        let (top, down) = piece(row, rows, steps);
        for column in 0..columns {
            let (left, right) = piece(column, columns, steps);
            let across = |y: usize| {
                let line = &controls[y * width + left..];
                blend([line[0], line[1], line[2]], right)
            };
            points.push(blend([across(top), across(top + 1), across(top + 2)], down));
        }
    }
    (points, columns)
}

/// First control point and share along the piece of a point.
fn piece(point: usize, points: usize, steps: usize) -> (usize, f32) {
    // The last point ends the last piece and begins none.
    let number = (point / steps).min((points - 1) / steps - 1);
    (number * 2, (point - number * steps) as f32 / steps as f32)
}

/// The point a share `t` along the quadratic Bézier curve of three control points.
fn blend([from, over, to]: [Vertex; 3], t: f32) -> Vertex {
    let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
    let mix = |f: f32, o: f32, t: f32| a * f + b * o + c * t;
    Vertex {
        at: std::array::from_fn(|i| mix(from.at[i], over.at[i], to.at[i])),
        normal_z: mix(from.normal_z, over.normal_z, to.normal_z),
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "ends of a curve are its control points exactly")]
mod tests {
    use super::*;

    fn control(x: usize, y: usize) -> Vertex {
        // A ridge along y, two pieces wide.
        let z = [0.0, 100.0, 0.0, 50.0, 0.0][x];
        Vertex { at: [x as f32 * 32.0, y as f32 * 64.0, z], normal_z: 1.0 }
    }

    #[test]
    fn a_patch_meets_its_corners_and_bends_between() {
        let controls: Vec<Vertex> = (0..3).flat_map(|y| (0..5).map(move |x| control(x, y))).collect();
        let (points, columns) = tessellate(&controls, 5, 3, 4);
        assert_eq!((columns, points.len()), (9, 45));
        assert_eq!(points[0].at, [0.0, 0.0, 0.0]);
        assert_eq!(points[44].at, [128.0, 128.0, 0.0]);
        assert_eq!(points[2].at, [32.0, 0.0, 50.0], "half way along the first piece");
        assert_eq!(points[4].at, [64.0, 0.0, 0.0], "pieces share their edge");
    }

    #[test]
    fn what_is_no_grid_gives_nothing() {
        let one = [control(0, 0); 9];
        assert!(tessellate(&one, 2, 3, 4).0.is_empty());
        assert!(tessellate(&one, 3, 5, 4).0.is_empty());
        assert!(tessellate(&one, 1, 9, 4).0.is_empty());
        assert_eq!(tessellate(&one, 3, 3, 0).0.len(), 4);
    }
}
