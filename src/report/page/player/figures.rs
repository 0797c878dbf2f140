//! A player's figures beside the medians of the team and of all players, and beside earlier sessions.

use super::Own;
use crate::figure::words::number;
use crate::report::past::PastSession;
use crate::report::players::own::medians::median;
use crate::report::players::scoreboard::Score;
use crate::text::clock;

/// One figure's row.
pub(crate) struct OwnFigure {
    pub name: &'static str,
    pub own: String,
    /// `better` where the own figure is on the good side of all players' median, `worse` on the other, else nothing.
    pub class: &'static str,
    pub team: String,
    pub session: String,
    /// The median of earlier sessions; empty where none are known.
    pub usual: String,
    /// A small line over earlier sessions and this one; `None` for fewer than two values.
    pub trend: Option<Trend>,
}

/// A small line over sessions, oldest first.
pub(crate) struct Trend {
    /// Corners within 60 × 16.
    pub points: String,
    /// The last corner.
    pub now: (String, String),
    /// The same in words.
    pub words: String,
}

/// Which side of the median is the good one.
#[derive(Clone, Copy, PartialEq)]
enum Good {
    More,
    Less,
    Neither,
}

struct Figure {
    name: &'static str,
    of: fn(&Score) -> Option<f64>,
    word: fn(f64) -> String,
    good: Good,
    past: Option<fn(&PastSession) -> Option<f64>>,
}

fn count(n: f64) -> String {
    number::count((n + 0.5) as u64)
}

fn ratio(n: f64) -> String {
    format!("{n:.2}")
}

fn time(ms: f64) -> String {
    clock(ms as i64)
}

fn seconds(ms: f64) -> String {
    number::seconds(ms / 1000.0)
}

fn speed(ups: f64) -> String {
    format!("{}{}u/s", count(ups), number::UNIT_GAP)
}

fn percent(percent: f64) -> String {
    number::percent(percent / 100.0)
}

fn of_life(score: &Score, whole: f64) -> Option<f64> {
    (score.tally.lives > 0).then(|| whole / score.tally.lives as f64)
}

fn of_past_life(session: &PastSession, whole: f64) -> Option<f64> {
    (session.lives > 0).then(|| whole / session.lives as f64)
}

const FIGURES: [Figure; 14] = [
    Figure {
        name: "kills",
        of: |score| Some(score.kills as f64),
        word: count,
        good: Good::More,
        past: Some(|session| session.kills.map(|n| n as f64)),
    },
    Figure {
        name: "deaths",
        of: |score| Some(score.tally.deaths as f64),
        word: count,
        good: Good::Less,
        past: Some(|session| session.deaths.map(|n| n as f64)),
    },
    Figure {
        name: "K/D",
        of: |score| Some(score.kills_per_death()),
        word: ratio,
        good: Good::More,
        past: Some(PastSession::kills_per_death),
    },
    Figure {
        name: "damage given",
        of: |score| Some(score.damage_given.max(0) as f64),
        word: count,
        good: Good::More,
        past: None,
    },
    Figure {
        name: "damage taken",
        of: |score| score.tally.damage_taken().map(|points| points.max(0) as f64),
        word: count,
        good: Good::Less,
        past: None,
    },
    Figure {
        name: "time alive",
        of: |score| Some(score.tally.alive_ms as f64),
        word: time,
        good: Good::Neither,
        past: Some(|session| Some(session.alive_ms as f64)),
    },
    Figure {
        name: "a life lasts",
        of: |score| of_life(score, score.tally.alive_ms as f64),
        word: seconds,
        good: Good::More,
        past: Some(|session| of_past_life(session, session.alive_ms as f64)),
    },
    Figure {
        name: "longest life",
        of: |score| Some(score.longest_ms as f64),
        word: time,
        good: Good::More,
        past: None,
    },
    Figure {
        name: "distance",
        of: |score| Some(score.tally.distance_units()),
        word: number::kilometres,
        good: Good::Neither,
        past: Some(|session| Some(session.distance_units)),
    },
    Figure {
        name: "distance a life",
        of: |score| of_life(score, score.tally.distance_units()),
        word: number::metres,
        good: Good::Neither,
        past: Some(|session| of_past_life(session, session.distance_units)),
    },
    Figure {
        name: "speed, moving",
        of: |score| score.tally.mean_avg_speed_ups(),
        word: speed,
        good: Good::More,
        past: Some(|session| session.speed_ups),
    },
    Figure {
        name: "sprint",
        of: |score| score.tally.sprint_percentage(),
        word: percent,
        good: Good::More,
        past: None,
    },
    Figure {
        name: "standing still",
        of: |score| Some(100.0 * score.tally.still_ms as f64 / score.tally.recorded_ms.max(1) as f64),
        word: percent,
        good: Good::Neither,
        past: None,
    },
    Figure {
        name: "first move after a spawn",
        of: |score| score.tally.median_first_move_ms().map(|ms| ms as f64),
        word: seconds,
        good: Good::Less,
        past: None,
    },
];

