//! What a paths picture's legend says.

use super::line::{self, LONG_LIFE_S, TOP_SPEED_UPS};
use super::tally::Tally;
use super::{PathColor, Player, player_color};
use crate::analysis::State;
use crate::figure::layout::legend::{Mark, Row, Section};
use crate::figure::words::data_summary::DataSummary;
use crate::figure::words::state_legend::{self, Entry};
use crate::figure::words::{filter_words, names, number};
use crate::model::Team;
use crate::scene::text::has_boxes;
use crate::scene::{Color, Shape};
use crate::theme::Theme;

/// What the legend is written from.
pub(super) struct PathsLegend<'a> {
    pub color: PathColor,
    /// Whether lines are counted, not drawn one by one.
    pub counted: bool,
    pub tally: &'a Tally,
    pub players: &'a [Player],
    pub theme: &'a Theme,
}

impl PathsLegend<'_> {
    /// What the colours mean; `data_summary` knows what the files tell.
    pub(super) fn lines(&self, data_summary: &DataSummary) -> Section {
        let theme = self.theme;
        match self.color {
            PathColor::State => self.states(data_summary),
            PathColor::Team => Section::legend("Line").rows(
                [Team::Allies, Team::Axis].iter().zip(self.tally.sides).map(|(team, lives)| {
                    let n = number::counted(lives, "life", "lives");
                    Row::entry(Mark::Line(theme.team(team)), filter_words::team(team), n)
                }),
            ),
            PathColor::Player => {
                let shown = theme.players.len();
                let mut section =
                    Section::table("Line").rows(self.players.iter().take(shown).map(|(key, name, n)| {
                        let guid = key.guid().as_str();
                        let name = if name.is_empty() {
                            "unnamed".to_owned()
                        } else {
                            names::shown(name, guid, usize::MAX)
                        };
                        Row::entry(
                            Mark::Line(player_color(self.players, key, theme)),
                            name,
                            number::counted(*n, "life", "lives"),
                        )
                    }));
                if self.players.len() > shown {
                    let rest: u64 = self.players[shown..].iter().map(|(.., n)| n).sum();
                    let more = self.players.len() - shown;
                    let label = number::counted(more as u64, "more player", "more players");
                    let lives = number::counted(rest, "life", "lives");
                    section = section.rest(more, Row::entry(Mark::Line(theme.not_recorded), label, lives));
                }
                if self.players.iter().take(shown).any(|(_, name, _)| has_boxes(name)) {
                    section = section.row(Row::Note(names::BOXES_NOTE.to_owned()));
                }
                section
            }
            PathColor::Time => ramp("Time since spawn", "s", LONG_LIFE_S, |t| line::time_color(theme, t)),
            PathColor::Speed => ramp("Speed", "u/s, horizontal", TOP_SPEED_UPS, |t| theme.ramp(t)),
            PathColor::Health => self.health(),
        }
    }

    fn health(&self) -> Section {
        let section = ramp("Health", "points", 100.0, |t| self.theme.ramp(t));
        if self.tally.unknown_health == 0 {
            return section;
        }
        let lives = number::counted(self.tally.unknown_health, "life", "lives");
        if self.counted {
            return section.row(Row::Note(format!("not recorded, so not drawn: parts of {lives}")));
        }
        section.row(Row::entry(Mark::Line(self.theme.not_recorded), "not recorded", format!("in {lives}")))
    }

    fn states(&self, data_summary: &DataSummary) -> Section {
        let theme = self.theme;
        let entries = state_legend::entries(&self.tally.times, data_summary);
        let low = entries.iter().any(|entry| entry.state == State::Low);
        let row = |entry: Entry| Row::entry(Mark::Line(theme.state(entry.state)), entry.label, entry.share);
        let section = Section::legend("Line").rows(entries.into_iter().map(row));
        if low { section.row(Row::Note(state_legend::LOW_NOTE.to_owned())) } else { section }
    }
}

/// What the marks mean. Where lines are counted there are only spawns.
pub(super) fn marks(counted: bool) -> Section {
    let shape = |shape, radius| Mark::Shape { shape, radius, fill: None };
    let spawn = || (shape(Shape::Circle, 6.0), "spawn (count)".to_owned());
    let section = Section::legend("Marks");
    if counted {
        let (mark, words) = spawn();
        return section.row(Row::key(mark, words));
    }
    section
        .row(Row::Pair([spawn(), (shape(Shape::Cross, 6.0), "death".to_owned())]))
        .row(Row::Pair([
            (shape(Shape::Square, 5.5), "alive at the end".to_owned()),
            (shape(Shape::Chevron { heading: 0.0 }, 7.5), "direction".to_owned()),
        ]))
        .row(Row::key(Mark::Dots, "not recorded (gap, revive)"))
}

fn ramp(heading: &str, unit: &str, top: f32, color: impl Fn(f32) -> Color) -> Section {
    let bar = (0..=64).map(|i| color(i as f32 / 64.0)).collect();
    let tick = |t: f32| {
        let value = number::count((top * t + 0.5) as u64);
        (t, if t < 1.0 { value } else { format!("≥ {value}") })
    };
    Section::legend(heading)
        .row(Row::Ramp {
            bars: vec![bar],
            thickness: 22.0,
            ticks: [0.0, 0.25, 0.5, 0.75, 1.0].map(tick).to_vec(),
        })
        .row(Row::Note(unit.to_owned()))
}
