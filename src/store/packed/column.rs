//! One column of whole numbers: constant, runs, or prediction residuals in Rice code.
//!
//! Prediction by differences of order 0, 1 or 2 and Rice-coded residuals, the cheapest chosen per column, is how
//! lossless audio is packed: T. Robinson, *Shorten* (1994); RFC 9639 (FLAC), sections 9.2.5 and 9.2.7.

use super::Corrupt;
use super::bits::{BitReader, BitWriter, put_number, take_byte, take_number, unzigzag, zigzag};

const CONSTANT: u8 = 0;
const RUNS: u8 = 1;
/// Rice code of residuals of order `method - RICE`.
const RICE: u8 = 2;
const MAX_ORDER: usize = 2;
/// A residual whose unary part would be this long is written in [`ESCAPE_BITS`] instead.
const MAX_ONES: u32 = 20;
/// Twice differenced 32-bit numbers, zigzagged, have 35 bits.
const ESCAPE_BITS: u32 = 40;
/// Largest Rice parameter.
const MAX_SHIFT: u32 = 16;
/// So many residuals stand as numbers before the bits: where a life begins is no step, and would spoil the parameter.
const FIRST: usize = 2;

/// Appends a column. Values are 32-bit; their number is kept by the caller.
pub(super) fn put(out: &mut Vec<u8>, values: &[i32], scratch: &mut Vec<u64>) {
    let Some((&first, rest)) = values.split_first() else { return };
    let mut changes = 0;
    let mut before = first;
    for &value in rest {
        changes += u64::from(value != before);
        before = value;
    }
    if changes == 0 {
        out.push(CONSTANT);
        put_number(out, zigzag(first.into()));
        return;
    }
    // A run costs at least 16 bits, a coded value at least one; measured only where it can win.
    if changes * 16 < values.len() as u64 {
        put_runs(out, values);
        return;
    }
    let (mut order, mut shift, mut bits) = (0, 0, u64::MAX);
    for candidate in 0..=MAX_ORDER {
        residuals(values, candidate, scratch);
        let (first, rest) = scratch.split_at(FIRST.min(scratch.len()));
        let (k, cost) = cheapest_shift(rest);
        let cost = cost + first.iter().map(|first| u64::from(first.max(&1).ilog2() / 7 + 1) * 8).sum::<u64>();
        if cost < bits {
            (order, shift, bits) = (candidate, k, cost);
        }
    }
    residuals(values, order, scratch);
    let (first, rest) = scratch.split_at(FIRST.min(scratch.len()));
    out.push(RICE + order as u8);
    out.push(shift as u8);
    for &residual in first {
        put_number(out, residual);
    }
    let mut writer = BitWriter::new(out);
    for &residual in rest {
        let ones = residual >> shift;
        if ones < u64::from(MAX_ONES) {
            writer.put((1 << (ones + 1)) - 2, ones as u32 + 1);
            writer.put(residual, shift);
        } else {
            writer.put((1 << MAX_ONES) - 1, MAX_ONES);
            writer.put(residual, ESCAPE_BITS);
        }
    }
    writer.finish();
}

/// Zigzagged differences of the given order; the values before the first count as zero.
fn residuals(values: &[i32], order: usize, out: &mut Vec<u64>) {
    out.clear();
    let (mut last, mut step) = (0, 0);
    out.extend(values.iter().map(|&value| {
        let value = i64::from(value);
        let residual = match order {
            0 => value,
            1 => value - last,
            _ => value - last - step,
        };
        step = value - last;
        last = value;
        zigzag(residual)
    }));
}

/// The Rice parameter that needs the fewest bits, and how many that is. All are tried: where most steps are nothing and
/// a few are large (a player's height), the optimum lies far from where the mean would put it.
fn cheapest_shift(residuals: &[u64]) -> (u32, u64) {
    let cost = |shift: u32| -> u64 {
        let each = residuals.iter().map(|&residual| {
            let ones = residual >> shift;
            if ones < u64::from(MAX_ONES) {
                ones + 1 + u64::from(shift)
            } else {
                u64::from(MAX_ONES + ESCAPE_BITS)
            }
        });
        each.sum()
    };
    let costs = (0..=MAX_SHIFT).map(|shift| (shift, cost(shift)));
    costs.min_by_key(|(_, cost)| *cost).unwrap_or_default()
}

fn put_runs(out: &mut Vec<u8>, values: &[i32]) {
    out.push(RUNS);
    let mut last = 0;
    for run in values.chunk_by(PartialEq::eq) {
        put_number(out, run.len() as u64);
        put_number(out, zigzag(i64::from(run[0]) - last));
        last = i64::from(run[0]);
    }
}

/// Takes a column of `count` values off the front of `bytes` and hands each to `each`, with its index.
pub(super) fn take(
    bytes: &mut &[u8],
    count: usize,
    mut each: impl FnMut(usize, i32) -> Result<(), Corrupt>,
) -> Result<(), Corrupt> {
    if count == 0 {
        return Ok(());
    }
    let method = take_byte(bytes)?;
    match method {
        CONSTANT => {
            let value = narrow(unzigzag(take_number(bytes)?))?;
            (0..count).try_for_each(|index| each(index, value))
        }
        RUNS => {
            let (mut index, mut value) = (0, 0_i64);
            while index < count {
                let length = take_number(bytes)? as usize;
                value = value.wrapping_add(unzigzag(take_number(bytes)?));
                let narrowed = narrow(value)?;
                if length == 0 || length > count - index {
                    return Err(Corrupt("a run is longer than its column"));
                }
                (index..index + length).try_for_each(|index| each(index, narrowed))?;
                index += length;
            }
            Ok(())
        }
        _ if (RICE..=RICE + MAX_ORDER as u8).contains(&method) => {
            let shift = u32::from(take_byte(bytes)?);
            if shift > MAX_SHIFT {
                return Err(Corrupt("a column's parameter is out of range"));
            }
            let (mut last, mut step) = (0_i64, 0_i64);
            let mut next = |residual: u64| -> Result<i32, Corrupt> {
                let residual = unzigzag(residual);
                let value = match method - RICE {
                    0 => residual,
                    1 => last.wrapping_add(residual),
                    _ => last.wrapping_add(step).wrapping_add(residual),
                };
                step = value.wrapping_sub(last);
                last = value;
                narrow(value)
            };
            let first = FIRST.min(count);
            for index in 0..first {
                each(index, next(take_number(bytes)?)?)?;
            }
            let mut reader = BitReader::new(bytes);
            for index in first..count {
                let ones = reader.take_ones(MAX_ONES)?;
                let residual = if ones == MAX_ONES {
                    reader.take(ESCAPE_BITS)?
                } else if shift == 0 {
                    u64::from(ones)
                } else {
                    (u64::from(ones) << shift) | reader.take(shift)?
                };
                each(index, next(residual)?)?;
            }
            *bytes = reader.rest();
            Ok(())
        }
        _ => Err(Corrupt("a column is coded in an unknown way")),
    }
}

fn narrow(value: i64) -> Result<i32, Corrupt> {
    i32::try_from(value).map_err(|_| Corrupt("a value has more than 32 bits"))
}
