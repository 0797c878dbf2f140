//! Every command line of the README does what it says, on the folder that it names.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::maps::pk3;
use super::{said, session};
use crate::bsp_builder::room;
use crate::discord::fake::Fake;

const README: &str = include_str!("../../../README.md");

/// The sections that have command lines; each runs by itself.
const SECTIONS: [&str; 9] = [
    "Start",
    "Your own rounds",
    "A store",
    "A lake",
    "Every session by itself",
    DISCORD,
    BOT,
    "In a browser",
    "Maps",
];
const DISCORD: &str = "A message in Discord after each session";
const BOT: &str = "A bot in Discord";

/// The command lines below each heading, in order. A line of a unit file or a crontab is the command that it runs.
fn command_lines() -> Vec<(&'static str, String)> {
    let (mut heading, mut lines) = ("", Vec::new());
    for line in README.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            heading = title;
        }
        let is_code = line.starts_with("    ");
        let line = line.trim().replace("cargo run --release -- ", "proximity ");
        if is_code && (line.contains("proximity ") || line.starts_with("head ")) {
            let line = line.strip_prefix("ExecStart=/usr/local/bin/").unwrap_or(&line);
            let line = line.strip_prefix("*/10 * * * * flock -n /tmp/proximity.lock ").unwrap_or(line);
            lines.push((heading, line.to_owned()));
        }
    }
    lines
}

