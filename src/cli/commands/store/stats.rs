//! `stats`: tables of figures out of a store.

use anyhow::{Result, bail};
use clap::{Args as Arguments, ValueEnum};
use serde_json::{Map, Value, json};

use crate::analysis::StateSet;
use crate::cli::Outcome;
use crate::cli::args::FilterArgs;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::console::Console;
use crate::model::PlayerName;
use crate::store::{Cell, Stats, Table};
use crate::text::visible;

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
    /// Players by their speed
    Players,
    /// What engagements say about each player
    Teamplay,
    /// Pairs of players who fire together
    Pairs,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let filter = args.filter.filter();
    if filter.states != StateSet::ALL || filter.life_window.is_some() || filter.round_window.is_some() {
        bail!("stats counts whole lives: leave --state, --life-window and --round-window out");
    }
    let is_of_engagements = matches!(args.what, What::Teamplay | What::Pairs);
    if is_of_engagements && !(filter.teams.is_empty() && filter.classes.is_empty()) {
        bail!("engagements are counted per player: leave --team and --class out");
    }
    let what = match args.what {
        What::Movers => Stats::Movers,
        What::Reaction => Stats::Reaction,
        What::Classes => Stats::Classes,
        What::Sprint => Stats::Sprint,
        What::Players => Stats::Players { least_lives: args.least_lives },
        What::Teamplay => Stats::Teamplay,
        What::Pairs => Stats::Pairs,
    };
    let mut table = args.database.open()?.stats(what, &filter)?;
    if table.rows.is_empty() {
        console.complain("no lives match; `proximity status` says what the store has");
    }
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

fn as_json(table: &Table) -> Value {
    let cell = |cell: &Cell| match cell {
        Cell::Nothing => Value::Null,
        Cell::Int(value) => json!(value),
        Cell::Real(value) => json!(rounded(*value)),
        Cell::Text(text) => json!(text),
    };
    let row = |row: &Vec<Cell>| -> Map<String, Value> {
        table.columns.iter().zip(row).map(|(name, value)| ((*name).to_owned(), cell(value))).collect()
    };
    table.rows.iter().map(row).collect()
}

fn as_csv(table: &Table) -> String {
    let mut out = table.columns.join(",");
    out.push('\n');
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| csv_field(&plain(cell))).collect();
        out.extend([&cells.join(","), "\n"]);
    }
    out
}

/// A field by RFC 4180. A text that a spreadsheet would take for a formula is kept from being one.
pub(crate) fn csv_field(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || (text.starts_with('-') && text.parse::<f64>().is_err());
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Int(value) => value.to_string(),
        Cell::Real(value) => rounded(*value).to_string(),
        Cell::Text(text) => text.clone(),
    }
}

/// Columns side by side under the words of their names, numbers to the right, names as people read them.
fn as_text(table: &Table) -> String {
    let shown = |cell: &Cell| match cell {
        Cell::Nothing => "–".to_owned(),
        Cell::Real(value) => format!("{value:.1}"),
        Cell::Text(text) => visible(&PlayerName::from(text.as_str()).display()),
        Cell::Int(_) => plain(cell),
    };
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
    let width = |place: usize, name: &str| {
        let cells = rows.iter().map(|row| row[place].chars().count());
        cells.chain(name.split('_').map(str::len)).max().unwrap_or_default()
    };
    let widths: Vec<usize> =
        table.columns.iter().enumerate().map(|(place, name)| width(place, name)).collect();
    let is_text =
        |place: usize| matches!(table.rows.first().map(|row| &row[place]), Some(Cell::Text(_)) | None);
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).enumerate().map(|(place, (text, width))| {
            if is_text(place) { format!("{text:<width$}") } else { format!("{text:>width$}") }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    };
    // A word to a line, as in a printed table: eighteen columns of teamplay still fit beside each other.
    let words: Vec<Vec<&'static str>> = table.columns.iter().map(|name| name.split('_').collect()).collect();
    let lines = words.iter().map(Vec::len).max().unwrap_or_default();
    let mut out = String::new();
    for index in 0..lines {
        // Words stand on the last lines, however many there are.
        let word = |words: &Vec<&'static str>| {
            let place = (index + words.len()).checked_sub(lines);
            place.map_or("", |place| words[place])
        };
        out.push_str(&line(words.iter().map(word).collect()));
    }
    for row in &rows {
        out.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    out
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
}
