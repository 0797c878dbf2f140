//! From rounds to the lives of a replay: which round plays, whose lives, whom the camera follows.

use std::collections::BTreeSet;

use super::replay_life::{ReplayLife, replay_lives};
use super::{Align, Camera, ReplaySpec};
use crate::analysis::{Filter, PlayerKey, PlayerPattern, WindowMs};
use crate::basemap::ink::HeightField;
use crate::error::Error;
use crate::figure::canvas::height_field;
use crate::figure::request::{LoadedMap, MapData, Replay, Request, RequestError};
use crate::figure::words::data_summary::DataSummary;
use crate::progress::Progress;
use crate::rounds::{EachRound, Faults, choices, known_players};
use crate::text::near;

/// The lives of a replay, in the order of the rounds and of time.
#[derive(Debug)]
pub struct ReplayLives {
    /// The lives.
    pub lives: Vec<ReplayLife>,
    /// The coarsest sampling interval among them, ms.
    pub interval_ms: u32,
    /// Whom the camera follows.
    pub follow: Option<PlayerKey>,
    /// Which round plays, where several match.
    pub note: Option<String>,
    /// What went in.
    pub data_summary: DataSummary,
    /// The ground, if it is drawn from the tracks.
    pub heights: Option<HeightField>,
    /// What was wrong with the input.
    pub faults: Faults,
}

/// One round's part: its place in the input, its file's name, its lives.
type Part = (u32, Option<String>, u32, Vec<ReplayLife>, DataSummary);

impl ReplayLives {
    /// Reads the lives that a request wants, of rounds that are all on the map.
    ///
    /// # Errors
    /// Input of which nothing can be read, or no lives.
    pub fn gather(
        request: &Request,
        options: &Replay,
        filter: &Filter,
        rounds: &impl EachRound,
        map: &MapData,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let cells = map.ink_cells();
        let extent = map.map.extent.rect;
        let ((mut parts, heights), faults) = rounds.fold(
            progress,
            "reading",
            || (Vec::<Part>::new(), cells.map(crate::analysis::Heights::new)),
            |(parts, heights), round| {
                let lives = round.lives(filter);
                let mut summary = DataSummary::new(extent);
                summary.add(round.round, &lives, filter);
                let name = round.round.meta.file_name.as_deref().map(str::to_owned);
                let interval_ms = lives.clock.interval.effective_ms();
                parts.push((round.order, name, interval_ms, replay_lives(round.order, &lives), summary));
                if let Some(heights) = heights {
                    crate::figure::request::add_heights(heights, round, filter);
                }
            },
            |(all, high), (parts, heights)| {
                all.extend(parts);
                if let (Some(high), Some(heights)) = (high, heights) {
                    high.merge(&heights);
                }
            },
        )?;
        parts.sort_by_key(|(order, ..)| *order);
        let names = choices(parts.iter().filter_map(|(_, name, ..)| name.clone()));
        if let Some(file) = &options.file {
            parts.retain(|(_, name, ..)| name.as_ref() == Some(file));
            if parts.is_empty() {
                let said = format!("--file {file}: no such round; these match: {names}");
                return Err(RequestError::NotFound(said).into());
            }
        }
        let mut note = None;
        if request.filter.players.is_empty() && options.align == Align::Clock {
            note = keep_last(&mut parts, options.follow.as_deref());
        }
        let mut data_summary = DataSummary::new(extent);
        let (mut lives, mut interval_ms) = (Vec::new(), 50);
        for (_, _, interval, of_round, summary) in parts {
            data_summary.merge(summary);
            interval_ms = interval_ms.max(interval);
            lives.extend(of_round);
        }
        if lives.is_empty() {
            return Err(RequestError::NoLives.into());
        }
        let follow = options.follow.as_deref().map(|who| followed(who, &lives)).transpose()?;
        let heights = heights.as_ref().and_then(height_field);
        Ok(Self { lives, interval_ms, follow, note, data_summary, heights, faults })
    }

    /// The same for a map that is loaded. A part of a name that only one player has is enough: the request then asks for
    /// that player.
    ///
    /// # Errors
    /// As [`ReplayLives::gather`].
    pub(crate) fn known(
        request: &mut Request,
        options: &Replay,
        rounds: &impl EachRound,
        loaded: &LoadedMap,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let gather = |request: &Request| {
            let filter = Filter { floor: loaded.floor, ..request.filter.clone() };
            Self::gather(request, options, &filter, rounds, &loaded.map, progress)
        };
        match gather(request) {
            Err(Error::Request(RequestError::NoLives)) => {
                let known = known_players(rounds, &request.filter, progress)?;
                request.filter = known.ok_or(RequestError::NoLives)?;
                gather(request)
            }
            gathered => gathered,
        }
    }

    /// How these lives are shown.
    pub fn spec(&self, request: &Request, options: &Replay) -> ReplaySpec {
        let window = request.filter.round_window.filter(|_| options.align == Align::Clock);
        ReplaySpec {
            align: options.align,
            trail: options.trail,
            ghost: options.ghost,
            chips: options.chips,
            camera: match &self.follow {
                Some(player) => Camera::Following { player: player.clone(), zoom: options.zoom },
                None => Camera::Fixed,
            },
            speed: options.speed,
            frames_per_second: options.fps,
            size_px: request.layout.size_px.min(2048),
            window: window
                .and_then(|WindowMs { from, to }| (from > i64::MIN && to < i64::MAX).then_some((from, to))),
        }
    }
}

/// Leaves the last of several rounds, which cannot play at once: of those in which the followed player is there, if one
/// is. Says which it is, and how the others are named.
fn keep_last(parts: &mut Vec<Part>, follow: Option<&str>) -> Option<String> {
    let is_wanted = |(_, _, _, lives, _): &Part| {
        !lives.is_empty() && follow.is_none_or(|who| followed(who, lives).is_ok())
    };
    let last = parts.iter().rposition(is_wanted).or(parts.len().checked_sub(1))?;
    let kept = parts.remove(last);
    let others = choices(parts.iter().filter_map(|(_, name, ..)| name.clone()));
    let matching = parts.len() + 1;
    *parts = vec![kept];
    let name = parts[0].1.as_deref().unwrap_or("without a name");
    (matching > 1).then(|| {
        format!("{matching} rounds match, and one can play at a time: the last, {name}; the others with --file: {others}")
    })
}

/// The player in the replay whom `--follow` means: a name, a GUID, or a part of a name that only one player has.
fn followed(who: &str, lives: &[ReplayLife]) -> Result<PlayerKey, RequestError> {
    let pattern = PlayerPattern::new(who);
    if let Some(life) = lives.iter().find(|life| life.path.is_of(&pattern)) {
        return Ok(life.path.player.clone());
    }
    let part = who.to_lowercase();
    let holds = |life: &&ReplayLife| life.path.name.to_lowercase().contains(&part);
    let holding: BTreeSet<&PlayerKey> = lives.iter().filter(holds).map(|life| &life.path.player).collect();
    if let (Some(player), 1) = (holding.first(), holding.len()) {
        return Ok((*player).clone());
    }
    let there: BTreeSet<&str> = lives.iter().map(|life| &*life.path.name).collect();
    let near = near(who, there.iter().copied());
    let hint = if near.is_empty() {
        format!("there are: {}", choices(there.iter().map(|&name| name.to_owned())))
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    Err(RequestError::NotFound(format!("--follow {who}: no player of that name is shown; {hint}")))
}
