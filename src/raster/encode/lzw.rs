//! GIF's packing: LZW with codes of growing length (GIF89a, appendix F).
//!
//! Most pixels of an animation are as before and lie in long runs of one byte. Such a run is packed a code at a time, which
//! may stand for thousands of pixels; the `gif` crate goes pixel by pixel, which takes half the time of a whole animation.

/// Longest code, bits.
const MOST_BITS: u32 = 12;
/// So many codes there are at most.
const MOST_CODES: usize = 1 << MOST_BITS;
/// Slots of the table: four times as many as codes, so that few of them collide.
const SLOT_BITS: u32 = MOST_BITS + 2;

/// Packs pixels; its memory is used again for the next frame.
pub(super) struct Packer {
    /// Which code stands for another one and a byte behind it: code, byte and new code in one number, 0 where none is.
    slots: Vec<u32>,
    /// Codes for runs of the frequent byte, one for each length from 1 on; these are not in the table.
    runs: Vec<u16>,
    /// The number of the next code.
    next: usize,
    /// Means that all codes are forgotten; those below it stand for single bytes, the one above it ends the data.
    clear: u16,
    frequent: u8,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self { slots: vec![0; 1 << SLOT_BITS], runs: Vec::new(), next: 0, clear: 0, frequent: 0 }
    }

    /// Some pixels, packed, behind a byte that tells the shortest code's bits. Runs of `frequent` cost little.
    pub(super) fn pack(&mut self, pixels: &[u8], frequent: u8) -> Vec<u8> {
        let largest = pixels.iter().copied().max().unwrap_or_default();
        let byte_bits = (usize::from(largest) + 1).max(4).next_power_of_two().trailing_zeros();
        (self.clear, self.frequent) = (1 << byte_bits, frequent);
        let mut out = Codes { bytes: vec![byte_bits as u8], bits: 0, filled: 0, size: byte_bits + 1 };
        self.forget();
        out.put(self.clear);
        if let Some((first, rest)) = pixels.split_first() {
            self.pack_behind(*first, rest, byte_bits, &mut out);
        }
        out.put(self.clear + 1);
        out.end()
    }

    fn pack_behind(&mut self, first: u8, mut rest: &[u8], byte_bits: u32, out: &mut Codes) {
        let start = |byte: u8, frequent: u8| (u16::from(byte), usize::from(byte == frequent));
        // The code of what is read and not written yet, and its length if it is a run.
        let (mut code, mut run) = start(first, self.frequent);
        while let Some((byte, behind)) = rest.split_first() {
            let in_run = run > 0 && *byte == self.frequent;
            if in_run {
                let known = (self.runs.len() - run).min(rest.len());
                let more = run_length(&rest[..known], self.frequent);
                if more > 0 {
                    run += more;
                    code = self.runs[run - 1];
                    rest = &rest[more..];
                    continue;
                }
            } else if let Some(known) = self.find(code, *byte) {
                (code, run, rest) = (known, 0, behind);
                continue;
            }
            out.put(code);
            self.add(code, *byte, in_run);
            if self.next > 1 << out.size && out.size < MOST_BITS {
                out.size += 1;
            }
            if self.next > MOST_CODES {
                out.put(self.clear);
                out.size = byte_bits + 1;
                self.forget();
            }
            (code, run) = start(*byte, self.frequent);
            rest = behind;
        }
        out.put(code);
        // A reader makes a code of its own before it reads the end.
        if self.next >= 1 << out.size && out.size < MOST_BITS {
            out.size += 1;
        }
    }

    fn forget(&mut self) {
        self.slots.fill(0);
        self.runs.clear();
        self.runs.push(u16::from(self.frequent));
        self.next = usize::from(self.clear) + 2;
    }

    fn find(&self, code: u16, byte: u8) -> Option<u16> {
        let key = key(code, byte);
        let mut slot = slot(key);
        loop {
            let held = self.slots[slot];
            if held == 0 {
                return None;
            }
            if held >> MOST_BITS == key {
                return Some((held & (MOST_CODES as u32 - 1)) as u16);
            }
            slot = (slot + 1) % self.slots.len();
        }
    }

    /// Makes the next code; one too many is only counted.
    fn add(&mut self, code: u16, byte: u8, in_run: bool) {
        let made = self.next;
        self.next += 1;
        if made >= MOST_CODES {
            return;
        }
        if in_run {
            self.runs.push(made as u16);
            return;
        }
        let key = key(code, byte);
        let mut slot = slot(key);
        while self.slots[slot] != 0 {
            slot = (slot + 1) % self.slots.len();
        }
        self.slots[slot] = key << MOST_BITS | made as u32;
    }
}

