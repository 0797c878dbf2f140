//! How far two paths are apart, and a path's even points.

/// A point of a path in the plane, units.
pub type PlanePoint = [f64; 2];

/// Discrete Fréchet distance of two paths, units: the shortest leash with which two walkers can go along both, each
/// from point to point and never back. Infinite when one path is empty.
///
/// Source: Eiter & Mannila, "Computing Discrete Fréchet Distance", TU Wien 1994; one row at a time.
///
/// `row` is a buffer to use again.
pub(crate) fn discrete_frechet_in(a: &[PlanePoint], b: &[PlanePoint], row: &mut Vec<f64>) -> f64 {
    let squared = |p: PlanePoint, q: PlanePoint| {
        let (dx, dy) = (p[0] - q[0], p[1] - q[1]);
        dx * dx + dy * dy
    };
    row.clear();
    row.resize(b.len(), f64::INFINITY);
    for (i, &p) in a.iter().enumerate() {
        // `corner` is the value up and to the left, `left` the one just computed.
        let (mut corner, mut left) = (f64::INFINITY, f64::INFINITY);
        for (j, &q) in b.iter().enumerate() {
            let up = row[j];
            let reach = if i == 0 && j == 0 { 0.0 } else { up.min(left).min(corner) };
            left = reach.max(squared(p, q));
            row[j] = left;
            corner = up;
        }
    }
    row.last().filter(|_| !a.is_empty()).map_or(f64::INFINITY, |d| d.sqrt())
}

/// Paths side by side, point by point, so that one of them is compared with several others at once: a step of a single
/// comparison waits for the one before, those of several do not.
pub(crate) struct PathTable {
    /// Points of the longest path.
    points: usize,
    /// Room for the paths, and for those that the last comparison reaches beyond them.
    stride: usize,
    x: Vec<f64>,
    y: Vec<f64>,
}

/// Paths that one is compared with at once: two short vectors of the processor's.
const AT_ONCE: usize = 4;

impl PathTable {
    /// These paths, none of which is empty.
    pub(crate) fn of<'p>(paths: impl ExactSizeIterator<Item = &'p [PlanePoint]> + Clone) -> Self {
        let points = paths.clone().map(<[PlanePoint]>::len).max().unwrap_or_default();
        let stride = paths.len() + AT_ONCE;
        let (mut x, mut y) = (vec![0.0; points * stride], vec![0.0; points * stride]);
        for (at, path) in paths.enumerate() {
            for point in 0..points {
                // A walker who waits at the end changes no distance.
                if let Some([px, py]) = path.get(point).or(path.last()) {
                    (x[point * stride + at], y[point * stride + at]) = (*px, *py);
                }
            }
        }
        Self { points, stride, x, y }
    }

    /// The distances, as [`discrete_frechet_in`] gives them, of a path to as many of those behind it as there is room for.
    pub(crate) fn distances(&self, path: usize, to: &mut [f64]) {
        let mut rows = vec![[f64::INFINITY; AT_ONCE]; self.points];
        for (block, to) in to.chunks_mut(AT_ONCE).enumerate() {
            let first = path + 1 + block * AT_ONCE;
            rows.fill([f64::INFINITY; AT_ONCE]);
            for point in 0..self.points {
                let at = point * self.stride + path;
                // The walk begins at the first points of both.
                let corner = if point == 0 { 0.0 } else { f64::INFINITY };
                self.next_row((self.x[at], self.y[at]), first, corner, &mut rows);
            }
            let ends = rows.last().copied().unwrap_or_default();
            to.iter_mut().zip(ends).for_each(|(to, end)| *to = end.sqrt());
        }
    }

    /// One point of a path against all points of the paths from `first` on: each row holds what the point before gave.
    #[inline]
    fn next_row(&self, (x, y): (f64, f64), first: usize, corner: f64, rows: &mut [[f64; AT_ONCE]]) {
        let mut corner = [corner; AT_ONCE];
        let mut left = [f64::INFINITY; AT_ONCE];
        let others = self.x[first..].chunks(self.stride).zip(self.y[first..].chunks(self.stride));
        for (row, (xs, ys)) in rows.iter_mut().zip(others) {
            let (Some(xs), Some(ys)) = (xs.first_chunk::<AT_ONCE>(), ys.first_chunk::<AT_ONCE>()) else {
                return;
            };
            for lane in 0..AT_ONCE {
                let (dx, dy) = (x - xs[lane], y - ys[lane]);
                let squared = dx * dx + dy * dy;
                let up = row[lane];
                let reach = less(less(up, corner[lane]), left[lane]);
                corner[lane] = up;
                left[lane] = if reach > squared { reach } else { squared };
                row[lane] = left[lane];
            }
        }
    }
}

