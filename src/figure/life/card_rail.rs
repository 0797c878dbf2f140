//! The rail of a life card: whose life, its totals, its states, and what is not known.

use super::LifeCard;
use crate::analysis::{BreakReason, State};
use crate::figure::census::Census;
use crate::figure::number;
use crate::figure::paths::breaks_words;
use crate::figure::rail::{Mark, Rail, Row, Section};
use crate::figure::states::{self, Entry};
use crate::figure::subject;
use crate::figure::theme::Theme;

/// Longest player name, characters.
const LONGEST_NAME: usize = 16;

impl LifeCard {
    /// The card's rail without the caption's common lines: `map` as people call it; `census` counts this one life.
    pub fn rail(&self, map: &str, census: &Census, distance: Section, theme: &Theme) -> Rail {
        let name: String = match self.way.name.char_indices().nth(LONGEST_NAME) {
            Some((cut, _)) => format!("{}…", &self.way.name[..cut]),
            None => self.way.name.to_string(),
        };
        let round = self.round.map_or(String::new(), |n| format!(", round {n}"));
        let who =
            format!("{} · {} · {map}{round}", subject::team(&self.way.team), subject::class(&self.class));
        let (k, n) = self.number;
        let mut when = vec![format!("life {k} of {n}"), format!("from {}", clock(self.since_live_ms))];
        when.extend(census.date());
        let mut rail = Rail::new(if name.is_empty() { "unnamed".to_owned() } else { name })
            .subtitle(who)
            .subtitle(when.join(" · "))
            .section(self.totals())
            .section(self.states(census, theme))
            .section(distance);
        for line in self.caption(census) {
            rail = rail.caption(line);
        }
        rail
    }

    fn totals(&self) -> Section {
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
            .row(Row::total("mean speed", speed(s.mean_speed_ups)))
            .row(Row::total("peak speed", speed(Some(s.peak_speed_ups))))
            .row(Row::total(
                "first move",
                s.time_to_first_move_ms.map_or("never".to_owned(), |ms| number::seconds(seconds(ms))),
            ))
            .row(Row::total("still", still))
            .row(Row::total("damage taken", number::count(s.damage_taken.max(0) as u64)))
    }

    fn states(&self, census: &Census, theme: &Theme) -> Section {
        let held = self.summary.state_ms.map(|ms| ms.max(0) as u64);
        let entries = states::entries(&held, census);
        let total = held.iter().sum::<u64>().max(1) as f32;
        let stack = entries.iter().map(|e| (theme.state(e.state), e.held as f32 / total)).collect();
        let low = entries.iter().any(|entry| entry.state == State::Low);
        let row = |entry: Entry| Row::entry(Mark::Swatch(theme.state(entry.state)), entry.label, entry.share);
        let section = Section::legend("State").row(Row::Stack(stack)).rows(entries.into_iter().map(row));
        if low { section.row(Row::Note(states::LOW_NOTE.to_owned())) } else { section }
    }

    fn caption(&self, census: &Census) -> Vec<String> {
        let mut lines = vec![format!(
            "{} each {}",
            number::counted(self.summary.sample_count, "sample", "samples"),
            number::seconds(f64::from(self.interval_ms) / 1000.0),
        )];
        lines.extend(census.states_line());
        if !census.sprint_is_known() {
            lines.push(states::UPRIGHT_NOTE.to_owned());
        }
        let mut breaks = [0_u64; BreakReason::ALL.len()];
        for gap in &self.gaps {
            breaks[gap.value as usize] += 1;
        }
        if !self.gaps.is_empty() {
            let seconds = number::seconds(self.summary.gap_ms() as f64 / 1000.0);
            lines.push(format!("{}, {seconds} in all", breaks_words(&breaks)));
        }
        lines.push("ticks on the path: seconds since spawn".to_owned());
        lines
    }
}

fn speed(ups: Option<f64>) -> String {
    ups.map_or("unknown".to_owned(), |ups| format!("{} u/s", number::count((ups + 0.5) as u64)))
}

/// `m:ss` into the round.
fn clock(ms: i64) -> String {
    let seconds = ms.div_euclid(1000);
    format!("{}:{:02}", seconds.div_euclid(60), seconds.rem_euclid(60))
}
