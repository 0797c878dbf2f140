//! From a file's bytes to the model.

mod engagement;
mod family;
mod header;
mod heatmap;
mod life;
pub(crate) mod lines;
pub(crate) mod magic;
mod objective;
pub(crate) mod reader;
mod revive;
mod seen;
mod truncation;
pub(crate) mod value;
