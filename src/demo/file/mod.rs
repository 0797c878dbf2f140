//! A demo as a file: what kind it is, its records, and when it was recorded.

pub(super) mod container;
pub(super) mod date;
pub(super) mod sniff;
