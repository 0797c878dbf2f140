//! From the model to a file's bytes.

mod canonical;
mod objective;
mod record;
mod revive;
pub(crate) mod writer;
