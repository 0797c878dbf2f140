//! `discord.toml`: which targets get messages, and when.

#[cfg(feature = "discord")]
mod bot;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::discord::address::{API, Address, Secret, is_number, is_of_this_machine, webhook};
use crate::discord::error::DiscordError;
use crate::files::{self, FileError};
#[cfg(feature = "discord")]
pub use bot::{BotConfig, GuildConfig};

/// The variable that holds a bot's token where none is named.
pub(super) const TOKEN: &str = "DISCORD_TOKEN";
/// Most targets.
const MOST_TARGETS: usize = 100;
/// A longer name is no name, characters.
const LONGEST_NAME: usize = 64;

/// `discord.toml`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Who gets a message after a session.
    pub targets: Vec<Target>,
    has_bot: bool,
    #[cfg(feature = "discord")]
    bot: bot::Written,
}

/// A channel that gets a message after a session.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Target {
    /// Its name in the store and in messages about it.
    pub name: String,
    /// How long nothing must have come for a session to be over. Default: 45 min.
    pub quiet: Duration,
    /// Sessions whose last round is older are not told of by themselves. Default: 24 h.
    pub within: Duration,
    /// Sessions of fewer rounds are not told of by themselves. Default: 2.
    pub min_rounds: usize,
    /// The folder of reports as others reach it; a session's message links to its page.
    pub public_url: Option<String>,
    /// Whether a message that may have arrived is sent again. Default: no.
    pub repeat_unsure: bool,
    /// Longest time that a request may take. Default: 30 s.
    pub timeout: Duration,
    place: Place,
}

/// Where a target's secret is to be found.
#[derive(Debug, Clone)]
struct Place {
    file: PathBuf,
    secret: SecretPlace,
    channel: Option<String>,
    thread: Option<String>,
    api: String,
}

#[derive(Debug, Clone)]
enum SecretPlace {
    Variable(String),
    File(PathBuf),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    post: Vec<Written>,
    #[cfg(feature = "discord")]
    bot: Option<bot::Table>,
    #[cfg(feature = "discord")]
    #[serde(default)]
    guild: Vec<bot::GuildTable>,
    /// The parts of a bot, which this build has none of.
    #[cfg(not(feature = "discord"))]
    bot: Option<serde::de::IgnoredAny>,
    #[cfg(not(feature = "discord"))]
    guild: Option<serde::de::IgnoredAny>,
}

/// `[[post]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    webhook_env: Option<String>,
    webhook_file: Option<PathBuf>,
    thread: Option<String>,
    channel: Option<String>,
    token_env: Option<String>,
    token_file: Option<PathBuf>,
    api: Option<String>,
    #[serde(default = "quiet", deserialize_with = "duration")]
    quiet: Duration,
    #[serde(default = "within", deserialize_with = "duration")]
    within: Duration,
    #[serde(default = "timeout", deserialize_with = "duration")]
    timeout: Duration,
    #[serde(default = "min_rounds")]
    min_rounds: usize,
    public_url: Option<String>,
    #[serde(default)]
    repeat_unsure: bool,
}

fn quiet() -> Duration {
    Duration::from_mins(45)
}

fn within() -> Duration {
    Duration::from_hours(24)
}

fn timeout() -> Duration {
    Duration::from_secs(30)
}

fn min_rounds() -> usize {
    2
}

/// A time such as `45m` or `24h`.
fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    let time: SignedDuration = text.parse().map_err(D::Error::custom)?;
    time.try_into().map_err(D::Error::custom)
}

impl Config {
    /// Reads a configuration. Secrets are read when they are needed.
    ///
    /// # Errors
    /// A file that cannot be read or is not understood, or a value that cannot be.
    pub fn load(path: &Path) -> Result<Self, DiscordError> {
        let text = files::read_text(path, files::WRITTEN_BY_HAND).map_err(|error| match error {
            FileError::Io { path, cause } if cause.kind() == ErrorKind::NotFound => {
                DiscordError::Missing(path)
            }
            other => other.into(),
        })?;
        let file: File = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or_default());
            DiscordError::Syntax { path: path.to_owned(), line: before.matches('\n').count() + 1 }
        })?;
        let wrong = |what: String| DiscordError::Value { path: path.to_owned(), what };
        if file.post.len() > MOST_TARGETS {
            return Err(wrong(format!("more than {MOST_TARGETS} targets")));
        }
        let mut targets: Vec<Target> = Vec::new();
        for written in file.post {
            if targets.iter().any(|target| target.name == written.name) {
                return Err(wrong("two targets have the same name".to_owned()));
            }
            targets.push(target(written, path).map_err(wrong)?);
        }
        #[cfg(feature = "discord")]
        let has_bot = file.bot.is_some() || !file.guild.is_empty();
        #[cfg(not(feature = "discord"))]
        let has_bot = file.bot.is_some() || file.guild.is_some();
        Ok(Self {
            targets,
            has_bot,
            #[cfg(feature = "discord")]
            bot: bot::Written { file: path.to_owned(), bot: file.bot, guilds: file.guild },
        })
    }

    /// Whether it tells of a bot, which this program may have or not.
    pub fn has_bot(&self) -> bool {
        self.has_bot
    }
}

