//! The fast way through a tuple: takes each value to be written as it was in the tuple before, and gives up on any shape
//! but the usual one.
//!
//! Where it gives up, the tuple is read again by [`super::field`], which knows every legal shape and says what is
//! wrong with the others. Whatever is read here, is read the same there.
//!
//! Three things make it fast. A player's coordinates seldom gain or lose a digit from one sample to the next, so where
//! a number ends, where its point and its sign stand, is not looked for but checked ([`Shape`]). What hardly changes is
//! not read at all but compared, eight bytes at a time ([`Repeated`]). And the digits of a number are checked and added
//! up together within one register ([`digits_of_8`]).

#![expect(
    clippy::inline_always,
    reason = "left alone, the compiler keeps the cursor in memory: a third slower"
)]

use crate::geom::{WORLD_LIMIT, WorldPoint};

/// Values of a tuple that can begin within so many bytes are seen.
const SEEN_BYTES: usize = 64;
/// Bytes before a tuple that are seen as well: a number is read from its end.
const BEFORE_BYTES: usize = 8;
/// Sixteen bytes can be read from each byte that is seen.
const WINDOW_BYTES: usize = BEFORE_BYTES + SEEN_BYTES + 16;

/// What a cursor sees: what stands before a tuple, the tuple, and what follows.
type Window = [u8; WINDOW_BYTES];

/// A place in a tuple.
pub(crate) struct Cursor<'a> {
    window: &'a Window,
    at: usize,
}

const fn eight_times(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const HIGH_BITS: u64 = eight_times(0x80);
/// Added to a digit's value it leaves the high bit alone; added to anything larger it does not.
const ABOVE_9: u8 = 0x80 - 10;
/// Added to 0 it leaves the high bit alone; added to anything else it does not.
const ABOVE_0: u8 = 0x80 - 1;
/// The engine's limit of a coordinate, tenths of a unit.
const WORLD_LIMIT_TENTHS: u32 = WORLD_LIMIT as u32 * 10;

/// How a number is written: how long it is, and where its sign and its point stand in the eight bytes before the comma
/// that ends it.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Characters, the sign included.
    length: usize,
    /// Which of the eight bytes belong to the number: 0xff each.
    own: u64,
    /// The eight bytes of a number in which each digit is 0.
    zero: u64,
    /// Added to the difference from `zero` it sets the high bit of every byte that is not as it should be.
    above: u64,
    /// 1 or -1.
    sign: i32,
    /// What a number's tenths are divided by: 10 or -10.
    tenths: f32,
}

/// Shapes by sign and length: whole numbers, and numbers with one decimal.
static WHOLE: [[Shape; 9]; 2] = shapes(false);
static DECIMAL: [[Shape; 9]; 2] = shapes(true);

const fn shapes(decimal: bool) -> [[Shape; 9]; 2] {
    let mut shapes = [[Shape::NONE; 9]; 2];
    let mut length = 0;
    while length <= 8 {
        shapes[0][length] = Shape::new(length, false, decimal);
        shapes[1][length] = Shape::new(length, true, decimal);
        length += 1;
    }
    shapes
}

impl Shape {
    /// No number has this shape.
    const NONE: Self = Self { length: 0, own: 0, zero: 0, above: HIGH_BITS, sign: 1, tenths: 10.0 };

    /// A number of so many characters; [`Shape::NONE`] when that leaves no digit before the point.
    const fn new(length: usize, negative: bool, decimal: bool) -> Self {
        if length <= negative as usize + 2 * decimal as usize {
            return Self::NONE;
        }
        let (mut own, mut zero, mut above) = ([0; 8], [0; 8], [ABOVE_9; 8]);
        let first = 8 - length;
        let mut place = first;
        while place < 8 {
            let sign = negative && place == first;
            let point = decimal && place == 6;
            own[place] = 0xff;
            zero[place] = if sign {
                b'-'
            } else if point {
                b'.'
            } else {
                b'0'
            };
            above[place] = if sign || point { ABOVE_0 } else { ABOVE_9 };
            place += 1;
        }
        let (sign, tenths) = if negative { (-1, -10.0) } else { (1, 10.0) };
        let (own, zero, above) =
            (u64::from_le_bytes(own), u64::from_le_bytes(zero), u64::from_le_bytes(above));
        Self { length, own, zero, above, sign, tenths }
    }

    /// The digits' values if eight bytes have this shape, 0 for every other byte.
    #[inline(always)]
    fn digits(&self, bytes: u64) -> Option<u64> {
        let digits = (bytes ^ self.zero) & self.own;
        ((digits | digits.wrapping_add(self.above)) & HIGH_BITS == 0).then_some(digits)
    }
}

/// A text of at most sixteen bytes that is likely to stand in the next tuple again, and its value.
pub(crate) struct Repeated<T> {
    text: [u64; 2],
    /// Which of its bytes belong to it: 0xff each.
    own: [u64; 2],
    length: usize,
    value: Option<T>,
}

