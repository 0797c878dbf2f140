//! The page: what the report says, as a view that the template only has to write down.

use std::collections::BTreeMap;

use askama::Template;
use sha2::{Digest, Sha256};

use super::charts::{self, Chart};
use super::past::Past;
use super::people::Person;
use super::picture::Picture;
use super::plan::{MapPart, Report, RoundPart};
use super::tables::{self, Table, clock, state_bar};
use crate::analysis::{
    BreakReason, Crossfires, DropReason, Knowledge, StateMeaning, Tally, Teamplay, session_date, summaries,
    written_at,
};
use crate::figure::subject::map_title;
use crate::figure::{Recipe, number};
use crate::model::Round;

/// The style sheet, taken into the page.
pub(super) const STYLE: &str = concat!(include_str!("assets/page.css"), include_str!("assets/report.css"));
/// What shows pictures at full size.
const SCRIPT: &str = include_str!("assets/report.js");

/// What a page needs beside the rounds.
#[derive(Debug, Default)]
pub struct PageData<'a> {
    /// The recipe of each picture, by its file.
    pub recipes: BTreeMap<String, Recipe>,
    /// The players' earlier sessions, if a store knows any.
    pub past: Option<&'a Past>,
    /// Files offered for download, beside the pictures.
    pub downloads: Vec<&'static str>,
    /// Where the list of all sessions is, if there is one.
    pub index: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "report.html", config = "src/report/askama.toml")]
