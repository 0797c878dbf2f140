//! Commands that work on a store.

mod exit_table;
pub(crate) mod export;
pub(crate) mod forget;
pub(crate) mod import;
pub(crate) mod schema;
pub(crate) mod stats;
pub(crate) mod status;
pub(crate) mod verify;

use anyhow::{Result, bail};

use super::super::console::Console;
use crate::analysis::Filter;
use crate::rounds::{Rounds, known_players};
use crate::store::DatabaseUrl;

/// For a filter that leaves nothing: the same with the whole names of players of whom it has unique parts, if that is why.
///
/// # Errors
/// Nothing is left even so; says what was probably meant, or what there is.
fn known_in(url: &DatabaseUrl, filter: &Filter, console: &mut Console) -> Result<Filter> {
    const NOTHING: &str = "no lives match; `proximity status` says what the store has";
    if *filter == (Filter { bots: filter.bots, ..Filter::default() }) {
        console.complain(NOTHING);
        return Ok(filter.clone());
    }
    let selected = Rounds::store(url.clone())?.select(filter).rounds()?;
    match known_players(&selected.rounds, filter, console.progress())? {
        Some(known) => Ok(known),
        None => bail!("{NOTHING}"),
    }
}
