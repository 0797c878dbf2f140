//! A bot that answers commands: each interaction to its answer, whatever it came through.
//!
//! A command is answered three times: at once that it is being worked on, or why it cannot be; then, when its turn has
//! come, with the picture. Requests go through the [`Service`], like those of pages, under the same limits.

mod admin;
mod commands;
mod complete;
mod gateway;
mod interaction;
mod posts;
mod request;
mod setup;
mod shown;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

pub use gateway::{GatewayError, run};

use self::commands::{Audience, Command, REPLAY_FILES, Work};
use self::interaction::{AUTOCOMPLETE, COMMAND, Interaction};
use self::shown::Shown;
use super::client::{Answer, Client, Method};
use super::config::{BotConfig, Config, GuildConfig};
use super::error::DiscordError;
use super::message::Message;
use super::outbox::Outbox;
use super::session::{self, Sessions};
use super::words::plain;
use crate::analysis::Filter;
use crate::figure::replay::AnimationKind;
use crate::figure::request::{Request, Subject};
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
/// Heights that a picture is drawn at when it is too large, pixels.
const SMALLER_PX: [u32; 3] = [720, 480, 300];
/// Longest text beside a picture, characters.
const LONGEST_TEXT: usize = 600;
/// Rows of a table where none are named, and the most.
const ROWS: (usize, usize) = (10, 20);

/// A server of Discord and the rounds that it may ask about.
pub struct Guild {
    /// Its number.
    pub id: String,
    /// Its store.
    pub url: DatabaseUrl,
    /// Which rounds of it.
    pub rounds: Filter,
    /// Who draws.
    pub service: Arc<Service>,
    /// The folder of reports as others reach it.
    pub public_url: Option<String>,
    /// The channel for messages about sessions, and who sends them.
    outbox: Mutex<Option<(String, Outbox)>>,
}

impl Guild {
    /// A server that may ask about the rounds of a service, which come from a store.
    pub fn new(config: GuildConfig, url: DatabaseUrl, service: Service) -> Self {
        let GuildConfig { id, public_url, rounds, .. } = config;
        Self { id, url, rounds, service: Arc::new(service), public_url, outbox: Mutex::default() }
    }