fn key(code: u16, byte: u8) -> u32 {
    u32::from(code) << 8 | u32::from(byte)
}

/// Where a key is looked for first (Fibonacci hashing).
fn slot(key: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B1) >> (32 - SLOT_BITS)) as usize
}

/// How many pixels are `byte` before one is not.
fn run_length(pixels: &[u8], byte: u8) -> usize {
    let (chunks, _) = pixels.as_chunks::<32>();
    let whole = 32 * chunks.iter().take_while(|chunk| **chunk == [byte; 32]).count();
    whole + pixels[whole..].iter().take_while(|pixel| **pixel == byte).count()
}

/// Codes one behind the other, the lowest bit first.
struct Codes {
    bytes: Vec<u8>,
    bits: u64,
    filled: u32,
    /// Bits of a code.
    size: u32,
}

impl Codes {
    fn put(&mut self, code: u16) {
        self.bits |= u64::from(code) << self.filled;
        self.filled += self.size;
        while self.filled >= 8 {
            self.bytes.push(self.bits as u8);
            self.bits >>= 8;
            self.filled -= 8;
        }
    }

    fn end(mut self) -> Vec<u8> {
        if self.filled > 0 {
            self.bytes.push(self.bits as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels of `colors` kinds in runs of up to `longest`, by a linear congruential generator.
    fn pixels(count: usize, colors: u64, longest: u64) -> Vec<u8> {
        let mut state = 7_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        let mut pixels = Vec::new();
        while pixels.len() < count {
            // Every second run is of the last colour.
            let byte = if next(2) == 0 { colors - 1 } else { next(colors) };
            pixels.resize(pixels.len() + next(longest) as usize + 1, byte as u8);
        }
        pixels.truncate(count);
        pixels
    }

    fn unpacked(packed: &[u8], (width, height): (u16, u16)) -> Vec<u8> {
        let mut encoder = ::gif::Encoder::new(Vec::new(), width, height, &[0; 3 * 256]).unwrap();
        let frame = ::gif::Frame { width, height, buffer: packed.into(), ..::gif::Frame::default() };
        encoder.write_lzw_pre_encoded_frame(&frame).unwrap();
        let file = encoder.into_inner().unwrap();
        let mut decoder = ::gif::DecodeOptions::new().read_info(file.as_slice()).unwrap();
        decoder.read_next_frame().unwrap().unwrap().buffer.to_vec()
    }

    #[test]
    fn every_pixel_comes_back_from_about_as_many_bytes_as_the_gif_crate_writes() {
        let mut packer = Packer::new();
        for (width, height) in [(1, 1), (2, 1), (3, 1), (10, 10), (100, 50), (1_000, 400)] {
            for (colors, longest) in [(1, 9), (2, 1), (3, 40), (5, 3), (129, 1), (200, 2_000), (256, 50_000)]
            {
                let pixels = pixels(usize::from(width) * usize::from(height), colors, longest);
                let mut frame = ::gif::Frame { buffer: pixels.clone().into(), ..::gif::Frame::default() };
                frame.make_lzw_pre_encoded();
                for frequent in [(colors - 1) as u8, 0, 77] {
                    let packed = packer.pack(&pixels, frequent);
                    let what = format!("{width} x {height} of {colors} colours, {frequent} frequent");
                    assert!(unpacked(&packed, (width, height)) == pixels, "{what}");
                    assert!(packed.len() <= frame.buffer.len() * 101 / 100, "{what}: {}", packed.len());
                }
            }
        }
    }

    #[test]
    fn runs_end_where_another_byte_stands() {
        for length in [0, 1, 31, 32, 33, 100] {
            let mut pixels = vec![5; length];
            assert_eq!(run_length(&pixels, 5), length);
            pixels.push(6);
            pixels.extend([5; 40]);
            assert_eq!(run_length(&pixels, 5), length);
        }
    }
}
