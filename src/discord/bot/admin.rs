//! What admins may ask of the bot.

use std::collections::BTreeSet;

use serde_json::Value;

use super::interaction::Interaction;
use super::{Bot, Guild};
use crate::analysis::Filter;
use crate::discord::address::is_number;
use crate::discord::message::Message;
use crate::discord::outbox::{Look, Outbox, Which};
use crate::discord::outcome::Told;
use crate::discord::session::Sessions;
use crate::discord::words::plain;
use crate::error::Error;
use crate::model::{Guid, GuidKind};
use crate::store::{Create, open};
use crate::text::counted;

/// Longest list of what became of posts, characters.
const LONGEST_LIST: usize = 1500;

impl Bot {
    pub(super) fn admin(&self, guild: &Guild, asked: &Interaction) {
        if !asked.is_of_admin() {
            return self.refuse(asked, "This command is for those who may manage the server.");
        }
        let Some(what) = asked.data.options.first() else { return };
        let given = what.options.first().map(|option| &option.value).and_then(Value::as_str);
        // The answers name players and stores: they are the asker's alone.
        self.defer(asked, true);
        let made = match (what.name.as_str(), given) {
            ("status", _) => Ok(status(guild)),
            ("post", Some(date)) => self.post(guild, date),
            ("forget" | "hide", Some(name)) => {
                let made = rename(guild, name, if what.name == "hide" { Wish::Hide } else { Wish::Forget });
                self.remove_answers();
                made
            }
            ("channel", channel) => choose(guild, channel),
            _ => Ok("This is not known any more; try again in a few minutes.".to_owned()),
        };
        let message = made.map_or_else(|error| self.fault(&error), |text| Message::text(&text));
        // Only the asker sees it.
        let _ = self.finish(asked, &message);
    }

    /// Sends or changes the message about a session, to the targets of the configuration.
    fn post(&self, guild: &Guild, given: &str) -> Result<String, Error> {
        let Ok(date) = given.parse() else { return Ok("A session is a date: 2026-11-22.".to_owned()) };
        let season = guild.service.season();
        if !season.contents().sessions.iter().any(|session| session.date == given) {
            return Ok("There is no such session.".to_owned());
        }
        if self.posts.targets.is_empty() {
            return Ok("No target is written down: `[[post]]` in discord.toml.".to_owned());
        }
        let mut outbox = match Outbox::new(self.posts.clone(), guild.url.clone(), self.maps.clone()) {
            Ok(outbox) => outbox,
            Err(error) => return Ok(plain(&error.to_string(), LONGEST_LIST)),
        };
        let mut store = open(&guild.url, Create::Never)?;
        let sessions = Sessions::of(&mut *store, &Filter::everything())?;
        let mut lines = Vec::new();
        outbox.look(&mut Look {
            store: &mut *store,
            sessions: &sessions,
            which: &Which::Session { date, even_unsure: false },
            clock: &|| jiff::Timestamp::now().as_second(),
            told: &mut |told| {
                let (Told::Done(line) | Told::Trouble(line)) = told;
                lines.push(plain(&line, LONGEST_LIST / 4));
            },
        })?;
        Ok(if lines.is_empty() { "The message is as it should be.".to_owned() } else { lines.join("\n") })
    }
}

/// What there is, and what the bot did.
fn status(guild: &Guild) -> String {
    let season = guild.service.season();
    let contents = season.contents();
    format!(
        "{} of {}, {}; {} in memory. {} drawn.",
        counted(contents.rounds as u64, "round", "rounds"),
        counted(contents.sessions.len() as u64, "session", "sessions"),
        counted(contents.players.len() as u64, "player", "players"),
        season.kept(),
        counted(guild.service.metrics().drawings(), "picture", "pictures"),
    )
}

/// Where messages about sessions go from now on.
fn choose(guild: &Guild, channel: Option<&str>) -> Result<String, Error> {
    let channel = channel.filter(|channel| is_number(channel));
    open(&guild.url, Create::Never)?.set_channel(&guild.id, channel)?;
    Ok(match channel {
        Some(channel) => format!(
            "When a session is over, <#{channel}> gets its message. The bot must be allowed to write and to attach files there."
        ),
        None => "No messages about sessions any more.".to_owned(),
    })
}

/// What a player wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Forget,
    Hide,
}

/// Takes the name and GUID of the player who has this name away; pictures that show it go with them.
fn rename(guild: &Guild, name: &str, wish: Wish) -> Result<String, Error> {
    let mut store = open(&guild.url, Create::Never)?;
    let mut guids: BTreeSet<Guid> = BTreeSet::new();
    for round in store.rounds(&guild.rounds)? {
        let round = store.load(round.key)?;
        let of_name = round.tracks.iter().filter(|track| {
            track.name.display() == name && matches!(track.guid.kind(), GuidKind::Person | GuidKind::Bot)
        });
        guids.extend(of_name.map(|track| track.guid.clone()));
    }
    let guid = match (guids.pop_first(), guids.len()) {
        (None, _) => return Ok(format!("There is no player {}.", plain(name, 100))),
        (Some(guid), 0) => guid,
        (Some(_), others) => {
            return Ok(format!(
                "{} players are called {}; `proximity forget` takes the GUID of one.",
                others + 1,
                plain(name, 100)
            ));
        }
    };
    let renamed = match wish {
        Wish::Forget => store.forget(&guid)?,
        Wish::Hide => store.hide(&guid)?,
    };
    guild.service.forget_pictures();
    let what = match wish {
        Wish::Forget => "The player is forgotten.",
        Wish::Hide => "The player has another name from now on, in rounds to come too.",
    };
    let rest = if renamed.left.is_some() {
        " The store's disk still holds old text; `proximity forget` says more."
    } else {
        ""
    };
    Ok(format!(
        "{what} New pictures know the old name no more within half a minute, and messages about sessions are told anew. \
         Answers of the last three months that named the player are removed.{rest}"
    ))
}