impl<T: Copy> Repeated<T> {
    pub(crate) const NONE: Self = Self { text: [0; 2], own: [0; 2], length: 0, value: None };
}

/// The shapes of a tuple's first numbers: a time and a place.
pub(crate) struct Moment {
    time: Shape,
    place: [Shape; 3],
}

impl Moment {
    pub(crate) const NONE: Self = Self { time: Shape::NONE, place: [Shape::NONE; 3] };
}

/// The shape of a number that is written with one decimal.
pub(crate) struct Decimal(Shape);

impl Decimal {
    pub(crate) const NONE: Self = Self(Shape::NONE);
}

impl<'a> Cursor<'a> {
    /// At the tuple that begins at byte `at` of `text`; `None` too close to the ends of `text`.
    #[inline(always)]
    pub(crate) fn new(text: &'a [u8], at: usize) -> Option<Self> {
        Some(Self { window: text.get(at.checked_sub(BEFORE_BYTES)?..)?.first_chunk()?, at: 0 })
    }

    /// Bytes from the tuple's start.
    #[inline(always)]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Takes `word`, if it stands here.
    #[inline(always)]
    pub(crate) fn take<const N: usize>(&mut self, word: &[u8; N]) -> bool {
        let here = self.window[BEFORE_BYTES + self.at % SEEN_BYTES..].first_chunk() == Some(word);
        if here {
            self.at += N;
        }
        here
    }

    /// Takes a time and a place within the engine's world.
    #[inline(always)]
    pub(crate) fn moment(&mut self, shapes: &mut Moment) -> Option<(i32, WorldPoint)> {
        let time = digits_of_8(self.digits(&mut shapes.time, &WHOLE)?) as i32 * shapes.time.sign;
        let [x, y, z] = &mut shapes.place;
        let [(x, a), (y, b), (z, c)] = [self.tenths(x)?, self.tenths(y)?, self.tenths(z)?];
        (a.max(b).max(c) <= WORLD_LIMIT_TENTHS).then_some((time, WorldPoint::new(x, y, z)))
    }

    /// Takes a number with one decimal.
    #[inline(always)]
    pub(crate) fn decimal(&mut self, shape: &mut Decimal) -> Option<f32> {
        Some(self.tenths(&mut shape.0)?.0)
    }

    /// Takes what stood here in the tuple before. If something else stands here, `read` is given what is seen of it and
    /// says what it means and how long it is; of that, at most sixteen bytes are expected in the next tuple.
    #[inline(always)]
    pub(crate) fn repeated<T: Copy>(
        &mut self,
        last: &mut Repeated<T>,
        read: impl FnOnce(&[u8]) -> Option<(T, usize)>,
    ) -> Option<T> {
        let start = BEFORE_BYTES + self.at % SEEN_BYTES;
        let text = [eight(self.window, start), eight(self.window, start + 8)];
        let value = match last.value {
            Some(value) if (0..2).all(|i| (text[i] ^ last.text[i]) & last.own[i] == 0) => value,
            _ => {
                let (value, length) = read(&self.window[start..])?;
                let own = u128::MAX.checked_shr(128_u32.checked_sub(8 * length as u32)?)?;
                let own = [own as u64, (own >> 64) as u64];
                *last = Repeated { text, own, length, value: Some(value) };
                value
            }
        };
        self.at += last.length;
        Some(value)
    }

    /// Takes a number with one decimal and the comma after it: its value, and its tenths without the sign.
    ///
    /// The tenths and 10 are exact as `f32`, so the quotient is the `f32` nearest to the text.
    #[inline(always)]
    fn tenths(&mut self, shape: &mut Shape) -> Option<(f32, u32)> {
        let tenths = tenths_of_8(self.digits(shape, &DECIMAL)?);
        Some((tenths as f32 / shape.tenths, tenths))
    }

    /// Takes a number and the comma after it: its digits' values, the last one in the highest byte.
    #[inline(always)]
    fn digits(&mut self, shape: &mut Shape, shapes: &'static [[Shape; 9]; 2]) -> Option<u64> {
        let end = (self.at + shape.length) % SEEN_BYTES;
        let expected = if self.window[BEFORE_BYTES + end] == b',' {
            shape.digits(eight(self.window, end))
        } else {
            None
        };
        let digits = match expected {
            Some(digits) => digits,
            None => self.unexpected(shape, shapes)?,
        };
        self.at += shape.length + 1;
        Some(digits)
    }

    /// Takes a number of another shape than before, and keeps the shape.
    #[inline(never)]
    fn unexpected(&self, shape: &mut Shape, shapes: &'static [[Shape; 9]; 2]) -> Option<u64> {
        let start = self.at % SEEN_BYTES;
        let number = eight(self.window, BEFORE_BYTES + start);
        let length = equal_bytes(number, b',').trailing_zeros() as usize / 8;
        if self.window[BEFORE_BYTES + start + length] != b',' {
            return None;
        }
        *shape = shapes[usize::from(number as u8 == b'-')][length];
        shape.digits(eight(self.window, start + length))
    }
}

