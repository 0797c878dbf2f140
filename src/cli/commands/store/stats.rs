//! `stats`: tables of figures out of a store.

use anyhow::{Result, bail};
use clap::{Args as Arguments, ValueEnum};
use serde_json::{Map, Value, json};

use super::{exit_table, known_in};
use crate::analysis::StateSet;
use crate::cli::Outcome;
use crate::cli::args::FilterArgs;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::commands::maps::MapsArgs;
use crate::cli::console::Console;
use crate::model::PlayerName;
use crate::store::{Cell, Stats, Table};
use crate::text::{csv_field, visible};

/// Arguments of `stats`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity stats players --session 2026-11-22 --least-lives 1")]
pub(crate) struct Args {
    /// Which table
    what: What,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Print it as JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print it as CSV
    #[arg(long)]
    csv: bool,
    /// Print at most this many rows
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// For players: only those with at least this many lives
    #[arg(long, value_name = "N", default_value_t = 6)]
    least_lives: u32,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    maps: MapsArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Lives by the distance covered
    Movers,
    /// Time from spawn to the first move, by class
    Reaction,
    /// How each class moves
    Classes,
    /// Share of time spent sprinting, by class
    Sprint,
    /// Players by their speed, with kills, deaths and damage
    Players,
    /// What engagements say about each player
    Teamplay,
    /// Pairs of players who fire together
    Pairs,
    /// How players leave their spawns: shares and times of every gate, those too that a picture puts together as others; the letters are this table's own
    Exits,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let filter = args.filter.filter();
    if filter.states != StateSet::ALL || filter.life_window.is_some() || filter.round_window.is_some() {
        bail!("stats counts whole lives: leave --state, --life-window and --round-window out");
    }
    let is_of_engagements = matches!(args.what, What::Teamplay | What::Pairs);
    if is_of_engagements && !(filter.teams.is_empty() && filter.classes.is_empty()) {
        bail!("engagements are counted per player: --team and --class mean nothing here");
    }
    let what = match args.what {
        What::Movers => Stats::Movers,
        What::Reaction => Stats::Reaction,
        What::Classes => Stats::Classes,
        What::Sprint => Stats::Sprint,
        What::Players => Stats::Players { least_lives: args.least_lives },
        What::Teamplay => Stats::Teamplay,
        What::Pairs => Stats::Pairs,
        What::Exits => {
            let table = exit_table::of(&args.database.url()?, &filter, &args.maps, console)?;
            return print(args, table, console);
        }
    };
    let mut store = args.database.open()?;
    let mut table = store.stats(what, &filter)?;
    if table.rows.is_empty() {
        let known = known_in(&args.database.url()?, &filter, console)?;
        table = store.stats(what, &known)?;
    }
    print(args, table, console)
}

fn print(args: &Args, mut table: Table, console: &mut Console) -> Result<Outcome> {
    table.rows.truncate(args.top.unwrap_or(usize::MAX));
    if args.json {
        console.json(&as_json(&table))?;
    } else if args.csv {
        console.write(as_csv(&table).as_bytes())?;
    } else {
        console.write(as_text(&table).as_bytes())?;
    }
    Ok(Outcome::Done)
}

/// A measure, with no more digits than it deserves.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// How a column is printed for programs: its name, and its value in a row.
type Field<'a> = (String, Box<dyn Fn(&Cell) -> Cell + 'a>);

