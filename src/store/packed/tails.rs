//! What stood after the tenth value of each sample.

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

/// Bytes of seven numbers of up to eleven characters and the commas between them.
const LONGEST: usize = 7 * 12;

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

/// Lets angles of 0 … 359 degrees turn on (… 358, 359, 360 …), the shorter way round. False, and nothing is changed, when
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

/// The seven numbers of a tail that [`write_numbers`] would write as it stands, and that a [`Detail`] can hold.
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

/// Writes a tail's numbers at the end of a buffer and gives the text.
fn write_numbers<'b>(numbers: &[i32; 7], buffer: &'b mut [u8; LONGEST]) -> &'b str {
    let mut at = LONGEST;
    let mut put = |byte| {
        at -= 1;
        buffer[at] = byte;
    };
    for (place, number) in numbers.iter().enumerate().rev() {
        let mut rest = number.unsigned_abs();
        loop {
            put(b'0' + (rest % 10) as u8);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if *number < 0 {
            put(b'-');
        }
        if place > 0 {
            put(b',');
        }
    }
    // ASCII is UTF-8.
    std::str::from_utf8(&buffer[at..]).unwrap_or_default()
}

/// Takes tails off the front and adds them to `tails`. Gives the velocities in their columns.
pub(super) fn take(bytes: &mut &[u8], tails: &mut Tails) -> Result<Velocities, Corrupt> {
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
        COLUMNS | TURNING => take_columns(bytes, count, method, tails),
        _ => Err(Corrupt("tails are coded in an unknown way")),
    }
}

fn take_columns(
    bytes: &mut &[u8],
    count: usize,
    method: u8,
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
    let mut buffer = [0; LONGEST];
    for index in 0..count {
        let numbers = columns.each_ref().map(|column| column[index]);
        if odd == Some(index) {
            tails.push(take_text(bytes)?);
            odd = next_odd(bytes, false)?;
        } else {
            tails.push(write_numbers(&numbers, &mut buffer));
        }
    }
    let [.., x, y, z] = columns;
    Ok([x, y, z])
}
