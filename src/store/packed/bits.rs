//! Bits in bytes, most significant bit first; and numbers of one to ten bytes.

use crate::store::packed::corrupt::Corrupt;

/// Collects bits; [`BitWriter::finish`] fills the last byte with zeros.
pub(super) struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    pending: u64,
    count: u32,
}

impl<'a> BitWriter<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, pending: 0, count: 0 }
    }

    /// Writes the lowest `width` bits of `value`; `width` is at most 48.
    pub(super) fn put(&mut self, value: u64, width: u32) {
        self.pending = (self.pending << width) | (value & ((1 << width) - 1));
        self.count += width;
        // Sixteen bits at a time; with up to 15 left over, 48 more still fit.
        while self.count >= 16 {
            self.count -= 16;
            self.out.extend_from_slice(&((self.pending >> self.count) as u16).to_be_bytes());
        }
    }

    pub(super) fn finish(self) {
        let left = ((self.pending << (16 - self.count)) as u16).to_be_bytes();
        self.out.extend_from_slice(&left[..self.count.div_ceil(8) as usize]);
    }
}

/// Takes bits out of bytes again.
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Bits not yet taken, at the upper end.
    pending: u64,
    count: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, pending: 0, count: 0 }
    }

    /// Makes sure that at least 56 bits are pending, as long as there are any.
    fn fill(&mut self) {
        if let Some(word) = self.bytes.get(self.at..).and_then(|bytes| bytes.first_chunk::<8>()) {
            // Bits beyond the last whole byte come a second time with the next bytes, and are the same then.
            self.pending |= u64::from_be_bytes(*word) >> self.count;
            let bytes = (63 - self.count) / 8;
            self.at += bytes as usize;
            self.count += bytes * 8;
            return;
        }
        while self.count <= 56 {
            let Some(&byte) = self.bytes.get(self.at) else { return };
            self.pending |= u64::from(byte) << (56 - self.count);
            self.count += 8;
            self.at += 1;
        }
    }

    /// The next `width` bits; `width` is 1 … 48.
    pub(super) fn take(&mut self, width: u32) -> Result<u64, Corrupt> {
        if self.count < width {
            self.fill();
            if self.count < width {
                return Err(Corrupt("the bits end too early"));
            }
        }
        let value = self.pending >> (64 - width);
        self.pending <<= width;
        self.count -= width;
        Ok(value)
    }

    /// Counts ones up to `limit` (at most 48) and takes them and the zero that ends them; there is no zero after
    /// `limit` ones.
    pub(super) fn take_ones(&mut self, limit: u32) -> Result<u32, Corrupt> {
        if self.count <= limit {
            self.fill();
        }
        let ones = self.pending.leading_ones().min(limit);
        let taken = ones + u32::from(ones < limit);
        if self.count < taken {
            return Err(Corrupt("the bits end too early"));
        }
        self.pending <<= taken;
        self.count -= taken;
        Ok(ones)
    }

    /// Takes fewer than `limit` ones, the zero that ends them, and `shift` more bits: the number that these are, with the
    /// ones as its upper part. `None` when there are `limit` ones, which are taken then. Both are at most 20.
    pub(super) fn take_rice(&mut self, limit: u32, shift: u32) -> Result<Option<u64>, Corrupt> {
        if self.count <= limit + shift {
            self.fill();
        }
        let ones = self.pending.leading_ones();
        if ones >= limit {
            return self.take_ones(limit).map(|_| None);
        }
        let width = ones + 1 + shift;
        if self.count < width {
            return Err(Corrupt("the bits end too early"));
        }
        // In two steps, because a shift by all 64 bits is none.
        let lower = (self.pending << (ones + 1) >> 1) >> (63 - shift);
        self.pending <<= width;
        self.count -= width;
        Ok(Some(u64::from(ones) << shift | lower))
    }

    /// The bytes after the last one of which a bit was taken.
    pub(super) fn rest(self) -> &'a [u8] {
        &self.bytes[self.at - (self.count / 8) as usize..]
    }
}

/// Small numbers near zero as small numbers: 0, -1, 1, -2, 2 … become 0, 1, 2, 3, 4 …
pub(super) fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The way back from [`zigzag`].
pub(super) fn unzigzag(value: u64) -> i64 {
    ((value >> 1) as i64) ^ -((value & 1) as i64)
}

/// Seven bits a byte, lowest first; the upper bit says that more follow (LEB128).
pub(super) fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a number off the front of `bytes`.
pub(super) fn take_number(bytes: &mut &[u8]) -> Result<u64, Corrupt> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(bytes)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(Corrupt("a number has more than ten bytes"))
}

/// Takes a byte off the front.
pub(super) fn take_byte(bytes: &mut &[u8]) -> Result<u8, Corrupt> {
    let (&first, rest) = bytes.split_first().ok_or(Corrupt("it ends too early"))?;
    *bytes = rest;
    Ok(first)
}

/// A text: its length, then its bytes.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Takes a text off the front.
pub(super) fn take_text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, Corrupt> {
    let length = take_number(bytes)? as usize;
    let (text, rest) = bytes.split_at_checked(length).ok_or(Corrupt("a text ends too early"))?;
    *bytes = rest;
    std::str::from_utf8(text).map_err(|_| Corrupt("a text is not UTF-8"))
}
