//! `watch`, by the program itself: files that come slowly, faulty ones, signals.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::sessions::write_session_of_day;
use super::{run, said};

/// Longer than any step takes on a slow machine.
const LONGEST_WAIT: Duration = Duration::from_mins(3);

fn rounds_in(db: &str) -> u64 {
    let output = run(&["status", "--db", db, "--json"]);
    if !output.status.success() {
        return 0;
    }
    let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    status["rounds"].as_u64().unwrap()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LONGEST_WAIT, "waited for: {what}");
        std::thread::sleep(Duration::from_millis(40));
    }
}

fn watch(folder: &Path, db: &str, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_proximity"))
        .env_remove("PROXIMITY_MAPS")
        .env_remove("PROXIMITY_DATABASE_URL")
        .env("XDG_DATA_HOME", "/nonexistent")
        .args(["watch", folder.to_str().unwrap(), "--db", db, "--interval", "0.1"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[cfg(unix)]
fn end(child: Child, signal: &str) -> std::process::Output {
    let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_file_written_slowly_is_imported_when_it_is_whole_and_signals_end_the_watch() {
    let folder = tempfile::tempdir().unwrap();
    let (made, rounds) = (folder.path().join("made"), folder.path().join("rounds"));
    fs::create_dir_all(&made).unwrap();
    fs::create_dir_all(&rounds).unwrap();
    write_session_of_day(&made, 0);
    let mut files: Vec<_> = fs::read_dir(&made).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let db = format!("sqlite:{}", folder.path().join("p.db").display());
    let child = watch(&rounds, &db, &["--rest", "3600"]);
    until("the store is there", || run(&["status", "--db", &db]).status.success());

    let bytes = fs::read(&files[0]).unwrap();
    let mut file = fs::File::create(rounds.join(files[0].file_name().unwrap())).unwrap();
    // In three pieces; after two of them the watch has had time to look many times.
    file.write_all(&bytes[..bytes.len() / 3]).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    file.write_all(&bytes[bytes.len() / 3..bytes.len() - 5]).unwrap();
    file.flush().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(rounds_in(&db), 0, "a file without its end is left alone");
    file.write_all(&bytes[bytes.len() - 5..]).unwrap();
    drop(file);
    until("the whole file is imported", || rounds_in(&db) == 1);

    let output = end(child, "-TERM");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("the watch ended"));

    // What comes while no watch runs is caught up with; a file at rest needs no end marker.
    let cut = String::from_utf8(fs::read(&files[1]).unwrap()).unwrap();
    let cut = cut.rsplit_once("# END").unwrap().0;
    fs::write(rounds.join(files[1].file_name().unwrap()), cut).unwrap();
    let child = watch(&rounds, &db, &["--rest", "0.3"]);
    until("the file at rest is imported", || rounds_in(&db) == 2);
    assert_eq!(end(child, "-INT").status.code(), Some(0));
}

#[test]
fn a_pass_refreshes_the_report_and_sets_faulty_files_aside() {
    let folder = tempfile::tempdir().unwrap();
    let (rounds, out) = (folder.path().join("rounds"), folder.path().join("out"));
    fs::create_dir_all(&rounds).unwrap();
    let db = format!("sqlite:{}", folder.path().join("p.db").display());
    let (from, to) = (rounds.to_str().unwrap(), out.to_str().unwrap());
    let pass = ["watch", from, "--db", &db, "--report", to, "--once", "--rest", "0.05"];
    // An empty folder is nothing to complain about.
    said(&pass);
    assert!(!out.join("index.html").exists());

    write_session_of_day(&rounds, 0);
    let broken = rounds.join("2026-03-14-230000-x-round-1_engagements.txt");
    fs::write(&broken, "this is no tracker file\n").unwrap();
    std::thread::sleep(Duration::from_millis(120));
    let output = run(&pass);
    assert!(output.status.success());
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("set aside"), "{complaint}");
    assert_eq!(fs::read_to_string(&broken).unwrap(), "this is no tracker file\n", "it stays where it is");
    let list = fs::read_to_string(out.join("set-aside.txt")).unwrap();
    assert!(list.contains("2026-03-14-230000-x-round-1_engagements.txt: set aside: "), "{list}");
    let session = out.join("2026-03-14/index.html");
    assert!(fs::read_to_string(out.join("index.html")).unwrap().contains("2026-03-14/index.html"));
    let before = fs::metadata(&session).unwrap().modified().unwrap();

    // A second pass finds nothing to do, and complains no more.
    let output = run(&pass);
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(fs::metadata(&session).unwrap().modified().unwrap(), before);

    // The faulty file is mended, a new session comes: only that one is made.
    write_session_of_day(&rounds, 1);
    fs::remove_file(&broken).unwrap();
    std::thread::sleep(Duration::from_millis(120));
    said(&pass);
    assert!(out.join("2026-03-15/index.html").exists());
    assert!(!out.join("set-aside.txt").exists());
    assert_eq!(fs::metadata(&session).unwrap().modified().unwrap(), before);
}

#[test]
fn one_look_says_which_files_wait_and_judges_a_clock_that_is_ahead_by_a_second_one() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = folder.path().join("rounds");
    fs::create_dir_all(&rounds).unwrap();
    let db = format!("sqlite:{}", folder.path().join("p.db").display());
    let once = |rest: &str| {
        let output = run(&["watch", rounds.to_str().unwrap(), "--db", &db, "--once", "--rest", rest]);
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    // As a tracker without end markers writes it.
    write_session_of_day(&rounds, 0);
    let files: Vec<_> = fs::read_dir(&rounds).unwrap().map(|entry| entry.unwrap().path()).collect();
    for file in &files {
        let whole = fs::read_to_string(file).unwrap();
        fs::write(file, whole.rsplit_once("# END").unwrap().0).unwrap();
    }
    let all = files.len();
    let complaint = once("3600");
    let waiting =
        complaint.lines().filter(|line| line.contains("waits: it has no end marker and was changed"));
    assert_eq!(waiting.count(), all, "{complaint}");
    assert_eq!(rounds_in(&db), 0);

    for file in &files {
        let ahead = std::time::SystemTime::now() + Duration::from_hours(3);
        fs::File::options().write(true).open(file).unwrap().set_modified(ahead).unwrap();
    }
    let complaint = once("0.1");
    assert!(!complaint.contains("waits"), "{complaint}");
    assert_eq!(rounds_in(&db), all as u64);

    fs::write(rounds.join("empty_engagements.txt"), "").unwrap();
    let complaint = once("0.1");
    assert!(complaint.contains("empty_engagements.txt waits: it is empty"), "{complaint}");
}

#[cfg(unix)]
#[test]
fn a_store_that_is_removed_under_the_watch_is_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = folder.path().join("rounds");
    fs::create_dir_all(&rounds).unwrap();
    write_session_of_day(&rounds, 0);
    let all = fs::read_dir(&rounds).unwrap().count() as u64;
    let file = folder.path().join("p.db");
    let db = format!("sqlite:{}", file.display());
    let child = watch(&rounds, &db, &["--rest", "0.05"]);
    until("everything is imported", || rounds_in(&db) == all);
    for ending in ["", "-wal", "-shm"] {
        // The log may not be there.
        let _ = fs::remove_file(format!("{}{ending}", file.display()));
    }
    until("the new store is filled", || rounds_in(&db) == all);
    let output = end(child, "-TERM");
    assert_eq!(output.status.code(), Some(0));
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("no longer in"), "{complaint}");
}

