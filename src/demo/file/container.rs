//! The file as a run of records.

use std::io::{self, Read};

/// The longest message that the engine sends, bytes.
pub(in crate::demo) const LONGEST_MESSAGE: usize = 32_768;

/// How a demo ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum End {
    /// With the marker that `stoprecord` writes.
    Marker,
    /// At the end of a record, without a marker.
    Missing,
    /// Within a record.
    Cut,
    /// A length that no message has.
    Length(i32),
}

/// One step through the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Step {
    /// A record with this sequence number; its payload is in the buffer.
    Record(i32),
    /// No more records.
    End(End),
}

/// Reads records one by one; counts them and the bytes before them.
pub(in crate::demo) struct Records<R> {
    input: R,
    /// Where the record that was read last begins, bytes.
    pub(in crate::demo) offset: u64,
    /// Where the next one begins.
    next: u64,
    /// Records read so far.
    pub(in crate::demo) count: u64,
}

impl<R: Read> Records<R> {
    pub(in crate::demo) fn new(input: R) -> Self {
        Self { input, offset: 0, next: 0, count: 0 }
    }

    pub(in crate::demo) fn input(&self) -> &R {
        &self.input
    }

    /// Reads the next record's payload into `payload`.
    ///
    /// # Errors
    /// An input that cannot be read.
    pub(in crate::demo) fn next(&mut self, payload: &mut Vec<u8>) -> io::Result<Step> {
        self.offset = self.next;
        let mut head = [0; 8];
        let read = fill(&mut self.input, &mut head)?;
        if read < head.len() {
            return Ok(Step::End(if read == 0 { End::Missing } else { End::Cut }));
        }
        let [a, b, c, d, e, f, g, h] = head;
        let (sequence, length) = (i32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([e, f, g, h]));
        if length == -1 {
            return Ok(Step::End(End::Marker));
        }
        let Some(length) =
            usize::try_from(length).ok().filter(|length| (1..=LONGEST_MESSAGE).contains(length))
        else {
            return Ok(Step::End(End::Length(length)));
        };
        payload.resize(length, 0);
        if fill(&mut self.input, payload)? < length {
            return Ok(Step::End(End::Cut));
        }
        self.next += (head.len() + length) as u64;
        self.count += 1;
        Ok(Step::Record(sequence))
    }
}

/// Fills `buffer` as far as the input goes; gives the number of bytes.
pub(in crate::demo) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