/// The median of each figure over some players.
pub(crate) struct Medians([Option<f64>; FIGURES.len()]);

impl Medians {
    pub(crate) fn of<'s>(scores: impl Iterator<Item = &'s Score>) -> Self {
        let scores: Vec<&Score> = scores.collect();
        Self(FIGURES.each_ref().map(|figure| median(scores.iter().map(|score| (figure.of)(score)))))
    }
}

/// A player's figures; those that no file tells of any player are left out.
pub(crate) fn rows(person: usize, own: &Own, past: &[PastSession]) -> Vec<OwnFigure> {
    let Some(score) = own.scores.get(&person) else { return Vec::new() };
    let row = |((figure, all), team): ((&Figure, Option<f64>), Option<f64>)| {
        let (value, all) = ((figure.of)(score), all?);
        let earlier = || past.iter().filter_map(figure.past.unwrap_or(|_| None));
        let unknown = || "–".to_owned();
        Some(OwnFigure {
            name: figure.name,
            own: value.map_or_else(unknown, figure.word),
            // What reads the same is neither better nor worse.
            class: value
                .filter(|value| (figure.word)(*value) != (figure.word)(all))
                .map_or("", |value| class(value, all, figure.good)),
            team: team.map_or_else(unknown, figure.word),
            session: (figure.word)(all),
            usual: median(earlier().map(Some)).map_or_else(String::new, figure.word),
            trend: value.and_then(|now| trend(earlier().chain([now]), figure.word)),
        })
    };
    FIGURES.iter().zip(own.session.0).zip(own.of_team(person).0).filter_map(row).collect()
}

fn class(value: f64, median: f64, good: Good) -> &'static str {
    let is_more = value > median;
    match good {
        Good::More if is_more => "better",
        Good::Less if value < median => "better",
        Good::More if value < median => "worse",
        Good::Less if is_more => "worse",
        _ => "",
    }
}

/// A line over values, oldest first, at even distances; the last is now.
pub(crate) fn trend(values: impl Iterator<Item = f64>, word: fn(f64) -> String) -> Option<Trend> {
    const WIDTH: f64 = 60.0;
    const HEIGHT: f64 = 16.0;
    let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    let ((Some(first), Some(last)), 2..) = ((values.first(), values.last()), values.len()) else {
        return None;
    };
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    let span = if high > low { high - low } else { 1.0 };
    let at = |(nth, value): (usize, &f64)| {
        let x = 2.0 + (WIDTH - 4.0) * nth as f64 / (values.len() - 1) as f64;
        let y = HEIGHT - 2.0 - (HEIGHT - 4.0) * (value - low) / span;
        (format!("{x:.0}"), format!("{y:.1}"))
    };
    let corners: Vec<(String, String)> = values.iter().enumerate().map(at).collect();
    Some(Trend {
        points: corners.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" "),
        now: corners.last().cloned().unwrap_or_default(),
        words: format!("{} sessions, from {} to {}", values.len(), word(*first), word(*last)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_needs_two_values_and_stays_in_its_box() {
        assert!(trend([1.0].into_iter(), ratio).is_none());
        let line = trend([1.0, 3.0, 2.0].into_iter(), ratio).unwrap();
        assert_eq!(line.points, "2,14.0 30,2.0 58,8.0");
        assert_eq!(line.words, "3 sessions, from 1.00 to 2.00");
        let flat = trend([1.0, 1.0].into_iter(), ratio).unwrap();
        assert_eq!(flat.points, "2,14.0 58,14.0");
    }

    #[test]
    fn few_deaths_are_good() {
        assert_eq!(class(3.0, 5.0, Good::Less), "better");
        assert_eq!(class(3.0, 5.0, Good::More), "worse");
        assert_eq!(class(3.0, 3.0, Good::More), "");
    }
}
