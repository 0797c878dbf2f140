//! The database of January 2026 is taken over in place, and its queries go on working.

use proximity::Filter;
use proximity::store::{Imported, SchemaState};

use super::sample::{ready, session};
use super::{Backend, server};

/// The tables of January 2026, with the columns that rows had.
const TABLES: [(&str, &str); 6] = [
    (
        "player_track",
        "session_date, round_number, map_name, player_guid, player_name, team, player_class, spawn_time_ms, \
         death_time_ms, duration_ms, first_move_time_ms, time_to_first_move_ms, sample_count, path, total_distance, \
         avg_speed, sprint_percentage, created_at",
    ),
    (
        "combat_engagement",
        "session_date, round_number, map_name, engagement_id, start_time_ms, end_time_ms, duration_ms, target_guid, \
         target_name, target_team, outcome, total_damage_taken, killer_guid, killer_name, position_path, start_x, \
         start_y, start_z, end_x, end_y, end_z, distance_traveled, attackers, num_attackers, is_crossfire, \
         crossfire_delay_ms, crossfire_participants, created_at",
    ),
    (
        "player_teamplay_stats",
        "player_guid, player_name, crossfire_participations, crossfire_kills, crossfire_damage, solo_kills, \
         times_targeted, total_damage_taken",
    ),
    (
        "crossfire_pairs",
        "player1_guid, player1_name, player2_guid, player2_name, crossfire_count, crossfire_kills, games_together",
    ),
    ("map_kill_heatmap", "map_name, grid_x, grid_y, grid_size, total_kills, axis_kills, allies_kills"),
    (
        "map_movement_heatmap",
        "map_name, grid_x, grid_y, grid_size, traversal_count, combat_count, escape_count",
    ),
];

/// The questions that people asked that database, word for word; they must still be understood.
const QUESTIONS: [&str; 4] = [
    "SELECT player_name, player_class, duration_ms, total_distance, sprint_percentage
FROM player_track
WHERE session_date = CURRENT_DATE
ORDER BY total_distance DESC;",
    "SELECT player_class,
       AVG(time_to_first_move_ms) as avg_reaction_ms,
       COUNT(*) as tracks
FROM player_track
WHERE time_to_first_move_ms IS NOT NULL
GROUP BY player_class;",
    "SELECT player_name, player_class, AVG(avg_speed) as speed
FROM player_track
GROUP BY player_guid, player_name, player_class
HAVING COUNT(*) > 5
ORDER BY speed DESC
LIMIT 10;",
    "SELECT player_class,
       AVG(sprint_percentage) as avg_sprint_pct
FROM player_track
GROUP BY player_class
ORDER BY avg_sprint_pct DESC;",
];

fn postgres() -> Option<Backend> {
    Backend::all().into_iter().nth(1)
}

