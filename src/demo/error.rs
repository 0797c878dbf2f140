//! What a reader can say about a demo: warnings about what it left out, errors when it cannot go on.

use std::fmt;

/// Something in a demo that was left out or looks wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Record, counted from 1.
    pub record: u64,
    /// Where the record begins, bytes from the file's start.
    pub offset: u64,
    /// What is there and what became of it.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} at byte {}: {}", self.record, self.offset, self.message)
    }
}

/// Why a demo could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Not a single byte.
    #[error("the file is empty, expected a demo")]
    Empty,
    /// Something else.
    #[error(
        "this is not a demo of Enemy Territory: its first record does not hold a gamestate (record 1 at byte 0: {why})"
    )]
    NotADemo {
        /// What is wrong with the first record.
        why: String,
    },
    /// A gamestate could be read and nothing after it.
    #[error(
        "this is not a standard ET 2.60 or ET: Legacy stream: none of {messages} messages could be read; the server's \
         mod may run on a changed engine (first fault: {first})"
    )]
    NotStandard {
        /// How many messages there were after the gamestate.
        messages: u64,
        /// The first of the faults.
        first: Warning,
    },
    /// The input cannot be read.
    #[error("cannot read on from byte {offset}")]
    Input {
        /// Where reading stopped.
        offset: u64,
        /// Why.
        source: std::io::Error,
    },
}
