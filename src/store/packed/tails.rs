//! What stood after the tenth value of each sample.

use std::ops::Range;

#[cfg(doc)]
use crate::model::Detail;
use crate::model::Tails;
use crate::store::packed::bits::{put_number, put_text, take_byte, take_number, take_text};
use crate::store::packed::column::{self, Scratch};
use crate::store::packed::corrupt::Corrupt;
use crate::store::packed::expected::Velocities;
use crate::store::packed::field::take_bounded;

const TEXTS: u8 = 0;
const COLUMNS: u8 = 1;
/// Columns of which the first, an angle, turns on beyond its range instead of jumping back to its start.
const TURNING: u8 = 2;

const FULL_TURN: i32 = 360;

/// Room for a number of up to eleven characters and a comma.
const LONGEST: usize = size_of::<u128>();

/// Appends tails: as seven columns of numbers with exceptions, or as texts when most are something else. Gives the
/// velocities in the columns.
pub(super) fn put(out: &mut Vec<u8>, tails: &Tails, scratch: &mut Scratch) -> Velocities {
    let count = tails.len();
    put_number(out, count as u64);
    if count == 0 {
        return Velocities::default();
    }
    let mut columns: [Vec<i32>; 7] = std::array::from_fn(|_| Vec::with_capacity(count));
    let mut odd = Vec::new();
    let mut last = [0; 7];
    for index in 0..count {
        match plain_numbers(tails.get(index)) {
            Some(numbers) => last = numbers,
            // The numbers before stand in: they cost least.
            None => odd.push(index),
        }
        for (column, value) in columns.iter_mut().zip(last) {
            column.push(value);
        }
    }
    if odd.len() * 2 > count {
        out.push(TEXTS);
        (0..count).for_each(|index| put_text(out, tails.get(index)));
        return Velocities::default();
    }
    out.push(if turn_on(&mut columns[0]) { TURNING } else { COLUMNS });
    for values in &columns {
        column::put(out, values, scratch);
    }
    put_number(out, odd.len() as u64);
    let mut before = 0;
    for index in odd {
        put_number(out, (index - before) as u64);
        put_text(out, tails.get(index));
        before = index;
    }
    let [.., x, y, z] = columns;
    [x, y, z]
}

/// Lets angles of 0 … 359 degrees turn on (… 358, 359, 360 …), the shorter turn. False, and nothing is changed, when
/// one has another range.
fn turn_on(angles: &mut [i32]) -> bool {
    if !angles.iter().all(|angle| (0..FULL_TURN).contains(angle)) {
        return false;
    }
    let mut last = 0;
    for angle in angles {
        last += (*angle - last + FULL_TURN / 2).rem_euclid(FULL_TURN) - FULL_TURN / 2;
        *angle = last;
    }
    true
}

/// The seven numbers of a tail that [`Written`] would be as it stands, and that a [`Detail`] can hold.
fn plain_numbers(tail: &str) -> Option<[i32; 7]> {
    let mut rest = tail.as_bytes();
    let mut numbers = [0; 7];
    for (place, number) in numbers.iter_mut().enumerate() {
        if place > 0 {
            rest = rest.strip_prefix(b",")?;
        }
        (*number, rest) = plain_number(rest)?;
    }
    let [yaw, .., x, y, z] = numbers;
    let are_short = [yaw, x, y, z].iter().all(|&number| i16::try_from(number).is_ok());
    (rest.is_empty() && are_short).then_some(numbers)
}

/// A number at the front, without a plus or needless zeros, and what follows it.
fn plain_number(text: &[u8]) -> Option<(i32, &[u8])> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_negative = digits.len() < text.len();
    let length = digits.iter().take(11).take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = digits.split_at(length);
    if length == 0 || (number[0] == b'0' && (length > 1 || is_negative)) {
        return None;
    }
    let value = number.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'));
    i32::try_from(if is_negative { -value } else { value }).ok().map(|value| (value, rest))
}

/// Numbers of up to three digits as they stand in a tail, each with the comma after it; the first byte is the lowest.
static SHORT: [u32; 1_000] = {
    let mut short = [0; 1_000];
    let mut number = 0;
    while number < short.len() {
        short[number] = written(number as u32) as u32;
        number += 1;
    }
    short
};

/// A number's digits and the comma after it.
const fn written(mut number: u32) -> u128 {
    let mut text = b',' as u128;
    loop {
        text = text << 8 | (b'0' as u32 + number % 10) as u128;
        number /= 10;
        if number == 0 {
            return text;
        }
    }
}

