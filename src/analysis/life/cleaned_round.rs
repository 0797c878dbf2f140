//! Tracks become lives: unusable tracks and samples are taken out, and counted. What is found does not depend on the
//! filter, so a round that is asked with many of them is cleaned once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::breaks;
use super::breaks::{BreakReason, TELEPORT_BIT};
use super::cleaned::{Life, LifeFlags, Origins};
use super::clock::RoundClock;
use super::dropped::{DropReason, Dropped};
use super::lives::Lives;
use super::runs::StateRuns;
use super::state::StateDecoder;
use crate::analysis::filter::select::{Filter, StateSet};
use crate::analysis::filter::window;
use crate::model::{Event, Guid, GuidKind, LevelTime, Round, Sample, Team, Track};

/// A step this short never needs the teleport bit's verdict: a revive in place toggles it too, units.
const IN_PLACE_UNITS: f64 = 36.0;

/// Cleans a round's tracks and keeps those that the filter wants.
///
/// Whole lives are left out when they are phantoms (original trackers: health at or below 0 before the end, while
/// the player waited in limbo), spectators, doubles, or empty. Single samples are left out when they are damaged, go
/// back in time, lie after the same player's next spawn, show the intermission camera (the `round_end` point of every
/// tracker but our own; in ours, when evidence shows that it is the camera), or a wounded player (our own). What the
/// filter does not want is only that: nothing else is said of it. A round that the filter does not match gives no lives.
pub fn lives<'a>(round: &'a Round, filter: &Filter) -> Lives<'a> {
    let is_wanted = filter.matches_round(round);
    let cleaning = if is_wanted { Cleaning::of(round) } else { Cleaning::without_lives(round) };
    cleaning.lives(round, filter)
}

/// A round that is asked with many filters: its tracks are cleaned once, when they are first asked for.
#[derive(Debug)]
pub struct CleanedRound {
    round: Round,
    cleaning: OnceLock<Cleaning>,
}

impl CleanedRound {
    /// A round, not yet cleaned.
    pub fn of(round: Round) -> Self {
        Self { round, cleaning: OnceLock::new() }
    }

    /// The round.
    pub fn round(&self) -> &Round {
        &self.round
    }

    /// The lives that `filter` lets through, as [`lives`] gives them.
    pub fn lives(&self, filter: &Filter) -> Lives<'_> {
        self.cleaning.get_or_init(|| Cleaning::of(&self.round)).lives(&self.round, filter)
    }

    /// The steps of a life that it gave, whole, by state.
    pub(crate) fn runs(&self, life: &Life<'_>) -> &StateRuns {
        let cleaning = self.cleaning.get_or_init(|| Cleaning::of(&self.round));
        let place = cleaning.tracks.partition_point(|cleaned| cleaned.index < life.track_index());
        cleaning.runs(&self.round, &cleaning.tracks[place])
    }

    /// Finds all that is found once, so that [`Self::cleaned_bytes`] grows no more.
    pub(crate) fn clean(&self) {
        let cleaning = self.cleaning.get_or_init(|| Cleaning::of(&self.round));
        for cleaned in &cleaning.tracks {
            cleaning.runs(&self.round, cleaned);
        }
    }

    /// About how much memory the cleaned tracks take beside the round, bytes.
    pub fn cleaned_bytes(&self) -> usize {
        self.cleaning.get().map_or(0, Cleaning::bytes)
    }
}

/// What cleaning found in a round.
#[derive(Debug)]
struct Cleaning {
    clock: RoundClock,
    meaning: StateDecoder,
    tracks: Vec<CleanedTrack>,
    /// What was left out of each track of the round.
    dropped: Vec<Dropped>,
}

/// A track of which something is usable.
#[derive(Debug)]
struct CleanedTrack {
    /// Its place among the round's tracks.
    index: usize,
    usable: Usable,
    flags: LifeFlags,
    cut_at: Option<LevelTime>,
    /// Which of the player's lives it is, and of how many.
    number: (u32, u32),
    /// By step index; found when a filter first wants the track.
    breaks: OnceLock<Vec<(usize, BreakReason)>>,
    /// Found when they are first asked for.
    runs: OnceLock<StateRuns>,
}

/// The usable samples of a track.
#[derive(Debug)]
enum Usable {
    /// So many, from the first on.
    First(usize),
    /// A selection, with their places in the track.
    Chosen(Vec<Sample>, Vec<Option<u32>>),
}

