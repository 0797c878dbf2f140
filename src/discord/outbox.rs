//! Which session is told to which target, once.
//!
//! A post goes from [`PostState::Sending`], which is in the store before the message leaves, to `Sent`, `Waiting`, `Unsure`,
//! `Refused` or `GivenUp`. A sender that ends in between leaves `Sending` behind. After its time is over that is sent again
//! where a nonce keeps the message from appearing twice, and is `Unsure` elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::address::Address;
use super::client::{Answer, Client};
use super::config::{Config, Target};
use super::message::Message;
use super::outcome::{Delivery, Told};
use super::session::{self, Played, Sessions};
use crate::error::Error;
use crate::rounds::Maps;
use crate::store::{DatabaseUrl, Post, PostState, Storage};
use crate::text::{hex, with_causes};

/// Discord knows a nonce again for a few minutes; so long it is relied on, seconds.
const NONCE_LASTS_S: i64 = 120;
/// Characters of a nonce; Discord takes 25.
const NONCE_LENGTH: usize = 25;

/// Which posts are looked at.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Which {
    /// Those of sessions that are over, as the targets want them.
    Due {
        /// When rounds of a session came last, seconds since 1970.
        came: BTreeMap<Date, i64>,
    },
    /// That of one session, whether it is over or not. What was given up or refused is tried again.
    Session {
        /// The session.
        date: Date,
        /// Also what may have arrived.
        even_unsure: bool,
    },
    /// That of one session, if it waits.
    Waiting(
        /// The session.
        Date,
    ),
}

/// A message for a target: the target, the session, and the fingerprint of what it tells.
type Attempt = (String, Date, String);

/// A look at the sessions of a store.
pub struct Look<'l> {
    /// The store.
    pub store: &'l mut dyn Storage,
    /// Its sessions.
    pub sessions: &'l Sessions,
    /// Which posts are looked at.
    pub which: &'l Which,
    /// The time, seconds since 1970.
    pub clock: &'l dyn Fn() -> i64,
    /// Told each thing that is done.
    pub told: &'l mut dyn FnMut(Told),
}

/// Sends messages about sessions.
#[derive(Debug)]
pub struct Outbox {
    maps: Maps,
    url: DatabaseUrl,
    targets: Vec<(Target, Address, Client)>,
    /// What cannot be told, and in what state it was: it is not drawn again until that changes.
    failed: BTreeSet<Attempt>,
    /// The last message: what has to wait is not drawn again for each try.
    drawn: Option<(Attempt, Message)>,
    /// Targets that are switched off, which is said once.
    off: BTreeSet<String>,
}

impl Outbox {
    /// An outbox for the targets of a configuration.
    ///
    /// # Errors
    /// A secret that is not there, or that others can read.
    pub fn new(config: Config, url: DatabaseUrl, maps: Maps) -> Result<Self, super::DiscordError> {
        let open = |target: Target| {
            let address = target.address()?;
            let client = Client::new(target.timeout);
            Ok::<_, super::DiscordError>((target, address, client))
        };
        Ok(Self {
            targets: config.targets.into_iter().map(open).collect::<Result<_, _>>()?,
            maps,
            url,
            failed: BTreeSet::new(),
            drawn: None,
            off: BTreeSet::new(),
        })
    }

    /// Does what is due about the sessions of a store. Posts that have to wait are looked at again with the next call.
    ///
    /// # Errors
    /// A store that cannot be read or written.
    pub fn look(&mut self, look: &mut Look<'_>) -> Result<(), Error> {
        for place in 0..self.targets.len() {
            let (target, address, _) = &self.targets[place];
            let posts = look.store.posts(&target.name)?;
            let fingerprint = address.fingerprint();
            let is_refused = |post: &Post| post.state == PostState::Refused && post.address == fingerprint;
            if posts.iter().any(is_refused) && matches!(look.which, Which::Due { .. }) {
                let name = target.name.clone();
                if self.off.insert(name.clone()) {
                    let line = format!(
                        "{name} is switched off, because Discord refused its address; another address, or \
                         `proximity discord post`, switches it on"
                    );
                    (look.told)(Told::Trouble(line));
                }
                continue;
            }
            let mut posts: BTreeMap<Date, Post> =
                posts.into_iter().map(|post| (post.session, post)).collect();
            let sessions = look.sessions;
            for (date, played) in sessions.iter() {
                let post = posts.remove(&date);
                if is_due(&self.targets[place].0, look, date, played, post.as_ref()) {
                    self.tell(look, place, date, played, post)?;
                }
            }
        }
        Ok(())
    }

