//! `proximity-cluster`: one answer, whether files are read, a lake, or a lake by an engine here or on several processes.
//!
//! Schedulers and executors are real processes on this machine's loopback. Whatever waits has a limit.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod buckets;
mod equal;
mod failures;
mod foreign;
mod nodes;
#[path = "../it/notices.rs"]
mod notices;
mod rounds;

use std::io::Read;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The longest that a question may take on a machine with other work.
const PATIENCE: Duration = Duration::from_mins(4);

/// A program of this package, with no maps folder and no store of the machine it runs on.
fn program(path: &str) -> Command {
    let mut command = Command::new(path);
    command
        .env_remove("PROXIMITY_MAPS")
        .env_remove("PROXIMITY_DATABASE_URL")
        .env("XDG_DATA_HOME", "/nonexistent")
        .stdin(Stdio::null());
    command
}

/// What `proximity` says.
fn proximity(arguments: &[&str]) -> String {
    said(program(env!("CARGO_BIN_EXE_proximity")).args(arguments))
}

fn cluster(arguments: &[&str]) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_proximity-cluster"));
    command.args(arguments);
    command
}

/// A process and what it says, until it ends.
struct Running {
    child: Child,
    began: Instant,
    readers: [thread::JoinHandle<Vec<u8>>; 2],
}

impl Running {
    fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let readers = [reader(child.stdout.take().unwrap()), reader(child.stderr.take().unwrap())];
        Self { child, began: Instant::now(), readers }
    }

    /// Waits for its end; kills it and fails when it takes longer than `limit`.
    fn end(mut self, limit: Duration) -> Output {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if self.began.elapsed() > limit {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
                let [out, err] = self.readers.map(|reader| reader.join().unwrap());
                panic!(
                    "no end after {limit:?}: {}{}",
                    String::from_utf8_lossy(&out),
                    String::from_utf8_lossy(&err)
                );
            }
            thread::sleep(Duration::from_millis(20));
        };
        let [stdout, stderr] = self.readers.map(|reader| reader.join().unwrap());
        Output { status, stdout, stderr }
    }
}

fn reader(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// What a command says that succeeds.
fn said(command: &mut Command) -> String {
    let output = Running::of(command).end(PATIENCE);
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a command complains about that fails.
fn complaint(command: &mut Command) -> String {
    let output = Running::of(command).end(PATIENCE);
    assert_eq!(output.status.code(), Some(2), "{command:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn every_command_explains_itself_and_warns_that_there_is_no_login() {
    let help = said(&mut cluster(&["--help"]));
    assert!(help.contains("no login"), "{help}");
    for command in ["sql", "heat", "paths", "stats", "lake", "scheduler", "executor", "licenses"] {
        assert!(help.contains(&format!("  {command} ")), "{help}");
        let help = said(&mut cluster(&[command, "--help"]));
        assert!(help.contains("Example"), "{command} has no example:\n{help}");
    }
}

#[test]
fn wrong_questions_are_answered_at_once() {
    let world = rounds::World::get();
    let lake = world.lake();
    for (arguments, expected) in [
        (&["sql", &lake, "SELECT nothing FROM rounds"][..], "nothing"),
        (&["sql", &lake, "SELECT occupancy(x, y, dx, dy, dt, step, 'nowhere') FROM samples"], "nowhere"),
        (
            &["sql", &lake, "SELECT occupancy(x, y, dx, dy, dt, step, map) FROM samples"],
            "its last argument is a text",
        ),
        (&["sql", "/nonexistent", "SELECT 1"], "there is no lake in /nonexistent"),
        (&["stats", &lake, "--scheduler", "df://127.0.0.1:9"], "no scheduler answers at df://127.0.0.1:9"),
        (&["stats", &lake, "--scheduler", "127.0.0.1:9"], "expected df://HOST:PORT"),
    ] {
        let said = complaint(&mut cluster(arguments));
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn a_grid_that_is_none_is_refused() {
    let lake = rounds::World::get().lake();
    for grid in ["", "0,0,1,1,8", "0,0,1,1,8,8,8", "0,0,0,0,8,8", "0,0,1,1,70000,8", "0,0,1,1,8,-8"] {
        let question = format!("SELECT occupancy(x, y, dx, dy, dt, step, '{grid}') FROM samples");
        let said = complaint(&mut cluster(&["sql", &lake, &question]));
        assert!(said.contains(&format!("{grid:?}")), "{grid:?}: {said}");
    }
}

#[test]
fn statistics_are_of_the_whole_lake() {
    let world = rounds::World::get();
    let lines = said(&mut cluster(&["stats", &world.lake(), "--format", "csv"]));
    let maps: Vec<&str> = lines.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(maps, ["proximity_demo", "supply"], "{lines}");
    let months = said(&mut cluster(&["stats", &world.lake(), "--by", "month", "--format", "csv"]));
    let rounds: usize =
        months.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(rounds, world.files.len(), "{months}");
}
