//! Whether bytes are the beginning of a demo: decided by content, never by a name.

use super::container::LONGEST_MESSAGE;
use crate::demo::bits::BitReader;
use crate::demo::message::operation;
use crate::demo::server::LONGEST_PAYLOAD;

/// A gamestate holds at least the config string that names the map.
const SHORTEST_MESSAGE: usize = 16;

/// How a demo's records are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Layout {
    /// Messages to a client or TV server.
    Messages,
    /// Frames of the game server itself.
    Frames,
}

/// Whether a file that begins with these bytes is a demo. Sixty-four of them are enough; fewer are not.
pub fn is_demo(first_bytes: &[u8]) -> bool {
    layout(first_bytes).is_some()
}

/// What kind of demo begins with these bytes, if any.
pub(in crate::demo) fn layout(first_bytes: &[u8]) -> Option<Layout> {
    if is_client_or_tv(first_bytes) {
        Some(Layout::Messages)
    } else if is_server(first_bytes) {
        Some(Layout::Frames)
    } else {
        None
    }
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

/// A payload that is an info string: a backslash, a cvar's name, a backslash.
fn is_server(bytes: &[u8]) -> bool {
    let Some((head, payload)) = bytes.split_first_chunk::<4>() else { return false };
    let length = i32::from_le_bytes(*head);
    let plausible = usize::try_from(length).is_ok_and(|n| (SHORTEST_MESSAGE..=LONGEST_PAYLOAD).contains(&n));
    let mut bits = BitReader::new(payload);
    let mut next = || bits.byte().ok().and_then(|byte| u8::try_from(byte).ok());
    if !plausible || next() != Some(b'\\') {
        return false;
    }
    let mut name = 0;
    loop {
        match next() {
            Some(b'\\') => return name > 0,
            Some(byte) if byte.is_ascii_alphanumeric() || byte == b'_' => name += 1,
            _ => return false,
        }
    }
}
