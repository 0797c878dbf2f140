//! Where rounds come from: files, folders, demos, and stores.

pub(crate) mod demos;
pub(crate) mod source;