/// The columns for programs: names without colour codes, and after them as the files have them.
fn fields(table: &Table) -> Vec<(usize, Field<'static>)> {
    let mut fields: Vec<(usize, Field<'static>)> = Vec::new();
    for (place, name) in table.columns.iter().enumerate() {
        let as_it_is = || Box::new(Cell::clone) as Box<dyn Fn(&Cell) -> Cell>;
        if is_player_name(name) {
            let readable = |cell: &Cell| match cell {
                Cell::Text(text) => Cell::Text(PlayerName::from(text.as_str()).display().into_owned()),
                other => other.clone(),
            };
            fields.push((place, ((*name).to_owned(), Box::new(readable))));
            fields.push((place, (format!("{name}_raw"), as_it_is())));
        } else {
            fields.push((place, ((*name).to_owned(), as_it_is())));
        }
    }
    fields
}

fn is_player_name(column: &str) -> bool {
    column.starts_with("player") && column.ends_with("name")
}

fn as_json(table: &Table) -> Value {
    let cell = |cell: Cell| match cell {
        Cell::Nothing => Value::Null,
        Cell::Int(value) => json!(value),
        Cell::Real(value) => json!(rounded(value)),
        Cell::Text(text) => json!(text),
    };
    let fields = fields(table);
    let row = |row: &Vec<Cell>| -> Map<String, Value> {
        fields.iter().map(|(place, (name, value))| (name.clone(), cell(value(&row[*place])))).collect()
    };
    table.rows.iter().map(row).collect()
}

fn as_csv(table: &Table) -> String {
    let fields = fields(table);
    let mut out = fields.iter().map(|(_, (name, _))| name.as_str()).collect::<Vec<_>>().join(",");
    out.push('\n');
    for row in &table.rows {
        let cells = fields.iter().map(|(place, (_, value))| csv_field(&plain(&value(&row[*place]))));
        out.extend([&cells.collect::<Vec<_>>().join(","), "\n"]);
    }
    out
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Int(value) => value.to_string(),
        Cell::Real(value) => rounded(*value).to_string(),
        Cell::Text(text) => text.clone(),
    }
}

/// How a table for people shows a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Text,
    Count,
    /// Minutes, of milliseconds.
    Minutes,
    /// Seconds, of milliseconds.
    Seconds,
    /// Metres, of units.
    Metres,
    /// Metres per second, of units per second.
    Speed,
    Percent,
}

/// Metres of a unit, which the game takes for an inch.
const METRES_PER_UNIT: f64 = 0.0254;

/// Headings by the columns' names, with the unit that values are shown in.
const HEADINGS: [(&str, &str, Shown); 53] = [
    ("player_name", "player", Shown::Text),
    ("player1_name", "player", Shown::Text),
    ("player2_name", "and", Shown::Text),
    ("player_class", "class", Shown::Text),
    ("map_name", "map", Shown::Text),
    ("session_date", "session", Shown::Text),
    ("round_number", "round", Shown::Count),
    ("lives", "lives", Shown::Count),
    ("rounds", "rounds", Shown::Count),
    ("kills", "kills", Shown::Count),
    ("deaths", "deaths", Shown::Count),
    ("damage", "damage", Shown::Count),
    ("duration_ms", "alive s", Shown::Seconds),
    ("alive_ms", "alive min", Shown::Minutes),
    ("total_distance_units", "distance m", Shown::Metres),
    ("avg_speed_ups", "moving m/s", Shown::Speed),
    ("peak_speed_ups", "top m/s", Shown::Speed),
    ("sprint_pct", "sprint %", Shown::Percent),
    ("avg_sprint_pct", "sprint %", Shown::Percent),
    ("standing_pct", "standing %", Shown::Percent),
    ("crouching_pct", "crouching %", Shown::Percent),
    ("prone_pct", "prone %", Shown::Percent),
    ("low_pct", "low %", Shown::Percent),
    ("avg_reaction_ms", "first move s", Shown::Seconds),
    ("crossfire_participations", "crossfires", Shown::Count),
    ("crossfire_count", "crossfires", Shown::Count),
    ("crossfire_kills", "xf kills", Shown::Count),
    ("crossfire_damage", "xf damage", Shown::Count),
    ("total_combined_damage", "xf damage", Shown::Count),
    ("crossfire_final_blows", "xf last hits", Shown::Count),
    ("avg_crossfire_delay_ms", "xf delay s", Shown::Seconds),
    ("avg_delay_ms", "delay s", Shown::Seconds),
    ("solo_kills", "solo kills", Shown::Count),
    ("solo_engagements", "solo", Shown::Count),
    ("times_targeted", "attacked", Shown::Count),
    ("times_focused", "by 2+", Shown::Count),
    ("focus_escapes", "got away", Shown::Count),
    ("focus_deaths", "died", Shown::Count),
    ("solo_escapes", "by 1 got away", Shown::Count),
    ("solo_deaths", "by 1 died", Shown::Count),
    ("avg_escape_distance_units", "escape m", Shown::Metres),
    ("avg_engagement_duration_ms", "lasted s", Shown::Seconds),
    ("total_damage_taken", "taken", Shown::Count),
    ("games_together", "rounds", Shown::Count),
    ("player_guid", "guid", Shown::Text),
    ("gate", "gate", Shown::Text),
    ("spawn_area", "spawn area", Shown::Text),
    ("direction", "to", Shown::Text),
    ("place", "place", Shown::Text),
    ("exits", "exits", Shown::Count),
    ("exit_pct", "share %", Shown::Percent),
    ("median_exit_ms", "median s", Shown::Seconds),
    ("fastest_tenth_ms", "fastest tenth s", Shown::Seconds),
];

