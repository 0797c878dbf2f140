//! What changed from one frame to the next.

/// A rectangle of a frame, whole pixels, not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

impl Part {
    /// The whole of a frame.
    pub const fn whole(width: usize, height: usize) -> Self {
        Self { left: 0, top: 0, width, height }
    }

    /// The indices of its pixels in a frame of `frame_width`, row by row.
    pub fn rows(self, frame_width: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
        (self.top..self.top + self.height).map(move |row| {
            let start = row * frame_width + self.left;
            start..start + self.width
        })
    }
}

/// The smallest rectangle that holds every difference between two frames `width` wide; `None` when they are equal.
pub(super) fn changed<P: PartialEq>(before: &[P], after: &[P], width: usize) -> Option<Part> {
    let rows = || before.chunks_exact(width).zip(after.chunks_exact(width));
    let top = rows().position(|(a, b)| a != b)?;
    let bottom = rows().rposition(|(a, b)| a != b)?;
    let (mut left, mut right) = (width, 0);
    for (a, b) in rows().take(bottom + 1).skip(top) {
        // Only what lies outside of the columns found so far can widen them.
        if let Some(first) = a[..left].iter().zip(&b[..left]).position(|(p, q)| p != q) {
            left = first;
        }
        if let Some(last) = a[right..].iter().zip(&b[right..]).rposition(|(p, q)| p != q) {
            right += last + 1;
        }
    }
    Some(Part { left, top, width: right - left, height: bottom + 1 - top })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_holds_all_differences_and_no_more() {
        let before = [0_u8; 20];
        let mut after = before;
        assert_eq!(changed(&before, &after, 5), None);
        after[7] = 1;
        assert_eq!(changed(&before, &after, 5), Some(Part { left: 2, top: 1, width: 1, height: 1 }));
        after[14] = 1;
        assert_eq!(changed(&before, &after, 5), Some(Part { left: 2, top: 1, width: 3, height: 2 }));
        after[0] = 1;
        assert_eq!(changed(&before, &after, 5), Some(Part { left: 0, top: 0, width: 5, height: 3 }));
    }
}
