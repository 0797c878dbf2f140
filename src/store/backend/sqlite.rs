//! SQLite: one file, no server.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};

use crate::files::{FileError, Stamp};
use crate::store::backend::engine::{Dialect, Engine, Kind, Leftover, Row, Value};
use crate::store::error::{Cause, Result, StoreError};
use crate::store::url::{Create, DatabaseUrl, Place, Sync};

/// How long to wait before asking again where SQLite itself does not wait.
const RETRY: Duration = Duration::from_millis(10);

/// Marks a file as ours ("Prox"), so that no other program's database is written to.
const APPLICATION_ID: i64 = 0x5072_6f78;

/// Settings of a connection that writes. WAL lets readers go on meanwhile. Deleted names are overwritten.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;
    PRAGMA recursive_triggers = OFF;";

/// Pages are met again by those that write, KiB; who reads meets most of them once.
const BEGIN_WRITE: &str = "PRAGMA cache_size = -65536; BEGIN IMMEDIATE";

/// Larger than the default, so that a packed life wastes little at the end of its page.
const NEW_FILE: &str = "PRAGMA page_size = 8192;";

/// A SQLite file.
pub(in crate::store) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    /// Opens a file; makes it only when `create` says so.
    pub(in crate::store) fn open(url: &DatabaseUrl, create: Create) -> Result<Self> {
        let Place::Sqlite(file) = &url.place else {
            return Err(StoreError::NotBuiltIn("PostgreSQL"));
        };
        match Stamp::of(&file.path) {
            Err(FileError::NotRegular { kind, .. }) => {
                return Err(StoreError::ForeignSchema(format!("it is {kind}, not a file")));
            }
            Err(error) if error.is_absent() && (file.read_only || create == Create::Never) => {
                return Err(StoreError::NotThere(url.to_string()));
            }
            // What else is wrong with it, SQLite says.
            _ => {}
        }
        let access = match (file.read_only, create) {
            (true, _) => OpenFlags::SQLITE_OPEN_READ_ONLY,
            (false, Create::Never) => OpenFlags::SQLITE_OPEN_READ_WRITE,
            (false, Create::IfMissing) => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let opened = Self::connect(url, &file.path, access);
        let mut engine = match opened {
            Err(error) if file.read_only => Self::unchanging(url, &file.path).ok_or(error)?,
            opened => opened?,
        };
        if !file.read_only {
            engine.settle(url.lock_timeout, file.sync)?;
        }
        Ok(engine)
    }

    fn connect(url: &DatabaseUrl, path: &Path, access: OpenFlags) -> Result<Self> {
        let failed = |error| match fault(error) {
            StoreError::Refused(cause) => StoreError::Connect { url: url.to_string(), cause },
            other => other,
        };
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | access;
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.busy_timeout(url.lock_timeout).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(128);
        // Else each statement would be planned again for each value that it is given.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
        let mut engine = Self { connection };
        engine.check_owner().map_err(|error| match error {
            StoreError::Refused(cause) => StoreError::Connect { url: url.to_string(), cause },
            other => other,
        })?;
        Ok(engine)
    }

    /// Opens a file in a folder that cannot be written, where SQLite has no place for its lock. Without a log beside it,
    /// the file is all there is and can be read as one that does not change.
    fn unchanging(url: &DatabaseUrl, path: &Path) -> Option<Self> {
        if beside(path, "-wal").exists() {
            return None;
        }
        let mut uri = String::from("file:");
        for byte in std::path::absolute(path).ok()?.to_str()?.bytes() {
            match byte {
                b'?' | b'#' | b'%' => {
                    // Writing to a String cannot fail.
                    let _ = write!(uri, "%{byte:02X}");
                }
                _ => uri.push(char::from(byte)),
            }
        }
        uri.push_str("?immutable=1");
        let access = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Self::connect(url, Path::new(&uri), access).ok()
    }

    /// Refuses other programs' files.
    fn check_owner(&mut self) -> Result<()> {
        let owner = self.number("PRAGMA application_id")?;
        let tables = self.number("SELECT COUNT(*) FROM sqlite_schema")?;
        if owner == APPLICATION_ID || (owner == 0 && tables == 0) {
            Ok(())
        } else {
            Err(StoreError::ForeignSchema("it is another program's SQLite file".into()))
        }
    }

    fn settle(&mut self, lock_timeout: Duration, sync: Sync) -> Result<()> {
        if self.number("PRAGMA page_count")? == 0 {
            self.batch(NEW_FILE)?;
        }
        // The switch to WAL does not wait for others as everything else does, so that two who make a file at once would
        // meet here.
        let synchronous = match sync {
            Sync::Full => "FULL",
            Sync::Normal => "NORMAL",
        };
        let settings = format!("{SETTINGS} PRAGMA synchronous = {synchronous};");
        let until = Instant::now() + lock_timeout;
        loop {
            match self.batch(&settings) {
                Err(StoreError::Locked) if Instant::now() < until => std::thread::sleep(RETRY),
                // A file that cannot be written can still be read.
                Err(StoreError::ReadOnly) => return Ok(()),
                settled => return settled,
            }
        }
    }

    fn number(&mut self, sql: &str) -> Result<i64> {
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(fault)
    }
}

