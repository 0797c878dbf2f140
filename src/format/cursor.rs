//! The fast way through a tuple: reads the usual shape of each value, eight bytes at a time, and gives up on any
//! other shape.
//!
//! Where it gives up, the tuple is read again by [`super::field`], which knows every legal shape and says what is
//! wrong with the others. Whatever is read here, is read the same there.
//!
//! Two things make it fast; a sample of 50 bytes takes about 20 ns. First, a value's length is found by branches and
//! not by arithmetic: lengths repeat from one sample to the next, so the branches are predicted, and the processor
//! starts on the next value before this one is known. Second, digits are checked and added up several at a time
//! within one register (see [`digits_of_8`]), and whether all of them were digits is asked only once per tuple.

#![expect(
    clippy::inline_always,
    reason = "left alone, the compiler keeps the cursor in memory: a third slower"
)]

use crate::geom::{WORLD_LIMIT, WorldPoint};

/// Bytes that a cursor can see; longer than a usual tuple.
const WINDOW_BYTES: usize = 64;

/// What it sees: a tuple from its start, and what follows.
pub(super) type Window = [u8; WINDOW_BYTES];

/// A place in a tuple.
pub(super) struct Cursor<'a> {
    window: &'a Window,
    at: usize,
    /// Not 0 when something that was taken was not what it should be.
    wrong: u64,
}

/// What a line holds from byte `at` on, as far as it is seen without copying.
#[inline(always)]
pub(super) fn window(line: &[u8], at: usize) -> Option<&Window> {
    line.get(at..)?.first_chunk()
}

/// The last bytes of a line from byte `at` on, with bars after its end.
pub(super) fn last_window(line: &[u8], at: usize) -> Option<Window> {
    let rest = line.get(at..)?;
    let mut window = [b'|'; WINDOW_BYTES];
    window.get_mut(..rest.len())?.copy_from_slice(rest);
    Some(window)
}

const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
/// Added to a digit's value it leaves the high bit alone; added to anything larger it does not.
const ABOVE_9: u64 = u64::from_ne_bytes([0x80 - 10; 8]);

impl<'a> Cursor<'a> {
    #[inline(always)]
    pub(super) fn new(window: &'a Window) -> Self {
        Self { window, at: 0, wrong: 0 }
    }

    /// Bytes from the tuple's start; `None` when anything so far was wrong.
    #[inline(always)]
    pub(super) fn end(&self) -> Option<usize> {
        (self.wrong == 0).then_some(self.at)
    }

    /// Takes a whole number of at most seven digits, and the comma after it.
    #[inline(always)]
    pub(super) fn whole(&mut self) -> Option<i32> {
        let mut bytes = u64::from_le_bytes(*self.ahead()?);
        let negative = bytes as u8 == b'-';
        if negative {
            bytes >>= 8;
            self.at += 1;
        }
        let comma_at = |place: u32| (bytes >> (8 * place)) as u8 == b',';
        // Most often it is a time in the middle of a round.
        let length = if comma_at(6) {
            6
        } else if comma_at(5) {
            5
        } else if comma_at(4) {
            4
        } else if comma_at(3) {
            3
        } else if comma_at(2) {
            2
        } else if comma_at(1) {
            1
        } else if comma_at(7) {
            7
        } else {
            return None;
        };
        self.at += length + 1;
        let digits = (bytes ^ ZEROS) << (64 - 8 * length);
        self.wrong |= (digits | digits.wrapping_add(ABOVE_9)) & HIGH_BITS;
        let value = digits_of_8(digits) as i32;
        Some(if negative { -value } else { value })
    }

    /// Takes a whole number of one to three digits without a sign, and the comma after it.
    #[inline(always)]
    pub(super) fn small(&mut self) -> Option<u16> {
        let bytes = self.ahead::<4>()?;
        let digit = |place: usize| u16::from(bytes[place] ^ b'0');
        let (value, worst, length) = match bytes {
            [_, b',', ..] => (digit(0), digit(0), 1),
            [_, _, _, b','] => {
                (digit(0) * 100 + digit(1) * 10 + digit(2), digit(0).max(digit(1)).max(digit(2)), 3)
            }
            [_, _, b',', _] => (digit(0) * 10 + digit(1), digit(0).max(digit(1)), 2),
            _ => return None,
        };
        self.at += length + 1;
        self.wrong |= u64::from(worst > 9);
        Some(value)
    }

    /// Takes one digit that is at most `largest`, and the comma after it.
    #[inline(always)]
    pub(super) fn digit(&mut self, largest: u8) -> Option<u8> {
        let &[digit, comma] = self.ahead()?;
        self.at += 2;
        let value = digit ^ b'0';
        self.wrong |= u64::from(value > largest) | u64::from(comma ^ b',');
        Some(value)
    }

