//! A session's report as numbers and requests, before any page or picture is made of it.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::tables::Player;
use crate::analysis::{Arrivals, Filter, Lives, PlayerKey, RoundFlag};
use crate::basemap::BaseStyle;
use crate::figure::exits::ExitArea;
use crate::figure::request::{MapData, Request, Subject};
use crate::model::Round;

/// A session, planned.
pub struct SessionReport<'a> {
    pub(super) rounds: &'a [Round],
    pub(super) filter: &'a Filter,
    pub(super) map_data: &'a [MapData],
    /// What each map looks like, as a hash.
    pub(super) fingerprints: Vec<String>,
    pub(super) maps: Vec<MapPart>,
    pub(super) people: Vec<Person>,
    pub(super) cleaned: Vec<Lives<'a>>,
    pub(super) base: BaseStyle,
}

/// One map's part of the page.
pub(crate) struct MapPart {
    pub map: usize,
    pub rounds: Vec<RoundPart>,
    pub pictures: Vec<Picture>,
    /// First arrivals over the whole map; `None` where its extent holds no cells.
    pub arrivals: Option<Arrivals>,
    /// How players left their spawns.
    pub exits: Vec<ExitArea>,
    /// The file of the map alone, which lies below its players' marks: `pictures/01-supply-ground.jpg`.
    pub ground: String,
    /// The same map over a light ground, once a picture of it was made.
    pub light_map: OnceLock<MapData>,
    /// The map below its replays, once one was made.
    pub replay_map: OnceLock<Vec<u8>>,
}

/// One round's part of the page.
pub(crate) struct RoundPart {
    pub index: usize,
    pub number: Option<u32>,
    pub flags: Vec<RoundFlag>,
    pub pictures: Vec<Picture>,
    /// Its replay's name within the folder; `None` for a round without a life.
    pub replay: Option<String>,
}

impl RoundPart {
    /// Whether it was hardly played: a warm-up, a broken-off round, or one of bots.
    pub(super) fn is_warm_up(&self) -> bool {
        self.flags.iter().any(|flag| *flag != RoundFlag::Cut)
    }
}

/// A picture that the page will show.
#[derive(Debug)]
pub struct Picture {
    /// Its name within the folder as a PNG: `pictures/01-supply-heat.png`. Made of plain letters only.
    pub file: String,
    /// What it shows, as a sentence.
    pub title: String,
    /// The picture as data.
    pub request: Request,
    pub(super) rounds: Vec<usize>,
    pub(super) map: usize,
    /// Whether light pages and prints show a version of it over a light map.
    pub(super) has_light: bool,
}

/// What the full sheets behind a report's small versions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Sheets {
    /// JPEG: a session of ten rounds takes about 30 MB.
    #[default]
    Small,
    /// PNG without any loss: about four times as much.
    Full,
}

impl Picture {
    /// The small version's name within the folder.
    pub fn small(&self) -> String {
        format!("{}-small.jpg", self.stem())
    }

    /// The name of the small version over a light map, for light pages and paper; `None` where there is none.
    pub fn light(&self) -> Option<String> {
        self.has_light.then(|| format!("{}-light.jpg", self.stem()))
    }

    /// The full sheet's name within the folder.
    pub fn sheet(&self, sheets: Sheets) -> String {
        match sheets {
            Sheets::Small => format!("{}.jpg", self.stem()),
            Sheets::Full => self.file.clone(),
        }
    }

    fn stem(&self) -> &str {
        self.file.strip_suffix(".png").unwrap_or(&self.file)
    }

    /// Whether it is about a single life.
    pub(super) fn is_card(&self) -> bool {
        matches!(self.request.subject, Subject::Life(_))
    }
}

/// What one player did on one map of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlayerOnMap {
    /// Stands for the player in names of files: made of plain letters only, and tells no GUID.
    pub id: String,
    /// The name, with its colour codes.
    pub name: String,
    /// The map's name for people, and the one in names of files, made of plain letters only.
    pub map: [String; 2],
    /// Lives.
    pub lives: u64,
    /// Kills.
    pub kills: u64,
    /// Deaths.
    pub deaths: u64,
    /// Time alive, ms.
    pub alive_ms: i64,
    /// Distance, whole units.
    pub distance_units: u64,
}

/// A map's first picture as lists of sessions show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// The map's name in names of files, made of plain letters only.
    pub map: String,
    /// The map's part of the session's page: `map-1`.
    pub anchor: String,
    /// The small version's name within the session's folder.
    pub small: String,
    /// The same over a light map, if there is one.
    pub light: Option<String>,
    /// The small versions' width and height, pixels.
    pub size: [u32; 2],
}

impl Cover {
    /// The name of a map's part of the page, by the map's place.
    pub(super) fn anchor_of(place: usize) -> String {
        format!("map-{}", place + 1)
    }
}

/// A player's part of the page.
pub(crate) struct Person {
    /// Who it is.
    pub key: PlayerKey,
    /// The figures.
    pub player: Player,
    /// Kills that engagements tell of.
    pub kills: u64,
    /// Cards of the longest life and of the one with most kills, which may be the same.
    pub cards: Vec<Card>,
}

/// A life that has a card.
pub(crate) struct Card {
    /// The picture.
    pub picture: Picture,
    /// The round it belongs to.
    pub round: usize,
    /// Its beginning, ms since the round went live.
    pub since_live_ms: i64,
}

impl SessionReport<'_> {
    /// Every picture, in the order of the page.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        let of_maps = self
            .maps
            .iter()
            .flat_map(|map| map.pictures.iter().chain(map.rounds.iter().flat_map(|round| &round.pictures)));
        of_maps.chain(self.people.iter().flat_map(|person| person.cards.iter().map(|card| &card.picture)))
    }
}
