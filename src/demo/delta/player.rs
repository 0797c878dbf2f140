//! A player's own state: everything that the engine knows of a player.

use super::entity::read_float;
use super::fields::{PLAYER_FIELDS, player};
use crate::demo::bits::{BitReader, Fault};

/// A playerState. Integers and floats alike are kept as 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) struct PlayerState {
    pub(in crate::demo) fields: [u32; PLAYER_FIELDS.len()],
    pub(in crate::demo) stats: [i16; 16],
    pub(in crate::demo) persistant: [i16; 16],
    pub(in crate::demo) holdable: [i16; 16],
    pub(in crate::demo) powerups: [i32; 16],
    pub(in crate::demo) ammo: [i16; 64],
    pub(in crate::demo) clip: [i16; 64],
}

impl PlayerState {
    /// The state that a full snapshot starts from.
    pub(in crate::demo) const ZERO: Self = Self {
        fields: [0; PLAYER_FIELDS.len()],
        stats: [0; 16],
        persistant: [0; 16],
        holdable: [0; 16],
        powerups: [0; 16],
        ammo: [0; 64],
        clip: [0; 64],
    };

    pub(in crate::demo) fn int(&self, field: usize) -> i32 {
        self.fields[field] as i32
    }

    /// Three floats from `field` on.
    pub(in crate::demo) fn vector(&self, field: usize) -> [f32; 3] {
        [0, 1, 2].map(|axis| f32::from_bits(self.fields[field + axis]))
    }

    /// Whose state it is; another player's while the recorder follows.
    pub(in crate::demo) fn client(&self) -> u8 {
        self.fields[player::CLIENT] as u8
    }
}

/// Reads a player's difference from what `state` holds, into `state`.
pub(in crate::demo) fn read_player(bits: &mut BitReader, state: &mut PlayerState) -> Result<(), Fault> {
    let count = bits.byte()?;
    if count as usize > PLAYER_FIELDS.len() {
        return Err(Fault::TooManyFields { found: count, most: PLAYER_FIELDS.len() });
    }
    for (field, (_, width)) in state.fields.iter_mut().zip(&PLAYER_FIELDS).take(count as usize) {
        if bits.flag()? {
            *field = match *width {
                0 => read_float(bits)?,
                width @ 1.. => bits.bits(width as u32)?,
                width => sign_extended(bits.bits(width.unsigned_abs().into())?, width.unsigned_abs().into()),
            };
        }
    }
    if bits.flag()? {
        for array in [&mut state.stats, &mut state.persistant, &mut state.holdable] {
            read_array(bits, array, BitReader::short)?;
        }
        read_array(bits, &mut state.powerups, BitReader::long)?;
    }
    if bits.flag()? {
        for part in state.ammo.chunks_exact_mut(16) {
            read_array(bits, part, BitReader::short)?;
        }
    }
    for part in state.clip.chunks_exact_mut(16) {
        read_array(bits, part, BitReader::short)?;
    }
    Ok(())
}

fn sign_extended(value: u32, width: u32) -> u32 {
    ((value << (32 - width)) as i32 >> (32 - width)) as u32
}

/// Sixteen values, of which a mask says which ones changed.
fn read_array<'a, T>(
    bits: &mut BitReader<'a>,
    array: &mut [T],
    read: impl Fn(&mut BitReader<'a>) -> Result<T, Fault>,
) -> Result<(), Fault> {
    if bits.flag()? {
        let mask = bits.bits(16)?;
        for (place, value) in array.iter_mut().enumerate() {
            if mask >> place & 1 == 1 {
                *value = read(bits)?;
            }
        }
    }
    Ok(())
}
