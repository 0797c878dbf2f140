//! Server demos: what the game server itself noted, frame by frame.

mod frame;

pub(super) use frame::{Brought, Frames};

use std::io::{self, Read};

use super::file::container::{End, fill};

/// The longest payload that a server writes, bytes.
pub(super) const LONGEST_PAYLOAD: usize = 4 << 20;

/// Reads payloads one by one; counts them and the bytes before them.
pub(super) struct Payloads<R> {
    pub(super) input: R,
    /// Where the payload that was read last begins, bytes.
    pub(super) offset: u64,
    next: u64,
    /// Payloads read so far.
    pub(super) count: u64,
}

impl<R: Read> Payloads<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, offset: 0, next: 0, count: 0 }
    }

    /// Reads the next payload; why there is none, at the end.
    ///
    /// # Errors
    /// An input that cannot be read.
    pub(super) fn next(&mut self, payload: &mut Vec<u8>) -> io::Result<Option<End>> {
        self.offset = self.next;
        let mut head = [0; 4];
        let read = fill(&mut self.input, &mut head)?;
        if read < head.len() {
            return Ok(Some(if read == 0 { End::Missing } else { End::Cut }));
        }
        let length = i32::from_le_bytes(head);
        let Some(size) = usize::try_from(length).ok().filter(|size| (1..=LONGEST_PAYLOAD).contains(size))
        else {
            return Ok(Some(End::Length(length)));
        };
        // Memory grows with what is there, not with what the length claims.
        payload.clear();
        self.input.by_ref().take(size as u64).read_to_end(payload)?;
        if payload.len() < size {
            return Ok(Some(End::Cut));
        }
        self.next += (head.len() + size) as u64;
        self.count += 1;
        Ok(None)
    }
}
