//! A bot that answers commands: each interaction to its answer, whatever it came through.
//!
//! A command is answered three times: at once that it is being worked on, or why it cannot be; then, when its turn has
//! come, with the picture. Requests go through the [`Service`], like those of pages, under the same limits.

mod admin;
mod commands;
mod complete;
mod gateway;
mod interaction;
mod request;
mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

pub use gateway::{GatewayError, run};

use self::commands::{Audience, Command, Work};
use self::interaction::{AUTOCOMPLETE, COMMAND, Interaction};
use super::client::{Answer, Client, Method};
use super::config::{BotConfig, Config};
use super::error::DiscordError;
use super::message::Message;
use super::session::{self, Sessions};
use super::words::plain;
use crate::figure::request::Request;
use crate::rounds::Maps;
use crate::service::{Asker, Refusal, Service};
use crate::store::{Create, DatabaseUrl, Storage, open};
use crate::text::with_causes;

/// A message that only its asker sees.
const EPHEMERAL: u64 = 64;
/// Longest time of a request to Discord.
const TIMEOUT: Duration = Duration::from_secs(30);
/// So often an answer is sent again when Discord was busy or broken.
const MOST_TRIES: u32 = 6;
/// An answer is changed for at most so long: Discord's token for it lasts 15 minutes.
const ANSWERED_WITHIN: Duration = Duration::from_mins(14);
/// Of the limit for a file so much is used, percent.
const USED_OF_LIMIT: u64 = 95;
/// Heights that a picture is drawn at when it is too large, pixels.
const SMALLER_PX: [u32; 3] = [720, 480, 300];
/// Rows of a table where none are named, and the most.
const ROWS: (usize, usize) = (10, 20);

/// A server of Discord and the rounds that it may ask about.
pub struct Guild {
    /// Its number.
    pub id: String,
    /// Its store.
    pub url: DatabaseUrl,
    /// Who draws.
    pub service: Arc<Service>,
    /// The folder of reports as others reach it.
    pub public_url: Option<String>,
    /// Whether the store was changed in a way that its rounds do not show.
    is_changed: AtomicBool,
}

impl Guild {
    /// A server that may ask about the rounds of a store.
    pub fn new(id: &str, url: DatabaseUrl, service: Service, public_url: Option<String>) -> Self {
        Self {
            id: id.to_owned(),
            url,
            service: Arc::new(service),
            public_url,
            is_changed: AtomicBool::new(false),
        }
    }

    /// Whether the rounds have to be read anew although they are the same; says so once.
    pub fn take_changed(&self) -> bool {
        self.is_changed.swap(false, Ordering::Relaxed)
    }
}

/// The bot.
pub struct Bot {
    config: BotConfig,
    posts: Config,
    client: Client,
    guilds: BTreeMap<String, Guild>,
    maps: Maps,
    log: Box<dyn Fn(&str) + Send + Sync>,
}

impl Bot {
    /// A bot for these servers. Faults that are not an asker's are told to `log`.
    ///
    /// # Errors
    /// A token that is not there, or that others can read.
    pub fn new(
        config: &Config,
        guilds: Vec<Guild>,
        maps: Maps,
        log: Box<dyn Fn(&str) + Send + Sync>,
    ) -> Result<Self, DiscordError> {
        Ok(Self {
            config: config.bot()?,
            posts: config.clone(),
            client: Client::new(TIMEOUT),
            guilds: guilds.into_iter().map(|guild| (guild.id.clone(), guild)).collect(),
            maps,
            log,
        })
    }

    /// Answers an interaction. Waits for pictures, so each runs on a thread of its own.
    fn answer(&self, asked: &Interaction) {
        let contents = |guild: &Guild| guild.service.season();
        let guild = asked.guild_id.as_ref().and_then(|id| self.guilds.get(id));
        match (asked.kind, guild) {
            (AUTOCOMPLETE, guild) => {
                let choices = guild.map(|guild| complete::choices(asked, contents(guild).contents()));
                self.respond(
                    asked,
                    &json!({"type": 8, "data": {"choices": choices.unwrap_or_else(|| json!([]))}}),
                );
            }
            (COMMAND, None) => self.refuse(asked, "This bot does not answer on this server."),
            (COMMAND, Some(guild)) => match commands::of_name(&asked.data.name) {
                Some(command) => self.command(guild, command, asked),
                None => self.refuse(asked, "This command is not known any more; try again in a few minutes."),
            },
            _ => {}
        }
    }

