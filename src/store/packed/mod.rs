//! The packed form of a life: four to six bytes a sample instead of fifty to eighty, and back again to the last bit.
//! Whose life it was is not in it: guids and names stand in columns, where they can be found and taken away.
//!
//! # A life
//!
//! ```text
//! life     = version(3) count team class death_type spawn end? first_move? declared others:count{text}
//!            time health weapon stance sprint event tails x y z speed checksum
//! team class death_type = word
//! time health weapon stance sprint event = column
//! tails    = count { 0: texts | 1 or 2: seven columns, then the number of odd ones, each: distance text }
//! x y z speed        = decimals
//! checksum = CRC-32 (IEEE 802.3) of all before it, 4 bytes, little endian
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
//! A life with a velocity at every sample is expected where that leads: from x, y and z the path covered since the first
//! sample (trapezoidal rule over steps of up to a second) is taken away, from the speed the horizontal velocity, in tenths.
//! Only what is left is kept. Version 2 had no checksum; version 1 also had the tails at the end and expected nothing. Both
//! are still read.
//!
//! # An engagement
//!
//! ```text
//! engagement = version count id start end duration outcome target_team damage attackers is_crossfire delay?
//!              places:decimals(start x y z, end x y z, distance) others:count{text}
//!              time x y z event count{attacker} checksum
//! attacker   = team damage hits first_hit last_hit got_kill count{weapon hits}
//! ```

mod bits;
mod column;
mod corrupt;
mod decimal;
mod engagement;
mod expected;
mod field;
mod life;
mod tails;
mod words;

pub use corrupt::Corrupt;
pub use engagement::{Participants, pack_engagement, unpack_engagement};
pub(in crate::store) use life::unpack_life_with;
pub use life::{pack_life, unpack_life};
pub(in crate::store) use tails::TailsTaken;

#[cfg(doc)]
use crate::model::{Detail, Event};
