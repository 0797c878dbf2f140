//! One column of whole numbers: constant, or prediction residuals in Rice code, dense or sparse.
//!
//! Prediction by differences of order 0, 1 or 2 and Rice-coded residuals, the cheapest chosen per column, is how
//! lossless audio is packed: T. Robinson, *Shorten* (1994); RFC 9639 (FLAC), sections 9.2.5 and 9.2.7. What mostly does
//! as predicted (weapons, stances, stamina that fills up) is sparse: how many residuals are zero, then one that is
//! not, and so on; both numbers in Rice code, as S. Golomb proposed for runs (*Run-length encodings*, 1966).

use crate::store::packed::bits::{
    BitReader, BitWriter, put_number, take_byte, take_number, unzigzag, zigzag,
};
use crate::store::packed::corrupt::Corrupt;

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
    /// Numbers to be coded, of which no more than 32 bits matter for their cost.
    dense: Vec<u32>,
    gaps: Vec<u32>,
    changes: Vec<u32>,
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
    // The first differences are mostly the cheapest; knowing them spares measuring what cannot be cheaper.
    for order in [1, 2, 0] {
        let (dense, sparse) = plans(values, order, plan.bits, scratch);
        for candidate in [dense, sparse] {
            // Of two that need as much, the lower number is written.
            if (candidate.bits, candidate.method) < (plan.bits, plan.method) {
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

/// The cheapest dense and the cheapest sparse form of a column by differences of one order, as far as they need no more
/// than `limit` bits.
fn plans(values: &[i32], order: u8, limit: u64, scratch: &mut Scratch) -> (Plan, Plan) {
    let Scratch { residuals: all, dense, gaps, changes } = scratch;
    residuals(values, order, all);
    let (first, rest) = all.split_at(FIRST.min(all.len()));
    let first: u64 = first.iter().map(|first| u64::from(first.max(&1).ilog2() / 7 + 1) * 8).sum();
    let short = |number: u64| number.min(u32::MAX.into()) as u32;
    dense.clear();
    dense.extend(rest.iter().map(|&residual| short(residual)));
    let (shift, bits) = cheapest_shift(dense, MAX_SHIFT, limit);
    let plan = Plan { method: RICE + order, shift, gap_shift: 0, bits: bits.saturating_add(first) };
    let zeros = dense.iter().filter(|&&residual| residual == 0).count();
    if zeros * 8 < rest.len() {
        // Each zero saves a few bits at most, and each other residual costs one.
        return (plan, plan);
    }
    gaps.clear();
    changes.clear();
    let mut gap = 0;
    for &residual in rest {
        if residual == 0 {
            gap += 1;
        } else {
            gaps.push(gap);
            changes.push(short(residual - 1));
            gap = 0;
        }
    }
    if gap > 0 {
        gaps.push(gap);
    }
    let (gap_shift, gap_bits) = cheapest_shift(gaps, MAX_SPARSE_SHIFT, limit);
    let (shift, bits) = cheapest_shift(changes, MAX_SPARSE_SHIFT, limit);
    let bits = bits.saturating_add(gap_bits).saturating_add(first);
    (plan, Plan { method: SPARSE + order, shift, gap_shift, bits })
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

/// The Rice parameter that needs the fewest bits, and how many that is; more than `limit` when all need more. All that
/// can help are tried: with a few large residuals among small ones, the optimum lies far from where the mean puts it.
fn cheapest_shift(numbers: &[u32], max_shift: u32, limit: u64) -> (u32, u64) {
    let (sum, all) =
        numbers.iter().fold((0_u64, 0), |(sum, all), &number| (sum + u64::from(number), all | number));
    let widest = (u32::BITS - all.leading_zeros()).min(max_shift);
    let count = numbers.len() as u64;
    let begin = (sum / count.max(1)).max(1).ilog2().min(widest);
    // Every number needs a zero and its lower bits, and the lower the parameter, the more upper bits.
    let least = |shift: u32| count * u64::from(1 + shift);
    let (mut best, mut upper) = ((begin, u64::MAX), 0);
    for shift in (0..=begin).rev() {
        if least(shift) + upper <= best.1.min(limit) {
            upper = upper_bits(numbers, shift);
            if least(shift) + upper <= best.1 {
                best = (shift, least(shift) + upper);
            }
        }
    }
    for shift in begin + 1..=widest {
        if least(shift) >= best.1 || least(shift) > limit {
            break;
        }
        let bits = least(shift) + upper_bits(numbers, shift);
        if bits < best.1 {
            best = (shift, bits);
        }
    }
    best
}

/// Bits beyond a zero and `shift` lower bits that numbers need.
fn upper_bits(numbers: &[u32], shift: u32) -> u64 {
    /// So many numbers have a sum that fits 32 bits.
    const FEW: usize = 1 << 16;
    let parts = numbers.chunks(FEW).map(|numbers| {
        let (mut ones, mut escaped) = (0_u32, 0_u32);
        for &number in numbers {
            let upper = number >> shift;
            ones += upper.min(MAX_ONES);
            escaped += u32::from(upper >= MAX_ONES);
        }
        u64::from(ones) + u64::from(escaped) * u64::from(ESCAPE_BITS - 1 - shift)
    });
    parts.sum()
}

fn put_rice(writer: &mut BitWriter<'_>, number: u64, shift: u32) {
    let ones = number >> shift;
    if ones < u64::from(MAX_ONES) {
        let lower = number & ((1 << shift) - 1);
        writer.put(((1 << (ones + 1)) - 2) << shift | lower, ones as u32 + 1 + shift);
    } else {
        writer.put((1 << MAX_ONES) - 1, MAX_ONES);
        writer.put(number, ESCAPE_BITS);
    }
}

fn take_rice(reader: &mut BitReader<'_>, shift: u32) -> Result<u64, Corrupt> {
    match reader.take_rice(MAX_ONES, shift)? {
        Some(number) => Ok(number),
        None => reader.take(ESCAPE_BITS),
    }
}

/// Makes values of residuals of an order.
#[derive(Default)]
struct Sum<const ORDER: u8> {
    last: i64,
    step: i64,
}

impl<const ORDER: u8> Sum<ORDER> {
    fn next(&mut self, residual: u64) -> Result<i32, Corrupt> {
        let residual = unzigzag(residual);
        let value = match ORDER {
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
            let is_sparse = method >= SPARSE;
            match (method - RICE) % ORDERS {
                0 => take_coded::<0>(bytes, count, shifts, is_sparse, each),
                1 => take_coded::<1>(bytes, count, shifts, is_sparse, each),
                _ => take_coded::<2>(bytes, count, shifts, is_sparse, each),
            }
        }
        _ => Err(Corrupt("a column is coded in an unknown way")),
    }
}

/// A column of differences of the given order, dense or sparse; its loop is compiled for each order.
fn take_coded<const ORDER: u8>(
    bytes: &mut &[u8],
    count: usize,
    shifts: u32,
    is_sparse: bool,
    mut each: impl FnMut(usize, i32) -> Result<(), Corrupt>,
) -> Result<(), Corrupt> {
    let mut sum = Sum::<ORDER>::default();
    let first = FIRST.min(count);
    for index in 0..first {
        each(index, sum.next(take_number(bytes)?)?)?;
    }
    let mut reader = BitReader::new(bytes);
    if is_sparse {
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