/// Eight bytes from `at` on.
#[inline(always)]
fn eight(window: &Window, at: usize) -> u64 {
    window[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The high bits of those of eight bytes that are `wanted`.
#[inline(always)]
fn equal_bytes(bytes: u64, wanted: u8) -> u64 {
    let others = bytes ^ eight_times(wanted);
    !((others & !HIGH_BITS).wrapping_add(!HIGH_BITS) | others) & HIGH_BITS
}

/// Where the only one of 32 bytes that is `wanted` stands; 32 when none is, `None` when there seem to be several.
#[inline(always)]
pub(crate) fn only_place(bytes: &[u8; 32], wanted: u8) -> Option<usize> {
    // One bit per byte: the byte's place in its word counts eight, the word one.
    let mut found = 0;
    for (at, &word) in bytes.as_chunks().0.iter().enumerate() {
        found |= equal_bytes(u64::from_le_bytes(word), wanted) >> (7 - at);
    }
    let bit = found.trailing_zeros() as usize;
    match found {
        0 => Some(bytes.len()),
        _ if found.is_power_of_two() => Some(bit % 8 * 8 + bit / 8),
        _ => None,
    }
}

/// Adds up eight decimal digits, one per byte, the first in the lowest byte.
///
/// As described by Johnny Lee, "Fast numeric string to int" (2016), and Daniel Lemire, "Quickly parsing eight
/// digits" (2018).
#[inline(always)]
fn digits_of_8(digits: u64) -> u32 {
    weigh_pairs(digits, [1_000_000, 10_000, 100, 1])
}

/// The same for six digits, a 0 in place of the point, and one digit.
#[inline(always)]
fn tenths_of_8(digits: u64) -> u32 {
    weigh_pairs(digits, [100_000, 1_000, 10, 1])
}

/// Adds up four pairs of digits, each times its weight.
#[inline(always)]
fn weigh_pairs(digits: u64, [first, second, third, fourth]: [u64; 4]) -> u32 {
    const PAIR: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let outer = (pairs & PAIR).wrapping_mul((first << 32) + third);
    let inner = ((pairs >> 16) & PAIR).wrapping_mul((second << 32) + fourth);
    (outer.wrapping_add(inner) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_add_up() {
        let mut number = 0_u32;
        while number < 100_000_000 {
            let padded = format!("{number:08}");
            let bytes: [u8; 8] = padded.as_bytes().try_into().unwrap();
            assert_eq!(digits_of_8(u64::from_le_bytes(bytes) ^ eight_times(b'0')), number);
            let tenths = number % 10_000_000;
            let text = format!("{:08.1}", f64::from(tenths) / 10.0);
            let shape = DECIMAL[0][8];
            let bytes = u64::from_le_bytes(text.as_bytes().try_into().unwrap());
            assert_eq!(tenths_of_8(shape.digits(bytes).unwrap()), tenths, "{text}");
            number += 12_347;
        }
    }

    #[test]
    fn only_what_has_the_shape_is_read() {
        for (text, shape) in [
            ("-105", WHOLE[1][4]),
            ("-10.5", DECIMAL[1][5]),
            ("12345678", WHOLE[0][8]),
            ("0.0", DECIMAL[0][3]),
        ] {
            for (place, byte) in
                (0..text.len()).flat_map(|place| (0..=u8::MAX).map(move |byte| (place, byte)))
            {
                let mut bytes = [b','; 8];
                bytes[8 - text.len()..].copy_from_slice(text.as_bytes());
                bytes[8 - text.len() + place] = byte;
                let here = text.as_bytes()[place];
                let good = if here.is_ascii_digit() { byte.is_ascii_digit() } else { byte == here };
                assert_eq!(
                    shape.digits(u64::from_le_bytes(bytes)).is_some(),
                    good,
                    "{text}: {byte} at {place}"
                );
            }
        }
        for none in [WHOLE[0][0], WHOLE[1][1], DECIMAL[0][2], DECIMAL[1][3]] {
            assert!(none.digits(u64::from_le_bytes(*b"12345.78")).is_none());
        }
    }

    #[test]
    fn a_byte_is_found_at_every_place_and_no_other_is_taken_for_it() {
        for (place, byte) in (0..32).flat_map(|place| (0..=u8::MAX).map(move |byte| (place, byte))) {
            let mut bytes = [byte; 32];
            bytes[place] = b'|';
            let expected = if byte == b'|' { None } else { Some(place) };
            assert_eq!(only_place(&bytes, b'|'), expected, "{byte} around {place}");
            bytes[place] = b',';
            assert_eq!(only_place(&bytes, b'|').is_some(), byte != b'|', "{byte}");
        }
        assert_eq!(only_place(&[b','; 32], b'|'), Some(32));
    }
}
