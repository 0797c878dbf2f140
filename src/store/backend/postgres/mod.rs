//! PostgreSQL: a community's server.

mod connect;
mod value;

use std::collections::HashMap;
use std::io::Write;
use std::time::{Duration, Instant};

use postgres::binary_copy::BinaryCopyInWriter;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{ToSql, Type};
use postgres::{Client, Statement};

use crate::store::backend::engine::{Dialect, Engine, Kind, Leftover, Row, Value};
use crate::store::error::{Cause, Result, StoreError};
use crate::store::url::{DatabaseUrl, Place};

/// Writers of one database take turns under this number: two that touch one player must not compute the player's figures
/// at once.
const TURN: i64 = 0x5072_6f78_696d_6974;

/// A connection to a PostgreSQL server.
pub(in crate::store) struct Postgres {
    client: Client,
    statements: HashMap<String, Statement>,
    /// How long a writer waits for its turn.
    lock_timeout: Duration,
}

impl Postgres {
    /// Connects.
    pub(in crate::store) fn open(url: &DatabaseUrl) -> Result<Self> {
        let Place::Postgres(server) = &url.place else { return Err(StoreError::NotBuiltIn("SQLite")) };
        let client = connect::connect(server, url)?;
        Ok(Self { client, statements: HashMap::new(), lock_timeout: url.lock_timeout })
    }

    fn statement(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(fault)?;
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
        let lock_timeout_ms = self.lock_timeout.as_millis().max(1);
        self.batch(&format!(
            "SET LOCAL lock_timeout = {lock_timeout_ms}; SELECT pg_advisory_xact_lock({TURN})"
        ))
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
        self.client.batch_execute(sql).map_err(fault)
    }

    fn run(&mut self, sql: &str, parameters: &[Value<'_>]) -> Result<u64> {
        let statement = self.statement(sql)?;
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as _).collect();
        self.client.execute(&statement, &parameters).map_err(fault)
    }

    fn each(
        &mut self,
        sql: &str,
        parameters: &[Value<'_>],
        take: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let statement = self.statement(sql)?;
        let parameters = parameters.iter().map(|value| value as &(dyn ToSql + Sync));
        let mut rows = self.client.query_raw(&statement, parameters).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            let mut values = Vec::with_capacity(row.len());
            for index in 0..row.len() {
                values.push(row.try_get(index).map_err(fault)?);
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
        let mut sink = self.client.copy_in(&sql).map_err(fault)?;
        // Dropping the writer without `finish` cancels the copy.
        sink.flush().map_err(|error| StoreError::Disconnected(Cause::new(error.to_string(), error)))?;
        let mut writer = BinaryCopyInWriter::new(sink, &types);
        let mut line: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(columns.len());
        for row in rows {
            line.clear();
            line.extend(row.iter().map(|value| value as &(dyn ToSql + Sync)));
            writer.write(&line).map_err(fault)?;
        }
        writer.finish().map(|_| ()).map_err(fault)
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
        match self.batch("VACUUM (ANALYZE)") {
            Err(StoreError::Denied { .. } | StoreError::Refused(_)) => Ok(()),
            done => done,
        }
    }

    fn erase(&mut self) -> Result<Option<Leftover>> {
        if !self.wait_for_older_sessions()? {
            return Ok(Some(Leftover::SeenBySession));
        }
        let lock_timeout_ms = self.lock_timeout.as_millis().max(1);
        self.batch(&format!("SET lock_timeout = {lock_timeout_ms}"))?;
        // Plain VACUUM frees the room of dead rows but leaves their bytes.
        let rewritten = self.batch(concat!("VACUUM (FULL, ANALYZE) ", "player_track, combat_engagement, ",
            "engagement_attacker, crossfire_participant, round_player, revive, long_text, player_movement_stats, ",
            "player_teamplay_stats, crossfire_pairs, stale_figure"));
        self.batch("RESET lock_timeout")?;
        let is_owner = "SELECT bool_and(pg_has_role(c.relowner, 'USAGE')) FROM pg_class c \
                        WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = 'player_track'";
        match rewritten {
            Err(StoreError::Locked) => Ok(Some(Leftover::SeenBySession)),
            Err(StoreError::Denied { .. }) => Ok(Some(Leftover::NotOwner)),
            Err(error) => Err(error),
            // Who owns no table is only warned.
            Ok(()) => match self.first(is_owner, &[])? {
                Some(row) if row[0].bool()? => Ok(None),
                _ => Ok(Some(Leftover::NotOwner)),
            },
        }
    }

    fn check(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

impl Postgres {
    /// Waits until no other session of this database sees it as it was before now; `false` when that takes too long.
    fn wait_for_older_sessions(&mut self) -> Result<bool> {
        let now = "SELECT clock_timestamp()::text";
        let Some(row) = self.first(now, &[])? else { return Ok(false) };
        let sessions = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                        AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL \
                        AND xact_start < $1::text::timestamptz";
        let until = Instant::now() + self.lock_timeout;
        loop {
            let row = self.first(sessions, std::slice::from_ref(&row[0]))?;
            if row.map_or(Ok(0), |row| row[0].int())? == 0 {
                return Ok(true);
            }
            if Instant::now() >= until {
                return Ok(false);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// What a complaint of PostgreSQL means for an admin who wants to keep rounds.
fn fault(error: postgres::Error) -> StoreError {
    let Some(database) = error.as_db_error() else {
        let (message, is_io) = connect::described(&error);
        let is_gone = error.is_closed() || is_io;
        let cause = Cause::new(message, error);
        return if is_gone { StoreError::Disconnected(cause) } else { StoreError::Refused(cause) };
    };
    let (code, message) = (database.code().clone(), database.message().to_owned());
    match code {
        SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly,
        SqlState::DISK_FULL | SqlState::OUT_OF_MEMORY | SqlState::INSUFFICIENT_RESOURCES => StoreError::Full,
        SqlState::LOCK_NOT_AVAILABLE | SqlState::T_R_DEADLOCK_DETECTED => StoreError::Locked,
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
            StoreError::Disconnected(Cause::new(message, error))
        }
        SqlState::INSUFFICIENT_PRIVILEGE => {
            let hint = if message.contains("for schema") {
                "since PostgreSQL 15 only the owner makes tables; the owner allows it: GRANT CREATE ON SCHEMA public \
                 TO USER"
            } else {
                "the owner of its tables allows it: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \
                 public TO USER"
            };
            StoreError::Denied { hint, cause: Cause::new(message, error) }
        }
        code => StoreError::Refused(Cause::new(format!("{message} ({})", code.code()), error)),
    }
}
