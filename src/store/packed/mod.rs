//! The packed form of a life: four to six bytes a sample instead of fifty to eighty, and back again to the last bit.
//! Whose life it was is not in it: guids and names stand in columns, where they can be found and taken away.
//!
//! # A life
//!
//! ```text
//! life     = version(2) count team class death_type spawn end? first_move? declared others:count{text}
//!            time health weapon stance sprint event tails x y z speed
//! team class death_type = word
//! time health weapon stance sprint event = column
//! tails    = count { 0: texts | 1 or 2: seven columns, then the number of odd ones, each: distance text }
//! x y z speed        = decimals
//! decimals = column of tenths, number of odd ones, each: distance from the one before, 4 bytes (IEEE 754, little endian)
//! column   = nothing when count is 0
//!          | 0 value                                  all the same
//!          | 1 { run length, change of the value }    until count values are there; no longer written
//!          | 2+order shift first second bits          differences of order 0, 1 or 2: two numbers, then Rice code
//!          | 5+order shifts first second bits         the same, sparse: zeros to come, one that is not zero less 1, …
//! ```
//!
//! `count`, `declared` and every other number is seven bits a byte, lowest first, with the upper bit set when more
//! follow; signed ones are zigzagged (0, -1, 1, -2 …). A text is its length in bytes and its UTF-8. A word is its place
//! in a fixed list, counted from 1, or 0 and a text. `end?` is 0, or 1 and a number.
//! The bits of a column are filled to a byte. A Rice-coded value is its upper part in ones, a zero, and its lower
//! `shift` bits; twenty ones mean that the value follows in 40 bits. A sparse column's byte `shifts` has the shift of the
//! zeros in its upper four bits. Values before the first count as zero.
//! `event` is a place in a fixed list of [`Event`]s; from 64 on it is an index into the life's own words.
//! `tails` counts zero for the original tracker; our own module's seven numbers (see [`Detail`]) are columns, and the
//! tails that are not exactly seven plain numbers stand at the end. With 2, the first column is an angle that turns on
//! beyond 359 degrees and below 0.
//!
//! Who has a velocity at every sample is expected where it leads: from x, y and z the way covered since the first sample
//! (trapezoidal rule over steps of up to a second) is taken away, from the speed the horizontal velocity, in tenths. Only
//! what is left is kept. Version 1 had the tails at the end and expected nothing; it is still read.
//!
//! # A fight
//!
//! ```text
//! fight    = version count id start end duration outcome target_team damage attackers is_crossfire delay?
//!            places:decimals(start x y z, end x y z, distance) others:count{text}
//!            time x y z event count{attacker}
//! attacker = team damage hits first_hit last_hit got_kill count{weapon hits}
//! ```

mod bits;
mod column;
mod decimal;
mod expected;
mod fight;
mod life;
mod tails;
mod words;

pub use fight::{Fighters, pack_fight, unpack_fight};
pub use life::{pack_life, unpack_life};

#[cfg(doc)]
use crate::model::{Detail, Event};

/// The form described here.
const VERSION: u8 = 2;

/// A form that is still read: its tails stand behind the decimals, which are told apart from nothing.
const FIRST_VERSION: u8 = 1;

/// More samples than this in one life are taken for damage: ten days at 200 ms.
const MAX_COUNT: usize = 1 << 22;

/// Why packed bytes could not be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a packed life or fight is damaged: {0}")]
pub struct Corrupt(&'static str);

/// Takes the version and the count that every packed form starts with.
fn take_count(bytes: &mut &[u8]) -> Result<(u8, usize), Corrupt> {
    let version = bits::take_byte(bytes)?;
    if !(FIRST_VERSION..=VERSION).contains(&version) {
        return Err(Corrupt("it was packed by a newer program"));
    }
    Ok((version, take_bounded(bytes)?))
}

/// Takes a number of things to come.
fn take_bounded(bytes: &mut &[u8]) -> Result<usize, Corrupt> {
    let count = bits::take_number(bytes)?;
    usize::try_from(count).ok().filter(|&count| count <= MAX_COUNT).ok_or(Corrupt("a count is absurd"))
}

/// Takes a signed number that must fit 32 bits.
fn take_i32(bytes: &mut &[u8]) -> Result<i32, Corrupt> {
    i32::try_from(take_i64(bytes)?).map_err(|_| Corrupt("a value has more than 32 bits"))
}

/// Takes a signed number.
fn take_i64(bytes: &mut &[u8]) -> Result<i64, Corrupt> {
    bits::take_number(bytes).map(bits::unzigzag)
}

/// Appends a signed number.
fn put_i64(out: &mut Vec<u8>, value: i64) {
    bits::put_number(out, bits::zigzag(value));
}

/// Appends a signed number or its absence.
fn put_maybe(out: &mut Vec<u8>, value: Option<i64>) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        put_i64(out, value);
    }
}

/// Takes a signed number or its absence.
fn take_maybe(bytes: &mut &[u8]) -> Result<Option<i64>, Corrupt> {
    if take_bool(bytes)? { take_i64(bytes).map(Some) } else { Ok(None) }
}

/// Takes a yes or no.
fn take_bool(bytes: &mut &[u8]) -> Result<bool, Corrupt> {
    match bits::take_byte(bytes)? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Corrupt("a yes or no is neither")),
    }
}
