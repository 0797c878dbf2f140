//! Whom an answer shows by name. Once one of those players is forgotten, the answer is removed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::interaction::Interaction;
use super::{Bot, Guild};
use crate::analysis::Filter;
use crate::discord::client::Answer as Said;
use crate::error::Error;
use crate::figure::request::{Request, Subject};
use crate::rounds::RoundsError;
use crate::store::{Answer, Create, open};
use crate::text::with_causes;

/// Longest time in which names are looked for.
const LOOKED_FOR: Duration = Duration::from_mins(1);

/// The players whose names an answer shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// Their names.
    pub names: BTreeSet<String>,
    /// Also all whose lives these filters let through.
    pub of: Vec<Filter>,
}

impl Shown {
    /// By a picture: those it was asked for, and in a replay all who move.
    pub(super) fn by(request: &Request) -> Self {
        match &request.subject {
            Subject::Replay(_) => {
                let all = Filter { players: Vec::new(), ..request.filter.clone() };
                Self { of: vec![Filter { bots: Filter::everything().bots, ..all }], ..Self::default() }
            }
            Subject::Versus(versus) => {
                let of = [Self::by_filter(&request.filter).of, Self::by_filter(&versus.against).of].concat();
                Self { of, ..Self::default() }
            }
            _ => Self::by_filter(&request.filter),
        }
    }

    /// By words about a filter: the players that it names.
    pub(super) fn by_filter(filter: &Filter) -> Self {
        let of = if filter.players.is_empty() { Vec::new() } else { vec![filter.clone()] };
        Self { of, ..Self::default() }
    }

    fn all_names(self, guild: &Guild) -> Result<BTreeSet<String>, RoundsError> {
        let season = guild.service.season();
        let mut names = self.names;
        for filter in &self.of {
            match season.names(filter, Instant::now() + LOOKED_FOR) {
                Ok(found) => names.extend(found),
                Err(RoundsError::NothingMatches(_) | RoundsError::Empty) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(names)
    }
}

impl Bot {
    /// Notes in the store whom an answer shows.
    pub(super) fn note(&self, guild: &Guild, asked: &Interaction, message: String, shown: Shown) {
        let Some(channel) = asked.channel_id.clone() else { return };
        let noted = shown.all_names(guild).map_err(Error::from).and_then(|names| {
            if names.is_empty() {
                return Ok(());
            }
            let now = jiff::Timestamp::now().as_second();
            let mut store = open(&guild.url, Create::Never)?;
            Ok(store.note_answer(&Answer { channel, message }, &names, now)?)
        });
        if let Err(error) = noted {
            (self.log)(&format!("whom an answer shows could not be noted: {}", with_causes(&error)));
        }
    }

    /// Removes the answers that show players who were forgotten, by this bot or another program.
    pub fn remove_answers(&self) {
        for guild in self.guilds.values() {
            if let Err(error) = self.remove_answers_of(guild) {
                (self.log)(&format!("answers could not be removed: {}", with_causes(&error)));
            }
        }
    }

    fn remove_answers_of(&self, guild: &Guild) -> Result<(), Error> {
        let mut store = open(&guild.url, Create::Never)?;
        for answer in store.answers_to_remove()? {
            let url = format!("{}/channels/{}/messages/{}", self.config.api, answer.channel, answer.message);
            match self.client.delete(&url, &self.config.token) {
                Said::Done(_) | Said::Gone => {}
                // The next look tries again.
                Said::Later(..) | Said::Lost(_) => continue,
                other => (self.log)(&format!(
                    "the answer {} in channel {} shows a forgotten player and cannot be removed: {}",
                    answer.message,
                    answer.channel,
                    other.reason()
                )),
            }
            store.answer_is_gone(&answer)?;
        }
        Ok(())
    }
}
