//! The page: what the report says, as a view that the template only has to write down.

use askama::Template;

use super::plan::{Picture, Report};
use super::tables::{self, Table, clock, state_bar};
use crate::analysis::{
    BreakReason, Crossfires, DropReason, Knowledge, RoundFlag, StateMeaning, Tally, Teamplay, session_date,
    summaries, written_at,
};
use crate::figure::number;
use crate::figure::subject::map_title;
use crate::model::Round;

/// The style sheet, taken into the page.
const STYLE: &str = include_str!("assets/page.css");

#[derive(Template)]
#[template(path = "report.html", config = "src/report/askama.toml")]
struct Page {
    style: &'static str,
    title: String,
    subtitle: String,
    facts: Vec<(&'static str, String)>,
    notes: Vec<String>,
    maps: Vec<MapView>,
    tables: Vec<Table>,
    version: &'static str,
}

struct MapView {
    anchor: String,
    name: String,
    facts: String,
    bar: Vec<(&'static str, u32)>,
    pictures: Vec<PictureView>,
    cards: Vec<PictureView>,
    rounds: Vec<RoundView>,
    notes: Vec<String>,
}

struct RoundView {
    title: String,
    facts: String,
    flags: String,
    open: bool,
    pictures: Vec<PictureView>,
}

struct PictureView {
    file: String,
    title: String,
    alt: String,
    width: u32,
    height: u32,
}

impl Report<'_> {
    /// The page as HTML: one file, its style inside, pictures beside it. Every text of a stranger is escaped.
    ///
    /// # Errors
    /// Never for a page of ours; the template's own error type says it could.
    pub fn page(&self) -> Result<String, askama::Error> {
        let players = tables::players(&self.cleaned);
        let mut whole = Tally::default();
        for summary in self.cleaned.iter().flat_map(summaries) {
            whole.add(&summary);
        }
        let (title, subtitle) = self.cover();
        let mut facts = vec![
            ("maps", number::count(self.maps.len() as u64)),
            ("rounds", number::count(self.rounds.len() as u64)),
            ("players", number::count(players.len() as u64)),
            ("lives", number::count(whole.lives)),
            ("samples", number::count(whole.samples)),
            ("time alive", clock(whole.alive_ms)),
            ("distance", kilometres(whole.distance_units())),
            ("revives", number::count(self.rounds.iter().map(|round| round.revives.len() as u64).sum())),
        ];
        facts.retain(|(_, value)| value != "0");
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
        Page {
            style: STYLE,
            title,
            subtitle,
            facts,
            notes: self.notes(&whole),
            maps: self.map_views(),
            tables: tables.into_iter().filter(|table| !table.rows.is_empty()).collect(),
            version: env!("CARGO_PKG_VERSION"),
        }
        .render()
    }

    fn cover(&self) -> (String, String) {
        let dates: std::collections::BTreeSet<_> =
            self.rounds.iter().filter_map(|round| session_date(&round.meta)).collect();
        let written = |date: &jiff::civil::Date| date.strftime("%-d %b %Y").to_string();
        let title = match (dates.first(), dates.last()) {
            (Some(first), Some(last)) if first == last => format!("Session {}", written(first)),
            (Some(first), Some(last)) => format!("Sessions {} – {}", written(first), written(last)),
            _ => "Session".to_owned(),
        };
        let times: Vec<_> = self.rounds.iter().filter_map(|round| written_at(&round.meta)).collect();
        let subtitle = match (times.iter().min(), times.iter().max()) {
            (Some(first), Some(last)) => {
                format!("rounds ended from {} to {}", first.strftime("%H:%M"), last.strftime("%H:%M"))
            }
            _ => "no time recorded".to_owned(),
        };
        (title, subtitle)
    }

    /// What a reader must know to read the figures: how states are known, what was left out.
    fn notes(&self, whole: &Tally) -> Vec<String> {
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
        notes
    }

    fn map_views(&self) -> Vec<MapView> {
        self.maps
            .iter()
            .enumerate()
            .map(|(place, part)| {
                let stage = &self.stages[part.stage];
                let mut tally = Tally::default();
                for round in &part.rounds {
                    for summary in &summaries(&self.cleaned[round.index]) {
                        tally.add(summary);
                    }
                }
                let name = stage.map.title.clone().unwrap_or_else(|| map_title(&stage.map.name));
                let (cards, pictures): (Vec<&Picture>, Vec<&Picture>) =
                    part.pictures.iter().partition(|picture| picture.is_card());
                let view = |picture: &&Picture| picture_view(picture, &name);
                let mut notes = Vec::new();
                if stage.map.extent.is_doubtful() || stage.picture.is_none() {
                    notes.push(stage.map.extent.sentence());
                }
                MapView {
                    anchor: format!("map-{}", place + 1),
                    facts: format!(
                        "{} · {} · {} alive · {}",
                        number::counted(part.rounds.len() as u64, "round", "rounds"),
                        number::counted(tally.lives, "life", "lives"),
                        clock(tally.alive_ms),
                        kilometres(tally.distance_units()),
                    ),
                    bar: state_bar(&tally),
                    pictures: pictures.iter().map(view).collect(),
                    cards: cards.iter().map(view).collect(),
                    rounds: part
                        .rounds
                        .iter()
                        .map(|round| {
                            let data = &self.rounds[round.index];
                            let flags: Vec<&str> = round.flags.iter().map(|flag| flag.label()).collect();
                            let title = round.number.map_or("Round".to_owned(), |n| format!("Round {n}"));
                            RoundView {
                                facts: round_facts(data, self.cleaned[round.index].lives.len() as u64),
                                pictures: round
                                    .pictures
                                    .iter()
                                    .map(|picture| {
                                        picture_view(picture, &format!("{name}, {}", title.to_lowercase()))
                                    })
                                    .collect(),
                                title,
                                flags: flags.join(", "),
                                // Warm-ups and broken-off rounds stay closed until somebody asks for them.
                                open: !round.flags.iter().any(|flag| *flag != RoundFlag::Cut),
                            }
                        })
                        .collect(),
                    name,
                    notes,
                }
            })
            .collect()
    }
}

fn picture_view(picture: &Picture, about: &str) -> PictureView {
    let (width, height) = picture.size();
    PictureView {
        file: picture.file.clone(),
        title: picture.title.clone(),
        alt: format!("{about}: {}", picture.title.to_lowercase()),
        width,
        height,
    }
}

fn round_facts(round: &Round, lives: u64) -> String {
    let mut facts = vec![number::counted(lives, "life", "lives")];
    let clock_of = crate::analysis::RoundClock::of(round);
    facts.push(clock(clock_of.duration_ms()));
    facts.extend(written_at(&round.meta).map(|at| format!("ended {}", at.strftime("%H:%M"))));
    facts.push(format!("tracker {}", round.meta.family.name()));
    facts.join(" · ")
}

/// A long way: in kilometres from one on.
fn kilometres(units: f64) -> String {
    let km = units * 0.0254 / 1000.0;
    if km < 1.0 { number::metres(units) } else { format!("{km:.1}{}km", number::UNIT_GAP) }
}
