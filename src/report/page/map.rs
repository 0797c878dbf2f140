//! What the page says of one map and of its rounds.

use super::PageData;
use super::objectives::ObjectiveLine;
use super::picture::PictureView;
use crate::analysis::{Life, Lives, Tally, summaries, written_at};
use crate::figure::words::filter_words::map_title;
use crate::figure::words::{filter_words, number};
use crate::model::Round;
use crate::report::charts::{self, Chart};
use crate::report::model::Picture;
use crate::report::model::{Cover, MapPart, RoundPart, SessionReport};
use crate::report::tables::{self, Table, clock, state_bar};

pub(crate) struct MapView {
    pub anchor: String,
    pub name: String,
    pub facts: String,
    pub line: String,
    pub bar: Vec<(&'static str, u32)>,
    pub cover: Option<PictureView>,
    pub pictures: Vec<PictureView>,
    pub cards: Vec<PictureView>,
    pub charts: Vec<Chart>,
    pub arrivals: Option<Table>,
    pub exits: Option<Table>,
    pub rounds: Vec<RoundView>,
    pub warm_ups: Vec<RoundView>,
    pub notes: Vec<String>,
}

pub(crate) struct RoundView {
    pub group: String,
    pub title: String,
    pub facts: String,
    pub flags: String,
    pub replay: Option<String>,
    pub open: bool,
    pub pictures: Vec<PictureView>,
    pub objectives: Vec<ObjectiveLine>,
}

impl SessionReport<'_> {
    /// A map's name for people.
    pub(crate) fn map_title(&self, map: usize) -> String {
        let map = &self.map_data[map].map;
        map.title.clone().unwrap_or_else(|| map_title(&map.name))
    }

    pub(crate) fn map_view(&self, place: usize, part: &MapPart, data: &PageData<'_>) -> MapView {
        let map_data = &self.map_data[part.map];
        let of_map = || part.rounds.iter().map(|round| &self.cleaned[round.index]);
        let mut tally = Tally::default();
        for summary in of_map().flat_map(summaries) {
            tally.add(&summary);
        }
        let name = self.map_title(part.map);
        let (cards, pictures): (Vec<&Picture>, Vec<&Picture>) =
            part.pictures.iter().partition(|picture| picture.is_card());
        let view = |picture: &&Picture| self.picture_view(picture, &name, data);
        let mut notes = Vec::new();
        if map_data.map.extent.is_doubtful() || map_data.picture.is_none() {
            notes.push(map_data.map.extent.sentence());
        }
        if tally.lives == 0 {
            notes.push("No lives were recorded here, or the filter leaves none.".to_owned());
        }
        let anchor = Cover::anchor_of(place);
        let (warm_ups, rounds): (Vec<&RoundPart>, Vec<&RoundPart>) =
            part.rounds.iter().partition(|round| round.is_warm_up());
        let round_views = |rounds: &[&RoundPart], group: &str| {
            let first_is_open = |nth: usize| nth == 0 && group == "rounds";
            let view = |(nth, round): (usize, &&RoundPart)| {
                self.round_view(round, &format!("{anchor}-{group}"), first_is_open(nth), &name, data)
            };
            rounds.iter().enumerate().map(view).collect::<Vec<_>>()
        };
        let median = median_life_ms(of_map())
            .map_or_else(String::new, |ms| format!("median life {} · ", number::seconds(ms as f64 / 1000.0)));
        let sprint = tally.sprint_percentage().map_or("sprint not recorded".to_owned(), |percent| {
            format!("sprint {}", number::percent(percent / 100.0))
        });
        let apart = tally.distance_units() / tally.lives.max(1) as f64;
        MapView {
            facts: format!(
                "{} · {} · {} alive · {}",
                number::counted(part.rounds.len() as u64, "round", "rounds"),
                number::counted(tally.lives, "life", "lives"),
                clock(tally.alive_ms),
                number::kilometres(tally.distance_units()),
            ),
            line: format!("{median}{} a life · {sprint}", number::metres(apart)),
            bar: state_bar(&tally),
            cover: pictures.first().map(view),
            pictures: pictures.iter().map(view).collect(),
            cards: cards.iter().map(view).collect(),
            charts: [charts::states_after_spawn(of_map()), charts::life_lengths(of_map())]
                .into_iter()
                .flatten()
                .collect(),
            exits: Some(tables::exits(&part.exits)).filter(|table| !table.rows.is_empty()),
            arrivals: part
                .arrivals
                .as_ref()
                .map(|arrivals| tables::arrivals(arrivals, &map_data.map.labels))
                .filter(|table| !table.rows.is_empty()),
            rounds: round_views(&rounds, "rounds"),
            warm_ups: round_views(&warm_ups, "short"),
            anchor,
            name,
            notes,
        }
    }

    fn round_view(
        &self,
        round: &RoundPart,
        group: &str,
        open: bool,
        map: &str,
        data: &PageData<'_>,
    ) -> RoundView {
        let flags: Vec<&str> = round.flags.iter().map(|flag| flag.label()).collect();
        let title = round.title();
        let about = format!("{map}, {}", title.to_lowercase());
        let about = |picture: &Picture| self.picture_view(picture, &about, data);
        RoundView {
            group: group.to_owned(),
            facts: self.round_facts(&self.rounds[round.index], round.index),
            pictures: round.pictures.iter().map(about).collect(),
            replay: round.replay.clone(),
            objectives: self.objectives(round.index),
            title,
            flags: flags.join(", "),
            open,
        }
    }

    fn round_facts(&self, round: &Round, index: usize) -> String {
        let lives = &self.cleaned[index];
        let mut facts = vec![clock(lives.clock.duration_ms())];
        facts.extend(round.meta.winner.as_ref().map(|team| format!("{} won", filter_words::team(team))));
        facts.push(number::counted(lives.lives.len() as u64, "life", "lives"));
        facts.extend(written_at(&round.meta).map(|at| format!("ended {}", at.strftime("%H:%M"))));
        let wave = |ms: Option<u32>| ms.map(|ms| format!("{}{}s", ms / 1000, number::UNIT_GAP));
        if let (Some(axis), Some(allies)) =
            (wave(round.meta.axis_spawn_interval_ms), wave(round.meta.allies_spawn_interval_ms))
        {
            facts.push(format!("waves every {allies} (Allies), {axis} (Axis)"));
        }
        facts.push(format!("tracker {}", round.meta.family.name()));
        facts.join(" · ")
    }
}

fn median_life_ms<'l, 'a: 'l>(rounds: impl Iterator<Item = &'l Lives<'a>>) -> Option<i64> {
    let mut times: Vec<i64> = rounds.flat_map(|lives| &lives.lives).map(Life::alive_ms).collect();
    times.sort_unstable();
    times.get(times.len().checked_sub(1)? / 2).copied()
}
