//! The program is killed at five points of a post: before it is taken, while it is sent, before the answer, before the
//! answer is kept, and after.

use std::process::{Child, Output};
use std::time::Duration;

use super::fake::{Held, Next};
use super::{Place, err};

fn kill(mut child: Child) {
    // As -9 does.
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills the program at a point.
fn kill_at(point: usize, place: &Place) {
    let lock = rusqlite::Connection::open(place.path("p.db")).unwrap();
    let taken = || lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (held, hold) = Held::new();
    match point {
        1 => {
            // The store cannot be written, so the post cannot be taken.
            taken();
            let child = place.post(&[]).spawn().unwrap();
            std::thread::sleep(Duration::from_secs(2));
            assert!(place.fake.asked().is_empty());
            kill(child);
        }
        2 | 3 => {
            place.fake.script([if point == 2 { Next::HoldUnread(hold) } else { Next::HoldAnswer(hold) }]);
            let child = place.post(&[]).spawn().unwrap();
            held.arrived();
            kill(child);
        }
        4 => {
            place.fake.script([Next::HoldAnswer(hold)]);
            let child = place.post(&[]).spawn().unwrap();
            held.arrived();
            taken();
            held.release();
            std::thread::sleep(Duration::from_millis(700));
            kill(child);
        }
        _ => {
            let child = place.post(&[]).spawn().unwrap();
            place.fake.until("the message", |messages| !messages.is_empty());
            std::thread::sleep(Duration::from_millis(500));
            kill(child);
        }
    }
    held.release();
}

fn after_a_kill(point: usize, place: &Place) -> Output {
    kill_at(point, place);
    let again = place.posted(&[]);
    let settled = place.posted(&[]);
    assert!(settled.status.success(), "point {point}: {}", err(&settled));
    again
}

#[test]
fn a_bots_message_appears_once_wherever_the_program_is_killed() {
    std::thread::scope(|scope| {
        for point in 1..=5 {
            scope.spawn(move || {
                let place = Place::channel("").filled();
                let again = after_a_kill(point, &place);
                assert!(again.status.success(), "point {point}: {}", err(&again));
                assert_eq!(place.fake.messages().len(), 1, "point {point}");
            });
        }
    });
}

#[test]
fn a_webhooks_message_appears_once_or_is_said_to_be_unsure() {
    std::thread::scope(|scope| {
        for point in 1..=5 {
            scope.spawn(move || {
                let place = Place::webhook("").filled();
                let again = after_a_kill(point, &place);
                let is_unsure = err(&again).contains("may have arrived or not");
                // Where the program had begun to send and did not keep the answer, it cannot know.
                assert_eq!(is_unsure, (2..=4).contains(&point), "point {point}: {}", err(&again));
                let expected = usize::from(point != 2);
                assert_eq!(place.fake.messages().len(), expected, "point {point}");
            });
        }
    });
}
