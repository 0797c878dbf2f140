//! The replay of each round, and links into it.

use std::io::Cursor;

use super::picture::hex;
use super::plan::{Report, RoundPart};
use super::replay::{self, ReplayPage};
use crate::figure::way::Way;
use crate::figure::{Census, MapFrame, Orientation, Sheet, SheetContext};
use crate::scene::PixelRect;
use sha2::{Digest, Sha256};

/// Side of the map on a replay page, pixels, and how hard its JPEG is squeezed.
const PAGE_PX: u32 = 1024;
const JPEG_QUALITY: u8 = 82;

/// Everything that makes a replay page look and play as it does, beside the lives.
const PLAYER: &str = concat!(
    include_str!("templates/replay.html"),
    include_str!("assets/page.css"),
    include_str!("assets/player.css"),
    include_str!("assets/player.js"),
    include_str!("replay.rs")
);

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
    /// The base map could not be squeezed.
    #[error("the base map of a replay: {0}")]
    Picture(#[from] image::ImageError),
    /// The template failed.
    #[error(transparent)]
    Page(#[from] askama::Error),
}

impl Report<'_> {
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
        hex(&Sha256::digest(format!("{PLAYER} {}", self.key(heat)).as_bytes()))
    }

    /// A round's replay as one page.
    ///
    /// # Errors
    /// [`ReplayError`] when its base map cannot be squeezed.
    pub fn replay(&self, replay: &ReplayFile) -> Result<String, ReplayError> {
        let part = &self.maps[replay.map];
        let index = part.rounds[replay.round].index;
        let (stage, lives, round) = (&self.stages[part.stage], &self.cleaned[index], &self.rounds[index]);
        let context = SheetContext {
            map: &stage.map,
            picture: stage.picture.as_ref(),
            heights: stage.heights.as_ref(),
            base: self.base,
            // The page's picture is the map alone; any size in bounds will do.
            sheet: Sheet::new(Orientation::Bare, PAGE_PX).unwrap_or_else(|| unreachable!("a size in bounds")),
            crop: None,
            filter: self.filter,
        };
        let window = context.window();
        let longer = window.width().max(window.height());
        let side = |units: f64| ((f64::from(PAGE_PX) * units / longer) as u32).max(1) as f32;
        let rect = PixelRect::new(0.0, 0.0, side(window.width()), side(window.height()));
        let base = context.base_map(&MapFrame::fit(rect, &window));
        let mut jpeg = Vec::new();
        let picture = match base.bitmap() {
            Some(bitmap) => {
                let rgb: Vec<u8> = bitmap.rgba().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
                let mut encoder =
                    image::codecs::jpeg::JpegEncoder::new_with_quality(Cursor::new(&mut jpeg), JPEG_QUALITY);
                encoder.encode(&rgb, bitmap.width(), bitmap.height(), image::ExtendedColorType::Rgb8)?;
                (jpeg.as_slice(), "jpeg")
            }
            None => (&[][..], "png"),
        };
        let mut census = Census::new(stage.map.extent.rect);
        census.add(round, lives, self.filter);
        let about = ReplayPage {
            title: &context.title(),
            subtitle: &census.when().join(" · "),
            extent: window,
            picture,
            interval_ms: lives.clock.interval.effective_ms(),
            layers: &stage.map.layers,
            theme: context.theme(),
        };
        Ok(replay::page(&self.ways(index), clock_offset, &about)?)
    }

    fn ways(&self, round: usize) -> Vec<Way> {
        let mut ways: Vec<Way> =
            self.cleaned[round].lives.iter().map(|life| Way::of(round as u32, life)).collect();
        ways.sort_by_key(|way| way.order);
        ways
    }

    /// The address of a moment in a round's replay, following a player; `None` for a round without a replay.
    pub(super) fn moment(&self, round: usize, since_live_ms: i64, guid: &str) -> Option<String> {
        let parts = self.maps.iter().flat_map(|map| &map.rounds);
        let file = parts.filter(|part| part.index == round).find_map(|part| part.replay.as_deref())?;
        let ways = self.ways(round);
        let zero = ways.iter().map(|way| way.order.1).min().unwrap_or_default();
        let players = replay::players(&ways);
        let place = players.iter().position(|way| way.player.guid().as_str() == guid);
        let follow = place.map_or(String::new(), |place| format!("&p={place}"));
        Some(format!("{file}#t={}{follow}", (since_live_ms - zero).max(0)))
    }
}

impl RoundPart {
    /// The title people know it by.
    pub(super) fn title(&self) -> String {
        self.number.map_or("Round".to_owned(), |n| format!("Round {n}"))
    }
}

/// What has to be added to a point's time (since its spawn) for the round's clock.
fn clock_offset(way: &Way) -> i64 {
    way.order.1 - way.points.first().map_or(0, |point| i64::from(point.ms))
}
