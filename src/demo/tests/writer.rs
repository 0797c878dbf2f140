//! The format backwards: states to bits, as the engine writes them.

use crate::demo::bits::CODES;
use crate::demo::delta::fields::{ENTITY_FIELDS, PLAYER_FIELDS, SHARED_FIELDS};
use crate::demo::delta::{Entity, PlayerState, Shared};
use crate::demo::message::operation;
use crate::demo::state::{Baseline, Snapshot};

/// Appends bits to bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct BitWriter {
    pub(super) bytes: Vec<u8>,
    pub(super) at: usize,
}

impl BitWriter {
    fn raw(&mut self, value: u32, count: u32) {
        for place in 0..count {
            if self.at.is_multiple_of(8) {
                self.bytes.push(0);
            }
            self.bytes[self.at / 8] |= ((value >> place & 1) as u8) << (self.at % 8);
            self.at += 1;
        }
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.raw(value.into(), 1);
    }

    pub(super) fn bits(&mut self, value: u32, width: u32) {
        self.raw(value, width % 8);
        for byte in 0..width / 8 {
            let (length, code) = CODES[(value >> (width % 8 + 8 * byte) & 0xff) as usize];
            self.raw(code.into(), length.into());
        }
    }

    pub(super) fn byte(&mut self, value: u32) {
        self.bits(value, 8);
    }

    pub(super) fn long(&mut self, value: i32) {
        self.bits(value as u32, 32);
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        for byte in text {
            self.byte(if *byte == b'%' { b'.' } else { *byte }.into());
        }
        self.byte(0);
    }

    fn float(&mut self, bits: u32) {
        let value = f32::from_bits(bits);
        let small =
            value == value.trunc() && (-4096.0..=4095.0).contains(&value) && bits != (-0.0_f32).to_bits();
        self.flag(!small);
        if small { self.bits((value as i32 + 4096) as u32, 13) } else { self.bits(bits, 32) }
    }

    fn entity_fields(&mut self, from: &[u32], to: &[u32], table: &[(&str, i8)]) {
        let count = changed(from, to);
        self.byte(count as u32);
        for place in 0..count {
            self.flag(from[place] != to[place]);
            if from[place] != to[place] {
                self.flag(to[place] != 0);
                match (to[place], table[place].1) {
                    (0, _) => {}
                    (value, 0) => self.float(value),
                    (value, width) => self.bits(value, width as u32),
                }
            }
        }
    }

    /// What follows an entity's number.
    pub(super) fn entity(&mut self, from: &Entity, to: Option<&Entity>) {
        self.flag(to.is_none());
        if let Some(to) = to {
            self.flag(from.fields != to.fields);
            if from.fields != to.fields {
                self.entity_fields(&from.fields, &to.fields, &ENTITY_FIELDS);
            }
        }
    }

    pub(super) fn shared(&mut self, from: &Shared, to: Option<&Shared>) {
        self.byte(0x77);
        self.flag(to.is_none());
        if let Some(to) = to {
            self.flag(from.fields != to.fields);
            if from.fields != to.fields {
                self.entity_fields(&from.fields, &to.fields, &SHARED_FIELDS);
            }
        }
    }

    pub(super) fn player(&mut self, from: &PlayerState, to: &PlayerState) {
        let count = changed(&from.fields, &to.fields);
        self.byte(count as u32);
        let fields = from.fields.iter().zip(&to.fields).zip(&PLAYER_FIELDS);
        for ((from, to), (_, width)) in fields.take(count) {
            self.flag(from != to);
            if from != to {
                match width {
                    0 => self.float(*to),
                    width => self.bits(*to, width.unsigned_abs().into()),
                }
            }
        }
        let short = |value: &i16| (*value as u16).into();
        let any = from.stats != to.stats
            || from.persistant != to.persistant
            || from.holdable != to.holdable
            || from.powerups != to.powerups;
        self.flag(any);
        if any {
            self.array(&from.stats, &to.stats, 16, short);
            self.array(&from.persistant, &to.persistant, 16, short);
            self.array(&from.holdable, &to.holdable, 16, short);
            self.array(&from.powerups, &to.powerups, 32, |value| *value as u32);
        }
        self.flag(from.ammo != to.ammo);
        if from.ammo != to.ammo {
            for (from, to) in from.ammo.chunks(16).zip(to.ammo.chunks(16)) {
                self.array(from, to, 16, short);
            }
        }
        for (from, to) in from.clip.chunks(16).zip(to.clip.chunks(16)) {
            self.array(from, to, 16, short);
        }
    }

    fn array<T: PartialEq>(&mut self, from: &[T], to: &[T], width: u32, number: impl Fn(&T) -> u32) {
        self.flag(from != to);
        if from != to {
            let mask = (0..from.len()).filter(|k| from[*k] != to[*k]).fold(0, |mask, k| mask | 1 << k);
            self.bits(mask, 16);
            for k in (0..from.len()).filter(|k| from[*k] != to[*k]) {
                self.bits(number(&to[k]), width);
            }
        }
    }

