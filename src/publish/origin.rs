//! What a published folder was made from.

use serde::{Deserialize, Serialize};

use crate::analysis::Filter;
use crate::basemap::BaseStyle;
use crate::report::Sheets;

/// What a folder was made from, so that it can be made anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Origin {
    /// The store, without its password; `None` for files.
    pub(super) store: Option<String>,
    /// Which lives are shown.
    pub(super) filter: Filter,
    /// How the maps are drawn.
    pub(super) base: BaseStyle,
    /// Whether it is one session of several, and links to their list.
    pub(super) is_listed: bool,
    /// Whether it shows the players' earlier sessions.
    pub(super) has_past: bool,
    /// What the full sheets are.
    pub(super) sheets: Sheets,
    /// Where the folder is on the web.
    pub(super) address: Option<String>,
}
