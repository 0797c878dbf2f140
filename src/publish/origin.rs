//! What a published folder was made from.

use serde::{Deserialize, Serialize};

use crate::analysis::Filter;
use crate::basemap::BaseStyle;
use crate::report::Sheets;
use crate::store::DatabaseUrl;

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

impl Origin {
    /// Whether it was made from this store.
    pub(super) fn is_of(&self, url: &DatabaseUrl) -> bool {
        self.store == Some(url.to_string())
    }

    /// That of the list which links to the session in the folder `name`.
    pub(super) fn of_list(mut self, name: &str) -> Self {
        self.address =
            self.address.and_then(|address| Some(address.strip_suffix(&format!("{name}/"))?.to_owned()));
        self
    }
}
