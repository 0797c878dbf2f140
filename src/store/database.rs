//! The store, written once over any engine.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::analysis::Filter;
use crate::model::{Guid, PlayerName, Round};
use crate::store::backend::engine::{Dialect, Engine};
#[cfg(feature = "postgres")]
use crate::store::backend::postgres::Postgres;
#[cfg(feature = "sqlite")]
use crate::store::backend::sqlite::Sqlite;
use crate::store::demos::{self, DemoFile, DemoKill, KillSearch};
use crate::store::error::{Result, StoreError};
use crate::store::figures;
use crate::store::interface::Storage;
use crate::store::privacy::pseudonym::Salt;
use crate::store::privacy::{self, Renamed};
use crate::store::read::dump;
use crate::store::read::load::{self, RoundKey, StoredRound};
use crate::store::read::stats::{self, Stats, Table};
use crate::store::read::status::{self, Status};
use crate::store::read::verify::{self, Verified};
use crate::store::schema::{self, Migration, SchemaState, january};
use crate::store::url::{Create, DatabaseUrl, Place};
use crate::store::write::channel;
use crate::store::write::cleanup::{self, Removed};
use crate::store::write::import::{self, Imported};
use crate::store::write::posts::{self, Post};
use crate::store::write::prepare::file::{Form, ImportFile};
use crate::store::write::shown::{self, Answer};

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

impl<E: Engine> Storage for Database<E> {
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
            if applied.iter().any(|migration| migration.name == january::FILLED_BY) {
                january::fill(engine)?;
            }
            // A step may say that figures of before are wrong.
            figures::settle(engine)?;
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
            let file = privacy::cover(engine, file)?;
            let imported = import::import(engine, file)?;
            figures::settle(engine)?;
            Ok(imported)
        })
    }

    fn import_unsettled(&mut self, file: ImportFile) -> Result<Imported> {
        self.check()?;
        self.write(|engine| {
            let file = privacy::cover(engine, file)?;
            import::import(engine, file)
        })
    }

    fn settle(&mut self) -> Result<()> {
        // Looked at first without a lock: most often there is nothing to do.
        if self.read(figures::stale)?.any() { self.write(figures::settle) } else { Ok(()) }
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

    fn load_lives(&mut self, key: RoundKey) -> Result<Round> {
        self.read(|engine| load::round_of_lives(engine, key))
    }

    fn status(&mut self) -> Result<Status> {
        self.read(status::status)
    }

    fn cleanup(&mut self, date: Date) -> Result<Removed> {
        self.check()?;
        let removed = self.write(|engine| cleanup::cleanup(engine, date))?;
        if removed.files > 0 {
            self.engine.compact()?;
        }
        Ok(removed)
    }

    fn stats(&mut self, what: Stats, filter: &Filter) -> Result<Table> {
        self.read(|engine| stats::table(engine, what, filter))
    }

    fn names_of(&mut self, guid: &Guid) -> Result<u64> {
        self.read(|engine| privacy::names_of(engine, guid))
    }

    fn forget(&mut self, guid: &Guid) -> Result<Renamed> {
        self.check()?;
        let mut renamed = self.write(|engine| privacy::forget(engine, guid))?;
        // Also when no row has the guid: an earlier call may have left something.
        renamed.left = self.engine.erase()?;
        Ok(renamed)
    }

    fn hide(&mut self, guid: &Guid) -> Result<Renamed> {
        self.check()?;
        let mut renamed = self.write(|engine| privacy::hide(engine, guid))?;
        renamed.left = self.engine.erase()?;
        Ok(renamed)
    }

    fn unhide(&mut self, guid: &Guid, name: &PlayerName) -> Result<Option<Renamed>> {
        self.check()?;
        self.write(|engine| privacy::unhide(engine, guid, name))
    }

    fn anonymize(&mut self, salt: &Salt) -> Result<Renamed> {
        self.check()?;
        let mut renamed = self.write(|engine| privacy::anonymize(engine, salt))?;
        renamed.left = self.engine.erase()?;
        Ok(renamed)
    }

    fn demos(&mut self) -> Result<Vec<DemoFile>> {
        self.read(demos::files)
    }

    fn keep_demos(&mut self, read: &[(DemoFile, Vec<DemoKill>)], gone: &[String]) -> Result<()> {
        self.check()?;
        self.write(|engine| {
            gone.iter().try_for_each(|path| demos::drop(engine, path))?;
            demos::keep(engine, read)
        })
    }

    fn demo_kills(
        &mut self,
        search: &KillSearch,
        take: &mut dyn FnMut(&str, DemoKill) -> Result<()>,
    ) -> Result<()> {
        self.read(|engine| demos::search(engine, search, take))
    }

    fn posts(&mut self, target: &str) -> Result<Vec<Post>> {
        self.read(|engine| posts::posts(engine, target))
    }

    fn swap_post(&mut self, before: Option<&Post>, after: &Post) -> Result<bool> {
        self.check()?;
        self.write(|engine| posts::swap(engine, before, after))
    }

    fn note_answer(&mut self, answer: &Answer, names: &BTreeSet<String>, now: i64) -> Result<()> {
        self.check()?;
        self.write(|engine| shown::note(engine, answer, names, now))
    }

    fn answers_to_remove(&mut self) -> Result<Vec<Answer>> {
        self.read(shown::due)
    }

    fn answer_is_gone(&mut self, answer: &Answer) -> Result<()> {
        self.check()?;
        self.write(|engine| shown::removed(engine, answer))
    }

    fn channel(&mut self, guild: &str) -> Result<Option<String>> {
        self.read(|engine| channel::channel(engine, guild))
    }

    fn set_channel(&mut self, guild: &str, channel: Option<&str>) -> Result<()> {
        self.check()?;
        self.write(|engine| channel::set(engine, guild, channel))
    }

    fn verify(&mut self) -> Result<Verified> {
        let mut verified = self.read(verify::verify)?;
        let damaged = verified.damaged.iter().map(|round| round.key).collect::<Vec<_>>();
        verified.is_noted = match self.write(|engine| verify::note(engine, &damaged)) {
            Ok(()) => true,
            // A store that cannot be written can be looked through all the same.
            Err(StoreError::ReadOnly | StoreError::Locked | StoreError::Denied { .. }) => false,
            Err(error) => return Err(error),
        };
        Ok(verified)
    }

    fn dump(&mut self) -> Result<String> {
        self.read(dump::dump)
    }
}

/// Opens a store.
///
/// # Errors
/// When it is not there, cannot be reached, is another program's, or this build lacks the backend.
pub fn open(url: &DatabaseUrl, create: Create) -> Result<Box<dyn Storage>> {
    match &url.place {
        #[cfg(feature = "sqlite")]
        Place::Sqlite { .. } => Ok(Box::new(Database::new(Sqlite::open(url, create)?))),
        #[cfg(feature = "postgres")]
        Place::Postgres(_) => Ok(Box::new(Database::new(Postgres::open(url)?))),
        #[cfg(not(feature = "sqlite"))]
        Place::Sqlite { .. } => {
            // Only a file can be made.
            let _ = create;
            Err(StoreError::NotBuiltIn("SQLite"))
        }
        #[cfg(not(feature = "postgres"))]
        Place::Postgres(_) => Err(StoreError::NotBuiltIn("PostgreSQL")),
    }
}
