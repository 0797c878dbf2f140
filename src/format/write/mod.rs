//! From the model to a file's bytes.

mod canonical;
mod record;
mod revive;
pub(crate) mod writer;
