//! What was published from a store, after a player was forgotten.

use std::fs;
use std::path::{Path, PathBuf};

use proximity::format;

use super::sessions::write_session_of_day;
use super::{run, said, session};

/// Every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        // A packed recipe hides from a search of the bytes; what has none says so.
        let recipe = String::from_utf8(run(&["explain", path.to_str().unwrap(), "--json"]).stdout).unwrap();
        recipe.contains(text) || bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    files(folder).into_iter().filter(holds).collect()
}

#[test]
fn a_forgotten_player_is_in_no_published_file_or_the_file_is_named() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let (rounds, sessions) = (at("rounds"), at("sessions"));
    fs::create_dir(&rounds).unwrap();
    write_session_of_day(&rounds, 0);
    let db = format!("sqlite:{}", at("p.db").display());
    let published = sessions.to_str().unwrap();
    let report = ["report", "--all", "--db", &db, "--out", published];
    said(&["import", rounds.to_str().unwrap(), "--db", &db]);
    said(&report);
    let bytes = fs::read(files(&rounds).remove(0)).unwrap();
    let round = format::read(&bytes, &format::ReadOptions::default()).unwrap().file.round;
    let is_meant = |name: &str| name.contains("żubr");
    let track = round.tracks.iter().find(|track| is_meant(track.name.as_str())).unwrap();
    let (guid, name) = (track.guid.as_str(), &*track.name.display());
    assert!(!holding(&sessions, guid).is_empty() && holding(&sessions, name).len() > 3, "{name}");
    let stray = sessions.join("2026-03-14/data/of-last-year.csv");
    fs::write(&stray, format!("player,guid\n{name},{guid}\n")).unwrap();

    let forget = ["forget", guid, "--db", &db, "--published", published, "--yes"];
    let dry = run(&forget[..6]);
    assert_eq!((dry.status.code(), holding(&sessions, guid).is_empty()), (Some(0), false), "only said");
    let first = run(&forget);
    let complaint = String::from_utf8(first.stderr).unwrap();
    assert_eq!(first.status.code(), Some(1), "{complaint}");
    assert_eq!(complaint.trim(), format!("{} holds an old name or guid", stray.display()));
    fs::remove_file(&stray).unwrap();
    assert!(said(&forget).contains("1 report, 0 files made anew"));
    for page in ["index.html", "maps/proximity_demo.html"] {
        assert!(fs::read_to_string(sessions.join(page)).unwrap().contains("Kestrel"), "{page} is whole");
    }
    assert_eq!((holding(&sessions, guid), holding(&sessions, name)), (vec![], vec![]));
    let again: String = said(&report);
    assert!(again.contains("0 made anew"), "{again}");
    let unknown = run(&["forget", guid, "--db", &db, "--yes"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no player"));
}

#[test]
fn a_name_is_no_guid_to_hide() {
    let home = tempfile::tempdir().unwrap();
    let db = format!("sqlite:{}", home.path().join("rounds.db").display());
    said(&["import", session().to_str().unwrap(), "--db", &db]);
    let named = run(&["hide", "flintx", "--db", &db, "--yes"]);
    assert_eq!(named.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&named.stderr).contains("\"flintx\" is no guid"), "{named:?}");
    let yet_to_come = "0".repeat(31) + "1";
    let told = said(&["hide", &yet_to_come, "--db", &db, "--yes"]);
    assert!(told.contains("no round there names this guid"), "{told}");
}

#[test]
fn a_hidden_player_has_another_name_until_shown_again() {
    let home = tempfile::tempdir().unwrap();
    let db = format!("sqlite:{}", home.path().join("rounds.db").display());
    let mut rounds = files(&session());
    rounds.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    rounds.sort();
    let import = |path: &PathBuf| said(&["import", path.to_str().unwrap(), "--db", &db]);
    let players = || said(&["stats", "players", "--least-lives", "1", "--db", &db]);
    let (guid, name) = ("990CD70B12C5D084962B1967C90789BA", "żubr");
    let shows = || (players().contains(guid), players().contains(name));
    import(&rounds[0]);
    assert_eq!(shows(), (true, true));

    let hide = ["hide", guid, "--db", &db, "--yes"];
    assert!(said(&hide[..4]).contains("confirm with --yes"));
    assert_eq!(shows(), (true, true), "only said");
    assert!(said(&hide).contains("hidden in rounds to come; 1 name replaced"));
    let hidden = players();
    assert_eq!(shows(), (false, false), "{hidden}");
    assert!(hidden.contains("player-"), "{hidden}");
    import(&rounds[1]);
    assert_eq!(shows(), (false, false), "in rounds to come, too");
    assert_eq!(players().matches("player-").count(), 1, "one player, not two");
    assert!(said(&hide).contains("or it is hidden already"));

    let unhide = |name: &str| run(&["unhide", guid, "--name", name, "--db", &db]);
    for unseen in ["", " ", "^1", "^1 ^7", "a\tb", &"n".repeat(37)] {
        let refused = unhide(unseen);
        assert_eq!(refused.status.code(), Some(2), "{unseen:?}");
        assert_eq!(shows(), (false, false), "{unseen:?}");
    }
    let shown = unhide("^1new^2name");
    assert!(String::from_utf8_lossy(&shown.stdout).ends_with("shown as newname\n"), "{shown:?}");
    assert!(players().contains(guid) && players().contains("newname"), "{}", players());
    import(&rounds[2]);
    assert_eq!(shows(), (true, true), "rounds to come bring the own name");
    let again = unhide("newname");
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is not hidden"), "{again:?}");
}

#[test]
fn an_unknown_player_is_told_before_the_confirmation() {
    let home = tempfile::tempdir().unwrap();
    let db = format!("sqlite:{}", home.path().join("rounds.db").display());
    said(&["import", session().to_str().unwrap(), "--db", &db]);
    let unknown = "0".repeat(31) + "1";
    for words in [&["forget", &unknown, "--db", &db][..], &["unhide", &unknown, "--name", "a", "--db", &db]] {
        let refused = run(words);
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(&unknown), "{refused:?}");
    }
    let known = said(&["forget", "990CD70B12C5D084962B1967C90789BA", "--db", &db]);
    assert!(known.contains("there under 1 name; this cannot be undone"), "{known}");
}
