//! A session's report as numbers and requests, before any page or picture is made of it.

use std::sync::OnceLock;

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
    /// Its name within the folder: `pictures/01-supply-heat.png`. Made of plain letters only.
    pub file: String,
    /// What it shows, as a sentence.
    pub title: String,
    /// The picture as data.
    pub request: Request,
    pub(super) rounds: Vec<usize>,
    pub(super) map: usize,
}

impl Picture {
    /// Whether it is about a single life.
    pub(super) fn is_card(&self) -> bool {
        matches!(self.request.subject, Subject::Life(_))
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
