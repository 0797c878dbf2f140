//! What the page says of one player.

use super::PageData;
use super::name::{NamePart, colored};
use super::picture::PictureView;
use crate::figure::words::number;
use crate::report::charts;
use crate::report::charts::Chart;
use crate::report::model::Person;
use crate::report::model::SessionReport;
use crate::report::tables::{clock, state_bar};

/// The name of a player's part of the page, by the player's place.
pub(crate) fn anchor(place: usize) -> String {
    format!("player-{}", place + 1)
}

pub(crate) struct PersonView {
    pub anchor: String,
    pub name: Vec<NamePart>,
    /// The name without its colours.
    pub plain: String,
    pub line: String,
    pub facts: Vec<(&'static str, String, String)>,
    pub bar: Vec<(&'static str, u32)>,
    pub cards: Vec<PictureView>,
    pub chart: Option<Chart>,
}

impl SessionReport<'_> {
    pub(crate) fn person_view(&self, place: usize, person: &Person, data: &PageData<'_>) -> PersonView {
        let (player, tally) = (&person.player, &person.player.tally);
        let past = data.past.map_or(&[][..], |past| past.of(person.key.guid()));
        let past_lives: i64 = past.iter().map(|session| session.lives).sum();
        let usual = |sum: f64, word: &dyn Fn(f64) -> String| match past_lives {
            0 => String::new(),
            lives => format!("usual {}", word(sum / lives as f64)),
        };
        let speeds = || past.iter().filter_map(|session| Some((session.speed_ups?, session.lives)));
        let speed_sum: f64 = speeds().map(|(speed, lives)| speed * lives as f64).sum();
        let per_life = |total: f64| total / tally.lives.max(1) as f64;
        let unknown = || "–".to_owned();
        let facts = vec![
            ("time alive", clock(tally.alive_ms), String::new()),
            (
                "a life lasts",
                number::seconds(per_life(tally.alive_ms as f64 / 1000.0)),
                usual(past.iter().map(|s| s.alive_ms as f64 / 1000.0).sum(), &number::seconds),
            ),
            ("distance", number::metres(tally.distance_units()), String::new()),
            (
                "distance a life",
                number::metres(per_life(tally.distance_units())),
                usual(past.iter().map(|s| s.distance_units).sum(), &number::metres),
            ),
            (
                "speed, moving",
                tally.mean_avg_speed_ups().map_or_else(unknown, speed_words),
                usual(speed_sum, &speed_words),
            ),
            ("speed, all time", tally.mean_speed_ups().map_or_else(unknown, speed_words), String::new()),
            (
                "sprint",
                tally
                    .sprint_percentage()
                    .map_or("not recorded".to_owned(), |percent| number::percent(percent / 100.0)),
                String::new(),
            ),
            (
                "still",
                number::percent(tally.still_ms as f64 / tally.recorded_ms.max(1) as f64),
                String::new(),
            ),
            (
                "off the spawn",
                tally.median_first_move_ms().map_or_else(unknown, |ms| number::seconds(ms as f64 / 1000.0)),
                "median".to_owned(),
            ),
            ("longest life", clock(player.longest_ms), String::new()),
        ];
        let mut line = vec![number::counted(tally.lives, "life", "lives")];
        line.push(number::counted(tally.deaths, "death", "deaths"));
        line.push(number::counted(person.kills, "kill", "kills"));
        if !past.is_empty() {
            line.push(format!(
                "{} before this one",
                number::counted(past.len() as u64, "session", "sessions")
            ));
        }
        let cards = person.cards.iter().map(|card| PictureView {
            replay: self.moment(card.round, card.since_live_ms, person.key.guid().as_str()),
            ..self.picture_view(&card.picture, &player.name, data)
        });
        PersonView {
            anchor: anchor(place),
            plain: colored(&player.written).into_iter().map(|part| part.text).collect(),
            name: colored(&player.written),
            line: line.join(" · "),
            facts,
            bar: state_bar(tally),
            cards: cards.collect(),
            chart: charts::past_speed(past, tally.mean_avg_speed_ups()),
        }
    }
}

fn speed_words(ups: f64) -> String {
    format!("{}{}u/s", number::count((ups + 0.5) as u64), number::UNIT_GAP)
}
