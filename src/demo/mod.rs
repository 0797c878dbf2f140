//! Recorded games to the model.
//!
//! A demo is what one client of a game server received, written down: a player's own (`.dm_82` to `.dm_84`),
//! a TV server's (`.tv_84`), or what the game server itself noted (`.sv_84`). [`read`] goes through it once
//! and gives each round that was played as a tracker file would hold it, with how every value is known. The
//! rest of this page is the format: another reader could be written from it alone, with the code table of
//! `bits/code.rs` and the field tables of `delta/fields.rs`. All numbers are little-endian.
//!
//! # Container
//!
//! A file is a run of records without a header. Each has a message's sequence number (32 bits), its length in
//! bytes (32 bits, 1 to 32768), and the message. Length −1 ends the demo; what follows is ignored. Without
//! that marker the file's end does: recording was not stopped in order, or the file was cut. The first record
//! holds a gamestate. Sequence numbers rise by one for each message of the server; a gap is a message that
//! was lost on its way. There is no date in the file: only a name such as `2025-03-09-210407-supply.dm_84`
//! has one, the time at which recording began.
//!
//! # Bits
//!
//! A message is one string of bits, bit 0 of byte 0 first, without alignment. A number of *n* bits has *n*
//! mod 8 raw bits first, the lowest bit first, then its other bytes, the low ones first, each as its code of
//! 2 to 11 bits. The code is fixed; one pattern, `00000000100`, stands for nothing. So a byte is a code, and
//! a flag is one raw bit. Signed numbers are extended from their width. A text is coded bytes up to a zero.
//!
//! # Messages
//!
//! A message is a number of 32 bits that does not matter here, then operations, each a byte:
//!
//! | operation | what follows |
//! |---|---|
//! | 1 nothing | |
//! | 2 gamestate | see below |
//! | 5 server command | its number (32), a text; the server repeats commands, so only a number above the last one counts |
//! | 6 download | block (16); −1: text, 32, 32; 0: size (32), and if that is negative a text and no more; then a count (16) and as many bytes |
//! | 7 snapshot | see below |
//! | 8 end | the message ends; a mod's own bytes may follow |
//! | 9 players | TV only: see below |
//!
//! Commands of a message apply before its snapshot. Any other operation makes the rest of a message
//! unreadable.
//!
//! A **gamestate** begins everything anew: the number of the last command (32), then operations up to 8: 3, a
//! config string's number (16) and text; 4, a baseline: an entity's number (10) and its difference from zero;
//! 10, in TV demos, an entity's current state, which nothing builds on. After that come the recorder's slot
//! (32) and a checksum (32). In a TV demo every entity difference is followed by a shared one, whose mark
//! tells the two kinds of demo apart behind the first baseline.
//!
//! A **snapshot** is the server's time (32, ms), how many messages back its base is (8; 0: it stands alone),
//! flags (8; 4 toggles with each restart), a count (8, at most 32) of bytes to skip, the recorder's player
//! difference, and the list of entities. Its base is the snapshot of exactly that message; if it is missing,
//! the snapshot's bits are read and the result is thrown away. In the list, an entity's number (10) is
//! followed by its difference: from the base's entity of that number, else from its baseline. Numbers rise,
//! 1023 ends the list, and entities that are not named stay as they were.
//!
//! **Players** of a TV demo follow their snapshot: a slot (8) and a player difference from the base's same
//! slot, 255 at the end. A slot that is not listed is not in the game.
//!
//! # Differences
//!
//! An **entity**'s difference: a flag, set when the entity leaves; a flag, unset when nothing changed; a
//! count (8) of leading fields, at most 71; for each of these a flag whether it changed, and if so a flag
//! whether it is other than zero, and then its value. A value is a number of the field's width or a float: a
//! flag, unset for a whole number of 13 bits less 4096, set for the 32 bits of a float. The **shared** part
//! of TV demos is the same with 14 fields, after a byte 0x77.
//!
//! A **player**'s difference has a count of at most 77 and no flags for zero. Arrays follow: a flag whether
//! any of stats, persistant, holdable and powerups changed, and then for each a flag, a mask of 16 bits and
//! the new values (16 bits, powerups 32); a flag for ammunition and four such arrays; four arrays of clips.
//!
//! # Server demos
//!
//! A `.sv_84` has records of a length (32) and a payload without sequence numbers. The first payload is a
//! text, an info string. Others are operations: 1 ends the payload, 0 the demo; 2 ends a frame with its time
//! (32); 3 a config string, number and value as texts; 4 a player's config string, slot (8) and text; 5 a
//! slot (8) and a text; 6 a text; 7 a number (32) and a text; 8 a number (32) and a text; 9 a slot (8) and a
//! text; 10 entities: numbers (10) with their differences from the same entity's last state, 1023 at the end;
//! 11 the same for the server's own part of entities: number, a flag, a count and fields; 12 a slot (8) and a
//! player difference from the slot's last state.
//!
//! # Meaning
//!
//! The engine fixes all of the above; what the numbers mean is the mod's. `meaning` tells ET: Legacy from the
//! family of mods made from the source of 2.60, and finds an unknown mod's obituaries by watching who dies.
//!
//! A player's state tells everything of that player. It is there for the recorder, or for whom the recorder
//! follows; TV and server demos have everyone's. In limbo and while following, a slot's state is a copy of
//! another player's: then the flags say so, or the state names another slot. Other players are entities while
//! they can be seen: with place, motion, view, weapon and stance, without health and stamina. The command
//! `tinfo` adds teammates' places and health once a second. Obituaries are entities that stay for 300 ms and
//! reach every client, seen or not.
//!
//! # Rounds
//!
//! A round is what is played while the config string 21 says `gamestate\0`, between restarts and maps. Its
//! clock is the server's time less config string 11, as a tracker's is: both stand still in a pause. Players
//! who are not visible leave a gap. Texts that players print or say are read over and never kept.
//!
//! ```
//! use proximity::demo::{ReadOptions, read};
//!
//! let file = std::fs::File::open("tests/data/demo/engine_written.tv_84")?;
//! let mut kills = 0;
//! let about = read(file, &ReadOptions::default(), |recorded| kills += recorded.kills.len())?;
//! assert!(about.complete && about.bad_messages == 0);
//! println!("{} rounds on {:?}, {kills} kills", about.rounds, about.maps);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bits;
mod delta;
mod error;
mod file;
mod meaning;
mod merge;
mod message;
mod options;
mod reader;
mod rounds;
mod server;
mod state;
#[cfg(test)]
mod tests;

pub use error::{ReadError, Warning};
pub use file::date::DateSource;
pub use file::sniff::is_demo;
pub use meaning::Means;
pub use merge::{LifeSpan, Merged, is_same_round, may_be_same_round, merge, merge_all};
pub use options::{Limits, ReadOptions};
pub use reader::{Kind, RecordedRound, Summary};
pub use rounds::{Kill, LifeSource, Party, SampleSource, Sight, Source, Spans, multi_kills};

use std::io::Read;

/// Reads a demo record by record and gives each round to `each` as soon as it is over. Memory holds one round
/// at a time, however long the demo is.
///
/// # Errors
/// When the input is not a demo, or cannot be read.
pub fn read(
    input: impl Read,
    options: &ReadOptions,
    each: impl FnMut(RecordedRound),
) -> Result<Summary, ReadError> {
    reader::read(input, options, each)
}