    /// When the next waiting post of a session may be tried, seconds since 1970; `None` if none waits.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub fn next_try(&self, store: &mut dyn Storage, date: Date) -> Result<Option<i64>, Error> {
        let mut next = None;
        for (target, ..) in &self.targets {
            for post in store.posts(&target.name)? {
                let waits = matches!(post.state, PostState::Waiting | PostState::Sending);
                if post.session == date && waits {
                    next = Some(next.map_or(post.next_try, |next: i64| next.min(post.next_try)));
                }
            }
        }
        Ok(next)
    }

    /// Sends or changes the message about a session.
    fn tell(
        &mut self,
        look: &mut Look<'_>,
        place: usize,
        date: Date,
        played: &Played,
        post: Option<Post>,
    ) -> Result<(), Error> {
        let (target, address, client) = &self.targets[place];
        let now = (look.clock)();
        let before = post.clone();
        let mut delivery = Delivery {
            post: post.unwrap_or_else(|| Post::new(&target.name, date, "")),
            target: &target.name,
            fingerprint: &played.fingerprint,
            is_repeatable: address.knows_nonces(),
        };
        let is_abandoned = delivery.post.state == PostState::Sending;
        if is_abandoned && !(delivery.is_repeatable && now - delivery.post.since < NONCE_LASTS_S) {
            let (after, told) = delivery.abandoned(now);
            if look.store.swap_post(before.as_ref(), &after)? {
                (look.told)(told);
            }
            return Ok(());
        }
        let attempt: Attempt = (target.name.clone(), date, played.fingerprint.clone());
        if matches!(look.which, Which::Due { .. }) && self.failed.contains(&attempt) {
            return Ok(());
        }
        let message = if let Some((_, message)) = self.drawn.take().filter(|drawn| drawn.0 == attempt) {
            Ok(Some(message))
        } else {
            let public_url = target.public_url.as_deref();
            session::message(look.store, &self.url, &self.maps, date, played, public_url)
        };
        let message = match message {
            Ok(Some(message)) => message,
            Ok(None) => {
                if matches!(look.which, Which::Session { .. }) {
                    (look.told)(Told::Trouble(format!("no player was in the session of {date}")));
                }
                self.failed.insert(attempt);
                return Ok(());
            }
            Err(error) => {
                let line = format!("{} cannot be made: {}", delivery.name(), with_causes(&error));
                (look.told)(Told::Trouble(line));
                self.failed.insert(attempt);
                return Ok(());
            }
        };
        let (after, told) = if let Some(id) = delivery.post.message.clone() {
            // What another address took cannot be changed from here.
            let moved = delivery.post.address != address.fingerprint();
            let answer = if moved { Answer::Gone } else { client.edit(address, &id, &message) };
            delivery.changed(answer, (look.clock)())
        } else {
            let tried = &mut delivery.post;
            if !is_abandoned {
                tried.since = now;
            }
            if tried.attempts == 0 || !matches!(tried.state, PostState::Sending | PostState::Waiting) {
                tried.first_try = now;
            }
            tried.state = PostState::Sending;
            tried.attempts += 1;
            tried.address = address.fingerprint();
            // Its own request has ended by then.
            tried.next_try = now + target.timeout.as_secs() as i64 + 1;
            if !look.store.swap_post(before.as_ref(), tried)? {
                // Another sender was faster.
                return Ok(());
            }
            let answer = client.post(address, &message, &nonce(&target.name, date));
            delivery.sent(answer, (look.clock)())
        };
        self.drawn = Some((attempt, message));
        let read = if delivery.post.message.is_some() { before.as_ref() } else { Some(&delivery.post) };
        look.store.swap_post(read, &after)?;
        (look.told)(told);
        Ok(())
    }
}

/// Whether something is to be done about a session now.
fn is_due(target: &Target, look: &Look<'_>, date: Date, played: &Played, post: Option<&Post>) -> bool {
    let now = (look.clock)();
    let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let (by_hand, even_unsure) = match look.which {
        Which::Session { date: wanted, .. } if *wanted != date => return false,
        Which::Session { even_unsure, .. } => (true, *even_unsure),
        Which::Waiting(wanted) if *wanted != date => return false,
        Which::Waiting(_) | Which::Due { .. } => (false, false),
    };
    let Some(post) = post else {
        let Which::Due { came } = look.which else { return by_hand };
        // A stamp of another time zone may lie ahead; then the moment counts at which the round came.
        let ended = if played.ended > now { 0 } else { played.ended };
        let last = ended.max(came.get(&date).copied().unwrap_or(0));
        let is_recent = now.saturating_sub(played.ended) <= seconds(target.within);
        let is_over = look.sessions.is_followed(date) || now.saturating_sub(last) >= seconds(target.quiet);
        return played.rounds >= target.min_rounds && is_recent && is_over;
    };
    match post.state {
        PostState::Sent => post.fingerprint != played.fingerprint && post.next_try <= now,
        PostState::Sending | PostState::Waiting => post.next_try <= now,
        PostState::Unsure => even_unsure || target.repeat_unsure,
        // A target that is switched off does not come here, unless it has another address now.
        PostState::Refused => !matches!(look.which, Which::Waiting(_)),
        _ => by_hand,
    }
}

/// The same for the same message, whoever sends it.
fn nonce(target: &str, date: Date) -> String {
    let mut nonce = hex(&Sha256::digest(format!("{target} {date}")));
    nonce.truncate(NONCE_LENGTH);
    nonce
}
