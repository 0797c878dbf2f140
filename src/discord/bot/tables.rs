//! Tables of figures as text in a message.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::commands::Table;
use crate::analysis::Filter;
use crate::figure::words::number;
use crate::model::PlayerName;
use crate::store::{Cell, Stats, Storage, StoreError};
use crate::text::visible;

/// Longest name in a table, characters.
const LONGEST_NAME: usize = 20;

/// The first rows of a table as a block of text, and the names in it; `None` when it has none.
pub(super) fn table(
    store: &mut dyn Storage,
    which: Table,
    filter: &Filter,
    top: usize,
) -> Result<Option<(String, BTreeSet<String>)>, StoreError> {
    let stats = match which {
        Table::Movers => Stats::Movers,
        Table::Reaction => Stats::Reaction,
        Table::Sprint => Stats::Sprint,
    };
    let table = store.stats(stats, filter)?;
    if table.rows.is_empty() {
        return Ok(None);
    }
    let names = match which {
        Table::Movers => table.rows.iter().take(top).map(|row| name(row.first())).collect(),
        Table::Reaction | Table::Sprint => BTreeSet::new(),
    };
    let mut lines = vec![head(which)];
    lines.extend(table.rows.iter().take(top).map(|row| match which {
        Table::Movers => vec![
            name(row.first()),
            words(row.get(2)),
            measure(row.get(6), number::kilometres),
            measure(row.get(7), |ups| format!("{}/s", number::metres(ups))),
        ],
        Table::Reaction => {
            vec![
                words(row.first()),
                measure(row.get(1), |ms| number::seconds(ms / 1000.0)),
                words(row.get(2)),
            ]
        }
        Table::Sprint => {
            vec![
                words(row.first()),
                measure(row.get(1), |percent| format!("{percent:.0} %")),
                words(row.get(2)),
            ]
        }
    }));
    Ok(Some((block(&lines), names)))
}

fn head(which: Table) -> Vec<String> {
    let words: &[&str] = match which {
        Table::Movers => &["player", "map", "covered", "speed"],
        Table::Reaction => &["class", "first move", "lives"],
        Table::Sprint => &["class", "sprint", "lives"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn name(cell: Option<&Cell>) -> String {
    match cell {
        Some(Cell::Text(text)) => PlayerName::from(text.as_str()).display().into_owned(),
        other => words(other),
    }
}

fn words(cell: Option<&Cell>) -> String {
    match cell {
        Some(Cell::Text(text)) => text.clone(),
        Some(Cell::Int(value)) => value.to_string(),
        Some(Cell::Real(value)) => format!("{value:.1}"),
        Some(Cell::Nothing) | None => "–".to_owned(),
    }
}

fn measure(cell: Option<&Cell>, words: impl Fn(f64) -> String) -> String {
    match cell {
        Some(Cell::Real(value)) => words(*value),
        Some(Cell::Int(value)) => words(*value as f64),
        _ => "–".to_owned(),
    }
}

/// Rows in columns, as a block that no name can end.
fn block(rows: &[Vec<String>]) -> String {
    let clean = |cell: &String| -> String {
        let text = visible(cell).replace('`', "'");
        text.chars().take(LONGEST_NAME).collect()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(clean).collect()).collect();
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = "```\n".to_owned();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[column] - cell.chars().count());
            // The first column is text, the others are mostly numbers.
            let _ = if column == 0 { write!(line, "{cell}{pad}") } else { write!(line, "  {pad}{cell}") };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text + "```"
}
