//! Whether bytes are the beginning of a demo: decided by content, never by a name.

use super::bits::BitReader;
use super::container::LONGEST_MESSAGE;
use super::message::operation;

/// A gamestate holds at least the config string that names the map.
const SHORTEST_MESSAGE: usize = 16;

/// Whether a file that begins with these bytes is a demo. Sixty-four of them are enough; fewer are not.
pub fn is_demo(first_bytes: &[u8]) -> bool {
    is_client_or_tv(first_bytes)
}

/// A record whose message begins with a gamestate.
fn is_client_or_tv(bytes: &[u8]) -> bool {
    let Some((head, payload)) = bytes.split_first_chunk::<8>() else { return false };
    let [a, b, c, d, e, f, g, h] = *head;
    let (sequence, length) = (i32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([e, f, g, h]));
    let plausible = usize::try_from(length).is_ok_and(|n| (SHORTEST_MESSAGE..=LONGEST_MESSAGE).contains(&n));
    let mut bits = BitReader::new(payload);
    let mut begins = || {
        bits.long().ok()?;
        let gamestate = bits.byte().ok()? == operation::GAMESTATE;
        bits.long().ok()?;
        let next = bits.byte().ok()?;
        Some(gamestate && matches!(next, operation::CONFIG | operation::BASELINE | operation::END))
    };
    sequence >= 0 && plausible && begins() == Some(true)
}
