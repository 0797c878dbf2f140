//! Rounds into a SQLite database, and a figure out of it: `cargo run --example keep_in_a_store -- FILE.db FOLDER`

use std::fmt::Write as _;
use std::path::Path;

use proximity::store::{Cell, Stats};
use proximity::{Filter, Rounds, Store};

/// Keeps the rounds of a folder in a database; gives its table of movers as text.
///
/// # Errors
/// A folder without tracker files, or a database that cannot be written.
pub fn keep(database: &Path, folder: &str) -> Result<String, proximity::Error> {
    let mut store = Store::open(&format!("sqlite:{}", database.display()))?;
    store.import(&Rounds::open(folder)?)?;
    let movers = store.storage().stats(Stats::Movers, &Filter::new())?;
    let mut out = String::new();
    for row in &movers.rows {
        let cells: Vec<String> = row.iter().map(text).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}", cells.join("\t"));
    }
    Ok(out)
}

/// A cell, or a dash where nothing is known.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => "–".to_owned(),
        Cell::Int(value) => value.to_string(),
        Cell::Real(value) => format!("{value:.1}"),
        Cell::Text(text) => text.clone(),
    }
}

#[allow(
    dead_code,
    clippy::print_stdout,
    reason = "the tests take this file as a module; it prints as a program"
)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(database), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("expected FILE.db FOLDER".into());
    };
    print!("{}", keep(Path::new(&database), &folder)?);
    Ok(())
}
