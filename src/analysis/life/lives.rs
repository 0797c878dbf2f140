//! Tracks become lives: unusable tracks and samples are taken out, and counted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::breaks;
use super::breaks::{BreakReason, TELEPORT_BIT};
use super::cleaned::{Life, LifeFlags, Origins};
use super::clock::RoundClock;
use super::dropped::{DropReason, Dropped};
use super::state::StateDecoder;
use crate::analysis::filter::select::{Filter, StateSet};
use crate::analysis::filter::window;
use crate::model::{Event, Guid, GuidKind, LevelTime, Round, Sample, Team, Track};

/// A step this short never needs the teleport bit's verdict: a revive in place toggles it too, units.
const IN_PLACE_UNITS: f64 = 36.0;

/// The usable lives of one round.
#[derive(Debug, Clone)]
pub struct Lives<'a> {
    /// Lives in file order.
    pub lives: Vec<Life<'a>>,
    /// What was left out. `lives.len() + dropped.total_lives()` is the number of tracks.
    pub dropped: Dropped,
    /// The same, track by track.
    by_track: Vec<Dropped>,
    /// The round's time base.
    pub clock: RoundClock,
    /// What stance and sprint mean in it.
    pub meaning: StateDecoder,
}

impl Lives<'_> {
    /// Recorded samples of the lives that are left.
    pub fn samples(&self) -> u64 {
        self.lives.iter().map(|life| life.recorded_samples() as u64).sum()
    }

    /// What was left out of one track of the round.
    pub fn dropped_of(&self, track_index: usize) -> Dropped {
        self.by_track.get(track_index).copied().unwrap_or_default()
    }
}

/// Cleans a round's tracks and keeps those that the filter wants.
///
/// Whole lives are left out when they are phantoms (original trackers: health at or below 0 before the end, while
/// the player waited in limbo), spectators, doubles, or empty. Single samples are left out when they are damaged, go
/// back in time, lie after the same player's next spawn, show the intermission camera (the `round_end` point of every
/// tracker but our own; in ours, when evidence shows that it is the camera), or a wounded player (our own). What the
/// filter does not want is only that: nothing else is said of it. A round that the filter does not match gives no lives.
pub fn lives<'a>(round: &'a Round, filter: &Filter) -> Lives<'a> {
    let clock = RoundClock::of(round);
    let meaning = StateDecoder::of(round);
    let mut dropped = vec![Dropped::default(); round.tracks.len()];
    let mut lives = Vec::new();
    if filter.matches_round(round) {
        let mut kept = believable(round, &mut dropped);
        cut_overlaps(round, &mut kept, &mut dropped);
        let numbers = number(round, &kept);
        for (cleaned, (number, of)) in kept.into_iter().zip(numbers) {
            let track = &round.tracks[cleaned.index];
            let read = cleaned.samples.len();
            if filter.refuses(track).is_some() {
                continue;
            }
            let dropped = &mut dropped[cleaned.index];
            let Some(first) = cleaned.samples.first() else { continue };
            let breaks = find_breaks(&clock, track, &cleaned);
            let end = cleaned.end(track);
            let mut life = Life {
                round,
                track,
                track_index: cleaned.index,
                number,
                of,
                meaning,
                states: filter.states,
                floor: filter.floor,
                start: track.spawn.min(first.time),
                end,
                since_live_ms: 0,
                flags: cleaned.flags,
                samples: cleaned.samples,
                origins: cleaned.origins,
                breaks,
            };
            if let Some(bounds) = window::bounds(&life, &clock, filter) {
                if !window::clip(&mut life, bounds) {
                    dropped.add_life(DropReason::Window, read);
                    continue;
                }
                dropped.add_samples(DropReason::Window, read - life.recorded_samples());
            }
            if let Some(floor) = filter.floor
                && !life.samples.iter().any(|sample| floor.holds(sample.at.z))
            {
                dropped.add_life(DropReason::Filtered, read);
                continue;
            }
            if filter.states != StateSet::ALL && life.segments().next().is_none() {
                dropped.add_life(DropReason::Filtered, life.recorded_samples());
                continue;
            }
            life.since_live_ms = clock.since_live_ms(life.start);
            lives.push(life);
        }
    }
    for (track, dropped) in round.tracks.iter().zip(&mut dropped) {
        let reason =
            if filter.matches_round(round) { filter.refuses(track) } else { Some(DropReason::Filtered) };
        if let Some(reason) = reason {
            *dropped = Dropped::default();
            dropped.add_life(reason, track.samples.len());
        }
    }
    let mut total = Dropped::default();
    for dropped in &dropped {
        total.merge(dropped);
    }
    Lives { lives, dropped: total, by_track: dropped, clock, meaning }
}

