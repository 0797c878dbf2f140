//! One column of whole numbers: constant, or prediction residuals in Rice code, dense or sparse.
//!
//! Prediction by differences of order 0, 1 or 2 and Rice-coded residuals, the cheapest chosen per column, is how
//! lossless audio is packed: T. Robinson, *Shorten* (1994); RFC 9639 (FLAC), sections 9.2.5 and 9.2.7. What mostly does
//! as predicted (weapons, stances, stamina that fills up) is sparse: how many residuals are zero, then one that is
//! not, and so on; both numbers in Rice code, as S. Golomb proposed for runs (*Run-length encodings*, 1966).

use super::Corrupt;
use super::bits::{BitReader, BitWriter, put_number, take_byte, take_number, unzigzag, zigzag};

const CONSTANT: u8 = 0;
/// Runs as numbers of whole bytes: only read, from the form's first version.
const RUNS: u8 = 1;
/// Rice code of residuals of order `method - RICE`.
const RICE: u8 = 2;
const MAX_ORDER: u8 = 2;
const ORDERS: u8 = MAX_ORDER + 1;
/// Zero runs and other residuals of order `method - SPARSE`.
const SPARSE: u8 = RICE + ORDERS;
const LAST_METHOD: u8 = SPARSE + MAX_ORDER;
/// A number whose unary part would be this long is written in [`ESCAPE_BITS`] instead.
const MAX_ONES: u32 = 20;
/// Twice differenced 32-bit numbers, zigzagged, have 35 bits.
const ESCAPE_BITS: u32 = 40;
/// Largest Rice parameter.
const MAX_SHIFT: u32 = 16;
/// Largest Rice parameter of a sparse column: two share a byte.
const MAX_SPARSE_SHIFT: u32 = 15;
/// So many residuals stand as numbers before the bits: where a life begins is no step, and would spoil the parameter.
const FIRST: usize = 2;

/// Memory that columns are measured in, kept from one to the next.
#[derive(Default)]
pub(super) struct Scratch {
    residuals: Vec<u64>,
    gaps: Vec<u64>,
    changes: Vec<u64>,
}

/// How a column is written.
#[derive(Clone, Copy)]
struct Plan {
    method: u8,
    /// Rice parameter of the residuals.
    shift: u32,
    /// Rice parameter of the zero runs between them, where the column is sparse.
    gap_shift: u32,
    bits: u64,
}

/// Appends a column. Values are 32-bit; their number is kept by the caller.
pub(super) fn put(out: &mut Vec<u8>, values: &[i32], scratch: &mut Scratch) {
    let Some((&first, rest)) = values.split_first() else { return };
    if rest.iter().all(|&value| value == first) {
        out.push(CONSTANT);
        put_number(out, zigzag(first.into()));
        return;
    }
    let mut plan = Plan { method: RICE, shift: 0, gap_shift: 0, bits: u64::MAX };
    for order in 0..=MAX_ORDER {
        let (dense, sparse) = plans(values, order, scratch);
        for candidate in [dense, sparse] {
            if candidate.bits < plan.bits {
                plan = candidate;
            }
        }
    }
    let order = (plan.method - RICE) % ORDERS;
    residuals(values, order, &mut scratch.residuals);
    let (first, rest) = scratch.residuals.split_at(FIRST.min(values.len()));
    out.push(plan.method);
    out.push((plan.gap_shift << 4 | plan.shift) as u8);
    for &residual in first {
        put_number(out, residual);
    }
    let mut writer = BitWriter::new(out);
    if plan.method < SPARSE {
        for &residual in rest {
            put_rice(&mut writer, residual, plan.shift);
        }
    } else {
        let mut gap = 0;
        for &residual in rest {
            if residual == 0 {
                gap += 1;
                continue;
            }
            put_rice(&mut writer, gap, plan.gap_shift);
            put_rice(&mut writer, residual - 1, plan.shift);
            gap = 0;
        }
        if gap > 0 {
            put_rice(&mut writer, gap, plan.gap_shift);
        }
    }
    writer.finish();
}

/// The cheapest dense and the cheapest sparse way to write a column by differences of one order.
fn plans(values: &[i32], order: u8, scratch: &mut Scratch) -> (Plan, Plan) {
    let Scratch { residuals: all, gaps, changes } = scratch;
    residuals(values, order, all);
    let (first, rest) = all.split_at(FIRST.min(all.len()));
    let first: u64 = first.iter().map(|first| u64::from(first.max(&1).ilog2() / 7 + 1) * 8).sum();
    let (shift, bits) = cheapest_shift(rest, MAX_SHIFT);
    let dense = Plan { method: RICE + order, shift, gap_shift: 0, bits: first + bits };
    let zeros = rest.iter().filter(|&&residual| residual == 0).count();
    if zeros * 8 < rest.len() {
        // Each zero saves a few bits at most, and each other residual costs one.
        return (dense, dense);
    }
    gaps.clear();
    changes.clear();
    let mut gap = 0;
    for &residual in rest {
        if residual == 0 {
            gap += 1;
        } else {
            gaps.push(gap);
            changes.push(residual - 1);
            gap = 0;
        }
    }
    if gap > 0 {
        gaps.push(gap);
    }
    let (gap_shift, gap_bits) = cheapest_shift(gaps, MAX_SPARSE_SHIFT);
    let (shift, bits) = cheapest_shift(changes, MAX_SPARSE_SHIFT);
    (dense, Plan { method: SPARSE + order, shift, gap_shift, bits: first + gap_bits + bits })
}

