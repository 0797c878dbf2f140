//! The store.

mod packed;
