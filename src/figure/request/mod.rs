//! How a picture came about, and how it is asked for.

pub mod recipe;
