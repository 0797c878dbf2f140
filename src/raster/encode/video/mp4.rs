//! An MP4 file with one track of H.264 (ISO/IEC 14496-12 and -15): the index first, then all pictures in one piece.

/// Ticks of a frame: a time scale of `frames a second · TICKS` keeps durations exact and is fine enough for any editor.
const TICKS: u32 = 1000;
/// A matrix that changes nothing, 16.16 and 2.30 fixed point.
const UPRIGHT: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// NAL unit types of the parameter sets.
const SEQUENCE: u8 = 7;
const PICTURE: u8 = 8;

/// The frames of a video and what its index needs to know of them.
pub(super) struct Track {
    width: u32,
    height: u32,
    frames_per_second: u32,
    /// The last parameter sets; the encoder never changes them.
    sequence: Vec<u8>,
    picture: Vec<u8>,
    sizes: Vec<u32>,
    /// Numbers of the frames that need no other one, from 1.
    keys: Vec<u32>,
    data: Vec<u8>,
}

impl Track {
    /// No frames yet.
    pub fn new(width: u32, height: u32, frames_per_second: u32) -> Self {
        Self {
            width,
            height,
            frames_per_second,
            sequence: Vec::new(),
            picture: Vec::new(),
            sizes: Vec::new(),
            keys: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Adds a frame: its NAL units, each with a start code.
    pub fn push<'u>(&mut self, units: impl Iterator<Item = &'u [u8]>, key: bool) {
        let before = self.data.len();
        for unit in units.map(without_start_code) {
            match unit.first().map(|head| head & 0x1f) {
                Some(SEQUENCE) => self.sequence = unit.to_vec(),
                Some(PICTURE) => self.picture = unit.to_vec(),
                Some(_) => {
                    self.data.extend((unit.len() as u32).to_be_bytes());
                    self.data.extend(unit);
                }
                None => {}
            }
        }
        self.sizes.push((self.data.len() - before) as u32);
        if key {
            self.keys.push(self.sizes.len() as u32);
        }
    }

    /// Frames so far.
    pub fn frames(&self) -> usize {
        self.sizes.len()
    }

    /// About the size of the file so far.
    pub fn bytes(&self) -> usize {
        self.data.len() + 4 * self.sizes.len()
    }

    /// The file; `None` when it would be longer than 32 bits can say.
    pub fn finish(self) -> Option<Vec<u8>> {
        let frames = u32::try_from(self.sizes.len()).ok()?;
        let ticks = frames.checked_mul(TICKS)?;
        let kind = boxed(*b"ftyp", [&b"isom"[..], &u32s([0x200]), b"isomiso2avc1mp41"].concat());
        let index = |start| self.index(frames, ticks, start);
        // The index has the same length wherever the pictures begin.
        let start = kind.len() + index(0).len() + 8;
        u32::try_from(start + self.data.len()).ok()?;
        let mut file = kind;
        file.extend(index(start as u32));
        file.extend(boxed(*b"mdat", self.data));
        Some(file)
    }

    fn index(&self, frames: u32, ticks: u32, start: u32) -> Vec<u8> {
        let scale = self.frames_per_second * TICKS;
        let mut movie = u32s([0, 0, 0, scale, ticks, 0x1_0000, 0x0100_0000, 0, 0]);
        movie.extend(u32s(UPRIGHT));
        // Six reserved words, and the number of the next track.
        movie.extend(u32s([0, 0, 0, 0, 0, 0, 2]));
        boxed(*b"moov", [boxed(*b"mvhd", movie), self.track(frames, ticks, scale, start)].concat())
    }

    fn track(&self, frames: u32, ticks: u32, scale: u32, start: u32) -> Vec<u8> {
        // Enabled, in the movie: 3. Then times, number, duration; layer and volume are nothing.
        let mut header = u32s([3, 0, 0, 1, 0, ticks, 0, 0, 0, 0]);
        header.extend(u32s(UPRIGHT));
        header.extend(u32s([self.width << 16, self.height << 16]));
        // `und`: no language.
        let media = boxed(*b"mdhd", u32s([0, 0, 0, scale, ticks, 0x55c4_0000]));
        let handler = [u32s([0, 0]), b"vide".to_vec(), u32s([0, 0, 0]), b"video\0".to_vec()].concat();
        // The data lie in this file.
        let place = boxed(*b"dinf", boxed(*b"dref", [u32s([0, 1]), boxed(*b"url ", u32s([1]))].concat()));
        let information = [boxed(*b"vmhd", u32s([1, 0, 0])), place, self.table(frames, start)].concat();
        let parts = [media, boxed(*b"hdlr", handler), boxed(*b"minf", information)].concat();
        boxed(*b"trak", [boxed(*b"tkhd", header), boxed(*b"mdia", parts)].concat())
    }

    fn table(&self, frames: u32, start: u32) -> Vec<u8> {
        let counted = |list: &[u32]| u32s([0, list.len() as u32].into_iter().chain(list.iter().copied()));
        let parts = [
            boxed(*b"stsd", [u32s([0, 1]), boxed(*b"avc1", self.description())].concat()),
            // All frames last as long, and lie in one chunk.
            boxed(*b"stts", u32s([0, 1, frames, TICKS])),
            boxed(*b"stss", counted(&self.keys)),
            boxed(*b"stsc", u32s([0, 1, 1, frames, 1])),
            boxed(*b"stsz", u32s([0, 0, frames].into_iter().chain(self.sizes.iter().copied()))),
            boxed(*b"stco", u32s([0, 1, start])),
        ];
        boxed(*b"stbl", parts.concat())
    }

    /// How the frames are coded.
    fn description(&self) -> Vec<u8> {
        let mut entry = u32s([0, 1, 0, 0, 0, 0, (self.width << 16) | (self.height & 0xffff)]);
        // 72 dots an inch, one frame a sample, no compressor's name, 24 bits a pixel.
        entry.extend(u32s([0x48_0000, 0x48_0000, 0]));
        entry.extend([0, 1]);
        entry.extend([0; 32]);
        entry.extend([0, 24, 0xff, 0xff]);
        let profile = self.sequence.get(1..4).unwrap_or(&[66, 0xc0, 31]);
        let mut sets = vec![1, profile[0], profile[1], profile[2]];
        // Lengths of four bytes; one set of either kind.
        sets.extend([0xff, 0xe1]);
        sets.extend((self.sequence.len() as u16).to_be_bytes());
        sets.extend(&self.sequence);
        sets.push(1);
        sets.extend((self.picture.len() as u16).to_be_bytes());
        sets.extend(&self.picture);
        entry.extend(boxed(*b"avcC", sets));
        // BT.709 for primaries, transfer and matrix; limited range.
        entry.extend(boxed(*b"colr", [&b"nclx"[..], &[0, 1, 0, 1, 0, 1, 0]].concat()));
        entry
    }
}

fn without_start_code(unit: &[u8]) -> &[u8] {
    unit.strip_prefix(&[0, 0, 0, 1]).or_else(|| unit.strip_prefix(&[0, 0, 1])).unwrap_or(unit)
}

/// A box: its length, its kind, what it holds.
fn boxed(kind: [u8; 4], body: Vec<u8>) -> Vec<u8> {
    let mut whole = ((body.len() + 8) as u32).to_be_bytes().to_vec();
    whole.extend(kind);
    whole.extend(body);
    whole
}

fn u32s(words: impl IntoIterator<Item = u32>) -> Vec<u8> {
    words.into_iter().flat_map(u32::to_be_bytes).collect()
}

#[cfg(test)]
impl Track {
    /// The frames as a decoder takes them: with start codes, parameter sets first.
    pub fn units(&self) -> Vec<Vec<u8>> {
        let mut rest = &self.data[..];
        let mut all = vec![[&[0, 0, 0, 1], &self.sequence[..], &[0, 0, 0, 1], &self.picture[..]].concat()];
        while let Some((length, body)) = rest.split_first_chunk::<4>() {
            let (unit, after) = body.split_at(u32::from_be_bytes(*length) as usize);
            all.push([&[0, 0, 0, 1], unit].concat());
            rest = after;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_points_at_the_frames() {
        let mut track = Track::new(320, 240, 15);
        let key: [&[u8]; 3] =
            [&[0, 0, 0, 1, 0x67, 66, 0xc0, 30], &[0, 0, 0, 1, 0x68, 9], &[0, 0, 1, 0x65, 7, 7]];
        track.push(key.into_iter(), true);
        track.push([&[0, 0, 0, 1, 0x61, 5][..]].into_iter(), false);
        assert_eq!(track.frames(), 2);
        let file = track.finish().unwrap();
        let find = |kind: &[u8]| file.windows(4).position(|at| at == kind).unwrap() + 4;
        let word = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        let frames = find(b"mdat");
        assert_eq!(word(find(b"stco") + 8) as usize, frames);
        assert_eq!(file[frames..], [0, 0, 0, 3, 0x65, 7, 7, 0, 0, 0, 2, 0x61, 5]);
        let sizes = find(b"stsz") + 8;
        assert_eq!([word(sizes), word(sizes + 4), word(sizes + 8)], [2, 7, 6]);
        assert_eq!([word(find(b"stss") + 4), word(find(b"stss") + 8)], [1, 1]);
        assert_eq!((word(find(b"mdhd") + 12), word(find(b"mdhd") + 16)), (15_000, 2_000));
        assert!(find(b"moov") < frames, "it can play before it is whole");
        // Every box fills its parent.
        assert_eq!(find(b"ftyp") as u32 + word(0) - 8, find(b"moov") as u32 - 8);
        assert_eq!(find(b"moov") as u32 - 8 + word(find(b"moov") - 8), frames as u32 - 8);
    }
}
