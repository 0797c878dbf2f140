//! `[bot]` and `[[guild]]` of `discord.toml`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{
    API, DiscordError, Place, Secret, SecretPlace, TOKEN, Target, is_number, is_of_this_machine, is_url,
};
use crate::analysis::Filter;
use crate::analysis::filter::words::SessionSpan;

/// Most servers.
const MOST_GUILDS: usize = 100;

/// `[bot]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    application: String,
    token_env: Option<String>,
    token_file: Option<PathBuf>,
    api: Option<String>,
}

/// `[[guild]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuildTable {
    id: String,
    db: Option<String>,
    public_url: Option<String>,
    #[serde(default)]
    maps: Vec<String>,
    sessions: Option<String>,
}

/// What a file says of a bot.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub file: PathBuf,
    pub bot: Option<Table>,
    pub guilds: Vec<GuildTable>,
}

/// A bot, with its token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BotConfig {
    /// The number of its application.
    pub application: String,
    pub(in crate::discord) token: Secret,
    pub(in crate::discord) api: String,
}

/// A server whose members may ask.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GuildConfig {
    /// Its number.
    pub id: String,
    /// The URL of its store; `None` for the program's usual one.
    pub db: Option<String>,
    /// The folder of reports as others reach it.
    pub public_url: Option<String>,
    /// The rounds that its members may ask about, by maps and sessions. Default: all.
    pub rounds: Filter,
}

impl BotConfig {
    /// The gateway, where it is not Discord's own.
    pub(in crate::discord) fn gateway(&self) -> Option<String> {
        let origin = self.api.strip_suffix("/api/v10")?;
        is_of_this_machine(origin).then(|| origin.replacen("http://", "ws://", 1))
    }
}

impl super::Config {
    /// The number of the bot's application; needs no secret.
    ///
    /// # Errors
    /// A file without a bot.
    pub fn application(&self) -> Result<&str, DiscordError> {
        let wrong = |what: &str| self.wrong(what.to_owned());
        let bot = self.bot.bot.as_ref().ok_or_else(|| wrong("no [bot] stands there"))?;
        if !is_number(&bot.application) {
            return Err(wrong("[bot]: application is the number that the developer portal shows"));
        }
        Ok(&bot.application)
    }

    /// The bot.
    ///
    /// # Errors
    /// A file without one, or a token that is not there, that others can read, or that is none.
    pub fn bot(&self) -> Result<BotConfig, DiscordError> {
        let application = self.application()?.to_owned();
        let Some(bot) = &self.bot.bot else { return Err(self.wrong("no [bot] stands there".to_owned())) };
        let (token, named) = match (&bot.token_env, &bot.token_file) {
            (Some(_), Some(_)) => {
                return Err(self.wrong("[bot]: either token_env or token_file".to_owned()));
            }
            (None, Some(path)) => {
                let path = self.bot.file.parent().unwrap_or(Path::new("")).join(path);
                (Secret::of_file(&path)?, path.display().to_string())
            }
            (variable, None) => {
                let name = variable.as_deref().unwrap_or(TOKEN);
                (Secret::of_variable(name)?, name.to_owned())
            }
        };
        if !token.is_token() {
            return Err(DiscordError::NoToken(named));
        }
        let api = match &bot.api {
            None => API.to_owned(),
            Some(api) if is_of_this_machine(api) => format!("{api}/api/v10"),
            Some(_) => {
                let what = "[bot]: api is a server on this machine that stands before Discord: http://127.0.0.1:PORT";
                return Err(self.wrong(what.to_owned()));
            }
        };
        Ok(BotConfig { application, token, api })
    }

    /// The target that is a channel of the bot, with the usual times.
    pub(in crate::discord) fn channel(
        &self,
        name: &str,
        channel: &str,
        public_url: Option<&str>,
    ) -> Option<Target> {
        let bot = self.bot.bot.as_ref()?;
        let secret = match (&bot.token_env, &bot.token_file) {
            (_, Some(path)) => SecretPlace::File(self.bot.file.parent().unwrap_or(Path::new("")).join(path)),
            (variable, None) => SecretPlace::Variable(variable.clone().unwrap_or_else(|| TOKEN.to_owned())),
        };
        let api = bot.api.as_ref().map_or_else(|| API.to_owned(), |api| format!("{api}/api/v10"));
        Some(Target {
            name: name.to_owned(),
            quiet: super::quiet(),
            within: super::within(),
            min_rounds: super::min_rounds(),
            public_url: public_url.map(str::to_owned),
            repeat_unsure: false,
            timeout: super::timeout(),
            place: Place {
                file: self.bot.file.clone(),
                secret,
                channel: Some(channel.to_owned()),
                thread: None,
                api,
            },
        })
    }

    /// The servers whose members may ask.
    ///
    /// # Errors
    /// None, too many, two of one number, or a number or address that is none.
    pub fn guilds(&self) -> Result<Vec<GuildConfig>, DiscordError> {
        let tables = &self.bot.guilds;
        if tables.is_empty() || tables.len() > MOST_GUILDS {
            return Err(self.wrong(format!("expected 1 to {MOST_GUILDS} [[guild]]")));
        }
        let mut guilds: Vec<GuildConfig> = Vec::new();
        for table in tables {
            if !is_number(&table.id) || guilds.iter().any(|guild| guild.id == table.id) {
                let what = "[[guild]]: id is the number that \"Copy Server ID\" gives, each once";
                return Err(self.wrong(what.to_owned()));
            }
            let public_url = table.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
            if public_url.as_deref().is_some_and(|url| !is_url(url)) {
                return Err(
                    self.wrong("[[guild]]: public_url is the address of the folder of reports".to_owned())
                );
            }
            let span = table.sessions.as_deref().map(str::parse::<SessionSpan>).transpose();
            let span = span.map_err(|error| self.wrong(format!("[[guild]] {}: {error}", table.id)))?;
            let rounds = Filter {
                maps: table.maps.clone(),
                sessions: span.map(|span| (span.first, span.last)),
                ..Filter::everything()
            };
            guilds.push(GuildConfig { id: table.id.clone(), db: table.db.clone(), public_url, rounds });
        }
        Ok(guilds)
    }

    fn wrong(&self, what: String) -> DiscordError {
        DiscordError::Value { path: self.bot.file.clone(), what }
    }
}