/// The lesser of two numbers, in one instruction.
fn less(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// A lower bound of the Fréchet distance that costs nothing: both walkers begin together and end together.
pub(crate) fn ends_apart(a: &[PlanePoint], b: &[PlanePoint]) -> f64 {
    match ((a.first(), b.first()), (a.last(), b.last())) {
        ((Some(&p), Some(&q)), (Some(&r), Some(&s))) => distance(p, q).max(distance(r, s)),
        _ => f64::INFINITY,
    }
}

/// `count` points (at least 2) at even distances along a path, ends included. A path without length gives its one
/// place; an empty path gives nothing.
pub fn resample(path: &[PlanePoint], count: usize) -> Vec<PlanePoint> {
    let (Some(&first), Some(&last)) = (path.first(), path.last()) else { return Vec::new() };
    let lengths: Vec<f64> = path.windows(2).map(|p| distance(p[0], p[1])).collect();
    let whole: f64 = lengths.iter().sum();
    let count = count.max(2);
    let mut points = Vec::with_capacity(count);
    let (mut piece, mut walked) = (0, 0.0);
    for i in 0..count - 1 {
        let target = whole * i as f64 / (count - 1) as f64;
        while piece < lengths.len() && walked + lengths[piece] < target {
            walked += lengths[piece];
            piece += 1;
        }
        points.push(match lengths.get(piece) {
            Some(&length) if length > 0.0 => {
                let share = ((target - walked) / length).clamp(0.0, 1.0);
                let (p, q) = (path[piece], path[piece + 1]);
                [p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share]
            }
            _ => first,
        });
    }
    points.push(last);
    points
}

pub(crate) fn distance(a: PlanePoint, b: PlanePoint) -> f64 {
    let (dx, dy) = (a[0] - b[0], a[1] - b[1]);
    (dx * dx + dy * dy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discrete_frechet(a: &[PlanePoint], b: &[PlanePoint]) -> f64 {
        discrete_frechet_in(a, b, &mut Vec::new())
    }

    #[test]
    fn parallel_ways_are_their_distance_apart() {
        let a = [[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]];
        let b = [[0.0, 3.0], [10.0, 3.0], [20.0, 3.0]];
        assert_eq!(discrete_frechet(&a, &b), 3.0);
        assert_eq!(discrete_frechet(&a, &a), 0.0);
        assert_eq!((ends_apart(&a, &b), ends_apart(&a, &[])), (3.0, f64::INFINITY));
    }

    #[test]
    fn a_detour_counts_but_waiting_does_not() {
        let straight = [[0.0, 0.0], [10.0, 0.0]];
        let detour = [[0.0, 0.0], [5.0, 12.0], [10.0, 0.0]];
        // (5, 12) is 13 from both ends.
        assert_eq!(discrete_frechet(&straight, &detour), 13.0);
        assert_eq!(discrete_frechet(&detour, &straight), 13.0);
        let waits = [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [10.0, 0.0]];
        assert_eq!(discrete_frechet(&straight, &waits), 0.0);
    }

    #[test]
    fn opposite_directions_are_far_apart() {
        let out = [[0.0, 0.0], [10.0, 0.0]];
        let back = [[10.0, 0.0], [0.0, 0.0]];
        assert_eq!(discrete_frechet(&out, &back), 10.0);
        assert_eq!(discrete_frechet(&out, &[]), f64::INFINITY);
        assert_eq!(discrete_frechet(&[], &out), f64::INFINITY);
    }

    #[test]
    fn several_paths_at_once_are_as_far_apart_as_one_by_one() {
        let at = |i: usize| [(i * 7919 % 613) as f64 / 3.0, (i * 104_729 % 571) as f64 / 7.0];
        let path = |i: usize| (0..5 + i % 3).map(|point| at(i * 31 + point * 17)).collect();
        let paths: Vec<Vec<PlanePoint>> = (0..11).map(path).collect();
        let table = PathTable::of(paths.iter().map(Vec::as_slice));
        for (i, a) in paths.iter().enumerate() {
            let mut together = vec![0.0; paths.len() - 1 - i];
            table.distances(i, &mut together);
            let one_by_one: Vec<f64> = paths[i + 1..].iter().map(|b| discrete_frechet(a, b)).collect();
            assert_eq!(together, one_by_one, "{i}");
        }
    }

    #[test]
    fn resampling_is_even_by_length() {
        let corner = [[0.0, 0.0], [30.0, 0.0], [30.0, 0.0], [30.0, 10.0]];
        assert_eq!(resample(&corner, 5), [[0.0, 0.0], [10.0, 0.0], [20.0, 0.0], [30.0, 0.0], [30.0, 10.0]]);
        assert_eq!(resample(&[[7.0, 7.0]], 3), [[7.0, 7.0]; 3]);
        assert_eq!(resample(&[], 3), Vec::<PlanePoint>::new());
    }
}
