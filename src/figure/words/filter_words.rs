//! A filter in words: whose movement a picture shows, and what nothing was found for.

use super::number;
use crate::analysis::{Bots, Filter, Floor, State, StateSet, WindowMs};
use crate::model::{Class, Team};

/// Most names that are listed before the rest becomes a number.
const MOST_NAMES: usize = 3;

/// Who, in which class, state and time: `Both teams`, `Allies · Medic · first 10 s of each life`.
pub fn who(filter: &Filter) -> Vec<String> {
    let mut parts = vec![match (filter.players.as_slice(), filter.teams.as_slice()) {
        ([], []) => "Both teams".to_owned(),
        ([], teams) => listed(teams.iter().map(team)),
        (players, []) => listed(players.iter().map(|p| p.as_str().to_owned())),
        (players, teams) => {
            format!(
                "{} · {}",
                listed(players.iter().map(|p| p.as_str().to_owned())),
                listed(teams.iter().map(team))
            )
        }
    }];
    if !filter.classes.is_empty() {
        parts.push(listed(filter.classes.iter().map(class)));
    }
    if filter.states != StateSet::ALL {
        let states = State::ALL.into_iter().rev().filter(|s| filter.states.contains(*s));
        parts.push(format!("only {}", listed(states.map(|s| s.label().to_owned()))));
    }
    parts.extend(filter.floor.map(|floor| self::floor(&floor)));
    parts.extend(filter.life_window.map(|w| format!("{} of each life", window(w))));
    parts.extend(filter.round_window.map(|w| format!("{} of each round", window(w))));
    match filter.bots {
        Bots::Exclude => {}
        Bots::Include => parts.push("with bots".to_owned()),
        Bots::Only => parts.push("bots only".to_owned()),
    }
    parts
}

/// Everything the filter asks for, one condition each, for a picture without lives.
pub fn conditions(filter: &Filter) -> Vec<String> {
    let mut lines = Vec::new();
    if !filter.maps.is_empty() {
        lines.push(format!("map {}", listed(filter.maps.iter().cloned())));
    }
    if let Some((first, last)) = filter.sessions {
        lines.push(if first == last {
            format!("session {}", number::date(first))
        } else {
            format!("sessions {} – {}", number::date(first), number::date(last))
        });
    }
    lines.extend(within_session(filter));
    if filter.bots == Bots::Exclude {
        lines.push("people, no bots".to_owned());
    }
    lines
}

/// What the filter leaves out of whole sessions and maps; nothing when every round and life of people counts.
pub fn within_session(filter: &Filter) -> Vec<String> {
    let mut parts: Vec<String> = filter.round.map(|n| format!("round {n}")).into_iter().collect();
    let mut who = who(filter);
    if filter.players.is_empty() && filter.teams.is_empty() {
        who.remove(0);
    }
    parts.extend(who);
    parts
}

/// A floor for people: `floor 1, z above 168`.
pub fn floor(floor: &Floor) -> String {
    let unit = number::UNIT_GAP;
    let heights = match (floor.above_units, floor.up_to_units) {
        (None, None) => return format!("floor {}", floor.number),
        (None, Some(top)) => format!("z up to {top}"),
        (Some(below), None) => format!("z above {below}"),
        (Some(below), Some(top)) => format!("z {below} – {top}"),
    };
    format!("floor {}, {heights}{unit}u", floor.number)
}

/// A team's name for people.
pub fn team(team: &Team) -> String {
    match team {
        Team::Axis => "Axis".to_owned(),
        Team::Allies => "Allies".to_owned(),
        Team::Other(word) => word.to_string(),
    }
}

/// A class's name for people.
pub fn class(class: &Class) -> String {
    match class {
        Class::Soldier => "Soldier".to_owned(),
        Class::Medic => "Medic".to_owned(),
        Class::Engineer => "Engineer".to_owned(),
        Class::FieldOps => "Field Ops".to_owned(),
        Class::CovertOps => "Covert Ops".to_owned(),
        Class::Unknown => "class unknown".to_owned(),
        Class::Other(word) => word.to_string(),
    }
}

/// A map's name for people, when it has no title: first letter large.
pub fn map_title(name: &str) -> String {
    if name.is_empty() { "unnamed map".to_owned() } else { large_first(name) }
}

/// Parts joined into a line, the first letter large.
pub fn joined(parts: &[String]) -> String {
    large_first(&parts.join(" · "))
}

fn large_first(line: &str) -> String {
    let mut letters = line.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    match names.as_slice() {
        [] => "no player".to_owned(),
        [one] => one.clone(),
        several if several.len() > MOST_NAMES => {
            format!("{} and {} more", several[..MOST_NAMES - 1].join(", "), several.len() - MOST_NAMES + 1)
        }
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

fn window(window: WindowMs) -> String {
    let seconds = |ms: i64| {
        if ms % 1000 == 0 { format!("{}", ms / 1000) } else { format!("{:.1}", ms as f64 / 1000.0) }
    };
    let unit = number::UNIT_GAP;
    if window.to == i64::MAX {
        format!("from {}{unit}s on", seconds(window.from.max(0)))
    } else if window.from <= 0 {
        format!("first {}{unit}s", seconds(window.to))
    } else {
        format!("{} – {}{unit}s", seconds(window.from), seconds(window.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::PlayerPattern;

    #[test]
    fn filters_read_like_sentences() {
        assert_eq!(who(&Filter::default()), ["Both teams"]);
        let filter = Filter {
            teams: vec![Team::Allies],
            classes: vec![Class::Medic, Class::FieldOps],
            life_window: Some(WindowMs { from: 0, to: 10_000 }),
            states: StateSet::of(&[State::Sprint]),
            ..Filter::everything()
        };
        assert_eq!(
            who(&filter),
            ["Allies", "Medic and Field Ops", "only sprint", "first 10\u{a0}s of each life", "with bots"]
        );
        let late =
            Filter { round_window: Some(WindowMs { from: 30_000, to: i64::MAX }), ..Filter::default() };
        assert_eq!(who(&late)[1], "from 30\u{a0}s on of each round");
        let names = ["a", "b", "c", "d"].map(PlayerPattern::new).to_vec();
        assert_eq!(who(&Filter { players: names, ..Filter::default() }), ["a, b and 2 more"]);
    }

    #[test]
    fn nothing_found_says_what_was_asked() {
        let filter = Filter { maps: vec!["oasis".into()], round: Some(2), ..Filter::default() };
        assert_eq!(conditions(&filter), ["map oasis", "round 2", "people, no bots"]);
    }

    #[test]
    fn titles_begin_large() {
        assert_eq!(map_title("supply"), "Supply");
        assert_eq!(map_title("étoile"), "Étoile");
        assert_eq!(map_title(""), "unnamed map");
    }
}
