//! Figures of players and maps: stale marks, and that they come to what computing everything anew gives.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use proximity::Filter;
use proximity::analysis::Teamplay;
use proximity::store::{Cell, Imported, Stale, Stats, Storage};

use super::sample::{Sheet, ready, session};
use super::{Backend, on_each, server};

/// What can happen to a store.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A round of the session is imported, with one of two contents; figures stay stale.
    Import { round: usize, seed: u32 },
    /// The same, and figures are settled at once.
    ImportAndSettle { round: usize, seed: u32 },
    /// Stale figures are settled.
    Settle,
    /// The store is opened again, as after a kill.
    Reopen,
    /// One of the session dates is removed.
    Cleanup { next_week: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..5_usize, 1..3_u32).prop_map(|(round, seed)| Step::Import { round, seed }),
        2 => (0..5_usize, 1..3_u32).prop_map(|(round, seed)| Step::ImportAndSettle { round, seed }),
        1 => Just(Step::Settle),
        1 => Just(Step::Reopen),
        1 => any::<bool>().prop_map(|next_week| Step::Cleanup { next_week }),
    ]
}

fn sheet(round: usize, seed: u32) -> Sheet {
    let mut sheets = session();
    sheets.push(Sheet { stamp: "2026-09-20-203000", start_unix: 1_790_000_000, ..sheets[1].clone() });
    Sheet { seed, ..sheets.swap_remove(round) }
}

fn take(backend: &Backend, store: &mut Box<dyn Storage>, step: Step) {
    match step {
        Step::Import { round, seed } => {
            let file = ready(&sheet(round, seed).round(), &**store);
            store.import_unsettled(file).unwrap();
        }
        Step::ImportAndSettle { round, seed } => {
            let file = ready(&sheet(round, seed).round(), &**store);
            store.import(file).unwrap();
        }
        Step::Settle => store.settle().unwrap(),
        Step::Reopen => *store = backend.open(),
        Step::Cleanup { next_week } => {
            let date = if next_week { "2026-09-20" } else { "2026-09-12" };
            store.cleanup(date.parse().unwrap()).unwrap();
        }
    }
}

/// The engagements in which each player was the target, as the table says and as the rounds do.
fn targeted(store: &mut dyn Storage) -> [Vec<(String, i64)>; 2] {
    let table = store.stats(Stats::Teamplay, &Filter::everything()).unwrap();
    let cell = |row: &Vec<Cell>| match (&row[0], &row[9]) {
        (Cell::Text(guid), Cell::Int(times)) => (guid.clone(), *times),
        other => panic!("{other:?}"),
    };
    let mut said: Vec<_> = table.rows.iter().map(cell).collect();
    said.sort();
    let keys: Vec<_> = store.rounds(&Filter::everything()).unwrap().iter().map(|round| round.key).collect();
    let rounds: Vec<_> = keys.into_iter().map(|key| store.load(key).unwrap()).collect();
    let players = Teamplay::of(&rounds).players;
    let counted = players.iter().map(|(guid, of)| (guid.as_str().to_owned(), of.times_targeted as i64));
    [said, counted.collect()]
}

/// Marks every figure as stale.
fn mark_everything(backend: &Backend) {
    change(backend, include_str!("../../../schema/query/aggregate/stale_all.sql"));
}

/// Runs SQL behind the store's back.
fn change(backend: &Backend, sql: &str) {
    if let Some(database) = &backend.database {
        server::server().unwrap().client(database).batch_execute(sql).unwrap();
    } else {
        let path = backend.url.sqlite_path().unwrap();
        rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
    }
}

#[test]
fn settled_figures_are_those_of_computing_everything_anew() {
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let check = |steps: Vec<Step>| {
        for backend in Backend::all() {
            let mut store = backend.ready();
            for &step in &steps {
                take(&backend, &mut store, step);
                // Stale or not, what a reader is told is right.
                let [said, counted] = targeted(&mut *store);
                prop_assert_eq!(said, counted, "after {:?} on {}", step, backend.name);
            }
            store.settle().unwrap();
            prop_assert_eq!(store.status().unwrap().stale, Stale::default());
            let settled = store.dump().unwrap();
            mark_everything(&backend);
            store.settle().unwrap();
            prop_assert_eq!(store.dump().unwrap(), settled, "on {}", backend.name);
        }
        Ok(())
    };
    runner.run(&prop::collection::vec(step(), 1..9), check).unwrap();
}

#[test]
fn what_an_import_leaves_stale_is_said_and_settled_when_the_store_is_opened_for_writing() {
    on_each(|backend| {
        let mut store = backend.ready();
        let round = Sheet::default().round();
        assert_eq!(store.import_unsettled(ready(&round, &*store)).unwrap(), Imported::New);
        assert_eq!(store.status().unwrap().stale, Stale { players: 5, maps: 1 });
        assert!(store.dump().unwrap().ends_with("== map_movement_heatmap\n"), "no figure is half computed");
        drop(store);
        let mut store = backend.ready();
        assert_eq!(store.status().unwrap().stale, Stale::default());
        let settled = store.dump().unwrap();
        let mut other = Backend::all().remove(usize::from(backend.database.is_some())).ready();
        other.import(ready(&round, &*other)).unwrap();
        assert_eq!(other.dump().unwrap(), settled);
    });
}

#[test]
fn figures_that_an_earlier_version_settled_are_computed_anew() {
    on_each(|backend| {
        let mut store = backend.ready();
        for sheet in session() {
            store.import(ready(&sheet.round(), &*store)).unwrap();
        }
        let right = store.dump().unwrap();
        while store.rollback().unwrap().unwrap().name != "figures" {}
        drop(store);
        change(backend, "UPDATE crossfire_pairs SET games_together = games_together + 1");
        change(backend, "UPDATE player_movement_stats SET total_distance = total_distance + 1");
        let mut store = backend.ready();
        assert_eq!(store.status().unwrap().stale, Stale::default());
        assert_eq!(store.dump().unwrap(), right);
    });
}

#[test]
fn known_files_are_known_by_their_bytes() {
    on_each(|backend| {
        let mut store = backend.ready();
        assert!(store.known().unwrap().is_empty());
        let round = Sheet::default().round();
        store.import(ready(&round, &*store)).unwrap();
        assert_eq!(store.known().unwrap().into_iter().collect::<Vec<_>>(), [&*round.meta.content_hash]);
    });
}
