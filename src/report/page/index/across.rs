//! Pages over many sessions: one for each player, one for each map.

use std::collections::BTreeMap;

use askama::Template;
use jiff::civil::Date;

use super::SessionEntry;
use crate::figure::words::number;
use crate::model::PlayerName;
use crate::report::model::{Cover, PlayerOnMap};
use crate::report::page::name::{NamePart, colored};
use crate::report::page::player::{Trend, trend};
use crate::report::page::{STYLE, policy};
use crate::text::clock;

/// Figures that add up.
#[derive(Default, Clone, Copy)]
struct Sum {
    lives: u64,
    kills: u64,
    deaths: u64,
    alive_ms: i64,
    distance_units: u64,
}

impl Sum {
    fn add(&mut self, one: &PlayerOnMap) {
        self.lives += one.lives;
        self.kills += one.kills;
        self.deaths += one.deaths;
        self.alive_ms += one.alive_ms;
        self.distance_units += one.distance_units;
    }

    fn ratio(&self) -> f64 {
        self.kills as f64 / self.deaths.max(1) as f64
    }

    /// In the order of [`HEADS`].
    fn cells(&self) -> Vec<String> {
        vec![
            number::count(self.kills),
            number::count(self.deaths),
            format!("{:.2}", self.ratio()),
            number::count(self.lives),
            clock(self.alive_ms),
            number::kilometres(self.distance_units as f64),
        ]
    }
}

/// Sessions of a map that its page shows as pictures, the latest first.
const MOST_TILES: usize = 60;

const HEADS: [&str; 6] = ["kills", "deaths", "K/D", "lives", "time alive", "distance"];

/// A page over sessions.
#[derive(Template)]
#[template(path = "across.html", config = "src/report/askama.toml")]
struct Page {
    style: &'static str,
    policy: String,
    title: String,
    name: Vec<NamePart>,
    line: String,
    trend: Option<Trend>,
    heads: [&'static str; HEADS.len()],
    /// A map's heat, session by session; none on a player's page.
    tiles: Vec<Tile>,
    tables: Vec<Sheet>,
    version: &'static str,
}

struct Tile {
    link: String,
    /// The session's folder, seen from the page.
    folder: String,
    title: String,
    cover: Cover,
}

struct Sheet {
    title: &'static str,
    first: &'static str,
    rows: Vec<SheetRow>,
}

struct SheetRow {
    link: String,
    name: Vec<NamePart>,
    cells: Vec<String>,
}

/// A page that lies beside the list of sessions, in a folder of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcrossPage {
    /// Its name: `players/3f09ab12.html`, `maps/supply.html`. Made of plain letters only.
    pub file: String,
    /// What it is about, with the colour codes of a player's name.
    pub name: String,
    /// The page.
    pub html: String,
}

/// A page for each player and each map of the sessions, which are the latest first.
///
/// # Errors
/// Never for pages of ours; the template's own error type says it could.
pub fn across_pages(sessions: &[SessionEntry]) -> Result<Vec<AcrossPage>, askama::Error> {
    // A player's name and a map's are those of the latest session.
    let mut players: BTreeMap<&str, &str> = BTreeMap::new();
    let mut maps: BTreeMap<&str, &str> = BTreeMap::new();
    for one in sessions.iter().flat_map(|session| &session.players_on_maps) {
        players.entry(&one.id).or_insert(&one.name);
        maps.entry(&one.map[1]).or_insert(&one.map[0]);
    }
    let mut pages = Vec::new();
    for (id, name) in &players {
        let page = of_player(sessions, id, name, &maps);
        pages.push(AcrossPage {
            file: format!("players/{id}.html"),
            name: (*name).to_owned(),
            html: page.render()?,
        });
    }
    for (plain, title) in &maps {
        let page = of_map(sessions, plain, title, &players);
        pages.push(AcrossPage {
            file: format!("maps/{plain}.html"),
            name: (*title).to_owned(),
            html: page.render()?,
        });
    }
    Ok(pages)
}

fn of_player(sessions: &[SessionEntry], id: &str, name: &str, maps: &BTreeMap<&str, &str>) -> Page {
    let name = colored(&PlayerName::from(name));
    let plain: String = name.iter().map(|part| part.text.as_str()).collect();
    let hash = address_part(&plain);
    let mut by_session: Vec<(&SessionEntry, Sum)> = Vec::new();
    let mut by_map: BTreeMap<&str, Sum> = BTreeMap::new();
    for session in sessions {
        let mut sum = Sum::default();
        for one in session.players_on_maps.iter().filter(|one| one.id == id) {
            sum.add(one);
            by_map.entry(&one.map[1]).or_default().add(one);
        }
        if sum.lives > 0 {
            by_session.push((session, sum));
        }
    }
    let sessions_table = Sheet {
        title: "Sessions",
        first: "session",
        rows: by_session
            .iter()
            .map(|(session, sum)| SheetRow {
                link: format!("../{}/index.html#player={hash}", session.folder),
                name: text(&session.title),
                cells: sum.cells(),
            })
            .collect(),
    };
    let maps_table = Sheet {
        title: "Maps",
        first: "map",
        rows: by_map
            .iter()
            .map(|(map, sum)| SheetRow {
                link: format!("../maps/{map}.html"),
                name: text(maps.get(map).unwrap_or(map)),
                cells: sum.cells(),
            })
            .collect(),
    };
    let ratios = by_session.iter().rev().map(|(_, sum)| sum.ratio());
    let trend = trend(ratios, |ratio| format!("{ratio:.2}"));
    Page { trend, ..page(plain, name, &by_session, vec![sessions_table, maps_table]) }
}

