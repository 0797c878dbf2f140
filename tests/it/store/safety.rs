//! What is told stays whole: damage is found and repaired, forgotten text is gone or said to be there, secrets are not shown.

use proximity::Filter;
use proximity::model::Guid;
use proximity::store::{Create, DatabaseUrl, Existing, Imported, Leftover, StoreError, open};

use super::sample::{PLAYERS, Sheet, ready, session};
use super::{Backend, on_each, server};

/// Runs SQL behind the store's back.
fn change(backend: &Backend, sqlite: &str, postgres: &str) {
    if let Some(database) = &backend.database {
        server::server().unwrap().client(database).batch_execute(postgres).unwrap();
    } else {
        let path = backend.url.sqlite_path().unwrap();
        rusqlite::Connection::open(path).unwrap().execute_batch(sqlite).unwrap();
    }
}

#[test]
fn damage_is_found_and_an_import_of_the_same_file_repairs_it() {
    on_each(|backend| {
        let mut store = backend.ready();
        let rounds: Vec<_> = session().iter().map(Sheet::round).collect();
        for round in &rounds {
            store.import(ready(round, &*store)).unwrap();
        }
        let before = store.dump().unwrap();
        let verified = store.verify().unwrap();
        assert!(verified.is_whole() && verified.is_noted);
        assert_eq!(verified.rounds, 4);

        // One byte of a path of the second round, and a life of the third.
        change(
            backend,
            "UPDATE track_path SET packed = CAST(substr(packed, 1, 20) || x'ff' || substr(packed, 22) AS BLOB) \
             WHERE id = 2 * 1048576 + 3; DELETE FROM track WHERE file_id = 3 AND life = 5",
            "UPDATE player_track SET packed = set_byte(packed, 20, 255) WHERE file_id = 2 AND life = 3; \
             DELETE FROM player_track WHERE file_id = 3 AND life = 5",
        );
        let verified = store.verify().unwrap();
        let names: Vec<_> = verified.damaged.iter().filter_map(|round| round.file_name.clone()).collect();
        assert_eq!(names, [session()[1].name(), session()[2].name()]);
        assert!(verified.damaged[0].reason.contains("checksum"), "{verified:?}");
        assert!(!verified.is_whole() && verified.is_noted);
        let damaged = store.load(verified.damaged[0].key).unwrap_err().to_string();
        assert!(damaged.contains("`proximity verify`"), "{damaged}");
        assert_eq!(store.known().unwrap().len(), 2, "damaged files are not known");

        for (index, round) in rounds.iter().enumerate() {
            let imported = store.import(ready(round, &*store)).unwrap();
            let expected = if matches!(index, 1 | 2) {
                Imported::Repaired
            } else {
                Imported::AlreadyThere(Existing::SameBytes)
            };
            assert_eq!(imported, expected);
        }
        assert!(store.verify().unwrap().is_whole());
        assert_eq!(store.dump().unwrap(), before);
    });
}

#[test]
fn a_reader_that_keeps_old_text_on_the_disk_is_told_of() {
    on_each(|backend| {
        let mut store = backend.ready();
        for sheet in session() {
            store.import(ready(&sheet.round(), &*store)).unwrap();
        }
        drop(store);
        let quick = backend.url.clone().with_lock_timeout(std::time::Duration::from_millis(300));
        let mut store = open(&quick, Create::Never).unwrap();
        let guid = Guid::from(PLAYERS[0].0);
        if let Some(database) = &backend.database {
            let mut reader = server::server().unwrap().client(database);
            reader
                .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT COUNT(*) FROM round_player")
                .unwrap();
            assert_eq!(store.forget(&guid).unwrap().left, Some(Leftover::SeenBySession));
            reader.batch_execute("COMMIT").unwrap();
            assert_eq!(store.forget(&guid).unwrap().left, None);
            // Not a byte of it is in the tables' files.
            let files: i64 = reader
                .query_one(
                    "SELECT COUNT(*) FROM pg_class c WHERE c.relkind IN ('r', 't', 'i') AND pg_relation_filepath(c.oid) LIKE 'base/%' \
                     AND position($1::text::bytea IN pg_read_binary_file(pg_relation_filepath(c.oid))) > 0",
                    &[&PLAYERS[0].0],
                )
                .unwrap()
                .get(0);
            assert_eq!(files, 0);
        } else {
            let reader = rusqlite::Connection::open(backend.url.sqlite_path().unwrap()).unwrap();
            reader.execute_batch("BEGIN; SELECT COUNT(*) FROM player").unwrap();
            assert_eq!(store.forget(&guid).unwrap().left, Some(Leftover::LogInUse));
            reader.execute_batch("COMMIT").unwrap();
            assert_eq!(store.forget(&guid).unwrap().left, None);
        }
    });
}

