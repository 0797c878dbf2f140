//! Tables of figures: the original tracker's sample queries and the team-play tables.

use crate::analysis::{Bots, Crossfires, Filter, Teamplay};
use crate::model::{Guid, GuidKind, PlayerName};
use crate::store::backend::engine::{Engine, Row, Value, spell};
use crate::store::error::Result;
use crate::store::figures;
use crate::store::read::load;
use crate::store::row::json;

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stats {
    /// Lives by the distance covered, farthest first.
    Movers,
    /// Time from spawn to the first move, by class.
    Reaction,
    /// How each class moves.
    Classes,
    /// Share of time spent sprinting, by class.
    Sprint,
    /// Players by their speed, fastest first.
    Players {
        /// Only players with at least so many lives.
        least_lives: u32,
    },
    /// What engagements say about each player.
    Teamplay,
    /// Who fires together with whom.
    Pairs,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names of the columns, with the unit of what is measured: `_ms`, `_units`, `_ups` (units per second), `_pct`.
    pub columns: Vec<&'static str>,
    /// Rows, best first.
    pub rows: Vec<Vec<Cell>>,
}

/// A value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Not known.
    Nothing,
    /// A whole number.
    Int(i64),
    /// A measure.
    Real(f64),
    /// A text as a file has it: it may hold colour codes and control characters.
    Text(String),
}

/// The lives that a filter wants; `$1` files, `$2` players with their names, `$3` teams, `$4` classes (NULL: all).
const SELECTED: &str = include_str!("../../../schema/query/stats/selected.sql");

pub(in crate::store) fn table<E: Engine>(engine: &mut E, what: Stats, filter: &Filter) -> Result<Table> {
    match what {
        Stats::Movers => lives_table(
            engine,
            filter,
            &[
                "player_name",
                "player_class",
                "map_name",
                "session_date",
                "round_number",
                "duration_ms",
                "total_distance_units",
                "avg_speed_ups",
                "sprint_pct",
            ],
            include_str!("../../../schema/query/stats/movers.sql"),
            None,
        ),
        Stats::Reaction => lives_table(
            engine,
            filter,
            &["player_class", "avg_reaction_ms", "lives"],
            include_str!("../../../schema/query/stats/reaction.sql"),
            None,
        ),
        Stats::Classes => lives_table(
            engine,
            filter,
            &[
                "player_class",
                "lives",
                "alive_ms",
                "total_distance_units",
                "avg_speed_ups",
                "peak_speed_ups",
                "standing_pct",
                "crouching_pct",
                "prone_pct",
                "low_pct",
            ],
            include_str!("../../../schema/query/stats/classes.sql"),
            None,
        ),
        Stats::Sprint => lives_table(
            engine,
            filter,
            &["player_class", "avg_sprint_pct", "lives"],
            include_str!("../../../schema/query/stats/sprint.sql"),
            None,
        ),
        Stats::Players { least_lives } => {
            let mut table = lives_table(
                engine,
                filter,
                &[
                    "player_guid",
                    "player_name",
                    "lives",
                    "rounds",
                    "kills",
                    "deaths",
                    "damage",
                    "avg_speed_ups",
                    "total_distance_units",
                    "alive_ms",
                    "peak_speed_ups",
                ],
                include_str!("../../../schema/query/stats/players.sql"),
                Some(least_lives),
            )?;
            if !filter.classes.is_empty() {
                // Engagements do not tell a player's class.
                table.rows.iter_mut().for_each(|row| row[4..7].fill(Cell::Nothing));
            }
            Ok(table)
        }
        Stats::Teamplay => teamplay(engine, filter),
        Stats::Pairs => pairs(engine, filter),
    }
}

