//! The replay of each round, and links into it.

use super::{Opening, ReplayPage};
use crate::figure::replay::{ReplayLife, replay_lives};
use crate::figure::{DataSummary, Orientation, Sheet};
use crate::report::model::{RoundPart, SessionReport};
use crate::report::replay;
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
    #[error("the base map of a replay: {0}")]
    Picture(#[from] image::ImageError),
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
        // The page's picture is the map alone; any size in bounds will do.
        let sheet = Sheet::new(Orientation::Bare, 1024).unwrap_or_else(|| unreachable!("a size in bounds"));
        let context = data.canvas(sheet, self.filter, None);
        let picture = if let Some(picture) = part.replay_map.get() {
            picture
        } else {
            let picture = replay::map_picture(&context)?;
            part.replay_map.get_or_init(|| picture)
        };
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

    fn replay_lives(&self, round: usize) -> Vec<ReplayLife> {
        replay_lives(round as u32, &self.cleaned[round])
    }

    /// The address of a moment in a round's replay, following a player; `None` for a round without a replay.
    pub(crate) fn moment(&self, round: usize, since_live_ms: i64, guid: &str) -> Option<String> {
        let parts = self.maps.iter().flat_map(|map| &map.rounds);
        let file = parts.filter(|part| part.index == round).find_map(|part| part.replay.as_deref())?;
        let lives = self.replay_lives(round);
        let zero = lives.iter().map(|life| life.path.order.1).min().unwrap_or_default();
        let players = replay::players(&lives);
        let place = players.iter().position(|life| life.path.player.guid().as_str() == guid);
        let follow = place.map_or(String::new(), |place| format!("&p={place}"));
        Some(format!("{file}#t={}{follow}", (since_live_ms - zero).max(0)))
    }
}

impl RoundPart {
    /// Its title on the page.
    pub(crate) fn title(&self) -> String {
        self.number.map_or("Round".to_owned(), |n| format!("Round {n}"))
    }
}
