//! Files as the program meets them: links, pipes, packed rounds, standard input.

use std::fs;
#[cfg(feature = "sqlite")]
use std::io::Write as _;
use std::path::Path;

use super::hostile::round;
use super::{proximity, run};

const NAME: &str = "2026-01-16-211502-supply-round-1_engagements.txt";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[cfg(feature = "sqlite")]
fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// Tracks that `check` counts in its inputs.
#[cfg(feature = "sqlite")]
fn tracks(inputs: &[&str]) -> u64 {
    let output = run(&[&["check", "--json"], inputs].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    found["totals"]["tracks"].as_u64().unwrap()
}

#[cfg(feature = "sqlite")]
#[test]
fn packed_rounds_and_standard_input_are_read() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let whole = round("supply", "Alpha");
    fs::create_dir(at("gz")).unwrap();
    fs::write(at("gz").join(format!("{NAME}.gz")), gzipped(whole.as_bytes())).unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(at("rounds.zip")).unwrap());
    zip.start_file(format!("tracker/{NAME}"), zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(whole.as_bytes()).unwrap();
    zip.finish().unwrap();
    assert_eq!(tracks(&[text(&at("gz"))]), 2);
    assert_eq!(tracks(&[text(&at("rounds.zip"))]), 2);
    assert_eq!(tracks(&[text(home.path())]), 4);
    let output = proximity().args(["check", "-", "--json"]).write_stdin(whole.clone()).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["totals"]["tracks"], 2);

    // The picture is the same from wherever the round comes, and says what it was made of.
    fs::write(at(NAME), &whole).unwrap();
    let draw = |input: &str, out: &str| {
        let out = at(out);
        let args = ["heatmap", input, "--size", "200", "--out", text(&out)];
        let output = proximity().args(args).write_stdin(whole.clone()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        image::open(&out).unwrap().into_rgba8()
    };
    let plain = draw(text(&at(NAME)), "plain.png");
    for input in [text(&at("gz")), text(&at("rounds.zip"))] {
        assert!(draw(input, "packed.png") == plain, "{input}");
    }
    // Standard input has no name, and so no date.
    assert_eq!(draw("-", "piped.png").dimensions(), plain.dimensions());

    // A store knows a packed round again.
    let db = format!("sqlite:{}", text(&at("rounds.db")));
    for (input, new) in [(at("gz"), "1 new"), (at("rounds.zip"), "0 new"), (at(NAME), "0 new")] {
        let said = super::said(&["import", text(&input), "--db", &db]);
        assert!(said.contains(new), "{said}");
    }
}

#[cfg(unix)]
#[cfg(feature = "sqlite")]
#[test]
fn results_follow_links_and_go_through_pipes() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    fs::write(at(NAME), round("supply", "Alpha")).unwrap();
    fs::write(at("target.png"), "old").unwrap();
    symlink("target.png", at("out.png")).unwrap();
    super::said(&["heatmap", text(&at(NAME)), "--size", "200", "--out", text(&at("out.png"))]);
    assert!(fs::symlink_metadata(at("out.png")).unwrap().is_symlink());
    assert!(fs::read(at("target.png")).unwrap().starts_with(b"\x89PNG"));

    let db = format!("sqlite:{}", text(&at("rounds.db")));
    super::said(&["import", text(&at(NAME)), "--db", &db]);
    let pipe = at("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::read_to_string(pipe).unwrap())
    };
    super::said(&["export", "--csv", "--db", &db, "--out", text(&pipe)]);
    let rows = reader.join().unwrap();
    assert_eq!(rows.lines().count(), 163, "a head and 162 samples");
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
}

