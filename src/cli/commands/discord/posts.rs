//! The messages that a watch sends after sessions.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use jiff::civil::Date;

use super::{is_switched_off, now, tell};
use crate::analysis::Filter;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::commands::maps::MapsArgs;
use crate::cli::console::Console;
use crate::discord::{Config, Look, Outbox, Sessions, Which};
use crate::rounds::Maps;
use crate::store::Storage;

/// The messages after sessions of a watched folder.
pub(crate) struct Posts {
    outbox: Outbox,
    /// The sessions of the store; `None` when they have to be read anew.
    sessions: Option<Sessions>,
    /// When rounds of a session came last, seconds since 1970.
    came: BTreeMap<Date, i64>,
}

impl Posts {
    /// The messages that a configuration asks for; `None` without one, or when the switch stops them.
    pub(crate) fn new(
        config: Option<&Path>,
        database: &DatabaseArgs,
        maps: &MapsArgs,
        console: &mut Console,
    ) -> Result<Option<Self>> {
        let Some(path) = config else { return Ok(None) };
        let config = Config::load(path)?;
        if is_switched_off() {
            console.complain("PROXIMITY_ENABLED says that no messages are sent");
            return Ok(None);
        }
        let maps = Maps::in_folders(&maps.folders());
        let outbox =
            Outbox::new(config, database.url()?, maps).with_context(|| path.display().to_string())?;
        Ok(Some(Self { outbox, sessions: None, came: BTreeMap::new() }))
    }

    /// A round of a session came.
    pub(crate) fn came(&mut self, date: Date) {
        self.came.insert(date, now());
        self.sessions = None;
    }

    /// The store has other rounds than at the last look.
    pub(crate) fn store_has_changed(&mut self) {
        self.sessions = None;
    }

    /// Sends and changes what is due.
    pub(crate) fn look(&mut self, store: &mut dyn Storage, console: &mut Console) -> Result<()> {
        let sessions = match self.sessions.take() {
            Some(sessions) => sessions,
            None => Sessions::of(store, &Filter::everything())?,
        };
        let which = Which::Due { came: self.came.clone() };
        let mut said = Ok(());
        let mut told = |told| {
            if said.is_ok() {
                said = tell(told, console);
            }
        };
        let looked = self.outbox.look(&mut Look {
            store,
            sessions: &sessions,
            which: &which,
            clock: &now,
            told: &mut told,
        });
        self.sessions = Some(sessions);
        looked?;
        said
    }
}
