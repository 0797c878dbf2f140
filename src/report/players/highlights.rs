//! Moments worth watching, each found by a rule that the page states.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Life, Moments, PlayerKey, Provenance, State, StepKind};
use crate::figure::arrival::NEAR_UNITS;
use crate::figure::words::number;
use crate::geom::WorldPoint;
use crate::map::LabelKind;
use crate::model::LevelTime;
use crate::report::model::SessionReport;
use crate::text::clock;

/// Highlights of a session, at most.
const MOST: usize = 6;
/// Kills within this time belong together, and so many of them are worth telling, ms.
const KILLS_WITHIN_MS: i64 = 5_000;
const LEAST_KILLS: usize = 3;
/// A replay opens this long before the first kill, so that it is seen, ms.
const LEAD_MS: i64 = 1_000;
/// The path to the first revive that is shown, ms.
const BEFORE_REVIVE_MS: i64 = 6_000;
/// A player this far from the spawn has left it, units: 25 m.
const OFF_SPAWN_UNITS: f32 = 984.0;
/// A side that spawns nearer than this to a place did not have to win it, units.
const FOREIGN_UNITS: f64 = 1_500.0;
/// Revives of one player in one round that are worth telling.
const LEAST_REVIVES: usize = 2;

/// Which rule found a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Kills,
    OffSpawn,
    Sprint,
    Distance,
    Revives,
    Objective,
    Life,
}

impl Rule {
    /// The rule in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Kills => "Most kills within five seconds, three at least.",
            Self::OffSpawn => "Least time from the spawn until the player is 25 m away from it.",
            Self::Sprint => "Longest sprint without a step of another state or a gap in the recording.",
            Self::Distance => "Longest distance in one life.",
            Self::Revives => {
                "Most revives by one player in one round, two at least; shown from the first of them."
            }
            Self::Objective => {
                "Earliest arrival in a round at an objective that is not near the player's own spawn."
            }
            Self::Life => "Longest life of a player who was not away.",
        }
    }
}

/// A moment worth watching.
pub(crate) struct Highlight {
    pub rule: Rule,
    /// What happened, as the page says it.
    pub words: String,
    /// The player's place in [`SessionReport::people`].
    pub person: usize,
    pub round: usize,
    /// Where its replay begins, ms since the round went live.
    pub since_live_ms: i64,
    /// When the path begins and ends that its picture shows, likewise.
    pub path_ms: [i64; 2],
}

/// The best of a rule so far: its measure is the larger the better, and the first of equals stays.
struct Best<'a, M> {
    found: Option<(M, Moment<'a>)>,
}

/// A moment within a life.
#[derive(Clone, Copy)]
struct Moment<'a> {
    round: usize,
    life: &'a Life<'a>,
    time: LevelTime,
    /// When the path begins and ends that shows it.
    path: [LevelTime; 2],
}

impl<'a> Moment<'a> {
    /// What happens between two moments of a life.
    const fn between(round: usize, life: &'a Life<'a>, from: LevelTime, to: LevelTime) -> Self {
        Self { round, life, time: from, path: [from, to] }
    }

    /// A whole life.
    fn whole(round: usize, life: &'a Life<'a>) -> Self {
        Self::between(round, life, life.start(), life.end())
    }
}

impl<'a, M: Ord + Copy> Best<'a, M> {
    const fn new() -> Self {
        Self { found: None }
    }

    fn offer(&mut self, measure: M, moment: Moment<'a>) {
        if self.found.is_none_or(|(best, _)| measure > best) {
            self.found = Some((measure, moment));
        }
    }
}