#[cfg(unix)]
#[cfg(feature = "sqlite")]
#[test]
fn what_is_no_regular_file_is_passed_over_with_a_line() {
    use std::os::unix::fs::symlink;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("rounds");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(NAME), round("supply", "Alpha")).unwrap();
    for pipe in ["x_engagements.txt", "z.pk3"] {
        assert!(std::process::Command::new("mkfifo").arg(folder.join(pipe)).status().unwrap().success());
    }
    symlink("/nowhere/at/all", folder.join("dangling")).unwrap();
    symlink(&folder, folder.join("again")).unwrap();
    let (out, db) = (home.path().join("out.png"), home.path().join("rounds.db"));
    let (report, db) = (home.path().join("report"), format!("sqlite:{}", text(&db)));
    for command in [
        vec!["check", text(&folder)],
        vec!["heatmap", text(&folder), "--size", "200", "--out", text(&out)],
        vec!["report", text(&folder), "--out", text(&report)],
        vec!["import", text(&folder), "--db", &db],
        vec!["watch", text(&folder), "--db", &db, "--once"],
    ] {
        let output = run(&command);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{command:?}: {told}");
        assert!(told.contains("x_engagements.txt is a pipe, not a file"), "{command:?}: {told}");
        assert_eq!(told.lines().filter(|line| line.contains("dangling")).count(), 1, "{command:?}: {told}");
    }
    assert_eq!(tracks(&[text(&folder)]), 2, "a folder that links to itself is searched once");
    let maps = run(&["maps", "import", text(&folder), "--maps", text(&home.path().join("maps"))]);
    assert!(String::from_utf8_lossy(&maps.stderr).contains("z.pk3 is a pipe, not a file"));
    let named = run(&["check", text(&folder.join("x_engagements.txt"))]);
    assert_eq!(named.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&named.stderr).contains("is a pipe, not a file"));
}

#[test]
fn names_of_files_cannot_pass_for_lines_of_the_program() {
    let home = tempfile::tempdir().unwrap();
    let forged = home.path().join("a\nproximity: all well\u{1b}[2J\u{9b}31m_engagements.txt");
    if fs::write(&forged, "no tracker file").is_err() {
        // A file system that refuses such names has no such problem.
        return;
    }
    let output = run(&["heatmap", text(home.path()), "--out", text(&home.path().join("o.png"))]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!told.lines().any(|line| line.starts_with("proximity:")), "{told:?}");
    assert!(!told.contains(['\u{1b}', '\u{9b}']) && told.contains("\\u{1b}[2J"), "{told:?}");
}

#[cfg(unix)]
#[cfg(feature = "sqlite")]
#[test]
fn a_files_name_that_is_no_text_stops_nothing() {
    use std::os::unix::ffi::OsStrExt;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("rounds");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(NAME), round("supply", "Alpha")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"2026-01-16-221502-\xff-round-2_engagements.txt");
    if fs::write(folder.join(name), round("supply", "Bravo")).is_err() {
        // A file system that refuses such names has no such problem.
        return;
    }
    // A file that was changed just now would wait for the next look.
    std::thread::sleep(std::time::Duration::from_millis(120));
    let (db, out) = (home.path().join("rounds.db"), home.path().join("out"));
    let db = format!("sqlite:{}", text(&db));
    let watched = ["watch", text(&folder), "--db", &db, "--report", text(&out), "--once", "--rest", "0.05"];
    for command in [&watched[..], &watched[..], &["report", text(&folder), "--all", "--out", text(&out)]] {
        let output = run(command);
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let known = fs::read_to_string(out.join(".proximity-watch.json")).unwrap();
    assert!(known.contains(NAME), "{known}");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_reports_folder_is_refused_without_waiting() {
    let home = tempfile::tempdir().unwrap();
    let (rounds, out) = (home.path().join(NAME), home.path().join("out"));
    fs::write(&rounds, round("supply", "Alpha")).unwrap();
    fs::create_dir(&out).unwrap();
    for name in [".proximity.json", "index.html"] {
        let pipe = out.join(name);
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let output = proximity()
            .args(["report", text(&rounds), "--out", text(&out)])
            .timeout(std::time::Duration::from_mins(3))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(&format!("{name} is a pipe, not a file")), "{told}");
        fs::remove_file(&pipe).unwrap();
    }
}
