//! The page: what the report says, as a view that the template only has to write down.

mod cover;
pub(in crate::report) mod escape;
mod first_screen;
pub(crate) mod index;
mod legend;
mod map;
pub(in crate::report) mod name;
mod objectives;
mod picture;
pub(crate) mod player;
mod shot;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest, Sha256};

use self::first_screen::{Board, HEADS, HighlightView, MapCard};
use self::map::MapView;
use super::model::{SessionReport, Sheets};
use super::past::Past;
use super::pictures::share::{SHARE_FILE, SHARE_PX};
use super::tables::{self, Table};
use crate::analysis::{Crossfires, Tally, Teamplay, summaries};
use crate::figure::Recipe;
use crate::model::Guid;
use player::PersonView;

/// The style sheet, taken into the page.
pub(in crate::report) const STYLE: &str =
    concat!(include_str!("../assets/page.css"), include_str!("../assets/report.css"));
/// The page's script: its files one after another, as one.
pub(in crate::report) const SCRIPT: &str = concat!(
    include_str!("../assets/report/start.js"),
    include_str!("../assets/report/pictures.js"),
    include_str!("../assets/report/scoreboard.js"),
    include_str!("../assets/report/player_page.js"),
    include_str!("../assets/report/search.js"),
    include_str!("../assets/report/contents.js"),
);

/// What a page needs beside the rounds.
#[derive(Debug, Default)]
pub struct PageData<'a> {
    /// The recipe of each picture, by its file.
    pub recipes: BTreeMap<String, Recipe>,
    /// The players' earlier sessions, if a store knows any.
    pub past: Option<&'a Past>,
    /// Files offered for download, beside the pictures.
    pub downloads: Vec<&'static str>,
    /// Where the list of all sessions is, if there is one.
    pub index: Option<&'static str>,
    /// What the full sheets are.
    pub sheets: Sheets,
    /// Where the folder will be on the web, with a `/` at its end: a link to the page unfolds with its picture only if
    /// this is known.
    pub address: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "report.html", config = "src/report/askama.toml")]
struct Page {
    style: &'static str,
    script: &'static str,
    policy: String,
    title: String,
    subtitle: String,
    results_note: &'static str,
    index: Option<&'static str>,
    cards: Vec<MapCard>,
    highlights: Vec<HighlightView>,
    boards: Vec<Board>,
    heads: [(&'static str, &'static str); HEADS.len()],
    facts: Vec<(&'static str, String)>,
    notes: Vec<String>,
    maps: Vec<MapView>,
    people: Vec<PersonView>,
    tables: Vec<Table>,
    downloads: Vec<(&'static str, &'static str)>,
    lossless: bool,
    card: Card,
    version: &'static str,
}

/// What a chat shows of a link to the page.
struct Card {
    /// The page's address, if it is known.
    page: Option<String>,
    image: String,
    width: u32,
    height: u32,
    alt: String,
}

/// Only our own style and script may run, only pictures of this folder may be shown, and nothing else may be loaded.
pub(in crate::report) fn policy(script: Option<&str>) -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    let script = script.map_or("'none'".to_owned(), hash);
    format!(
        "default-src 'none'; img-src 'self' file: data:; style-src {}; script-src {script}; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE)
    )
}

impl SessionReport<'_> {
    /// The page as HTML: one file, its style and script inside, pictures beside it. All foreign text is escaped.
    ///
    /// # Errors
    /// Never for a page of ours; the template's own error type says it could.
    pub fn page(&self, data: &PageData<'_>) -> Result<String, askama::Error> {
        let players = tables::players(&self.cleaned);
        let whole = self.whole();
        let (title, subtitle) = self.cover();
        let teamplay = Teamplay::of(self.rounds);
        let crossfires = Crossfires::of(self.rounds);
        let who = self.guids();
        let own = self.own();
        let tables = vec![
            tables::movers(&players),
            tables::reaction(&players),
            tables::sprint(&players),
            tables::classes(&self.cleaned),
            tables::engagements(&teamplay, &who),
            tables::pairs(&crossfires, &who),
        ];
        let downloads = data.downloads.iter().map(|file| (*file, download_words(file))).collect();
        Page {
            style: STYLE,
            script: SCRIPT,
            policy: policy(Some(SCRIPT)),
            title,
            subtitle,
            results_note: self.results_note(),
            index: data.index,
            cards: self.maps.iter().enumerate().map(|(place, part)| self.map_card(place, part)).collect(),
            highlights: self.highlights().iter().filter_map(|one| self.highlight_view(one)).collect(),
            boards: self.boards(data),
            heads: HEADS,
            facts: self.facts(&whole, players.len()),
            notes: self.notes(&whole, data),
            maps: self
                .maps
                .iter()
                .enumerate()
                .map(|(place, part)| self.map_view(place, part, data))
                .collect(),
            people: self
                .people
                .iter()
                .enumerate()
                .map(|(place, person)| self.person_view(place, person, &own, data))
                .collect(),
            tables: tables.into_iter().filter(|table| !table.rows.is_empty()).collect(),
            downloads,
            lossless: data.sheets == Sheets::Full,
            card: Card {
                page: data.address.map(str::to_owned),
                image: format!("{}{SHARE_FILE}", data.address.unwrap_or_default()),
                width: SHARE_PX[0],
                height: SHARE_PX[1],
                alt: self.share_alt(),
            },
            version: env!("CARGO_PKG_VERSION"),
        }
        .render()
    }

    /// How many players the report is about.
    pub fn players(&self) -> usize {
        self.people.len()
    }

    /// The players the report is about: engagements name others as well.
    pub(in crate::report) fn guids(&self) -> BTreeSet<&Guid> {
        self.cleaned.iter().flat_map(|lives| &lives.lives).map(|life| &life.track().guid).collect()
    }

    /// How many lives it is about.
    pub fn lives(&self) -> u64 {
        self.cleaned.iter().map(|lives| lives.lives.len() as u64).sum()
    }

    fn whole(&self) -> Tally {
        let mut whole = Tally::default();
        for summary in self.cleaned.iter().flat_map(summaries) {
            whole.add(&summary);
        }
        whole
    }
}

fn download_words(file: &str) -> &'static str {
    match file {
        "data/lives.csv" => "every life (CSV)",
        "data/players.csv" => "players (CSV)",
        "data/engagements.csv" => "engagements (CSV)",
        "data/pairs.csv" => "crossfire pairs (CSV)",
        _ => "the session (JSON)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_what_is_on_the_page() {
        assert!(policy(Some(SCRIPT)).contains("script-src 'sha256-"));
        assert!(policy(None).contains("script-src 'none'"));
        assert!(!policy(Some(SCRIPT)).contains("unsafe"));
    }
}
