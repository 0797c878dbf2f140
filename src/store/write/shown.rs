//! Answers that show players by name: what is needed to remove them once one of those players is forgotten.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::model::PlayerName;
use crate::store::backend::engine::{Engine, Value};
use crate::store::error::Result;
use crate::text::hex;

/// An answer may be removed for so long, seconds: three months.
const KEPT_FOR_S: i64 = 90 * 24 * 60 * 60;

/// An answer in a chat channel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    /// The channel's number.
    pub channel: String,
    /// The message's number.
    pub message: String,
}

/// What a name is kept as: a hash of it without colours, in small letters.
fn player(name: &str) -> String {
    hex(&Sha256::digest(PlayerName::from(name).display().to_lowercase()))
}

/// Notes whom an answer shows, and drops what is older than is kept.
pub(in crate::store) fn note<E: Engine>(
    engine: &mut E,
    answer: &Answer,
    names: &BTreeSet<String>,
    now: i64,
) -> Result<()> {
    engine.run("DELETE FROM discord_shown WHERE sent < $1", &[Value::Int(now - KEPT_FOR_S)])?;
    for player in names.iter().map(|name| player(name)).collect::<BTreeSet<_>>() {
        let values = [
            Value::text(answer.channel.as_str()),
            Value::text(answer.message.as_str()),
            Value::text(player),
            Value::Int(now),
            Value::Bool(false),
        ];
        engine.run(include_str!("../../../schema/query/shown/insert.sql"), &values)?;
    }
    Ok(())
}

/// Every answer that shows this name is to be removed.
pub(in crate::store) fn remove_with<E: Engine>(engine: &mut E, name: &str) -> Result<()> {
    let values = [Value::Bool(true), Value::text(player(name))];
    engine.run("UPDATE discord_shown SET is_due = $1 WHERE player = $2", &values).map(|_| ())
}

/// The answers that are to be removed.
pub(in crate::store) fn due<E: Engine>(engine: &mut E) -> Result<Vec<Answer>> {
    let mut answers = Vec::new();
    engine.each(include_str!("../../../schema/query/shown/due.sql"), &[], &mut |row| {
        answers.push(Answer { channel: row[0].str()?.to_owned(), message: row[1].str()?.to_owned() });
        Ok(())
    })?;
    Ok(answers)
}

/// An answer is not there any more.
pub(in crate::store) fn removed<E: Engine>(engine: &mut E, answer: &Answer) -> Result<()> {
    let values = [Value::text(answer.channel.as_str()), Value::text(answer.message.as_str())];
    engine.run("DELETE FROM discord_shown WHERE channel_id = $1 AND message_id = $2", &values).map(|_| ())
}
