//! Single values: how they are read, and what is said when they cannot be.

pub(crate) mod cursor;
pub(crate) mod fault;
pub(crate) mod field;
pub(crate) mod row;
