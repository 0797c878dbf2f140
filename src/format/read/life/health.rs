//! Health that demos do not tell.

use crate::model::{Sample, Tails, Track};

/// Takes the mark `?` from the tails of a life that was made of demos: the health of such a sample only fills its place.
pub(crate) fn take_marks(track: &mut Track) {
    let mut tails = Tails::default();
    for index in 0..track.tails.len() {
        let tail = track.tails.get(index);
        let unmarked = if tail == "?" { Some("") } else { tail.strip_suffix(",?") };
        if let (Some(_), Some(sample)) = (unmarked, track.samples.get_mut(index)) {
            sample.health = Sample::UNKNOWN_HEALTH;
        }
        tails.push(unmarked.unwrap_or(tail));
    }
    track.tails = if tails.is_empty() { Tails::default() } else { tails };
}
