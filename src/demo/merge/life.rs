//! Lives that several recordings tell become one.

use std::collections::BTreeMap;

use super::same::{SAME_PLACE_UNITS, plain};
use crate::demo::rounds::{LifeSource, SampleSource, Source};
use crate::model::{DeathType, Event, LevelTime, Tails, Track};

/// Two recordings tell of one life when it ends at the same time for both, up to a snapshot or two.
const SAME_END_MS: i64 = 150;
/// A coarse place adds nothing this near to a better one, ms.
const COARSE_ADDS_AFTER_MS: i64 = 1_000;

/// Whether a life goes on where its recording stops: nothing is told of its end.
fn is_open(track: &Track) -> bool {
    matches!(track.death_type, None | Some(DeathType::Shutdown))
}

/// A life as one recording knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) track: &'a Track,
    pub(super) source: &'a LifeSource,
    /// Whether the recording is the one that names the players.
    pub(super) best: bool,
}

impl Known<'_> {
    /// Whether two recordings tell of one life: the same player, alive at the same time, with the same end or without one
    /// where a recording stops.
    fn is_same(&self, other: &Self) -> bool {
        let (a, b) = (self.track, other.track);
        if a.team != b.team || plain(&a.name) != plain(&b.name) {
            return false;
        }
        let end = |track: &Track| track.end.unwrap_or(LevelTime(i32::MAX));
        let (of_a, of_b) = (end(a), end(b));
        let ends = of_a.since(of_b).abs() <= SAME_END_MS
            || (is_open(a) && of_a.since(of_b) <= SAME_END_MS)
            || (is_open(b) && of_b.since(of_a) <= SAME_END_MS);
        let overlap = end(a).min(end(b)).since(a.spawn.max(b.spawn));
        ends && overlap >= 0
    }
}

/// Puts lives together that are the same. Gives lives in the order of their spawns, how each is known, and the number
/// of moments at which two recordings disagree.
pub(super) fn merge_lives(knowns: &[Known]) -> (Vec<Track>, Vec<LifeSource>, usize) {
    let mut groups: Vec<Vec<Known>> = Vec::new();
    for known in knowns {
        match groups.iter_mut().find(|group| group.iter().any(|other| other.is_same(known))) {
            Some(group) => group.push(*known),
            None => groups.push(vec![*known]),
        }
    }
    let mut conflicts = 0;
    let mut merged: Vec<(Track, LifeSource)> =
        groups.iter().map(|group| merge_life(group, &mut conflicts)).collect();
    merged.sort_by_key(|(track, source)| (track.spawn, source.slot));
    let (tracks, lives) = merged.into_iter().unzip();
    (tracks, lives, conflicts)
}

fn merge_life(group: &[Known], conflicts: &mut usize) -> (Track, LifeSource) {
    // A life that is told from its spawn on is told best.
    let told = |known: &&Known| (!known.source.from_spawn, known.track.spawn, !known.best);
    let first = group.iter().min_by_key(told).unwrap_or(&group[0]);
    let named = group.iter().find(|known| known.best).unwrap_or(first);
    let slot = group.iter().map(|known| known.source.slot).min().unwrap_or(u8::MAX);
    let mut track = Track { samples: Vec::new(), tails: Tails::default(), ..first.track.clone() };
    track.guid = named.track.guid.clone();
    track.first_move = group.iter().filter_map(|known| known.track.first_move).min();
    let longest = group.iter().max_by_key(|known| known.track.end);
    if let Some(known) = group.iter().find(|known| is_told(known.track)).or(longest) {
        track.end = known.track.end;
        track.death_type.clone_from(&known.track.death_type);
    }
    let mut source = LifeSource { slot, from_spawn: first.source.from_spawn, samples: Vec::new() };
    for ((_, _), (known, place)) in moments(group, conflicts) {
        let mut sample = known.track.samples[place];
        // What one recording first saw, another may have seen before.
        if sample.event == Event::Spawn && !track.samples.is_empty() {
            sample.event = Event::Sample;
        }
        track.samples.push(sample);
        track.tails.push(known.track.tails.get(place));
        source.samples.push(known.source.samples[place]);
    }
    track.declared_samples = track.samples.len() as u64;
    if track.tails.is_empty() {
        track.tails = Tails::default();
    }
    (track, source)
}

fn is_told(track: &Track) -> bool {
    !is_open(track) && track.death_type != Some(DeathType::Unknown)
}

/// Which recording tells each moment: time, and whether it is an end (which comes after anything else of its time).
fn moments<'k, 'a>(
    group: &'k [Known<'a>],
    conflicts: &mut usize,
) -> BTreeMap<(LevelTime, bool), (&'k Known<'a>, usize)> {
    let mut best: BTreeMap<(LevelTime, bool), (&Known, usize)> = BTreeMap::new();
    let quality = |known: &Known, place: usize| {
        let SampleSource { place: at, health } = known.source.samples[place];
        (at, health, !known.best)
    };
    let last = group.iter().filter_map(|known| known.track.end).max();
    for known in group {
        let goes_on = is_open(known.track) && known.track.end < last;
        for (place, sample) in known.track.samples.iter().enumerate() {
            // Where a recording stops another one goes on.
            if goes_on && sample.event.is_terminal() {
                continue;
            }
            let key = (sample.time, sample.event.is_terminal());
            match best.get(&key) {
                None => {
                    best.insert(key, (known, place));
                }
                Some((other, there)) => {
                    let coarse =
                        |known: &Known, place: usize| known.source.samples[place].place == Source::Coarse;
                    let apart = other.track.samples[*there].at.distance_3d(sample.at) > SAME_PLACE_UNITS;
                    let measured =
                        sample.event == Event::Sample && other.track.samples[*there].event == Event::Sample;
                    let both = measured && !coarse(known, place) && !coarse(other, *there);
                    *conflicts += usize::from(apart && both);
                    if quality(known, place) < quality(other, *there) {
                        best.insert(key, (known, place));
                    }
                }
            }
        }
    }
    let better: Vec<LevelTime> = best
        .iter()
        .filter(|(_, (known, place))| known.source.samples[*place].place != Source::Coarse)
        .map(|((time, _), _)| *time)
        .collect();
    best.retain(|(time, _), (known, place)| {
        let after = better.partition_point(|other| other < time);
        let near =
            [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|index| better.get(index));
        let alone = near.into_iter().all(|other| other.since(*time).abs() >= COARSE_ADDS_AFTER_MS);
        known.source.samples[*place].place != Source::Coarse || alone
    });
    best
}
