//! LZW as GIF files have it, for frames of which most pixels are transparent.
//!
//! Like any encoder it takes the longest string that it knows, and writes its code. What it knows of runs of the transparent index
//! stands in a list of its own, so that a run is taken at a stroke instead of pixel by pixel. All but a few pixels of a moving
//! picture's frames are such runs: a general encoder spent more time on them than everything else took together.

/// Bits of the longest codes.
const MOST_BITS: u32 = 12;
/// So many strings have a code.
const MOST_STRINGS: u16 = 1 << MOST_BITS;
/// Places for strings: twice as many as there are.
const PLACE_BITS: u32 = MOST_BITS + 1;
/// A place without a string.
const FREE: u32 = u32::MAX;

/// An encoder, whose memory serves frame after frame.
pub(super) struct Lzw {
    /// Strings of several indices, each as a known string and its last index: open addressing.
    keys: Box<[u32]>,
    codes: Box<[u16]>,
    /// The codes of one transparent pixel, of two, and so on.
    runs: Vec<u16>,
}

/// A string that ends where the encoder stands.
#[derive(Clone, Copy)]
struct Known {
    code: u16,
    /// Its length if it is a run of the transparent index, else 0.
    run: usize,
}

impl Lzw {
    pub(super) fn new() -> Self {
        let places = 1 << PLACE_BITS;
        Self { keys: vec![FREE; places].into(), codes: vec![0; places].into(), runs: Vec::new() }
    }

    /// The data of an image block: the bits of an index, and the codes.
    pub(super) fn encode(&mut self, pixels: &[u8], transparent: Option<u8>) -> Vec<u8> {
        let highest = pixels.iter().copied().max().unwrap_or_default();
        let index_bits = (u8::BITS - highest.leading_zeros()).max(2);
        let (clear, end) = (1_u16 << index_bits, (1 << index_bits) + 1);
        let alone = |index: u8| Known { code: index.into(), run: usize::from(transparent == Some(index)) };
        let mut out = Codes::new(index_bits);
        out.write(clear);
        self.forget(transparent);
        let mut next = end + 1;
        let mut known = pixels.first().map(|first| alone(*first));
        let (mut at, mut run_end) = (1, 0);
        while let (Some(string), Some(&index)) = (&mut known, pixels.get(at)) {
            let is_longer_run = string.run > 0 && transparent == Some(index);
            if is_longer_run && string.run < self.runs.len() {
                if at >= run_end {
                    run_end = at + run_length(&pixels[at..], index);
                }
                let more = (run_end - at).min(self.runs.len() - string.run);
                string.run += more;
                string.code = self.runs[string.run - 1];
                at += more;
                continue;
            }
            at += 1;
            let key = u32::from(string.code) << u8::BITS | u32::from(index);
            let place = self.place(key);
            if !is_longer_run && self.keys[place] == key {
                *string = Known { code: self.codes[place], run: 0 };
                continue;
            }
            out.write(string.code);
            if next == MOST_STRINGS {
                out.write(clear);
                out.bits = index_bits + 1;
                self.forget(transparent);
                next = end + 1;
            } else {
                if is_longer_run {
                    self.runs.push(next);
                } else {
                    (self.keys[place], self.codes[place]) = (key, next);
                }
                out.widen(next);
                next += 1;
            }
            *string = alone(index);
        }
        if let Some(string) = known {
            out.write(string.code);
            // A decoder learns one more string from it.
            out.widen(next);
        }
        out.write(end);
        out.finish()
    }

    fn forget(&mut self, transparent: Option<u8>) {
        self.keys.fill(FREE);
        self.runs.clear();
        self.runs.extend(transparent.map(u16::from));
    }

    /// Where a string is, or would be.
    fn place(&self, key: u32) -> usize {
        let mut place = (key.wrapping_mul(0x9E37_79B1) >> (u32::BITS - PLACE_BITS)) as usize;
        while self.keys[place] != key && self.keys[place] != FREE {
            place = (place + 1) % self.keys.len();
        }
        place
    }
}

/// How many of the first pixels have this index.
fn run_length(pixels: &[u8], index: u8) -> usize {
    let (blocks, _) = pixels.as_chunks::<32>();
    let same = blocks.iter().take_while(|block| **block == [index; 32]).count() * 32;
    same + pixels[same..].iter().take_while(|other| **other == index).count()
}

