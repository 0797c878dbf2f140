//! Reports of many sessions: what is made, what is kept, and what foreign files cannot do to them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{run, said};

/// Days between the sessions, seconds.
const DAY_S: i64 = 86_400;

/// Two rounds on the `day`th session, in a folder; the same players meet each time.
pub fn write_session_of_day(folder: &Path, day: i64) {
    let made = tempfile::tempdir().unwrap();
    let out = made.path().to_str().unwrap();
    let few = ["--rounds", "2", "--players", "3", "--round-seconds", "60", "--interval-ms", "500"];
    said(&[&["sample", "--out", out][..], &few].concat());
    for file in fs::read_dir(made.path()).unwrap() {
        let path = file.unwrap().path();
        let name = path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .replace("2026-03-14", &format!("2026-03-{}", 14 + day));
        let text = fs::read_to_string(&path).unwrap();
        let shifted: String = text
            .lines()
            .map(|line| match line.split_once('=') {
                Some((key @ ("# round_start_unix" | "# round_end_unix"), unix)) => {
                    format!("{key}={}\n", unix.trim().parse::<i64>().unwrap() + day * DAY_S)
                }
                _ => format!("{line}\n"),
            })
            .collect();
        fs::write(folder.join(name), shifted).unwrap();
    }
}

fn batch(rounds: &Path, out: &Path) -> Value {
    let (rounds, out) = (rounds.to_str().unwrap(), out.to_str().unwrap());
    serde_json::from_str(&said(&["report", rounds, "--all", "--out", out, "--json"])).unwrap()
}

fn drawn(batch: &Value) -> Vec<u64> {
    batch["sessions"].as_array().unwrap().iter().map(|session| session["drawn"].as_u64().unwrap()).collect()
}

