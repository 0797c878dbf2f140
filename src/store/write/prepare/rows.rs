//! Rows on their way into a table.

use std::borrow::Cow;

use crate::model::{Guid, GuidKind, PlayerName};
use crate::store::backend::engine::{Kind, Value};
use crate::store::row::texts::{self, LongTexts, clamp, fit};

/// Rows of one table.
#[derive(Debug)]
pub(in crate::store) struct Rows {
    pub table: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    pub lines: Vec<Vec<Value<'static>>>,
}

/// The file's number, not known yet.
pub(in crate::store) const FILE: Value<'static> = Value::Null;

pub(in crate::store) fn text(text: Cow<'_, str>) -> Value<'static> {
    Value::text(text.into_owned())
}

pub(in crate::store) fn int(value: i64) -> Value<'static> {
    Value::Int(value)
}

pub(in crate::store) fn maybe_int(value: Option<i64>) -> Value<'static> {
    value.map_or(Value::Null, |value| int(clamp(value)))
}

/// A figure as a 32-bit float, in both databases.
pub(in crate::store) fn real(value: f64) -> Value<'static> {
    Value::Real(f64::from(value as f32))
}

pub(in crate::store) fn guid(of: &Guid, long: &mut LongTexts) -> Value<'static> {
    text(fit(of.as_str(), texts::GUID, long))
}

pub(in crate::store) fn name(of: &PlayerName, long: &mut LongTexts) -> Value<'static> {
    text(fit(of.as_str(), texts::NAME, long))
}

/// Whether a guid means the same player in every file.
pub(in crate::store) fn is_someone(guid: &Guid) -> bool {
    matches!(guid.kind(), GuidKind::Person | GuidKind::Bot)
}
