//! A snapshot: the world as a difference from an earlier one.

use crate::demo::bits::{BitReader, Fault};
use crate::demo::delta::{ENTITY_NONE, PlayerState, read_entity, read_player, read_shared};
use crate::demo::state::{Connection, Snapshot};

const MOST_AREAS: u32 = 32;
/// The slot that ends the list of players.
const NO_SLOT: u32 = 255;
/// Slots that can hold a player.
const SLOTS: u32 = 64;

/// A snapshot that is not in the history yet.
pub(super) struct Pending {
    pub(super) snapshot: Snapshot,
    /// The message from which it is told as a difference, if any.
    base: Option<i32>,
    /// Whether that message's snapshot is there.
    pub(super) valid: bool,
}

/// Reads a snapshot. When its base is not there, its bits are read all the same, since what follows them may be good.
pub(super) fn read(
    bits: &mut BitReader,
    sequence: i32,
    connection: &mut Connection,
) -> Result<Pending, Fault> {
    let mut snapshot = connection.history.take(sequence);
    snapshot.server_time = bits.long()?;
    let back = bits.byte()? as i32;
    snapshot.flags = bits.byte()?;
    let areas = bits.byte()?;
    if areas > MOST_AREAS {
        return Err(Fault::TooManyAreas(areas));
    }
    for _ in 0..areas {
        bits.byte()?;
    }
    let told_from = (back > 0).then(|| sequence.wrapping_sub(back));
    let base = told_from.and_then(|sequence| connection.history.get(sequence));
    let valid = told_from.is_none() || base.is_some();
    snapshot.player = base.map_or(PlayerState::ZERO, |base| base.player);
    read_player(bits, &mut snapshot.player)?;
    read_entities(bits, &mut snapshot, base, connection)?;
    Ok(Pending { snapshot, base: told_from, valid })
}

fn read_entities(
    bits: &mut BitReader,
    snapshot: &mut Snapshot,
    base: Option<&Snapshot>,
    connection: &Connection,
) -> Result<(), Fault> {
    let (old, old_shared) = base.map_or((&[][..], &[][..]), |base| (&base.entities, &base.shared));
    let mut copied = 0;
    let mut lowest = 0;
    loop {
        let number = bits.bits(10)? as u16;
        let from = copied;
        while copied < old.len() && old[copied].number < number {
            copied += 1;
        }
        snapshot.entities.extend_from_slice(&old[from..copied]);
        snapshot.shared.extend_from_slice(old_shared.get(from..copied).unwrap_or_default());
        if number == ENTITY_NONE {
            return Ok(());
        }
        if number < lowest {
            return Err(Fault::EntityOrder);
        }
        lowest = number + 1;
        let known = old.get(copied).filter(|entity| entity.number == number);
        let baseline;
        let (entity, shared) = if let Some(entity) = known {
            (entity, old_shared.get(copied).copied().unwrap_or_default())
        } else {
            baseline = connection.baseline(number);
            (&baseline.entity, baseline.shared)
        };
        copied += usize::from(known.is_some());
        let delta = read_entity(bits, entity, number)?;
        let shared = if connection.tv { Some(read_shared(bits, &shared)?) } else { None };
        if let Some(entity) = delta {
            snapshot.entities.push(entity);
            snapshot.shared.extend(shared);
        }
    }
}

/// Reads every player's state, each as a difference from the same slot's in the snapshot's base. A slot that is not
/// listed is not in the game.
pub(super) fn read_players(
    bits: &mut BitReader,
    pending: &mut Pending,
    connection: &Connection,
) -> Result<(), Fault> {
    let base = pending.base.and_then(|sequence| connection.history.get(sequence));
    let known = base.map_or(&[][..], |base| &base.players);
    let players = &mut pending.snapshot.players;
    loop {
        let slot = bits.byte()?;
        if slot == NO_SLOT {
            return Ok(());
        }
        let before = known.iter().find(|(known, _)| u32::from(*known) == slot);
        let mut state = before.map_or(PlayerState::ZERO, |(_, state)| *state);
        read_player(bits, &mut state)?;
        if slot < SLOTS && players.iter().all(|(other, _)| u32::from(*other) != slot) {
            players.push((slot as u8, state));
        }
    }
}
