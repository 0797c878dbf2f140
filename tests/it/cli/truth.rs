//! What the program says of rounds is what happened in them.

use std::path::Path;

use super::{run, said};

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name).to_str().unwrap().to_owned()
}

/// The texts of an SVG picture.
fn words(svg: &str) -> String {
    let svg = std::fs::read_to_string(svg).unwrap();
    let texts: Vec<&str> =
        svg.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text).collect();
    texts.join("\n")
}

fn complaint(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn rounds_of_the_hour_that_comes_twice_stand_in_the_order_of_play() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    said(&["report", &data("clock_goes_back"), "--out", out.to_str().unwrap()]);
    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    let place =
        |map: &str| page.find(&format!(">{map}<")).unwrap_or_else(|| panic!("{map} is not on the page"));
    let places = ["Supply", "Radar", "Oasis", "Goldrush", "Battery"].map(place);
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn players_without_a_guid_of_their_own_are_told_apart_by_name() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out.svg");
    let found =
        said(&["paths", &data("no_own_guid"), "--color", "player", "--json", "--out", out.to_str().unwrap()]);
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert_eq!((&found["lives"], &found["players"], &found["dropped"]), (&3.into(), &3.into(), &0.into()));
    assert!(said(&["check", &data("no_own_guid")]).contains("unknown"), "the check says so");
}