    /// A command that was checked as far as that takes no time.
    fn command(&self, guild: &Guild, command: &Command, asked: &Interaction) {
        let season = guild.service.season();
        if let Err(sentence) = request::check(asked, season.contents()) {
            return self.refuse(asked, &sentence);
        }
        let hidden = asked.is_set("only_me");
        match command.work {
            Work::Picture(_, audience) => match request::request(command, asked) {
                Ok(request) => {
                    self.defer(asked, hidden || audience == Audience::Asker);
                    self.picture(guild, asked, &request);
                }
                Err(sentence) => self.refuse(asked, &sentence),
            },
            Work::Versus => match request::request(command, asked) {
                Ok(request) => {
                    self.defer(asked, hidden);
                    self.picture(guild, asked, &request);
                }
                Err(sentence) => self.refuse(asked, &sentence),
            },
            Work::Table(which) => match request::filter(asked) {
                Ok(filter) => {
                    self.defer(asked, hidden);
                    let top = asked.data.options.iter().find(|given| given.name == "top");
                    let top = top.and_then(|given| given.value.as_u64()).map_or(ROWS.0, |top| top as usize);
                    let made = open(&guild.url, Create::Never).and_then(|mut store| {
                        tables::table(&mut *store, which, &filter, top.clamp(1, ROWS.1))
                    });
                    self.finish(
                        asked,
                        &match made {
                            Ok(Some(text)) => Message::text(&text),
                            Ok(None) => Message::text("No life matches these filters."),
                            Err(error) => self.fault(&error),
                        },
                    );
                }
                Err(sentence) => self.refuse(asked, &sentence),
            },
            Work::Session => {
                let latest = || season.contents().sessions.first().map(|session| session.date.clone());
                let date = asked.text("date").map(str::to_owned).or_else(latest);
                let Some(date) = date.and_then(|date| date.parse().ok()) else {
                    return self.refuse(asked, "A session is a date: 2026-11-22.");
                };
                self.defer(asked, hidden);
                let made = self.session(guild, date);
                self.finish(asked, &made);
            }
            Work::Admin => self.admin(guild, asked),
        }
    }

    fn session(&self, guild: &Guild, date: jiff::civil::Date) -> Message {
        let made = open(&guild.url, Create::Never).map_err(crate::Error::from).and_then(|mut store| {
            let store: &mut dyn Storage = &mut *store;
            let sessions = Sessions::of(store)?;
            let Some(played) = sessions.get(date) else { return Ok(None) };
            session::message(store, &guild.url, &self.maps, date, played, guild.public_url.as_deref())
        });
        match made {
            Ok(Some(message)) => message,
            Ok(None) => Message::text("No player was in this session."),
            Err(error) => self.fault(&error),
        }
    }

    /// Draws and answers, smaller where the picture is larger than a file may be.
    fn picture(&self, guild: &Guild, asked: &Interaction, request: &Request) {
        let user = asked.member.as_ref().map_or("", |member| member.user.id.as_str());
        let asker = Asker::new(user, &guild.id);
        let most = asked.attachment_size_limit * USED_OF_LIMIT / 100;
        let mut request = request.clone();
        for smaller in SMALLER_PX.map(Some).into_iter().chain([None]) {
            match guild.service.picture(&request, &asker) {
                Ok(picture) if picture.bytes.len() as u64 <= most => {
                    let name = format!("{}.png", asked.data.name);
                    let text = plain(&picture.alt, 600);
                    return self
                        .finish(asked, &Message::new(&text, &name, picture.bytes.to_vec(), &picture.alt));
                }
                Ok(_) => match smaller {
                    Some(size_px) => request.layout.size_px = size_px,
                    None => break,
                },
                Err(refusal) => return self.finish(asked, &self.refusal(&refusal)),
            }
        }
        self.finish(asked, &Message::text("The picture is larger than a file may be in this channel."));
    }

    fn refusal(&self, refusal: &Refusal) -> Message {
        match refusal {
            Refusal::Asked(error) if !refusal.is_askers_fault() => self.fault(&**error),
            Refusal::Asked(error) => Message::text(&request::sentence(&with_causes(&**error))),
            other => Message::text(&request::sentence(&other.to_string())),
        }
    }

    /// What a channel is told of a fault that is not its own; the log is told more.
    fn fault(&self, error: &dyn std::error::Error) -> Message {
        (self.log)(&with_causes(error));
        Message::text("This could not be done because of a fault on the bot's side; its log says more.")
    }

