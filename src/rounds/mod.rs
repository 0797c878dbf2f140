//! Where rounds come from: files, folders, and stores.

pub(crate) mod input;
pub(crate) mod source;