#[cfg(unix)]
#[test]
fn a_store_is_a_file_and_no_pipe_or_device() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, link) = (folder.path().join("pipe"), folder.path().join("link"));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    for (path, kind) in [(pipe, "a pipe"), (link, "a device"), (folder.path().to_owned(), "a folder")] {
        for create in [Create::Never, Create::IfMissing] {
            let refused = open(&DatabaseUrl::sqlite(&path), create).err().unwrap().to_string();
            assert!(refused.contains(&format!("it is {kind}, not a file")), "{refused}");
        }
    }
}

#[test]
fn stand_ins_are_never_one_player() {
    on_each(|backend| {
        let mut store = backend.ready();
        let mut round = Sheet::default().round();
        for (track, guid) in
            round.tracks.iter_mut().zip(["unknown", "NO_GUID", "00000000000000000000000000000000", "slot3"])
        {
            track.guid = Guid::from(guid);
        }
        store.import(ready(&round, &*store)).unwrap();
        let players = store.status().unwrap().players;
        assert_eq!(players, 5, "those of the other lives and of engagements");
        let rounds = store.rounds(&Filter::everything()).unwrap();
        assert_eq!(store.load(rounds[0].key).unwrap(), round);
    });
}

#[test]
fn a_url_that_is_not_understood_shows_nothing_of_its_password() {
    for text in [
        "postgres://u:s3@cret/w0rd@localhost/x",
        "postgres://u:s3/cret@localhost/x",
        "postgres://u:s3?cret@localhost/x",
        "postgres://u@localhost/x?s3cret",
        "postgres://u@localhost/x?sslmode=s3cret",
    ] {
        let shown = match text.parse::<DatabaseUrl>() {
            Ok(url) => url.to_string(),
            Err(error) => error.to_string(),
        };
        assert!(!shown.contains("cret") && !shown.contains("s3") && !shown.contains("w0rd"), "{shown}");
    }
    let hint = "postgres://u:p@ss/w0rd@localhost/x".parse::<DatabaseUrl>().unwrap_err().to_string();
    assert!(hint.contains("percent-encoded") && hint.contains("PGPASSWORD"), "{hint}");
    let word = |text: &str| text.parse::<DatabaseUrl>().unwrap_err().to_string();
    assert!(word("sqlite::memory:").contains("gone when the command ends"));
    assert!(word("sqlite:~/rounds.db").contains("$HOME"));
    assert!(word("rounds.db").ends_with("sqlite:rounds.db?"));
    assert!("postgres://u:pw@h/x".parse::<DatabaseUrl>().unwrap().has_password());
}

#[test]
fn who_may_make_no_tables_is_told_what_the_owner_can_do() {
    let Some(backend) = Backend::all().into_iter().nth(1) else { return };
    let (server, database) = (server::server().unwrap(), backend.database.clone().unwrap());
    server.client(&database).batch_execute(&format!("CREATE ROLE maker_{database} LOGIN")).unwrap();
    let url = format!("postgres://maker_{database}@127.0.0.1:{}/{database}", server.port).parse().unwrap();
    let refused = open(&url, Create::Never).unwrap().migrate().unwrap_err();
    assert!(refused.to_string().contains("GRANT CREATE ON SCHEMA public"), "{refused}");
}

/// Runs `$2 status --db sqlite:$1?mode=ro` as a user who may not write the folder.
#[cfg(all(feature = "cli", target_os = "linux"))]
#[test]
fn a_store_in_a_folder_that_cannot_be_written_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let backend = Backend::all().remove(0);
    let path = backend.url.sqlite_path().unwrap();
    let mut store = backend.ready();
    store.import(ready(&Sheet::default().round(), &*store)).unwrap();
    drop(store);
    let folder = path.parent().unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    let url = format!("sqlite:{}?mode=ro", path.display());
    // Root may write everywhere, so that another user asks.
    let mut words = vec![env!("CARGO_BIN_EXE_proximity"), "status", "--db", &url];
    if std::fs::write(folder.join("probe"), "").is_ok() {
        words.splice(0..0, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    let output = std::process::Command::new(words[0]).args(&words[1..]).env("PROXIMITY_CONFIG", "").output();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = output.unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 round"), "{said}");
}

#[test]
fn what_a_driver_says_is_told_once() {
    let Some(backend) = Backend::all().into_iter().nth(1) else { return };
    let url = backend.url.to_string().replace("/test_", "/no_such_");
    let error = open(&url.parse().unwrap(), Create::Never).err().unwrap();
    let StoreError::Connect { cause, .. } = &error else { panic!("{error:?}") };
    assert!(cause.driver().is::<postgres::Error>());
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.to_string().contains("does not exist") && source.source().is_none(), "{source}");
    assert!(!error.to_string().contains("does not exist"), "{error}");
}
