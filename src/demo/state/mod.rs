//! What the messages of a demo have built up so far: config strings, baselines, and the last snapshots.

mod command;
mod config;
mod history;

pub(super) use command::{Update, execute};
pub(super) use config::{ConfigStrings, MAX_CONFIG};
pub(super) use history::{History, Snapshot};

use super::delta::{Entity, MAX_ENTITIES, Shared};

/// Where an entity starts from that no snapshot has shown yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Baseline {
    pub(super) entity: Entity,
    pub(super) shared: Shared,
}

/// What one gamestate began, up to the next one.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) config: ConfigStrings,
    pub(super) baselines: Vec<Option<Baseline>>,
    pub(super) history: History,
    /// The last server command that was executed; the server repeats them until they are acknowledged.
    pub(super) last_command: i32,
    /// The recorder's slot.
    pub(super) client: u8,
    pub(super) checksum_feed: i32,
    /// Whether entities carry a shared part and messages every player's state.
    pub(super) tv: bool,
}

impl Connection {
    pub(super) fn new() -> Self {
        Self {
            config: ConfigStrings::default(),
            baselines: vec![None; MAX_ENTITIES],
            history: History::default(),
            last_command: 0,
            client: 0,
            checksum_feed: 0,
            tv: false,
        }
    }

    pub(super) fn baseline(&self, number: u16) -> Baseline {
        self.baselines[usize::from(number)]
            .unwrap_or_else(|| Baseline { entity: Entity::zero(number), shared: Shared::default() })
    }
}