fn first_picture(out: &Path, session: &str) -> PathBuf {
    let mut pictures: Vec<PathBuf> = fs::read_dir(out.join(session).join("pictures"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    pictures.sort();
    pictures.remove(0)
}

#[test]
fn a_batch_makes_again_only_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (rounds, out) = (folder.path().join("rounds"), folder.path().join("out"));
    fs::create_dir(&rounds).unwrap();
    write_session_of_day(&rounds, 0);
    write_session_of_day(&rounds, 1);
    let first = batch(&rounds, &out);
    assert_eq!(first["sessions"].as_array().unwrap().len(), 2);
    assert!(drawn(&first).iter().all(|n| *n > 10), "{first}");
    let index = fs::read_to_string(out.join("index.html")).unwrap();
    let (newer, older) = (index.find("2026-03-15/index.html"), index.find("2026-03-14/index.html"));
    assert!(newer.unwrap() < older.unwrap(), "the latest session comes first");

    // Nothing changed: nothing is made, not one file is written.
    let picture = first_picture(&out, "2026-03-14");
    let before = fs::metadata(&picture).unwrap().modified().unwrap();
    let page = fs::metadata(out.join("2026-03-14/index.html")).unwrap().modified().unwrap();
    assert_eq!(drawn(&batch(&rounds, &out)), [0, 0]);
    assert_eq!(fs::metadata(&picture).unwrap().modified().unwrap(), before);
    assert_eq!(fs::metadata(out.join("2026-03-14/index.html")).unwrap().modified().unwrap(), page);

    // A picture that went missing comes back alone, the same to the byte.
    let bytes = fs::read(&picture).unwrap();
    fs::remove_file(&picture).unwrap();
    assert_eq!(drawn(&batch(&rounds, &out)), [1, 0]);
    assert!(fs::read(&picture).unwrap() == bytes, "the same input gives the same bytes");

    // A round that goes takes its pictures along; the other session stays.
    let second = first["sessions"][1]["pictures"].as_array().unwrap().len();
    let gone = fs::read_dir(&rounds)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().contains("2026-03-15"))
        .max()
        .unwrap();
    fs::remove_file(gone).unwrap();
    let changed = batch(&rounds, &out);
    assert_eq!(drawn(&changed)[0], 0);
    assert!(drawn(&changed)[1] > 0);
    let left: Vec<String> = fs::read_dir(out.join("2026-03-15/pictures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let count = |end: &str| left.iter().filter(|name| name.ends_with(end)).count();
    let pictures = changed["sessions"][1]["pictures"].as_array().unwrap().len();
    assert!(pictures < second, "{pictures} of {second} pictures are left");
    // Each picture is a sheet and its small version; those of a whole map have a light one, and each map its ground.
    assert_eq!(count("-small.jpg"), pictures);
    assert_eq!((count("-ground.jpg"), count("share.png")), (1, 1));
    assert_eq!(left.len(), 2 * pictures + count("-light.jpg") + 2);

    // Players and maps have a page over all sessions; those of a player who is gone do not stay.
    let players = || fs::read_dir(out.join("players")).unwrap().count();
    let there = players();
    assert!(there > 0 && out.join("maps").read_dir().unwrap().count() == 1);
    fs::write(out.join("players/old.html"), r#"<meta name="generator" content="proximity 0">"#).unwrap();
    fs::write(out.join("players/own.html"), "not made by the program").unwrap();
    batch(&rounds, &out);
    assert_eq!(players(), there + 1, "a page that another program made stays");
}

#[test]
fn a_list_in_the_folder_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let (rounds, out) = (folder.path().join("rounds"), folder.path().join("out"));
    fs::create_dir(&rounds).unwrap();
    write_session_of_day(&rounds, 0);
    let (from, to) = (rounds.to_str().unwrap(), out.to_str().unwrap());
    said(&["report", from, "--out", to]);
    let victim = folder.path().join("victim.png");
    fs::write(&victim, "mine").unwrap();
    let list = out.join(".proximity.json");
    let mut value: Value = serde_json::from_slice(&fs::read(&list).unwrap()).unwrap();
    value["key"] = "something else".into();
    for name in ["pictures/../../victim.png", "../victim.png"] {
        value["files"][name] = serde_json::json!({"key": "x", "bytes": 4});
    }
    fs::write(&list, value.to_string()).unwrap();
    let text = said(&["report", from, "--out", to, "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["drawn"], 0);
    assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
    // One that is no list at all only costs time.
    fs::write(&list, "{\"form\": 1").unwrap();
    let text = said(&["report", from, "--out", to, "--json"]);
    assert!(serde_json::from_str::<Value>(&text).unwrap()["drawn"].as_u64().unwrap() > 10);
}

#[test]
fn foreign_names_stay_text_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let (rounds, out) = (folder.path().join("rounds"), folder.path().join("out"));
    fs::create_dir(&rounds).unwrap();
    write_session_of_day(&rounds, 0);
    let evil = "</script><img src=x onerror=alert(1)>\"'&";
    let text = fs::read_to_string(fs::read_dir(&rounds).unwrap().next().unwrap().unwrap().path()).unwrap();
    let row = text
        .lines()
        .skip_while(|line| !line.starts_with("# PLAYER_TRACKS"))
        .find(|line| !line.starts_with('#') && !line.starts_with("OMNIBOT") && line.contains(';'));
    let name = row.unwrap().split(';').nth(1).unwrap().to_owned();
    for entry in fs::read_dir(&rounds).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(&format!(";{name};"), &format!(";{evil};"))).unwrap();
    }
    said(&["report", rounds.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let page = fs::read_to_string(out.join("index.html")).unwrap();
    assert!(!page.contains("<img src=x") && !page.contains("alert(1)>\""));
    assert!(page.contains("&#60;/script&#62;") || page.contains("&lt;/script&gt;"), "the name is shown");
    assert_eq!(page.matches("</script>").count(), 1, "only our own script ends");
    let policy =
        page.split("Content-Security-Policy\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(policy.contains("default-src") && !policy.contains("unsafe"));
    for entry in fs::read_dir(out.join("replays")).unwrap() {
        let replay = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!replay.contains("<img src=x"));
    }
    let players = fs::read_to_string(out.join("data/players.csv")).unwrap();
    assert!(players.contains("\"</script><img src=x onerror=alert(1)>\"\"'&\""), "{players}");
    let json: Value = serde_json::from_slice(&fs::read(out.join("data/session.json")).unwrap()).unwrap();
    assert!(json["players"].as_array().unwrap().iter().any(|player| player["name"] == evil));
}

#[test]
fn downloads_agree_with_the_store_and_players_with_their_past() {
    let folder = tempfile::tempdir().unwrap();
    let (rounds, out) = (folder.path().join("rounds"), folder.path().join("out"));
    fs::create_dir(&rounds).unwrap();
    write_session_of_day(&rounds, 0);
    write_session_of_day(&rounds, 1);
    let db = format!("sqlite:{}", folder.path().join("p.db").display());
    said(&["import", rounds.to_str().unwrap(), "--db", &db]);
    let to = out.to_str().unwrap();
    let output = run(&["report", "--db", &db, "--session", "2026-03-15", "--out", to]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(out.join("index.html")).unwrap();
    assert!(page.contains(">usual</th>"), "players are set against their past");
    assert!(page.contains("1 session before this one"));
    assert!(page.contains("Speed, session by session"));
    assert!(page.contains("K/D, over sessions"), "the scoreboard has a line for each player");
    assert!(page.contains(r#"<svg class="trend""#));
    let lives = fs::read_to_string(out.join("data/lives.csv")).unwrap();
    let players = fs::read_to_string(out.join("data/players.csv")).unwrap();
    let sum: usize =
        players.lines().skip(1).map(|row| row.split(',').nth(2).unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(lives.lines().count() - 1, sum, "each player's lives are in the list of lives");
    // The first session has no past.
    said(&["report", "--db", &db, "--session", "2026-03-14", "--out", to]);
    assert!(!fs::read_to_string(out.join("index.html")).unwrap().contains(">usual</th>"));
}

/// The list of what happened to objectives, as the page of a session has it.
fn objectives(page: &Path) -> String {
    let page = fs::read_to_string(page).unwrap();
    let (_, list) = page.split_once(r#"<ul class="objectives">"#).expect("the round's objectives are listed");
    list.split_once("</ul>").unwrap().0.to_owned()
}

#[test]
fn objectives_are_listed_alike_from_files_and_from_a_store() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let name = "2026-04-06-204100-supply-round-1_engagements.txt";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/good").join(name);
    let db = format!("sqlite:{}", path("rounds.db"));
    said(&["report", file.to_str().unwrap(), "--out", &path("files")]);
    said(&["import", file.to_str().unwrap(), "--db", &db]);
    said(&["report", "--db", &db, "--out", &path("store")]);
    let of_files = objectives(&home.path().join("files/index.html"));
    assert_eq!(of_files, objectives(&home.path().join("store/index.html")));
    for told in
        ["dynamite planted: the Depot Gate", "carried the Axis objective for 0:01, killed", "#t=2000&#38;p="]
    {
        assert!(of_files.contains(told), "{told} is missing in {of_files}");
    }
}
