//! Lanes that share a path, moved aside until they run beside each other.

use super::arrow::{Size, direction, gaussian, smooth};
use crate::geom::PixelPoint;

/// Room between two shafts, design pixels.
const GAP: f32 = 2.5;
/// No point moves farther than this, design pixels: an arrow stays near its path.
const FARTHEST: f32 = 44.0;
/// Lines at a greater angle than this (its cosine) cross each other: neither moves.
const PARALLEL: f32 = 0.6;
/// The Gaussian over the moves, points of a line.
const SIGMA_POINTS: f32 = 3.0;
/// Each line moves away from all others so often: away from one may be towards another.
const ROUNDS: usize = 3;

/// The lines of arrows ([`smooth`]), those that matter most first: each moves aside from those before it.
pub(super) fn beside_each_other(lines: &[(Vec<PixelPoint>, Size)], scale: f32) -> Vec<Vec<PixelPoint>> {
    let mut placed: Vec<Vec<PixelPoint>> = Vec::with_capacity(lines.len());
    for (line, size) in lines {
        let mut moved = line.clone();
        for _ in 0..ROUNDS {
            for (other, (_, other_size)) in placed.iter().zip(lines) {
                let step = aside(&moved, *size, other, *other_size, scale);
                for ((at, by), home) in moved.iter_mut().zip(&step).zip(line) {
                    *at = near(*home, PixelPoint::new(at.x + by.x, at.y + by.y), FARTHEST * scale);
                }
            }
        }
        placed.push(if moved == *line { moved } else { smooth(&moved) });
    }
    placed
}

/// How each point of `line` has to move so that its shaft lies beside that of `other`: all to one side, the one on which
/// the line runs where the two are apart.
fn aside(
    line: &[PixelPoint],
    size: Size,
    other: &[PixelPoint],
    other_size: Size,
    scale: f32,
) -> Vec<PixelPoint> {
    let last = (line.len().max(2) - 1) as f32;
    let contacts: Vec<Option<Contact>> =
        (0..line.len()).map(|i| Contact::of(line[i], heading(line, i), other)).collect();
    let room = |i: usize, contact: &Contact| {
        size.half_width(i as f32 / last) + other_size.half_width(contact.t) + GAP * scale
    };
    let mut balance = 0.0;
    for (i, contact) in contacts.iter().enumerate() {
        if let Some(contact) = contact {
            let room = 3.0 * room(i, contact);
            balance += contact.left.clamp(-room, room);
        }
    }
    let side = if balance < 0.0 { -1.0 } else { 1.0 };
    let moves: Vec<PixelPoint> = contacts
        .iter()
        .enumerate()
        .map(|(i, contact)| match contact {
            Some(contact) if contact.parallel && contact.left.abs() < room(i, contact) => {
                let by = side * room(i, contact) - contact.left;
                PixelPoint::new(contact.normal.0 * by, contact.normal.1 * by)
            }
            _ => PixelPoint::new(0.0, 0.0),
        })
        .collect();
    let end = moves.len().max(1) - 1;
    gaussian(&moves, SIGMA_POINTS, |i, reach| i.saturating_sub(reach)..=(i + reach).min(end))
}

/// The point of a line that is nearest to a point beside it.
struct Contact {
    /// Where on the line, 0 … 1.
    t: f32,
    /// The line's normal there, to its left.
    normal: (f32, f32),
    /// How far the point lies to the left of the line, pixels; negative to the right.
    left: f32,
    /// Whether both have the same heading.
    parallel: bool,
}

impl Contact {
    /// `None` beyond the ends of `line`, where nothing is beside it.
    fn of(at: PixelPoint, towards: (f32, f32), line: &[PixelPoint]) -> Option<Self> {
        let distance = |i: &usize| line[*i].distance(at);
        let nearest = (0..line.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        let (dx, dy) = heading(line, nearest);
        let (x, y) = (at.x - line[nearest].x, at.y - line[nearest].y);
        let along = x * dx + y * dy;
        let spacing = line[0].distance(*line.get(1)?);
        if along.abs() > 2.0 * spacing + 1.0 {
            return None;
        }
        Some(Self {
            t: nearest as f32 / (line.len() - 1) as f32,
            normal: (-dy, dx),
            left: y * dx - x * dy,
            parallel: (dx * towards.0 + dy * towards.1) > PARALLEL,
        })
    }
}

/// The unit vector along a line at one of its points.
fn heading(line: &[PixelPoint], i: usize) -> (f32, f32) {
    direction(line[i.saturating_sub(2)], line[(i + 2).min(line.len() - 1)])
}

/// `at`, or the farthest point towards it that is not more than `most` away from `home`.
fn near(home: PixelPoint, at: PixelPoint, most: f32) -> PixelPoint {
    let distance = home.distance(at);
    if distance <= most {
        return at;
    }
    let share = most / distance;
    PixelPoint::new(home.x + (at.x - home.x) * share, home.y + (at.y - home.y) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn straight(from: (f32, f32), to: (f32, f32)) -> Vec<PixelPoint> {
        smooth(&[PixelPoint::new(from.0, from.1), PixelPoint::new(to.0, to.1)])
    }

    #[test]
    fn lanes_on_one_way_run_beside_each_other() {
        let size = Size::of(0.5, 1.0);
        let lines = [(straight((0.0, 0.0), (400.0, 0.0)), size), (straight((0.0, 1.0), (400.0, 9.0)), size)];
        let placed = beside_each_other(&lines, 1.0);
        assert_eq!(placed[0], lines[0].0, "the first stays");
        for (i, at) in placed[1].iter().enumerate().skip(10) {
            let t = i as f32 / 79.0;
            assert!(at.y > 2.0 * size.half_width(t) - 1.0, "point {i} at {at:?}, on its own side");
            assert!(at.y < FARTHEST + 9.0);
        }
    }

    #[test]
    fn lanes_that_cross_or_are_apart_stay() {
        let size = Size::of(0.5, 1.0);
        let lines = [
            (straight((0.0, 0.0), (400.0, 0.0)), size),
            (straight((200.0, -200.0), (200.0, 200.0)), size),
            (straight((0.0, 120.0), (100.0, 120.0)), size),
        ];
        let placed = beside_each_other(&lines, 1.0);
        assert!(placed.iter().zip(&lines).all(|(placed, (line, _))| placed == line));
    }
}
