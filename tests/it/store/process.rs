//! The program itself, killed, doubled and starved while it imports.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use proximity::Filter;
use proximity::store::Create;

use super::sample::Sheet;
use super::{Backend, on_both};
#[cfg(unix)]
use super::{answer, on_each, program};

/// Files of an import.
const FILES: usize = 200;
/// Kills of a living process, per backend.
const KILLS: usize = 100;

/// The smallest rounds that touch every table, a minute apart.
fn rounds(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..count {
        let stamp = format!("2026-09-12-{:02}{:02}00", 10 + index / 60, index % 60);
        let sheet = Sheet {
            map: ["supply", "etl_frostbite", "radar"][index % 3],
            round: 1 + (index % 2) as i32,
            start_unix: 1_789_200_000 + 60 * index as i64,
            seed: index as u32,
            lives: 1,
            samples: 3,
            ..Sheet::default()
        };
        let name = sheet.name().replace(sheet.stamp, &stamp);
        std::fs::write(folder.path().join(name), sheet.text()).unwrap();
    }
    folder
}

/// `proximity import FOLDER --db URL`, through `sh` after `before`.
fn import(folder: &Path, backend: &Backend, before: &str) -> Command {
    import_to(&backend.url.to_string(), folder, before)
}

fn import_to(url: &str, folder: &Path, before: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{before} exec \"$@\""), "sh", env!("CARGO_BIN_EXE_proximity"), "import"])
        .arg(folder)
        .args(["--db", url])
        .env_remove("PROXIMITY_DATABASE_URL")
        .env("PROXIMITY_CONFIG", "")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn completed(folder: &Path, backend: &Backend) -> Output {
    let output = import(folder, backend, "").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[cfg(unix)]
#[test]
fn what_a_store_loses_under_the_watch_is_imported_again() {
    on_each(|backend| {
        let (folder, url) = (rounds(3), backend.url.to_string());
        let words =
            ["watch", folder.path().to_str().unwrap(), "--db", &url, "--interval", "0.1", "--rest", "0.05"];
        let watch = program(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let has_all = || {
            let there =
                proximity::store::open(&backend.url, Create::Never).and_then(|mut store| store.status());
            there.is_ok_and(|status| status.rounds == 3)
        };
        let until_all = |what: &str| {
            let start = Instant::now();
            while !has_all() {
                assert!(start.elapsed() < Duration::from_mins(2), "{what}");
                std::thread::sleep(Duration::from_millis(20));
            }
        };
        until_all("the folder is imported");
        answer(&["cleanup", "--date", "2026-09-12", "--yes", "--db", &url]);
        until_all("what was removed is imported again");
        assert!(Command::new("kill").args(["-TERM", &watch.id().to_string()]).status().unwrap().success());
        let output = watch.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert!(told.contains("3 files are no longer in"), "{told}");
    });
}

/// Every table of a database, or nothing when the process died before there were tables.
fn dump(backend: &Backend) -> String {
    let Ok(mut store) = proximity::store::open(&backend.url, Create::Never) else { return String::new() };
    store.dump().unwrap_or_default()
}

/// Rows of a table in a dump.
fn rows<'a>(dump: &'a str, table: &str) -> Vec<&'a str> {
    let title = format!("== {table}");
    let lines = dump.lines().skip_while(|line| *line != title).skip(1);
    lines.take_while(|line| !line.starts_with("== ")).collect()
}

/// Every file is wholly in, figures included, or wholly out. Says how many are in.
fn assert_whole(dump: &str) -> usize {
    let files = assert_whole_rounds(dump);
    assert_eq!(lives_in_figures(dump), files * 5, "the figures are of other files");
    files
}

/// Lives that the players' figures count.
fn lives_in_figures(dump: &str) -> usize {
    let lives = |row: &&str| row.split('|').nth(4).unwrap().parse::<usize>().unwrap();
    rows(dump, "player_movement_stats").iter().map(lives).sum()
}

/// Every file is wholly in or wholly out, whatever is true of the figures.
fn assert_whole_rounds(dump: &str) -> usize {
    let files = rows(dump, "tracker_file").len();
    for (table, of_each) in [
        ("player_track", 6),
        ("combat_engagement", 3),
        ("round_player", 5),
        ("revive", 1),
        ("kill_cell", 2),
        ("movement_cell", 2),
    ] {
        assert_eq!(rows(dump, table).len(), files * of_each, "{table} of {files} files");
    }
    files
}

fn fresh(like: &Backend) -> Backend {
    Backend::all().into_iter().find(|backend| backend.name == like.name).unwrap()
}

