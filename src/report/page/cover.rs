//! What the page says of the whole session: its title, its figures, and what a reader must know to read them.

use super::PageData;
use crate::analysis::{
    BreakReason, DropReason, Dropped, Provenance, StateDecoder, Tally, session_date, written_at,
};
use crate::figure::words::{filter_words, number, recorder_view, recordings};
use crate::report::model::SessionReport;
use crate::report::past;
use crate::report::tables::clock;

impl SessionReport<'_> {
    pub(crate) fn facts(&self, whole: &Tally, players: usize) -> Vec<(&'static str, String)> {
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
            ("distance, all players", number::kilometres(whole.distance_units())),
            ("deaths", count(whole.deaths)),
            ("revives", count(self.rounds.iter().map(|round| round.revives.len() as u64).sum())),
        ];
        facts.retain(|(_, value)| value != "0");
        if whole.alive_ms > 0 {
            facts.push(("not recorded", number::percent(gaps)));
        }
        facts
    }

    pub(crate) fn cover(&self) -> (String, String) {
        let dates: std::collections::BTreeSet<_> =
            self.rounds.iter().filter_map(|round| session_date(&round.meta)).collect();
        let title = match (dates.first(), dates.last()) {
            (Some(first), Some(last)) if first == last => first.strftime("%A, %-d %B %Y").to_string(),
            (Some(first), Some(last)) => {
                format!("Sessions {} – {}", number::date(*first), number::date(*last))
            }
            _ => "Session".to_owned(),
        };
        let only = filter_words::within_session(self.filter);
        let title = if only.is_empty() { title } else { format!("{title}: {}", only.join(" · ")) };
        let times: Vec<_> = self.rounds.iter().filter_map(|round| written_at(&round.meta)).collect();
        let mut parts: Vec<String> = Vec::new();
        parts.push(match (times.iter().min(), times.iter().max()) {
            (Some(first), Some(last)) => {
                format!("rounds ended {} – {}", first.strftime("%H:%M"), last.strftime("%H:%M"))
            }
            _ => "no time recorded".to_owned(),
        });
        parts.push(number::counted(self.maps.len() as u64, "map", "maps"));
        parts.push(number::counted(self.rounds.len() as u64, "round", "rounds"));
        parts.push(number::counted(self.people.len() as u64, "player", "players"));
        parts.extend(self.view_line());
        parts
            .extend(recordings::lines(self.rounds.iter().filter_map(|round| round.meta.recordings.as_ref())));
        (title, parts.join(" · "))
    }

    /// How much of the others there is, in rounds that a player recorded.
    fn view_line(&self) -> Option<String> {
        let views = self.rounds.iter().filter_map(|round| round.meta.recorder_view);
        recorder_view::line(views, self.rounds.len() as u64)
    }

    /// What a reader must know to read the figures: how states are known, what was left out.
    pub(crate) fn notes(&self, whole: &Tally, data: &PageData<'_>) -> Vec<String> {
        let mut notes = Vec::new();
        let meanings: std::collections::BTreeSet<(Provenance, Provenance)> = self
            .rounds
            .iter()
            .map(StateDecoder::of)
            .map(|meaning| (meaning.stance, meaning.sprint))
            .collect();
        for (stance, sprint) in meanings {
            notes.push(format!("States: stance {stance}, sprint {sprint}."));
        }
        if self.view_line().is_some() {
            notes.push(
                "In a player's own demo others are there while they were in view: heat, paths and figures count only what was seen."
                    .to_owned(),
            );
        }
        let mut dropped = Dropped::default();
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
                "In the paths, {words}; {} of the time alive has no known path.",
                number::percent(share)
            ));
        }
        let pauses: usize = self.cleaned.iter().map(|lives| lives.clock.pauses.len()).sum();
        if pauses > 0 {
            notes.push(format!("The game was paused {}.", number::counted(pauses as u64, "time", "times")));
        }
        if data.past.is_some_and(|past| !past.rounds().is_empty()) {
            notes.push(format!(
                "“Usual” figures come from a player's last sessions before this one, at most {}.",
                past::MOST_SESSIONS
            ));
        }
        notes
    }
}
