//! One answer: from files, from the lake, by the aggregate here and on a cluster, with and without sums.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proximity::analysis::{Occupancy, Split, Weight, lives};
use proximity::figure::heat_grids;
use proximity::{Bots, Class, Filter, Maps, Rounds, State, Team};
use sha2::{Digest as _, Sha256};

use super::nodes::Nodes;
use super::rounds::World;
use super::{Running, cluster, program, proximity, said};

const MAPS: [&str; 2] = ["proximity_demo", "supply"];

/// A question: a filter, and the same as a condition in SQL.
fn questions() -> Vec<(Filter, String)> {
    let mut questions = Vec::new();
    for map in MAPS {
        let all = Filter::new().map(map);
        let here = format!("map = '{map}'");
        questions.extend([
            (all.clone(), format!("{here} AND NOT bot")),
            (all.clone().bots(Bots::Include), here.clone()),
            (all.clone().bots(Bots::Only), format!("{here} AND bot")),
            (all.clone().team(Team::Axis), format!("{here} AND NOT bot AND team = 0")),
            (all.clone().class(Class::Medic), format!("{here} AND NOT bot AND class = 1")),
        ]);
    }
    questions
}

/// The SHA-256 of rows `state,cell,us` of all cells within the grid that are not 0, in their order.
fn hash(rows: &str) -> String {
    assert!(rows.lines().count() > 100, "hardly any rows: {rows}");
    Sha256::digest(rows).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn hash_of_rounds(rounds: &Rounds, filter: &Filter) -> String {
    let chosen = rounds.select(filter).rounds().unwrap().rounds;
    let map = Maps::default().library().unwrap().find(&filter.maps[0]).unwrap().unwrap();
    let mut grid = Occupancy::new(heat_grids(&map.extent.rect).unwrap().time, Split::State, Weight::Time);
    for round in chosen.to_vec().unwrap() {
        lives(&round, filter).lives.iter().for_each(|life| grid.add(life));
    }
    let mut rows = String::new();
    for state in State::ALL {
        let plane = grid.state(state);
        for (cell, us) in plane.iter().enumerate().filter(|(_, us)| **us > 0) {
            let _ = writeln!(rows, "{},{cell},{us}", state.index());
        }
    }
    hash(&rows)
}

fn hash_of_sql(lake: &str, sql: &str, scheduler: &[&str]) -> String {
    let rows = said(cluster(&["sql", lake, sql, "--format", "csv"]).args(scheduler));
    hash(rows.strip_prefix("state,cell,us\n").unwrap())
}

/// The grid of the samples that match.
fn by_aggregate(map: &str, condition: &str) -> String {
    format!(
        "SELECT s['state'] AS state, s['cell'] AS cell, s['us'] AS us FROM \
         (SELECT unnest(occupancy(x, y, dx, dy, dt, step, '{map}')) AS s FROM samples WHERE {condition}) \
         WHERE s['cell'] >= 0 ORDER BY 1, 2"
    )
}

/// The same from the months' sums.
fn by_sums(condition: &str) -> String {
    format!(
        "SELECT state, cell, sum(us) AS us FROM heat WHERE {condition} AND cell >= 0 GROUP BY state, cell ORDER BY 1, 2"
    )
}

#[test]
fn a_grid_is_the_same_whoever_sums_it() {
    let world = World::get();
    let nodes = Nodes::start(2);
    let there = ["--scheduler", &nodes.url()];
    let files = Rounds::open(world.rounds()).unwrap();
    let lake = Rounds::open(format!("lake:{}", world.lake())).unwrap();
    for (filter, condition) in questions() {
        let expected = hash_of_rounds(&files, &filter);
        let sql = by_aggregate(&filter.maps[0], &condition);
        let found = [
            ("lake", hash_of_rounds(&lake, &filter)),
            ("aggregate, here", hash_of_sql(&world.lake(), &sql, &[])),
            ("aggregate, on a cluster", hash_of_sql(&world.lake(), &sql, &there)),
            ("aggregate, compacted", hash_of_sql(&world.summed(), &sql, &[])),
            ("sums, here", hash_of_sql(&world.summed(), &by_sums(&condition), &[])),
            ("sums, on a cluster", hash_of_sql(&world.summed(), &by_sums(&condition), &there)),
        ];
        for (who, found) in found {
            assert_eq!(found, expected, "{who}: {condition}");
        }
    }
    // A month from the sums and the other from its samples add up to both.
    let both = "SELECT state, cell, sum(us) AS us FROM \
        (SELECT state, cell, us FROM heat WHERE map = 'proximity_demo' AND month = '2026-03' AND NOT bot UNION ALL \
         SELECT s['state'], s['cell'], s['us'] FROM \
         (SELECT unnest(occupancy(x, y, dx, dy, dt, step, 'proximity_demo')) AS s FROM samples \
          WHERE map = 'proximity_demo' AND month = '2026-04' AND NOT bot)) \
        WHERE cell >= 0 GROUP BY state, cell ORDER BY 1, 2";
    let expected = hash_of_rounds(&files, &Filter::new().map("proximity_demo"));
    assert_eq!(hash_of_sql(&world.summed(), both, &[]), expected);
    let refused = |sql: &str| {
        let output = Running::of(cluster(&["sql", &world.summed(), sql]).args(there)).end(super::PATIENCE);
        (!output.status.success()).then(|| String::from_utf8(output.stderr).unwrap())
    };
    for wrong in [
        both,
        "SELECT count(*) FROM rounds UNION ALL SELECT count(*) FROM rounds",
        "SELECT round FROM (SELECT round FROM lives ORDER BY round LIMIT 1) UNION SELECT round FROM lives",
        "SELECT round FROM lives WHERE round IN (SELECT max(round) FROM lives UNION ALL SELECT min(round) FROM lives)",
        "SELECT 1 UNION ALL SELECT 2",
    ] {
        let said = refused(wrong).unwrap_or_default();
        assert!(said.contains("without --scheduler"), "{wrong}: {said}");
    }
    for right in [
        "SELECT round, count(*) FROM lives WHERE round > 1 GROUP BY round ORDER BY round LIMIT 3",
        "SELECT count(*) FROM (SELECT round FROM lives WHERE bot UNION ALL SELECT round FROM lives WHERE NOT bot)",
        "SELECT a.round FROM lives AS a JOIN lives AS b ON a.round = b.round LIMIT 1",
    ] {
        assert_eq!(refused(right), None, "{right}");
    }
}

#[test]
fn a_picture_is_the_same_whoever_sums_it() {
    let world = World::get();
    let nodes = Nodes::start(2);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let draw = |command: &mut std::process::Command, name: &str, options: &[&str]| {
        said(command.args(["--out", &at(name)]).args(options));
        fs::read(Path::new(&at(name))).unwrap()
    };
    let (heat, paths) = (["heatmap", "heat"], ["paths", "paths"]);
    let all: [([&str; 2], &[&str]); 13] = [
        (heat, &["--map", "proximity_demo"]),
        (heat, &["--map", "supply"]),
        (heat, &["--map", "proximity_demo", "--by", "team", "--bots", "include"]),
        (heat, &["--map", "supply", "--team", "axis", "--class", "medic"]),
        (heat, &["--map", "proximity_demo", "--session", "2026-03-14", "--state", "run"]),
        // Sums know neither of these.
        (heat, &["--map", "proximity_demo", "--life-window", "0..10"]),
        (heat, &["--map", "proximity_demo", "--round", "1", "--weight", "players"]),
        // So many lives that their lines are counted, by the engine; and fewer.
        (paths, &["--map", "proximity_demo"]),
        (paths, &["--map", "proximity_demo", "--color", "team", "--bots", "include"]),
        (paths, &["--map", "proximity_demo", "--color", "speed"]),
        (paths, &["--map", "supply"]),
        // Of these, sums do not tell.
        (paths, &["--map", "proximity_demo", "--color", "player"]),
        (paths, &["--map", "proximity_demo", "--class", "medic", "--crop", "data"]),
    ];
    for ([alone, by_engine], options) in all {
        let expected = draw(
            program(env!("CARGO_BIN_EXE_proximity")).args([alone, &world.rounds()]),
            "files.png",
            options,
        );
        let found = [
            (
                "proximity --lake",
                draw(
                    program(env!("CARGO_BIN_EXE_proximity")).args([alone, "--lake", &world.lake()]),
                    "lake.png",
                    options,
                ),
            ),
            ("here", draw(&mut cluster(&[by_engine, &world.lake()]), "here.png", options)),
            (
                "on a cluster",
                draw(
                    &mut cluster(&[by_engine, &world.lake(), "--scheduler", &nodes.url()]),
                    "there.png",
                    options,
                ),
            ),
            (
                "summed, on a cluster",
                draw(
                    &mut cluster(&[by_engine, &world.summed(), "--scheduler", &nodes.url()]),
                    "sums.png",
                    options,
                ),
            ),
        ];
        for (who, found) in found {
            assert!(found == expected, "{who}: {by_engine} {options:?}: another picture");
        }
    }
}

#[test]
fn a_file_of_sums_is_drawn() {
    let world = World::get();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let sql = by_aggregate("supply", "map = 'supply' AND NOT bot");
    let rows = said(&mut cluster(&["sql", &world.lake(), &sql, "--out", &at("sums.parquet")]));
    assert!(rows.contains("rows"), "{rows}");
    let lives = "SELECT count(*) AS n FROM lives WHERE map = 'supply' AND used_samples > 0 AND NOT bot";
    let lives = said(&mut cluster(&["sql", &world.lake(), lives, "--format", "csv"]));
    let lives = lives.lines().nth(1).unwrap().to_owned();
    let (sums, picture) = (at("sums.parquet"), at("supply.png"));
    let arguments = ["heatmap", "--cube", &sums, "--lives", &lives, "--map", "supply", "--out", &picture];
    let summary = proximity(&arguments);
    assert!(summary.contains(&format!("{lives} lives")), "{summary}");
}