    /// Says at once that an answer is coming. Who sees it is decided here.
    fn defer(&self, asked: &Interaction, hidden: bool) {
        let data = if hidden { json!({"flags": EPHEMERAL}) } else { json!({}) };
        self.respond(asked, &json!({"type": 5, "data": data}));
    }

    /// Tells the asker alone why there is no answer.
    fn refuse(&self, asked: &Interaction, sentence: &str) {
        let data = json!({"content": sentence, "flags": EPHEMERAL, "allowed_mentions": {"parse": []}});
        self.respond(asked, &json!({"type": 4, "data": data}));
    }

    fn respond(&self, asked: &Interaction, body: &Value) {
        let url = format!("{}/interactions/{}/{}/callback", self.config.api, asked.id, asked.token);
        match self.client.call(Method::Post, &url, None, body) {
            Answer::Done(_) => {}
            other => (self.log)(&format!("a command was not answered in time: {}", other.reason())),
        }
    }

    /// Puts the answer into the place of the promise.
    fn finish(&self, asked: &Interaction, message: &Message) {
        let url = format!(
            "{}/webhooks/{}/{}/messages/@original",
            self.config.api, asked.application_id, asked.token
        );
        let begin = std::time::Instant::now();
        for attempt in 0..MOST_TRIES {
            match self.client.edit_answer(&url, message) {
                Answer::Done(_) => return,
                Answer::Later(wait, _) if begin.elapsed() < ANSWERED_WITHIN => {
                    let own = Duration::from_secs(1 << attempt);
                    std::thread::sleep(wait.unwrap_or(own).min(Duration::from_mins(1)));
                }
                other => return (self.log)(&format!("an answer did not arrive: {}", other.reason())),
            }
        }
        (self.log)("an answer did not arrive: Discord was busy for too long");
    }

    /// Tells Discord of the commands, if it has others; whether it had.
    ///
    /// # Errors
    /// Discord does not take them; says why.
    pub fn register(&self, guild: Option<&str>) -> Result<bool, String> {
        let application = &self.config.application;
        let url = match guild {
            Some(guild) => format!("{}/applications/{application}/guilds/{guild}/commands", self.config.api),
            None => format!("{}/applications/{application}/commands", self.config.api),
        };
        let token = &self.config.token;
        let there = self.client.fetch(&url, token).map_err(|answer| answer.reason())?;
        if commands::are_registered(&there) {
            return Ok(false);
        }
        match self.client.call(Method::Put, &url, Some(token), &commands::registration()) {
            Answer::Done(_) => Ok(true),
            other => Err(other.reason()),
        }
    }

    /// What is right and what is missing, a line each.
    pub fn check(&self) -> Vec<(bool, String)> {
        let api = &self.config.api;
        let token = &self.config.token;
        let mut lines = Vec::new();
        match self.client.fetch(&format!("{api}/users/@me"), token) {
            Ok(user) => {
                let name = user["username"].as_str().unwrap_or("?");
                lines.push((true, format!("the token is that of {name}")));
            }
            Err(answer) => {
                lines.push((false, format!("Discord does not accept the token: {}", answer.reason())));
                return lines;
            }
        }
        let application = &self.config.application;
        match self.client.fetch(&format!("{api}/applications/{application}/commands"), token) {
            Ok(there) if commands::are_registered(&there) => {
                lines.push((true, "the commands are registered".to_owned()));
            }
            Ok(_) => lines
                .push((false, "the commands are not registered: `proximity discord register`".to_owned())),
            Err(answer) => lines.push((
                false,
                format!(
                    "the commands cannot be read; is {application} the application's number? {}",
                    answer.reason()
                ),
            )),
        }
        for guild in self.guilds.values() {
            match self.client.fetch(&format!("{api}/guilds/{}", guild.id), token) {
                Ok(_) => lines.push((
                    true,
                    format!("server {}: the bot is there; {} rounds", guild.id, guild.service.season().len()),
                )),
                Err(answer) => lines.push((
                    false,
                    format!(
                        "server {}: the bot is not there; `proximity discord invite`: {}",
                        guild.id,
                        answer.reason()
                    ),
                )),
            }
        }
        lines
    }

    /// The servers.
    pub fn guilds(&self) -> impl Iterator<Item = &Guild> {
        self.guilds.values()
    }
}
