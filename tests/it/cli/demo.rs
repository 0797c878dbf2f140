//! `demo`: what recorded games hold.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{run, said};

fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/demo").join(name)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn demo_info_tells_what_a_demo_is() {
    let tv = demo("engine_written.tv_84");
    let info: Value = serde_json::from_str(&said(&["demo", "info", text(&tv), "--json"])).unwrap();
    let info = &info["demos"][0];
    assert_eq!(info["kind"], "TV");
    assert_eq!(info["snapshots"], 454);
    assert_eq!(info["lost_snapshots"], 1);
    assert_eq!(info["complete"], true);
    assert_eq!(info["warnings"][0]["record"].as_u64(), Some(182), "{}", info["warnings"]);
    let line = said(&["demo", "info", text(&demo("engine_written.dm_84"))]);
    assert!(line.contains("client demo"), "{line}");
    let strict = run(&["demo", "info", text(&tv), "--strict"]);
    assert_eq!(strict.status.code(), Some(1));
}

#[test]
fn demo_tracks_are_tracker_files_without_a_fault() {
    let out = tempfile::tempdir().unwrap();
    let folder = text(out.path());
    let tv = demo("engine_written.tv_84");
    let made: Value =
        serde_json::from_str(&said(&["demo", "tracks", text(&tv), "--out", folder, "--json"])).unwrap();
    let made = made["rounds"].as_array().unwrap();
    assert!(!made.is_empty());
    let checked: Value = serde_json::from_str(&said(&["check", folder, "--strict", "--json"])).unwrap();
    assert_eq!(checked["files"].as_array().unwrap().len(), made.len());
    let samples: u64 = made.iter().map(|round| round["samples"].as_u64().unwrap()).sum();
    assert_eq!(checked["totals"]["samples"].as_u64(), Some(samples));
    for file in checked["files"].as_array().unwrap() {
        assert_eq!(file["tracker"], "6.11");
        assert_eq!(file["states"]["stance"], "recorded");
    }
}

#[test]
fn demo_tracks_as_lines_say_how_each_sample_is_known() {
    let out = tempfile::tempdir().unwrap();
    said(&["demo", "tracks", text(&demo("engine_written.dm_84")), "--out", text(out.path()), "--jsonl"]);
    let mut sources = std::collections::BTreeSet::new();
    for file in fs::read_dir(out.path()).unwrap() {
        for line in fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let source = line["source"].as_str().unwrap().to_owned();
            let health_source = line["health_source"].as_str().unwrap();
            assert_eq!(line["health"].is_null(), health_source == "not visible", "{line}");
            assert!(source != "recorded" || health_source == "recorded", "{line}");
            sources.insert(source);
        }
    }
    assert_eq!(sources.into_iter().collect::<Vec<_>>(), ["recorded", "seen"]);
}

#[test]
fn a_packed_demo_is_read_like_a_plain_one() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let bytes = fs::read(demo("engine_written.dm_84")).unwrap();
    let gzipped = folder.path().join("2025-03-09-210407-game.dm_84.gz");
    let mut gzip =
        flate2::write::GzEncoder::new(fs::File::create(&gzipped).unwrap(), flate2::Compression::fast());
    gzip.write_all(&bytes).unwrap();
    gzip.finish().unwrap();
    let zipped = folder.path().join("game.dm_84.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&zipped).unwrap());
    for (name, bytes) in [("readme.txt", &b"two games"[..]), ("a/game.dm_84", &bytes)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    let info: Value = serde_json::from_str(&said(&["demo", "info", text(folder.path()), "--json"])).unwrap();
    let [first, second] = &info["demos"].as_array().unwrap()[..] else { panic!("{info}") };
    assert_eq!(first["snapshots"], second["snapshots"]);
    assert_eq!(first["date_from"], "file name");
    assert!(first["rounds"][0]["stamp"].as_str().unwrap().starts_with("2025-03-09"));
    assert!(second["path"].as_str().unwrap().ends_with("game.dm_84.zip: a/game.dm_84"), "{second}");
}

#[test]
fn what_is_no_demo_is_refused_with_its_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "# PROXIMITY_TRACKER_V6\n").unwrap();
    let output = run(&["demo", "kills", text(file.path())]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains(text(file.path())) && error.contains("not a demo"), "{error}");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_demo_goes_where_a_tracker_file_goes() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("2025-03-09-210407-game.tv_84");
    fs::copy(demo("engine_written.tv_84"), &copy).unwrap();
    let tracks = tempfile::tempdir().unwrap();
    said(&["demo", "tracks", text(&copy), "--out", text(tracks.path())]);
    let totals = |input: &Path| -> Value {
        let checked: Value = serde_json::from_str(&said(&["check", text(input), "--json"])).unwrap();
        // What was wrong with the demo itself is told of the demo alone.
        ["files", "tracks", "samples", "engagements"].map(|what| checked["totals"][what].clone()).into()
    };
    assert_eq!(totals(&copy), totals(tracks.path()));
    assert_eq!(totals(folder.path()), totals(tracks.path()));
    let store = format!("sqlite:{}", folder.path().join("rounds.db").display());
    said(&["import", text(&copy), "--db", &store]);
    let again = said(&["import", text(&copy), "--db", &store]);
    assert!(again.contains("0 new") || again.contains("already"), "{again}");
}

