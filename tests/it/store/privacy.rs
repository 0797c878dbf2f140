//! Forgetting and pseudonyms.

use proximity::Filter;
use proximity::model::{Guid, GuidKind};
use proximity::store::{Existing, Imported, Salt};

use super::sample::{PLAYERS, ready, session};
use super::{on_both, on_each};

#[test]
fn a_forgotten_player_is_in_no_table() {
    // The stand-in of a forgotten player is random: the tables are never the same.
    on_each(|backend| {
        let mut store = backend.ready();
        for sheet in session() {
            store.import(ready(&sheet.round(), &*store)).unwrap();
        }
        let (guid, name, ..) = PLAYERS[2];
        let before = store.dump().unwrap();
        assert!(before.contains(guid) && before.contains(name));
        let renamed = store.forget(&Guid::from(guid.to_lowercase().as_str())).unwrap();
        assert_eq!((renamed.players, renamed.names), (1, 1));
        let after = store.dump().unwrap();
        assert!(!after.contains(guid) && !after.contains(&format!("|{name}|")), "{after}");
        assert_eq!(after.lines().count(), before.lines().count());
        if let Some(path) = backend.url.sqlite_path() {
            drop(store);
            assert_nowhere(path, guid);
            store = backend.open();
        } else {
            let database = backend.database.as_deref().unwrap();
            let mut client = super::server::server().unwrap().client(database);
            let sql = "SELECT COUNT(*) FROM combat_engagement WHERE attackers::text LIKE $1 OR crossfire_participants::text LIKE $1";
            let found: i64 = client.query_one(sql, &[&format!("%{guid}%")]).unwrap().get(0);
            assert_eq!(found, 0);
        }
        // The lives are still there under a stand-in; and the file does not bring the name back.
        let rounds = store.rounds(&Filter::everything()).unwrap();
        let round = store.load(rounds[0].key).unwrap();
        assert_eq!(round.tracks[2].name.as_str(), "forgotten");
        assert_eq!(round.tracks[2].guid.kind(), GuidKind::Person);
        assert_eq!(round.tracks[2].samples, session()[0].round().tracks[2].samples);
        let again = store.import(ready(&session()[0].round(), &*store)).unwrap();
        assert_eq!(again, Imported::AlreadyThere(Existing::SameBytes));
        assert_eq!(store.forget(&Guid::from(guid)).unwrap().players, 0);
    });
}

/// Looks for a text in the database's files, byte by byte.
fn assert_nowhere(path: &std::path::Path, text: &str) {
    for ending in ["", "-wal", "-shm"] {
        let file = format!("{}{ending}", path.display());
        let Ok(bytes) = std::fs::read(&file) else { continue };
        let found = bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()));
        assert!(!found, "{text} is still in {file}");
    }
}

#[test]
fn pseudonyms_are_the_same_in_both_databases_and_again() {
    let salt = Salt::new(b"correct horse battery staple").unwrap();
    on_both(|backend| {
        let mut store = backend.ready();
        let sheets = session();
        for sheet in &sheets[..3] {
            store.import(ready(&sheet.round(), &*store)).unwrap();
        }
        store.anonymize(&salt).unwrap();
        // A later round meets the same people under the same pseudonyms.
        store.import(ready(&sheets[3].round(), &*store)).unwrap();
        store.anonymize(&salt).unwrap();
        let dump = store.dump().unwrap();
        for (guid, name, ..) in PLAYERS.iter().take(5) {
            assert!(!dump.contains(guid) && !dump.contains(&format!("|{name}|")), "{guid} {name}");
        }
        assert!(!dump.contains("visitor"));
        assert_eq!(store.status().unwrap().players, 5);
        let again = store.anonymize(&salt).unwrap();
        assert_eq!((again.players, again.names), (0, 0));
        if let Some(path) = backend.url.sqlite_path() {
            drop(store);
            assert_nowhere(path, PLAYERS[0].0);
        }
    });
}

/// A round whose objectives name a player in the file's own words.
fn named_in_objectives() -> proximity::Round {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/named_in_objectives");
    let round = proximity::Rounds::open(folder).unwrap().to_vec().unwrap().swap_remove(0);
    assert!(says(&round).contains("alpha's") && says(&round).contains("^1al^7pha"));
    round
}

/// What a round says of objectives, in small letters.
fn says(round: &proximity::Round) -> String {
    format!("{:?}", round.meta.objectives).to_lowercase()
}

#[test]
fn a_name_in_the_words_of_objectives_goes_with_the_player() {
    let round = named_in_objectives();
    let guid = round.tracks[0].guid.clone();
    let salt = Salt::new(b"correct horse battery staple").unwrap();
    for way in ["forget", "hide", "hide before", "anonymize"] {
        on_each(|backend| {
            let mut store = backend.ready();
            if way == "hide before" {
                store.hide(&guid).unwrap();
            }
            store.import(ready(&round, &*store)).unwrap();
            match way {
                "forget" => drop(store.forget(&guid).unwrap()),
                "anonymize" => drop(store.anonymize(&salt).unwrap()),
                _ => drop(store.hide(&guid).unwrap()),
            }
            let key = store.rounds(&Filter::everything()).unwrap()[0].key;
            let said = says(&store.load(key).unwrap());
            for gone in ["alpha's", "by_alpha", "al^7pha", &guid.as_str().to_lowercase()] {
                assert!(!said.contains(gone), "{way}: {said}");
            }
            assert!(said.contains("the alphabet gate, ") && said.contains("the depot gate of "), "{said}");
            let dump = store.dump().unwrap().to_lowercase();
            assert!(!dump.contains("al^7pha") && !dump.contains("alpha'"), "{way}: {dump}");
        });
    }
}

#[test]
fn a_hidden_player_who_is_forgotten_stays_hidden_in_rounds_to_come() {
    on_each(|backend| {
        let mut store = backend.ready();
        let (sheets, (guid, name, ..)) = (session(), PLAYERS[2]);
        store.import(ready(&sheets[0].round(), &*store)).unwrap();
        store.hide(&Guid::from(guid)).unwrap();
        store.forget(&Guid::from(guid)).unwrap();
        store.import(ready(&sheets[1].round(), &*store)).unwrap();
        let dump = store.dump().unwrap();
        assert!(!dump.contains(guid) && !dump.contains(&format!("|{name}|")), "{dump}");
    });
}
