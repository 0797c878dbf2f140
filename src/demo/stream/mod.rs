//! The file as records, a record as bits, bits as states that travel as differences.

pub(super) mod bits;
pub(super) mod container;
pub(super) mod delta;
