//! The sessions of a store, and what a message tells of one: a picture, three numbers, and who moved most.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::message::Message;
use super::words::plain;
use crate::analysis::{Filter, written_at};
use crate::error::Error;
use crate::figure::words::number;
use crate::model::{PlayerName, RoundMeta};
use crate::publish::report::Report;
use crate::report::SharePicture;
use crate::rounds::{Maps, Rounds};
use crate::store::{Cell, DatabaseUrl, Stats, Storage, StoreError};
use crate::text::{counted, hex};

/// The version of the message: messages of an older one are not told anew.
const VERSION: &str = "1";
/// Players in the list of who moved most.
const MOVERS: usize = 5;
/// Longest name of a player or map in a message, characters.
const LONGEST_NAME: usize = 60;
/// Most maps that are named.
const MOST_MAPS: usize = 8;

/// The sessions of a store.
#[derive(Debug, Clone, Default)]
pub struct Sessions(BTreeMap<Date, Played>);

/// The rounds of a session.
#[derive(Debug, Clone, Default)]
pub(super) struct Played {
    /// Its rounds.
    pub rounds: usize,
    /// When its last round ended, seconds since 1970, as far as its files tell.
    pub ended: i64,
    /// What tells one state of it from another.
    pub fingerprint: String,
    /// What lets its rounds through.
    filter: Filter,
    hashes: BTreeSet<String>,
    rounds_of_map: BTreeMap<String, usize>,
}

impl Played {
    /// No round yet of a session on these maps, on any if there are none.
    fn of(date: Date, maps: &[String]) -> Self {
        let filter = Filter { maps: maps.to_vec(), sessions: Some((date, date)), ..Filter::new() };
        Self { filter, ..Self::default() }
    }
}

impl Sessions {
    /// The sessions that a store holds, of the maps and days of a filter.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub fn of(store: &mut dyn Storage, rounds: &Filter) -> Result<Self, StoreError> {
        let mut sessions: BTreeMap<Date, Played> = BTreeMap::new();
        for round in store.rounds(rounds)? {
            let date = round.session_date;
            let played = sessions.entry(date).or_insert_with(|| Played::of(date, &rounds.maps));
            played.rounds += 1;
            played.ended = played.ended.max(ended(&round.meta));
            *played.rounds_of_map.entry(round.meta.map.to_ascii_lowercase()).or_default() += 1;
            played.hashes.insert(round.meta.content_hash.to_string());
        }
        for played in sessions.values_mut() {
            let mut hash = Sha256::new();
            hash.update(VERSION);
            played.hashes.iter().for_each(|content| hash.update(content));
            played.fingerprint = hex(&hash.finalize());
        }
        Ok(Self(sessions))
    }

    /// Whether it holds a session of this date.
    pub fn holds(&self, date: Date) -> bool {
        self.0.contains_key(&date)
    }

    #[cfg(feature = "discord")]
    pub(super) fn get(&self, date: Date) -> Option<&Played> {
        self.0.get(&date)
    }

    /// All of them with their dates, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Date, &Played)> {
        self.0.iter().map(|(date, played)| (*date, played))
    }

    /// Whether a later session has begun.
    pub(super) fn is_followed(&self, date: Date) -> bool {
        self.0.last_key_value().is_some_and(|(last, _)| *last > date)
    }
}

/// When a round ended: by its Unix keys, else by its stamp as if the server's clock were UTC.
fn ended(meta: &RoundMeta) -> i64 {
    let stamp = || TimeZone::UTC.to_timestamp(written_at(meta)?).ok().map(Timestamp::as_second);
    meta.end_unix.or(meta.start_unix).or_else(stamp).unwrap_or(0)
}

/// A player's part in a session.
struct Mover {
    name: String,
    distance_units: f64,
    speed_ups: Option<f64>,
}

/// The message about a session; `None` when no player was in it.
///
/// # Errors
/// A store that cannot be read, or a picture that cannot be drawn.
pub(super) fn message(
    store: &mut dyn Storage,
    url: &DatabaseUrl,
    maps: &Maps,
    date: Date,
    played: &Played,
    public_url: Option<&str>,
) -> Result<Option<Message>, Error> {
    let movers = movers(store, &played.filter)?;
    if movers.is_empty() {
        return Ok(None);
    }
    let content = content(date, played, &movers, public_url);
    let report = Report::new().of(played.filter.clone()).maps(maps.clone());
    let SharePicture { png, alt } = report.share_picture(&Rounds::store(url.clone())?)?;
    Ok(Some(Message::new(&content, &format!("session-{date}.png"), png, &alt)))
}

/// Who covered how much, farthest first.
fn movers(store: &mut dyn Storage, filter: &Filter) -> Result<Vec<Mover>, Error> {
    let table = store.stats(Stats::Players { least_lives: 1 }, filter)?;
    let column = |name: &str| table.columns.iter().position(|column| *column == name).unwrap_or(usize::MAX);
    let (name, distance, speed) =
        (column("player_name"), column("total_distance_units"), column("avg_speed_ups"));
    let real = |cell: Option<&Cell>| match cell {
        Some(Cell::Real(value)) => Some(*value),
        Some(Cell::Int(value)) => Some(*value as f64),
        _ => None,
    };
    let mut movers: Vec<Mover> = table
        .rows
        .iter()
        .map(|row| Mover {
            name: match row.get(name) {
                Some(Cell::Text(text)) => PlayerName::from(text.as_str()).display().into_owned(),
                _ => String::new(),
            },
            distance_units: real(row.get(distance)).unwrap_or(0.0),
            speed_ups: real(row.get(speed)),
        })
        .collect();
    movers.sort_by(|a, b| b.distance_units.total_cmp(&a.distance_units));
    Ok(movers)
}

fn content(date: Date, played: &Played, movers: &[Mover], public_url: Option<&str>) -> String {
    let mut maps: Vec<String> =
        played.rounds_of_map.keys().take(MOST_MAPS).map(|map| plain(map, LONGEST_NAME)).collect();
    if played.rounds_of_map.len() > MOST_MAPS {
        maps.push("…".to_owned());
    }
    let covered: f64 = movers.iter().map(|mover| mover.distance_units).sum();
    let mut lines = vec![
        format!("**Session of {}** · {}", number::date(date), maps.join(", ")),
        format!(
            "**{}** · **{}** · **{}** covered",
            counted(played.rounds as u64, "round", "rounds"),
            counted(movers.len() as u64, "player", "players"),
            number::kilometres(covered),
        ),
    ];
    let listed = movers.iter().take(MOVERS).enumerate();
    lines.extend(listed.map(|(place, mover)| {
        let speed = mover.speed_ups.map(|ups| format!(", {}/s", number::metres(ups)));
        format!(
            "{}. {} {}{}",
            place + 1,
            plain(&mover.name, LONGEST_NAME),
            number::kilometres(mover.distance_units),
            speed.unwrap_or_default()
        )
    }));
    // In angle brackets an address shows no preview.
    lines.extend(public_url.map(|url| format!("<{url}/{date}/>")));
    lines.join("\n")
}