impl CleanedTrack {
    fn samples<'s>(&'s self, track: &'s Track) -> &'s [Sample] {
        match &self.usable {
            Usable::First(count) => &track.samples[..*count],
            Usable::Chosen(samples, _) => samples,
        }
    }

    fn truncate(&mut self, left: usize) {
        match &mut self.usable {
            Usable::First(count) => *count = left,
            Usable::Chosen(samples, places) => {
                samples.truncate(left);
                places.truncate(left);
            }
        }
    }

    /// The place in the track of a usable sample.
    fn origin(&self, index: usize) -> usize {
        match &self.usable {
            Usable::First(_) => index,
            Usable::Chosen(_, places) => places[index].unwrap_or_default() as usize,
        }
    }

    fn end(&self, track: &Track) -> LevelTime {
        let last = self.samples(track).last().map_or(track.spawn, |s| s.time);
        let written = track.end.unwrap_or(last).max(last);
        self.cut_at.map_or(written, |cut| written.min(cut)).max(last)
    }

    /// The track as a life, whole.
    fn life<'a>(&self, round: &'a Round, cleaning: &Cleaning, filter: &Filter) -> Option<Life<'a>> {
        let track = &round.tracks[self.index];
        let first = self.samples(track).first()?;
        let (samples, origins) = match &self.usable {
            Usable::First(count) => (Cow::Borrowed(&track.samples[..*count]), Origins::Contiguous(0)),
            Usable::Chosen(samples, places) => (Cow::Owned(samples.clone()), Origins::Listed(places.clone())),
        };
        Some(Life {
            round,
            track,
            track_index: self.index,
            number: self.number.0,
            of: self.number.1,
            meaning: cleaning.meaning,
            states: filter.states,
            floor: filter.floor,
            start: track.spawn.min(first.time),
            end: self.end(track),
            since_live_ms: 0,
            flags: self.flags,
            samples,
            origins,
            breaks: self.breaks(&cleaning.clock, track).to_vec(),
        })
    }

    fn breaks(&self, clock: &RoundClock, track: &Track) -> &[(usize, BreakReason)] {
        self.breaks.get_or_init(|| find_breaks(clock, track, self))
    }
}

impl Cleaning {
    /// Cleans a round's tracks.
    fn of(round: &Round) -> Self {
        let mut cleaning = Self::without_lives(round);
        let mut kept = believable(round, &mut cleaning.dropped);
        cut_overlaps(round, &mut kept, &mut cleaning.dropped);
        number(round, &mut kept);
        Self { tracks: kept, ..cleaning }
    }

    /// What is known of a round of which no life is wanted.
    fn without_lives(round: &Round) -> Self {
        Self {
            clock: RoundClock::of(round),
            meaning: StateDecoder::of(round),
            tracks: Vec::new(),
            dropped: vec![Dropped::default(); round.tracks.len()],
        }
    }

    /// The lives of the round it was made from that `filter` lets through.
    fn lives<'a>(&self, round: &'a Round, filter: &Filter) -> Lives<'a> {
        let is_wanted = filter.matches_round(round);
        let refuses = |track| if is_wanted { filter.refuses(track) } else { Some(DropReason::Filtered) };
        let refused: Vec<Option<DropReason>> = round.tracks.iter().map(refuses).collect();
        let mut by_track = self.dropped.clone();
        let mut lives = Vec::with_capacity(if is_wanted { self.tracks.len() } else { 0 });
        for cleaned in self.tracks.iter().filter(|cleaned| refused[cleaned.index].is_none()) {
            let Some(mut life) = cleaned.life(round, self, filter) else { continue };
            let (read, dropped) = (life.recorded_samples(), &mut by_track[cleaned.index]);
            if let Some(bounds) = window::bounds(&life, &self.clock, filter) {
                if !window::clip(&mut life, &bounds) {
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
            life.since_live_ms = self.clock.since_live_ms(life.start);
            lives.push(life);
        }
        let mut dropped = Dropped::default();
        for ((track, refused), of_track) in round.tracks.iter().zip(refused).zip(&mut by_track) {
            if let Some(reason) = refused {
                *of_track = Dropped::default();
                of_track.add_life(reason, track.samples.len());
            }
            dropped.merge(of_track);
        }
        Lives { lives, dropped, by_track, clock: self.clock.clone(), meaning: self.meaning }
    }

    /// The steps of a track by state.
    fn runs<'c>(&self, round: &Round, cleaned: &'c CleanedTrack) -> &'c StateRuns {
        let track = &round.tracks[cleaned.index];
        let breaks = || cleaned.breaks(&self.clock, track);
        cleaned.runs.get_or_init(|| StateRuns::of(cleaned.samples(track), breaks(), self.meaning))
    }

    fn bytes(&self) -> usize {
        let own = |track: &CleanedTrack| {
            let chosen = match &track.usable {
                Usable::First(_) => 0,
                Usable::Chosen(samples, _) => samples.len() * (size_of::<Sample>() + 8),
            };
            let breaks = track.breaks.get().map_or(0, Vec::len) * size_of::<(usize, BreakReason)>();
            size_of::<CleanedTrack>() + chosen + breaks + track.runs.get().map_or(0, StateRuns::bytes)
        };
        self.tracks.iter().map(own).sum::<usize>() + self.dropped.len() * size_of::<Dropped>()
    }
}

