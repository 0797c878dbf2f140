//! A payload as a string of bits: raw bits, coded bytes, numbers, floats and texts.

mod code;

#[cfg(test)]
pub(super) use code::CODES;

use code::{BYTES, LONGEST_BITS};

/// What makes a message unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("the message ends too early")]
    Truncated,
    #[error("a bit pattern that stands for no byte")]
    NoSuchCode,
    #[error("the operation {0} is not one of the engine's")]
    NoSuchOperation(u32),
    #[error("a list of {found} fields, expected at most {most}")]
    TooManyFields { found: u32, most: usize },
    #[error("entity numbers that do not rise")]
    EntityOrder,
    #[error("a shared entity state that does not begin with its mark")]
    SharedMark,
    #[error("the config string number {0} is out of range")]
    ConfigNumber(i32),
    #[error("{0} bytes of visible areas, expected at most 32")]
    TooManyAreas(u32),
    #[error("a text that is too long")]
    TextTooLong,
    #[error("two snapshots in one message")]
    SecondSnapshot,
    #[error("player states without a snapshot before them")]
    PlayersWithoutSnapshot,
}

/// Reads a payload from its first bit on.
#[derive(Debug, Clone)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Next bit.
    at: usize,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bits read so far.
    #[cfg(test)]
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes on reading at this bit.
    #[cfg(test)]
    pub(super) fn skip_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The next bits, at least 57 of them; zeros follow the last byte.
    #[inline]
    fn window(&self) -> u64 {
        let from = self.at / 8;
        let word = if let Some(bytes) = self.bytes.get(from..from + 8) {
            bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
        } else {
            let rest = self.bytes.get(from..).unwrap_or_default();
            rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
        };
        word >> (self.at % 8)
    }

    #[inline]
    fn advance(&mut self, bits: u32) -> Result<(), Fault> {
        self.at += bits as usize;
        if self.at > self.bytes.len() * 8 { Err(Fault::Truncated) } else { Ok(()) }
    }

    /// One raw bit.
    #[inline]
    pub(super) fn flag(&mut self) -> Result<bool, Fault> {
        let byte = *self.bytes.get(self.at / 8).ok_or(Fault::Truncated)?;
        let bit = byte >> (self.at % 8) & 1;
        self.at += 1;
        Ok(bit == 1)
    }

    /// A number of `width` bits, 1 to 32: first `width % 8` raw bits, then coded bytes, the low ones first.
    #[inline]
    pub(super) fn bits(&mut self, width: u32) -> Result<u32, Fault> {
        // 7 raw bits and three codes, or four codes, are at most 44 bits: one window holds them.
        let mut window = self.window();
        let raw = width % 8;
        let mut value = window as u32 & ((1 << raw) - 1);
        window >>= raw;
        let mut used = raw;
        let mut shift = raw;
        while shift < width {
            let (byte, length) = BYTES[window as usize & ((1 << LONGEST_BITS) - 1)];
            if length == 0 {
                return Err(Fault::NoSuchCode);
            }
            value |= u32::from(byte) << shift;
            window >>= length;
            used += u32::from(length);
            shift += 8;
        }
        self.advance(used)?;
        Ok(value)
    }

    /// One coded byte.
    #[inline]
    pub(super) fn byte(&mut self) -> Result<u32, Fault> {
        self.bits(8)
    }

    /// A signed number of 16 bits.
    pub(super) fn short(&mut self) -> Result<i16, Fault> {
        Ok(self.bits(16)? as u16 as i16)
    }

    /// A signed number of 32 bits.
    pub(super) fn long(&mut self) -> Result<i32, Fault> {
        Ok(self.bits(32)? as i32)
    }

    /// Coded bytes up to a zero, at most `longest` with the zero. UTF-8 where it is valid, else Latin-1.
    pub(super) fn text(&mut self, longest: usize, scratch: &mut Vec<u8>) -> Result<String, Fault> {
        scratch.clear();
        loop {
            match self.byte()? as u8 {
                0 => break,
                _ if scratch.len() + 1 >= longest => return Err(Fault::TextTooLong),
                byte => scratch.push(byte),
            }
        }
        Ok(match std::str::from_utf8(scratch) {
            Ok(text) => text.to_owned(),
            Err(_) => scratch.iter().map(|byte| char::from(*byte)).collect(),
        })
    }
}
