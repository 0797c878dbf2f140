//! What changed from one frame to the next.

use crate::raster::Part;

/// The smallest rectangle that holds every difference between two pictures `width` wide, which are equal outside of
/// some parts; `None` when they are equal inside as well.
pub(super) fn changed<P: PartialEq>(before: &[P], after: &[P], width: usize, parts: &[Part]) -> Option<Part> {
    parts.iter().filter_map(|part| changed_within(before, after, width, *part)).reduce(Part::joined)
}

fn changed_within<P: PartialEq>(before: &[P], after: &[P], width: usize, part: Part) -> Option<Part> {
    let rows = || part.rows(width).map(|row| (&before[row.clone()], &after[row]));
    let top = rows().position(|(a, b)| a != b)?;
    let (mut bottom, mut left, mut right) = (top, part.width, 0);
    for (row, (a, b)) in rows().enumerate().skip(top) {
        if a != b {
            bottom = row;
        }
        // Only what lies outside of the columns found so far can widen them.
        if let Some(first) = a[..left].iter().zip(&b[..left]).position(|(p, q)| p != q) {
            left = first;
        }
        if let Some(last) = a[right..].iter().zip(&b[right..]).rposition(|(p, q)| p != q) {
            right += last + 1;
        }
    }
    Some(Part { left: part.left + left, top: part.top + top, width: right - left, height: bottom + 1 - top })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_holds_all_differences_and_no_more() {
        let before = [0_u8; 20];
        let mut after = before;
        let whole = [Part::whole(5, 4)];
        assert_eq!(changed(&before, &after, 5, &whole), None);
        after[7] = 1;
        assert_eq!(changed(&before, &after, 5, &whole), Some(Part { left: 2, top: 1, width: 1, height: 1 }));
        after[14] = 1;
        assert_eq!(changed(&before, &after, 5, &whole), Some(Part { left: 2, top: 1, width: 3, height: 2 }));
        let parts = [(2, 1), (0, 0), (4, 2)].map(|(left, top)| Part { left, top, width: 1, height: 1 });
        assert_eq!(changed(&before, &after, 5, &parts), changed(&before, &after, 5, &whole));
        assert_eq!(changed(&before, &after, 5, &parts[1..2]), None);
        after[0] = 1;
        assert_eq!(changed(&before, &after, 5, &whole), Some(Part { left: 0, top: 0, width: 5, height: 3 }));
    }
}