#[test]
fn names_in_the_clients_own_bytes_are_windows_1252() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out.svg");
    let checked = said(&["check", &data("names_8bit")]);
    assert!(checked.contains("Windows-1252"), "{checked}");
    said(&[
        "paths",
        &data("names_8bit"),
        "--player",
        "Zoée",
        "--color",
        "player",
        "--out",
        out.to_str().unwrap(),
    ]);
    let words = words(out.to_str().unwrap());
    assert!(words.contains("Zoée") && !words.contains("Zoèe"), "{words}");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_kill_counts_once_in_figure_tables_and_csv_also_when_its_victim_is_revived() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (picture, out, db) = (at("kills.svg"), at("out"), format!("sqlite:{}", at("k.db")));
    said(&["kills", &data("kills"), "--out", &picture]);
    // Alpha kills Bravo twice, with a revive between, and a team-mate; Delta dies alone.
    let words = words(&picture);
    let texts: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    // A row's value comes before its name.
    let value = |name: &str, nth: usize| {
        let rows: Vec<usize> = (0..texts.len()).filter(|i| texts[*i] == name).collect();
        texts[rows[nth] - 1]
    };
    assert_eq!([value("Allies", 0), value("Axis", 0)], ["3", "1"]);
    assert_eq!([value("Allies", 1), value("Axis", 1)], ["0 kills", "2 kills"]);
    said(&["report", &data("kills"), "--out", &out]);
    let csv = std::fs::read_to_string(format!("{out}/data/players.csv")).unwrap();
    let counts = |name: &str| {
        let line = csv.lines().find(|line| line.starts_with(name)).unwrap();
        let field = |place: usize| line.split(',').nth(place).unwrap().parse::<u32>().unwrap();
        [field(3), field(4)]
    };
    assert_eq!(
        [counts("Alpha"), counts("Bravo"), counts("Cee"), counts("Delta")],
        [[0, 2], [2, 0], [1, 0], [1, 0]]
    );
    said(&["import", &data("kills"), "--db", &db]);
    let stats = said(&["stats", "players", "--db", &db, "--least-lives", "1", "--json"]);
    let stats: serde_json::Value = serde_json::from_str(&stats).unwrap();
    let alpha = stats.as_array().unwrap().iter().find(|row| row["player_name"] == "Alpha").unwrap();
    assert_eq!(alpha["kills"], 2);
    for name in ["Alpha", "Bravo", "Cee", "Delta"] {
        let row = stats.as_array().unwrap().iter().find(|row| row["player_name"] == name).unwrap();
        assert_eq!(
            [row["deaths"].as_u64(), row["kills"].as_u64()],
            counts(name).map(|n| Some(u64::from(n))),
            "{name}"
        );
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn a_kill_after_the_killers_own_death_is_counted_and_alike_in_report_and_store() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (out, db) = (at("out"), format!("sqlite:{}", at("k.db")));
    // What Bravo laid kills Alpha ten seconds after Bravo's last death; Alpha is revived.
    said(&["report", &data("kills_after_death"), "--out", &out]);
    said(&["import", &data("kills_after_death"), "--db", &db]);
    let stats = said(&["stats", "players", "--db", &db, "--least-lives", "1", "--json"]);
    let stats: Vec<serde_json::Value> = serde_json::from_str(&stats).unwrap();
    let csv = std::fs::read_to_string(format!("{out}/data/players.csv")).unwrap();
    let counts = [("Alpha", 2, 1), ("Bravo", 1, 2), ("Cee", 0, 1), ("Delta", 0, 1)];
    for (name, kills, deaths) in counts {
        let row = stats.iter().find(|row| row["player_name"] == name).unwrap();
        assert_eq!((row["kills"].as_u64(), row["deaths"].as_u64()), (Some(kills), Some(deaths)), "{name}");
        let line = csv.lines().find(|line| line.starts_with(name)).unwrap();
        let field = |place: usize| line.split(',').nth(place).unwrap().parse::<u64>().unwrap();
        assert_eq!((field(4), field(3)), (kills, deaths), "{line}");
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn the_exits_of_a_store_are_those_of_the_picture() {
    let home = tempfile::tempdir().unwrap();
    let session = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/session");
    let db = format!("sqlite:{}", home.path().join("p.db").display());
    said(&["import", session, "--db", &db]);
    let told = said(&["stats", "exits", "--db", &db, "--json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&told).unwrap();
    let area = |name: &str| rows.iter().filter(|row| row["spawn_area"] == name).collect::<Vec<_>>();
    let mill = area("Allies · Mill Camp");
    let percents: f64 = mill.iter().map(|row| row["exit_pct"].as_f64().unwrap()).sum();
    assert!((percents - 100.0).abs() < 0.05, "{percents}");
    for gate in &mill {
        assert!(gate["fastest_tenth_ms"].as_i64() <= gate["median_exit_ms"].as_i64(), "{gate}");
    }
    let out = home.path().join("exits.svg");
    said(&["exits", session, "--team", "allies", "--size", "400", "--out", out.to_str().unwrap()]);
    let picture = std::fs::read_to_string(out).unwrap();
    let median = mill[0]["median_exit_ms"].as_f64().unwrap() / 1_000.0;
    assert!(picture.contains(&format!("{median:.1}\u{a0}s")), "{median}");
}

#[test]
fn a_part_of_the_map_names_the_places_of_deaths_in_it_and_says_when_there_are_none() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("kills.svg");
    let session = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/session");
    let drawn = |crop: &str| {
        said(&["kills", session, &format!("--crop={crop}"), "--out", out.to_str().unwrap()]);
        std::fs::read_to_string(&out).unwrap()
    };
    let sentence = "no player died in this part of the map";
    let part = drawn("place:Chapel");
    // Each letter stands on the map and in the legend.
    let letters: Vec<usize> =
        ('A'..='E').map(|letter| part.matches(&format!(">{letter}<")).count()).collect();
    assert!(letters[0] == 2 && letters.iter().all(|count| [0, 2].contains(count)), "{letters:?}");
    assert!(!part.contains(sentence));
    let corner = drawn("-3000,2500,-2500,3000");
    assert!(corner.contains(sentence) && !corner.contains(">A<"), "{corner}");
}

#[test]
fn a_filtered_report_says_its_filter_in_its_title() {
    let home = tempfile::tempdir().unwrap();
    let title = |filter: &[&str]| {
        let out = home.path().join("out");
        let input = data("kills");
        said(&[&["report", &input, "--out", out.to_str().unwrap()], filter].concat());
        let page = std::fs::read_to_string(out.join("index.html")).unwrap();
        page.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0.to_owned()
    };
    let filtered = title(&["--team", "axis", "--round", "1"]);
    assert!(filtered.contains("round 1 · Axis"), "{filtered}");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_unique_part_of_a_name_is_enough_and_near_names_are_offered() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (out, db) = (at("out.svg"), format!("sqlite:{}", at("s.db")));
    let input = data("kills");
    said(&["paths", &input, "--player", "brav", "--color", "player", "--out", &out]);
    assert!(words(&out).contains("Bravo"));
    said(&["replay", &input, "--player", "brav", "--out", &at("a.html")]);
    said(&["replay", &input, "--follow", "brav", "--out", &at("b.html")]);
    said(&["report", &input, "--player", "brav", "--out", &at("report")]);
    said(&["import", &input, "--db", &db]);
    assert!(said(&["export", "--csv", "--db", &db, "--player", "brav"]).contains("Bravo"));
    for arguments in [
        vec!["heatmap", &input, "--player", "barvo", "--out", &at("n.png")],
        vec!["exits", &input, "--player", "barvo", "--out", &at("n.png")],
        vec!["kills", &input, "--player", "barvo", "--out", &at("n.png")],
        vec!["life", &input, "--player", "barvo", "--longest", "--out", &at("n.png")],
        vec!["replay", &input, "--player", "barvo", "--out", &at("n.html")],
        vec!["replay", &input, "--follow", "barvo", "--out", &at("n.html")],
        vec!["report", &input, "--player", "barvo", "--out", &at("n")],
        vec!["export", "--db", &db, "--player", "barvo", "--out", &at("n.json")],
        vec!["stats", "players", "--db", &db, "--player", "barvo"],
    ] {
        let said = complaint(&arguments);
        assert!(said.contains("did you mean Bravo?"), "{arguments:?}: {said}");
    }
    let left: Vec<_> =
        std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("n.")), "nothing is drawn: {left:?}");
    assert!(
        complaint(&["heatmap", &input, "--map", "suply", "--out", &out]).contains("did you mean supply?")
    );
    assert!(complaint(&["maps", "show", "suply"]).contains("did you mean supply"));
}

#[test]
fn the_longest_life_is_found_on_whatever_map_it_was_lived() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("life.svg");
    let out = out.to_str().unwrap();
    let input = data("clock_goes_back");
    let players = complaint(&["life", &input, "--out", out]);
    let player = players.split(": ").last().unwrap().split(',').next().unwrap().trim().to_owned();
    let of_map = |map: &[&str]| {
        let said = said(&[&["life", &input, "--player", &player, "--json", "--out", out], map].concat());
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        (said["map"].as_str().unwrap().to_owned(), words(out))
    };
    let (map, card) = of_map(&["--longest"]);
    assert_eq!(of_map(&["--longest", "--map", &map]), (map, card));
    let several = complaint(&["life", &input, "--player", &player, "--nth", "1", "--out", out]);
    assert!(several.contains("--map"), "{several}");
}

