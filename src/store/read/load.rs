//! Giving rounds back, as they were read.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::analysis::Filter;
use crate::geom::WorldPoint;
use crate::model::{
    Engagement, Guid, KillCell, LevelTime, MovementCell, PlayerName, Revive, Round, RoundMeta, Track,
};
use crate::store::backend::engine::{Dialect, Engine, Value, spell};
use crate::store::error::{Result, StoreError};
use crate::store::packed;
use crate::store::packed::{Participants, TailsTaken};
use crate::store::row::header;

/// Which round of a store is meant; good until the round is removed or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoundKey(pub(in crate::store) i64);

/// A round of a store, before it is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRound {
    /// What to load it by.
    pub key: RoundKey,
    /// The session it belongs to.
    pub session_date: Date,
    /// Its number, where it is known.
    pub number: Option<u32>,
    /// Lives.
    pub lives: u64,
    /// Samples.
    pub samples: u64,
    /// Engagements.
    pub engagements: u64,
    /// What its file said about it.
    pub meta: RoundMeta,
}

/// The rounds that a filter matches.
pub(in crate::store) fn rounds<E: Engine>(engine: &mut E, filter: &Filter) -> Result<Vec<StoredRound>> {
    let sql = spell(engine.dialect(), include_str!("../../../schema/query/load/headers.sql"));
    let mut rounds = Vec::new();
    engine.each(&sql, &[], &mut |row| {
        let meta = header::read(row[6].str()?)?;
        if !filter.matches_meta(&meta) {
            return Ok(());
        }
        let session_date = row[1].str()?;
        rounds.push(StoredRound {
            key: RoundKey(row[0].int()?),
            session_date: session_date
                .parse()
                .map_err(|_| StoreError::Unexpected(format!("the session date {session_date:?} is none")))?,
            number: u32::try_from(row[2].int()?).ok().filter(|&number| number > 0),
            lives: row[3].int()? as u64,
            samples: row[4].int()? as u64,
            engagements: row[5].int()? as u64,
            meta,
        });
        Ok(())
    })?;
    Ok(rounds)
}

/// A round by its key.
pub(in crate::store) fn round<E: Engine>(engine: &mut E, key: RoundKey) -> Result<Round> {
    by_id(engine, key.0)
}

/// The header and the lives of a round, by its key; of what stood behind a sample's values the engine's flags alone.
pub(in crate::store) fn round_of_lives<E: Engine>(engine: &mut E, key: RoundKey) -> Result<Round> {
    let texts = Texts::of(engine)?;
    lives_by_id(engine, key.0, &texts, TailsTaken::Flags)
}

/// A round by its file's number.
pub(in crate::store) fn by_id<E: Engine>(engine: &mut E, id: i64) -> Result<Round> {
    let file = [Value::Int(id)];
    let texts = Texts::of(engine)?;
    let lives = lives_by_id(engine, id, &texts, TailsTaken::Whole)?;
    Ok(Round {
        engagements: engagements(engine, &file, &texts)?,
        kill_cells: kill_cells(engine, &file)?,
        movement_cells: movement_cells(engine, &file)?,
        revives: revives(engine, &file, &texts)?,
        ..lives
    })
}

/// The same with nothing but its header and its lives.
fn lives_by_id<E: Engine>(engine: &mut E, id: i64, texts: &Texts, taken: TailsTaken) -> Result<Round> {
    let file = [Value::Int(id)];
    let row = engine.first(include_str!("../../../schema/query/load/header.sql"), &file)?;
    let row = row.ok_or_else(|| StoreError::Unexpected("the round is not there any more".into()))?;
    Ok(Round {
        meta: header::read(row[0].str()?)?,
        tracks: tracks(engine, &file, texts, taken)?,
        engagements: Vec::new(),
        kill_cells: Vec::new(),
        movement_cells: Vec::new(),
        revives: Vec::new(),
    })
}

/// The whole texts of those that did not fit their columns.
struct Texts(BTreeMap<String, Box<str>>);

impl Texts {
    fn of<E: Engine>(engine: &mut E) -> Result<Self> {
        let mut texts = BTreeMap::new();
        engine.each(include_str!("../../../schema/query/load/long_texts.sql"), &[], &mut |row| {
            let whole: Box<str> = serde_json::from_str(row[1].str()?)
                .map_err(|error| StoreError::Unexpected(format!("a long text is damaged: {error}")))?;
            texts.insert(row[0].str()?.to_owned(), whole);
            Ok(())
        })?;
        Ok(Self(texts))
    }

    fn whole(&self, value: &Value<'_>) -> Result<Box<str>> {
        let text = value.str()?;
        Ok(self.0.get(text).cloned().unwrap_or_else(|| text.into()))
    }

