//! Messages about sessions: taken by one sender, kept over a restart, told anew when a player is forgotten.

use jiff::civil::date;
use proximity::model::Guid;
use proximity::store::{Post, PostState};

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