/// The configuration that a section of the README shows.
fn discord_toml(section: &str) -> String {
    let section = README.split(&format!("## {section}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    let code = section.lines().filter_map(|line| line.strip_prefix("    ")).map(str::trim);
    let is_command = |line: &str| line.starts_with("proximity ") || line.starts_with("cargo ");
    code.filter(|line| !is_command(line)).collect::<Vec<_>>().join("\n")
}

/// A place like the one of which the README speaks: rounds of supply, a demo, a game with a map, and its sections' stores.
fn home(section: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    for folder in ["proximity", "demos", ".etlegacy/etmain", "bin"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::os::unix::fs::symlink(project.join("examples"), at("examples")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_proximity"), at("bin/proximity")).unwrap();
    for file in fs::read_dir(session()).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap();
        if name.ends_with("_engagements.txt") {
            let text = fs::read_to_string(&file).unwrap().replace("# map=proximity_demo", "# map=supply");
            fs::write(at("proximity").join(name.replace("proximity_demo", "supply")), text).unwrap();
        }
    }
    fs::copy(project.join("tests/data/demo/engine_written.tv_84"), at("demos/match.tv_84")).unwrap();
    let corners = "\"mapcoordsmins\" \"-1024 1024\" \"mapcoordsmaxs\" \"1024 -1024\"";
    pk3(&at(".etlegacy/etmain/stone.pk3"), &[("maps/stone.bsp", &room(corners).build())]);
    fs::write(at("discord.toml"), discord_toml(if section == BOT { BOT } else { DISCORD })).unwrap();
    image::RgbImage::new(1024, 1024).save(at("mymap.jpg")).unwrap();
    if section != "A store" {
        let store = format!("sqlite:{}", at("proximity.db").display());
        said(&["import", at("proximity").to_str().unwrap(), "--db", &store]);
    }
    if section == "In a browser" {
        fs::create_dir(at("sessions")).unwrap();
        fs::write(at("sessions/index.html"), "").unwrap();
    }
    home
}

/// A shell in that place, with the program where the lines find it.
fn shell(home: &Path, line: &str) -> Command {
    let path = format!("{}:{}", home.join("bin").display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(home).env("PATH", path).env("HOME", home);
    for name in ["PROXIMITY_MAPS", "PROXIMITY_DATABASE_URL", "PROXIMITY_TOKEN", "XDG_DATA_HOME"] {
        shell.env_remove(name);
    }
    shell
}

/// Runs a bot until it has its rounds.
fn run_bot(home: &Path, line: &str, environment: &[(&str, &str)]) {
    let line = line.replace("proximity discord", "exec proximity discord");
    let mut bot =
        shell(home, &line).envs(environment.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(bot.stdout.take().unwrap()).lines().map_while(Result::ok);
    let is_up = lines.any(|line| line == "server 5678: 4 rounds");
    bot.kill().unwrap();
    bot.wait().unwrap();
    assert!(is_up, "{line}");
}

/// Runs a server until it listens.
fn serve(home: &Path, line: &str) {
    let line = if line.contains("--listen ") {
        line.replace(":8080", ":0")
    } else {
        line.replace(" serve ", " serve --listen 127.0.0.1:0 ")
    };
    let line = line.replace("proximity serve", "exec proximity serve");
    let mut server = shell(home, &line).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
    let listens = lines.any(|line| line.contains("listening on"));
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(listens, "{line}");
}

/// Runs the command lines of a section, one after another.
fn run_section(section: &str) {
    run_section_with(section, &[]);
}

fn run_section_with(section: &str, environment: &[(&str, &str)]) {
    run_section_in(home(section).path(), section, environment);
}

fn run_section_in(home: &Path, section: &str, environment: &[(&str, &str)]) {
    for (_, line) in command_lines().into_iter().filter(|(heading, _)| *heading == section) {
        let line = line
            .replace("/home/etlegacy/.etlegacy/legacy/proximity", "proximity/")
            .replace("/var/lib/proximity/", "")
            .replace("/srv/www/", "");
        if line.contains("proximity serve") {
            serve(home, &line);
            continue;
        }
        if line.contains("discord run") {
            run_bot(home, &line, environment);
            continue;
        }
        let line = if line.contains("proximity watch") {
            format!("{} --rest 0.1 --once", line.trim_end_matches(" --once"))
        } else {
            line
        };
        let done = shell(home, &line).envs(environment.iter().copied()).output().unwrap();
        assert!(done.status.success(), "{line}\n{}", String::from_utf8_lossy(&done.stderr));
        let mut words = line.split_whitespace();
        let out = words.find(|word| *word == "--out").and_then(|_| words.next());
        assert!(out.is_none_or(|out| home.join(out).exists()), "{line}");
    }
}

#[test]
fn every_command_line_of_the_readme_lies_in_a_section_that_is_run() {
    let lines = command_lines();
    assert!(lines.len() > 30, "{lines:?}");
    for (heading, line) in &lines {
        assert!(SECTIONS.contains(heading), "{heading}: {line}");
    }
    for section in SECTIONS {
        assert!(lines.iter().any(|(heading, _)| *heading == section), "{section} has no command line");
    }
}

#[test]
fn start() {
    run_section("Start");
}

#[test]
fn your_own_rounds() {
    run_section("Your own rounds");
}

#[test]
fn a_store() {
    run_section("A store");
}

#[test]
fn a_lake() {
    run_section("A lake");
}

#[test]
fn every_session_by_itself() {
    run_section("Every session by itself");
}

#[test]
fn a_message_in_discord() {
    let fake = Fake::start();
    let address = format!("http://{}/api/webhooks/12/a-secret-of-the-stand-in", fake.address);
    run_section_with(DISCORD, &[("PROXIMITY_WEBHOOK", &address)]);
    assert_eq!(fake.messages().len(), 1, "one message, whatever is run after it");
}

#[cfg(feature = "discord")]
#[test]
fn a_bot_in_discord() {
    let (home, fake) = (home(BOT), Fake::start());
    // The stand-in takes the place of Discord.
    let file = home.path().join("discord.toml");
    let api = format!("[bot]\napi = \"http://{}\"\n", fake.address);
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("[bot]\n", &api)).unwrap();
    run_section_in(home.path(), BOT, &[("DISCORD_TOKEN", "a-secret-of-the-stand-in")]);
}

#[test]
fn in_a_browser() {
    run_section("In a browser");
}

#[test]
fn maps() {
    run_section("Maps");
}
