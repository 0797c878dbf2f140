//! PostgreSQL: a community's server.

mod connect;
mod value;

use std::collections::HashMap;
use std::io::Write;
use std::time::Duration;

use postgres::binary_copy::BinaryCopyInWriter;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{ToSql, Type};
use postgres::{Client, Statement};

use super::Result;
use super::engine::{Dialect, Engine, Kind, Row, Value};
use super::error::StoreError;
use super::url::DatabaseUrl;
use super::url::Place;

/// Writers of one database take turns under this number: two that touch one player must not recompute him at once.
const TURN: i64 = 0x5072_6f78_696d_6974;

/// A connection to a PostgreSQL server.
pub(super) struct Postgres {
    client: Client,
    statements: HashMap<String, Statement>,
    /// How long a writer waits for its turn.
    patience: Duration,
}

impl Postgres {
    /// Connects.
    pub(super) fn open(url: &DatabaseUrl) -> Result<Self> {
        let Place::Postgres(server) = &url.place else { return Err(StoreError::NotBuiltIn("SQLite")) };
        let client = connect::connect(server, url)?;
        Ok(Self { client, statements: HashMap::new(), patience: url.patience })
    }

    fn statement(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| fault(&error))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Engine for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn begin_write(&mut self) -> Result<()> {
        // Repeatable reads would not see what the writer before committed while this one waited.
        self.batch("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")?;
        // Nought would mean for ever.
        let patience_ms = self.patience.as_millis().max(1);
        self.batch(&format!("SET LOCAL lock_timeout = {patience_ms}; SELECT pg_advisory_xact_lock({TURN})"))
    }

    fn begin_read(&mut self) -> Result<()> {
        self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    fn commit(&mut self) -> Result<()> {
        self.batch("COMMIT")
    }

    fn rollback(&mut self) {
        if !self.client.is_closed() {
            let _ = self.batch("ROLLBACK");
        }
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(|error| fault(&error))
    }

    fn run(&mut self, sql: &str, parameters: &[Value<'_>]) -> Result<u64> {
        let statement = self.statement(sql)?;
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as _).collect();
        self.client.execute(&statement, &parameters).map_err(|error| fault(&error))
    }

    fn each(
        &mut self,
        sql: &str,
        parameters: &[Value<'_>],
        take: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let statement = self.statement(sql)?;
        let parameters = parameters.iter().map(|value| value as &(dyn ToSql + Sync));
        let mut rows = self.client.query_raw(&statement, parameters).map_err(|error| fault(&error))?;
        while let Some(row) = rows.next().map_err(|error| fault(&error))? {
            let mut values = Vec::with_capacity(row.len());
            for index in 0..row.len() {
                values.push(row.try_get(index).map_err(|error| fault(&error))?);
            }
            take(values)?;
        }
        Ok(())
    }

    fn add(&mut self, table: &str, columns: &[(&str, Kind)], rows: &[Vec<Value<'_>>]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let types: Vec<Type> = columns.iter().map(|(_, kind)| value::type_of(*kind)).collect();
        let sql = format!("COPY {table} ({}) FROM STDIN BINARY", names.join(", "));
        let mut sink = self.client.copy_in(&sql).map_err(|error| fault(&error))?;
        // Dropping the writer without `finish` cancels the copy.
        sink.flush().map_err(|error| StoreError::Disconnected(error.to_string()))?;
        let mut writer = BinaryCopyInWriter::new(sink, &types);
        let mut line: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(columns.len());
        for row in rows {
            line.clear();
            line.extend(row.iter().map(|value| value as &(dyn ToSql + Sync)));
            writer.write(&line).map_err(|error| fault(&error))?;
        }
        writer.finish().map(|_| ()).map_err(|error| fault(&error))
    }

    fn columns(&mut self) -> Result<Vec<(String, String, String)>> {
        let rows = self.rows(
            "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
               AND a.attnum > 0 AND NOT a.attisdropped
             ORDER BY c.relname, a.attnum",
            &[],
        )?;
        rows.iter()
            .map(|row| Ok((row[0].str()?.into(), row[1].str()?.into(), row[2].str()?.into())))
            .collect()
    }

    fn compact(&mut self) -> Result<()> {
        // Deleted rows are gone from the tables' files once they are written anew; only an owner may do that.
        match self.batch("VACUUM (ANALYZE)") {
            Err(StoreError::Refused(_)) => Ok(()),
            done => done,
        }
    }
}

/// What a complaint of PostgreSQL means for somebody who wants to keep rounds.
fn fault(error: &postgres::Error) -> StoreError {
    if let Some(database) = error.as_db_error() {
        let code = database.code();
        return match *code {
            SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly,
            SqlState::DISK_FULL | SqlState::OUT_OF_MEMORY | SqlState::INSUFFICIENT_RESOURCES => {
                StoreError::Full
            }
            SqlState::LOCK_NOT_AVAILABLE | SqlState::T_R_DEADLOCK_DETECTED => StoreError::Locked,
            SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
                StoreError::Disconnected(database.message().to_owned())
            }
            _ => StoreError::Refused(format!("{} ({})", database.message(), code.code())),
        };
    }
    if error.is_closed() {
        return StoreError::Disconnected("the server is gone".into());
    }
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    let mut is_io = false;
    while let Some(deeper) = cause {
        is_io |= deeper.is::<std::io::Error>();
        reason = format!("{reason}: {deeper}");
        cause = deeper.source();
    }
    if is_io { StoreError::Disconnected(reason) } else { StoreError::Refused(reason) }
}
