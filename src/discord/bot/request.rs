//! From a command's options to a request: the filter's words are those of the command line.

use serde_json::{Map, Value, json};

use super::commands::{Command, Work};
use super::interaction::{Given, Interaction};
use crate::analysis::Filter;
use crate::figure::request::Request;
use crate::service::{Contents, LARGEST_REPLAY_MB};
use crate::text::{near, with_causes};

/// Longest text of an option, characters.
const LONGEST: usize = 200;
/// Names in a message about what there is.
const MOST_NAMES: usize = 10;
/// Options that are no part of the filter.
const OTHERS: [&str; 6] = ["by", "only_me", "top", "date", "follow", "file"];
/// Side of a replay's map, pixels.
const REPLAY_PX: u32 = 640;
/// Of the limit for a file so much is used, percent.
const USED_OF_LIMIT: u64 = 95;
/// Options of the other group.
const VERSUS: &str = "versus_";

/// The largest file that an answer may have, bytes.
pub(super) fn most_bytes(asked: &Interaction) -> u64 {
    asked.attachment_size_limit / 100 * USED_OF_LIMIT
}

/// The request that a command's options mean, or a sentence about what is wrong with them.
pub(super) fn request(command: &Command, asked: &Interaction) -> Result<Request, String> {
    let given = &asked.data.options;
    let filter = filter_words(given, |name| (!name.starts_with(VERSUS)).then_some(name))?;
    let (figure, options) = match command.work {
        Work::Picture("arrival", _) => ("arrival", json!({"team": asked.text("team")})),
        Work::Picture("heatmap", _) => {
            let by = asked.text("by");
            ("heatmap", by.map_or_else(|| json!({}), |by| json!({"by": by})))
        }
        Work::Versus => {
            let mut against = filter.clone();
            against.extend(filter_words(given, |name| name.strip_prefix(VERSUS))?);
            if against == filter {
                return Err(
                    "Say what the other group is: `versus_player`, `versus_team`, `versus_class` or \
                            `versus_session`."
                        .to_owned(),
                );
            }
            ("versus", json!({"against": against}))
        }
        Work::Picture(figure, _) => (figure, json!({})),
        Work::Replay => {
            let budget_mb = most_bytes(asked) as f64 / 1e6;
            ("replay", json!({"follow": asked.text("follow"), "budget_mb": budget_mb.min(LARGEST_REPLAY_MB)}))
        }
        Work::Table(_) | Work::Session | Work::Admin => return Err("This command draws nothing.".to_owned()),
    };
    // A still's legend stands below the map, where a phone shows it; a replay's side is the map's.
    let layout = if command.work == Work::Replay {
        json!({"size_px": REPLAY_PX})
    } else {
        json!({"legend": "portrait"})
    };
    let request =
        json!({"version": 1, "figure": figure, "options": options, "filter": filter, "layout": layout});
    Request::from_json(&request.to_string()).map_err(|error| sentence(&with_causes(&error)))
}

/// The filter that a command's options mean.
pub(super) fn filter(asked: &Interaction) -> Result<Filter, String> {
    let words = filter_words(&asked.data.options, Some)?;
    serde_json::from_value(Value::Object(words)).map_err(|error| sentence(&error.to_string()))
}

/// A filter as JSON, of the options whose names mean one.
fn filter_words<'g>(
    given: &'g [Given],
    name_of: impl Fn(&'g str) -> Option<&'g str>,
) -> Result<Map<String, Value>, String> {
    let mut words = Map::new();
    for option in given.iter().filter(|option| !OTHERS.contains(&option.name.as_str())) {
        let Some(name) = name_of(&option.name) else { continue };
        let value = match (&option.value, name) {
            (Value::String(text), _) if text.chars().count() > LONGEST => {
                return Err(format!("`{name}` is too long."));
            }
            (Value::String(_), "map" | "player" | "team" | "class" | "state") => json!([option.value]),
            (value, _) => value.clone(),
        };
        words.insert(name.to_owned(), value);
    }
    Ok(words)
}

/// Whether the map, player and sessions of a filter are there; else a sentence that says what there is.
pub(super) fn check(asked: &Interaction, contents: &Contents) -> Result<(), String> {
    let maps = || contents.maps.iter().map(|map| map.name.as_str());
    if let Some(map) = asked.text("map")
        && !maps().any(|name| name.eq_ignore_ascii_case(map))
    {
        return Err(missing("map", map, near(map, maps()), maps()));
    }
    for option in ["session", "date", "versus_session"] {
        let dates = || contents.sessions.iter().map(|session| session.date.as_str());
        if let Some(date) = asked.text(option)
            && !date.contains("..")
            && !dates().any(|known| known == date)
        {
            return Err(missing("session", date, Vec::new(), dates()));
        }
    }
    Ok(())
}

/// A sentence about what is not there, and what is.
fn missing<'n>(what: &str, asked: &str, near: Vec<&'n str>, all: impl Iterator<Item = &'n str>) -> String {
    let plain = |text: &str| super::super::words::plain(text, 60);
    let mut names: Vec<String> = if near.is_empty() {
        all.take(MOST_NAMES + 1).map(plain).collect()
    } else {
        near.into_iter().map(plain).collect()
    };
    if names.len() > MOST_NAMES {
        names.truncate(MOST_NAMES);
        names.push("…".to_owned());
    }
    format!("There is no {what} {}. There are: {}.", plain(asked), names.join(", "))
}

/// A message of the program as a sentence in a channel.
pub(super) fn sentence(message: &str) -> String {
    let mut text = super::super::words::plain(message, 1500);
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text + "."
}
