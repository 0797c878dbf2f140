//! Messages about sessions: taken by one sender, kept over a restart, told anew when a player is forgotten.

use std::collections::BTreeSet;

use jiff::civil::date;
use proximity::model::Guid;
use proximity::store::{Answer, Post, PostState};

use super::on_each;
use super::sample::{PLAYERS, ready, session};

#[test]
fn of_two_senders_one_takes_the_post() {
    on_each(|backend| {
        let (mut one, mut two) = (backend.ready(), backend.open());
        let mut sending = Post::new("league", date(2026, 11, 20), "a1");
        sending.state = PostState::Sending;
        sending.attempts = 1;
        sending.next_try = 1_800_000_000;
        assert!(one.swap_post(None, &sending).unwrap());
        assert!(!two.swap_post(None, &sending).unwrap(), "it is taken");
        let read = two.posts("league").unwrap();
        assert_eq!(read, [sending.clone()]);
        let mut sent = sending.clone();
        sent.state = PostState::Sent;
        sent.message = Some("1234567890123456789".into());
        sent.fingerprint = "f".repeat(64);
        assert!(one.swap_post(Some(&sending), &sent).unwrap());
        assert!(!two.swap_post(Some(&read[0]), &sending).unwrap(), "it is not as it was read");
        assert_eq!(backend.open().posts("league").unwrap(), [sent]);
        assert!(one.posts("another").unwrap().is_empty());
    });
}

#[test]
fn messages_about_a_forgotten_players_sessions_are_told_anew() {
    on_each(|backend| {
        let mut store = backend.ready();
        let mut dates = Vec::new();
        for sheet in session() {
            let round = sheet.round();
            dates.push(proximity::analysis::session_date(&round.meta).unwrap());
            store.import(ready(&round, &*store)).unwrap();
        }
        for session in [dates[0], date(2020, 1, 1)] {
            let mut post = Post::new("league", session, "a1");
            post.fingerprint = "f".into();
            assert!(store.swap_post(None, &post).unwrap());
        }
        store.forget(&Guid::from(PLAYERS[2].0)).unwrap();
        let fingerprints: Vec<_> =
            store.posts("league").unwrap().into_iter().map(|post| post.fingerprint).collect();
        assert_eq!(fingerprints, ["f", ""], "the session of 2020 is another");
    });
}

#[test]
fn answers_that_show_a_forgotten_player_are_to_be_removed() {
    on_each(|backend| {
        let mut store = backend.ready();
        for sheet in session() {
            store.import(ready(&sheet.round(), &*store)).unwrap();
        }
        let answer = |message: &str| Answer { channel: "7".into(), message: message.into() };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let forgotten = PLAYERS[0].1;
        let plain = proximity::model::PlayerName::from(forgotten).display().to_uppercase();
        for (message, shown) in
            [("1", names(&[&plain, "Other"])), ("2", names(&["Other"])), ("3", names(&[forgotten]))]
        {
            store.note_answer(&answer(message), &shown, 1_800_000_000).unwrap();
        }
        // A bot that was away for too long removes nothing that old.
        store.note_answer(&answer("0"), &names(&[forgotten]), 1_700_000_000).unwrap();
        store.note_answer(&answer("2"), &names(&["Third"]), 1_800_000_001).unwrap();
        assert!(store.answers_to_remove().unwrap().is_empty());
        store.forget(&Guid::from(PLAYERS[0].0)).unwrap();
        assert_eq!(backend.open().answers_to_remove().unwrap(), [answer("1"), answer("3")]);
        store.answer_is_gone(&answer("1")).unwrap();
        assert_eq!(store.answers_to_remove().unwrap(), [answer("3")]);
    });
}

#[test]
fn a_hidden_player_stays_hidden_in_rounds_to_come() {
    on_each(|backend| {
        let mut store = backend.ready();
        let sheets = session();
        let (hidden, other) = (PLAYERS[0], PLAYERS[1]);
        store.import(ready(&sheets[0].round(), &*store)).unwrap();
        let posted = Answer { channel: "7".into(), message: "1".into() };
        let names = BTreeSet::from([proximity::model::PlayerName::from(hidden.1).display().into_owned()]);
        store.note_answer(&posted, &names, 1_800_000_000).unwrap();
        assert!(store.hide(&Guid::from(hidden.0)).unwrap().names > 0);
        assert_eq!(store.answers_to_remove().unwrap(), [posted]);
        store.import(ready(&sheets[1].round(), &*store)).unwrap();
        let dump = store.dump().unwrap();
        assert!(!dump.contains(hidden.0) && dump.contains(other.0));
        let mut aliases = BTreeSet::new();
        for stored in store.rounds(&proximity::Filter::everything()).unwrap() {
            let round = store.load(stored.key).unwrap();
            let called = round.tracks.iter().filter(|track| track.name.as_str().starts_with("player-"));
            aliases.extend(called.map(|track| (track.guid.clone(), track.name.clone())));
            assert!(round.tracks.iter().all(|track| track.name.as_str() != hidden.1));
        }
        assert_eq!(aliases.len(), 1, "one player, one other name: {aliases:?}");
        // Shown again, the player has one name in every round so far.
        let own = proximity::model::PlayerName::from("back");
        assert!(
            store.unhide(&Guid::from(other.0), &own).unwrap().is_none(),
            "the other one was never hidden"
        );
        assert!(store.unhide(&Guid::from(hidden.0), &own).unwrap().unwrap().names > 0);
        let dump = store.dump().unwrap();
        assert!(dump.contains(hidden.0) && dump.contains("|back|") && !dump.contains("player-"));
        assert!(store.hide(&Guid::from(hidden.0)).unwrap().names > 0);
        // Forgetting takes that name, too.
        store.forget(&Guid::from(hidden.0)).unwrap();
        assert!(!store.dump().unwrap().contains("player-"));
    });
}

#[test]
fn a_server_has_one_channel_or_none() {
    on_each(|backend| {
        let mut store = backend.ready();
        assert_eq!(store.channel("1").unwrap(), None);
        store.set_channel("1", Some("7")).unwrap();
        store.set_channel("1", Some("8")).unwrap();
        store.set_channel("2", Some("9")).unwrap();
        assert_eq!(backend.open().channel("1").unwrap().as_deref(), Some("8"));
        store.set_channel("1", None).unwrap();
        assert_eq!((store.channel("1").unwrap(), store.channel("2").unwrap().as_deref()), (None, Some("9")));
    });
}
