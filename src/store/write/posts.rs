//! Messages about sessions that were sent, or are to be: what is needed to send none twice.
//!
//! A sender takes a post by a swap from the state that it read to [`PostState::Sending`] before it sends, and swaps again
//! when it knows how that ended. Of two senders one loses the swap and leaves the post alone.

use jiff::civil::Date;

use crate::store::backend::engine::{Engine, Value};
use crate::store::error::{Result, StoreError};

/// A message about a session for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Post {
    /// The target's name.
    pub target: String,
    /// The session.
    pub session: Date,
    /// Hash of the address that it goes to.
    pub address: String,
    /// What became of it.
    pub state: PostState,
    /// How often it was tried since something of it last succeeded.
    pub attempts: u32,
    /// When it was first tried, seconds since 1970.
    pub first_try: i64,
    /// Since when it is in its state, seconds since 1970.
    pub since: i64,
    /// When it may be tried again, seconds since 1970; while it is being sent, when its sender must have ended.
    pub next_try: i64,
    /// The message, once there is one.
    pub message: Option<String>,
    /// Fingerprint of what it tells; empty when it must be told anew.
    pub fingerprint: String,
}

/// What became of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PostState {
    /// A sender is at it, or ended before it knew.
    Sending,
    /// It arrived.
    Sent,
    /// It did not arrive and will be tried again.
    Waiting,
    /// Whether it arrived is not known.
    Unsure,
    /// The address does not take messages.
    Refused,
    /// It is not tried any more.
    GivenUp,
}

impl PostState {
    const NAMES: [(Self, &'static str); 6] = [
        (Self::Sending, "sending"),
        (Self::Sent, "sent"),
        (Self::Waiting, "waiting"),
        (Self::Unsure, "unsure"),
        (Self::Refused, "refused"),
        (Self::GivenUp, "given_up"),
    ];

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    fn of(name: &str) -> Result<Self> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name);
        found
            .map(|(state, _)| *state)
            .ok_or_else(|| StoreError::Unexpected(format!("a post's state {name:?}")))
    }
}

impl Post {
    /// A post that was not tried yet.
    pub fn new(target: &str, session: Date, address: &str) -> Self {
        Self {
            target: target.to_owned(),
            session,
            address: address.to_owned(),
            state: PostState::Waiting,
            attempts: 0,
            first_try: 0,
            since: 0,
            next_try: 0,
            message: None,
            fingerprint: String::new(),
        }
    }
}

/// All posts of a target, by session.
pub(in crate::store) fn posts<E: Engine>(engine: &mut E, target: &str) -> Result<Vec<Post>> {
    let mut posts = Vec::new();
    engine.each(
        include_str!("../../../schema/query/post/of_target.sql"),
        &[Value::text(target)],
        &mut |row| {
            let date = row[0].str()?;
            posts.push(Post {
                target: target.to_owned(),
                session: date
                    .parse()
                    .map_err(|_| StoreError::Unexpected(format!("the session date {date:?} is none")))?,
                address: row[1].str()?.to_owned(),
                state: PostState::of(row[2].str()?)?,
                attempts: u32::try_from(row[3].int()?).unwrap_or(u32::MAX),
                first_try: row[4].int()?,
                since: row[5].int()?,
                next_try: row[6].int()?,
                message: row[7].maybe_str()?.map(str::to_owned),
                fingerprint: row[8].str()?.to_owned(),
            });
            Ok(())
        },
    )?;
    Ok(posts)
}

/// Writes a post in the place of the one that was read (none: there was none); tells whether it still was as read.
pub(in crate::store) fn swap<E: Engine>(engine: &mut E, before: Option<&Post>, after: &Post) -> Result<bool> {
    let mut values = vec![
        Value::text(after.target.as_str()),
        Value::text(after.session.to_string()),
        Value::text(after.address.as_str()),
        Value::text(after.state.name()),
        Value::Int(after.attempts.into()),
        Value::Int(after.first_try),
        Value::Int(after.since),
        Value::Int(after.next_try),
        Value::or_null(after.message.as_deref().map(Value::text)),
        Value::text(after.fingerprint.as_str()),
    ];
    let sql = match before {
        None => include_str!("../../../schema/query/post/insert.sql"),
        Some(before) => {
            values.extend([Value::text(before.state.name()), Value::Int(before.attempts.into())]);
            include_str!("../../../schema/query/post/update.sql")
        }
    };
    Ok(engine.run(sql, &values)? == 1)
}

/// Every message that tells of a player must be told anew.
pub(in crate::store) fn tell_anew<E: Engine>(engine: &mut E, guid: &str) -> Result<()> {
    engine.run(include_str!("../../../schema/query/post/tell_anew.sql"), &[Value::text(guid)]).map(|_| ())
}
