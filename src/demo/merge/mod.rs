//! One round, many eyes: recordings of one round become one.
//!
//! All clients of a server share its clock, so what several demos and a tracker file tell of one round has the same
//! times. Each life takes every moment from the source that knows it best: a player's own state before a body that was
//! seen, that before the list of teammates.

mod life;
mod same;

use life::{Known, merge_lives};

pub use same::is_same_round;

use super::reader::{Kind, RecordedRound};
use super::rounds::{LifeSource, SampleSource, Sight, Source, joined_sights, recorder_view};
use crate::model::{RecorderView, Recordings, Round, RoundMeta};

/// What became of recordings of one round.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Merged {
    /// The round.
    pub recorded: RecordedRound,
    /// How many recordings went into it.
    pub sources: usize,
    /// Moments at which two recordings put one player in different places, more than two units apart.
    pub conflicts: usize,
}

impl RecordedRound {
    /// A tracker file's round as if it were a recording: everything in it was read from the game itself.
    pub fn from_tracker(round: Round) -> Self {
        let known = SampleSource { place: Source::Recorded, health: Source::Recorded };
        let lives = round
            .tracks
            .iter()
            .map(|track| LifeSource {
                slot: u8::MAX,
                from_spawn: track.samples.first().is_some_and(|s| s.event == crate::model::Event::Spawn),
                samples: vec![known; track.samples.len()],
            })
            .collect();
        // The file may itself have been made from a player's demo.
        let kind = if round.meta.recorder_view.is_some() { Kind::Client } else { Kind::Server };
        Self { round, lives, kills: Vec::new(), sights: Vec::new(), server_time: (0, 0), kind }
    }
}

/// Puts recordings of one and the same round together; `None` when there are none. The first of the best ones gives
/// everything that is told of the round as a whole: a tracker file before a TV demo before a client's.
pub fn merge(recordings: Vec<RecordedRound>) -> Option<Merged> {
    let sources = recordings.len();
    // A tracker file alone knows its players' GUIDs.
    let rank = |recorded: &RecordedRound| {
        let tracker = recorded.round.meta.tracker_version.as_deref() != Some("demo");
        (!tracker, !recorded.kind.shows_everyone())
    };
    let best = (0..recordings.len()).min_by_key(|index| (rank(&recordings[*index]), *index))?;
    let knowns: Vec<Known> = recordings
        .iter()
        .enumerate()
        .flat_map(|(index, recorded)| {
            let lives = recorded.round.tracks.iter().zip(&recorded.lives);
            lives.map(move |(track, source)| Known { track, source, best: index == best })
        })
        .collect();
    let (tracks, lives, conflicts) = merge_lives(&knowns);
    let kills = recordings.iter().map(|recorded| &recorded.kills).max_by_key(|kills| kills.len())?.clone();
    let sights = joined_sights(recordings.iter().map(|recorded| recorded.sights.clone()));
    let view = view_of_all(&recordings, &sights);
    let files = recordings.iter().flat_map(|recorded| names(&recorded.round.meta)).collect();
    let mut recorded = recordings.into_iter().nth(best)?;
    if sources > 1 {
        let dated_by_file = recorded.round.meta.recordings.is_some_and(|best| best.dated_by_file);
        let conflicts = u32::try_from(conflicts).unwrap_or(u32::MAX);
        recorded.round.meta.recordings = Some(Recordings { files, conflicts, dated_by_file });
    }
    recorded.round.meta.recorder_view = view;
    recorded.sights = sights;
    recorded.round.tracks = tracks;
    recorded.lives = lives;
    recorded.kills = kills;
    Some(Merged { recorded, sources, conflicts })
}

/// The names of a recording's files: the demos', or the tracker file's own.
fn names(meta: &RoundMeta) -> Vec<Box<str>> {
    match &meta.recordings {
        Some(recordings) => recordings.files.clone(),
        None => meta.file_name.iter().cloned().collect(),
    }
}

/// What all of them together show of the players who recorded none of them. Where a recording does not say it player by
/// player, the one that saw most stands for all.
fn view_of_all(recordings: &[RecordedRound], joined: &[Sight]) -> Option<RecorderView> {
    if recordings.iter().any(|recorded| recorded.kind.shows_everyone()) {
        return None;
    }
    if recordings.iter().all(|recorded| !recorded.sights.is_empty()) {
        return Some(recorder_view(joined));
    }
    let views = recordings.iter().filter_map(|recorded| recorded.round.meta.recorder_view);
    views.max_by(|a, b| a.share().total_cmp(&b.share()))
}

/// Puts recordings together that are of one round; the others stay as they are. In the order of the first of each.
pub fn merge_all(recordings: Vec<RecordedRound>) -> Vec<Merged> {
    let mut groups: Vec<Vec<RecordedRound>> = Vec::new();
    for recorded in recordings {
        let same = groups.iter_mut().find(|group| group.iter().any(|known| is_same_round(known, &recorded)));
        match same {
            Some(group) => group.push(recorded),
            None => groups.push(vec![recorded]),
        }
    }
    groups.into_iter().filter_map(merge).collect()
}
