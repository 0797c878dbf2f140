//! What admins may ask of the bot.

use std::collections::BTreeSet;

use serde_json::Value;

use super::interaction::Interaction;
use super::{Bot, Guild};
use crate::analysis::Filter;
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
            ("forget", Some(name)) => {
                let made = forget(guild, name);
                self.remove_answers();
                made
            }
            _ => Ok("This is not known any more; try again in a few minutes.".to_owned()),
        };
        let message = made.map_or_else(|error| self.fault(&error), |text| Message::text(&text));
        // Only the asker sees it.
        let _ = self.finish(asked, &message);
    }

    /// Sends or changes the message about a session, to the targets of the configuration.
    fn post(&self, guild: &Guild, date: &str) -> Result<String, Error> {
        let Ok(date) = date.parse() else { return Ok("A session is a date: 2026-11-22.".to_owned()) };
        if self.posts.targets.is_empty() {
            return Ok("No target is written down: `[[post]]` in discord.toml.".to_owned());
        }
        let mut outbox = match Outbox::new(self.posts.clone(), guild.url.clone(), self.maps.clone()) {
            Ok(outbox) => outbox,
            Err(error) => return Ok(plain(&error.to_string(), LONGEST_LIST)),
        };
        let mut store = open(&guild.url, Create::Never)?;
        let sessions = Sessions::of(&mut *store)?;
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

/// Removes the name and GUID of every player who has this name; pictures that show it go with them.
fn forget(guild: &Guild, name: &str) -> Result<String, Error> {
    let mut store = open(&guild.url, Create::Never)?;
    let mut guids: BTreeSet<Guid> = BTreeSet::new();
    for round in store.rounds(&Filter::everything())? {
        let round = store.load(round.key)?;
        let of_name = round.tracks.iter().filter(|track| {
            track.name.display() == name && matches!(track.guid.kind(), GuidKind::Person | GuidKind::Bot)
        });
        guids.extend(of_name.map(|track| track.guid.clone()));
    }
    match guids.len() {
        0 => return Ok(format!("There is no player {}.", plain(name, 100))),
        1 => {}
        several => {
            return Ok(format!(
                "{several} players are called {}; `proximity forget` takes the GUID of one.",
                plain(name, 100)
            ));
        }
    }
    let mut left = false;
    for guid in &guids {
        left |= store.forget(guid)?.left.is_some();
    }
    guild.service.forget_pictures();
    let rest =
        if left { " The store's disk still holds old text; `proximity forget` says more." } else { "" };
    Ok(format!(
        "The player is forgotten. New pictures know the player no more within half a minute, and messages about sessions are \
         told anew. Answers of the last three months that named the player are removed.{rest}"
    ))
}
