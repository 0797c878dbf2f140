//! What the page says first: the maps, the moments, the scoreboard.

use super::PageData;
use super::name::{NamePart, colored};
use super::player::{Trend, anchor, trend};
use super::shot::Shot;
use crate::analysis::written_at;
use crate::figure::words::{filter_words, number};
use crate::report::model::{Cover, MapPart, SessionReport};
use crate::report::past::PastSession;
use crate::report::players::highlights::Highlight;
use crate::report::players::scoreboard::Score;
use crate::report::tables::clock;

/// A map in the session's line: its name and how long each round took.
pub(crate) struct MapCard {
    pub anchor: String,
    pub name: String,
    pub times: String,
}

pub(crate) struct HighlightView {
    pub name: Vec<NamePart>,
    pub words: String,
    /// Where it was: `Gold Rush, round 1 · 0:55`.
    pub place: String,
    pub replay: String,
    pub rule: &'static str,
    pub shot: Option<Shot>,
}

/// The scoreboard of all maps, or of one.
pub(crate) struct Board {
    pub title: String,
    /// Whether a store knows earlier sessions.
    pub has_past: bool,
    pub rows: Vec<BoardRow>,
}

pub(crate) struct BoardRow {
    pub anchor: String,
    pub name: Vec<NamePart>,
    pub cells: Vec<BoardCell>,
    /// Kills for each death, over earlier sessions and this one.
    pub trend: Option<Trend>,
}

/// A figure as it is written and as it is sorted by.
pub(crate) struct BoardCell {
    pub words: String,
    /// Empty for what is not known, which sorts last.
    pub value: String,
    pub class: &'static str,
    /// A bar's class and width in percent.
    pub bar: Option<(&'static str, u32)>,
}

/// Heads of the scoreboard's columns, and what each means.
pub(crate) const HEADS: [(&str, &str); 10] = [
    ("kills", "kills of enemies and team-mates, by the engagements of the files"),
    (
        "deaths",
        "deaths that lives ended in, also those that a revive followed; who dies again after a revive has often no further \
         life in the files, and then it is a kill for the other player alone",
    ),
    ("K/D", "kills for each death"),
    ("given", "damage dealt to the other side"),
    ("taken", "health lost"),
    ("alive", "time alive"),
    ("distance", "distance in space"),
    ("sprint", "share of the time alive spent sprinting"),
    ("first move", "median time from the spawn to the first move"),
    ("best life", "the longest life"),
];

impl SessionReport<'_> {
    pub(crate) fn map_card(&self, place: usize, part: &MapPart) -> MapCard {
        let rounds = part.rounds.iter().filter(|round| !round.is_warm_up());
        let times: Vec<String> = rounds
            .map(|round| {
                let time = clock(self.cleaned[round.index].clock.duration_ms());
                match &self.rounds[round.index].meta.winner {
                    Some(team) => format!("{time} {}", filter_words::team(team)),
                    None => time,
                }
            })
            .collect();
        MapCard {
            anchor: Cover::anchor_of(place),
            name: self.map_title(part.map),
            times: if times.is_empty() { "warm-up only".to_owned() } else { times.join(" · ") },
        }
    }

