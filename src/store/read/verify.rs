//! Whether every round can be read as it was kept.

use jiff::civil::Date;

use crate::store::backend::engine::{Engine, Value};
use crate::store::error::{Result, StoreError};
use crate::store::read::load::{self, RoundKey};

/// What a look at every round found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Verified {
    /// Rounds that were read.
    pub rounds: u64,
    /// Those that are damaged, in the order they were kept.
    pub damaged: Vec<DamagedRound>,
    /// What is wrong with the database's own structure, a line each.
    pub structure: Vec<String>,
    /// Whether the database remembers the damaged rounds, so that an import of their files replaces them.
    pub is_noted: bool,
}

impl Verified {
    /// Whether nothing is damaged.
    pub fn is_whole(&self) -> bool {
        self.damaged.is_empty() && self.structure.is_empty()
    }
}

/// A round that cannot be read as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DamagedRound {
    /// The round.
    pub key: RoundKey,
    /// Its file's name, where it is known.
    pub file_name: Option<String>,
    /// Its map.
    pub map: String,
    /// The session it belongs to.
    pub session_date: Option<Date>,
    /// What is wrong.
    pub reason: String,
}

const ROUNDS: &str = include_str!("../../../schema/query/status/rounds.sql");

/// Reads every round.
pub(in crate::store) fn verify<E: Engine>(engine: &mut E) -> Result<Verified> {
    let mut verified = Verified { structure: engine.check()?, ..Verified::default() };
    for row in engine.rows(ROUNDS, &[])? {
        verified.rounds += 1;
        let key = RoundKey(row[0].int()?);
        let kept = [row[4].int()?, row[5].int()?, row[6].int()?];
        let reason = match counts(engine, key) {
            Ok(found) if found == kept => continue,
            Ok(_) => "it has lost lives, samples or engagements".to_owned(),
            Err(StoreError::Damaged(corrupt)) => corrupt.to_string(),
            Err(StoreError::Unexpected(reason)) => reason,
            Err(error) => return Err(error),
        };
        verified.damaged.push(DamagedRound {
            key,
            file_name: row[1].maybe_str()?.map(str::to_owned),
            map: row[2].str()?.to_owned(),
            session_date: row[3].maybe_str()?.and_then(|date| date.parse().ok()),
            reason,
        });
    }
    Ok(verified)
}

/// Lives, samples and engagements of a round.
fn counts<E: Engine>(engine: &mut E, key: RoundKey) -> Result<[i64; 3]> {
    let round = load::round(engine, key)?;
    let samples = round.samples();
    Ok([round.tracks.len(), samples, round.engagements.len()].map(|count| count as i64))
}

/// Notes which rounds are damaged, within the caller's transaction; all others are not.
pub(in crate::store) fn note<E: Engine>(engine: &mut E, damaged: &[RoundKey]) -> Result<()> {
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    engine.run("UPDATE tracker_file SET damaged = $1 WHERE damaged", &[no])?;
    for key in damaged {
        engine
            .run("UPDATE tracker_file SET damaged = $1 WHERE id = $2", &[yes.clone(), Value::Int(key.0)])?;
    }
    Ok(())
}
