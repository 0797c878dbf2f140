//! Rounds into a SQLite database, and a figure out of it: `cargo run --example keep_in_a_store -- FILE.db TRACKERFILE…`

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use proximity::analysis::{Filter, session_date};
use proximity::format;
use proximity::store::{Cell, Create, DatabaseUrl, Stats, open, prepare};

/// Keeps tracker files, told apart by their names, in a database; gives its table of movers as text.
///
/// # Errors
/// Bytes that are no tracker file, a file without a date, a database that cannot be written.
pub fn keep(database: &Path, files: &[(String, Vec<u8>)]) -> Result<String, Box<dyn Error>> {
    let mut store = open(&DatabaseUrl::sqlite(database), Create::IfMissing)?;
    store.migrate()?;
    for (name, bytes) in files {
        let options = format::ReadOptions { file_name: Some(name.clone()), ..format::ReadOptions::default() };
        let round = format::read(bytes, &options)?.file.round;
        let date = session_date(&round.meta).ok_or("neither name nor header says when it was played")?;
        store.import(prepare(round, date, store.form())?)?;
    }

    let movers = store.stats(Stats::Movers, &Filter::default())?;
    let mut out = String::new();
    for row in &movers.rows {
        let cells: Vec<String> = row.iter().map(text).collect();
        writeln!(out, "{}", cells.join("\t"))?;
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
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let database = arguments.next().ok_or("expected FILE.db TRACKERFILE…")?;
    let read = |path: String| Ok((path.clone(), std::fs::read(path)?));
    let files: Vec<_> = arguments.map(read).collect::<std::io::Result<_>>()?;
    print!("{}", keep(Path::new(&database), &files)?);
    Ok(())
}
