//! One server message: operations up to the one that ends it.

mod gamestate;
pub(super) mod operation;
mod snapshot;

use super::bits::{BitReader, Fault};
use super::state::{Connection, Update, execute};

/// Longest text of a server command, bytes with its end.
const COMMAND_BYTES: usize = 1024;

/// What a message brought.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// It began anew with a gamestate.
    pub(super) gamestate: bool,
    /// What its commands did, in order.
    pub(super) updates: Vec<Update>,
    /// Its snapshot, if it has one.
    pub(super) snapshot: Arrival,
}

/// What became of a message's snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Arrival {
    /// It has none.
    #[default]
    None,
    /// It is in the history now.
    Kept,
    /// It is a difference from a message that is not there.
    LostBase,
}

/// Memory that serves every message.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    text: Vec<u8>,
    pieces: String,
}

/// Reads a message and brings the connection up to date.
///
/// # Errors
/// A message that cannot be read to its end. Its commands up to there are executed, its snapshot is not kept.
pub(super) fn read(
    payload: &[u8],
    sequence: i32,
    connection: &mut Connection,
    scratch: &mut Scratch,
    received: &mut Received,
) -> Result<(), Fault> {
    received.gamestate = false;
    received.updates.clear();
    received.snapshot = Arrival::None;
    let mut bits = BitReader::new(payload);
    let _acknowledged = bits.long()?;
    let mut pending = None;
    loop {
        match bits.byte()? {
            operation::NOP => {}
            operation::GAMESTATE => {
                gamestate::read(&mut bits, connection, &mut scratch.text)?;
                received.gamestate = true;
                received.updates.clear();
            }
            operation::COMMAND => {
                let number = bits.long()?;
                let text = bits.text(COMMAND_BYTES, &mut scratch.text)?;
                if number > connection.last_command {
                    connection.last_command = number;
                    execute(&text, &mut connection.config, &mut scratch.pieces, &mut received.updates);
                }
            }
            operation::DOWNLOAD => skip_download(&mut bits, &mut scratch.text)?,
            operation::SNAPSHOT if pending.is_some() => return Err(Fault::SecondSnapshot),
            operation::SNAPSHOT => pending = Some(snapshot::read(&mut bits, sequence, connection)?),
            operation::PLAYERS => {
                let pending = pending.as_mut().ok_or(Fault::PlayersWithoutSnapshot)?;
                snapshot::read_players(&mut bits, pending, connection)?;
            }
            operation::END => break,
            other => return Err(Fault::NoSuchOperation(other)),
        }
    }
    if let Some(pending) = pending {
        received.snapshot = if pending.valid { Arrival::Kept } else { Arrival::LostBase };
        if pending.valid {
            connection.history.keep(pending.snapshot);
        }
    }
    Ok(())
}

/// A piece of a file that the server sends; demos hold some, players never need them.
fn skip_download(bits: &mut BitReader, scratch: &mut Vec<u8>) -> Result<(), Fault> {
    match bits.short()? {
        -1 => {
            bits.text(COMMAND_BYTES, scratch)?;
            bits.long()?;
            bits.long()?;
            return Ok(());
        }
        0 if bits.long()? < 0 => {
            bits.text(COMMAND_BYTES, scratch)?;
            return Ok(());
        }
        _ => {}
    }
    for _ in 0..bits.short()?.max(0) {
        bits.byte()?;
    }
    Ok(())
}