impl SessionReport<'_> {
    /// The session's moments, the most telling rule first.
    pub(crate) fn highlights(&self) -> Vec<Highlight> {
        let places = self.places();
        let short: BTreeSet<usize> = self
            .maps
            .iter()
            .flat_map(|map| &map.rounds)
            .filter(|round| round.is_warm_up() || round.replay.is_none())
            .map(|round| round.index)
            .collect();
        let shown: BTreeSet<usize> =
            self.maps.iter().flat_map(|map| &map.rounds).map(|round| round.index).collect();
        let lives = || {
            let rounds = shown.iter().filter(|index| !short.contains(index));
            rounds.flat_map(|index| self.cleaned[*index].lives.iter().map(move |life| (*index, life)))
        };
        let farthest = farthest(lives());
        // The same life is no second highlight.
        let same = |a: &Moment<'_>, b: &Moment<'_>| std::ptr::eq(a.life, b.life);
        let longest = longest_life(lives())
            .filter(|(.., moment)| farthest.as_ref().is_none_or(|(.., far)| !same(far, moment)));
        let moments = [
            self.most_kills(lives()),
            first_off_spawn(lives()),
            longest_sprint(lives()),
            farthest,
            self.first_at_an_objective(lives()),
            longest,
        ];
        let found = moments.into_iter().flatten().filter_map(|(rule, words, moment)| {
            let track = moment.life.track();
            let key = PlayerKey::of(moment.life.round(), &track.guid, track.name.as_str());
            let since_live_ms = moment.life.start_since_live_ms() + moment.time.since(moment.life.start());
            let lead = if rule == Rule::Kills { LEAD_MS } else { 0 };
            let clock = &self.cleaned[moment.round].clock;
            Some(Highlight {
                rule,
                words,
                person: *places.get(&key)?,
                round: moment.round,
                since_live_ms: (since_live_ms - lead).max(moment.life.start_since_live_ms()),
                path_ms: moment.path.map(|time| clock.since_live_ms(time)),
            })
        });
        let mut highlights: Vec<Highlight> = found.collect();
        if let Some(revives) = self.most_revives(shown.difference(&short).copied(), &places) {
            let place = highlights.iter().position(|one| one.rule == Rule::Life).unwrap_or(highlights.len());
            highlights.insert(place, revives);
        }
        highlights.truncate(MOST);
        highlights
    }

    fn most_kills<'a>(&'a self, lives: impl Iterator<Item = (usize, &'a Life<'a>)>) -> Option<Found<'a>> {
        let mut by_round = BTreeMap::new();
        let mut best = Best::new();
        for (round, life) in lives {
            let kills = by_round.entry(round).or_insert_with(|| Moments::kills(&self.cleaned[round]));
            let of_life = kills.as_ref().map_or(&[][..], |kills| kills.of_life(life));
            // What a replay of the life shows.
            let alive = of_life.iter().map(|(time, _)| *time).filter(|time| *time <= life.end());
            let times: Vec<LevelTime> = alive.collect();
            for (nth, first) in times.iter().enumerate() {
                let together = times[nth..].iter().take_while(|time| time.since(*first) <= KILLS_WITHIN_MS);
                let count = together.clone().count();
                let Some(last) = together.last() else { continue };
                if count >= LEAST_KILLS {
                    let span = last.since(*first);
                    best.offer((count, Reverse(span)), Moment::between(round, life, *first, *last));
                }
            }
        }
        let ((count, Reverse(span)), moment) = best.found?;
        let words = format!("{count} kills in {}", number::seconds(span as f64 / 1000.0));
        Some((Rule::Kills, words, moment))
    }

    fn first_at_an_objective<'a>(
        &'a self,
        lives: impl Iterator<Item = (usize, &'a Life<'a>)>,
    ) -> Option<Found<'a>> {
        let map_of: BTreeMap<usize, usize> = self
            .maps
            .iter()
            .flat_map(|part| part.rounds.iter().map(|round| (round.index, part.map)))
            .collect();
        let mut best = Best::new();
        for (round, life) in lives {
            let labels = &self.map_data[*map_of.get(&round)?].map.labels;
            let Some(spawn) = life.samples().first() else { continue };
            let objectives = labels.iter().enumerate().filter(|(_, label)| {
                matches!(label.kind, LabelKind::Objective | LabelKind::Item)
                    && label.at.distance_2d(spawn.at) > FOREIGN_UNITS
            });
            for (place, label) in objectives {
                let near = |at: WorldPoint| at.distance_2d(label.at) <= NEAR_UNITS;
                let Some(sample) = life.samples().iter().find(|sample| near(sample.at)) else { continue };
                let since_live_ms = life.start_since_live_ms() + sample.time.since(life.start());
                let moment = Moment { round, life, time: sample.time, path: [life.start(), sample.time] };
                best.offer((Reverse(since_live_ms), Reverse(place)), moment);
            }
        }
        let ((Reverse(ms), Reverse(place)), moment) = best.found?;
        let name = &self.map_data[*map_of.get(&moment.round)?].map.labels[place].text;
        Some((Rule::Objective, format!("first from afar at {name}: {}", clock(ms)), moment))
    }

    fn most_revives(
        &self,
        rounds: impl Iterator<Item = usize>,
        places: &BTreeMap<&PlayerKey, usize>,
    ) -> Option<Highlight> {
        let mut most: Option<(usize, Highlight)> = None;
        for index in rounds {
            let round = &self.rounds[index];
            let mut by_medic: BTreeMap<usize, Vec<&crate::model::Revive>> = BTreeMap::new();
            for revive in &round.revives {
                if let Some(&person) = places.get(&PlayerKey::of(round, &revive.medic_guid, "")) {
                    by_medic.entry(person).or_default().push(revive);
                }
            }
            for (person, revives) in by_medic {
                let count = revives.len();
                let Some(first) = revives.iter().map(|revive| revive.time).min() else { continue };
                let since_live_ms = self.cleaned[index].clock.since_live_ms(first);
                if count >= LEAST_REVIVES && most.as_ref().is_none_or(|(best, _)| count > *best) {
                    let highlight = Highlight {
                        rule: Rule::Revives,
                        words: format!("{count} revives in a round"),
                        person,
                        round: index,
                        since_live_ms,
                        path_ms: [since_live_ms - BEFORE_REVIVE_MS, since_live_ms],
                    };
                    most = Some((count, highlight));
                }
            }
        }
        most.map(|(_, highlight)| highlight)
    }
}

