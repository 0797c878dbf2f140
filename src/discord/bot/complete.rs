//! What is offered while an option is typed.

use serde_json::{Value, json};

use super::commands::{ADMIN, Offer, of_name};
use super::interaction::{Given, Interaction};
use crate::service::Contents;
use crate::text::{counted, visible};

/// Discord shows no more choices.
const MOST: usize = 25;
/// Longest name and value of a choice, characters.
const LONGEST: usize = 100;

/// The choices for what is typed, best first.
pub(super) fn choices(asked: &Interaction, contents: &Contents) -> Value {
    let mut given: &[Given] = &asked.data.options;
    let mut within = None;
    if let Some(first) = given.first().filter(|first| !first.options.is_empty()) {
        within = Some(first.name.as_str());
        given = &first.options;
    }
    let Some(focused) = given.iter().find(|option| option.focused) else { return json!([]) };
    let offer = match within {
        None => of_name(&asked.data.name)
            .and_then(|command| command.options.iter().find(|option| option.name == focused.name))
            .map_or(Offer::Nothing, |option| option.offer),
        Some(name) => ADMIN
            .iter()
            .find(|(known, ..)| *known == name)
            .and_then(|(.., option)| *option)
            .map_or(Offer::Nothing, |option| option.offer),
    };
    let typed = focused.value.as_str().unwrap_or_default().to_lowercase();
    match offer {
        Offer::Maps => found(
            &typed,
            contents.maps.iter().map(|map| (map.name.as_str(), map.rounds as u64, ("round", "rounds"))),
        ),
        Offer::Players => found(
            &typed,
            contents.players.iter().map(|player| (player.name.as_str(), player.lives, ("life", "lives"))),
        ),
        Offer::Sessions => found(
            &typed,
            contents
                .sessions
                .iter()
                .map(|session| (session.date.as_str(), session.rounds as u64, ("round", "rounds"))),
        ),
        Offer::Words(_) | Offer::Nothing => json!([]),
    }
}

/// A name, how much there is of it, and the words for one and several.
type Named<'n> = (&'n str, u64, (&'static str, &'static str));

/// Names that begin with what is typed, then those that hold it, each with how much there is of it.
fn found<'n>(typed: &str, names: impl Iterator<Item = Named<'n>>) -> Value {
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for (name, count, words) in names {
        // A value that were cut would mean another name.
        if name.chars().count() > LONGEST {
            continue;
        }
        let folded = name.to_lowercase();
        if folded.starts_with(typed) {
            first.push((name, count, words));
            if first.len() >= MOST {
                break;
            }
        } else if then.len() < MOST && folded.contains(typed) {
            then.push((name, count, words));
        }
    }
    first.extend(then);
    first.truncate(MOST);
    first
        .into_iter()
        .map(|(name, count, words)| {
            let shown: String = visible(name).chars().take(LONGEST - 20).collect();
            json!({"name": format!("{shown} · {}", counted(count, words.0, words.1)), "value": name})
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn names(typed: &str, names: &[String]) -> Vec<String> {
        let choices = found(typed, names.iter().map(|name| (name.as_str(), 3, ("life", "lives"))));
        let values = choices.as_array().unwrap().iter();
        values.map(|choice| choice["value"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn names_that_begin_with_what_is_typed_come_first() {
        let there = ["Alkestis", "kestrel", "Kes", "x"].map(str::to_owned);
        assert_eq!(names("kes", &there), ["kestrel", "Kes", "Alkestis"]);
        assert_eq!(names("", &there).len(), 4);
        let long = ["a".repeat(LONGEST), "a".repeat(LONGEST + 1)];
        assert_eq!(names("a", &long), [long[0].clone()], "a value that were cut would mean another name");
    }

    #[test]
    fn the_last_of_fifty_thousand_players_is_found_in_time() {
        let there: Vec<String> = (0..50_000).map(|number| format!("player {number:05}")).collect();
        let begin = Instant::now();
        assert_eq!(names("R 49999", &there.clone()).len(), 0, "what is typed comes in small letters");
        assert_eq!(names("r 49999", &there), ["player 49999"]);
        assert_eq!(names("player", &there).len(), MOST);
        assert!(begin.elapsed() < Duration::from_secs(3), "Discord waits no longer");
    }
}
