//! The card of a single life, and the sheet of all lives of a player.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Figure, Subject};
use crate::analysis::{CleanedRound, Filter, Lives};
use crate::figure::canvas::Canvas;
use crate::figure::heatmap::SpecError;
use crate::figure::life::{Card, LifeSheet};
use crate::figure::request::RequestError;
use crate::figure::request::recipe::Drawing;
use crate::geom::WorldRect;
use crate::rounds::RoundView;

/// The card of a single life of the player whom the request's filter names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LifeCard {
    /// Which of the lives that match. Default: the longest.
    pub which: WhichLife,
}

/// Which of several lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhichLife {
    /// The longest; of equally long ones the first.
    #[default]
    Longest,
    /// The one that began at this time of the file's clock, ms.
    SpawnTime(i32),
    /// In order of time, from 1.
    Nth(usize),
    /// All of them, each on a small card.
    All,
}

/// A life among which one is chosen: its place in time, and how long it lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LifeKey {
    order: u32,
    start_ms: i64,
    track: usize,
    spawn: i32,
    /// Whether it was played at all; a life without a move is chosen only if there is no other.
    is_played: bool,
    alive_ms: i64,
}

/// The lives to choose from, and the rounds that the choice may lie in.
#[derive(Debug, Clone, Default)]
pub struct LifeData {
    keys: Vec<LifeKey>,
    rounds: Vec<(u32, Arc<CleanedRound>)>,
    /// Instead of both where all lives are wanted.
    sheet: Option<LifeSheet>,
}

impl LifeData {
    /// The longest life; of equally long ones the first.
    fn longest(&self) -> Option<LifeKey> {
        let rank = |key: &LifeKey| (key.is_played, key.alive_ms);
        let longest = self.keys.iter().map(rank).max()?;
        self.keys.iter().filter(|key| rank(key) == longest).min().copied()
    }

    /// Forgets the rounds that cannot hold the chosen life any more.
    fn forget(&mut self, which: WhichLife) {
        let wanted = match which {
            WhichLife::Longest => self.longest().map(|key| key.order),
            // Which one is the Nth is known in the end.
            WhichLife::Nth(_) | WhichLife::All => return,
            WhichLife::SpawnTime(time) => {
                self.keys.iter().filter(|key| key.spawn == time).min().map(|key| key.order)
            }
        };
        self.rounds.retain(|(order, _)| Some(*order) == wanted);
    }
}

impl Figure for LifeCard {
    type Data = LifeData;

    fn empty(&self, extent: &WorldRect) -> Result<LifeData, SpecError> {
        let sheet = (self.which == WhichLife::All).then(|| LifeSheet::new(extent));
        Ok(LifeData { sheet, ..LifeData::default() })
    }

    fn add(&self, data: &mut LifeData, round: &RoundView<'_>, lives: &Lives<'_>, filter: &Filter) {
        if let Some(sheet) = &mut data.sheet {
            sheet.add(round.order, round.round, lives, filter);
            return;
        }
        if lives.lives.is_empty() {
            return;
        }
        data.keys.extend(lives.lives.iter().map(|life| LifeKey {
            order: round.order,
            start_ms: life.start_since_live_ms(),
            track: life.track_index(),
            spawn: life.track().spawn.0,
            is_played: !life.is_away(),
            alive_ms: life.alive_ms(),
        }));
        data.rounds.push((round.order, round.to_keep()));
        data.forget(self.which);
    }

    fn merge(&self, data: &mut LifeData, other: LifeData) {
        if let (Some(sheet), Some(more)) = (&mut data.sheet, other.sheet) {
            sheet.merge(more);
        }
        data.keys.extend(other.keys);
        data.rounds.extend(other.rounds);
        data.forget(self.which);
    }

    fn finish(&self, mut data: LifeData, canvas: &Canvas<'_>) -> Result<Drawing, RequestError> {
        if let Some(sheet) = data.sheet {
            return sheet.figure(canvas).ok_or(RequestError::NoLives);
        }
        data.keys.sort_unstable();
        let all = data.keys.len();
        if all == 0 {
            return Err(RequestError::NoLives);
        }
        let chosen = match self.which {
            WhichLife::Longest | WhichLife::All => data.longest(),
            WhichLife::Nth(nth) => nth.checked_sub(1).and_then(|i| data.keys.get(i)).copied(),
            WhichLife::SpawnTime(time) => data.keys.iter().find(|key| key.spawn == time).copied(),
        };
        let chosen = chosen.ok_or_else(|| {
            RequestError::NotFound(match self.which {
                WhichLife::SpawnTime(time) => {
                    let times: Vec<String> =
                        data.keys.iter().take(12).map(|key| key.spawn.to_string()).collect();
                    format!("no life began at {time} ms; these did: {}", times.join(", "))
                }
                _ if all == 1 => "there is one life, so --nth is 1".to_owned(),
                _ => format!("there are {all} lives, so --nth goes from 1 to {all}"),
            })
        })?;
        let nowhere = || RequestError::NotFound("this life has no place that could be drawn".to_owned());
        let (order, round) =
            data.rounds.iter().find(|(order, _)| *order == chosen.order).ok_or_else(nowhere)?;
        let lives = round.lives(canvas.filter);
        let life = lives.lives.iter().find(|life| life.track_index() == chosen.track).ok_or_else(nowhere)?;
        let (card, summary) = Card::with_data_summary(*order, life, canvas.filter, &canvas.map.extent.rect);
        card.figure(canvas, &summary).ok_or_else(nowhere)
    }

    fn subject(&self) -> Subject {
        Subject::Life(*self)
    }
}