    fn guid(&self, value: &Value<'_>) -> Result<Guid> {
        self.whole(value).map(Guid::new)
    }

    fn name(&self, value: &Value<'_>) -> Result<PlayerName> {
        self.whole(value).map(PlayerName)
    }
}

fn tracks<E: Engine>(
    engine: &mut E,
    file: &[Value<'_>],
    texts: &Texts,
    taken: TailsTaken,
) -> Result<Vec<Track>> {
    let sql = match engine.dialect() {
        // The view's subquery for the path is cheap only row by row; a join reads both tables in step.
        Dialect::Sqlite => include_str!("../../../schema/query/load/lives_sqlite.sql"),
        Dialect::Postgres => include_str!("../../../schema/query/load/lives.sql"),
    };
    let mut tracks = Vec::new();
    engine.each(sql, file, &mut |row| {
        let (guid, name) = (texts.guid(&row[0])?, texts.name(&row[1])?);
        tracks.push(packed::unpack_life_with(taken, row[2].bytes()?, guid, name)?);
        Ok(())
    })?;
    Ok(tracks)
}

fn engagements<E: Engine>(engine: &mut E, file: &[Value<'_>], texts: &Texts) -> Result<Vec<Engagement>> {
    let mut attackers: BTreeMap<i64, Vec<(Guid, PlayerName)>> = BTreeMap::new();
    engine.each(include_str!("../../../schema/query/load/attackers.sql"), file, &mut |row| {
        attackers.entry(row[0].int()?).or_default().push((texts.guid(&row[1])?, texts.name(&row[2])?));
        Ok(())
    })?;
    let mut participants: BTreeMap<i64, Vec<Guid>> = BTreeMap::new();
    engine.each(include_str!("../../../schema/query/load/participants.sql"), file, &mut |row| {
        participants.entry(row[0].int()?).or_default().push(texts.guid(&row[1])?);
        Ok(())
    })?;
    let mut engagements = Vec::new();
    engine.each(include_str!("../../../schema/query/load/engagements.sql"), file, &mut |row| {
        let number = row[0].int()?;
        let some = |value: &Value<'_>| (!value.is_null()).then_some(());
        let who = Participants {
            target: (texts.guid(&row[1])?, texts.name(&row[2])?),
            killer: (
                some(&row[3]).map(|()| texts.guid(&row[3])).transpose()?,
                some(&row[4]).map(|()| texts.name(&row[4])).transpose()?,
            ),
            attackers: attackers.remove(&number).unwrap_or_default(),
            participants: participants.remove(&number).unwrap_or_default(),
        };
        engagements.push(packed::unpack_engagement(row[5].bytes()?, who)?);
        Ok(())
    })?;
    Ok(engagements)
}

fn revives<E: Engine>(engine: &mut E, file: &[Value<'_>], texts: &Texts) -> Result<Vec<Revive>> {
    let mut revives = Vec::new();
    engine.each(include_str!("../../../schema/query/load/revives.sql"), file, &mut |row| {
        let time = i32::try_from(row[0].int()?)
            .map_err(|_| StoreError::Unexpected("a revive lies outside of time".into()))?;
        let [x, y, z] = [&row[4], &row[5], &row[6]].map(|value| value.real().map(|value| value as f32));
        revives.push(Revive {
            time: LevelTime(time),
            guid: texts.guid(&row[1])?,
            name: texts.name(&row[2])?,
            medic_guid: texts.guid(&row[3])?,
            at: WorldPoint::new(x?, y?, z?),
        });
        Ok(())
    })?;
    Ok(revives)
}

fn kill_cells<E: Engine>(engine: &mut E, file: &[Value<'_>]) -> Result<Vec<KillCell>> {
    let rows = engine.rows(include_str!("../../../schema/query/load/kill_cells.sql"), file)?;
    rows.iter()
        .map(|row| {
            let (x, y) = (row[0].int()? as i32, row[1].int()? as i32);
            Ok(KillCell { x, y, axis_kills: row[2].int()?, allies_kills: row[3].int()? })
        })
        .collect()
}

fn movement_cells<E: Engine>(engine: &mut E, file: &[Value<'_>]) -> Result<Vec<MovementCell>> {
    let rows = engine.rows(include_str!("../../../schema/query/load/movement_cells.sql"), file)?;
    rows.iter()
        .map(|row| {
            let (x, y) = (row[0].int()? as i32, row[1].int()? as i32);
            let [traversal, combat, escape] = [row[2].int()?, row[3].int()?, row[4].int()?];
            Ok(MovementCell { x, y, traversal, combat, escape })
        })
        .collect()
}