/// Zigzagged differences of the given order; the values before the first count as zero.
fn residuals(values: &[i32], order: u8, out: &mut Vec<u64>) {
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

/// The Rice parameter that needs the fewest bits, and how many that is. All that can help are tried: with a few large
/// residuals among small ones, the optimum lies far from where the mean would put it.
fn cheapest_shift(numbers: &[u64], max_shift: u32) -> (u32, u64) {
    let widest = u64::BITS - numbers.iter().fold(0, |all, number| all | number).leading_zeros();
    let cost = |shift: u32| -> u64 {
        let each = numbers.iter().map(|&number| {
            let ones = number >> shift;
            if ones < u64::from(MAX_ONES) {
                ones + 1 + u64::from(shift)
            } else {
                u64::from(MAX_ONES + ESCAPE_BITS)
            }
        });
        each.sum()
    };
    let costs = (0..=widest.min(max_shift)).map(|shift| (shift, cost(shift)));
    costs.min_by_key(|(_, cost)| *cost).unwrap_or_default()
}

fn put_rice(writer: &mut BitWriter<'_>, number: u64, shift: u32) {
    let ones = number >> shift;
    if ones < u64::from(MAX_ONES) {
        writer.put((1 << (ones + 1)) - 2, ones as u32 + 1);
        writer.put(number, shift);
    } else {
        writer.put((1 << MAX_ONES) - 1, MAX_ONES);
        writer.put(number, ESCAPE_BITS);
    }
}

fn take_rice(reader: &mut BitReader<'_>, shift: u32) -> Result<u64, Corrupt> {
    let ones = reader.take_ones(MAX_ONES)?;
    if ones == MAX_ONES {
        reader.take(ESCAPE_BITS)
    } else if shift == 0 {
        Ok(u64::from(ones))
    } else {
        Ok((u64::from(ones) << shift) | reader.take(shift)?)
    }
}

/// Makes values of residuals.
struct Sum {
    order: u8,
    last: i64,
    step: i64,
}

impl Sum {
    fn next(&mut self, residual: u64) -> Result<i32, Corrupt> {
        let residual = unzigzag(residual);
        let value = match self.order {
            0 => residual,
            1 => self.last.wrapping_add(residual),
            _ => self.last.wrapping_add(self.step).wrapping_add(residual),
        };
        self.step = value.wrapping_sub(self.last);
        self.last = value;
        narrow(value)
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
        RUNS => take_runs(bytes, count, each),
        RICE..=LAST_METHOD => {
            let shifts = u32::from(take_byte(bytes)?);
            let mut sum = Sum { order: (method - RICE) % ORDERS, last: 0, step: 0 };
            let first = FIRST.min(count);
            for index in 0..first {
                each(index, sum.next(take_number(bytes)?)?)?;
            }
            let mut reader = BitReader::new(bytes);
            if method >= SPARSE {
                let (gap_shift, shift) = (shifts >> 4, shifts & 15);
                let mut index = first;
                while index < count {
                    let gap = take_rice(&mut reader, gap_shift)?;
                    if gap > (count - index) as u64 {
                        return Err(Corrupt("a run is longer than its column"));
                    }
                    for _ in 0..gap {
                        each(index, sum.next(0)?)?;
                        index += 1;
                    }
                    if index < count {
                        each(index, sum.next(take_rice(&mut reader, shift)? + 1)?)?;
                        index += 1;
                    }
                }
            } else if shifts <= MAX_SHIFT {
                for index in first..count {
                    each(index, sum.next(take_rice(&mut reader, shifts)?)?)?;
                }
            } else {
                return Err(Corrupt("a column's parameter is out of range"));
            }
            *bytes = reader.rest();
            Ok(())
        }
        _ => Err(Corrupt("a column is coded in an unknown way")),
    }
}

fn take_runs(
    bytes: &mut &[u8],
    count: usize,
    mut each: impl FnMut(usize, i32) -> Result<(), Corrupt>,
) -> Result<(), Corrupt> {
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

fn narrow(value: i64) -> Result<i32, Corrupt> {
    i32::try_from(value).map_err(|_| Corrupt("a value has more than 32 bits"))
}
