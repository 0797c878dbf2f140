//! What becomes of a post by the answer to its request.

use std::time::Duration;

use super::client::Answer;
use crate::store::{Post, PostState};

/// A message is tried for so long, seconds.
const TRIED_FOR_S: i64 = 24 * 60 * 60;
/// Longest wait between two tries that Discord does not set, seconds.
const LONGEST_WAIT_S: u64 = 300;
/// A change that failed is tried again after this, seconds.
const EDIT_AGAIN_S: i64 = 60;
/// A message whose answer was lost is sent again after this where a nonce allows it, seconds.
const REPEAT_AFTER_S: i64 = 2;

/// What became of a post, for the one who runs the program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Told {
    /// It went well.
    Done(String),
    /// It did not, or needs attention.
    Trouble(String),
}

/// A post that is being sent or changed.
pub(super) struct Delivery<'d> {
    /// The post as the store has it now.
    pub post: Post,
    /// The target's name.
    pub target: &'d str,
    /// Fingerprint of what the message tells.
    pub fingerprint: &'d str,
    /// Whether a second message of the same nonce would not appear.
    pub is_repeatable: bool,
}

impl Delivery<'_> {
    /// What the message is called in a line about it.
    pub(super) fn name(&self) -> String {
        format!("{}: the message about {}", self.target, self.post.session)
    }

    /// The post after a new message was answered at the moment `now`.
    pub(super) fn sent(&self, answer: Answer, now: i64) -> (Post, Told) {
        let name = self.name();
        let mut post = Post { since: now, ..self.post.clone() };
        let mut end = |state, told| {
            post.state = state;
            told
        };
        let told = match answer {
            Answer::Done(id) => {
                let told = end(PostState::Sent, Told::Done(format!("{name} was sent")));
                post.message = id;
                post.next_try = 0;
                self.fingerprint.clone_into(&mut post.fingerprint);
                told
            }
            Answer::Later(..) if now - self.post.first_try >= TRIED_FOR_S => {
                end(PostState::GivenUp, Told::Trouble(format!("{name} is given up after a day")))
            }
            Answer::Later(wait, reason) => {
                let told = end(PostState::Waiting, Told::Trouble(format!("{name} waits: {reason}")));
                let own = Duration::from_secs((1 << post.attempts.min(9)).min(LONGEST_WAIT_S));
                post.next_try = now + wait.unwrap_or(own).as_secs_f64().ceil() as i64;
                told
            }
            Answer::Lost(reason) if self.is_repeatable => {
                // Since when it is on its way decides how long its nonce is known.
                post.since = self.post.since;
                post.next_try = now + REPEAT_AFTER_S;
                Told::Trouble(format!("{name} is sent again: {reason}"))
            }
            Answer::Lost(reason) => end(PostState::Unsure, self.unsure(&reason)),
            Answer::Refused(reason) => end(PostState::Refused, self.off(&reason)),
            Answer::Gone => end(PostState::GivenUp, Told::Trouble(format!("{name} is given up"))),
            Answer::NotTaken(reason) => {
                end(PostState::GivenUp, Told::Trouble(format!("{name} is given up: {reason}")))
            }
        };
        (post, told)
    }

    /// The post after a change of its message was answered at the moment `now`.
    pub(super) fn changed(&self, answer: Answer, now: i64) -> (Post, Told) {
        let name = self.name();
        let mut post = Post { attempts: self.post.attempts + 1, state: PostState::Sent, ..self.post.clone() };
        let mut settled = || self.fingerprint.clone_into(&mut post.fingerprint);
        let told = match answer {
            Answer::Done(_) => {
                settled();
                Told::Done(format!("{name} was changed"))
            }
            Answer::Gone => {
                settled();
                Told::Trouble(format!("{name} is not there any more; no other one is sent"))
            }
            Answer::NotTaken(reason) => {
                settled();
                Told::Trouble(format!("{name} cannot be changed: {reason}"))
            }
            Answer::Later(wait, reason) => {
                post.next_try = now + wait.map_or(EDIT_AGAIN_S, |wait| wait.as_secs_f64().ceil() as i64);
                Told::Trouble(format!("{name} is not changed yet: {reason}"))
            }
            Answer::Lost(reason) => {
                post.next_try = now + EDIT_AGAIN_S;
                Told::Trouble(format!("{name} is not changed yet: {reason}"))
            }
            Answer::Refused(reason) => {
                post.state = PostState::Refused;
                self.off(&reason)
            }
        };
        (post, told)
    }

    /// The post of a sender that ended before it knew.
    pub(super) fn abandoned(&self, now: i64) -> (Post, Told) {
        let post = Post { state: PostState::Unsure, since: now, ..self.post.clone() };
        (post, self.unsure("the program ended while it was being sent"))
    }

    fn unsure(&self, reason: &str) -> Told {
        Told::Trouble(format!(
            "{} may have arrived or not: {reason}; if it is not there: `proximity discord post --session {} --again`",
            self.name(),
            self.post.session
        ))
    }

    fn off(&self, reason: &str) -> Told {
        Told::Trouble(format!("{} is switched off and not called again: {reason}", self.target))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn delivery(is_repeatable: bool, attempts: u32) -> Delivery<'static> {
        let mut post = Post::new("league", date(2026, 11, 20), "a");
        post.state = PostState::Sending;
        post.attempts = attempts;
        post.first_try = 1000;
        post.since = 1000;
        Delivery { post, target: "league", fingerprint: "f", is_repeatable }
    }

    #[test]
    fn waits_grow_until_a_day_is_over() {
        let waits = |attempts| {
            let (post, _) = delivery(false, attempts).sent(Answer::Later(None, String::new()), 2000);
            (post.state, post.next_try - 2000)
        };
        assert_eq!(waits(1), (PostState::Waiting, 2));
        assert_eq!(waits(5), (PostState::Waiting, 32));
        assert_eq!(waits(4_000_000_000), (PostState::Waiting, 300));
        let asked = Answer::Later(Some(Duration::from_millis(1500)), String::new());
        assert_eq!(delivery(false, 3).sent(asked, 2000).0.next_try, 2002);
        let (late, _) = delivery(false, 3).sent(Answer::Later(None, String::new()), 1000 + TRIED_FOR_S);
        assert_eq!(late.state, PostState::GivenUp);
    }

    #[test]
    fn a_lost_answer_is_repeated_only_where_a_nonce_is_known() {
        let lost = || Answer::Lost("it broke off".into());
        assert_eq!(delivery(false, 1).sent(lost(), 1010).0.state, PostState::Unsure);
        let (again, _) = delivery(true, 1).sent(lost(), 1010);
        assert_eq!((again.state, again.since, again.next_try), (PostState::Sending, 1000, 1012));
    }

    #[test]
    fn a_message_that_was_removed_stays_removed() {
        let mut sent = delivery(false, 1);
        sent.post.message = Some("1".into());
        let (post, told) = sent.changed(Answer::Gone, 2000);
        assert_eq!((post.state, post.fingerprint.as_str()), (PostState::Sent, "f"));
        assert!(matches!(told, Told::Trouble(_)));
    }
}
