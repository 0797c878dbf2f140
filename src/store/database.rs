//! The store, written once over any engine.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::engine::{Dialect, Engine};
use super::{
    Form, ImportFile, Imported, Migration, Removed, Renamed, Result, RoundKey, Salt, SchemaState, Stats,
    Status, Store, StoredRound, Table, aggregate, dump, import, legacy, load, privacy, schema, stats, status,
};
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
            self.settle()?;
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
        if schema::state(&mut self.engine)? == SchemaState::Current {
            // Older tables have no place for marks.
            self.settle()?;
        }
        self.checked = false;
        self.write(schema::rollback)
    }

    fn import(&mut self, file: ImportFile) -> Result<Imported> {
        self.check()?;
        self.write(|engine| {
            let imported = import::import(engine, file)?;
            aggregate::settle(engine)?;
            Ok(imported)
        })
    }

    fn import_unsettled(&mut self, file: ImportFile) -> Result<Imported> {
        self.check()?;
        self.write(|engine| import::import(engine, file))
    }

    fn settle(&mut self) -> Result<()> {
        // Looked at first without a lock: most often there is nothing to do.
        if self.read(aggregate::stale)?.any() { self.write(aggregate::settle) } else { Ok(()) }
    }

    fn known(&mut self) -> Result<BTreeSet<String>> {
        self.read(import::known)
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
        let renamed = self.write(|engine| privacy::anonymize(engine, salt))?;
        self.engine.compact()?;
        Ok(renamed)
    }

    fn dump(&mut self) -> Result<String> {
        self.read(dump::dump)
    }
}
