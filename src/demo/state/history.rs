//! The last snapshots, from which the next ones are told as differences.

use crate::demo::delta::{Entity, PlayerState, Shared};

/// The server never goes back farther than 28 messages.
const KEPT: usize = 64;

/// The world as one message shows it.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Snapshot {
    /// Number of its message.
    pub(in crate::demo) sequence: i32,
    /// Level time of the server's frame, ms.
    pub(in crate::demo) server_time: i32,
    pub(in crate::demo) flags: u32,
    /// The recorder's own state, or that of the player whom the recorder follows.
    pub(in crate::demo) player: PlayerState,
    /// Entities by rising number.
    pub(in crate::demo) entities: Vec<Entity>,
    /// What TV demos add to each entity, in the same order; empty in other demos.
    pub(in crate::demo) shared: Vec<Shared>,
    /// Every player's state by slot, in TV and server demos.
    pub(in crate::demo) players: Vec<(u8, PlayerState)>,
}

impl Snapshot {
    pub(in crate::demo) fn empty() -> Self {
        Self {
            sequence: 0,
            server_time: 0,
            flags: 0,
            player: PlayerState::ZERO,
            entities: Vec::new(),
            shared: Vec::new(),
            players: Vec::new(),
        }
    }
}

/// A ring of the last snapshots by message number.
#[derive(Debug)]
pub(in crate::demo) struct History {
    ring: Vec<Option<Snapshot>>,
}

impl Default for History {
    fn default() -> Self {
        Self { ring: (0..KEPT).map(|_| None).collect() }
    }
}

impl History {
    fn place(sequence: i32) -> usize {
        sequence.rem_euclid(KEPT as i32) as usize
    }

    /// The snapshot of a message, if it is still kept.
    pub(in crate::demo) fn get(&self, sequence: i32) -> Option<&Snapshot> {
        self.ring[Self::place(sequence)].as_ref().filter(|kept| kept.sequence == sequence)
    }

    pub(in crate::demo) fn keep(&mut self, snapshot: Snapshot) {
        let place = Self::place(snapshot.sequence);
        self.ring[place] = Some(snapshot);
    }

    /// Gives the place of a new message's snapshot, emptied, with the memory of the one that it replaces.
    pub(in crate::demo) fn take(&mut self, sequence: i32) -> Snapshot {
        let mut snapshot = self.ring[Self::place(sequence)].take().unwrap_or_else(Snapshot::empty);
        snapshot.entities.clear();
        snapshot.shared.clear();
        snapshot.players.clear();
        snapshot.sequence = sequence;
        snapshot
    }
}
