//! How values stand in columns: headers, JSON, texts that are too long.

pub(super) mod header;
pub(super) mod json;
pub(super) mod texts;
