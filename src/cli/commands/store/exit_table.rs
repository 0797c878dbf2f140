//! `stats exits`: the figures of the exits picture, for every map.

use std::collections::BTreeSet;

use anyhow::Result;

use super::known_in;
use crate::analysis::{ExitOptions, Filter, Life, Lives, lives};
use crate::cli::commands::maps::MapsArgs;
use crate::cli::console::Console;
use crate::figure::exits::{ExitArea, areas};
use crate::model::Round;
use crate::rounds::{EachRound as _, Maps, Rounds};
use crate::store::{Cell, DatabaseUrl, Table};

/// One row for each gate, in the order of maps and spawn areas, and one for an area's other exits.
pub(super) fn of(
    url: &DatabaseUrl,
    filter: &Filter,
    folders: &MapsArgs,
    console: &mut Console,
) -> Result<Table> {
    let table = read(url, filter, folders, console)?;
    if !table.rows.is_empty() {
        return Ok(table);
    }
    let known = known_in(url, filter, console)?;
    read(url, &known, folders, console)
}

fn read(url: &DatabaseUrl, filter: &Filter, folders: &MapsArgs, console: &Console) -> Result<Table> {
    folders.check()?;
    let rounds = Rounds::store(url.clone())?;
    let progress = console.progress();
    let selected = rounds.select(filter).rounds()?;
    let maps: BTreeSet<String> =
        selected.rounds.headers()?.into_iter().flatten().map(|meta| meta.map.to_ascii_lowercase()).collect();
    let mut rows = Vec::new();
    for name in &maps {
        let filter = Filter { maps: vec![name.clone()], ..filter.clone() };
        let of_map = selected.rounds.select(&filter).rounds()?;
        let map = Maps::in_folders(&folders.folders()).find(name, &of_map.rounds, progress)?;
        // Paths are grouped over all lives at once, in the order of their rounds.
        let mut read: Vec<(u32, Round)> = of_map.rounds.look(
            progress,
            "reading",
            Vec::new,
            |read, round| read.push((round.order, round.round.clone())),
            Extend::extend,
        )?;
        read.sort_by_key(|(order, _)| *order);
        let cleaned: Vec<Lives<'_>> = read.iter().map(|(_, round)| lives(round, &filter)).collect();
        let all: Vec<&Life<'_>> = cleaned.iter().flat_map(|lives| &lives.lives).collect();
        rows.extend(areas(&all, &ExitOptions::default(), &map).iter().flat_map(|area| of_area(name, area)));
    }
    let columns = vec![
        "map_name",
        "spawn_area",
        "gate",
        "direction",
        "place",
        "exits",
        "exit_pct",
        "median_exit_ms",
        "fastest_tenth_ms",
    ];
    Ok(Table { columns, rows })
}

fn of_area(map: &str, area: &ExitArea) -> Vec<Vec<Cell>> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let share = |exits: u64| Cell::Real(100.0 * exits as f64 / area.exits.max(1) as f64);
    let gates = area.gates.iter().map(|gate| {
        vec![
            text(map),
            text(&area.name),
            text(&gate.letter.to_string()),
            text(gate.direction.label()),
            gate.place.as_deref().map_or(Cell::Nothing, text),
            Cell::Int(gate.exits as i64),
            share(gate.exits),
            Cell::Int(gate.median_ms),
            Cell::Int(gate.fastest_tenth_ms),
        ]
    });
    let mut rows: Vec<Vec<Cell>> = gates.collect();
    let shown: u64 = area.gates.iter().map(|gate| gate.exits).sum();
    if area.exits > shown {
        let others = area.exits - shown;
        let nothing = || Cell::Nothing;
        let head = vec![text(map), text(&area.name), text("other"), nothing(), nothing()];
        rows.push([head, vec![Cell::Int(others as i64), share(others), nothing(), nothing()]].concat());
    }
    rows
}