#[test]
fn a_killed_import_leaves_whole_files_and_can_be_completed() {
    let folder = rounds(FILES);
    on_both(|backend| {
        let began = Instant::now();
        completed(folder.path(), backend);
        let whole_ms = began.elapsed().as_millis() as u64;
        let expected = dump(backend);
        assert_eq!(assert_whole(&expected), FILES);

        let mut noise = 99_u32;
        let mut random = |below: u64| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u64::from(noise >> 8) % below.max(1)
        };
        let (mut kills, mut partly, mut completions) = (0, 0, 0);
        let mut victim = fresh(backend);
        while kills < KILLS {
            let mut child = import(folder.path(), &victim, "").stdout(Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(random(whole_ms / 4 + 20)));
            let lived = child.try_wait().unwrap().is_none();
            child.kill().unwrap();
            child.wait().unwrap();
            let left = settled(&victim);
            let files = assert_whole_rounds(&left);
            if files > 0 {
                let mut store = proximity::store::open(&victim.url, Create::Never).unwrap();
                let is_counted = lives_in_figures(&left) == files * 5;
                assert_ne!(store.status().unwrap().stale.any(), is_counted, "of {files} files");
                if kills % 2 == 0 || files == FILES {
                    store.migrate().unwrap();
                    assert_whole(&store.dump().unwrap());
                }
            }
            kills += usize::from(lived);
            partly += usize::from(lived && files > 0 && files < FILES);
            if files == FILES {
                assert_eq!(dump(&victim), expected);
                victim = fresh(backend);
                completions += 1;
            }
        }
        completed(folder.path(), &victim);
        assert_eq!(dump(&victim), expected);
        eprintln!("{kills} kills, {partly} of them within an import, {completions} imports completed anyway");
        assert!(partly >= KILLS / 4, "only {partly} kills met an import at work");
    });
}

/// The dump, once the server has noticed that its client is dead.
fn settled(backend: &Backend) -> String {
    if let Some(database) = &backend.database {
        let mut client = super::server::server().unwrap().client("postgres");
        let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = $1";
        let until = Instant::now() + Duration::from_secs(20);
        while client.query_one(sql, &[database]).unwrap().get::<_, i64>(0) > 0 {
            assert!(Instant::now() < until, "the dead import's session does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    dump(backend)
}

#[test]
fn two_imports_at_once_come_to_the_same() {
    let folder = rounds(40);
    on_both(|backend| {
        completed(folder.path(), backend);
        let expected = dump(backend);
        let both = fresh(backend);
        let children: Vec<Child> =
            (0..2).map(|_| import(folder.path(), &both, "").spawn().unwrap()).collect();
        let mut new = 0;
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).unwrap();
            let words: Vec<&str> = text.split_whitespace().collect();
            let place = words.iter().position(|word| *word == "new").unwrap();
            new += words[place - 1].parse::<usize>().unwrap();
        }
        assert_eq!(new, 40, "each file is new to one of them");
        assert_eq!(dump(&both), expected);
    });
}

#[test]
fn an_import_without_room_ends_clearly_and_can_be_completed() {
    let folder = rounds(40);
    let mut backends = Backend::all();
    let (backend, whole) = (backends.remove(0), fresh(&Backend::all()[0]));
    completed(folder.path(), &whole);
    backend.ready();
    // No file may grow beyond 300 kB; the signal that this would send is ignored, so that the write fails.
    let output = import(folder.path(), &backend, "trap '' XFSZ; ulimit -f 600;").output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains("its file cannot be read or written"), "{complaint}");
    let files = assert_whole_rounds(&dump(&backend));
    assert!(files < 40, "there was room enough");
    completed(folder.path(), &backend);
    assert_eq!(dump(&backend), dump(&whole));
}

#[test]
fn a_read_only_database_is_refused_with_status_2() {
    let folder = rounds(1);
    let backend = Backend::all().remove(0);
    completed(folder.path(), &backend);
    let more = rounds(2);
    let url = format!("{}?mode=ro", backend.url);
    let output = Command::new(env!("CARGO_BIN_EXE_proximity"))
        .arg("import")
        .arg(more.path())
        .args(["--db", &url])
        .output()
        .unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains("read-only; nothing was changed"), "{complaint}");
    assert_eq!(assert_whole(&dump(&backend)), 1);
}

#[test]
fn a_locked_database_is_waited_for_and_then_said_so() {
    let folder = rounds(1);
    on_both(|backend| {
        let mut store = backend.ready();
        let lock: Box<dyn std::any::Any> = if let Some(database) = &backend.database {
            let mut other = super::server::server().unwrap().client(database);
            other.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(x'50726f78696d6974'::bigint)").unwrap();
            Box::new(other)
        } else {
            let other = rusqlite::Connection::open(backend.url.sqlite_path().unwrap()).unwrap();
            other.execute_batch("BEGIN IMMEDIATE").unwrap();
            Box::new(other)
        };
        let began = Instant::now();
        let output = import_to(&format!("{}?wait=0.4", backend.url), folder.path(), "").output().unwrap();
        let waited = began.elapsed();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(waited >= Duration::from_millis(400), "it gave up after {waited:?}");
        assert!(complaint.contains("locked by another program; nothing was changed"), "{complaint}");
        drop(lock);
        assert!(store.rounds(&Filter::everything()).unwrap().is_empty());
        completed(folder.path(), backend);
        assert_eq!(store.rounds(&Filter::everything()).unwrap().len(), 1);
    });
}