impl Engine for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn begin_write(&mut self) -> Result<()> {
        self.batch(BEGIN_WRITE)
    }

    fn begin_read(&mut self) -> Result<()> {
        self.batch("BEGIN")
    }

    fn commit(&mut self) -> Result<()> {
        self.batch("COMMIT")
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit() {
            let _ = self.batch("ROLLBACK");
        }
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).map_err(fault)
    }

    fn run(&mut self, sql: &str, parameters: &[Value<'_>]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(sql).map_err(fault)?;
        bind(&mut statement, parameters)?;
        statement.raw_execute().map(|rows| rows as u64).map_err(fault)
    }

    fn each(
        &mut self,
        sql: &str,
        parameters: &[Value<'_>],
        take: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(fault)?;
        bind(&mut statement, parameters)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(fault)? {
            let mut values = Vec::with_capacity(columns);
            for index in 0..columns {
                values.push(value_of(row.get_ref(index).map_err(fault)?));
            }
            take(values)?;
        }
        Ok(())
    }

    fn add(&mut self, table: &str, columns: &[(&str, Kind)], rows: &[Vec<Value<'_>>]) -> Result<()> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", "));
        let mut statement = self.connection.prepare_cached(&sql).map_err(fault)?;
        for row in rows {
            for (index, value) in row.iter().enumerate() {
                statement.raw_bind_parameter(index + 1, value).map_err(fault)?;
            }
            statement.raw_execute().map_err(fault)?;
        }
        Ok(())
    }

    fn columns(&mut self) -> Result<Vec<(String, String, String)>> {
        let rows = self.rows(
            "SELECT m.name, c.name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c ORDER BY m.name, c.cid",
            &[],
        )?;
        rows.iter()
            .map(|row| Ok((row[0].str()?.into(), row[1].str()?.into(), row[2].str()?.into())))
            .collect()
    }

    fn compact(&mut self) -> Result<()> {
        self.batch("VACUUM")?;
        self.number("PRAGMA wal_checkpoint(TRUNCATE)").map(|_| ())
    }

    fn erase(&mut self) -> Result<Option<Leftover>> {
        self.batch("VACUUM")?;
        // Moves every page out of the log and empties it, so that old text is gone from there too. Programs that still
        // read the log are waited for, as for any lock.
        let is_busy = self.number("PRAGMA wal_checkpoint(TRUNCATE)")? != 0;
        Ok(is_busy.then_some(Leftover::LogInUse))
    }

    fn check(&mut self) -> Result<Vec<String>> {
        let rows = self.rows("PRAGMA integrity_check(20)", &[])?;
        let lines = rows.iter().map(|row| row[0].str().map(str::to_owned));
        let mut lines = lines.collect::<Result<Vec<_>>>()?;
        lines.retain(|line| line != "ok");
        Ok(lines)
    }
}

/// A file beside the database's.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Marks a new file as ours; part of the first migration's transaction.
pub(in crate::store) fn mark() -> String {
    format!("PRAGMA application_id = {APPLICATION_ID}")
}

/// `$2` is a name to SQLite, numbered by its first appearance; so parameters are bound by name.
fn bind(statement: &mut rusqlite::CachedStatement<'_>, parameters: &[Value<'_>]) -> Result<()> {
    for (index, value) in parameters.iter().enumerate() {
        let name = format!("${}", index + 1);
        if let Some(place) = statement.parameter_index(&name).map_err(fault)? {
            statement.raw_bind_parameter(place, value).map_err(fault)?;
        }
    }
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Value::Real(value) => ValueRef::Real(*value),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value_of(value: ValueRef<'_>) -> Value<'static> {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(text) => Value::text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec().into()),
    }
}

/// What a complaint of SQLite means for an admin who wants to keep rounds.
fn fault(error: rusqlite::Error) -> StoreError {
    // The statement itself would fill a screen.
    let message = match &error {
        rusqlite::Error::SqlInputError { msg, .. } | rusqlite::Error::SqliteFailure(_, Some(msg)) => {
            msg.clone()
        }
        other => other.to_string(),
    };
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked,
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly,
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::SystemIoFailure) => StoreError::Disk(Cause::new(message, error)),
        Some(ErrorCode::NotADatabase) => StoreError::ForeignSchema("it is not a SQLite file".into()),
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Unexpected(
            "the file is damaged; restore a copy, or import the tracker files anew".into(),
        ),
        _ => StoreError::Refused(Cause::new(message, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_synced_fully_unless_told_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("p.db");
        for (option, level) in [("", 2), ("?sync=full", 2), ("?sync=normal", 1)] {
            let url: DatabaseUrl = format!("sqlite:{}{option}", file.display()).parse().unwrap();
            let mut engine = Sqlite::open(&url, Create::IfMissing).unwrap();
            assert_eq!(engine.number("PRAGMA synchronous").unwrap(), level, "{option}");
        }
    }
}
