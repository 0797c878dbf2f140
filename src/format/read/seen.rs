//! What was met in a file, beyond what it tells.

use crate::format::end_marker::EndMarker;
use crate::format::table::Table;

/// What a reader met on its way through a file; [`super::truncation`] tells from it whether the end is missing.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) tables: Vec<Table>,
    /// The table in which the file ends.
    pub(crate) open: Option<Table>,
    pub(crate) end_marker: Option<EndMarker>,
    /// Rows of `PLAYER_TRACKS`, good and bad.
    pub(crate) track_rows: u64,
    /// Tables that lost a row.
    pub(crate) damaged: Vec<Table>,
    /// Tables whose limit is reached.
    pub(crate) full: Vec<Table>,
    pub(crate) headings: usize,
    pub(crate) death_type: Option<bool>,
    pub(crate) reaction_metrics: bool,
}

impl Seen {
    pub(crate) fn damage(&mut self, table: Table) {
        if !self.damaged.contains(&table) {
            self.damaged.push(table);
        }
    }
}
