//! How far two paths are apart, and a path's even points.

/// A point of a path in the plane, units.
pub type PlanePoint = [f64; 2];

/// Discrete Fréchet distance of two paths, units: the shortest leash with which two walkers can go along both, each
/// from point to point and never back. Infinite when one path is empty.
///
/// Source: Eiter & Mannila, "Computing Discrete Fréchet Distance", TU Wien 1994; one row at a time. Most pairs need no
/// rows, because [`settled`] knows their distance.
///
/// `row` is a buffer to use again.
pub(crate) fn discrete_frechet_in(a: &[PlanePoint], b: &[PlanePoint], row: &mut Vec<f64>) -> f64 {
    settled(a, b).unwrap_or_else(|| by_rows(a, b, row)).sqrt()
}

/// The square of the distance, row by row.
fn by_rows(a: &[PlanePoint], b: &[PlanePoint], row: &mut Vec<f64>) -> f64 {
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
    row.last().copied().filter(|_| !a.is_empty()).unwrap_or(f64::INFINITY)
}

/// A walker is at most so many points ahead of the other in the walks that [`settled`] tries.
const MOST_AHEAD: usize = 2;

/// The square of the distance of two paths of as many points, where a simple walk needs no longer leash than every walk
/// does: of the exit paths of one gate that is so for five pairs in six. `None` for the others.
fn settled(a: &[PlanePoint], b: &[PlanePoint]) -> Option<f64> {
    let last = a.len().checked_sub(1).filter(|last| a.len() == b.len() && *last > MOST_AHEAD)?;
    // Every walk begins and ends together.
    let ends = squared(a[0], b[0]).max(squared(a[last], b[last]));
    let together = leash(a, b, 0);
    if together <= ends {
        return Some(ends);
    }
    // Every walk comes to the place where the leash was longest, with the other walker as near as the path goes.
    let widest = (0..=last).find(|&i| squared(a[i], b[i]) >= together)?;
    let nearest = |p: PlanePoint, path: &[PlanePoint]| {
        path.iter().map(|&q| squared(p, q)).fold(f64::INFINITY, f64::min)
    };
    let least = nearest(a[widest], b).max(nearest(b[widest], a)).max(ends);
    let mut shortest = together;
    for ahead in 1..=MOST_AHEAD {
        if shortest <= least {
            break;
        }
        shortest = shortest.min(leash(a, b, ahead)).min(leash(b, a, ahead));
    }
    (shortest <= least).then_some(least)
}

/// The square of the leash for walkers who go in step, the one on `a` so many points ahead.
fn leash(a: &[PlanePoint], b: &[PlanePoint], ahead: usize) -> f64 {
    let in_step = a[ahead..].iter().zip(b).map(|(p, q)| squared(*p, *q)).fold(0.0, f64::max);
    let waiting = a[..ahead].iter().map(|p| squared(*p, b[0]));
    let arrived = b[b.len() - ahead..].iter().map(|q| squared(a[a.len() - 1], *q));
    waiting.chain(arrived).fold(in_step, f64::max)
}

fn squared(p: PlanePoint, q: PlanePoint) -> f64 {
    let (dx, dy) = (p[0] - q[0], p[1] - q[1]);
    dx * dx + dy * dy
}

/// Paths of which each is compared with all others. Where rows are needed, one path is compared with several at once: a
/// step of a single comparison waits for the one before, those of several do not.
pub(crate) struct PathTable<'p> {
    paths: Vec<&'p [PlanePoint]>,
    /// Points of the longest path.
    points: usize,
}

/// Paths that one is compared with at once: two short vectors of the processor's.
const AT_ONCE: usize = 4;

impl<'p> PathTable<'p> {
    /// These paths, none of which is empty.
    pub(crate) fn of(paths: impl Iterator<Item = &'p [PlanePoint]>) -> Self {
        let paths: Vec<_> = paths.collect();
        let points = paths.iter().map(|path| path.len()).max().unwrap_or_default();
        Self { paths, points }
    }

    /// The distances, as [`discrete_frechet_in`] gives them, of a path to as many of those behind it as there is room for.
    pub(crate) fn distances(&self, path: usize, to: &mut [f64]) {
        let mut open = Vec::with_capacity(to.len());
        for (behind, to) in to.iter_mut().enumerate() {
            match settled(self.paths[path], self.paths[path + 1 + behind]) {
                Some(known) => *to = known.sqrt(),
                None => open.push(behind),
            }
        }
        let mut rows = vec![Row::default(); self.points];
        for block in open.chunks(AT_ONCE) {
            self.gather(path, block, &mut rows);
            for (point, at) in self.paths[path].iter().enumerate() {
                // The walk begins at the first points of both.
                let corner = if point == 0 { 0.0 } else { f64::INFINITY };
                next_row(*at, corner, &mut rows);
            }
            let ends = rows.last().map_or([f64::INFINITY; AT_ONCE], |row| row.reach);
            block.iter().zip(ends).for_each(|(behind, end)| to[*behind] = end.sqrt());
        }
    }

