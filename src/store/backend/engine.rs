//! What a backend must be able to do; everything else is written once on top of it.

use std::borrow::Cow;

use crate::store::error::{Result, StoreError};

/// A value on its way into or out of a database.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store) enum Value<'a> {
    Null,
    Int(i64),
    Real(f64),
    Bool(bool),
    /// Text; dates and times too, as `2026-01-31` and `2026-01-31 20:15:00`.
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

/// A row that came out.
pub(in crate::store) type Row = Vec<Value<'static>>;

/// The SQL a backend speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Dialect {
    Sqlite,
    Postgres,
}

/// What is still on the disk after old text was to be erased, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leftover {
    /// SQLite's log: another program reads it.
    LogInUse,
    /// PostgreSQL's dead rows: another session still sees them.
    SeenBySession,
    /// PostgreSQL's dead rows: only an owner of the tables may write them anew.
    NotOwner,
}

/// A connection to a database.
pub(in crate::store) trait Engine: Send {
    /// The SQL it speaks.
    fn dialect(&self) -> Dialect;

    /// Begins a transaction that will write; waits for other writers, but not for ever.
    fn begin_write(&mut self) -> Result<()>;

    /// Begins a transaction that sees the database at one moment.
    fn begin_read(&mut self) -> Result<()>;

    /// Ends the transaction and keeps what it did.
    fn commit(&mut self) -> Result<()>;

    /// Ends the transaction as if it had never begun. What goes wrong here is no news: the caller has an error already.
    fn rollback(&mut self);

    /// Runs several statements without parameters.
    fn batch(&mut self, sql: &str) -> Result<()>;

    /// Runs a statement with parameters `$1`, `$2` … and says how many rows it changed.
    fn run(&mut self, sql: &str, parameters: &[Value<'_>]) -> Result<u64>;

    /// Runs a query and hands over each row.
    fn each(
        &mut self,
        sql: &str,
        parameters: &[Value<'_>],
        take: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<()>;

    /// Adds rows in bulk: COPY, or one prepared statement. `types` are the columns' PostgreSQL types.
    fn add(&mut self, table: &str, columns: &[(&str, Kind)], rows: &[Vec<Value<'_>>]) -> Result<()>;

    /// What the database has of tables and columns, to recognise whose it is.
    fn columns(&mut self) -> Result<Vec<(String, String, String)>>;

    /// Gives room back after much was deleted.
    fn compact(&mut self) -> Result<()>;

    /// Removes what deleted and changed rows left on the disk; says what could not be removed.
    fn erase(&mut self) -> Result<Option<Leftover>>;

    /// What is wrong with the database's own structure, a line each.
    fn check(&mut self) -> Result<Vec<String>>;

    /// All rows of a query.
    fn rows(&mut self, sql: &str, parameters: &[Value<'_>]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.each(sql, parameters, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row of a query.
    fn first(&mut self, sql: &str, parameters: &[Value<'_>]) -> Result<Option<Row>> {
        Ok(self.rows(sql, parameters)?.into_iter().next())
    }
}

/// Type of a column that rows are added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    Int4,
    Int8,
    Real,
    Bool,
    Text,
    Date,
    Timestamp,
    Json,
    Bytes,
}

/// Spells a query for a dialect: `{list X}` is a table of one column `value` with the texts of the JSON array X,
/// `{whole X}` the whole number next to X (of 0 or more, at most 10^12, so that sums of absurd ones still fit),
/// `{int X}` the whole number X or the largest one that fits 32 bits, and `{bytes X}` the text X as it is compared and
/// sorted by its bytes.
pub(in crate::store) fn spell(dialect: Dialect, sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (token, after) = after.split_once('}').unwrap_or((after, ""));
        let (word, argument) = token.split_once(' ').unwrap_or((token, ""));
        let (open, close) = match (dialect, word) {
            (Dialect::Sqlite, "list") => ("json_each(", ")"),
            (Dialect::Postgres, "list") => ("json_array_elements_text(CAST(", " AS json)) AS listed(value)"),
            (Dialect::Sqlite, "whole") => ("CAST(MIN((", ") + 0.5, 1e12) AS INTEGER)"),
            // LEAST would make 10^12 of NULL.
            (Dialect::Postgres, "whole") => {
                out.extend(["CAST(FLOOR(CASE WHEN ", argument, " > 1e12 THEN 1e12 ELSE "]);
                ("CAST(", " AS double precision) END + 0.5) AS bigint)")
            }
            (Dialect::Sqlite, "int") => ("MIN(", ", 2147483647)"),
            (Dialect::Postgres, "int") => ("CAST(LEAST(", ", 2147483647) AS integer)"),
            (Dialect::Sqlite, _) => ("(", ")"),
            (Dialect::Postgres, _) => ("(", ") COLLATE \"C\""),
        };
        out.extend([open, argument, close]);
        rest = after;
    }
    out.push_str(rest);
    out
}

impl<'a> Value<'a> {
    /// A text.
    pub(in crate::store) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A value or nothing.
    pub(in crate::store) fn or_null(value: Option<Self>) -> Self {
        value.unwrap_or(Self::Null)
    }

    pub(in crate::store) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The whole number, or the fault that it is none.
    pub(in crate::store) fn int(&self) -> Result<i64> {
        match self {
            Self::Int(value) => Ok(*value),
            Self::Bool(value) => Ok(i64::from(*value)),
            other => Err(unexpected("a whole number", other)),
        }
    }

    /// The whole number, if there is one.
    pub(in crate::store) fn maybe_int(&self) -> Result<Option<i64>> {
        if self.is_null() { Ok(None) } else { self.int().map(Some) }
    }

    /// The number; NULL is not a number.
    pub(in crate::store) fn real(&self) -> Result<f64> {
        match self {
            Self::Real(value) => Ok(*value),
            Self::Int(value) => Ok(*value as f64),
            Self::Null => Ok(f64::NAN),
            other => Err(unexpected("a number", other)),
        }
    }

    pub(in crate::store) fn bool(&self) -> Result<bool> {
        self.int().map(|value| value != 0)
    }

    pub(in crate::store) fn str(&self) -> Result<&str> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(unexpected("a text", other)),
        }
    }

    pub(in crate::store) fn maybe_str(&self) -> Result<Option<&str>> {
        if self.is_null() { Ok(None) } else { self.str().map(Some) }
    }

    pub(in crate::store) fn bytes(&self) -> Result<&[u8]> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            other => Err(unexpected("bytes", other)),
        }
    }
}

fn unexpected(wanted: &str, found: &Value<'_>) -> StoreError {
    let found = match found {
        Value::Null => "nothing",
        Value::Int(_) | Value::Real(_) => "a number",
        Value::Bool(_) => "yes or no",
        Value::Text(_) => "a text",
        Value::Bytes(_) => "bytes",
    };
    StoreError::Unexpected(format!("{found} where {wanted} should be"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dialect_spells_lists_and_rounding_its_own_way() {
        let sql = "SELECT {whole x * 10} FROM t WHERE g IN (SELECT value FROM {list $1})";
        assert_eq!(
            spell(Dialect::Sqlite, sql),
            "SELECT CAST(MIN((x * 10) + 0.5, 1e12) AS INTEGER) FROM t WHERE g IN (SELECT value FROM json_each($1))"
        );
        assert!(
            spell(Dialect::Postgres, sql)
                .ends_with("json_array_elements_text(CAST($1 AS json)) AS listed(value))")
        );
    }
}
