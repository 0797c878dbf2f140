//! The fast way through a tuple: reads the usual shape of each value and gives up on any other.
//!
//! A sample takes about 25 ns here, because each step is a short loop over bytes whose branches repeat from one
//! sample to the next. Where a step gives up (`None`), the tuple is read again by [`super::field`], which knows every
//! legal shape and says what is wrong with the others. Whatever is read here, is read the same there.

use crate::geom::{WORLD_LIMIT, WorldPoint};

/// A place in a line.
pub(super) struct Cursor<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(line: &'a [u8], at: usize) -> Self {
        Self { line, at }
    }

    /// Bytes from the line's start.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next byte, which stays; `None` at the end of the line.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    /// Takes a comma.
    #[inline]
    pub(super) fn comma(&mut self) -> Option<()> {
        (self.peek()? == b',').then(|| self.at += 1)
    }

    /// Takes a whole number of at most nine digits.
    #[inline]
    pub(super) fn whole(&mut self) -> Option<i32> {
        let negative = self.minus()?;
        let value = self.digits(9)?;
        Some(if negative { -value } else { value })
    }

    /// Takes a number with one decimal and at most six digits before it.
    ///
    /// Its tenths and 10 are exact as `f32`, so the quotient is the `f32` nearest to the text.
    #[inline]
    pub(super) fn tenths(&mut self) -> Option<f32> {
        let negative = self.minus()?;
        let units = self.digits(6)?;
        let [b'.', digit @ b'0'..=b'9'] = *self.line.get(self.at..)?.first_chunk()? else { return None };
        self.at += 2;
        let value = (units * 10 + i32::from(digit - b'0')) as f32 / 10.0;
        Some(if negative { -value } else { value })
    }

    /// Takes three coordinates within the engine's world, each with the comma after it.
    #[inline]
    pub(super) fn point(&mut self) -> Option<WorldPoint> {
        let mut coordinate = || {
            let value = self.tenths()?;
            self.comma()?;
            (value.abs() <= WORLD_LIMIT).then_some(value)
        };
        Some(WorldPoint::new(coordinate()?, coordinate()?, coordinate()?))
    }

    /// Takes everything up to a comma, a bar, or the end of the line; not empty.
    #[inline]
    pub(super) fn word(&mut self) -> Option<&'a [u8]> {
        let rest = self.line.get(self.at..)?;
        // Nearly every event is this one.
        if let Some([b's', b'a', b'm', b'p', b'l', b'e', b'|']) = rest.first_chunk() {
            self.at += 6;
            return Some(b"sample");
        }
        let word = &rest[..rest.iter().position(|b| matches!(b, b',' | b'|')).unwrap_or(rest.len())];
        self.at += word.len();
        (!word.is_empty()).then_some(word)
    }

    #[inline]
    fn minus(&mut self) -> Option<bool> {
        let negative = self.peek()? == b'-';
        self.at += usize::from(negative);
        Some(negative)
    }

    #[inline]
    fn digits(&mut self, at_most: usize) -> Option<i32> {
        let start = self.at;
        let mut value: i32 = 0;
        while let Some(digit @ 0..=9) = self.line.get(self.at).map(|b| b.wrapping_sub(b'0')) {
            value = value.wrapping_mul(10).wrapping_add(i32::from(digit));
            self.at += 1;
        }
        (1..=at_most).contains(&(self.at - start)).then_some(value)
    }
}