    /// Lays the points of some paths behind `path` side by side. A walker who waits at the end changes no distance.
    fn gather(&self, path: usize, behind: &[usize], rows: &mut [Row]) {
        rows.fill(Row { reach: [f64::INFINITY; AT_ONCE], ..Row::default() });
        for lane in 0..AT_ONCE {
            // Lanes that are left over repeat the first.
            let other = self.paths[path + 1 + behind.get(lane).unwrap_or(&behind[0])];
            for (point, row) in rows.iter_mut().enumerate() {
                [row.x[lane], row.y[lane]] = other[point.min(other.len() - 1)];
            }
        }
    }
}

/// One point of several paths, and how far the walk got there.
#[derive(Clone, Copy, Default)]
struct Row {
    x: [f64; AT_ONCE],
    y: [f64; AT_ONCE],
    reach: [f64; AT_ONCE],
}

/// One point of a path against all points of several: each row holds what the point before gave.
#[inline]
fn next_row([x, y]: PlanePoint, corner: f64, rows: &mut [Row]) {
    let mut corner = [corner; AT_ONCE];
    let mut left = [f64::INFINITY; AT_ONCE];
    for row in rows {
        for lane in 0..AT_ONCE {
            let (dx, dy) = (x - row.x[lane], y - row.y[lane]);
            let squared = dx * dx + dy * dy;
            let up = row.reach[lane];
            let reach = less(less(up, corner[lane]), left[lane]);
            corner[lane] = up;
            left[lane] = if reach > squared { reach } else { squared };
            row.reach[lane] = left[lane];
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
        let paths: Vec<Vec<PlanePoint>> = (0..22).map(path).collect();
        assert_eq!(together(&paths), one_by_one(&paths));
    }

    #[test]
    fn what_a_simple_walk_settles_is_what_the_rows_give() {
        // Paths that run along each other at uneven pace; every other one strays.
        let along = |i: usize, point: usize| {
            let (lane, pace) = ((i % 7) as f64 * 11.0, (i % 3) as f64 * 0.04);
            let t = point as f64 / 23.0;
            let astray = (i + 1) % 2 * ((i * 31 + point * 17) * 7919 % 251);
            [900.0 * (t + pace * t * (1.0 - t)), lane * (1.0 - t) + (astray + i * 37 % 17) as f64]
        };
        let paths: Vec<Vec<PlanePoint>> =
            (0..40).map(|i| (0..24).map(|point| along(i, point)).collect()).collect();
        assert_eq!(together(&paths), one_by_one(&paths));
        let pairs = || paths.iter().enumerate().flat_map(|(i, a)| paths[i + 1..].iter().map(move |b| (a, b)));
        let known = pairs().filter(|(a, b)| settled(a, b).is_some()).count();
        assert!(known * 2 > pairs().count() && known < pairs().count(), "{known} of {}", pairs().count());
    }

    fn together(paths: &[Vec<PlanePoint>]) -> Vec<f64> {
        let table = PathTable::of(paths.iter().map(Vec::as_slice));
        let row = |i: usize| {
            let mut to = vec![0.0; paths.len() - 1 - i];
            table.distances(i, &mut to);
            to
        };
        (0..paths.len()).flat_map(row).collect()
    }

    fn one_by_one(paths: &[Vec<PlanePoint>]) -> Vec<f64> {
        let others = |(i, a): (usize, &Vec<PlanePoint>)| {
            paths[i + 1..].iter().map(|b| by_rows(a, b, &mut Vec::new()).sqrt()).collect::<Vec<_>>()
        };
        paths.iter().enumerate().flat_map(others).collect()
    }

    #[test]
    fn resampling_is_even_by_length() {
        let corner = [[0.0, 0.0], [30.0, 0.0], [30.0, 0.0], [30.0, 10.0]];
        assert_eq!(resample(&corner, 5), [[0.0, 0.0], [10.0, 0.0], [20.0, 0.0], [30.0, 0.0], [30.0, 10.0]]);
        assert_eq!(resample(&[[7.0, 7.0]], 3), [[7.0, 7.0]; 3]);
        assert_eq!(resample(&[], 3), Vec::<PlanePoint>::new());
    }
}