/// The rows of a query, each as JSON text, in order.
fn asked(client: &mut postgres::Client, sql: &str) -> Vec<String> {
    let sql = format!("SELECT row_to_json(answer)::text FROM ({}) AS answer", sql.trim_end_matches(';'));
    let mut rows: Vec<String> = client.query(&sql, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    rows.sort();
    rows
}

/// Makes the original tables in one database and copies the rows of another one into them.
fn copy_back(from: &mut postgres::Client, to: &mut postgres::Client) {
    to.batch_execute(include_str!("../../../schema/postgres/0001_january_2026.sql")).unwrap();
    for (table, columns) in TABLES {
        let rows: Option<String> = from
            .query_one(&format!("SELECT json_agg(t)::text FROM (SELECT {columns} FROM {table}) AS t"), &[])
            .unwrap()
            .get(0);
        let sql = format!(
            "INSERT INTO {table} ({columns}) SELECT {columns} \
             FROM json_populate_recordset(NULL::{table}, $1::text::json)"
        );
        assert!(to.execute(&sql, &[&rows.unwrap()]).unwrap() > 0, "{table} is empty");
    }
}

#[test]
fn its_rows_are_kept_and_its_files_are_known_again() {
    let (Some(now), Some(then)) = (postgres(), postgres()) else { return };
    let server = server::server().unwrap();
    let rounds: Vec<_> = session()[..2].iter().map(super::sample::Sheet::round).collect();
    let mut store = now.ready();
    for round in &rounds {
        store.import(ready(round, &*store)).unwrap();
    }
    let mut old = server.client(then.database.as_deref().unwrap());
    copy_back(&mut server.client(now.database.as_deref().unwrap()), &mut old);
    let everything = |client: &mut postgres::Client| -> Vec<Vec<String>> {
        // Engagements and lives keep every value; sums are recomputed, so of those only whose they are is compared.
        TABLES
            .iter()
            .map(|(table, columns)| match *table {
                "player_track" | "combat_engagement" => format!("SELECT id, {columns} FROM {table}"),
                "player_teamplay_stats" => format!("SELECT player_guid, player_name FROM {table}"),
                "crossfire_pairs" => format!("SELECT player1_guid, player2_guid FROM {table}"),
                _ => format!("SELECT {columns} FROM {table}"),
            })
            .map(|sql| asked(client, &sql))
            .collect()
    };
    let before = everything(&mut old);
    let answers: Vec<_> = QUESTIONS.iter().map(|sql| asked(&mut old, sql)).collect();
    assert_eq!(answers.iter().map(Vec::len).collect::<Vec<_>>(), [0, 5, 0, 5]);

    let mut migrated = then.open();
    assert_eq!(migrated.schema().unwrap(), SchemaState::January2026);
    migrated.migrate().unwrap();
    assert_eq!(migrated.schema().unwrap(), SchemaState::Current);
    for (kept, had) in everything(&mut old).iter().zip(&before) {
        let (kept, had): (Vec<_>, Vec<_>) = (figures_apart(kept), figures_apart(had));
        assert_eq!(kept, had);
    }
    for (sql, answer) in QUESTIONS.iter().zip(&answers) {
        assert_eq!(asked(&mut old, sql).len(), answer.len(), "{sql}");
    }

    // They are rounds like any other.
    let stored = migrated.rounds(&Filter::everything()).unwrap();
    assert_eq!(stored.len(), 2);
    for (stored, round) in stored.iter().zip(&rounds) {
        let legacy = migrated.load(stored.key).unwrap();
        assert_eq!(legacy.tracks.len(), round.tracks.len());
        assert_eq!(legacy.engagements.len(), round.engagements.len());
        for life in &legacy.tracks {
            let same = round.tracks.iter().find(|t| (&t.guid, t.spawn) == (&life.guid, life.spawn)).unwrap();
            assert_eq!(life.samples, same.samples);
        }
    }
    // Their files, imported later, take their place; then nothing tells this database from a new one.
    for round in &rounds {
        let outcome = migrated.import(ready(round, &*migrated)).unwrap();
        assert!(matches!(outcome, Imported::Changed { .. }), "{outcome:?}");
    }
    let base = |dump: String| {
        // Heat that no file had accounted for stays as a row of no file, used up to zero.
        let lines = dump.lines().skip_while(|line| *line != "== player_track");
        lines.filter(|line| !line.starts_with('|')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(base(migrated.dump().unwrap()), base(store.dump().unwrap()));
}

/// Rows without the figures that are computed anew from the path, by today's definitions.
fn figures_apart(rows: &[String]) -> Vec<serde_json::Value> {
    let mut rows: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            let mut row: serde_json::Value = serde_json::from_str(row).unwrap();
            for figure in ["total_distance", "avg_speed", "sprint_percentage", "round_number"] {
                row.as_object_mut().unwrap().remove(figure);
            }
            row
        })
        .collect();
    rows.sort_by_key(ToString::to_string);
    rows
}

#[test]
fn its_questions_are_understood_by_a_new_database() {
    let Some(backend) = postgres() else { return };
    let mut store = backend.ready();
    for sheet in session() {
        store.import(ready(&sheet.round(), &*store)).unwrap();
    }
    let mut client = server::server().unwrap().client(backend.database.as_deref().unwrap());
    assert_eq!(asked(&mut client, QUESTIONS[1]).len(), 5, "a row for each class");
    assert_eq!(asked(&mut client, QUESTIONS[2]).len(), 6, "each player has eight lives");
    assert_eq!(asked(&mut client, QUESTIONS[3]).len(), 5);
    client.batch_execute("UPDATE player_track SET session_date = CURRENT_DATE").unwrap();
    let today = client.query(QUESTIONS[0], &[]).unwrap();
    let lives: usize = session().iter().map(|sheet| sheet.round().tracks.len()).sum();
    assert_eq!(today.len(), lives);
    let distances: Vec<Option<f32>> = today.iter().map(|row| row.get(3)).collect();
    let known: Vec<f32> = distances.iter().flatten().copied().collect();
    assert!(known.is_sorted_by(|a, b| a >= b));
    // And the plans that those indexes are for can use them.
    let indexes: i64 = client
        .query_one(
            "SELECT COUNT(*) FROM pg_indexes WHERE tablename = 'player_track' AND indexname IN \
             ('idx_track_session', 'idx_track_player', 'idx_track_map', 'idx_track_class')",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(indexes, 4);
}
