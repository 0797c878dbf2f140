//! One round, many eyes: recordings of one round become one.
//!
//! All clients of a server share its clock, so what several demos and a tracker file tell of one round has the same
//! times. Each life takes every moment from the source that knows it best: a player's own state before a body that was
//! seen, that before the list of teammates.

mod life;
mod same;

use life::{Known, merge_lives};

pub use same::{LifeSpan, is_same_round, may_be_same_round};

use super::reader::{Kind, RecordedRound};
use super::rounds::{LifeSource, SampleSource, Sight, Source, joined_sights, recorder_view};
use crate::model::{Event, ObjectiveEvent, RecorderView, Recordings, Round, RoundMeta, Track};

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
    /// A tracker file's round as if it were a recording. What a game server wrote was read from the game itself; in a file
    /// that was made of demos each sample shows how it is known.
    pub fn from_tracker(round: Round) -> Self {
        let of_demos = round.meta.recordings.is_some();
        let source = |track: &Track, place: usize| {
            if of_demos { source_of(track, place) } else { SampleSource::RECORDED }
        };
        let lives = round
            .tracks
            .iter()
            .map(|track| LifeSource {
                slot: u8::MAX,
                from_spawn: track.samples.first().is_some_and(|s| s.event == Event::Spawn),
                samples: (0..track.samples.len()).map(|place| source(track, place)).collect(),
            })
            .collect();
        // The file may itself have been made from a player's demo.
        let kind = if round.meta.recorder_view.is_some() { Kind::Client } else { Kind::Server };
        Self {
            round,
            lives,
            kills: Vec::new(),
            sights: Vec::new(),
            server_time: (0, 0),
            zeros: Vec::new(),
            kind,
        }
    }
}

/// How a sample of a demo is known, by what stands behind its ten values: nothing where only the list of teammates told of it,
/// the player's own flags of movement where it is the player's own state.
fn source_of(track: &Track, place: usize) -> SampleSource {
    let mut tail = track.tails.get(place).split(',');
    let own_flags = tail.nth(2);
    let place_source = match own_flags {
        None => Source::Coarse,
        Some("") => Source::Seen,
        Some(_) => Source::Recorded,
    };
    let health = match (track.samples[place].known_health(), place_source) {
        (None, _) => Source::NotVisible,
        (Some(_), Source::Recorded) => Source::Recorded,
        // A body does not show its health: the list does.
        (Some(_), _) => Source::Coarse,
    };
    SampleSource { place: place_source, health }
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
    let of = |recorded: &RecordedRound| recorded.round.meta.recordings.as_ref().map_or(0, |r| r.conflicts);
    let known_conflicts = recordings.iter().map(of).fold(0, u32::saturating_add);
    let told = |recorded: &RecordedRound| recorded.round.meta.winner.clone();
    let winner = told(&recordings[best]).or_else(|| recordings.iter().find_map(told));
    let objectives = most_told(&recordings);
    let files = recordings.iter().flat_map(|recorded| names(&recorded.round.meta)).collect();
    let mut recorded = recordings.into_iter().nth(best)?;
    if sources > 1 {
        let dated_by_file = recorded.round.meta.recordings.is_some_and(|best| best.dated_by_file);
        let conflicts = u32::try_from(conflicts).unwrap_or(u32::MAX).saturating_add(known_conflicts);
        recorded.round.meta.recordings = Some(Recordings { files, conflicts, dated_by_file });
    }
    recorded.round.meta.recorder_view = view;
    recorded.round.meta.winner = winner;
    recorded.round.meta.objectives = objectives;
    recorded.sights = sights;
    recorded.round.tracks = tracks;
    recorded.lives = lives;
    recorded.kills = kills;
    Some(Merged { recorded, sources, conflicts })
}

/// What happened to objectives, as the recording tells it that saw most: what two of them saw of one player may begin and end at
/// different moments.
fn most_told(recordings: &[RecordedRound]) -> Vec<ObjectiveEvent> {
    let told = recordings.iter().map(|recorded| &recorded.round.meta.objectives);
    told.rev().max_by_key(|told| told.len()).cloned().unwrap_or_default()
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