struct Page {
    style: &'static str,
    script: &'static str,
    policy: String,
    title: String,
    subtitle: String,
    index: Option<&'static str>,
    facts: Vec<(&'static str, String)>,
    notes: Vec<String>,
    maps: Vec<MapView>,
    people: Vec<PersonView>,
    tables: Vec<Table>,
    downloads: Vec<(&'static str, &'static str)>,
    version: &'static str,
}

struct MapView {
    anchor: String,
    name: String,
    facts: String,
    line: String,
    bar: Vec<(&'static str, u32)>,
    cover: Option<PictureView>,
    pictures: Vec<PictureView>,
    cards: Vec<PictureView>,
    charts: Vec<Chart>,
    arrivals: Option<Table>,
    rounds: Vec<RoundView>,
    warm_ups: Vec<RoundView>,
    notes: Vec<String>,
}

struct RoundView {
    group: String,
    title: String,
    facts: String,
    flags: String,
    replay: Option<String>,
    open: bool,
    pictures: Vec<PictureView>,
}

struct PersonView {
    anchor: String,
    name: String,
    team: &'static str,
    line: String,
    facts: Vec<(&'static str, String, String)>,
    bar: Vec<(&'static str, u32)>,
    cards: Vec<PictureView>,
    chart: Option<Chart>,
}

#[derive(Clone)]
struct PictureView {
    file: String,
    title: String,
    alt: String,
    width: u32,
    height: u32,
    replay: Option<String>,
    recipe: Vec<(&'static str, String)>,
}

/// Only our own style and script may run, only pictures of this folder may be shown, and nothing else may be loaded.
pub(super) fn policy(script: Option<&str>) -> String {
    let hash = |text: &str| {
        let mut base64 = String::new();
        crate::svg::base64(&Sha256::digest(text.as_bytes()), &mut base64);
        format!("'sha256-{base64}'")
    };
    let script = script.map_or("'none'".to_owned(), hash);
    format!(
        "default-src 'none'; img-src 'self' file: data:; style-src {}; script-src {script}; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE)
    )
}

impl Report<'_> {
    /// The page as HTML: one file, its style and script inside, pictures beside it. Every text of a stranger is escaped.
    ///
    /// # Errors
    /// Never for a page of ours; the template's own error type says it could.
    pub fn page(&self, data: &PageData<'_>) -> Result<String, askama::Error> {
        let players = tables::players(&self.cleaned);
        let whole = self.whole();
        let (title, subtitle) = self.cover();
        let teamplay = Teamplay::of(self.rounds);
        let crossfires = Crossfires::of(self.rounds);
        let tables = vec![
            tables::movers(&players),
            tables::reaction(&players),
            tables::sprint(&players),
            tables::classes(&self.cleaned),
            tables::fights(&teamplay),
            tables::pairs(&crossfires),
        ];
        let downloads = data.downloads.iter().map(|file| (*file, download_words(file))).collect();
        Page {
            style: STYLE,
            script: SCRIPT,
            policy: policy(Some(SCRIPT)),
            title,
            subtitle,
            index: data.index,
            facts: self.facts(&whole, players.len()),
            notes: self.notes(&whole, data),
            maps: self
                .maps
                .iter()
                .enumerate()
                .map(|(place, part)| self.map_view(place, part, data))
                .collect(),
            people: self
                .people
                .iter()
                .enumerate()
                .map(|(place, person)| self.person_view(place, person, data))
                .collect(),
            tables: tables.into_iter().filter(|table| !table.rows.is_empty()).collect(),
            downloads,
            version: env!("CARGO_PKG_VERSION"),
        }
        .render()
    }

    /// How many players the report is about.
    pub fn players(&self) -> usize {
        self.people.len()
    }

    /// How many lives it is about.
    pub fn lives(&self) -> u64 {
        self.cleaned.iter().map(|lives| lives.lives.len() as u64).sum()
    }

    fn whole(&self) -> Tally {
        let mut whole = Tally::default();
        for summary in self.cleaned.iter().flat_map(summaries) {
            whole.add(&summary);
        }
        whole
    }

    fn facts(&self, whole: &Tally, players: usize) -> Vec<(&'static str, String)> {
        let played: i64 = self.cleaned.iter().map(|lives| lives.clock.duration_ms()).sum();
        let gaps = 1.0 - whole.recorded_ms as f64 / whole.alive_ms.max(1) as f64;
        let count = |n: u64| number::count(n);
        let mut facts = vec![
            ("maps", count(self.maps.len() as u64)),
            ("rounds", count(self.rounds.len() as u64)),
            ("players", count(players as u64)),
            ("lives", count(whole.lives)),
            ("time played", clock(played)),
            ("time alive, all players", clock(whole.alive_ms)),
            ("distance, all players", kilometres(whole.distance_units())),
            ("deaths", count(whole.deaths)),
            ("revives", count(self.rounds.iter().map(|round| round.revives.len() as u64).sum())),
        ];
        facts.retain(|(_, value)| value != "0");
        if whole.alive_ms > 0 {
            facts.push(("not recorded", number::percent(gaps)));
        }
        facts
    }

    fn cover(&self) -> (String, String) {
        let dates: std::collections::BTreeSet<_> =
            self.rounds.iter().filter_map(|round| session_date(&round.meta)).collect();
        let title = match (dates.first(), dates.last()) {
            (Some(first), Some(last)) if first == last => format!("Session {}", number::date(*first)),
            (Some(first), Some(last)) => {
                format!("Sessions {} – {}", number::date(*first), number::date(*last))
            }
            _ => "Session".to_owned(),
        };
        let times: Vec<_> = self.rounds.iter().filter_map(|round| written_at(&round.meta)).collect();
        let mut parts: Vec<String> = Vec::new();
        parts.push(match (times.iter().min(), times.iter().max()) {
            (Some(first), Some(last)) => {
                format!("rounds ended from {} to {}", first.strftime("%H:%M"), last.strftime("%H:%M"))
            }
            _ => "no time recorded".to_owned(),
        });
        parts.push(number::counted(self.maps.len() as u64, "map", "maps"));
        parts.push(number::counted(self.rounds.len() as u64, "round", "rounds"));
        parts.push(number::counted(self.people.len() as u64, "player", "players"));
        (title, parts.join(" · "))
    }

    /// What a reader must know to read the figures: how states are known, what was left out.
    fn notes(&self, whole: &Tally, data: &PageData<'_>) -> Vec<String> {
        let mut notes = Vec::new();
        let meanings: std::collections::BTreeSet<(Knowledge, Knowledge)> = self
            .rounds
            .iter()
            .map(StateMeaning::of)
            .map(|meaning| (meaning.stance, meaning.sprint))
            .collect();
        for (stance, sprint) in meanings {
            notes.push(format!("States: stance {stance}, sprint {sprint}."));
        }
        let mut dropped = crate::analysis::Dropped::default();
        for lives in &self.cleaned {
            dropped.merge(&lives.dropped);
        }
        let reasons: Vec<String> = dropped
            .iter()
            .filter(|(reason, ..)| !matches!(reason, DropReason::Filtered | DropReason::Bot))
            .map(|(reason, _, samples)| format!("{} {}", number::count(samples), reason.label()))
            .collect();
        if !reasons.is_empty() {
            notes.push(format!("Samples left out: {}.", reasons.join(", ")));
        }
        let bots = dropped.lives(DropReason::Bot);
        if bots > 0 {
            notes.push(format!("Bots left out: {}.", number::counted(bots, "life", "lives")));
        }
        let others = dropped.lives(DropReason::Filtered);
        if others > 0 {
            notes.push(format!("Not selected: {}.", number::counted(others, "life", "lives")));
        }
        let mut breaks = [0_u64; BreakReason::ALL.len()];
        for life in self.cleaned.iter().flat_map(|lives| &lives.lives) {
            for found in life.breaks() {
                breaks[found.reason as usize] += 1;
            }
        }
        if breaks.iter().any(|n| *n > 0) {
            let words = crate::figure::paths::breaks_words(&breaks);
            let share = 1.0 - whole.recorded_ms as f64 / whole.alive_ms.max(1) as f64;
            notes.push(format!(
                "In the paths, {words}; {} of the time alive has no known way.",
                number::percent(share)
            ));
        }
        let pauses: usize = self.cleaned.iter().map(|lives| lives.clock.pauses.len()).sum();
        if pauses > 0 {
            notes.push(format!("The game stood still {}.", number::counted(pauses as u64, "time", "times")));
        }
        if data.past.is_some_and(|past| !past.rounds().is_empty()) {
            notes.push(format!(
                "“Usual” figures come from a player's last sessions before this one, at most {}.",
                super::past::MOST_SESSIONS
            ));
        }
        notes
    }

    fn map_view(&self, place: usize, part: &MapPart, data: &PageData<'_>) -> MapView {
        let stage = &self.stages[part.stage];
        let of_map = || part.rounds.iter().map(|round| &self.cleaned[round.index]);
        let mut tally = Tally::default();
        for summary in of_map().flat_map(summaries) {
            tally.add(&summary);
        }
        let name = stage.map.title.clone().unwrap_or_else(|| map_title(&stage.map.name));
        let (cards, pictures): (Vec<&Picture>, Vec<&Picture>) =
            part.pictures.iter().partition(|picture| picture.is_card());
        let view = |picture: &&Picture| picture_view(picture, &name, data);
        let mut notes = Vec::new();
        if stage.map.extent.is_doubtful() || stage.picture.is_none() {
            notes.push(stage.map.extent.sentence());
        }
        let anchor = format!("map-{}", place + 1);
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
                kilometres(tally.distance_units()),
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
            arrivals: part
                .arrivals
                .as_ref()
                .map(|arrivals| tables::arrivals(arrivals, &stage.map.labels))
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
        let about = |picture: &Picture| picture_view(picture, &about, data);
        RoundView {
            group: group.to_owned(),
            facts: self.round_facts(&self.rounds[round.index], round.index),
            pictures: round.pictures.iter().map(about).collect(),
            replay: round.replay.clone(),
            title,
            flags: flags.join(", "),
            open,
        }
    }

    fn round_facts(&self, round: &Round, index: usize) -> String {
        let lives = &self.cleaned[index];
        let mut facts = vec![clock(lives.clock.duration_ms())];
        facts.push(number::counted(lives.lives.len() as u64, "life", "lives"));
        facts.extend(written_at(&round.meta).map(|at| format!("ended {}", at.strftime("%H:%M"))));
        facts.push(format!("tracker {}", round.meta.family.name()));
        facts.join(" · ")
    }

    fn person_view(&self, place: usize, person: &Person, data: &PageData<'_>) -> PersonView {
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
            ..picture_view(&card.picture, &player.name, data)
        });
        PersonView {
            anchor: format!("player-{}", place + 1),
            name: if player.name.is_empty() { "unnamed".to_owned() } else { player.name.clone() },
            team: player.team,
            line: line.join(" · "),
            facts,
            bar: state_bar(tally),
            cards: cards.collect(),
            chart: charts::past_speed(past, tally.mean_avg_speed_ups()),
        }
    }
}

fn picture_view(picture: &Picture, about: &str, data: &PageData<'_>) -> PictureView {
    let (width, height) = picture.size();
    PictureView {
        file: picture.file.clone(),
        title: picture.title.clone(),
        alt: format!("{about}: {}", picture.title.to_lowercase()),
        width,
        height,
        replay: None,
        recipe: data.recipes.get(&picture.file).map(recipe_rows).unwrap_or_default(),
    }
}

/// A recipe as people read it.
fn recipe_rows(recipe: &Recipe) -> Vec<(&'static str, String)> {
    let counts = &recipe.counts;
    let options: Vec<String> = recipe
        .options
        .iter()
        .filter(|(_, value)| !value.is_null() && !value.is_object())
        .map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{} {value}", name.replace('_', " "))
        })
        .collect();
    let names: Vec<&str> = recipe.inputs.iter().map(|input| input.file.as_str()).collect();
    let files = match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first, .., last] => format!("{} files, {first} … {last}", names.len()),
    };
    let mut rows = vec![
        ("figure", recipe.figure.clone()),
        ("options", options.join(" · ")),
        ("asked for", recipe.filter.join(" · ")),
        (
            "used",
            format!(
                "{} of {}, {}; {} off the map, {} left out, {} not selected",
                number::counted(counts.lives, "life", "lives"),
                number::counted(counts.players, "player", "players"),
                number::counted(counts.samples, "sample", "samples"),
                number::count(counts.off_map),
                number::count(counts.dropped),
                number::count(counts.not_selected)
            ),
        ),
        ("files", files),
        ("map", recipe.calibration.extent.clone()),
    ];
    if let Some(scale) = &recipe.scale {
        rows.push(("brightest", number::significant(scale.reference())));
    }
    rows.push(("made by", recipe.program.clone()));
    rows.retain(|(_, value)| !value.is_empty());
    rows
}

