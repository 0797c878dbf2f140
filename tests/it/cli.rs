//! The program as a user meets it: commands, outputs, exit statuses, and foreign files.

mod demo;
mod files;
mod fonts;
mod hostile;
mod maps;
mod pictures;
#[cfg(feature = "sqlite")]
mod published;
#[cfg(all(feature = "discord-post", feature = "lake", feature = "postgres", feature = "serve"))]
mod readme;
#[cfg(feature = "sqlite")]
mod sessions;
mod truth;
#[cfg(feature = "sqlite")]
mod watch;

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

/// The program, with no maps folder and no store of the machine it runs on.
pub fn proximity() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proximity"));
    command
        .env_remove("PROXIMITY_MAPS")
        .env_remove("PROXIMITY_DATABASE_URL")
        .env("XDG_DATA_HOME", "/nonexistent");
    command
}

/// The sample session that comes with the project.
pub fn session() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session")
}

/// Runs the program; its output whatever the status.
pub fn run(arguments: &[&str]) -> Output {
    proximity().args(arguments).output().unwrap()
}

/// What stdout says, when the command succeeded.
pub fn said(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let help = said(&["--help"]);
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| !["help", "man"].contains(name))
        .collect();
    assert!(commands.len() >= 8, "{help}");
    for command in commands {
        let help = said(&[command, "--help"]);
        let has_sub = help.contains("\nCommands:");
        assert!(has_sub || help.contains("Example"), "{command} has no example:\n{help}");
    }
}

#[test]
fn check_counts_what_is_there() {
    let session = session();
    let text = said(&["check", session.to_str().unwrap(), "--json"]);
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    let files = found["files"].as_array().unwrap();
    let mut tracks = 0;
    for file in files {
        let path = file["path"].as_str().unwrap();
        let source = std::fs::read_to_string(path).unwrap();
        let rows = source
            .lines()
            .skip_while(|line| !line.starts_with("# PLAYER_TRACKS"))
            .skip(1)
            .take_while(|line| !line.starts_with("# KILL_HEATMAP"))
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        let (mut lives, mut samples) = (0, 0);
        for row in rows {
            lives += 1;
            samples += row.rsplit(';').next().unwrap().split('|').count();
        }
        assert_eq!(file["tracks"], lives, "{path}");
        assert_eq!(file["samples"], samples, "{path}");
        assert_eq!(file["complete"], true, "{path}");
        assert_eq!(file["warnings"].as_array().unwrap().len(), 0, "{path}");
        tracks += lives;
    }
    assert_eq!(found["totals"]["tracks"], tracks);
    assert_eq!(found["totals"]["files"], files.len());
}

#[test]
fn statuses_tell_done_faulty_and_impossible_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("2026-01-16-211502-supply-round-0_engagements.txt");
    std::fs::write(&file, "# PROXIMITY_TRACKER_V4\n# map=supply\n# ENGAGEMENTS\nnot;a;row\n").unwrap();
    let path = file.to_str().unwrap();
    assert_eq!(run(&["check", path]).status.code(), Some(0));
    assert_eq!(run(&["check", path, "--strict"]).status.code(), Some(1));
    assert_eq!(run(&["check", "/nonexistent/file"]).status.code(), Some(2));
    std::fs::write(&file, "nothing of the kind").unwrap();
    assert_eq!(
        run(&["check", path]).status.code(),
        Some(1),
        "a file that is no tracker file fails the check"
    );
    let nothing = run(&["heatmap", folder.path().to_str().unwrap(), "--out", "x.png"]);
    assert_eq!(nothing.status.code(), Some(2));
}

#[cfg(feature = "sqlite")]
#[test]
fn one_of_a_kind_is_told_in_the_singular() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (bad, good) = (at("2026-01-16-211502-supply-round-1_engagements.txt"), at("good"));
    std::fs::write(&bad, "nothing of the kind").unwrap();
    std::fs::write(at("a.pk3"), "nothing of the kind").unwrap();
    std::fs::create_dir(&good).unwrap();
    let text = hostile::round("supply", "Alpha");
    let life: Vec<&str> = text.lines().filter(|line| !line.starts_with("11AA22BB")).collect();
    std::fs::write(at("good/2026-01-16-211502-supply-round-1_engagements.txt"), life.join("\n")).unwrap();
    for (command, told) in [
        (vec!["maps", "import", &at("a.pk3"), "--maps", &at("maps")], "no map: nothing to import in 1 file"),
        (
            vec!["import", &bad, "--db", &format!("sqlite:{}", at("p.db"))],
            "nothing could be imported from 1 file",
        ),
        (vec!["life", &good, "--player", "Alpha", "--nth", "2", "--out", &at("l.png")], "there is one life"),
    ] {
        let output = run(&command);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.lines().any(|line| line.ends_with(told) || line.contains(&format!("{told},"))),
            "{said}"
        );
    }
}

#[test]
fn licences_travel_with_the_program_its_own_first() {
    let text = said(&["licenses"]);
    let own = include_str!("../../LICENSE");
    let others = text.strip_prefix(own).expect("its own comes first");
    assert_eq!(others.trim_start(), include_str!("../../licenses/third-party.txt").trim_start());
}

#[test]
fn a_closed_pipe_is_no_error() {
    let session = session();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_proximity"))
        .args(["check", session.to_str().unwrap(), "--json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn only_the_program_has_a_version() {
    assert!(said(&["--version"]).starts_with("proximity "));
    for words in [
        &["heatmap", "--version"][..],
        &["stats", "-V"],
        &["maps", "list", "--version"],
        &["lake", "--version"],
    ] {
        assert_eq!(run(words).status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn completions_and_the_manual_come_out() {
    assert!(said(&["completions", "bash"]).contains("proximity"));
    assert!(said(&["man"]).contains(".TH proximity"));
}

#[test]
fn maps_are_listed_and_shown_with_their_origin() {
    let list = said(&["maps", "list"]);
    assert!(list.lines().count() > 400);
    let shown = said(&["maps", "show", "supply"]);
    assert!(shown.contains("top left (-3200, 3200), bottom right (3200, -3200)"), "{shown}");
    let unknown = run(&["maps", "show", "no_such_map"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("fitted to its tracks"));
}