#[test]
fn rounds_of_one_file_time_have_names_that_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(493_892);
    let demos = folder.path().join("demos");
    fs::create_dir(&demos).unwrap();
    for name in ["engine_written.dm_84", "engine_written.tv_84"] {
        let copy = demos.join(name);
        fs::copy(demo(name), &copy).unwrap();
        fs::File::options().write(true).open(copy).unwrap().set_modified(time).unwrap();
    }
    let tracks = folder.path().join("tracks");
    said(&["demo", "tracks", text(&demos), "--out", text(&tracks)]);
    let mut names: Vec<String> =
        fs::read_dir(&tracks).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let stem = |name: &str| name.strip_suffix("_engagements.txt").unwrap().to_owned();
    assert_eq!(
        names.iter().map(|name| stem(name)).collect::<Vec<_>>(),
        [
            "2026-05-05-200000-oasis-round-1",
            "2026-05-05-200001-oasis-round-1",
            "2026-05-05-200001-oasis-round-2",
            "2026-05-05-200002-battery-round-1",
            "2026-05-05-200002-oasis-round-2",
            "2026-05-05-200003-battery-round-1",
        ]
    );
    assert!(names.iter().all(|name| proximity::format::parse_file_name(name).is_some()), "{names:?}");
}

#[test]
fn a_demo_and_the_tracker_file_of_its_round_are_one_round() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("2025-03-09-210407-game.tv_84");
    fs::copy(demo("engine_written.tv_84"), &copy).unwrap();
    let checked = |inputs: &[&Path]| -> Value {
        let words: Vec<&str> =
            ["check", "--json"].into_iter().chain(inputs.iter().map(|path| text(path))).collect();
        serde_json::from_str(&said(&words)).unwrap()
    };
    let alone = checked(&[&copy]);
    assert_eq!(alone["files"][0]["path"], "2025-03-09-210407-game.tv_84: round 1");
    assert_eq!(alone["totals"]["warnings"], 1, "the demo's own fault counts");
    let tracks = folder.path().join("tracks");
    said(&["demo", "tracks", text(&copy), "--out", text(&tracks)]);
    // As if the server's own module had written it: nothing in it tells of a demo.
    for file in fs::read_dir(&tracks).unwrap() {
        let path = file.unwrap().path();
        let lines =
            fs::read_to_string(&path).unwrap().replace("# tracker_version=demo", "# tracker_version=1.0.0");
        let lines: Vec<&str> = lines.lines().filter(|line| !line.starts_with("# recording")).collect();
        fs::write(&path, lines.join("\n") + "\n").unwrap();
    }
    for inputs in [&[&*copy, &tracks][..], &[folder.path()]] {
        let both = checked(inputs);
        for what in ["files", "tracks", "samples"] {
            assert_eq!(both["totals"][what], alone["totals"][what], "{what}");
        }
        let first = both["files"][0]["path"].as_str().unwrap();
        assert!(first.starts_with("2025-03-09-210407-game.tv_84 + 2025-"), "{first}");
        let notes = both["files"][0]["notes"].to_string();
        assert!(
            notes.contains("1 round from several recordings, 0\u{a0}conflicts")
                || notes.contains("0 conflicts"),
            "{notes}"
        );
    }
}

