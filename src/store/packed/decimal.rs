//! A column of decimals that were written with one digit after the point.

use crate::store::packed::bits::{put_number, take_number};
use crate::store::packed::column::{self, Scratch};
use crate::store::packed::corrupt::Corrupt;

/// Tenths of a decimal that has no more than one digit after the point, or `None` for any other value (`-0.0`,
/// `nan`, `0.25`, and beyond ±16 777 216 tenths, where tenths and 32-bit floats stop being one to one).
fn tenths(value: f32) -> Option<i32> {
    let tenths = (f64::from(value) * 10.0).round();
    if tenths.abs() > 16_777_216.0 {
        return None;
    }
    let tenths = tenths as i32;
    (decimal(tenths).to_bits() == value.to_bits()).then_some(tenths)
}

/// The 32-bit float next to a number of tenths, as reading `-12.3` from a file gives it.
fn decimal(tenths: i32) -> f32 {
    (f64::from(tenths) / 10.0) as f32
}

/// Appends a column: how far its tenths lie from those expected (0 where none are), then the values that are no
/// tenths, each with its distance from the one before.
pub(super) fn put(
    out: &mut Vec<u8>,
    values: impl Iterator<Item = f32>,
    expected: &[i32],
    whole: &mut Vec<i32>,
    scratch: &mut Scratch,
) {
    whole.clear();
    let mut odd: Vec<(usize, u32)> = Vec::new();
    let mut last = 0;
    for (index, value) in values.enumerate() {
        if let Some(tenths) = tenths(value) {
            last = tenths;
        } else {
            // The value before stands in: it costs least.
            odd.push((index, value.to_bits()));
        }
        whole.push(last.wrapping_sub(expected.get(index).copied().unwrap_or_default()));
    }
    column::put(out, whole, scratch);
    put_number(out, odd.len() as u64);
    let mut before = 0;
    for (index, bits) in odd {
        put_number(out, (index - before) as u64);
        out.extend_from_slice(&bits.to_le_bytes());
        before = index;
    }
}

/// Takes a column of `count` values off the front and hands each to `set`; odd ones come a second time.
pub(super) fn take(
    bytes: &mut &[u8],
    count: usize,
    expected: &[i32],
    mut set: impl FnMut(usize, f32),
) -> Result<(), Corrupt> {
    column::take(bytes, count, |index, distance| {
        set(index, decimal(distance.wrapping_add(expected.get(index).copied().unwrap_or_default())));
        Ok(())
    })?;
    let mut index = 0_usize;
    for _ in 0..take_number(bytes)? {
        index = index.saturating_add(take_number(bytes)? as usize);
        let (bits, rest) = bytes.split_first_chunk::<4>().ok_or(Corrupt("a value ends too early"))?;
        if index >= count {
            return Err(Corrupt("a value lies outside its column"));
        }
        set(index, f32::from_bits(u32::from_le_bytes(*bits)));
        *bytes = rest;
    }
    Ok(())
}
