//! Arguments that several commands share: the input, the filter grammar, the output.

pub(crate) mod database;
pub(crate) mod zone;

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use clap::error::ErrorKind;
use clap::{Args, Parser, ValueEnum};
use jiff::civil::Date;

use super::output::Target;
use crate::analysis::State;
use crate::analysis::{Bots, Filter, PlayerPattern, StateSet, WindowMs};
use crate::model::{Class, Team};
use crate::rounds::source::Source;
use crate::store::DatabaseUrl;

/// INPUT… or `--db`.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Tracker files, or folders that are searched for *_engagements.txt
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Read from a store instead: sqlite:PATH or postgres://…; without any input, PROXIMITY_DATABASE_URL
    #[arg(long, value_name = "URL", conflicts_with = "inputs")]
    pub db: Option<String>,
    /// Exit with status 1 if anything was wrong with the input
    #[arg(long)]
    pub strict: bool,
}

impl InputArgs {
    /// Where the rounds come from.
    ///
    /// # Errors
    /// Input that is not there.
    pub(crate) fn source(&self) -> Result<Source> {
        match self.database()? {
            Some(url) => Source::store(url),
            None if self.inputs.is_empty() => {
                bail!(
                    "no input: name tracker files, folders of them, or a store with --db {}",
                    database::DEFAULT
                )
            }
            None => Source::files(&self.inputs),
        }
    }

    /// The store to read from: as typed, else, where no files are named either, the one of the environment or the
    /// configuration file.
    ///
    /// # Errors
    /// A URL that cannot be understood.
    pub(crate) fn database(&self) -> Result<Option<DatabaseUrl>> {
        match &self.db {
            Some(db) => database::url(Some(db)).map(Some),
            None if self.inputs.is_empty() => database::configured(),
            None => Ok(None),
        }
    }
}

/// Which rounds, lives and moments are meant.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterArgs {
    /// Only this map
    #[arg(long, value_name = "MAP")]
    pub map: Option<String>,
    /// Only sessions of this date, or from the first to the last: 2026-11-20..2026-11-22
    #[arg(long, value_name = "D[..D]", value_parser = parse_sessions)]
    pub session: Option<Sessions>,
    /// Only this round (1 or 2)
    #[arg(long, value_name = "N")]
    pub round: Option<u32>,
    /// Only this player, by name (colour codes and case do not count) or GUID; may be repeated
    #[arg(long, value_name = "NAME|GUID")]
    pub player: Vec<String>,
    /// Only this side; may be repeated
    #[arg(long, value_name = "TEAM")]
    pub team: Vec<TeamArg>,
    /// Only this class; may be repeated
    #[arg(long, value_name = "CLASS")]
    pub class: Vec<ClassArg>,
    /// Only these states; may be repeated
    #[arg(long, value_name = "STATE")]
    pub state: Vec<StateArg>,
    /// Whether bots count
    #[arg(long, value_name = "RULE", default_value = "exclude")]
    pub bots: BotsArg,
    /// Only these seconds of each life, counted from its spawn: 0..10, 30.., ..5
    #[arg(long, value_name = "A..B", value_parser = parse_window)]
    pub life_window: Option<Window>,
    /// Only these seconds of each round, counted from its start
    #[arg(long, value_name = "A..B", value_parser = parse_window)]
    pub round_window: Option<Window>,
}

/// First and last session date, both included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sessions(Date, Date);

