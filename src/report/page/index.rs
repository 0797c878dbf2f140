//! The page that lists all sessions of a batch.

use askama::Template;

use super::{STYLE, policy};

/// What the list says about one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEntry {
    /// Its folder, beside the page. Made of plain letters only.
    pub folder: String,
    /// Its title: `14 Mar 2026`.
    pub title: String,
    /// Its maps, in the order they were played.
    pub maps: Vec<String>,
    /// Rounds.
    pub rounds: u64,
    /// Players.
    pub players: u64,
    /// Lives.
    pub lives: u64,
    /// A picture of it within its folder, with its width and height, if it has one.
    pub picture: Option<(String, u32, u32)>,
}

#[derive(Template)]
#[template(path = "sessions.html", config = "src/report/askama.toml")]
struct Page<'a> {
    style: &'static str,
    policy: String,
    sessions: &'a [SessionEntry],
    version: &'static str,
}

/// The list of sessions as HTML; the latest first is up to the caller.
///
/// # Errors
/// Never for a page of ours; the template's own error type says it could.
pub fn sessions_page(sessions: &[SessionEntry]) -> Result<String, askama::Error> {
    Page { style: STYLE, policy: policy(None), sessions, version: env!("CARGO_PKG_VERSION") }.render()
}
