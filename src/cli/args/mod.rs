//! Arguments that several commands share: the input, the filter grammar, the output.

#[cfg(any(feature = "serve", feature = "discord"))]
pub(crate) mod cache;
pub(crate) mod database;
#[cfg(feature = "lake")]
pub(crate) mod lake;
pub(crate) mod picture;
pub(crate) mod zone;

#[cfg(any(feature = "serve", feature = "cluster"))]
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, Parser};

#[cfg(not(feature = "lake"))]
use super::absent;
use super::console::Console;
use super::output::Target;
use crate::analysis::filter::words::{CLASS_WORDS, SessionSpan, TEAM_WORDS, parse_class, parse_team};
use crate::analysis::{Bots, Filter, PlayerPattern, State, StateSet, WindowMs};
use crate::model::{Class, Team};
use crate::rounds::Rounds;
use crate::store::DatabaseUrl;

/// Where to listen: an address of this machine and a port.
///
/// # Errors
/// What to write instead.
#[cfg(any(feature = "serve", feature = "cluster"))]
pub(crate) fn listening(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        // An address alone may have colons, too.
        let alone = text.parse::<IpAddr>().ok();
        let (host, port) = text.rsplit_once(':').filter(|_| alone.is_none()).unwrap_or((text, ""));
        let meant = match host {
            "*" => Some(Ipv4Addr::UNSPECIFIED.into()),
            "" if !text.is_empty() => Some(Ipv4Addr::UNSPECIFIED.into()),
            host => host.trim_matches(['[', ']']).parse().ok(),
        };
        let meant = meant.or(alone).unwrap_or(Ipv4Addr::LOCALHOST.into());
        let port = port.parse().unwrap_or(8080);
        format!(
            "expected an address in digits and a port, such as {}; names are not looked up",
            SocketAddr::new(meant, port)
        )
    })
}

/// INPUT… or `--db`.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Tracker files (also .txt.gz), demos, .zip archives or folders of either, or - for standard input
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Read from a store instead: sqlite:PATH or postgres://…; without any input, PROXIMITY_DATABASE_URL
    #[arg(long, value_name = "URL", conflicts_with = "inputs")]
    pub db: Option<String>,
    /// Or from a lake: its folder
    #[cfg(feature = "lake")]
    #[arg(long, value_name = "LAKE", conflicts_with_all = ["inputs", "db"])]
    pub lake: Option<PathBuf>,
    #[cfg(not(feature = "lake"))]
    #[arg(
        long = "lake", hide = true, num_args = 0..=1, default_missing_value = "",
        value_parser = absent::option("--lake", "lake")
    )]
    _lake: Option<absent::Never>,
    /// Exit with status 1 if anything was wrong with the input
    #[arg(long)]
    pub strict: bool,
}

impl InputArgs {
    /// Where the rounds come from. Says what lay beside them and could not be looked at.
    ///
    /// # Errors
    /// Input that is not there.
    pub(crate) fn rounds(&self, console: &mut Console) -> Result<Rounds> {
        #[cfg(feature = "lake")]
        if let Some(folder) = &self.lake {
            let rounds = Rounds::lake(lake::place(folder)?)?;
            if rounds.is_empty() {
                bail!("{} is an empty lake; `proximity lake add` puts rounds into it", folder.display());
            }
            return Ok(rounds);
        }
        match self.database()? {
            Some(url) => Ok(Rounds::store(url)?),
            None if self.inputs.is_empty() => {
                bail!(
                    "no input: name tracker files, folders of them, or a store with --db {}",
                    database::DEFAULT
                )
            }
            None => {
                let rounds = Rounds::files(&self.inputs)?;
                console.passed_over(&rounds);
                Ok(rounds)
            }
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
    #[arg(long, value_name = "D[..D]", value_parser = str::parse::<SessionSpan>)]
    pub session: Option<SessionSpan>,
    /// Only this round (1 or 2)
    #[arg(long, value_name = "N")]
    pub round: Option<u32>,
    /// Only this player, by name (colour codes and case do not count) or GUID; may be repeated
    #[arg(long, value_name = "NAME|GUID")]
    pub player: Vec<String>,
    /// Only this side; may be repeated
    #[arg(long, value_name = "TEAM", value_parser = team_words(), ignore_case = true)]
    pub team: Vec<Team>,
    /// Only this class; may be repeated
    #[arg(long, value_name = "CLASS", value_parser = class_words(), ignore_case = true)]
    pub class: Vec<Class>,
    /// Only these states; may be repeated
    #[arg(long, value_name = "STATE", ignore_case = true)]
    pub state: Vec<State>,
    /// Whether bots count
    #[arg(long, value_name = "RULE", default_value = "exclude", ignore_case = true)]
    pub bots: Bots,
    /// Only these seconds of each life, counted from its spawn: 0..10, 30.., ..5
    #[arg(long, value_name = "A..B", value_parser = str::parse::<WindowMs>)]
    pub life_window: Option<WindowMs>,
    /// Only these seconds of each round, counted from its start
    #[arg(long, value_name = "A..B", value_parser = str::parse::<WindowMs>)]
    pub round_window: Option<WindowMs>,
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

    /// The filter these arguments mean.
    pub(crate) fn filter(&self) -> Filter {
        Filter {
            maps: self.map.iter().cloned().collect(),
            sessions: self.session.map(|span| (span.first, span.last)),
            round: self.round,
            players: self.player.iter().map(|typed| PlayerPattern::new(typed)).collect(),
            teams: self.team.clone(),
            classes: self.class.clone(),
            states: if self.state.is_empty() { StateSet::ALL } else { StateSet::of(&self.state) },
            bots: self.bots,
            floor: None,
            life_window: self.life_window,
            round_window: self.round_window,
        }
    }
}

/// The sides' words.
fn team_words() -> impl TypedValueParser<Value = Team> {
    PossibleValuesParser::new(TEAM_WORDS.map(|(word, _)| word)).try_map(|word| parse_team(&word))
}

/// The classes' words.
fn class_words() -> impl TypedValueParser<Value = Class> {
    PossibleValuesParser::new(CLASS_WORDS.map(|(word, _)| word)).try_map(|word| parse_class(&word))
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

#[cfg(all(test, feature = "serve"))]
mod tests {
    use super::listening;

    #[test]
    fn what_to_write_for_an_address_is_told() {
        assert_eq!(listening("127.0.0.1:8080").unwrap().port(), 8080);
        assert!(listening("[::1]:9000").is_ok());
        for (text, meant) in [
            ("localhost", "127.0.0.1:8080"),
            ("localhost:9000", "127.0.0.1:9000"),
            ("192.168.1.5", "192.168.1.5:8080"),
            ("*:80", "0.0.0.0:80"),
            (":8081", "0.0.0.0:8081"),
            ("::1", "[::1]:8080"),
            ("example.com:443", "127.0.0.1:443"),
            ("127.0.0.1:99999", "127.0.0.1:8080"),
            ("", "127.0.0.1:8080"),
        ] {
            let said = listening(text).unwrap_err();
            assert!(said.contains(&format!("such as {meant};")), "{text}: {said}");
        }
    }
}