    /// Takes a number with one decimal, and the comma after it.
    #[inline(always)]
    pub(super) fn tenths(&mut self) -> Option<f32> {
        let bytes = u64::from_le_bytes(*self.ahead()?);
        let point_at = |place: u32| (bytes >> (8 * place)) as u8 == b'.';
        if point_at(3) {
            Some(self.fixed::<3>(bytes))
        } else if point_at(4) {
            Some(self.fixed::<4>(bytes))
        } else if point_at(5) {
            Some(self.fixed::<5>(bytes))
        } else if point_at(2) {
            Some(self.fixed::<2>(bytes))
        } else if point_at(1) {
            Some(self.fixed::<1>(bytes))
        } else if point_at(6) {
            Some(self.fixed::<6>(bytes))
        } else {
            None
        }
    }

    /// Takes three coordinates within the engine's world.
    #[inline(always)]
    pub(super) fn point(&mut self) -> Option<WorldPoint> {
        let point = WorldPoint::new(self.tenths()?, self.tenths()?, self.tenths()?);
        (point.x.abs().max(point.y.abs()).max(point.z.abs()) <= WORLD_LIMIT).then_some(point)
    }

    /// Takes `word`, if it stands here.
    #[inline(always)]
    pub(super) fn take<const N: usize>(&mut self, word: &[u8; N]) -> bool {
        let here = self.ahead() == Some(word);
        if here {
            self.at += N;
        }
        here
    }

    /// Takes everything up to a comma or a bar.
    pub(super) fn word(&mut self) -> Option<&'a [u8]> {
        let rest = self.window.get(self.at..)?;
        let length = rest.iter().position(|b| matches!(b, b',' | b'|'))?;
        self.at += length;
        Some(&rest[..length])
    }

    /// The next `N` bytes, which stay.
    #[inline(always)]
    fn ahead<const N: usize>(&self) -> Option<&'a [u8; N]> {
        self.window.get(self.at..)?.first_chunk()
    }

    /// Takes a number whose decimal point is known to stand at `POINT`, and the comma after it.
    ///
    /// Its tenths and 10 are exact as `f32`, so the quotient is the `f32` nearest to the text.
    #[inline(always)]
    fn fixed<const POINT: usize>(&mut self, bytes: u64) -> f32 {
        let negative = bytes as u8 == b'-';
        let sign: u64 = if negative { 0xff } else { 0 };
        let digits = (bytes ^ ZEROS) & !sign;
        let point = 0xff << (8 * POINT);
        let taken = u64::MAX >> (64 - 8 * (POINT + 2));
        self.wrong |= (digits | digits.wrapping_add(ABOVE_9)) & HIGH_BITS & taken & !point;
        if POINT == 1 {
            self.wrong |= sign;
        }
        let units = if POINT <= 4 {
            digits_of_4((digits << (32 - 8 * POINT)) as u32)
        } else {
            digits_of_8(digits << (64 - 8 * POINT))
        };
        let tenths = units * 10 + u32::from((digits >> (8 * (POINT + 1))) as u8);
        let comma = if POINT + 2 < 8 {
            (bytes >> (8 * (POINT + 2))) as u8
        } else {
            self.window.get(self.at + POINT + 2).copied().unwrap_or_default()
        };
        self.wrong |= u64::from(comma ^ b',');
        self.at += POINT + 3;
        let value = tenths as f32 / 10.0;
        if negative { -value } else { value }
    }
}

/// Adds up four decimal digits, one per byte, the first in the lowest byte: pairs first, then pairs of pairs.
#[inline(always)]
fn digits_of_4(digits: u32) -> u32 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff;
    (pairs.wrapping_mul((100 << 16) + 1) >> 16) & 0x3fff
}

/// Adds up eight decimal digits, one per byte, the first in the lowest byte.
///
/// As described by Johnny Lee, "Fast numeric string to int" (2016), and Daniel Lemire, "Quickly parsing eight
/// digits" (2018).
#[inline(always)]
fn digits_of_8(digits: u64) -> u32 {
    const PAIR: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let outer = (pairs & PAIR).wrapping_mul((1_000_000 << 32) + 100);
    let inner = ((pairs >> 16) & PAIR).wrapping_mul((10_000 << 32) + 1);
    (outer.wrapping_add(inner) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_add_up() {
        let mut text = 0_u32;
        while text < 100_000_000 {
            let padded = format!("{text:08}");
            let bytes: [u8; 8] = padded.as_bytes().try_into().unwrap();
            assert_eq!(digits_of_8(u64::from_le_bytes(bytes) ^ ZEROS), text);
            let last: [u8; 4] = bytes[4..].try_into().unwrap();
            assert_eq!(digits_of_4(u32::from_le_bytes(last) ^ ZEROS as u32), text % 10_000);
            text += 12_347;
        }
    }

    #[test]
    fn every_byte_but_a_digit_is_wrong() {
        for byte in 0..=u8::MAX {
            let text = [b"1", &[byte][..], b"5,23"].concat();
            let window = last_window(&text, 0).unwrap();
            let mut cursor = Cursor::new(&window);
            let read = cursor.whole().filter(|_| cursor.end().is_some());
            let expected = byte.is_ascii_digit().then(|| 105 + 10 * i32::from(byte - b'0'));
            assert_eq!(read, expected, "{byte}");
        }
    }
}