#[cfg(unix)]
#[test]
fn a_store_that_is_put_back_from_a_copy_under_the_watch_is_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = folder.path().join("rounds");
    fs::create_dir_all(&rounds).unwrap();
    write_session_of_day(&rounds, 0);
    let all = fs::read_dir(&rounds).unwrap().count() as u64;
    let (file, copy) = (folder.path().join("p.db"), folder.path().join("copy.db"));
    let db = format!("sqlite:{}", file.display());
    said(&["schema", "migrate", "--db", &format!("sqlite:{}", copy.display())]);
    let child = watch(&rounds, &db, &["--rest", "0.05"]);
    until("everything is imported", || rounds_in(&db) == all);
    let log = folder.path().join("p.db-wal");
    until("the file is closed between two looks", || !log.exists());
    // Into the same file, as `cp` does it.
    fs::copy(&copy, &file).unwrap();
    until("what the copy lacks is imported again", || rounds_in(&db) == all);
    let output = end(child, "-TERM");
    assert_eq!(output.status.code(), Some(0));
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("no longer in"), "{complaint}");
    let verified = run(&["verify", "--db", &db]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[cfg(unix)]
#[test]
fn a_demo_is_imported_when_its_recording_has_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let db = format!("sqlite:{}", folder.path().join("p.db").display());
    let demos = folder.path().join("demos");
    fs::create_dir_all(&demos).unwrap();
    fs::write(demos.join("2025-03-09-200000-other.dm_84"), "no demo").unwrap();
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/demo/talk.dm_84")).unwrap();
    let child = watch(&demos, &db, &["--rest", "3600"]);
    until("the store is there", || run(&["status", "--db", &db]).status.success());
    let mut file = fs::File::create(demos.join("2025-03-09-210407-talk.dm_84")).unwrap();
    file.write_all(&bytes[..bytes.len() / 2]).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(rounds_in(&db), 0, "a recording that goes on is left alone");
    file.write_all(&bytes[bytes.len() / 2..]).unwrap();
    drop(file);
    until("the demo's round is imported", || rounds_in(&db) == 1);
    assert_eq!(end(child, "-TERM").status.code(), Some(0));
    let again = run(&["watch", demos.to_str().unwrap(), "--db", &db, "--rest", "0.1", "--once"]);
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(rounds_in(&db), 1, "it is known again");
}
