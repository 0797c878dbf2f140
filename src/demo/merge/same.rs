//! Whether two recordings are of one round.

use std::collections::BTreeMap;

use crate::demo::reader::RecordedRound;
use crate::demo::rounds::Source;
use crate::geom::WorldPoint;
use crate::model::{LevelTime, PlayerName};

/// Two looks at one player at one time agree within this distance: bodies of bots are rounded to whole units.
pub(super) const SAME_PLACE_UNITS: f64 = 2.0;
/// A player who stands still may stand there in every round; one who moves does not come by again at the same moment.
const MOVING_UPS: f32 = 50.0;
/// Fewer common looks than this mean nothing.
const FEWEST_LOOKS: usize = 10;
/// Fewer common deaths than this mean nothing.
const FEWEST_DEATHS: usize = 3;
/// An obituary comes to all clients with the same snapshot, or with the next when that one is lost.
const SAME_DEATH_MS: i64 = 150;
/// Of a hundred common looks or deaths, as many have to agree.
const AGREE_PERCENT: usize = 90;

/// Whether two recordings are of one round: on the same map, players of the same names move through the same places at
/// the same time on the round's clock, or the same players die at the same times.
pub fn is_same_round(a: &RecordedRound, b: &RecordedRound) -> bool {
    let (of_a, of_b) = (&a.round.meta, &b.round.meta);
    if !of_a.map.eq_ignore_ascii_case(&of_b.map) || of_a.round_raw != of_b.round_raw {
        return false;
    }
    let (looks, alike) = common_looks(a, b);
    if looks >= FEWEST_LOOKS {
        return alike * 100 >= looks * AGREE_PERCENT;
    }
    let (deaths, alike) = common_deaths(a, b);
    deaths >= FEWEST_DEATHS && alike * 100 >= deaths * AGREE_PERCENT
}

/// When a life began and ended, and whose it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifeSpan {
    /// The player's name.
    pub name: PlayerName,
    /// The spawn, or the moment from which on the player was visible.
    pub from: LevelTime,
    /// The end.
    pub to: LevelTime,
}

/// Whether [`is_same_round`] is worth asking, judged by the lives' spans alone: some player has to be in both, and most of
/// the deaths of one that fall into a life of the other have to end it.
pub fn may_be_same_round(a: &[LifeSpan], b: &[LifeSpan]) -> bool {
    let mut lives: BTreeMap<String, Vec<&LifeSpan>> = BTreeMap::new();
    for life in b {
        lives.entry(plain(&life.name)).or_default().push(life);
    }
    let (mut known, mut deaths, mut alike) = (false, 0, 0);
    for life in a {
        let Some(others) = lives.get(&plain(&life.name)) else { continue };
        known = true;
        let lasts = |other: &&&LifeSpan| other.from <= life.to && other.to.since(life.to) >= -SAME_DEATH_MS;
        if let Some(other) = others.iter().find(lasts) {
            deaths += 1;
            alike += usize::from(other.to.since(life.to) <= SAME_DEATH_MS);
        }
    }
    known && (deaths < FEWEST_DEATHS || alike * 2 >= deaths)
}

/// A name as a tracker file can hold it: without the characters that part its fields.
pub(super) fn plain(name: &PlayerName) -> String {
    name.as_str().replace([';', '|', ',', '\t', '\r', '\n'], "_")
}

/// Moments at which both show a player of the same name moving, and how many of them agree.
fn common_looks(a: &RecordedRound, b: &RecordedRound) -> (usize, usize) {
    let mut places: BTreeMap<(String, LevelTime), WorldPoint> = BTreeMap::new();
    let moving = |recorded: &'_ RecordedRound, each: &mut dyn FnMut(usize, usize)| {
        for (life, (track, source)) in recorded.round.tracks.iter().zip(&recorded.lives).enumerate() {
            for (place, sample) in track.samples.iter().enumerate() {
                if sample.speed_ups > MOVING_UPS && source.samples[place].place != Source::Coarse {
                    each(life, place);
                }
            }
        }
    };
    moving(a, &mut |life, place| {
        let track = &a.round.tracks[life];
        places.insert((plain(&track.name), track.samples[place].time), track.samples[place].at);
    });
    let (mut looks, mut alike) = (0, 0);
    moving(b, &mut |life, place| {
        let track = &b.round.tracks[life];
        if let Some(at) = places.get(&(plain(&track.name), track.samples[place].time)) {
            looks += 1;
            alike += usize::from(at.distance_3d(track.samples[place].at) <= SAME_PLACE_UNITS);
        }
    });
    (looks, alike)
}

/// Deaths of one while both were recording, and how many of them the other tells too.
fn common_deaths(a: &RecordedRound, b: &RecordedRound) -> (usize, usize) {
    let deaths = |recorded: &RecordedRound| -> Vec<(LevelTime, String)> {
        recorded.kills.iter().map(|kill| (kill.time, plain(&kill.victim.name))).collect()
    };
    let span = |recorded: &RecordedRound| {
        let samples = || recorded.round.tracks.iter().flat_map(|track| &track.samples).map(|s| s.time);
        samples().min().zip(samples().max())
    };
    let (Some(of_a), Some(of_b)) = (span(a), span(b)) else { return (0, 0) };
    let (from, to) = (of_a.0.max(of_b.0), of_a.1.min(of_b.1));
    let (ours, theirs) = (deaths(a), deaths(b));
    let both: Vec<_> = ours.iter().filter(|(time, _)| *time >= from && *time <= to).collect();
    let told = |death: &&&(LevelTime, String)| {
        theirs.iter().any(|other| other.1 == death.1 && other.0.since(death.0).abs() <= SAME_DEATH_MS)
    };
    (both.len(), both.iter().filter(told).count())
}
