//! A filter as words: the one grammar of the command line, of a picture's request, and of every other place where
//! users or programs ask for rounds and lives. What is written here is read here, and comes back the same.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::floor::Floor;
use super::select::{Bots, Filter, PlayerPattern, StateSet, WindowMs};
use crate::analysis::life::state::State;
use crate::model::{Class, Team};

/// A word that a filter does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no {what}; expected {expected}")]
pub struct WordError {
    given: String,
    what: &'static str,
    expected: &'static str,
}

impl WordError {
    fn new(given: &str, what: &'static str, expected: &'static str) -> Self {
        // The text may come from a request of any length.
        Self { given: given.chars().take(40).collect(), what, expected }
    }
}

/// First and last session date, both included: `2026-11-22`, or `2026-11-20..2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionSpan {
    /// First date.
    pub first: Date,
    /// Last date.
    pub last: Date,
}

/// The sides by their words; case does not count.
pub const TEAM_WORDS: [(&str, Team); 2] = [("axis", Team::Axis), ("allies", Team::Allies)];

/// The classes by their words; case does not count.
pub const CLASS_WORDS: [(&str, Class); 5] = [
    ("soldier", Class::Soldier),
    ("medic", Class::Medic),
    ("engineer", Class::Engineer),
    ("fieldops", Class::FieldOps),
    ("covertops", Class::CovertOps),
];

/// The states by their words; the first word of a state is the one that is written. Case does not count.
pub const STATE_WORDS: [(&str, State); 8] = [
    ("sprint", State::Sprint),
    ("upright", State::Upright),
    ("run", State::Upright),
    ("stand", State::Upright),
    ("crouch", State::Crouch),
    ("prone", State::Prone),
    ("low", State::Low),
    ("unknown", State::Unknown),
];

/// The bot rules by their words; case does not count.
pub const BOTS_WORDS: [(&str, Bots); 3] =
    [("exclude", Bots::Exclude), ("include", Bots::Include), ("only", Bots::Only)];

/// The value of a word, whatever its case.
fn value_of<T: Clone>(words: &[(&str, T)], text: &str) -> Option<T> {
    words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim())).map(|(_, value)| value.clone())
}

/// The first word of a value.
fn word_of<'w, T: PartialEq>(words: &[(&'w str, T)], value: &T) -> Option<&'w str> {
    words.iter().find(|(_, known)| known == value).map(|(word, _)| *word)
}

/// A side from its word.
///
/// # Errors
/// [`WordError`] for any other word.
pub fn parse_team(text: &str) -> Result<Team, WordError> {
    value_of(&TEAM_WORDS, text).ok_or_else(|| WordError::new(text, "side", "axis or allies"))
}

/// A class from its word.
///
/// # Errors
/// [`WordError`] for any other word.
pub fn parse_class(text: &str) -> Result<Class, WordError> {
    let expected = "soldier, medic, engineer, fieldops or covertops";
    value_of(&CLASS_WORDS, text).ok_or_else(|| WordError::new(text, "class", expected))
}

impl FromStr for State {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let expected = "sprint, upright, crouch, prone, low or unknown";
        value_of(&STATE_WORDS, text).ok_or_else(|| WordError::new(text, "state", expected))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word_of(&STATE_WORDS, self).unwrap_or("unknown"))
    }
}

impl FromStr for Bots {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        value_of(&BOTS_WORDS, text)
            .ok_or_else(|| WordError::new(text, "bot rule", "exclude, include or only"))
    }
}

impl fmt::Display for Bots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word_of(&BOTS_WORDS, self).unwrap_or("exclude"))
    }
}

impl FromStr for SessionSpan {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let bad =
            || WordError::new(text, "session", "a date like 2026-11-22, or two: 2026-11-20..2026-11-22");
        let date = |part: &str| part.trim().parse::<Date>().map_err(|_| bad());
        let (first, last) = match text.split_once("..") {
            Some((first, last)) => (date(first)?, date(last)?),
            None => (date(text)?, date(text)?),
        };
        if first > last {
            return Err(WordError::new(text, "session", "the earlier date first"));
        }
        Ok(Self { first, last })
    }
}

impl fmt::Display for SessionSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}..{}", self.first, self.last)
        }
    }
}

impl FromStr for WindowMs {
    type Err = WordError;

    /// `A..B` in seconds, or in milliseconds with `ms`; either end may be missing: `0..10`, `30..`, `..1500ms`.
    fn from_str(text: &str) -> Result<Self, WordError> {
        let bad = || WordError::new(text, "span of seconds", "A..B such as 0..10, 30.. or ..1500ms");
        let (from, to) = text.split_once("..").ok_or_else(bad)?;
        let ms = |part: &str, open: i64| {
            let part = part.trim();
            if part.is_empty() {
                return Ok(open);
            }
            let (number, unit) = match part.strip_suffix("ms") {
                Some(number) => (number, 1.0),
                None => (part.strip_suffix('s').unwrap_or(part), 1000.0),
            };
            let value: f64 = number.trim().parse().map_err(|_| bad())?;
            // A day is longer than any round, and far from where whole milliseconds are lost.
            (value.is_finite() && value.abs() <= 86_400_000.0)
                .then_some((value * unit).round() as i64)
                .ok_or_else(bad)
        };
        let window = Self { from: ms(from, i64::MIN)?, to: ms(to, i64::MAX)? };
        if window.from < window.to { Ok(window) } else { Err(bad()) }
    }
}