fn download_words(file: &str) -> &'static str {
    match file {
        "data/lives.csv" => "every life (CSV)",
        "data/players.csv" => "players (CSV)",
        "data/fights.csv" => "fights (CSV)",
        "data/pairs.csv" => "crossfire pairs (CSV)",
        _ => "the session (JSON)",
    }
}

fn median_life_ms<'l, 'a: 'l>(rounds: impl Iterator<Item = &'l crate::analysis::Lives<'a>>) -> Option<i64> {
    let mut times: Vec<i64> =
        rounds.flat_map(|lives| &lives.lives).map(crate::analysis::Life::alive_ms).collect();
    times.sort_unstable();
    times.get(times.len().checked_sub(1)? / 2).copied()
}

fn speed_words(ups: f64) -> String {
    format!("{}{}u/s", number::count((ups + 0.5) as u64), number::UNIT_GAP)
}

/// A long way: in kilometres from one on.
fn kilometres(units: f64) -> String {
    let km = units * 0.0254 / 1000.0;
    if km < 1.0 { number::metres(units) } else { format!("{km:.1}{}km", number::UNIT_GAP) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_what_is_on_the_page() {
        assert!(policy(Some(SCRIPT)).contains("script-src 'sha256-"));
        assert!(policy(None).contains("script-src 'none'"));
        assert!(!policy(Some(SCRIPT)).contains("unsafe"));
    }

    #[test]
    fn long_ways_are_kilometres() {
        assert_eq!(kilometres(10_000.0), "254\u{a0}m");
        assert_eq!(kilometres(100_000.0), "2.5\u{a0}km");
    }
}
