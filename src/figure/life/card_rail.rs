//! The rail of a life card: whose life, its totals, its states, and what is not known.

use super::LifeCard;
use crate::analysis::{BreakReason, Knowledge, State};
use crate::figure::number;
use crate::figure::paths::breaks_words;
use crate::figure::rail::{Mark, Rail, Row, Section};
use crate::figure::subject;
use crate::figure::theme::Theme;

/// Longest player name, characters.
const LONGEST_NAME: usize = 16;

impl LifeCard {
    /// The card's rail without its distance section and the caption's common lines: `map` as people call it, `date`
    /// as people write it.
    pub fn rail(&self, map: &str, date: Option<&str>, distance: Section, theme: &Theme) -> Rail {
        let name: String = match self.way.name.char_indices().nth(LONGEST_NAME) {
            Some((cut, _)) => format!("{}…", &self.way.name[..cut]),
            None => self.way.name.to_string(),
        };
        let round = self.round.map_or(String::new(), |n| format!(", round {n}"));
        let who =
            format!("{} · {} · {map}{round}", subject::team(&self.way.team), subject::class(&self.class));
        let (k, n) = self.number;
        let mut when = vec![format!("life {k} of {n}"), format!("from {}", clock(self.since_live_ms))];
        when.extend(date.map(str::to_owned));
        let mut rail = Rail::new(if name.is_empty() { "unnamed".to_owned() } else { name })
            .subtitle(who)
            .subtitle(when.join(" · "))
            .section(self.totals())
            .section(self.states(theme))
            .section(distance);
        for line in self.caption() {
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
        let stops = self.stops.len() as u64;
        let still = if stops == 0 {
            number::seconds(seconds(s.still_ms))
        } else {
            format!("{} in {}", number::seconds(seconds(s.still_ms)), number::counted(stops, "stop", "stops"))
        };
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

    fn states(&self, theme: &Theme) -> Section {
        const FAST_TO_SLOW: [State; 6] =
            [State::Sprint, State::Upright, State::Crouch, State::Low, State::Prone, State::Unknown];
        let parts: Vec<(State, u64)> = FAST_TO_SLOW
            .iter()
            .map(|state| (*state, self.summary.in_state_ms(*state).max(0) as u64))
            .filter(|(state, ms)| *ms > 0 || !matches!(state, State::Low | State::Unknown))
            .collect();
        let times: Vec<u64> = parts.iter().map(|(_, ms)| *ms).collect();
        let total = times.iter().sum::<u64>().max(1) as f32;
        let stack = parts.iter().map(|(state, ms)| (theme.state(*state), *ms as f32 / total)).collect();
        Section::legend("State").row(Row::Stack(stack)).rows(parts.iter().zip(number::percents(&times)).map(
            |((state, _), percent)| {
                Row::entry(
                    Mark::Swatch(theme.state(*state)),
                    state.label(),
                    format!("{percent}{}%", number::UNIT_GAP),
                )
            },
        ))
    }

    fn caption(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{} each {}",
            number::counted(self.summary.sample_count, "sample", "samples"),
            number::seconds(f64::from(self.interval_ms) / 1000.0),
        )];
        lines.push(format!("states: stance {}, sprint {}", self.meaning.stance, self.meaning.sprint));
        if self.meaning.sprint == Knowledge::NotRecorded {
            lines.push("run / stand holds the sprints too".to_owned());
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