/// A span of seconds, kept in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window(WindowMs);

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TeamArg {
    Axis,
    Allies,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ClassArg {
    Soldier,
    Medic,
    Engineer,
    Fieldops,
    Covertops,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StateArg {
    Sprint,
    #[value(alias = "run", alias = "stand")]
    Upright,
    Crouch,
    Prone,
    Low,
    Unknown,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum BotsArg {
    Exclude,
    Include,
    Only,
}

impl From<BotsArg> for Bots {
    fn from(rule: BotsArg) -> Self {
        match rule {
            BotsArg::Exclude => Self::Exclude,
            BotsArg::Include => Self::Include,
            BotsArg::Only => Self::Only,
        }
    }
}

/// Filters alone, as words.
#[derive(Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct FilterWords {
    #[command(flatten)]
    filter: FilterArgs,
}

impl FilterArgs {
    /// These filters with those replaced that `words` name: `team=axis class=medic`, or as on the command line,
    /// `--team axis`. A value with blanks stands in double quotes.
    pub(crate) fn replaced_by(&self, words: &str) -> Result<Self> {
        let mut arguments: Vec<String> = Vec::new();
        for word in quoted_words(words)? {
            let is_name =
                |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            match word.split_once('=') {
                Some((name, value)) if is_name(name) && !name.starts_with('-') => {
                    arguments.push(format!("--{name}={value}"));
                }
                _ => arguments.push(word),
            }
        }
        if arguments.is_empty() {
            bail!("no filter is named; expected words such as team=axis");
        }
        let other = FilterWords::try_parse_from(&arguments)
            .map_err(|error| {
                let said = error.to_string();
                let why = match error.kind() {
                    ErrorKind::UnknownArgument => "no such filter; expected words such as team=axis",
                    _ => said.lines().next().unwrap_or_default().trim_start_matches("error: "),
                };
                anyhow!("the filter {words:?}: {why}")
            })?
            .filter;
        if other.map.is_some() {
            bail!("the filter {words:?}: two maps cannot be set against each other");
        }
        let names_bots = arguments.iter().any(|word| word.starts_with("--bots"));
        let or = |theirs: &Vec<String>, mine: &Vec<String>| {
            if theirs.is_empty() { mine.clone() } else { theirs.clone() }
        };
        Ok(Self {
            map: self.map.clone(),
            session: other.session.or(self.session),
            round: other.round.or(self.round),
            player: or(&other.player, &self.player),
            team: if other.team.is_empty() { self.team.clone() } else { other.team },
            class: if other.class.is_empty() { self.class.clone() } else { other.class },
            state: if other.state.is_empty() { self.state.clone() } else { other.state },
            bots: if names_bots { other.bots } else { self.bots },
            life_window: other.life_window.or(self.life_window),
            round_window: other.round_window.or(self.round_window),
        })
    }

    /// Filters that let through every round that these or the other ones want.
    pub(crate) fn for_rounds_of(&self, other: &Self) -> Self {
        let mut both = self.clone();
        if self.round != other.round {
            both.round = None;
        }
        both.session = match (self.session, other.session) {
            (Some(a), Some(b)) => Some(Sessions(a.0.min(b.0), a.1.max(b.1))),
            _ => None,
        };
        both
    }

    /// The filter these arguments mean.
    pub(crate) fn filter(&self) -> Filter {
        let states = |arg: &StateArg| match arg {
            StateArg::Sprint => State::Sprint,
            StateArg::Upright => State::Upright,
            StateArg::Crouch => State::Crouch,
            StateArg::Prone => State::Prone,
            StateArg::Low => State::Low,
            StateArg::Unknown => State::Unknown,
        };
        Filter {
            maps: self.map.iter().cloned().collect(),
            sessions: self.session.map(|Sessions(first, last)| (first, last)),
            round: self.round,
            players: self.player.iter().map(|typed| PlayerPattern::new(typed)).collect(),
            teams: self
                .team
                .iter()
                .map(|team| match team {
                    TeamArg::Axis => Team::Axis,
                    TeamArg::Allies => Team::Allies,
                })
                .collect(),
            classes: self
                .class
                .iter()
                .map(|class| match class {
                    ClassArg::Soldier => Class::Soldier,
                    ClassArg::Medic => Class::Medic,
                    ClassArg::Engineer => Class::Engineer,
                    ClassArg::Fieldops => Class::FieldOps,
                    ClassArg::Covertops => Class::CovertOps,
                })
                .collect(),
            states: if self.state.is_empty() {
                StateSet::ALL
            } else {
                StateSet::of(&self.state.iter().map(states).collect::<Vec<_>>())
            },
            bots: self.bots.into(),
            floor: None,
            life_window: self.life_window.map(|Window(w)| w),
            round_window: self.round_window.map(|Window(w)| w),
        }
    }
}

/// Where the result goes.
#[derive(Debug, Args)]
pub(crate) struct OutArgs {
    /// The file to make; - is standard output
    #[arg(long, value_name = "FILE", value_parser = parse_target)]
    pub out: Target,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

/// Words parted by blanks; double quotes keep blanks together.
fn quoted_words(text: &str) -> Result<Vec<String>> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if quoted {
        bail!("{text:?}: a quote is not closed");
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    Ok(words)
}

fn parse_target(text: &str) -> Result<Target> {
    if text.is_empty() {
        bail!("an empty name is not a file");
    }
    Ok(Target::from(text))
}

fn parse_sessions(text: &str) -> Result<Sessions> {
    let date = |part: &str| {
        part.trim().parse::<Date>().map_err(|_| anyhow!("{part:?} is not a date like 2026-11-22"))
    };
    let sessions = match text.split_once("..") {
        Some((first, last)) => Sessions(date(first)?, date(last)?),
        None => Sessions(date(text)?, date(text)?),
    };
    if sessions.0 > sessions.1 {
        bail!("the first date lies after the last");
    }
    Ok(sessions)
}

/// `A..B` in seconds; either end may be left out. A plain number of milliseconds is written with `ms`.
fn parse_window(text: &str) -> Result<Window> {
    let (from, to) =
        text.split_once("..").ok_or_else(|| anyhow!("expected A..B in seconds, such as 0..10"))?;
    let ms = |part: &str, open: i64| -> Result<i64> {
        let part = part.trim();
        if part.is_empty() {
            return Ok(open);
        }
        let (number, scale) = match (part.strip_suffix("ms"), part.strip_suffix('s')) {
            (Some(number), _) => (number, 1.0),
            (None, Some(number)) => (number, 1000.0),
            (None, None) => (part, 1000.0),
        };
        let value: f64 = number.trim().parse().map_err(|_| anyhow!("{part:?} is not a number of seconds"))?;
        if !value.is_finite() || value.abs() > 1e9 {
            bail!("{part:?} is not a number of seconds");
        }
        Ok((value * scale).round() as i64)
    };
    let window = WindowMs { from: ms(from, i64::MIN)?, to: ms(to, i64::MAX)? };
    if window.from >= window.to {
        bail!("the window {text:?} is empty");
    }
    Ok(Window(window))
}

/// Names to choose from, in order and each once; the first two dozen of many.
pub(crate) fn listed(names: impl IntoIterator<Item = String>) -> String {
    const MOST: usize = 24;
    let names: BTreeSet<String> = names.into_iter().collect();
    let more = if names.len() > MOST { ", …" } else { "" };
    format!("{}{more}", names.into_iter().take(MOST).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_seconds_with_open_ends() {
        assert_eq!(parse_window("0..10").unwrap().0, WindowMs { from: 0, to: 10_000 });
        assert_eq!(parse_window("1.5..").unwrap().0, WindowMs { from: 1500, to: i64::MAX });
        assert_eq!(parse_window("250ms..2s").unwrap().0, WindowMs { from: 250, to: 2000 });
        assert!(parse_window("5..5").is_err());
        assert!(parse_window("nan..").is_err());
        assert!(parse_window("7").is_err());
    }

    #[test]
    fn sessions_are_one_date_or_two() {
        assert!(parse_sessions("2026-11-22").is_ok());
        assert!(parse_sessions("2026-11-20..2026-11-22").is_ok());
        assert!(parse_sessions("2026-11-22..2026-11-20").is_err());
        assert!(parse_sessions("yesterday").is_err());
    }
}
