//! The page that lists all sessions of a batch, with a calendar and a search, and the pages over many sessions.

mod across;
mod calendar;

use askama::Template;
use jiff::civil::Date;

use self::calendar::Month;
use super::name::{NamePart, colored};
use super::{STYLE, policy};
use crate::model::PlayerName;
use crate::report::model::{Cover, PlayerOnMap};

pub use self::across::{AcrossPage, across_pages};

const SCRIPT: &str = include_str!("../../assets/sessions.js");

/// What the list says about one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEntry {
    /// Its folder, beside the page. Made of plain letters only.
    pub folder: String,
    /// Its date, if its files tell one.
    pub date: Option<Date>,
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
    /// A picture of each of its maps.
    pub covers: Vec<Cover>,
    /// What each player did on each map.
    pub players_on_maps: Vec<PlayerOnMap>,
}

#[derive(Template)]
#[template(path = "sessions.html", config = "src/report/askama.toml")]
struct Page<'a> {
    style: &'static str,
    script: &'static str,
    policy: String,
    sessions: &'a [SessionEntry],
    months: Vec<Month>,
    players: Vec<Link<'a>>,
    maps: Vec<Link<'a>>,
    version: &'static str,
}

struct Link<'a> {
    file: &'a str,
    name: Vec<NamePart>,
}

/// The list of sessions as HTML, with links to `pages`; the latest first is up to the caller.
///
/// # Errors
/// Never for a page of ours; the template's own error type says it could.
pub fn sessions_page(sessions: &[SessionEntry], pages: &[AcrossPage]) -> Result<String, askama::Error> {
    let links = |folder: &str| {
        let of = pages.iter().filter(|page| page.file.starts_with(folder));
        let mut links: Vec<Link<'_>> = of
            .map(|page| Link { file: &page.file, name: colored(&PlayerName::from(page.name.as_str())) })
            .collect();
        let plain =
            |link: &Link<'_>| link.name.iter().map(|part| part.text.to_lowercase()).collect::<String>();
        links.sort_by_cached_key(|link| (plain(link), link.file.to_owned()));
        links
    };
    Page {
        style: STYLE,
        script: SCRIPT,
        policy: policy(Some(SCRIPT)),
        sessions,
        months: calendar::months(sessions),
        players: links("players/"),
        maps: links("maps/"),
        version: env!("CARGO_PKG_VERSION"),
    }
    .render()
}
