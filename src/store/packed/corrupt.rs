//! Damage.

/// Why packed bytes could not be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a packed life or fight is damaged: {0}")]
pub struct Corrupt(pub(super) &'static str);