/// A track that is becoming a life.
struct Cleaned<'a> {
    index: usize,
    samples: Cow<'a, [Sample]>,
    origins: Origins,
    flags: LifeFlags,
    cut_at: Option<LevelTime>,
}

impl Cleaned<'_> {
    fn origin(&self, index: usize) -> usize {
        match &self.origins {
            Origins::Contiguous(first) => first + index,
            Origins::Listed(list) => list[index].unwrap_or_default() as usize,
        }
    }

    fn end(&self, track: &Track) -> LevelTime {
        let last = self.samples.last().map_or(track.spawn, |s| s.time);
        let written = track.end.unwrap_or(last).max(last);
        self.cut_at.map_or(written, |cut| written.min(cut)).max(last)
    }
}

/// Judges each track by itself.
fn believable<'a>(round: &'a Round, dropped: &mut [Dropped]) -> Vec<Cleaned<'a>> {
    let own = round.meta.own_module;
    let shared = shared_ends(round);
    let mut kept = Vec::with_capacity(round.tracks.len());
    for (index, track) in round.tracks.iter().enumerate() {
        let (read, dropped) = (track.samples.len(), &mut dropped[index]);
        if is_spectator(&track.team) {
            dropped.add_life(DropReason::Spectator, read);
            continue;
        }
        if !own && track.samples.iter().any(|s| s.is_down() && !s.event.is_terminal()) {
            dropped.add_life(DropReason::Limbo, read);
            continue;
        }
        let (samples, origins, flags) =
            usable(track, |last, rest| !own || is_camera(&shared, last, rest), dropped);
        if samples.is_empty() {
            dropped.add_life(DropReason::Empty, 0);
            continue;
        }
        kept.push(Cleaned { index, samples, origins, flags, cut_at: None });
    }
    kept
}

fn is_spectator(team: &Team) -> bool {
    matches!(team, Team::Other(word) if word.to_ascii_uppercase().starts_with("SPEC"))
}

/// Places at which more than one life is at the end of the round. Players are solid: only a camera can be shared.
fn shared_ends(round: &Round) -> Vec<[u32; 3]> {
    let ends = round.tracks.iter().filter_map(|t| t.samples.last()).filter(|s| s.event == Event::RoundEnd);
    let mut places: Vec<[u32; 3]> = ends.map(bits).collect();
    places.sort_unstable();
    places.chunk_by(|a, b| a == b).filter(|run| run.len() > 1).map(|run| run[0]).collect()
}

fn bits(sample: &Sample) -> [u32; 3] {
    [sample.at.x, sample.at.y, sample.at.z].map(f32::to_bits)
}

/// Whether the last point of a survivor is the intermission camera although the tracker is ours.
fn is_camera(shared: &[[u32; 3]], last: &Sample, rest: &[Sample]) -> bool {
    shared.binary_search(&bits(last)).is_ok()
        || rest.last().is_some_and(|from| breaks::is_too_far(from, last))
}

/// A track's usable samples; borrowed unless one in the middle has to go.
fn usable<'a>(
    track: &'a Track,
    is_camera: impl Fn(&Sample, &[Sample]) -> bool,
    dropped: &mut Dropped,
) -> (Cow<'a, [Sample]>, Origins, LifeFlags) {
    let mut samples = track.samples.as_slice();
    let mut flags = LifeFlags::default();
    if let Some((last, rest)) = samples.split_last()
        && last.event == Event::RoundEnd
        && is_camera(last, rest)
    {
        flags.camera_end = true;
        dropped.add_samples(DropReason::CameraEnd, 1);
        samples = rest;
    }
    let mut before = LevelTime(i32::MIN);
    let fault = |sample: &Sample, before: LevelTime| {
        if !sample.at.is_plausible() {
            Some(DropReason::Damaged)
        } else if sample.time < before {
            Some(DropReason::OutOfOrder)
        } else if sample.is_down() && !sample.event.is_terminal() {
            Some(DropReason::Wounded)
        } else {
            None
        }
    };
    let clean = samples.iter().all(|s| fault(s, std::mem::replace(&mut before, s.time)).is_none());
    if clean {
        return (Cow::Borrowed(samples), Origins::Contiguous(0), flags);
    }
    let (mut kept, mut origins) = (Vec::with_capacity(samples.len()), Vec::with_capacity(samples.len()));
    let mut before = LevelTime(i32::MIN);
    for (i, sample) in samples.iter().enumerate() {
        if let Some(reason) = fault(sample, before) {
            dropped.add_samples(reason, 1);
        } else {
            before = sample.time;
            kept.push(*sample);
            origins.push(Some(i as u32));
        }
    }
    (Cow::Owned(kept), Origins::Listed(origins), flags)
}

