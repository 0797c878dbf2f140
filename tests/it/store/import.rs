//! Importing and loading: new, again, cut, whole, changed.

use std::fmt::Write as _;

use proximity::Filter;
use proximity::Round;
use proximity::analysis::{Crossfires, Teamplay};
use proximity::model::{Tails, Track};
use proximity::store::{Cell, Existing, Imported, Stats, Storage};

use super::on_both;
use super::sample::{Sheet, read, ready, session};

/// Imports a round and says what became of it.
fn import(store: &mut dyn Storage, round: &Round) -> Imported {
    let file = ready(round, store);
    store.import(file).unwrap()
}

#[test]
fn a_round_comes_back_as_it_was_read() {
    on_both(|backend| {
        let mut store = backend.ready();
        for sheet in session() {
            assert_eq!(import(&mut *store, &sheet.round()), Imported::New);
        }
        let stored = store.rounds(&Filter::everything()).unwrap();
        assert_eq!(stored.len(), 4);
        for (stored, sheet) in stored.iter().zip(session()) {
            let round = sheet.round();
            assert_eq!(store.load(stored.key).unwrap(), round);
            let lives = store.load_lives(stored.key).unwrap();
            let flags = |mut track: Track| {
                let (all, mut flags) = (std::mem::take(&mut track.tails), Tails::default());
                for index in 0..all.len() {
                    let of_flags = all.get(index).split(',').nth(3);
                    flags.push(&of_flags.map_or_else(String::new, |flags| format!(",,,{flags}")));
                }
                Track { tails: flags, ..track }
            };
            let expected: Vec<Track> = round.tracks.iter().cloned().map(flags).collect();
            assert_eq!((&lives.meta, &lives.tracks), (&round.meta, &expected));
            assert!(lives.engagements.is_empty() && !round.engagements.is_empty());
            assert_eq!(stored.meta, round.meta);
            assert_eq!(stored.session_date.to_string(), "2026-09-12");
        }
        insta::assert_snapshot!("session", store.dump().unwrap());
    });
}

#[test]
fn importing_again_changes_nothing() {
    on_both(|backend| {
        let mut store = backend.ready();
        let round = Sheet::default().round();
        import(&mut *store, &round);
        let before = store.dump().unwrap();
        assert_eq!(import(&mut *store, &round), Imported::AlreadyThere(Existing::SameBytes));
        // The same bytes under another name.
        let renamed =
            read("2026-09-14-101500-supply-round-1_engagements.txt", Sheet::default().text().as_bytes());
        assert_eq!(import(&mut *store, &renamed), Imported::AlreadyThere(Existing::SameBytes));
        assert_eq!(store.dump().unwrap(), before);
    });
}

/// A file and its first part, as a server that is stopped leaves it.
fn cut(sheet: &Sheet, name: &str, share: f64) -> Round {
    let text = sheet.text();
    let round = read(name, &text.as_bytes()[..(text.len() as f64 * share) as usize]);
    assert!(!round.meta.complete);
    round
}

#[test]
fn a_cut_file_gives_way_to_the_whole_one() {
    on_both(|backend| {
        let mut alone = super::Backend::all();
        let mut alone = alone.remove(usize::from(backend.name != "SQLite")).ready();
        let sheet = Sheet::default();
        let whole = sheet.round();
        import(&mut *alone, &whole);
        let expected = alone.dump().unwrap();
        let without_files = |dump: &str| {
            dump.lines().skip_while(|line| *line != "== player_track").collect::<Vec<_>>().join("\n")
        };

        let mut store = backend.ready();
        let first = cut(&sheet, &sheet.name(), 0.7);
        assert_eq!(import(&mut *store, &first), Imported::New);
        // Longer, but still cut.
        let second = cut(&sheet, &sheet.name(), 0.8);
        assert!(matches!(import(&mut *store, &second), Imported::Changed { .. }));
        assert!(matches!(import(&mut *store, &whole), Imported::Changed { .. }));
        // The cut ones are known and not taken back.
        assert_eq!(import(&mut *store, &first), Imported::AlreadyThere(Existing::BetterBefore));
        assert_eq!(import(&mut *store, &second), Imported::AlreadyThere(Existing::BetterBefore));
        assert_eq!(store.rounds(&Filter::everything()).unwrap().len(), 1);
        assert_eq!(store.status().unwrap().copies, 2);
        assert_eq!(without_files(&store.dump().unwrap()), without_files(&expected));
    });
}

