//! What packed forms begin with, and their single numbers.

use crate::store::packed::bits;
use crate::store::packed::corrupt::Corrupt;

/// The form that is written.
pub(super) const VERSION: u8 = 3;

/// A form that is still read: its tails stand behind the decimals, which are told apart from nothing.
pub(super) const FIRST_VERSION: u8 = 1;

/// More samples than this in one life are taken for damage: ten days at 200 ms.
const MAX_COUNT: usize = 1 << 22;

/// Forms from this one on end with a checksum.
const FIRST_CHECKED: u8 = 3;

/// Appends the checksum of what a packed form holds so far.
pub(super) fn seal(out: &mut Vec<u8>) {
    let checksum = crc32fast::hash(out);
    out.extend_from_slice(&checksum.to_le_bytes());
}

/// Takes the version and the count that every packed form starts with, and its checksum off the end.
pub(super) fn take_count(bytes: &mut &[u8]) -> Result<(u8, usize), Corrupt> {
    let whole = *bytes;
    let version = bits::take_byte(bytes)?;
    if !(FIRST_VERSION..=VERSION).contains(&version) {
        return Err(Corrupt("it was packed by a newer program"));
    }
    if version >= FIRST_CHECKED {
        let (packed, checksum) = whole.split_last_chunk::<4>().ok_or(Corrupt("it ends too early"))?;
        if crc32fast::hash(packed) != u32::from_le_bytes(*checksum) {
            return Err(Corrupt("its checksum is another one"));
        }
        *bytes = packed.get(1..).ok_or(Corrupt("it ends too early"))?;
    }
    Ok((version, take_bounded(bytes)?))
}

/// Takes a number of things to come.
pub(super) fn take_bounded(bytes: &mut &[u8]) -> Result<usize, Corrupt> {
    let count = bits::take_number(bytes)?;
    usize::try_from(count).ok().filter(|&count| count <= MAX_COUNT).ok_or(Corrupt("a count is absurd"))
}

/// Takes a signed number that must fit 32 bits.
pub(super) fn take_i32(bytes: &mut &[u8]) -> Result<i32, Corrupt> {
    i32::try_from(take_i64(bytes)?).map_err(|_| Corrupt("a value has more than 32 bits"))
}

/// Takes a signed number.
pub(super) fn take_i64(bytes: &mut &[u8]) -> Result<i64, Corrupt> {
    bits::take_number(bytes).map(bits::unzigzag)
}

/// Appends a signed number.
pub(super) fn put_i64(out: &mut Vec<u8>, value: i64) {
    bits::put_number(out, bits::zigzag(value));
}

/// Appends a signed number or its absence.
pub(super) fn put_maybe(out: &mut Vec<u8>, value: Option<i64>) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        put_i64(out, value);
    }
}

/// Takes a signed number or its absence.
pub(super) fn take_maybe(bytes: &mut &[u8]) -> Result<Option<i64>, Corrupt> {
    if take_bool(bytes)? { take_i64(bytes).map(Some) } else { Ok(None) }
}

/// Takes a yes or no.
pub(super) fn take_bool(bytes: &mut &[u8]) -> Result<bool, Corrupt> {
    match bits::take_byte(bytes)? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Corrupt("a yes or no is neither")),
    }
}
