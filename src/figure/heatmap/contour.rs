//! A line round the places that hold most: marching squares (Lorensen & Cline 1987, in the plane).

use std::collections::BTreeMap;

use crate::plane::field::Field;

/// The level above which cells hold `share` (0 … 1) of the whole field; `None` for an empty field.
pub(super) fn level(field: &Field, share: f64) -> Option<f32> {
    let mut values: Vec<f32> = field.values().iter().copied().filter(|v| *v > 0.0).collect();
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    let whole: f64 = values.iter().map(|v| f64::from(*v)).sum();
    let mut held = 0.0;
    values.into_iter().find(|v| {
        held += f64::from(*v);
        held >= share * whole
    })
}

/// A crossing lies on the edge that leads from a corner (column, row, counted from −1 outside the field) to its
/// right (`false`) or lower (`true`) neighbour.
type Edge = (i32, i32, bool);

/// Closed loops round everything above `level`, in cells: (0, 0) is the field's top left corner, cell middles lie at
/// halves. Outside the field there is nothing, so every loop is closed.
pub(in crate::figure) fn loops(field: &Field, level: f32) -> Vec<Vec<(f32, f32)>> {
    let (width, height) = (field.width() as i32, field.height() as i32);
    let value = |x: i32, y: i32| {
        let inside = x >= 0 && y >= 0 && x < width && y < height;
        if inside { field.row(y as usize)[x as usize] } else { 0.0 }
    };
    // Each segment leads from one crossing to the next, with the higher side on its right.
    let mut next: BTreeMap<Edge, Edge> = BTreeMap::new();
    for y in -1..height {
        for x in -1..width {
            let corners = [value(x, y), value(x + 1, y), value(x + 1, y + 1), value(x, y + 1)];
            let above = corners.map(|v| v > level);
            let (top, right, bottom, left) =
                ((x, y, false), (x + 1, y, true), (x, y + 1, false), (x, y, true));
            let case = above.iter().enumerate().fold(0_u8, |bits, (i, a)| bits | u8::from(*a) << i);
            let mut lead = |from: Edge, to: Edge| {
                next.insert(from, to);
            };
            match case {
                1 => lead(top, left),
                2 => lead(right, top),
                3 => lead(right, left),
                4 => lead(bottom, right),
                6 => lead(bottom, top),
                7 => lead(bottom, left),
                8 => lead(left, bottom),
                9 => lead(top, bottom),
                11 => lead(right, bottom),
                12 => lead(left, right),
                13 => lead(top, right),
                14 => lead(left, top),
                // Saddles: the middle decides whether the two high corners meet.
                5 | 10 => {
                    let meet = corners.iter().sum::<f32>() / 4.0 > level;
                    match (case, meet) {
                        (5, true) => {
                            lead(top, right);
                            lead(bottom, left);
                        }
                        (5, false) => {
                            lead(top, left);
                            lead(bottom, right);
                        }
                        (_, true) => {
                            lead(left, top);
                            lead(right, bottom);
                        }
                        (_, false) => {
                            lead(right, top);
                            lead(left, bottom);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let place = |(x, y, down): Edge| {
        let (to_x, to_y) = if down { (x, y + 1) } else { (x + 1, y) };
        let (a, b) = (value(x, y), value(to_x, to_y));
        let t = if a == b { 0.5 } else { ((level - a) / (b - a)).clamp(0.0, 1.0) };
        let at = |from: i32, to: i32| from as f32 + (to - from) as f32 * t + 0.5;
        (at(x, to_x), at(y, to_y))
    };
    let mut found = Vec::new();
    while let Some((&start, _)) = next.iter().next() {
        let mut points = Vec::new();
        let mut at = start;
        while let Some(to) = next.remove(&at) {
            points.push(place(at));
            at = to;
        }
        found.push(points);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(rows: &[&[f32]]) -> Field {
        Field::new(rows[0].len(), rows.len(), rows.concat()).unwrap()
    }

    #[test]
    fn a_hill_has_one_loop() {
        let field = field(&[&[0.0, 0.0, 0.0], &[0.0, 4.0, 0.0], &[0.0, 0.0, 0.0]]);
        let loops = loops(&field, 2.0);
        assert_eq!(loops.len(), 1);
        let mut points = loops[0].clone();
        points.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(points, [(1.0, 1.5), (1.5, 1.0), (1.5, 2.0), (2.0, 1.5)]);
    }

    #[test]
    fn hills_at_the_edge_are_closed_and_holes_are_loops() {
        let ring = field(&[&[9.0, 9.0, 9.0], &[9.0, 0.0, 9.0], &[9.0, 9.0, 9.0]]);
        assert_eq!(loops(&ring, 4.0).len(), 2);
    }

    #[test]
    fn saddles_join_or_part_by_their_middle() {
        assert_eq!(loops(&field(&[&[4.0, 0.0], &[0.0, 4.0]]), 1.0).len(), 1);
        assert_eq!(loops(&field(&[&[4.0, 0.0], &[0.0, 4.0]]), 3.0).len(), 2);
        assert_eq!(loops(&field(&[&[0.0, 4.0], &[4.0, 0.0]]), 1.0).len(), 1);
        assert_eq!(loops(&field(&[&[0.0, 4.0], &[4.0, 0.0]]), 3.0).len(), 2);
    }

    #[test]
    fn the_level_holds_its_share() {
        let field = field(&[&[5.0, 3.0, 1.0, 1.0]]);
        assert_eq!(level(&field, 0.5), Some(5.0));
        assert_eq!(level(&field, 0.6), Some(3.0));
        assert_eq!(level(&Field::nothing(3, 3), 0.5), None);
    }
}
