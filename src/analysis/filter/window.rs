//! Only a span of each life: cut exactly at its edges, so that every sampling interval gives the same picture.

use std::borrow::Cow;
use std::ops::Range;

use super::select::Filter;
use crate::analysis::life::breaks::BreakReason;
use crate::analysis::life::cleaned::{Life, Origins};
use crate::analysis::life::clock::RoundClock;
use crate::model::{Event, LevelTime, Sample};

/// The span of level time that the filter wants of a life; `None` when it wants all of it.
pub(crate) fn bounds(life: &Life<'_>, clock: &RoundClock, filter: &Filter) -> Option<Range<i64>> {
    let mut range = i64::MIN..i64::MAX;
    let spans = [(filter.life_window, life.track.spawn), (filter.round_window, clock.zero)];
    for (window, zero) in spans {
        if let Some(window) = window {
            let zero = i64::from(zero.0);
            range.start = range.start.max(zero.saturating_add(window.from));
            range.end = range.end.min(zero.saturating_add(window.to));
        }
    }
    (range != (i64::MIN..i64::MAX)).then_some(range)
}

/// What a span of level time leaves of a life.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Left {
    Nothing,
    Whole,
    Part(Cut),
}

/// Where a span of level time cuts a life.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// The span, as far as the life reaches.
    pub(crate) span: (LevelTime, LevelTime),
    /// The first sample in it, and the first behind it.
    pub(crate) samples: (usize, usize),
    /// The points on its edges that fall inside walked steps.
    pub(crate) head: Option<Sample>,
    pub(crate) tail: Option<Sample>,
}

/// What a span of level time leaves of a life.
///
/// An edge that falls inside a walked step becomes a point on the path, so time in the window is exact. An edge that
/// falls into a break adds no point: where the player was is not known.
pub(crate) fn left(life: &Life<'_>, range: &Range<i64>) -> Left {
    let (start, end) = (i64::from(life.start.0), i64::from(life.end.0));
    let (lo, hi) = (start.max(range.start), end.min(range.end));
    if lo >= hi {
        return Left::Nothing;
    }
    if lo == start && hi == end {
        return Left::Whole;
    }
    let (lo, hi) = (LevelTime(lo as i32), LevelTime(hi as i32));
    let samples = &life.samples;
    let first = count_before(samples, i64::from(lo.0), |s| s.time < lo);
    // The last sample belongs to the life although its end does not: keep it when the window reaches that far.
    let is_before = |s: &Sample| s.time < hi || (s.time == hi && hi == life.end);
    let after = count_before(samples, i64::from(hi.0), is_before);

    let edge = |index: usize, time: LevelTime| {
        let (from, to) = (samples.get(index.checked_sub(1)?)?, samples.get(index)?);
        (!life.is_break(index - 1)).then(|| between(from, to, time))
    };
    let head = edge(first, lo).filter(|_| samples.get(first).is_some_and(|s| s.time > lo));
    let tail = edge(after, hi).filter(|_| samples.get(after).is_some_and(|s| s.time >= hi));
    let (head, tail) = (head.map(|(sample, _)| sample), tail.map(|(_, sample)| sample));
    if first >= after && head.is_none() && tail.is_none() {
        return Left::Nothing;
    }
    Left::Part(Cut { span: (lo, hi), samples: (first, after), head, tail })
}

/// How many samples are before a moment, as `is_before` tells of those near it. They come at even distances, so the first look is
/// where it should lie: memory that is far from there is not waited for.
pub(crate) fn count_before(samples: &[Sample], time: i64, is_before: impl Fn(&Sample) -> bool) -> usize {
    let [first, .., last] = samples else { return samples.partition_point(is_before) };
    let (begin, end) = (i64::from(first.time.0), i64::from(last.time.0));
    let whole = (end - begin).max(1);
    let guess = (time.clamp(begin, end.max(begin)) - begin) * (samples.len() as i64 - 1) / whole;
    let at = (guess as usize).min(samples.len() - 1);
    // All before `low` are before it, none from `high` on is.
    let (mut low, mut high, mut step) = (0, samples.len(), 1);
    if is_before(&samples[at]) {
        low = at + 1;
        while low < high {
            let next = (low + step).min(high) - 1;
            if !is_before(&samples[next]) {
                high = next;
                break;
            }
            low = next + 1;
            step *= 2;
        }
    } else {
        high = at;
        while low < high {
            let next = high - step.min(high - low);
            if is_before(&samples[next]) {
                low = next + 1;
                break;
            }
            high = next;
            step *= 2;
        }
    }
    low + samples[low..high].partition_point(is_before)
}

