//! What is offered while an option is typed.

use serde_json::{Value, json};

use super::commands::{ADMIN, Offer, of_name};
use super::interaction::{Given, Interaction};
use crate::service::Contents;
use crate::text::visible;

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
        Offer::Maps => {
            found(&typed, contents.maps.iter().map(|map| (map.name.as_str(), map.rounds as u64, "rounds")))
        }
        Offer::Players => {
            found(&typed, contents.players.iter().map(|player| (player.name.as_str(), player.lives, "lives")))
        }
        Offer::Sessions => found(
            &typed,
            contents.sessions.iter().map(|session| (session.date.as_str(), session.rounds as u64, "rounds")),
        ),
        Offer::Words(_) | Offer::Nothing => json!([]),
    }
}

/// Names that begin with what is typed, then those that hold it, each with how much there is of it.
fn found<'n>(typed: &str, names: impl Iterator<Item = (&'n str, u64, &'n str)>) -> Value {
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for (name, count, unit) in names {
        // A value that were cut would mean another name.
        if name.chars().count() > LONGEST {
            continue;
        }
        let folded = name.to_lowercase();
        if folded.starts_with(typed) {
            first.push((name, count, unit));
            if first.len() >= MOST {
                break;
            }
        } else if then.len() < MOST && folded.contains(typed) {
            then.push((name, count, unit));
        }
    }
    first.extend(then);
    first.truncate(MOST);
    first
        .into_iter()
        .map(|(name, count, unit)| {
            let shown: String = visible(name).chars().take(LONGEST - 20).collect();
            json!({"name": format!("{shown} · {count} {unit}"), "value": name})
        })
        .collect()
}