#[test]
fn a_picture_says_what_a_recorder_saw() {
    let out = tempfile::tempdir().unwrap();
    let drawn = |input: &str| {
        let path = out.path().join("heat.svg");
        said(&["heatmap", text(&demo(input)), "--map", "oasis", "--out", text(&path)]);
        fs::read_to_string(path).unwrap().replace("&#39;", "'")
    };
    let of_player = drawn("engine_written.dm_84");
    for line in [
        "recorder's view: others seen ",
        "heat counts only what was seen",
        "last changes of the demos' files",
    ] {
        assert!(of_player.contains(line), "{line}");
    }
    assert!(!drawn("engine_written.tv_84").contains("recorder's view"), "a TV demo shows everyone");
}

#[test]
fn kills_that_are_not_there_are_told_as_none() {
    let output = run(&["demo", "kills", text(&demo("engine_written.tv_84")), "--player", "Nemo"]);
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no kills that are asked for"));
}

#[cfg(feature = "sqlite")]
#[test]
fn an_index_of_kills_reads_only_new_and_changed_demos() {
    let folder = tempfile::tempdir().unwrap();
    let demos = folder.path().join("demos");
    fs::create_dir(&demos).unwrap();
    for name in ["a.tv_84", "b.tv_84"] {
        fs::copy(demo("engine_written.tv_84"), demos.join(name)).unwrap();
    }
    fs::write(demos.join("c.dm_84"), "no demo").unwrap();
    let store = format!("sqlite:{}", folder.path().join("kills.db").display());
    let indexed = |inputs: &[&str]| -> (Value, String) {
        let words = [&["demo", "kills", "--json", "--db", &store], inputs].concat();
        let output = run(&words);
        (serde_json::from_slice(&output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let direct = run(&["demo", "kills", text(&demos), "--json"]);
    assert_eq!(direct.status.code(), Some(1), "one of them is no demo");
    let direct: Value = serde_json::from_slice(&direct.stdout).unwrap();
    assert!(!direct["kills"].as_array().unwrap().is_empty());
    let (kills, said) = indexed(&[text(&demos)]);
    assert_eq!(kills, direct, "the index tells the same");
    assert!(said.contains("c.dm_84: skipped: ") && said.contains("3 demo files, 3 read now"), "{said}");
    let (kills, said) = indexed(&[text(&demos)]);
    assert_eq!(kills, direct);
    assert!(said.contains("c.dm_84: skipped: ") && said.contains("3 demo files, 0 read now"), "{said}");
    // A demo that grows is read again; one that is gone is gone.
    let bytes = fs::read(demo("engine_written.tv_84")).unwrap();
    fs::write(demos.join("a.tv_84"), &bytes[..bytes.len() / 2]).unwrap();
    fs::remove_file(demos.join("c.dm_84")).unwrap();
    let (kills, said) = indexed(&[text(&demos)]);
    assert!(said.contains("2 demo files, 1 read now"), "{said}");
    // Both told of every kill, which is listed once; now one tells of fewer.
    let count = |kills: &Value, told: fn(&Value) -> usize| -> usize {
        kills["kills"].as_array().unwrap().iter().map(told).sum()
    };
    assert_eq!(count(&kills, |_| 1), count(&direct, |_| 1));
    let also_in = |kill: &Value| kill["also_in"].as_array().unwrap().len();
    let (fewer, all) = (count(&kills, also_in), count(&direct, also_in));
    assert_eq!(all, count(&direct, |_| 1));
    assert!(fewer < all && fewer > 0, "{fewer} of {all}");
    // The store alone tells what was read before.
    let (alone, said) = indexed(&[]);
    assert_eq!((&alone, &*said), (&kills, ""), "faults are told when a demo is read");
    let (none, _) = indexed(&["--player", "no such player"]);
    assert_eq!(none["kills"], serde_json::json!([]));
}

/// Every file below a folder.
#[cfg(feature = "sqlite")]
fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn what_players_said_and_their_addresses_are_in_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let talk = folder.path().join("2025-03-09-210407-talk.dm_84");
    fs::copy(demo("talk.dm_84"), &talk).unwrap();
    let at = |name: &str| text(&folder.path().join("out").join(name)).to_owned();
    let store = format!("sqlite:{}", at("rounds.db"));
    fs::create_dir(folder.path().join("out")).unwrap();
    let mut told = Vec::new();
    for words in [
        &["demo", "info", text(&talk), "--json"][..],
        &["demo", "tracks", text(&talk), "--out", &at("tracks")],
        &["demo", "tracks", text(&talk), "--out", &at("lines"), "--jsonl"],
        &["demo", "kills", text(&talk), "--json"],
        &["demo", "kills", text(&talk), "--db", &store],
        &["check", text(&talk), "--json"],
        &["import", text(&talk), "--db", &store],
        &["export", "--db", &store, "--out", &at("exported")],
        &["report", text(&talk), "--out", &at("report")],
    ] {
        let output = run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        told.push((words.join(" "), [output.stdout, output.stderr].concat()));
    }
    let mut files = Vec::new();
    files_below(&folder.path().join("out"), &mut files);
    assert!(files.len() > 10, "{files:?}");
    told.extend(files.iter().map(|path| (text(path).to_owned(), fs::read(path).unwrap())));
    assert!(told.iter().any(|(_, bytes)| memchr::memmem::find(bytes, b"Beta").is_some()));
    for (what, bytes) in told {
        for secret in ["s3cret", "203.0.113.7"] {
            assert!(memchr::memmem::find(&bytes, secret.as_bytes()).is_none(), "{secret} is in {what}");
        }
    }
}

#[test]
fn an_archive_of_demos_and_tracker_files_gives_both() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("match.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
    let session = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
    let tracked = fs::read_dir(session).unwrap().map(|entry| entry.unwrap().path()).min().unwrap();
    let name = tracked.file_name().unwrap().to_str().unwrap();
    let files = [
        ("game.tv_84", fs::read(demo("engine_written.tv_84")).unwrap()),
        (name, fs::read(&tracked).unwrap()),
    ];
    for (name, bytes) in &files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    for input in [&*archive, folder.path()] {
        let checked: Value = serde_json::from_str(&said(&["check", text(input), "--json"])).unwrap();
        assert_eq!(checked["totals"]["files"], 4, "{checked}");
    }
}

#[test]
fn a_packed_demo_that_breaks_off_keeps_what_was_before() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&fs::read(demo("engine_written.dm_84")).unwrap()).unwrap();
    let whole = gzip.finish().unwrap();
    fs::write(folder.path().join("cut.dm_84.gz"), &whole[..whole.len() / 2]).unwrap();
    // One in which nothing is right costs itself alone.
    fs::write(folder.path().join("broken.dm_84.gz"), &whole[..20]).unwrap();
    let output = run(&["check", text(folder.path())]);
    let (told, complaints) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complaints}");
    assert!(told.contains("cut.dm_84.gz: round 1") && told.contains(" lives"), "{told}");
    assert!(
        complaints.contains("broken.dm_84.gz: skipped") && complaints.contains("cut.dm_84.gz: "),
        "{complaints}"
    );
}

#[test]
fn tracks_of_a_demo_never_replace_a_servers_own_file() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("2025-03-09-210407-game.tv_84");
    fs::copy(demo("engine_written.tv_84"), &copy).unwrap();
    let out = folder.path().join("proximity");
    let words = ["demo", "tracks", text(&copy), "--out", text(&out)];
    said(&words);
    // Once more is once more; a file of the server with that name is another thing.
    said(&words);
    let first = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).min().unwrap();
    let lines = fs::read_to_string(&first).unwrap();
    let own: Vec<&str> = lines.lines().filter(|line| !line.starts_with("# recording")).collect();
    fs::write(&first, own.join("\n") + "\n").unwrap();
    let refused = run(&words);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("was not made of demos"));
    assert_eq!(fs::read_to_string(&first).unwrap(), own.join("\n") + "\n");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_a_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(OsStr::from_bytes(b"\xff\xfe.dm_84"));
    fs::copy(demo("talk.dm_84"), &path).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_proximity"))
        .args(["demo", "info"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