/// Cuts a life to a span of level time. `false` when nothing of it is left.
pub(crate) fn clip(life: &mut Life<'_>, range: &Range<i64>) -> bool {
    let Cut { span, samples: (first, after), head, tail } = match left(life, range) {
        Left::Nothing => return false,
        Left::Whole => return true,
        Left::Part(cut) => cut,
    };
    let shift = usize::from(head.is_some());
    // A window between two samples has its edges alone.
    let whole = life.samples.get(first..after).unwrap_or_default();
    let mut kept: Vec<Sample> = Vec::with_capacity(whole.len() + 2);
    kept.extend(head);
    kept.extend_from_slice(whole);
    kept.extend(tail);
    let origins = match &life.origins {
        Origins::Contiguous(origin) => {
            Origins::Window { first: origin + first, count: whole.len(), head: shift }
        }
        Origins::Window { .. } | Origins::Listed(_) => {
            let origin = |i: usize| life.track_sample(i).map(|n| n as u32);
            let edge = |is_there: bool| is_there.then_some(None);
            let listed = edge(head.is_some()).into_iter().chain((first..after).map(origin));
            Origins::Listed(listed.chain(edge(tail.is_some())).collect())
        }
    };
    let inside = |&(at, reason): &(usize, BreakReason)| {
        (at >= first && at + 1 < after).then(|| (at - first + shift, reason))
    };
    life.breaks = life.breaks.iter().filter_map(inside).collect();
    life.samples = Cow::Owned(kept);
    life.origins = origins;
    (life.start, life.end) = span;
    life.flags.clipped = true;
    true
}

/// The point on the path from one sample to the next, twice: as the beginning of what follows (stance and sprint of
/// `from`) and as the end of what came before (sprint of `to`, whose flag covers the step).
fn between(from: &Sample, to: &Sample, time: LevelTime) -> (Sample, Sample) {
    let dt = to.time.since(from.time).max(1) as f32;
    let share = time.since(from.time) as f32 / dt;
    let terminal = to.event.is_terminal();
    let speed_ups =
        if terminal { from.speed_ups } else { from.speed_ups + (to.speed_ups - from.speed_ups) * share };
    let head = Sample { time, at: from.at.lerp(to.at, share), speed_ups, event: Event::Sample, ..*from };
    let tail = Sample { sprint: if terminal { 0 } else { to.sprint }, ..head };
    (head, tail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geom::WorldPoint;
    use crate::model::{Sample, Weapon};

    proptest! {
        #[test]
        fn a_guess_finds_what_halving_finds(
            steps in prop::collection::vec(prop_oneof![Just(200_i32), Just(0), 1..5_000], 0..60),
            from in -5_000_i32..5_000,
            moments in prop::collection::vec(-20_000_i32..320_000, 8),
        ) {
            let mut time = from;
            let samples: Vec<Sample> = steps
                .iter()
                .map(|step| {
                    time += step;
                    Sample {
                        time: LevelTime(time),
                        at: WorldPoint::new(0.0, 0.0, 0.0),
                        speed_ups: 0.0,
                        health: 100,
                        weapon: Weapon(0),
                        stance: 0,
                        sprint: 0,
                        event: Event::Sample,
                    }
                })
                .collect();
            for moment in moments.into_iter().chain([i32::MIN, i32::MAX]).chain(samples.iter().map(|s| s.time.0)) {
                let (before, until) = (|s: &Sample| s.time.0 < moment, |s: &Sample| s.time.0 <= moment);
                prop_assert_eq!(count_before(&samples, moment.into(), before), samples.partition_point(before));
                prop_assert_eq!(count_before(&samples, moment.into(), until), samples.partition_point(until));
            }
        }
    }
}