/// Lives of one player that overlap: the latest spawn wins, and a life is `[spawn, next spawn)`. Two players without a
/// GUID may also have the same name, so theirs are left alone.
fn cut_overlaps(round: &Round, kept: &mut Vec<Cleaned<'_>>, dropped: &mut [Dropped]) {
    let mut gone = vec![false; kept.len()];
    for places in by_player(round, kept).values_mut() {
        places.sort_by_key(|&k| (round.tracks[kept[k].index].spawn, k));
        for i in 1..places.len() {
            let (earlier, later) = (places[i - 1], places[i]);
            let guid = &round.tracks[kept[later].index].guid;
            if guid.kind() == GuidKind::FileLocal && !guid.is_slot() {
                continue;
            }
            let (a, b) = (&round.tracks[kept[earlier].index], &round.tracks[kept[later].index]);
            let dropped = &mut dropped[kept[earlier].index];
            if a.spawn == b.spawn && a.samples == b.samples {
                gone[earlier] = true;
                dropped.add_life(DropReason::Duplicate, kept[earlier].samples.len());
                continue;
            }
            let cut = b.spawn;
            let life = &mut kept[earlier];
            if life.end(a) <= cut {
                continue;
            }
            let left = life.samples.partition_point(|s| s.time < cut);
            dropped.add_samples(DropReason::Overlap, life.samples.len() - left);
            life.flags.overlapped = true;
            life.cut_at = Some(cut);
            match &mut life.samples {
                Cow::Borrowed(slice) => *slice = &slice[..left],
                Cow::Owned(list) => list.truncate(left),
            }
            if let Origins::Listed(list) = &mut life.origins {
                list.truncate(left);
            }
            if left == 0 {
                gone[earlier] = true;
                dropped.add_life(DropReason::Overlap, 0);
            }
        }
    }
    let mut gone = gone.into_iter();
    kept.retain(|_| !gone.next().unwrap_or_default());
}

/// Which of the player's lives each life is, and of how many.
fn number(round: &Round, kept: &[Cleaned<'_>]) -> Vec<(u32, u32)> {
    let mut numbers = vec![(1, 1); kept.len()];
    for places in by_player(round, kept).values_mut() {
        places.sort_by_key(|&k| (round.tracks[kept[k].index].spawn, k));
        for (i, &place) in places.iter().enumerate() {
            numbers[place] = (i as u32 + 1, places.len() as u32);
        }
    }
    numbers
}

/// Lives by player, as [`Guid::within_file`] tells them apart; those that may be anyone's are left out.
fn by_player<'a>(round: &'a Round, kept: &[Cleaned<'_>]) -> BTreeMap<(&'a Guid, &'a str), Vec<usize>> {
    let mut players: BTreeMap<(&Guid, &str), Vec<usize>> = BTreeMap::new();
    for (k, cleaned) in kept.iter().enumerate() {
        let track = &round.tracks[cleaned.index];
        if let Some(player) = track.guid.within_file(track.name.as_str()) {
            players.entry(player).or_default().push(k);
        }
    }
    players
}

/// Breaks by step index. Where the file has the raw flags, a toggled teleport bit is exact evidence.
fn find_breaks(clock: &RoundClock, track: &Track, cleaned: &Cleaned<'_>) -> Vec<(usize, BreakReason)> {
    // Of two steps in a row both ask for the sample between them.
    let mut known: Option<(usize, Option<i32>)> = None;
    let mut flags = |i: usize| match known {
        Some((at, flags)) if at == i => flags,
        _ => {
            let flags = flags_of(track.tails.get(cleaned.origin(i)));
            known = Some((i, flags));
            flags
        }
    };
    let mut teleported = |i: usize, from: &Sample, to: &Sample| {
        to.event != Event::Revived
            && from.at.distance_2d(to.at) > IN_PLACE_UNITS
            && matches!((flags(i), flags(i + 1)), (Some(a), Some(b)) if (a ^ b) & TELEPORT_BIT != 0)
    };
    let mut found = Vec::new();
    for (i, pair) in cleaned.samples.windows(2).enumerate() {
        let (from, to) = (&pair[0], &pair[1]);
        if !track.tails.is_empty() && teleported(i, from, to) {
            found.push((i, BreakReason::Teleport));
        } else if let Some(reason) = breaks::judge(clock, from, to) {
            found.push((i, reason));
        }
    }
    found
}

/// The engine's flags in what a sample's row holds beyond the first columns: its fourth field.
fn flags_of(tail: &str) -> Option<i32> {
    let commas = tail.bytes().enumerate().filter(|(_, byte)| *byte == b',');
    let start = commas.map(|(at, _)| at + 1).nth(2)?;
    let field = &tail[start..];
    let end = field.bytes().position(|byte| byte == b',').unwrap_or(field.len());
    field[..end].parse().ok()
}