#[test]
fn the_second_copy_of_a_file_written_twice_is_known() {
    // With a start time, and (tracker 4.1) without one: a pair fifteen seconds apart, the first one cut.
    for start_unix in [1_789_237_000, 0] {
        insta::with_settings!({ snapshot_suffix => format!("start-{start_unix}") }, { on_both(|backend| {
            let sheet = Sheet { start_unix, ..Sheet::default() };
            let late = Sheet { stamp: "2026-09-12-203015", ..sheet.clone() };
            let whole = late.round();
            let early = cut(&sheet, &sheet.name(), 0.75);
            for order in [[&early, &whole], [&whole, &early]] {
                let mut store = backend.ready();
                store.cleanup("2026-09-12".parse().unwrap()).unwrap();
                let results = order.map(|round| import(&mut *store, round));
                assert_eq!(results[0], Imported::New);
                assert_ne!(results[1], Imported::New);
                let stored = store.rounds(&Filter::everything()).unwrap();
                assert_eq!(stored.len(), 1);
                assert_eq!(store.load(stored[0].key).unwrap(), whole);
            }
        }); });
    }
}

#[test]
fn a_map_played_again_is_another_round() {
    on_both(|backend| {
        let mut store = backend.ready();
        // Old trackers write no start; both rounds have the same number, players and spawn times.
        for stamp in ["2026-09-12-203000", "2026-09-12-214500"] {
            let sheet = Sheet { stamp, start_unix: 0, seed: stamp.len() as u32, ..Sheet::default() };
            let text =
                sheet.text().replace("round_start_unix=0", &format!("round_start_unix=0\n# remark={stamp}"));
            assert_eq!(import(&mut *store, &read(&sheet.name(), text.as_bytes())), Imported::New);
        }
        assert_eq!(store.rounds(&Filter::everything()).unwrap().len(), 2);
        assert_eq!(store.status().unwrap().lives, 24);
    });
}

#[test]
fn a_file_written_again_replaces_its_rows() {
    on_both(|backend| {
        let mut store = backend.ready();
        let sheet = Sheet::default();
        import(&mut *store, &sheet.round());
        let changed = Sheet { seed: 99, ..sheet }.round();
        assert!(matches!(import(&mut *store, &changed), Imported::Changed { .. }));
        let stored = store.rounds(&Filter::everything()).unwrap();
        assert_eq!(store.load(stored[0].key).unwrap(), changed);
        let kills: Vec<_> = store
            .dump()
            .unwrap()
            .lines()
            .filter(|line| line.starts_with("supply|-1|2|512|"))
            .map(str::to_owned)
            .collect();
        assert_eq!(kills, ["supply|-1|2|512|100|99|1|100|1|99", "supply|-1|2|512|109|3|1"]);
    });
}

#[test]
fn aggregates_are_those_of_the_analysis() {
    on_both(|backend| {
        let mut store = backend.ready();
        let rounds: Vec<Round> = session().iter().map(Sheet::round).collect();
        for round in &rounds {
            import(&mut *store, round);
        }
        let teamplay = Teamplay::of(&rounds);
        let table = store.stats(Stats::Teamplay, &Filter::everything()).unwrap();
        assert_eq!(table.rows.len(), teamplay.players.len());
        // The same table, once from the aggregates and once from the rounds.
        let everyone = Filter::everything();
        let one_by_one = Filter {
            sessions: Some(("2026-09-12".parse().unwrap(), "2026-09-12".parse().unwrap())),
            ..everyone.clone()
        };
        for what in [Stats::Teamplay, Stats::Pairs] {
            let from_aggregates = store.stats(what, &everyone).unwrap();
            assert!(!from_aggregates.rows.is_empty());
            assert_eq!(
                from_aggregates,
                store.stats(what, &one_by_one).unwrap(),
                "{what:?} on {}",
                backend.name
            );
        }
        assert_eq!(Crossfires::of(&rounds).pairs.len(), 1);
        // Half of the rounds.
        let frost = Filter { maps: vec!["ETL_FROSTBITE".into()], ..everyone };
        let rows = store.stats(Stats::Teamplay, &frost).unwrap().rows;
        let times = |rows: &[Vec<Cell>]| {
            rows.iter().map(|row| if let Cell::Int(n) = row[9] { n } else { 0 }).sum::<i64>()
        };
        assert_eq!(times(&rows) * 2, times(&table.rows));
    });
}