#[test]
fn of_several_rounds_the_last_is_played_and_the_others_are_named() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("round.html");
    let session = super::session();
    let arguments = ["replay", session.to_str().unwrap(), "--round", "1", "--out", out.to_str().unwrap()];
    let output = run(&arguments);
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{note}");
    let (last, others) = note.split_once("; the others with --file: ").unwrap();
    assert!(last.ends_with("2026-03-14-201930-proximity_demo-round-1_engagements.txt"), "{note}");
    assert_eq!(others.trim(), "2026-03-14-200900-proximity_demo-round-1_engagements.txt");
    let first = run(&[&arguments[..], &["--file", others.trim()]].concat());
    assert!(first.status.success() && first.stderr.is_empty());
    // The last round in which the followed player was there.
    let follow = run(&[&arguments[..2], &["--follow", "Kestrel"], &arguments[4..]].concat());
    assert!(String::from_utf8_lossy(&follow.stderr).starts_with("4 rounds match"));
}

#[cfg(feature = "sqlite")]
#[test]
fn the_parts_of_a_round_count_as_one_round_in_stats() {
    let home = tempfile::tempdir().unwrap();
    let db = format!("sqlite:{}", home.path().join("parts.db").display());
    said(&["import", &data("parts"), "--db", &db]);
    let stats = said(&["stats", "players", "--db", &db, "--least-lives", "1", "--json"]);
    let stats: serde_json::Value = serde_json::from_str(&stats).unwrap();
    let rounds: Vec<_> =
        stats.as_array().unwrap().iter().map(|row| row["rounds"].as_u64().unwrap()).collect();
    assert!(!rounds.is_empty() && rounds.iter().all(|rounds| *rounds == 1), "{rounds:?}");
}

#[cfg(feature = "postgres")]
#[test]
fn a_password_in_the_command_line_is_warned_of_and_not_shown() {
    let url = "postgres://u:secret@127.0.0.1:1/x";
    let complaint = complaint(&["status", "--db", url]);
    assert!(complaint.contains("other users of this machine can see the password"), "{complaint}");
    assert!(!complaint.contains("secret"), "{complaint}");
    // The environment is the user's own.
    let quiet = super::proximity().arg("status").env("PROXIMITY_DATABASE_URL", url).output().unwrap();
    let quiet = String::from_utf8(quiet.stderr).unwrap();
    assert!(quiet.contains("cannot open") && !quiet.contains("other users"), "{quiet}");
    assert!(!quiet.contains("secret"), "{quiet}");
}

#[test]
fn a_day_without_a_session_is_answered_with_those_before_and_after() {
    let session = super::session();
    let day =
        |date: &str| complaint(&["heatmap", session.to_str().unwrap(), "--session", date, "--out", "x.png"]);
    assert!(day("2026-03-13").contains("did you mean 2026-03-14?"));
    assert!(day("2026-03-15..2026-03-20").contains("did you mean 2026-03-14?"));
}