fn lives_table<E: Engine>(
    engine: &mut E,
    filter: &Filter,
    columns: &[&'static str],
    query: &str,
    least: Option<u32>,
) -> Result<Table> {
    let mut parameters = selection(engine, filter)?;
    parameters.extend(least.map(|least| Value::Int(least.into())));
    let sql = spell(engine.dialect(), &format!("{SELECTED}{query}"));
    let mut rows = Vec::new();
    engine.each(&sql, &parameters, &mut |row| {
        rows.push(cells(row));
        Ok(())
    })?;
    Ok(Table { columns: columns.to_vec(), rows })
}

fn cells(row: Row) -> Vec<Cell> {
    let cells = row.into_iter().map(|value| match value {
        Value::Null | Value::Bytes(_) => Cell::Nothing,
        Value::Int(value) => Cell::Int(value),
        Value::Bool(value) => Cell::Int(i64::from(value)),
        Value::Real(value) => Cell::Real(value),
        Value::Text(text) => Cell::Text(text.into_owned()),
    });
    cells.collect()
}

/// A filter as parameters of [`SELECTED`]. Rounds and players are chosen here, by the same rules as in pictures.
fn selection<E: Engine>(engine: &mut E, filter: &Filter) -> Result<Vec<Value<'static>>> {
    let files: Vec<String> =
        load::rounds(engine, filter)?.iter().map(|round| round.key.0.to_string()).collect();
    let list = |texts: Vec<String>| Value::text(json::list(texts.iter().map(String::as_str)));
    let players = if filter.players.is_empty() && filter.bots == Bots::Include {
        Value::Null
    } else {
        let mut wanted = Vec::new();
        engine.each("SELECT DISTINCT player_guid, player_name FROM player_track", &[], &mut |row| {
            let (guid, name) = (row[0].str()?, row[1].str()?);
            if wants(filter, guid, name) {
                // No guid and no name has a line break: both come from lines.
                wanted.push(format!("{guid}\n{name}"));
            }
            Ok(())
        })?;
        list(wanted)
    };
    let all_or = |words: Vec<String>| if words.is_empty() { Value::Null } else { list(words) };
    Ok(vec![
        list(files),
        players,
        all_or(filter.teams.iter().map(ToString::to_string).collect()),
        all_or(filter.classes.iter().map(ToString::to_string).collect()),
    ])
}

/// Whether a filter wants a player.
fn wants(filter: &Filter, guid: &str, name: &str) -> bool {
    let is_bot = Guid::from(guid).kind() == GuidKind::Bot;
    let bots = match filter.bots {
        Bots::Exclude => !is_bot,
        Bots::Include => true,
        Bots::Only => is_bot,
    };
    let name = PlayerName::from(name);
    bots && (filter.players.is_empty() || filter.players.iter().any(|player| player.matches(guid, &name)))
}

/// Whether the figures at hand say it: the filter leaves no round out, and none of them is stale.
fn is_at_hand<E: Engine>(engine: &mut E, filter: &Filter) -> Result<bool> {
    let all_rounds = filter.maps.is_empty() && filter.sessions.is_none() && filter.round.is_none();
    Ok(all_rounds && !figures::stale(engine)?.any())
}

const TEAMPLAY: [&str; 18] = [
    "player_guid",
    "player_name",
    "crossfire_participations",
    "crossfire_kills",
    "crossfire_damage",
    "crossfire_final_blows",
    "avg_crossfire_delay_ms",
    "solo_kills",
    "solo_engagements",
    "times_targeted",
    "times_focused",
    "focus_escapes",
    "focus_deaths",
    "solo_escapes",
    "solo_deaths",
    "avg_escape_distance",
    "avg_engagement_duration_ms",
    "total_damage_taken",
];

