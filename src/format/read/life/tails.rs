//! The text after each sample's tenth value, gathered life by life in memory that is used again for the next one.

use crate::format::read::value::cursor::only_place;
use crate::model::Tails;

/// Bytes in which the end of a tail is looked for at once; the tails of our own module are shorter.
const SHORT_BYTES: usize = 32;

/// The tails of the life that is being read.
#[derive(Default)]
pub(crate) struct TailBuffer {
    /// UTF-8 up to `used`; what lies beyond is scrap.
    text: Vec<u8>,
    used: usize,
    ends: Vec<u32>,
}

impl TailBuffer {
    pub(crate) fn clear(&mut self) {
        self.used = 0;
        self.ends.clear();
    }

    /// Gives an empty tail to each of the first `samples` samples that has none.
    #[inline]
    pub(crate) fn fill(&mut self, samples: usize) {
        if self.ends.len() < samples {
            self.ends.resize(samples, self.used as u32);
        }
    }

    /// Adds a tail.
    pub(crate) fn push(&mut self, tail: &str) {
        self.text.truncate(self.used);
        self.text.extend_from_slice(tail.as_bytes());
        self.used = self.text.len();
        self.ends.push(self.used as u32);
    }

    /// Adds the tail that stands at the start of `rest` and ends with a bar, or else after `room` bytes, if it is short
    /// and plain ASCII; gives its length.
    #[expect(clippy::inline_always, reason = "once per sample")]
    #[inline(always)]
    pub(crate) fn push_short(&mut self, rest: &[u8], room: usize) -> Option<usize> {
        let start: &[u8; SHORT_BYTES] = rest.first_chunk()?;
        let length = room.min(only_place(start, b'|')?);
        if (length == SHORT_BYTES && room > SHORT_BYTES) || !start.is_ascii() {
            return None;
        }
        if self.text.len() < self.used + SHORT_BYTES {
            self.grow();
        }
        // More than needed, because a copy of a known length takes two instructions.
        self.text.get_mut(self.used..)?.first_chunk_mut::<SHORT_BYTES>()?.copy_from_slice(start);
        self.used += length;
        self.ends.push(self.used as u32);
        Some(length)
    }

    #[cold]
    fn grow(&mut self) {
        self.text.resize((self.used + SHORT_BYTES) * 2, 0);
    }

    /// The tails of a life of `samples` samples as it keeps them, in no more memory than they need.
    pub(crate) fn tails(&mut self, samples: usize) -> Tails {
        if self.used == 0 {
            return Tails::default();
        }
        self.fill(samples);
        let text = String::from_utf8(self.text[..self.used].to_vec());
        Tails::new(text.unwrap_or_default(), self.ends.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_tails_stand_side_by_side() {
        let mut buffer = TailBuffer::default();
        for _ in 0..2 {
            buffer.clear();
            let line = b"1,2|0,1.0,2.0,3.0,100,0.0,8,0,0,sample,3,4\n6,7,8|";
            assert_eq!(buffer.push_short(line, 42), Some(3));
            buffer.push("späť");
            buffer.fill(4);
            assert_eq!(buffer.push_short(&line[3..], 39), Some(0));
            assert_eq!(buffer.push_short(&[b'7'; 40], 2), Some(2));
            // Too close to the end of the file, too long, and not ASCII.
            assert_eq!(buffer.push_short(&line[30..], 12), None);
            assert_eq!(buffer.push_short(&[b'7'; 40], 40), None);
            assert_eq!(buffer.push_short(&[&[b'|'][..], "ä".repeat(20).as_bytes()].concat(), 41), None);
            let tails = buffer.tails(6);
            let kept: Vec<&str> = (0..tails.len()).map(|index| tails.get(index)).collect();
            assert_eq!(kept, ["1,2", "späť", "", "", "", "77"]);
        }
    }
}