/// Judges each track by itself.
fn believable(round: &Round, dropped: &mut [Dropped]) -> Vec<CleanedTrack> {
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
        let (usable, flags) = usable(track, |last, rest| !own || is_camera(&shared, last, rest), dropped);
        let (breaks, runs) = (OnceLock::new(), OnceLock::new());
        let cleaned = CleanedTrack { index, usable, flags, cut_at: None, number: (1, 1), breaks, runs };
        if cleaned.samples(track).is_empty() {
            dropped.add_life(DropReason::Empty, 0);
            continue;
        }
        kept.push(cleaned);
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

/// A track's usable samples; a selection only where one in the middle has to go.
fn usable(
    track: &Track,
    is_camera: impl Fn(&Sample, &[Sample]) -> bool,
    dropped: &mut Dropped,
) -> (Usable, LifeFlags) {
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
        return (Usable::First(samples.len()), flags);
    }
    let (mut kept, mut places) = (Vec::with_capacity(samples.len()), Vec::with_capacity(samples.len()));
    let mut before = LevelTime(i32::MIN);
    for (i, sample) in samples.iter().enumerate() {
        if let Some(reason) = fault(sample, before) {
            dropped.add_samples(reason, 1);
        } else {
            before = sample.time;
            kept.push(*sample);
            places.push(Some(i as u32));
        }
    }
    (Usable::Chosen(kept, places), flags)
}

/// Lives of one player that overlap: the latest spawn wins, and a life is `[spawn, next spawn)`. Two players without a
/// GUID may also have the same name, so theirs are left alone.
fn cut_overlaps(round: &Round, kept: &mut Vec<CleanedTrack>, dropped: &mut [Dropped]) {
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
                dropped.add_life(DropReason::Duplicate, kept[earlier].samples(a).len());
                continue;
            }
            let cut = b.spawn;
            let life = &mut kept[earlier];
            if life.end(a) <= cut {
                continue;
            }
            let samples = life.samples(a);
            let left = samples.partition_point(|s| s.time < cut);
            dropped.add_samples(DropReason::Overlap, samples.len() - left);
            life.flags.overlapped = true;
            life.cut_at = Some(cut);
            life.truncate(left);
            if left == 0 {
                gone[earlier] = true;
                dropped.add_life(DropReason::Overlap, 0);
            }
        }
    }
    let mut gone = gone.into_iter();
    kept.retain(|_| !gone.next().unwrap_or_default());
}

/// Tells which of the player's lives each life is, and of how many.
fn number(round: &Round, kept: &mut [CleanedTrack]) {
    for places in by_player(round, kept).values_mut() {
        places.sort_by_key(|&k| (round.tracks[kept[k].index].spawn, k));
        for (i, &place) in places.iter().enumerate() {
            kept[place].number = (i as u32 + 1, places.len() as u32);
        }
    }
}

/// Lives by player, as [`Guid::within_file`] tells them apart; those that may be anyone's are left out.
fn by_player<'a>(round: &'a Round, kept: &[CleanedTrack]) -> BTreeMap<(&'a Guid, &'a str), Vec<usize>> {
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
fn find_breaks(clock: &RoundClock, track: &Track, cleaned: &CleanedTrack) -> Vec<(usize, BreakReason)> {
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
    for (i, pair) in cleaned.samples(track).windows(2).enumerate() {
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