    /// The list of entities: what changed since `base`, new ones from their baselines.
    pub(super) fn entities(
        &mut self,
        base: Option<&Snapshot>,
        to: &Snapshot,
        baseline: impl Fn(u16) -> Baseline,
        tv: bool,
    ) {
        let number_at = |snapshot: Option<&Snapshot>, at: usize| {
            snapshot.and_then(|s| s.entities.get(at)).map_or(u16::MAX, |entity| entity.number)
        };
        let (mut old, mut new) = (0, 0);
        loop {
            let (from, now) = (number_at(base, old), number_at(Some(to), new));
            let number = from.min(now);
            if number == u16::MAX {
                break;
            }
            let known = base.filter(|_| from == number);
            let start = match known {
                Some(base) => Baseline {
                    entity: base.entities[old],
                    shared: base.shared.get(old).copied().unwrap_or_default(),
                },
                None => baseline(number),
            };
            let entity = (now == number).then(|| &to.entities[new]);
            let shared = to.shared.get(new).filter(|_| now == number);
            let same = entity.is_some_and(|entity| *entity == start.entity)
                && (!tv || shared.is_some_and(|shared| *shared == start.shared));
            if !(known.is_some() && same) {
                self.bits(number.into(), 10);
                self.entity(&start.entity, entity);
                if tv {
                    self.shared(&start.shared, shared);
                }
            }
            old += usize::from(from == number);
            new += usize::from(now == number);
        }
        self.bits(1023, 10);
    }

    /// Every player's state, behind a snapshot.
    pub(super) fn players(&mut self, base: Option<&Snapshot>, to: &Snapshot) {
        for (slot, state) in &to.players {
            let from = base.and_then(|base| base.players.iter().find(|(known, _)| known == slot));
            self.byte((*slot).into());
            self.player(from.map_or(&PlayerState::ZERO, |(_, state)| state), state);
        }
        self.byte(255);
    }
}

/// One more than the place of the last difference.
fn changed(from: &[u32], to: &[u32]) -> usize {
    from.iter().zip(to).rposition(|(a, b)| a != b).map_or(0, |place| place + 1)
}

/// Writes a whole demo.
#[derive(Debug, Clone, Default)]
pub(super) struct DemoWriter {
    pub(super) bytes: Vec<u8>,
    pub(super) tv: bool,
    sequence: i32,
    command: i32,
    last: Option<Snapshot>,
}

impl DemoWriter {
    pub(super) fn new(tv: bool) -> Self {
        Self { tv, sequence: 100, ..Self::default() }
    }

    fn record(&mut self, message: &BitWriter) {
        let length = message.at / 8 + 1;
        self.bytes.extend(self.sequence.to_le_bytes());
        self.bytes.extend((length as i32).to_le_bytes());
        self.bytes.extend(&message.bytes[..length.min(message.bytes.len())]);
        self.bytes.resize(self.bytes.len() + length - length.min(message.bytes.len()), 0);
        self.sequence += 1;
    }

    /// A gamestate of these config strings; one baseline shows whether it is a TV demo.
    pub(super) fn gamestate(&mut self, config: &[(usize, &str)], client: i32) {
        let mut message = BitWriter::default();
        message.long(0);
        message.byte(operation::GAMESTATE);
        message.long(self.command);
        for (number, text) in config {
            message.byte(operation::CONFIG);
            message.bits(*number as u32, 16);
            message.text(text.as_bytes());
        }
        message.byte(operation::BASELINE);
        message.bits(900, 10);
        message.entity(&Entity::zero(900), Some(&Entity::zero(900)));
        if self.tv {
            message.shared(&Shared::default(), Some(&Shared::default()));
        }
        message.byte(operation::END);
        message.long(client);
        message.long(1234);
        message.byte(operation::END);
        self.record(&message);
        self.last = None;
    }

    /// A message of commands and a snapshot, told as a difference from the one before.
    pub(super) fn snapshot(&mut self, commands: &[&str], snapshot: &Snapshot) {
        let mut message = BitWriter::default();
        message.long(0);
        for command in commands {
            self.command += 1;
            message.byte(operation::COMMAND);
            message.long(self.command);
            message.text(command.as_bytes());
        }
        let base = self.last.take();
        message.byte(operation::SNAPSHOT);
        message.long(snapshot.server_time);
        message.byte(base.is_some().into());
        message.byte(snapshot.flags);
        message.byte(0);
        message.player(base.as_ref().map_or(&PlayerState::ZERO, |base| &base.player), &snapshot.player);
        let baseline = |number| Baseline { entity: Entity::zero(number), shared: Shared::default() };
        message.entities(base.as_ref(), snapshot, baseline, self.tv);
        if self.tv {
            message.byte(operation::PLAYERS);
            message.players(base.as_ref(), snapshot);
        }
        message.byte(operation::END);
        self.record(&message);
        self.last = Some(snapshot.clone());
    }

    /// A hole in the file: messages that were lost.
    pub(super) fn lose(&mut self, messages: i32) {
        self.sequence += messages;
    }

    /// The bytes with their end marker.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.extend([0xff; 8]);
        self.bytes
    }
}
