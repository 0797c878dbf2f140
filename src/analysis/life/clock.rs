//! The time base of one round: where zero lies, how often samples were taken, when the game stood still.

use crate::model::{Event, LevelTime, Round};

/// The first spawns come this long after a round goes live.
const FIRST_SPAWN_MS: i64 = 500;
/// Shortest standstill of all players that counts as a pause.
const SHORTEST_PAUSE_MS: i64 = 3_000;
/// Fewest players whose standstill means anything.
const FEWEST_FROZEN: i32 = 3;
/// Time resolution of the search for pauses; at most this many bins.
const PAUSE_BIN_MS: i64 = 50;
const MOST_BINS: i64 = 1 << 18;
/// Longest distance between samples that is counted for the median.
const LONGEST_COUNTED_MS: usize = 10_000;
/// When a file neither declares an interval nor has two samples.
const FALLBACK_INTERVAL_MS: u32 = 500;

/// What a round's zero was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ZeroSource {
    /// A demo tells when the round began; it may itself begin later.
    Recorded,
    /// The first spawn, less 500 ms.
    FirstSpawn,
    /// There are no lives: the first engagement. Where zero lies is not really known.
    FirstEngagement,
    /// The round is empty.
    Nothing,
}

/// How often samples were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    /// What the header says, ms.
    pub declared_ms: Option<u32>,
    /// Median distance between neighbouring grid samples, ms; `None` when there are none.
    pub median_ms: Option<u32>,
}

impl Interval {
    /// The interval to go by: the median where there is one, else what the header says, else 500 ms.
    pub fn effective_ms(self) -> u32 {
        self.median_ms.or(self.declared_ms).filter(|&ms| ms > 0).unwrap_or(FALLBACK_INTERVAL_MS)
    }

    /// The longest distance between two samples that is not a gap: 2.5 intervals, but at least 1.5 s.
    pub fn longest_step_ms(self) -> i64 {
        (i64::from(self.effective_ms()) * 5 / 2).max(1_500)
    }
}

/// A span in which every living player stood frozen: the game was paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pause {
    /// Beginning.
    pub from: LevelTime,
    /// End.
    pub to: LevelTime,
}

/// The time base of one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundClock {
    /// The moment when the round went live, on the file's own clock.
    pub zero: LevelTime,
    /// What it was taken from.
    pub zero_source: ZeroSource,
    /// The last moment of any life or engagement.
    pub last: LevelTime,
    /// How often samples were taken.
    pub interval: Interval,
    /// Pauses, in order.
    pub pauses: Vec<Pause>,
}

impl RoundClock {
    /// Reads the time base off a round.
    pub fn of(round: &Round) -> Self {
        let first_spawn = round.tracks.iter().map(|t| t.spawn).min();
        let first_engagement = round.engagements.iter().map(|e| e.start).min();
        let (zero, zero_source) = match (first_spawn, first_engagement) {
            (Some(_), _) if round.meta.recordings.is_some() => (LevelTime(0), ZeroSource::Recorded),
            (Some(spawn), _) => {
                let zero = (i64::from(spawn.0) - FIRST_SPAWN_MS).max(i64::from(i32::MIN));
                (LevelTime(zero as i32), ZeroSource::FirstSpawn)
            }
            (None, Some(start)) => (start, ZeroSource::FirstEngagement),
            (None, None) => (LevelTime(0), ZeroSource::Nothing),
        };
        let ends = round.tracks.iter().filter_map(|t| t.end.or(t.samples.last().map(|s| s.time)));
        let last = ends.chain(round.engagements.iter().map(|e| e.end)).max().unwrap_or(zero);
        let interval = Interval { declared_ms: round.meta.interval_ms, median_ms: median_ms(round) };
        Self { zero, zero_source, last, interval, pauses: pauses(round) }
    }

    /// Milliseconds since the round went live.
    pub fn since_live_ms(&self, time: LevelTime) -> i64 {
        time.since(self.zero)
    }