type Found<'a> = (Rule, String, Moment<'a>);

fn first_off_spawn<'a>(lives: impl Iterator<Item = (usize, &'a Life<'a>)>) -> Option<Found<'a>> {
    let mut best = Best::new();
    for (round, life) in lives.filter(|(_, life)| !life.flags().clipped && life.track().is_told_from_spawn())
    {
        let Some(spawn) = life.samples().first() else { continue };
        let away = |at: WorldPoint| at.distance_2d(spawn.at) as f32;
        for step in life.steps() {
            // Over a break it is not known how the player got there.
            if matches!(step.kind, StepKind::Break(_)) {
                break;
            }
            let (before, after) = (away(step.from.at), away(step.to.at));
            if after >= OFF_SPAWN_UNITS {
                let share = (OFF_SPAWN_UNITS - before) / (after - before).max(f32::EPSILON);
                let ms = step.from.time.since(life.start()) + (share * step.dt_ms as f32) as i64;
                best.offer(Reverse(ms), Moment::between(round, life, life.start(), step.to.time));
                break;
            }
        }
    }
    let (Reverse(ms), moment) = best.found?;
    let words = format!("fastest off the spawn: 25\u{a0}m in {}", number::seconds(ms as f64 / 1000.0));
    Some((Rule::OffSpawn, words, moment))
}

fn longest_sprint<'a>(lives: impl Iterator<Item = (usize, &'a Life<'a>)>) -> Option<Found<'a>> {
    let mut best = Best::new();
    for (round, life) in lives.filter(|(_, life)| life.meaning().sprint != Provenance::NotRecorded) {
        let mut run: Option<(i64, Moment<'_>)> = None;
        for step in life.steps() {
            run = match (run, step.kind) {
                (Some((ms, moment)), StepKind::Segment(State::Sprint)) => {
                    let path = [moment.path[0], step.to.time];
                    Some((ms + step.dt_ms, Moment { path, ..moment }))
                }
                (None, StepKind::Segment(State::Sprint)) => {
                    Some((step.dt_ms, Moment::between(round, life, step.from.time, step.to.time)))
                }
                _ => None,
            };
            if let Some((ms, moment)) = run {
                best.offer(ms, moment);
            }
        }
    }
    let (ms, moment) = best.found?;
    Some((Rule::Sprint, format!("longest sprint: {}", number::seconds(ms as f64 / 1000.0)), moment))
}

fn farthest<'a>(lives: impl Iterator<Item = (usize, &'a Life<'a>)>) -> Option<Found<'a>> {
    let mut best = Best::new();
    for (round, life) in lives {
        let walked = life.segments().map(|segment| segment.from.at.distance_3d(segment.to.at)).sum::<f64>();
        best.offer(walked as u64, Moment::whole(round, life));
    }
    let (units, moment) = best.found.filter(|(units, _)| *units > 0)?;
    Some((Rule::Distance, format!("{} in one life", number::kilometres(units as f64)), moment))
}

fn longest_life<'a>(lives: impl Iterator<Item = (usize, &'a Life<'a>)>) -> Option<Found<'a>> {
    let mut best = Best::new();
    for (round, life) in lives.filter(|(_, life)| !life.is_away()) {
        best.offer(life.alive_ms(), Moment::whole(round, life));
    }
    let (ms, moment) = best.found?;
    Some((Rule::Life, format!("longest life: {}", clock(ms)), moment))
}
