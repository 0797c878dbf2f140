//! Where rounds are kept.