    /// From going live to the last event, ms; pauses included, never negative.
    pub fn duration_ms(&self) -> i64 {
        self.last.since(self.zero).max(0)
    }

    /// Whether the middle of a step lies in a pause.
    pub(crate) fn is_paused(&self, from: LevelTime, to: LevelTime) -> bool {
        let middle = LevelTime(i32::midpoint(from.0, to.0));
        let after = self.pauses.partition_point(|pause| pause.from <= middle);
        after.checked_sub(1).is_some_and(|i| middle < self.pauses[i].to)
    }
}

/// Median distance between neighbouring grid samples, by counting: no sort, exact to the millisecond.
fn median_ms(round: &Round) -> Option<u32> {
    let mut counts = vec![0_u64; LONGEST_COUNTED_MS + 1];
    // Nearly all are equal, and counting one after the other in one place would wait for each.
    let (mut same, mut run) = (0, 0_u64);
    for track in &round.tracks {
        for pair in track.samples.windows(2) {
            if pair[0].event == Event::Sample && pair[1].event == Event::Sample {
                let dt = pair[1].time.since(pair[0].time).clamp(0, LONGEST_COUNTED_MS as i64) as usize;
                if dt != same {
                    counts[same] += std::mem::take(&mut run);
                    same = dt;
                }
                run += 1;
            }
        }
    }
    counts[same] += run;
    counts[0] = 0;
    let total: u64 = counts.iter().sum();
    let mut below = 0;
    (total > 0).then(|| {
        let middle = counts.iter().position(|&n| {
            below += n;
            below * 2 >= total
        });
        middle.unwrap_or(LONGEST_COUNTED_MS) as u32
    })
}

/// Spans of at least three seconds in which at least three players live and none of them moves. Level time runs on
/// through a pause, so this is how a pause looks in a file of the original tracker. Our own module's clock stops in a
/// pause: when all players stand still in its files, they really stood still.
fn pauses(round: &Round) -> Vec<Pause> {
    if round.meta.own_module {
        return Vec::new();
    }
    let times = || round.tracks.iter().flat_map(|t| t.samples.first().into_iter().chain(t.samples.last()));
    let Some(first) = times().map(|s| i64::from(s.time.0)).min() else { return Vec::new() };
    let last = times().map(|s| i64::from(s.time.0)).max().unwrap_or(first);
    let bin_ms = PAUSE_BIN_MS.max((last - first) / MOST_BINS + 1);
    let bins = ((last - first) / bin_ms + 2) as usize;
    let bin = |time: LevelTime| (((i64::from(time.0) - first).max(0) / bin_ms) as usize).min(bins - 1);

    // Differences, so that a step costs two additions however long it is.
    let mut moving = vec![0_i32; bins + 1];
    let mut alive = vec![0_i32; bins + 1];
    for track in &round.tracks {
        let (Some(start), Some(end)) = (track.samples.first(), track.samples.last()) else { continue };
        if start.time > end.time {
            continue;
        }
        alive[bin(start.time)] += 1;
        alive[bin(end.time)] -= 1;
        for pair in track.samples.windows(2) {
            let (from, to) = (&pair[0], &pair[1]);
            if from.at != to.at && from.time <= to.time && !to.event.is_terminal() {
                moving[bin(from.time)] += 1;
                moving[bin(to.time) + 1] -= 1;
            }
        }
    }

    let mut pauses = Vec::new();
    let (mut movers, mut living, mut since) = (0, 0, None);
    for i in 0..=bins {
        movers += moving[i];
        living += alive[i];
        let frozen = i < bins && movers == 0 && living >= FEWEST_FROZEN;
        match (frozen, since) {
            (true, None) => since = Some(i),
            (false, Some(start)) => {
                let moment = |bin: usize| LevelTime((first + bin as i64 * bin_ms) as i32);
                if (i - start) as i64 * bin_ms >= SHORTEST_PAUSE_MS {
                    pauses.push(Pause { from: moment(start), to: moment(i) });
                }
                since = None;
            }
            _ => {}
        }
    }
    pauses
}