    /// What is said of results, once for the page.
    pub(crate) fn results_note(&self) -> &'static str {
        let rounds = self.maps.iter().flat_map(|map| &map.rounds).filter(|round| !round.is_warm_up());
        let told = rounds.map(|round| self.rounds[round.index].meta.winner.is_some());
        let objectives = self.rounds.iter().any(|round| !round.meta.objectives.is_empty());
        match (told.fold((true, false), |(all, any), told| (all && told, any || told)), objectives) {
            ((_, false), false) => ". Who won, and when objectives fell, is not recorded in the files.",
            ((_, false), true) => ". Who won is not recorded in the files.",
            ((true, true), false) => ", with the side that won. When objectives fell is not told.",
            ((true, true), true) => ", with the side that won.",
            ((false, true), false) => {
                ", with the side that won where the files tell it. When objectives fell is not told."
            }
            ((false, true), true) => ", with the side that won where the files tell it.",
        }
    }

    pub(crate) fn highlight_view(&self, highlight: &Highlight) -> Option<HighlightView> {
        let person = &self.people[highlight.person];
        let replay = self.moment(highlight.round, highlight.since_live_ms, person.key.guid().as_str())?;
        let (part, round) = self
            .maps
            .iter()
            .find_map(|map| Some((map, map.rounds.iter().find(|round| round.index == highlight.round)?)))?;
        // A map that is played again has rounds of the same number.
        let is_again = part.rounds.iter().filter(|other| other.number == round.number).count() > 1;
        let ended = written_at(&self.rounds[round.index].meta).filter(|_| is_again);
        let ended = ended.map_or(String::new(), |at| format!(" that ended {}", at.strftime("%H:%M")));
        Some(HighlightView {
            name: colored(&person.player.written),
            words: highlight.words.clone(),
            place: format!(
                "{}, {}{ended} · {}",
                self.map_title(part.map),
                round.title().to_lowercase(),
                clock(highlight.since_live_ms)
            ),
            replay,
            rule: highlight.rule.sentence(),
            shot: self.shot(part, highlight),
        })
    }

    /// The scoreboard of the whole session, then of each map if there are several.
    pub(crate) fn boards(&self, data: &PageData<'_>) -> Vec<Board> {
        let mut all = self.board("All maps".to_owned(), self.scores(0..self.cleaned.len()));
        for (row, score) in all.rows.iter_mut().zip(self.scores(0..self.cleaned.len())) {
            let guid = self.people[score.person].key.guid();
            let past = data.past.map_or(&[][..], |past| past.of(guid));
            let ratios = past.iter().filter_map(PastSession::kills_per_death);
            row.trend = trend(ratios.chain([score.kills_per_death()]), |ratio| format!("{ratio:.2}"));
        }
        all.has_past = all.rows.iter().any(|row| row.trend.is_some());
        let of_maps = self.maps.iter().filter(|_| self.maps.len() > 1).map(|part| {
            let rounds = part.rounds.iter().map(|round| round.index);
            self.board(self.map_title(part.map), self.scores(rounds))
        });
        std::iter::once(all).chain(of_maps).filter(|board| !board.rows.is_empty()).collect()
    }

    fn board(&self, title: String, scores: Vec<Score>) -> Board {
        let most = scores.iter().map(|score| score.kills).max().unwrap_or(0).max(1);
        let row = |score: Score| BoardRow {
            anchor: anchor(score.person),
            name: colored(&self.people[score.person].player.written),
            cells: cells(&score, most),
            trend: None,
        };
        Board { title, has_past: false, rows: scores.into_iter().map(row).collect() }
    }
}

fn cells(score: &Score, most_kills: u64) -> Vec<BoardCell> {
    let tally = &score.tally;
    let plain = |words: String, value: String| BoardCell { words, value, class: "", bar: None };
    let count = |n: u64| plain(number::count(n), n.to_string());
    let unknown = || plain("–".to_owned(), String::new());
    let ratio = score.kills_per_death();
    let share = |part: u64, of: u64| ((part * 100 / of.max(1)) as u32).min(100);
    let sprint = tally.sprint_percentage();
    vec![
        BoardCell {
            class: "kills",
            bar: Some(("kill", share(score.kills, most_kills))),
            ..count(score.kills)
        },
        count(tally.deaths),
        BoardCell {
            class: if ratio >= 1.0 { "good" } else { "" },
            ..plain(format!("{ratio:.2}"), format!("{ratio:.4}"))
        },
        count(score.damage_given.max(0) as u64),
        tally.damage_taken().map_or_else(unknown, |points| count(points.max(0) as u64)),
        plain(clock(tally.alive_ms), tally.alive_ms.to_string()),
        plain(number::kilometres(tally.distance_units()), format!("{:.0}", tally.distance_units())),
        sprint.map_or_else(unknown, |percent| BoardCell {
            bar: Some(("sprint", (percent + 0.5) as u32)),
            ..plain(number::percent(percent / 100.0), format!("{percent:.2}"))
        }),
        tally
            .median_first_move_ms()
            .map_or_else(unknown, |ms| plain(number::seconds(ms as f64 / 1000.0), ms.to_string())),
        plain(clock(score.longest_ms), score.longest_ms.to_string()),
    ]
}
