//! The operations of a server demo, and the world that they build up.

use crate::demo::bits::{BitReader, Fault};
use crate::demo::delta::{
    ENTITY_NONE, Entity, MAX_ENTITIES, PlayerState, read_entity, read_player, skip_server_fields,
};
use crate::demo::state::{ConfigStrings, Connection, MAX_CONFIG, Snapshot, Update, execute};

const LONGEST_TEXT: usize = 8192;

mod operation {
    pub(super) const END_OF_DEMO: u32 = 0;
    pub(super) const END: u32 = 1;
    pub(super) const END_FRAME: u32 = 2;
    pub(super) const CONFIG: u32 = 3;
    pub(super) const PLAYER_CONFIG: u32 = 4;
    pub(super) const PLAYER_COMMAND: u32 = 5;
    pub(super) const SERVER_COMMAND: u32 = 6;
    pub(super) const CONSOLE_COMMAND: u32 = 7;
    pub(super) const GAME_COMMAND: u32 = 8;
    pub(super) const USER_INFO: u32 = 9;
    pub(super) const ENTITIES: u32 = 10;
    pub(super) const SERVER_ENTITIES: u32 = 11;
    pub(super) const PLAYER: u32 = 12;
}

/// What a payload brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Brought {
    /// More of a frame.
    Part,
    /// The rest of a frame, whose world is ready.
    Frame,
    /// The end of the demo.
    End,
}

/// The world of a server demo.
#[derive(Debug)]
pub(in crate::demo) struct Frames {
    /// Config strings; every player's state is there.
    pub(in crate::demo) connection: Connection,
    /// What changed since the last frame.
    pub(in crate::demo) updates: Vec<Update>,
    /// The last frame.
    pub(in crate::demo) world: Snapshot,
    entities: Vec<Option<Entity>>,
    players: Vec<Option<PlayerState>>,
    text: Vec<u8>,
    pieces: String,
}

impl Frames {
    pub(in crate::demo) fn new() -> Self {
        Self {
            connection: Connection { tv: true, client: u8::MAX, ..Connection::new() },
            updates: Vec::new(),
            world: Snapshot::empty(),
            entities: vec![None; MAX_ENTITIES],
            players: vec![None; ConfigStrings::MAX_PLAYERS],
            text: Vec::new(),
            pieces: String::new(),
        }
    }

    /// Reads the first payload, an info string about the server.
    ///
    /// # Errors
    /// One that is no such text.
    pub(in crate::demo) fn begin(&mut self, payload: &[u8]) -> Result<(), Fault> {
        let text = BitReader::new(payload).text(LONGEST_TEXT, &mut self.text)?;
        self.connection.config.set(ConfigStrings::SERVER_INFO, &text);
        self.connection.config.set(ConfigStrings::WOLF_INFO, &text);
        Ok(())
    }

    /// Reads any other payload.
    ///
    /// # Errors
    /// One that cannot be read to its end; what was read until then counts.
    pub(in crate::demo) fn read(&mut self, payload: &[u8]) -> Result<Brought, Fault> {
        let mut bits = BitReader::new(payload);
        let mut brought = Brought::Part;
        loop {
            match bits.byte()? {
                operation::END => return Ok(brought),
                operation::END_OF_DEMO => return Ok(Brought::End),
                operation::END_FRAME => {
                    self.world.server_time = bits.long()?;
                    self.gather();
                    brought = Brought::Frame;
                }
                operation::CONFIG => {
                    let number = bits.text(LONGEST_TEXT, &mut self.text)?;
                    let text = bits.text(LONGEST_TEXT, &mut self.text)?;
                    if let Some(number) = number.parse().ok().filter(|number| *number < MAX_CONFIG) {
                        self.set_config(number, &text);
                    }
                }
                operation::PLAYER_CONFIG => {
                    let slot = bits.byte()? as usize;
                    let text = bits.text(LONGEST_TEXT, &mut self.text)?;
                    if slot < ConfigStrings::MAX_PLAYERS {
                        self.set_config(ConfigStrings::PLAYERS + slot, &text);
                    }
                }
                operation::PLAYER_COMMAND | operation::USER_INFO => {
                    bits.byte()?;
                    bits.text(LONGEST_TEXT, &mut self.text)?;
                }
                operation::SERVER_COMMAND => {
                    let text = bits.text(LONGEST_TEXT, &mut self.text)?;
                    self.command(&text);
                }
                operation::GAME_COMMAND => {
                    let target = bits.long()?;
                    let text = bits.text(LONGEST_TEXT, &mut self.text)?;
                    if target < 0 {
                        self.command(&text);
                    }
                }
                operation::CONSOLE_COMMAND => {
                    bits.long()?;
                    bits.text(LONGEST_TEXT, &mut self.text)?;
                }
                operation::ENTITIES => self.read_entities(&mut bits)?,
                operation::SERVER_ENTITIES => {
                    while bits.bits(10)? as u16 != ENTITY_NONE {
                        skip_server_fields(&mut bits)?;
                    }
                }
                operation::PLAYER => {
                    let slot = bits.byte()? as usize;
                    let before = self.players.get(slot).copied().flatten();
                    let mut state = before.unwrap_or(PlayerState::ZERO);
                    read_player(&mut bits, &mut state)?;
                    if let Some(place) = self.players.get_mut(slot) {
                        *place = Some(state);
                    }
                }
                other => return Err(Fault::NoSuchOperation(other)),
            }
        }
    }

    fn set_config(&mut self, number: usize, text: &str) {
        self.connection.config.set(number, text);
        self.updates.push(Update::Config(number));
    }

    /// A command to all clients. Config strings come by themselves here; a restart does not.
    fn command(&mut self, text: &str) {
        if text.starts_with("map_restart") {
            execute(text, &mut self.connection.config, &mut self.pieces, &mut self.updates);
        }
    }

    fn read_entities(&mut self, bits: &mut BitReader) -> Result<(), Fault> {
        loop {
            let number = bits.bits(10)? as u16;
            if number == ENTITY_NONE {
                return Ok(());
            }
            let place = &mut self.entities[usize::from(number)];
            let before = place.unwrap_or_else(|| Entity::zero(number));
            *place = read_entity(bits, &before, number)?;
        }
    }

    /// Makes a snapshot of the frame. A slot without a player's config string is free, whatever state is left in it.
    fn gather(&mut self) {
        let world = &mut self.world;
        world.entities.clear();
        world.entities.extend(self.entities.iter().flatten());
        world.players.clear();
        for (slot, state) in self.players.iter().enumerate() {
            let taken = !self.connection.config.get(ConfigStrings::PLAYERS + slot).is_empty();
            if let (Some(state), true) = (state, taken) {
                world.players.push((slot as u8, *state));
            }
        }
    }
}