/// Codes as bytes, the lowest bits first.
struct Codes {
    bytes: Vec<u8>,
    waiting: u32,
    count: u32,
    /// Bits of the next code.
    bits: u32,
}

impl Codes {
    fn new(index_bits: u32) -> Self {
        Self { bytes: vec![index_bits as u8], waiting: 0, count: 0, bits: index_bits + 1 }
    }

    fn write(&mut self, code: u16) {
        self.waiting |= u32::from(code) << self.count;
        self.count += self.bits;
        while self.count >= u8::BITS {
            self.bytes.push(self.waiting as u8);
            self.waiting >>= u8::BITS;
            self.count -= u8::BITS;
        }
    }

    /// Makes room for a string's code once codes have too few bits for it.
    fn widen(&mut self, string: u16) {
        if string >> self.bits > 0 && self.bits < MOST_BITS {
            self.bits += 1;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.waiting as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use ::gif::{ColorOutput, DecodeOptions, Encoder, Frame};
    use proptest::prelude::*;

    use super::*;

    /// What a decoder makes of it.
    fn decoded(data: Vec<u8>, width: u16) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new(), width, 1, &[0; 768]).unwrap();
        let frame = Frame { width, height: 1, buffer: Cow::Owned(data), ..Frame::default() };
        encoder.write_lzw_pre_encoded_frame(&frame).unwrap();
        let file = encoder.into_inner().unwrap();
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        let mut decoder = options.read_info(&*file).unwrap();
        decoder.read_next_frame().unwrap().unwrap().buffer.to_vec()
    }

    fn by_the_crate(pixels: &[u8]) -> Vec<u8> {
        let buffer = Cow::Borrowed(pixels);
        let mut frame = Frame { width: pixels.len() as u16, height: 1, buffer, ..Frame::default() };
        frame.make_lzw_pre_encoded();
        frame.buffer.into_owned()
    }

    #[test]
    fn strings_fill_and_are_forgotten() {
        // Enough different strings for several tables, and runs between them that are longer than any that is known.
        let mut random = 1_u32;
        let mut pixels = Vec::new();
        while pixels.len() < 60_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            pixels.push((random >> 24) as u8);
            let run = if random.is_multiple_of(97) { random as usize >> 20 } else { 0 };
            pixels.extend(std::iter::repeat_n(255, run));
        }
        pixels.truncate(60_000);
        for transparent in [None, Some(255), Some(0)] {
            let data = Lzw::new().encode(&pixels, transparent);
            assert_eq!(decoded(data.clone(), 60_000), pixels);
            assert!(data.len() <= by_the_crate(&pixels).len() + 8, "{}", data.len());
        }
        // The last string may be the one that needs a wider code, or that fills the table.
        for length in 1..5_000 {
            let data = Lzw::new().encode(&pixels[..length], Some(255));
            assert_eq!(decoded(data, length as u16), pixels[..length], "{length}");
        }
    }

    #[test]
    fn a_frame_that_hardly_changes_is_a_few_codes() {
        let mut pixels = vec![3; 65_000];
        pixels[40_000] = 1;
        let data = Lzw::new().encode(&pixels, Some(3));
        assert_eq!(decoded(data.clone(), 65_000), pixels);
        assert!(data.len() <= by_the_crate(&pixels).len(), "{}", data.len());
        assert_eq!(decoded(Lzw::new().encode(&[0], None), 1), [0]);
    }

    proptest! {
        #[test]
        fn whatever_is_encoded_comes_back(
            runs in prop::collection::vec((0_u8..20, 1_usize..400), 1..60),
            transparent in prop::option::of(0_u8..20),
        ) {
            let pixels: Vec<u8> = runs.iter().flat_map(|(index, n)| std::iter::repeat_n(*index, *n)).collect();
            let mut lzw = Lzw::new();
            // What one frame taught is forgotten before the next.
            lzw.encode(&pixels[pixels.len() / 2..], transparent);
            prop_assert_eq!(decoded(lzw.encode(&pixels, transparent), pixels.len() as u16), pixels);
        }
    }
}
