//! The index of the kills of demos: what went in comes out, and names go when they must.

use proximity::geom::WorldPoint;
use proximity::model::Guid;
use proximity::store::{DemoFile, DemoKill, DemoParty, DemoStamp, KillSearch, Salt, Storage};

use super::on_each;
use super::sample::{PLAYERS, ready, session};

fn file(path: &str, bytes: i64) -> DemoFile {
    DemoFile {
        path: path.into(),
        stamp: DemoStamp { bytes, modified_ms: 1_800_000_000_123, reader: 1 },
        refused: bytes == 0,
        complaints: vec!["1 fault, the first: record 2 at byte 9: cut".into(), "a.dm_84: odd".into()],
    }
}

fn party(slot: u8, name: &str, at: Option<WorldPoint>) -> DemoParty {
    DemoParty { slot, name: name.into(), team: at.map(|_| "AXIS".into()), at }
}

fn kill(killer: Option<&str>, time_ms: i32, run: u32) -> DemoKill {
    DemoKill {
        entry: "cup/a.dm_84".into(),
        map: "te_escape2".into(),
        round: Some(2),
        time_ms,
        server_time_ms: i32::MIN,
        kind: "killed".into(),
        means: "mp40".into(),
        weapon: killer.map(|_| 3),
        head_shot: run > 1,
        victim: party(63, "^1Be|ta;\u{1f600}", None),
        killer: killer.map(|name| party(0, name, Some(WorldPoint::new(-1.5, 0.1, 8192.25)))),
        nth: 1,
        run,
    }
}

fn all(store: &mut dyn Storage, search: &KillSearch) -> Vec<(String, DemoKill)> {
    let mut found = Vec::new();
    let taken = store.demo_kills(search, &mut |path, kill| {
        found.push((path.to_owned(), kill));
        Ok(())
    });
    taken.unwrap();
    found
}

#[test]
fn the_kills_that_went_in_come_out_by_path_and_in_order() {
    on_each(|backend| {
        let mut store = backend.ready();
        let (late, early) = (file("/demos/b.zip", 7), file("/demos/a.tv_84", 0));
        let kills = vec![kill(Some("^2Alpha"), 9000, 3), kill(None, -50, 1), kill(Some("Gamma"), 9000, 1)];
        store.keep_demos(&[(late.clone(), kills.clone()), (early.clone(), kills.clone())], &[]).unwrap();
        assert_eq!(store.demos().unwrap(), [early.clone(), late.clone()]);
        let found = all(&mut *store, &KillSearch::default());
        let expected =
            |path: &str| kills.iter().map(|kill| (path.to_owned(), kill.clone())).collect::<Vec<_>>();
        assert_eq!(found, [expected(&early.path), expected(&late.path)].concat());
        let by = |name: &str, run| KillSearch {
            killers: vec![proximity::analysis::PlayerPattern::new(name)],
            run,
        };
        assert_eq!(all(&mut *store, &by("ALPHA", 1)).len(), 2, "colours and case do not count");
        assert_eq!(all(&mut *store, &by("alph", 1)).len(), 0);
        assert_eq!(all(&mut *store, &by("gamma", 2)).len(), 0);
        assert_eq!(all(&mut *store, &KillSearch { run: 3, ..KillSearch::default() }).len(), 2);
        // Read again, a file takes the place of itself; another one is gone.
        let changed = file("/demos/b.zip", 8);
        store.keep_demos(&[(changed.clone(), kills[..1].to_vec())], &[early.path]).unwrap();
        assert_eq!(store.demos().unwrap(), [changed]);
        assert_eq!(all(&mut *store, &KillSearch::default()).len(), 1);
    });
}

#[test]
fn hostile_texts_are_kept_as_far_as_a_database_can() {
    on_each(|backend| {
        let mut store = backend.ready();
        let mut odd = kill(Some(&"x".repeat(5000)), 0, 1);
        odd.entry = format!("../\0/{}", "y".repeat(9000));
        odd.map = "m\0'; DROP TABLE demo_kill; --".into();
        let mut strange = file("/demos/\u{202e}a\n.dm_84", 3);
        strange.complaints = vec!["a\nb\0c".into()];
        store.keep_demos(&[(strange, vec![odd])], &[]).unwrap();
        assert_eq!(store.demos().unwrap()[0].complaints.len(), 1);
        let [(_, read)] = &all(&mut *store, &KillSearch::default())[..] else { panic!("one kill") };
        assert!(read.map.ends_with("DROP TABLE demo_kill; --"));
        assert!(read.killer.as_ref().unwrap().name.starts_with("xxx"));
    });
}

#[test]
fn a_forgotten_players_names_leave_the_index_and_pseudonyms_empty_it() {
    on_each(|backend| {
        let mut store = backend.ready();
        for sheet in session() {
            store.import(ready(&sheet.round(), &*store)).unwrap();
        }
        let (guid, name) = (PLAYERS[2].0, PLAYERS[2].1);
        let painted = format!("^5{}", name.to_uppercase());
        let kills = vec![kill(Some(&painted), 0, 1), kill(Some("Gamma"), 50, 1)];
        store.keep_demos(&[(file("/demos/a.dm_84", 1), kills)], &[]).unwrap();
        store.forget(&Guid::from(guid)).unwrap();
        let names: Vec<String> = all(&mut *store, &KillSearch::default())
            .into_iter()
            .filter_map(|(_, kill)| Some(kill.killer?.name))
            .collect();
        assert_eq!(names, ["forgotten", "Gamma"]);
        store.anonymize(&Salt::new(b"a secret of enough bytes").unwrap()).unwrap();
        assert!(store.demos().unwrap().is_empty());
        assert!(all(&mut *store, &KillSearch::default()).is_empty());
    });
}