fn of_map(sessions: &[SessionEntry], map: &str, title: &str, players: &BTreeMap<&str, &str>) -> Page {
    let mut by_session: Vec<(&SessionEntry, Sum)> = Vec::new();
    let mut by_player: BTreeMap<&str, Sum> = BTreeMap::new();
    for session in sessions {
        let mut sum = Sum::default();
        for one in session.players_on_maps.iter().filter(|one| one.map[1] == map) {
            sum.add(one);
            by_player.entry(&one.id).or_default().add(one);
        }
        if sum.lives > 0 {
            by_session.push((session, sum));
        }
    }
    let sessions_table = Sheet {
        title: "Sessions",
        first: "session",
        rows: by_session
            .iter()
            .map(|(session, sum)| SheetRow {
                link: format!("../{}/index.html", session.folder),
                name: text(&session.title),
                cells: sum.cells(),
            })
            .collect(),
    };
    let mut order: Vec<(&str, Sum)> = by_player.into_iter().collect();
    order.sort_by_key(|(id, sum)| (std::cmp::Reverse(sum.kills), sum.deaths, *id));
    let players_table = Sheet {
        title: "Players",
        first: "player",
        rows: order
            .into_iter()
            .map(|(id, sum)| SheetRow {
                link: format!("../players/{id}.html"),
                name: colored(&PlayerName::from(players.get(id).copied().unwrap_or_default())),
                cells: sum.cells(),
            })
            .collect(),
    };
    let tile = |(session, _): &(&SessionEntry, Sum)| {
        let cover = session.covers.iter().find(|cover| cover.map == map)?;
        let folder = format!("../{}", session.folder);
        Some(Tile {
            link: format!("{folder}/index.html#{}", cover.anchor),
            title: session.title.clone(),
            cover: cover.clone(),
            folder,
        })
    };
    let tiles = by_session.iter().filter_map(tile).take(MOST_TILES).collect();
    Page { tiles, ..page(title.to_owned(), text(title), &by_session, vec![sessions_table, players_table]) }
}

fn page(title: String, name: Vec<NamePart>, by_session: &[(&SessionEntry, Sum)], tables: Vec<Sheet>) -> Page {
    let dates: Vec<Date> = by_session.iter().filter_map(|(session, _)| session.date).collect();
    let span = match (dates.iter().min(), dates.iter().max()) {
        (Some(first), Some(last)) if first != last => {
            format!(" · {} – {}", number::date(*first), number::date(*last))
        }
        (Some(first), _) => format!(" · {}", number::date(*first)),
        _ => String::new(),
    };
    let count = number::counted(by_session.len() as u64, "session", "sessions");
    Page {
        style: STYLE,
        policy: policy(None),
        title,
        name,
        line: format!("{count}{span}"),
        trend: None,
        tiles: Vec::new(),
        heads: HEADS,
        tables,
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn text(text: &str) -> Vec<NamePart> {
    vec![NamePart { color: 7, text: text.to_owned() }]
}

/// A text as a part of an address: everything but letters and digits of ASCII as its bytes.
fn address_part(text: &str) -> String {
    let mut part = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            part.push(char::from(byte));
        } else {
            part.push('%');
            part.push_str(&crate::text::hex(&[byte]).to_ascii_uppercase());
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(folder: &str, kills: u64) -> SessionEntry {
        let one = |id: &str, name: &str| PlayerOnMap {
            id: id.to_owned(),
            name: name.to_owned(),
            map: ["Supply Depot".to_owned(), "supply".to_owned()],
            lives: 3,
            kills,
            deaths: 2,
            alive_ms: 60_000,
            distance_units: 40_000,
        };
        SessionEntry {
            folder: folder.to_owned(),
            date: folder.parse().ok(),
            title: folder.to_owned(),
            maps: vec!["Supply Depot".to_owned()],
            rounds: 1,
            players: 2,
            lives: 6,
            covers: vec![Cover {
                map: "supply".to_owned(),
                anchor: "map-1".to_owned(),
                small: "pictures/01-supply-heat-small.jpg".to_owned(),
                light: None,
                size: [540, 540],
            }],
            players_on_maps: vec![one("aa", "Kestrel"), one("bb", "<b>\"&")],
        }
    }

    #[test]
    fn each_player_and_each_map_has_a_page_over_its_sessions() {
        let sessions = [session("2026-03-15", 6), session("2026-03-14", 2)];
        let pages = across_pages(&sessions).unwrap();
        let files: Vec<&str> = pages.iter().map(|page| page.file.as_str()).collect();
        assert_eq!(files, ["players/aa.html", "players/bb.html", "maps/supply.html"]);
        let kestrel = &pages[0].html;
        assert!(kestrel.contains("../2026-03-14/index.html#player=Kestrel"), "{kestrel}");
        assert!(kestrel.contains("<td>8</td>"), "kills of both sessions on the map");
        assert!(kestrel.contains("2 sessions, from 1.00 to 3.00"), "a line over sessions, oldest first");
        assert!(pages[2].html.contains("../players/bb.html"));
        let heat = r#"<img src="../2026-03-14/pictures/01-supply-heat-small.jpg""#;
        assert!(pages[2].html.contains(heat) && pages[2].html.contains("../2026-03-14/index.html#map-1"));
        assert!(!pages[1].html.contains("<b>"), "a name is no markup");
    }

    #[test]
    fn a_name_is_an_address_part() {
        assert_eq!(address_part("a b/é"), "a%20b%2F%C3%A9");
    }
}