fn teamplay<E: Engine>(engine: &mut E, filter: &Filter) -> Result<Table> {
    let mut rows = Vec::new();
    if is_at_hand(engine, filter)? {
        let sql = format!("SELECT {} FROM player_teamplay_stats", TEAMPLAY.join(", "));
        engine.each(&sql, &[], &mut |row| {
            if wants(filter, row[0].str()?, row[1].str()?) {
                rows.push(cells(row));
            }
            Ok(())
        })?;
    } else {
        let mut figures = Teamplay::default();
        for round in load::rounds(engine, filter)? {
            figures.add(&load::round(engine, round.key)?);
        }
        for (guid, player) in &figures.players {
            let name = player.name.as_ref().map_or("", |name| name.as_str());
            if wants(filter, guid.as_str(), name) {
                let count = |count: u64| Cell::Int(count as i64);
                let mean =
                    |mean: Option<f64>| mean.map_or(Cell::Nothing, |mean| Cell::Real(f64::from(mean as f32)));
                rows.push(vec![
                    Cell::Text(guid.as_str().to_owned()),
                    Cell::Text(name.to_owned()),
                    count(player.crossfire_participations),
                    count(player.crossfire_kills),
                    Cell::Int(player.crossfire_damage),
                    count(player.crossfire_final_blows),
                    mean(player.avg_crossfire_delay_ms()),
                    count(player.solo_kills),
                    count(player.solo_engagements),
                    count(player.times_targeted),
                    count(player.times_focused),
                    count(player.focus_escapes),
                    count(player.focus_deaths),
                    count(player.solo_escapes),
                    count(player.solo_deaths),
                    mean(player.avg_escape_distance()),
                    mean(player.avg_engagement_duration_ms()),
                    Cell::Int(player.total_damage_taken),
                ]);
            }
        }
    }
    sort(&mut rows, 3, 0);
    let unit = |name| if name == "avg_escape_distance" { "avg_escape_distance_units" } else { name };
    Ok(Table { columns: TEAMPLAY.map(unit).to_vec(), rows })
}

const PAIRS: [&str; 9] = [
    "player1_guid",
    "player1_name",
    "player2_guid",
    "player2_name",
    "crossfire_count",
    "crossfire_kills",
    "total_combined_damage",
    "avg_delay_ms",
    "games_together",
];

fn pairs<E: Engine>(engine: &mut E, filter: &Filter) -> Result<Table> {
    let wanted = |guid1: &str, name1: &str, guid2: &str, name2: &str| {
        // Bots are left out on either side; a player who is asked for is one of the two.
        let bots = Filter { players: Vec::new(), ..filter.clone() };
        wants(&bots, guid1, name1)
            && wants(&bots, guid2, name2)
            && (wants(filter, guid1, name1) || wants(filter, guid2, name2))
    };
    let mut rows = Vec::new();
    if is_at_hand(engine, filter)? {
        let sql = format!("SELECT {} FROM crossfire_pairs", PAIRS.join(", "));
        engine.each(&sql, &[], &mut |row| {
            let name = |place: usize| row[place].maybe_str().map(Option::unwrap_or_default);
            if wanted(row[0].str()?, name(1)?, row[2].str()?, name(3)?) {
                rows.push(cells(row));
            }
            Ok(())
        })?;
    } else {
        let mut figures = Crossfires::default();
        for round in load::rounds(engine, filter)? {
            figures.add(&load::round(engine, round.key)?);
        }
        for ((guid1, guid2), pair) in &figures.pairs {
            let name = |name: &Option<PlayerName>| name.as_ref().map_or("", PlayerName::as_str).to_owned();
            let (name1, name2) = (name(&pair.player1_name), name(&pair.player2_name));
            if wanted(guid1.as_str(), &name1, guid2.as_str(), &name2) {
                rows.push(vec![
                    Cell::Text(guid1.as_str().to_owned()),
                    Cell::Text(name1),
                    Cell::Text(guid2.as_str().to_owned()),
                    Cell::Text(name2),
                    Cell::Int(pair.crossfire_count as i64),
                    Cell::Int(pair.crossfire_kills as i64),
                    Cell::Int(pair.total_combined_damage),
                    pair.avg_delay_ms().map_or(Cell::Nothing, |mean| Cell::Real(f64::from(mean as f32))),
                    Cell::Int(pair.games_together() as i64),
                ]);
            }
        }
    }
    sort(&mut rows, 5, 4);
    Ok(Table { columns: PAIRS.to_vec(), rows })
}

/// Most first by one column, then by another, then by guids.
fn sort(rows: &mut [Vec<Cell>], first: usize, second: usize) {
    let number = |cell: &Cell| if let Cell::Int(number) = cell { *number } else { 0 };
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.clone() } else { String::new() };
    rows.sort_by_cached_key(|row| {
        let numbers = (std::cmp::Reverse(number(&row[first])), std::cmp::Reverse(number(&row[second])));
        (numbers, text(&row[0]), text(&row[2]))
    });
}