fn target(written: Written, file: &Path) -> Result<Target, String> {
    let name = written.name;
    let is_name = |c: char| c.is_alphanumeric() || "-_ .".contains(c);
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(is_name) {
        return Err(format!("a target's name is 1 to {LONGEST_NAME} letters, digits, points, - and _"));
    }
    let of = |what: &str| format!("target {name}: {what}");
    let numbers = [&written.channel, &written.thread];
    if numbers.into_iter().flatten().any(|number| !is_number(number)) {
        return Err(of("channel and thread are the numbers that \"Copy Channel ID\" gives"));
    }
    // What a file names lies beside it.
    let beside = |path: PathBuf| file.parent().unwrap_or(Path::new("")).join(path);
    let secrets = if written.channel.is_some() {
        if written.webhook_env.is_some() || written.webhook_file.is_some() || written.thread.is_some() {
            return Err(of("either a webhook (with or without a thread) or a channel of a bot"));
        }
        match (written.token_env, written.token_file) {
            (None, None) => (Some(TOKEN.to_owned()), None),
            either => either,
        }
    } else {
        if written.token_env.is_some() || written.token_file.is_some() {
            return Err(of("a token is of use with a channel alone"));
        }
        (written.webhook_env, written.webhook_file)
    };
    let secret = match secrets {
        (Some(variable), None) => SecretPlace::Variable(variable),
        (None, Some(path)) => SecretPlace::File(beside(path)),
        _ => {
            return Err(of(
                "name one place of its secret: webhook_env, webhook_file, token_env or token_file",
            ));
        }
    };
    let api = written.api.unwrap_or_else(|| API.to_owned());
    if api != API && !is_of_this_machine(&api) {
        return Err(of("api is a server on this machine that stands before Discord: http://127.0.0.1:PORT"));
    }
    let api = if api == API { api } else { format!("{api}/api/v10") };
    let public_url = written.public_url.map(|url| url.trim_end_matches('/').to_owned());
    if public_url.as_deref().is_some_and(|url| !is_url(url)) {
        return Err(of("public_url is the address of the folder of reports: https://…"));
    }
    let is_time = |time: Duration| (Duration::from_secs(1)..=Duration::from_mins(5)).contains(&time);
    if !is_time(written.timeout) {
        return Err(of("timeout is 1s to 5m"));
    }
    Ok(Target {
        quiet: written.quiet,
        within: written.within,
        min_rounds: written.min_rounds,
        public_url,
        repeat_unsure: written.repeat_unsure,
        timeout: written.timeout,
        place: Place { file: file.to_owned(), secret, channel: written.channel, thread: written.thread, api },
        name,
    })
}

/// Whether a text can stand as an address in a message.
fn is_url(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.len() <= 300
        && !url.contains(|c: char| c.is_control() || c.is_whitespace() || "<>".contains(c))
}

impl Target {
    /// Where its messages go.
    ///
    /// # Errors
    /// A secret that is not there, that others can read, or that is none.
    pub fn address(&self) -> Result<Address, DiscordError> {
        let Place { secret, channel, thread, api, .. } = &self.place;
        let (found, named) = match secret {
            SecretPlace::Variable(name) => (Secret::of_variable(name)?, name.clone()),
            SecretPlace::File(path) => (Secret::of_file(path)?, path.display().to_string()),
        };
        match channel {
            None => {
                let url = webhook(&found).ok_or(DiscordError::NoWebhook(named))?;
                Ok(Address::Webhook { url, thread: thread.clone() })
            }
            Some(channel) if found.is_token() => {
                Ok(Address::Channel { token: found, channel: channel.clone(), api: api.clone() })
            }
            Some(_) => Err(DiscordError::NoToken(named)),
        }
    }

    /// The file that names it.
    pub fn file(&self) -> &Path {
        &self.place.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, DiscordError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("discord.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(&path)
    }

    #[test]
    fn a_target_has_sensible_times() {
        let config = load("[[post]]\nname = \"league\"\nwebhook_env = \"W\"").unwrap();
        let target = &config.targets[0];
        assert_eq!((target.quiet, target.within), (Duration::from_mins(45), Duration::from_hours(24)));
        let other = load("[[post]]\nname = \"l\"\nchannel = \"12\"\nquiet = \"90s\"\nwithin = \"7d\"");
        assert!(other.is_err(), "days are no exact time");
        let other = load("[[post]]\nname = \"l\"\nchannel = \"12\"\nquiet = \"1m 30s\"").unwrap();
        assert_eq!(other.targets[0].quiet, Duration::from_secs(90));
    }

    #[test]
    fn a_fault_says_where_and_shows_no_secret() {
        let secret = "https://discord.com/api/webhooks/1/hunter2";
        for (text, line) in [
            (format!("[[post]]\nname = \"l\"\nwebhook = \"{secret}\""), ", line 3:"),
            (format!("[[post]]\nname = \"l\"\nwebhook_env = \"W\"\nquiet = \"{secret}\""), ", line 4:"),
            (format!("[[post]]\nname = \"l\"\nchannel = \"{secret}\""), "target l:"),
            ("[[post]]\nname = \"l\"".to_owned(), "target l:"),
            (
                "[[post]]\nname = \"l\"\nchannel = \"1\"\napi = \"https://example.com\"".to_owned(),
                "target l:",
            ),
            ("[[post]]\nname = \"../x\"\nchannel = \"1\"".to_owned(), "a target's name"),
        ] {
            let said = load(&text).unwrap_err().to_string();
            assert!(said.contains(line) && !said.contains("hunter2"), "{said}");
        }
    }
}