/// A cell as people read it.
fn shown(cell: &Cell, how: Shown) -> String {
    let value = match cell {
        Cell::Nothing => return "–".to_owned(),
        Cell::Text(text) => return visible(&PlayerName::from(text.as_str()).display()),
        Cell::Int(value) if matches!(how, Shown::Count | Shown::Text) => return value.to_string(),
        Cell::Int(value) => *value as f64,
        Cell::Real(value) => *value,
    };
    match how {
        Shown::Minutes => format!("{:.1}", value / 60_000.0),
        Shown::Seconds => format!("{:.1}", value / 1_000.0),
        Shown::Metres => format!("{:.0}", value * METRES_PER_UNIT),
        Shown::Speed => format!("{:.1}", value * METRES_PER_UNIT),
        Shown::Text | Shown::Count | Shown::Percent => format!("{value:.1}"),
    }
}

/// Columns side by side under one line of headings, numbers to the right, in the units that people know; guids last.
fn as_text(table: &Table) -> String {
    let heading = |name: &str| {
        let known = HEADINGS.iter().find(|(column, ..)| *column == name);
        known.map_or_else(
            || (name.replace('_', " "), Shown::Text),
            |(_, heading, how)| ((*heading).to_owned(), *how),
        )
    };
    let mut places: Vec<usize> = (0..table.columns.len()).collect();
    places.sort_by_key(|&place| table.columns[place].ends_with("guid"));
    let columns = places.iter().map(|&place| {
        let (heading, how) = heading(table.columns[place]);
        let cells: Vec<String> = table.rows.iter().map(|row| shown(&row[place], how)).collect();
        let width = cells.iter().chain([&heading]).map(|cell| cell.chars().count()).max().unwrap_or_default();
        let pad = move |cell: &str| {
            if how == Shown::Text { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        };
        std::iter::once(&heading).chain(&cells).map(|cell| pad(cell)).collect::<Vec<String>>()
    });
    let columns: Vec<Vec<String>> = columns.collect();
    let line = |index: usize| {
        let line = columns.iter().map(|column| column[index].as_str()).collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    };
    (0..=table.rows.len()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_fields_are_quoted_and_are_no_formulas() {
        assert_eq!(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv_field("=1+1"), "'=1+1");
        assert_eq!(csv_field("-x"), "'-x");
        assert_eq!(csv_field("-12.5"), "-12.5");
    }

    #[test]
    fn tables_for_people_have_one_line_of_headings_and_the_units_that_people_know() {
        let table = Table {
            columns: vec![
                "player_guid",
                "player_name",
                "lives",
                "avg_speed_ups",
                "total_distance_units",
                "alive_ms",
            ],
            rows: vec![
                vec![
                    Cell::Text("0F1E".into()),
                    Cell::Text("^1Al^7pha".into()),
                    Cell::Int(12),
                    Cell::Real(250.0),
                    Cell::Real(100_000.0),
                    Cell::Int(90_000),
                ],
                vec![
                    Cell::Text("11AA".into()),
                    Cell::Text("b".into()),
                    Cell::Int(3),
                    Cell::Nothing,
                    Cell::Real(4.0),
                    Cell::Int(6_000),
                ],
            ],
        };
        let expected = "player  lives  moving m/s  distance m  alive min  guid\n\
                        Alpha      12         6.3        2540        1.5  0F1E\n\
                        b           3           –           0        0.1  11AA\n";
        assert_eq!(as_text(&table), expected);
        let csv = as_csv(&table);
        assert!(csv.starts_with("player_guid,player_name,player_name_raw,lives,"), "{csv}");
        assert!(csv.contains("0F1E,Alpha,^1Al^7pha,12,250,100000,90000\n"), "{csv}");
        assert_eq!(as_json(&table)[0]["player_name_raw"], "^1Al^7pha");
    }
}