impl fmt::Display for WindowMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |f: &mut fmt::Formatter<'_>, ms: i64| match ms {
            i64::MIN | i64::MAX => Ok(()),
            ms if ms % 1000 == 0 => write!(f, "{}", ms / 1000),
            ms => write!(f, "{ms}ms"),
        };
        end(f, self.from)?;
        f.write_str("..")?;
        end(f, self.to)
    }
}

/// A [`Filter`] as JSON: only what was asked for, each value in the command line's own words.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FilterWords {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    map: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    round: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    player: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    team: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    class: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    state: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bots: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<Floor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    life_window: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    round_window: Option<String>,
}

impl From<Filter> for FilterWords {
    fn from(filter: Filter) -> Self {
        let states = State::ALL.iter().filter(|state| filter.states.contains(**state));
        let team = |team: &Team| word_of(&TEAM_WORDS, team).unwrap_or(team.as_str()).to_owned();
        let class = |class: &Class| word_of(&CLASS_WORDS, class).unwrap_or(class.as_str()).to_owned();
        Self {
            map: filter.maps,
            session: filter.sessions.map(|(first, last)| SessionSpan { first, last }.to_string()),
            round: filter.round,
            player: filter.players.iter().map(|player| player.as_str().to_owned()).collect(),
            team: filter.teams.iter().map(team).collect(),
            class: filter.classes.iter().map(class).collect(),
            state: if filter.states == StateSet::ALL {
                Vec::new()
            } else {
                states.map(State::to_string).collect()
            },
            bots: (filter.bots != Bots::default()).then(|| filter.bots.to_string()),
            floor: filter.floor,
            life_window: filter.life_window.map(|window| window.to_string()),
            round_window: filter.round_window.map(|window| window.to_string()),
        }
    }
}

impl TryFrom<FilterWords> for Filter {
    type Error = WordError;

    fn try_from(words: FilterWords) -> Result<Self, WordError> {
        let states: Vec<State> = words.state.iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
        Ok(Self {
            maps: words.map,
            sessions: words
                .session
                .map(|text| text.parse::<SessionSpan>())
                .transpose()?
                .map(|s| (s.first, s.last)),
            round: words.round,
            players: words.player.iter().map(|typed| PlayerPattern::new(typed)).collect(),
            teams: words.team.iter().map(|word| parse_team(word)).collect::<Result<_, _>>()?,
            classes: words.class.iter().map(|word| parse_class(word)).collect::<Result<_, _>>()?,
            states: if states.is_empty() { StateSet::ALL } else { StateSet::of(&states) },
            bots: words.bots.map(|word| word.parse()).transpose()?.unwrap_or_default(),
            floor: words.floor,
            life_window: words.life_window.map(|text| text.parse()).transpose()?,
            round_window: words.round_window.map(|text| text.parse()).transpose()?,
        })
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        FilterWords::from(self.clone()).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::try_from(FilterWords::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_seconds_with_open_ends() {
        let window = |text: &str| text.parse::<WindowMs>();
        assert_eq!(window("0..10"), Ok(WindowMs { from: 0, to: 10_000 }));
        assert_eq!(window("1.5.."), Ok(WindowMs { from: 1500, to: i64::MAX }));
        assert_eq!(window("250ms..2s"), Ok(WindowMs { from: 250, to: 2000 }));
        for wrong in ["5..5", "nan..", "7", "", "1e99..", "a..b"] {
            assert!(window(wrong).is_err(), "{wrong}");
        }
        for text in ["0..10", "..1500ms", "30..", "..", "-5..250ms"] {
            assert_eq!(window(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn sessions_are_one_date_or_two() {
        for text in ["2026-11-22", "2026-11-20..2026-11-22"] {
            assert_eq!(text.parse::<SessionSpan>().unwrap().to_string(), text);
        }
        assert!("2026-11-22..2026-11-20".parse::<SessionSpan>().is_err());
        assert!("yesterday".parse::<SessionSpan>().is_err());
    }

    #[test]
    fn a_filter_comes_back_from_its_words() {
        let filter = Filter {
            maps: vec!["supply".into()],
            sessions: Some((jiff::civil::date(2026, 11, 20), jiff::civil::date(2026, 11, 22))),
            round: Some(2),
            players: vec![PlayerPattern::new("^1Kes\"trel")],
            teams: vec![Team::Axis],
            classes: vec![Class::FieldOps],
            states: StateSet::of(&[State::Sprint, State::Upright]),
            bots: Bots::Only,
            floor: Some(Floor { number: 1, above_units: Some(168), up_to_units: None }),
            life_window: Some(WindowMs { from: 0, to: 10_000 }),
            round_window: Some(WindowMs { from: 250, to: i64::MAX }),
        };
        let json = serde_json::to_string(&filter).unwrap();
        assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter, "{json}");
        assert_eq!(serde_json::to_string(&Filter::default()).unwrap(), "{}");
        assert!(serde_json::from_str::<Filter>(r#"{"team":["purple"]}"#).is_err());
        assert!(
            serde_json::from_str::<Filter>(r#"{"teams":["axis"]}"#).is_err(),
            "a misspelt key is no filter"
        );
    }

    #[test]
    fn words_are_read_in_any_case() {
        assert_eq!(parse_team("AXIS"), Ok(Team::Axis));
        assert_eq!(parse_class("FieldOps"), Ok(Class::FieldOps));
        assert_eq!("Run".parse(), Ok(State::Upright));
        assert_eq!(
            parse_team("purple").unwrap_err().to_string(),
            "\"purple\" is no side; expected axis or allies"
        );
    }
}
