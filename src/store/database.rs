//! The store, written once over any engine.

use jiff::civil::Date;

use super::engine::{Dialect, Engine};
use super::import::Imported;
use super::load::{RoundKey, StoredRound};
use super::prepare::{Form, ImportFile};
use super::privacy::Renamed;
use super::pseudonym::Salt;
use super::schema::{Migration, SchemaState};
use super::stats::{Stats, Table};
use super::status::{Removed, Status};
use super::{Result, Store, aggregate, dump, import, legacy, load, privacy, schema, stats, status};
use crate::analysis::Filter;
use crate::model::{Guid, Round};

/// A store over an engine.
pub(super) struct Database<E> {
    engine: E,
    /// Whether the schema has been found to be this program's.
    checked: bool,
}

impl<E: Engine> Database<E> {
    pub(super) fn new(engine: E) -> Self {
        Self { engine, checked: false }
    }

    /// Makes sure, once, that the tables are those of this program.
    fn check(&mut self) -> Result<()> {
        if !self.checked {
            schema::require(&mut self.engine)?;
            self.checked = true;
        }
        Ok(())
    }

    /// Runs `work` as a transaction that writes: all of it or nothing.
    fn write<T>(&mut self, work: impl FnOnce(&mut E) -> Result<T>) -> Result<T> {
        self.engine.begin_write()?;
        self.finish(work)
    }

    /// Runs `work` on the database as it is at one moment.
    fn read<T>(&mut self, work: impl FnOnce(&mut E) -> Result<T>) -> Result<T> {
        self.check()?;
        self.engine.begin_read()?;
        self.finish(work)
    }

    fn finish<T>(&mut self, work: impl FnOnce(&mut E) -> Result<T>) -> Result<T> {
        let done = work(&mut self.engine).and_then(|result| self.engine.commit().map(|()| result));
        if done.is_err() {
            self.engine.rollback();
        }
        done
    }
}

impl<E: Engine> Store for Database<E> {
    fn form(&self) -> Form {
        match self.engine.dialect() {
            Dialect::Sqlite => Form::Packed,
            Dialect::Postgres => Form::PackedAndJson,
        }
    }

    fn schema(&mut self) -> Result<SchemaState> {
        schema::state(&mut self.engine)
    }

    fn migrate(&mut self) -> Result<Vec<Migration>> {
        // Looked at first without a lock: most often there is nothing to do.
        if schema::state(&mut self.engine)? == SchemaState::Current {
            return Ok(Vec::new());
        }
        self.checked = false;
        self.write(|engine| {
            let applied = schema::migrate(engine)?;
            if applied.iter().any(|migration| migration.name == legacy::FILLED_BY) {
                legacy::fill(engine)?;
            }
            Ok(applied)
        })
    }

    fn rollback(&mut self) -> Result<Option<Migration>> {
        self.checked = false;
        self.write(schema::rollback)
    }

    fn import(&mut self, file: ImportFile) -> Result<Imported> {
        self.check()?;
        self.write(|engine| import::import(engine, file))
    }

    fn rounds(&mut self, filter: &Filter) -> Result<Vec<StoredRound>> {
        self.read(|engine| load::rounds(engine, filter))
    }

    fn load(&mut self, key: RoundKey) -> Result<Round> {
        self.read(|engine| load::round(engine, key))
    }

    fn status(&mut self) -> Result<Status> {
        self.read(status::status)
    }

    fn cleanup(&mut self, date: Date) -> Result<Removed> {
        self.check()?;
        let removed = self.write(|engine| status::cleanup(engine, date))?;
        if removed.files > 0 {
            self.engine.compact()?;
        }
        Ok(removed)
    }

    fn stats(&mut self, what: Stats, filter: &Filter) -> Result<Table> {
        self.read(|engine| stats::table(engine, what, filter))
    }

    fn forget(&mut self, guid: &Guid) -> Result<Renamed> {
        self.check()?;
        let renamed = self.write(|engine| privacy::forget(engine, guid))?;
        if renamed.players > 0 {
            self.engine.compact()?;
        }
        Ok(renamed)
    }

    fn anonymize(&mut self, salt: &Salt) -> Result<Renamed> {
        self.check()?;
        let renamed = self.write(|engine| {
            let renamed = privacy::anonymize(engine, salt)?;
            aggregate::recompute_all(engine)?;
            Ok(renamed)
        })?;
        self.engine.compact()?;
        Ok(renamed)
    }

    fn dump(&mut self) -> Result<String> {
        self.read(dump::dump)
    }
}
