//! Bits in bytes, most significant bit first; and numbers of one to ten bytes.

use super::Corrupt;

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
        while self.count >= 8 {
            self.count -= 8;
            self.out.push((self.pending >> self.count) as u8);
        }
    }

    pub(super) fn finish(self) {
        if self.count > 0 {
            self.out.push((self.pending << (8 - self.count)) as u8);
        }
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