#[test]
fn parts_of_a_round_are_one_game_together_in_every_table() {
    on_both(|backend| {
        let mut store = backend.ready();
        let first = session()[0].round();
        // Its second part, ten minutes later on the same clock; its start is reckoned a second later.
        let mut second = first.clone();
        let later = |time: &mut proximity::model::LevelTime| time.0 += 600_000;
        for track in &mut second.tracks {
            later(&mut track.spawn);
            track.end.iter_mut().chain(&mut track.first_move).for_each(later);
            for sample in &mut track.samples {
                later(&mut sample.time);
            }
        }
        for engagement in &mut second.engagements {
            later(&mut engagement.start);
            later(&mut engagement.end);
        }
        second.meta.start_unix = first.meta.start_unix.map(|start| start + 1);
        second.meta.stamp = first.meta.stamp.map(|stamp| stamp + jiff::SignedDuration::from_mins(10));
        second.meta.content_hash = "2".repeat(64).into();
        for round in [&first, &second] {
            assert_eq!(import(&mut *store, round), Imported::New);
        }
        let games = |filter: &Filter, store: &mut dyn Storage| {
            let table = store.stats(Stats::Pairs, filter).unwrap();
            let place = table.columns.iter().position(|name| *name == "games_together").unwrap();
            table.rows.iter().map(|row| row[place].clone()).collect::<Vec<_>>()
        };
        assert_eq!(games(&Filter::everything(), &mut *store), [Cell::Int(1)], "{}", backend.name);
    });
}

#[test]
fn every_table_of_figures() {
    on_both(|backend| {
        let mut store = backend.ready();
        for sheet in session() {
            import(&mut *store, &sheet.round());
        }
        let mut text = String::new();
        let filters = [
            ("people", Filter::default()),
            (
                "medics and engineers of the second rounds",
                Filter {
                    round: Some(2),
                    classes: vec![proximity::Class::Medic, proximity::Class::Engineer],
                    ..Filter::everything()
                },
            ),
            (
                "one player",
                Filter {
                    players: vec![proximity::analysis::PlayerPattern::new("alpha")],
                    ..Filter::default()
                },
            ),
        ];
        for (name, filter) in filters {
            for what in [
                Stats::Movers,
                Stats::Reaction,
                Stats::Classes,
                Stats::Sprint,
                Stats::Players { least_lives: 6 },
            ] {
                let mut table = store.stats(what, &filter).unwrap();
                table.rows.truncate(4);
                writeln!(text, "== {what:?}, {name}\n{}", table.columns.join("|")).unwrap();
                for row in table.rows {
                    let cells: Vec<String> = row
                        .iter()
                        .map(|cell| match cell {
                            Cell::Nothing => String::new(),
                            Cell::Int(value) => value.to_string(),
                            Cell::Real(value) => (*value as f32).to_string(),
                            Cell::Text(text) => text.clone(),
                        })
                        .collect();
                    writeln!(text, "{}", cells.join("|")).unwrap();
                }
            }
        }
        insta::assert_snapshot!("figures", text);
    });
}

#[test]
fn a_day_can_be_removed() {
    on_both(|backend| {
        let mut store = backend.ready();
        let sheets = session();
        import(&mut *store, &sheets[0].round());
        let before = store.dump().unwrap();
        let next = Sheet { stamp: "2026-09-20-203000", start_unix: 1_790_000_000, ..sheets[1].clone() };
        import(&mut *store, &next.round());
        let removed = store.cleanup("2026-09-20".parse().unwrap()).unwrap();
        assert_eq!((removed.files, removed.rounds, removed.lives, removed.samples), (1, 1, 12, 168));
        assert_eq!(store.dump().unwrap(), before);
        assert_eq!(store.cleanup("2026-09-20".parse().unwrap()).unwrap().files, 0);
        store.cleanup("2026-09-12".parse().unwrap()).unwrap();
        assert!(store.dump().unwrap().lines().all(|line| line.starts_with("== ")));
    });
}
