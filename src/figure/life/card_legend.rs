//! The legend of a life card: whose life, its totals, its states, and what is not known.

use super::card_map::KILL_SHAPE;
use super::moment::{Moment, MomentKind};
use super::{Card, time_axis};
use crate::analysis::{BreakReason, DeathKind, State};
use crate::figure::canvas::Canvas;
use crate::figure::layout::legend::{Legend, Mark, Row, Section, Tone};
use crate::figure::paths::breaks_words;
use crate::figure::words::data_summary::DataSummary;
use crate::figure::words::number;
use crate::figure::words::state_legend;
use crate::figure::words::state_legend::Entry;
use crate::figure::words::{filter_words, names};
use crate::scene::Shape;
use crate::scene::text::has_boxes;
use crate::text::clock;
use crate::theme::Theme;

/// Longest player name, characters.
const LONGEST_NAME: usize = 16;
/// The mark of a death in a legend, design pixels.
pub(super) const DEATH_PX: f32 = 7.0;

impl Card {
    /// The card's legend without the caption's common lines; `data summary` counts this one life.
    pub fn legend(&self, context: &Canvas<'_>, data_summary: &DataSummary, distance: Section) -> Legend {
        let (map, theme) = (context.title(), context.theme());
        let name = names::shown(&self.path.name, self.path.player.guid().as_str(), LONGEST_NAME);
        let round = self.round.map_or(String::new(), |n| format!(", round {n}"));
        let who = format!(
            "{} · {} · {map}{round}",
            filter_words::team(&self.path.team),
            filter_words::class(&self.class)
        );
        let (k, n) = self.number;
        let mut when = vec![format!("life {k} of {n}"), format!("from {}", clock(self.since_live_ms))];
        when.extend(data_summary.date());
        let held = self.summary.state_ms.map(|ms| ms.max(0) as u64);
        let mut legend = context
            .legend(if name.is_empty() { "unnamed".to_owned() } else { name })
            .subtitle(who)
            .subtitle(when.join(" · "))
            .section(self.totals(theme))
            .section(states(&held, data_summary, theme))
            .section(distance);
        if has_boxes(&self.path.name) {
            legend = legend.caption(names::BOXES_NOTE);
        }
        for line in self.caption(data_summary) {
            legend = legend.caption(line);
        }
        legend
    }

    fn totals(&self, theme: &Theme) -> Section {
        let s = &self.summary;
        let seconds = |ms: i64| ms as f64 / 1000.0;
        let recorded = if s.recorded_ms == s.alive_ms {
            number::seconds(seconds(s.alive_ms))
        } else {
            format!(
                "{} of {}",
                number::seconds(seconds(s.recorded_ms)),
                number::seconds_bare(seconds(s.alive_ms))
            )
        };
        // Not every slow second belongs to a stop, so their number would not explain the sum.
        let mut still = number::seconds(seconds(s.still_ms));
        if let Some(longest_ms) = self.stops.iter().map(|stop| stop.duration_ms).max() {
            still = format!("{still}, longest stop {}", number::seconds(seconds(longest_ms)));
        }
        let distance = (s.total_distance_units + 0.5) as u64;
        Section::legend("Totals")
            .row(Row::total("alive, recorded", recorded))
            .row(Row::total(
                "distance",
                format!("{} u · {}", number::count(distance), number::metres(s.total_distance_units)),
            ))
            .row(Row::total("speed, mean · peak", speeds(s.mean_speed_ups, s.peak_speed_ups)))
            .row(Row::total(
                "first move",
                match s.time_to_first_move_ms {
                    Some(ms) => number::seconds(seconds(ms)),
                    None if self.path.from_spawn => "never".to_owned(),
                    None => "not recorded".to_owned(),
                },
            ))
            .row(Row::total("still", still))
            .row(Row::total(
                "damage taken",
                s.damage_taken
                    .map_or("not recorded".to_owned(), |points| number::count(points.max(0) as u64)),
            ))
            .rows(self.moments(theme))
    }

    /// What the marks of kills and deaths mean, and what they count.
    fn moments(&self, theme: &Theme) -> Vec<Row> {
        let row = |shape, radius, label: &str, value| Row::Entry {
            mark: Some(Mark::Shape { shape, radius, fill: Some(theme.text) }),
            label: label.to_owned(),
            value: Some(value),
            tone: Tone::Muted,
        };
        let mut rows = Vec::new();
        if self.knows_kills {
            rows.push(row(KILL_SHAPE, 8.0, "kills", number::count(self.kill_count())));
        }
        let deaths: Vec<&Moment> = self.moments.iter().filter(|moment| !moment.is_kill()).collect();
        if let Some(last) = deaths.last() {
            rows.push(match (last.kind, last.whom()) {
                (MomentKind::Death(DeathKind::Killed), Some(by)) => {
                    row(Shape::Cross, DEATH_PX, "killed by", by)
                }
                _ => row(Shape::Cross, DEATH_PX, "death", last.words()),
            });
        }
        rows
    }

    fn caption(&self, data_summary: &DataSummary) -> Vec<String> {
        // Recorded games have 20 looks a second.
        let interval = match self.interval_ms {
            ms if ms % 100 == 0 => number::seconds(f64::from(ms) / 1000.0),
            ms => format!("{ms}{}ms", number::UNIT_GAP),
        };
        let samples = number::counted(self.summary.sample_count, "sample", "samples");
        let mut lines = vec![format!("{samples} each {interval}")];
        lines.extend(data_summary.states_line());
        if !data_summary.sprint_is_known() {
            lines.push(state_legend::UPRIGHT_NOTE.to_owned());
        }
        let mut breaks = [0_u64; BreakReason::ALL.len()];
        for gap in &self.gaps {
            breaks[gap.value as usize] += 1;
        }
        if !self.gaps.is_empty() {
            let seconds = number::seconds(self.summary.gap_ms() as f64 / 1000.0);
            lines.push(format!("{}, {seconds} in all", breaks_words(&breaks)));
        }
        let late = self.moments.iter().filter(|moment| moment.ms > self.axis_ms).count() as u64;
        if late > 0 {
            lines.push(format!(
                "{} after the death, by what was thrown or laid before",
                number::counted(late, "kill", "kills")
            ));
        }
        if self.moments.iter().any(|moment| moment.from.is_some()) {
            lines.push("a line leads from the killer to the death".to_owned());
        }
        let unit = if time_axis::is_in_seconds(self.axis_ms) { "seconds" } else { "minutes:seconds" };
        lines.push(format!("ticks on the path: {unit} since spawn"));
        lines
    }
}

/// Time by state, ms by [`State::index`], as one bar and as rows.
pub(super) fn states(held: &[u64; State::ALL.len()], data_summary: &DataSummary, theme: &Theme) -> Section {
    let entries = state_legend::entries(held, data_summary);
    let total = held.iter().sum::<u64>().max(1) as f32;
    let stack = entries.iter().map(|e| (theme.state(e.state), e.held as f32 / total)).collect();
    let low = entries.iter().any(|entry| entry.state == State::Low);
    let row = |entry: Entry| Row::entry(Mark::Swatch(theme.state(entry.state)), entry.label, entry.share);
    let section = Section::legend("State").row(Row::Stack(stack)).rows(entries.into_iter().map(row));
    if low { section.row(Row::Note(state_legend::LOW_NOTE.to_owned())) } else { section }
}

fn speeds(mean_ups: Option<f64>, peak_ups: f64) -> String {
    let whole = |ups: f64| number::count((ups + 0.5) as u64);
    format!("{} · {} u/s", mean_ups.map_or("unknown".to_owned(), whole), whole(peak_ups))
}
