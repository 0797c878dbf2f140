//! Messages after sessions, in the channel that a server's admins chose.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use jiff::civil::Date;

use super::{Bot, Guild};
use crate::discord::outbox::{Look, Outbox, Which};
use crate::discord::outcome::Told;
use crate::discord::session::Sessions;
use crate::error::Error;
use crate::store::{Create, open};
use crate::text::with_causes;

impl Bot {
    /// Sends and changes what is due for a server. `came` tells when rounds of a session came last, seconds since 1970.
    pub fn post_sessions(&self, guild: &Guild, came: &BTreeMap<Date, i64>) {
        if let Err(error) = self.try_to_post(guild, came) {
            (self.log)(&format!("server {}: no message about a session: {}", guild.id, with_causes(&error)));
        }
    }

    fn try_to_post(&self, guild: &Guild, came: &BTreeMap<Date, i64>) -> Result<(), Error> {
        let mut store = open(&guild.url, Create::Never)?;
        let mut kept = guild.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(channel) = store.channel(&guild.id)? else {
            *kept = None;
            return Ok(());
        };
        // What failed once is remembered there, so it lasts as long as the channel is the same.
        if kept.as_ref().is_none_or(|(known, _)| *known != channel) {
            let name = format!("server {}", guild.id);
            let target = self.posts.channel(&name, &channel, guild.public_url.as_deref());
            let mut config = self.posts.clone();
            config.targets = target.into_iter().collect();
            match Outbox::new(config, guild.url.clone(), self.maps.clone()) {
                Ok(outbox) => *kept = Some((channel, outbox)),
                Err(error) => {
                    (self.log)(&with_causes(&error));
                    return Ok(());
                }
            }
        }
        let Some((_, outbox)) = kept.as_mut() else { return Ok(()) };
        let sessions = Sessions::of(&mut *store, &guild.rounds)?;
        outbox.look(&mut Look {
            store: &mut *store,
            sessions: &sessions,
            which: &Which::Due { came: came.clone() },
            clock: &|| jiff::Timestamp::now().as_second(),
            told: &mut |told| {
                if let Told::Trouble(line) = told {
                    (self.log)(&line);
                }
            },
        })
    }
}
