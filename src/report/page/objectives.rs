//! What happened to a round's objectives, line by line.

use super::name::{NamePart, colored};
use crate::figure::words::filter_words;
use crate::model::{ObjectiveDeed, ObjectiveEvent, PlayerName, Team};
use crate::report::model::SessionReport;
use crate::report::tables::clock;

/// The most lines of one round; a round of the game has a few dozen.
const MOST: usize = 60;

/// Something that happened to an objective.
pub(crate) struct ObjectiveLine {
    /// When, since the round went live.
    pub clock: String,
    /// That moment in the round's replay.
    pub replay: Option<String>,
    /// The player's side, as the style sheet names it, and in words.
    pub side: &'static str,
    pub team: String,
    /// The player, if the paths show one there; else empty.
    pub name: Vec<NamePart>,
    pub words: String,
}

impl SessionReport<'_> {
    /// What happened to a round's objectives, in the order of time.
    pub(crate) fn objectives(&self, index: usize) -> Vec<ObjectiveLine> {
        let (round, lives) = (&self.rounds[index], &self.cleaned[index]);
        let events = &round.meta.objectives;
        if events.is_empty() {
            return Vec::new();
        }
        let moments = self.moments(index);
        let mut lines: Vec<ObjectiveLine> = events
            .iter()
            .take(MOST)
            .map(|event| {
                let since_live_ms = lives.clock.since_live_ms(event.time);
                let doer = event.at.and_then(|at| round.life_at(event.time, &event.team, at));
                let guid = doer.map(|life| life.guid.as_str());
                ObjectiveLine {
                    clock: clock(since_live_ms),
                    replay: moments.as_ref().map(|moments| moments.at(since_live_ms, guid)),
                    side: side(&event.team),
                    team: filter_words::team(&event.team),
                    name: doer.map(|life| colored(&life.name)).unwrap_or_default(),
                    words: words(event),
                }
            })
            .collect();
        if let Some(last) = lines.last_mut().filter(|_| events.len() > MOST) {
            last.words += "; more are in the file";
        }
        lines
    }
}

fn side(team: &Team) -> &'static str {
    match team {
        Team::Axis => "axis",
        Team::Allies => "allies",
        Team::Other(_) => "other",
    }
}

/// What was done, in words. A tracker's own words are shown as they are, without what joins or colours them.
fn words(event: &ObjectiveEvent) -> String {
    let plain = |text: &str| PlayerName::from(text).display().replace('_', " ");
    let objective = match Team::from(&*event.objective) {
        Team::Other(name) if name.trim().is_empty() => "the objective".to_owned(),
        Team::Other(name) => plain(&name),
        team => format!("the {} objective", adjective(&team)),
    };
    match &event.deed {
        ObjectiveDeed::Work(kind) => format!("{}: {objective}", plain(kind)),
        ObjectiveDeed::Return => format!("returned {objective}"),
        ObjectiveDeed::Carry { until, outcome } => {
            let Some(until) = until else { return format!("took {objective}; the end was not recorded") };
            let end = match &**outcome {
                "" => "the end was not seen".to_owned(),
                "released" => "then delivered or dropped it".to_owned(),
                "round_end" => "until the round ended".to_owned(),
                other => plain(other),
            };
            format!("carried {objective} for {}, {end}", clock(until.since(event.time).max(0)))
        }
    }
}

fn adjective(team: &Team) -> String {
    match team {
        Team::Allies => "Allied".to_owned(),
        other => filter_words::team(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LevelTime;

    #[test]
    fn what_was_done_reads_as_a_sentence() {
        let event = |deed, objective: &str| {
            words(&ObjectiveEvent {
                time: LevelTime(1000),
                team: Team::Allies,
                deed,
                objective: objective.into(),
                at: None,
            })
        };
        let carry = |until: Option<i32>, outcome: &str| ObjectiveDeed::Carry {
            until: until.map(LevelTime),
            outcome: outcome.into(),
        };
        assert_eq!(
            event(ObjectiveDeed::Work("dynamite_planted".into()), "^1the Depot Gate"),
            "dynamite planted: the Depot Gate"
        );
        assert_eq!(
            event(carry(Some(26_000), "killed"), "AXIS"),
            "carried the Axis objective for 0:25, killed"
        );
        assert_eq!(
            event(carry(Some(26_000), "released"), "ALLIES"),
            "carried the Allied objective for 0:25, then delivered or dropped it"
        );
        assert_eq!(event(carry(None, ""), ""), "took the objective; the end was not recorded");
        assert_eq!(event(ObjectiveDeed::Return, "gold"), "returned gold");
    }
}