    /// A filter that lets no other rounds through than the server may ask about. Maps that it names are some of those.
    fn within(&self, asked: &Filter) -> Filter {
        let maps = if asked.maps.is_empty() { &self.rounds.maps } else { &asked.maps };
        let sessions = match (asked.sessions, self.rounds.sessions) {
            (Some(a), Some(b)) => Some((a.0.max(b.0), a.1.min(b.1))),
            (asked, own) => asked.or(own),
        };
        Filter { maps: maps.clone(), sessions, ..asked.clone() }
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
        let hidden = asked.is_set("only_me") || matches!(command.work, Work::Picture(_, Audience::Asker));
        match command.work {
            Work::Picture(..) | Work::Versus | Work::Replay => match request::request(command, asked) {
                Ok(request) => {
                    self.defer(asked, hidden);
                    let shown = Shown::by(&request);
                    self.give(guild, asked, &self.picture(guild, asked, request), shown, hidden);
                }
                Err(sentence) => self.refuse(asked, &sentence),
            },
            Work::Table(which) => match request::filter(asked) {
                Ok(filter) => {
                    self.defer(asked, hidden);
                    let top = asked.data.options.iter().find(|given| given.name == "top");
                    let top = top.and_then(|given| given.value.as_u64()).map_or(ROWS.0, |top| top as usize);
                    let made = open(&guild.url, Create::Never).and_then(|mut store| {
                        tables::table(&mut *store, which, &guild.within(&filter), top.clamp(1, ROWS.1))
                    });
                    let (message, names) = match made {
                        Ok(Some((text, names))) => (Message::text(&text), names),
                        Ok(None) => (Message::text("No life matches these filters."), BTreeSet::new()),
                        Err(error) => (self.fault(&error), BTreeSet::new()),
                    };
                    let shown = Shown { names, ..Shown::by_filter(&filter) };
                    self.give(guild, asked, &message, shown, hidden);
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
                let filter = Filter { sessions: Some((date, date)), ..Filter::new() };
                let shown = Shown { of: vec![filter], ..Shown::default() };
                self.give(guild, asked, &self.session(guild, date), shown, hidden);
            }
            Work::Admin => self.admin(guild, asked),
        }
    }

    /// Gives an answer, and notes whom it shows if others see it.
    fn give(&self, guild: &Guild, asked: &Interaction, message: &Message, shown: Shown, hidden: bool) {
        if let Some(id) = self.finish(asked, message)
            && !hidden
        {
            self.note(guild, asked, id, shown);
        }
    }

    fn session(&self, guild: &Guild, date: jiff::civil::Date) -> Message {
        let made = open(&guild.url, Create::Never).map_err(crate::Error::from).and_then(|mut store| {
            let store: &mut dyn Storage = &mut *store;
            let sessions = Sessions::of(store, &guild.rounds)?;
            let Some(played) = sessions.get(date) else { return Ok(None) };
            session::message(store, &guild.url, &self.maps, date, played, guild.public_url.as_deref())
        });
        match made {
            Ok(Some(message)) => message,
            Ok(None) => Message::text("No player was in this session."),
            Err(error) => self.fault(&error),
        }
    }

    /// Draws, smaller where the picture is larger than a file may be. A replay keeps its size by itself.
    fn picture(&self, guild: &Guild, asked: &Interaction, mut request: Request) -> Message {
        let user = asked.member.as_ref().map_or("", |member| member.user.id.as_str());
        let asker = Asker::new(user, &guild.id);
        let most = request::most_bytes(asked);
        let replay = matches!(request.subject, Subject::Replay(_)).then(|| replay_kind(asked.text("file")));
        for smaller in SMALLER_PX.map(Some).into_iter().chain([None]) {
            let (made, ending) = match replay {
                Some((kind, ending)) => (guild.service.replay(&request, kind, &asker), ending),
                None => (guild.service.picture(&request, &asker), "png"),
            };
            match made {
                Ok(picture) if picture.bytes.len() as u64 <= most => {
                    let name = format!("{}.{ending}", asked.data.name);
                    let text = plain(&picture.alt, LONGEST_TEXT);
                    return Message::new(&text, &name, picture.bytes.to_vec(), &picture.alt);
                }
                Ok(_) => match smaller {
                    Some(size_px) => request.layout.size_px = size_px,
                    None => break,
                },
                Err(refusal) => return self.refusal(&refusal),
            }
        }
        Message::text("The picture is larger than a file may be in this channel.")
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

    /// Puts the answer into the place of the promise; the number of its message, if it arrived.
    fn finish(&self, asked: &Interaction, message: &Message) -> Option<String> {
        let url = format!(
            "{}/webhooks/{}/{}/messages/@original",
            self.config.api, asked.application_id, asked.token
        );
        let begin = std::time::Instant::now();
        for attempt in 0..MOST_TRIES {
            match self.client.edit_answer(&url, message) {
                Answer::Done(id) => return id,
                Answer::Later(wait, _) if begin.elapsed() < ANSWERED_WITHIN => {
                    let own = Duration::from_secs(1 << attempt);
                    std::thread::sleep(wait.unwrap_or(own).min(Duration::from_mins(1)));
                }
                other => {
                    (self.log)(&format!("an answer did not arrive: {}", other.reason()));
                    return None;
                }
            }
        }
        (self.log)("an answer did not arrive: Discord was busy for too long");
        None
    }

    /// The servers.
    pub fn guilds(&self) -> impl Iterator<Item = &Guild> {
        self.guilds.values()
    }
}

/// What a replay is made as, and the ending of its file.
fn replay_kind(wanted: Option<&str>) -> (AnimationKind, &'static str) {
    match wanted.unwrap_or(REPLAY_FILES[0]) {
        #[cfg(feature = "video")]
        "video" => (AnimationKind::Video, "mp4"),
        _ => (AnimationKind::Gif, "gif"),
    }
}
