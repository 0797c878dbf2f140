//! The replay of each round, and links into it.

use super::{Opening, ReplayPage};
use crate::figure::replay::{ReplayLife, replay_lives};
use crate::figure::{Canvas, DataSummary, Orientation, Sheet};
use crate::raster::encode;
use crate::report::model::{MapPart, RoundPart, SessionReport};
use crate::report::replay;
use crate::scene::{Bitmap, Color};
use crate::text::hex;
use sha2::{Digest, Sha256};

/// A replay page that the report links to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayFile {
    /// Its name within the folder: `replays/01-supply-01.html`. Made of plain letters only.
    pub file: String,
    map: usize,
    round: usize,
}

/// Why a replay page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The base map could not be encoded.
    #[error("the base map of a replay")]
    Picture(#[from] encode::Error),
    /// The template failed.
    #[error(transparent)]
    Page(#[from] askama::Error),
}

impl SessionReport<'_> {
    /// Every replay page, in the order of the rounds on the page.
    pub fn replays(&self) -> impl Iterator<Item = ReplayFile> {
        self.maps.iter().enumerate().flat_map(|(map, part)| {
            part.rounds
                .iter()
                .enumerate()
                .filter_map(move |(round, part)| Some(ReplayFile { file: part.replay.clone()?, map, round }))
        })
    }

    /// What a replay page depends on, as one hash.
    pub fn replay_key(&self, replay: &ReplayFile) -> String {
        let part = &self.maps[replay.map];
        let heat = &part.rounds[replay.round].pictures[0];
        hex(&Sha256::digest(format!("{} {}", replay::look(), self.key(heat)).as_bytes()))
    }

    /// A round's replay as one page.
    ///
    /// # Errors
    /// [`ReplayError`] when its base map cannot be encoded.
    pub fn replay(&self, replay: &ReplayFile) -> Result<String, ReplayError> {
        let part = &self.maps[replay.map];
        let index = part.rounds[replay.round].index;
        let (data, lives, round) = (&self.map_data[part.map], &self.cleaned[index], &self.rounds[index]);
        let context = self.map_canvas(part);
        let picture = self.map_alone(part)?;
        let mut data_summary = DataSummary::new(data.map.extent.rect);
        data_summary.add(round, lives, self.filter);
        let mut subtitle = data_summary.when();
        subtitle.extend(data_summary.view_line());
        let about = ReplayPage {
            title: &context.title(),
            subtitle: &subtitle.join(" · "),
            extent: context.window(),
            picture,
            interval_ms: lives.clock.interval.effective_ms(),
            layers: &data.map.layers,
            theme: context.theme(),
            opening: Opening::default(),
        };
        Ok(replay::page(&self.replay_lives(index), &about)?)
    }

    /// What the map of a part is drawn in.
    fn map_canvas(&self, part: &MapPart) -> Canvas<'_> {
        // The picture is the map alone; any size in bounds will do.
        let sheet = Sheet::new(Orientation::Bare, 1024).unwrap_or_else(|| unreachable!("a size in bounds"));
        self.map_data[part.map].canvas(sheet, self.filter, None)
    }

    /// The map below replays, drawn once.
    fn map_alone<'p>(&self, part: &'p MapPart) -> Result<&'p [u8], encode::Error> {
        if let Some(picture) = part.replay_map.get() {
            return Ok(picture);
        }
        let picture = replay::map_picture(&self.map_canvas(part))?;
        Ok(part.replay_map.get_or_init(|| picture))
    }

    /// The maps alone, which lie below the players' marks on the page: their files, and what each depends on.
    pub fn grounds(&self) -> impl Iterator<Item = (usize, String, String)> {
        let drawn =
            self.maps.iter().enumerate().filter_map(|(map, part)| Some((map, part, part.pictures.first()?)));
        drawn.map(|(map, part, heat)| (map, part.ground.clone(), format!("ground {}", self.key(heat))))
    }

    /// One of [`SessionReport::grounds`] as a JPEG, by its number.
    ///
    /// # Errors
    /// When the encoder refuses it.
    pub fn ground(&self, map: usize) -> Result<Vec<u8>, encode::Error> {
        let part = &self.maps[map];
        let picture = self.map_alone(part)?;
        if !picture.is_empty() {
            return Ok(picture.to_vec());
        }
        // A map without a ground is a plain one: the page asks for a picture in any case.
        let Color { r, g, b, a } = self.map_canvas(part).theme().ground;
        Bitmap::new(1, 1, vec![r, g, b, a]).map_or(Ok(Vec::new()), |plain| encode::jpeg(&plain, &[], 90))
    }

    /// Width and height of a part's ground, pixels.
    pub(crate) fn ground_size(&self, part: &MapPart) -> [u32; 2] {
        replay::map_size(&self.map_canvas(part).window())
    }

    fn replay_lives(&self, round: usize) -> Vec<ReplayLife> {
        replay_lives(round as u32, &self.cleaned[round])
    }

    /// The address of a moment in a round's replay, following a player; `None` for a round without a replay.
    pub(crate) fn moment(&self, round: usize, since_live_ms: i64, guid: &str) -> Option<String> {
        self.moments(round).map(|moments| moments.at(since_live_ms, Some(guid)))
    }

    /// The addresses of moments in a round's replay; `None` for a round without a replay.
    pub(crate) fn moments(&self, round: usize) -> Option<Moments> {
        let parts = self.maps.iter().flat_map(|map| &map.rounds);
        let file = parts.filter(|part| part.index == round).find_map(|part| part.replay.clone())?;
        let lives = self.replay_lives(round);
        let players = replay::players(&lives);
        Some(Moments {
            file,
            zero_ms: lives.iter().map(|life| life.path.order.1).min().unwrap_or_default(),
            guids: players.iter().map(|life| life.path.player.guid().as_str().to_owned()).collect(),
        })
    }
}

/// Where the moments of a round are in its replay.
pub(crate) struct Moments {
    file: String,
    /// The replay's first moment, ms since the round went live.
    zero_ms: i64,
    /// Its players, by their numbers.
    guids: Vec<String>,
}

impl Moments {
    /// The address of a moment, following a player who is in the replay.
    pub(crate) fn at(&self, since_live_ms: i64, guid: Option<&str>) -> String {
        let place = guid.and_then(|guid| self.guids.iter().position(|known| known == guid));
        let follow = place.map_or(String::new(), |place| format!("&p={place}"));
        format!("{}#t={}{follow}", self.file, (since_live_ms - self.zero_ms).max(0))
    }
}

impl RoundPart {
    /// Its title on the page.
    pub(crate) fn title(&self) -> String {
        self.number.map_or("Round".to_owned(), |n| format!("Round {n}"))
    }
}
