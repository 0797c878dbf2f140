//! What was met in a file, beyond what it tells.

use super::end_marker::EndMarker;
use super::table::Table;

/// What a reader met on its way through a file; [`super::truncation`] tells from it whether the end is missing.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) tables: Vec<Table>,
    /// The table in which the file ends.
    pub(super) open: Option<Table>,
    pub(super) end_marker: Option<EndMarker>,
    /// Rows of `PLAYER_TRACKS`, good and bad.
    pub(super) track_rows: u64,
    /// Tables that lost a row.
    pub(super) damaged: Vec<Table>,
    /// Tables whose limit is reached.
    pub(super) full: Vec<Table>,
    pub(super) headings: usize,
    pub(super) death_type: Option<bool>,
    pub(super) reaction_metrics: bool,
}

impl Seen {
    pub(super) fn damage(&mut self, table: Table) {
        if !self.damaged.contains(&table) {
            self.damaged.push(table);
        }
    }
}