/// A number as it stands in a tail, and the comma after it. Most numbers stand in the next tail again.
struct Written {
    number: i32,
    text: [u8; LONGEST],
    length: usize,
}

impl Written {
    fn of(number: i32) -> Self {
        let size = number.unsigned_abs();
        let text = SHORT.get(size as usize).map_or_else(|| written(size), |short| u128::from(*short));
        let is_negative = number < 0;
        let text = text << (8 * u32::from(is_negative)) | u128::from(b'-' * u8::from(is_negative));
        let length = LONGEST - text.leading_zeros() as usize / 8;
        Self { number, text: text.to_le_bytes(), length }
    }
}

/// How much of the tails is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum TailsTaken {
    /// All of it.
    Whole,
    /// The engine's flags, in their place: they tell a teleport from a walk, and nothing else is asked of lives that are
    /// counted. Of tails that are no plain numbers all the same.
    Flags,
}

impl TailsTaken {
    /// The columns that are taken.
    const fn columns(self) -> Range<usize> {
        match self {
            Self::Whole => 0..7,
            Self::Flags => 3..4,
        }
    }
}

/// Takes tails off the front into `tails`, which has none. Gives the velocities in their columns.
pub(super) fn take(bytes: &mut &[u8], taken: TailsTaken, tails: &mut Tails) -> Result<Velocities, Corrupt> {
    let count = take_bounded(bytes)?;
    if count == 0 {
        return Ok(Velocities::default());
    }
    let method = take_byte(bytes)?;
    match method {
        TEXTS => {
            for _ in 0..count {
                tails.push(take_text(bytes)?);
            }
            Ok(Velocities::default())
        }
        COLUMNS | TURNING => take_columns(bytes, (count, method), taken, tails),
        _ => Err(Corrupt("tails are coded in an unknown way")),
    }
}

fn take_columns(
    bytes: &mut &[u8],
    (count, method): (usize, u8),
    taken: TailsTaken,
    tails: &mut Tails,
) -> Result<Velocities, Corrupt> {
    let mut columns: [Vec<i32>; 7] = std::array::from_fn(|_| Vec::with_capacity(count));
    for column in &mut columns {
        column::take(bytes, count, |_, value| {
            column.push(value);
            Ok(())
        })?;
    }
    if method == TURNING {
        columns[0].iter_mut().for_each(|angle| *angle = angle.rem_euclid(FULL_TURN));
    }
    let mut odd_left = take_number(bytes)?;
    let mut odd_at = 0_usize;
    let mut next_odd = |bytes: &mut &[u8], first: bool| -> Result<Option<usize>, Corrupt> {
        if odd_left == 0 {
            return Ok(None);
        }
        odd_left -= 1;
        let distance = take_number(bytes)? as usize;
        if distance == 0 && !first {
            return Err(Corrupt("a tail comes twice"));
        }
        odd_at = odd_at.saturating_add(distance);
        if odd_at >= count {
            return Err(Corrupt("a tail lies outside its column"));
        }
        Ok(Some(odd_at))
    };
    let mut odd = next_odd(bytes, true)?;
    let (wanted, mut written) = (taken.columns(), [0; 7].map(Written::of));
    // Each number has a comma before it, but for the first, also where what stands before it is left out.
    let commas = &b",,,,,,"[..wanted.start];
    let (written, columns_taken) = (&mut written[wanted.clone()], &columns[wanted]);
    let (mut text, mut used, mut ends) = (Vec::new(), 0, Vec::with_capacity(count));
    for index in 0..count {
        if odd == Some(index) {
            text.truncate(used);
            text.extend_from_slice(take_text(bytes)?.as_bytes());
            used = text.len();
            odd = next_odd(bytes, false)?;
        } else {
            if text.len() < used + 7 * LONGEST {
                text.resize(2 * (used + 7 * LONGEST), 0);
            }
            text[used..used + commas.len()].copy_from_slice(commas);
            used += commas.len();
            for (written, column) in written.iter_mut().zip(columns_taken) {
                if written.number != column[index] {
                    *written = Written::of(column[index]);
                }
                // More than needed, because a copy of a known length takes two instructions.
                text[used..used + LONGEST].copy_from_slice(&written.text);
                used += written.length;
            }
            // No comma stands after the last one.
            used -= 1;
        }
        ends.push(used as u32);
    }
    text.truncate(used);
    text.shrink_to_fit();
    *tails = Tails::new(String::from_utf8(text).map_err(|_| Corrupt("a text is not UTF-8"))?, ends);
    let [.., x, y, z] = columns;
    Ok([x, y, z])
}
