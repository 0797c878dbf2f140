//! An entity's state, and the part that TV demos add.

use super::fields::{ENTITY_FIELDS, SERVER_FIELDS, SHARED_FIELDS};
use crate::demo::bits::{BitReader, Fault};

/// Entity numbers have ten bits; the last one ends a list.
pub(in crate::demo) const MAX_ENTITIES: usize = 1 << 10;
/// The number that ends a list of entities.
pub(in crate::demo) const ENTITY_NONE: u16 = (MAX_ENTITIES - 1) as u16;

const SHARED_MARK: u32 = 0x77;
/// A float that is whole and within ±4096 travels as a number of this width, plus [`SMALL_BIAS`].
const SMALL_BITS: u32 = 13;
const SMALL_BIAS: i32 = 1 << (SMALL_BITS - 1);

/// One entity. Integers and floats alike are kept as 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) struct Entity {
    pub(in crate::demo) number: u16,
    pub(in crate::demo) fields: [u32; ENTITY_FIELDS.len()],
}

impl Entity {
    /// An entity whose fields are all zero.
    pub(in crate::demo) fn zero(number: u16) -> Self {
        Self { number, fields: [0; ENTITY_FIELDS.len()] }
    }

    pub(in crate::demo) fn int(&self, field: usize) -> i32 {
        self.fields[field] as i32
    }

    /// Three floats from `field` on.
    pub(in crate::demo) fn vector(&self, field: usize) -> [f32; 3] {
        [0, 1, 2].map(|axis| f32::from_bits(self.fields[field + axis]))
    }
}

/// The part of an entity that only the server and TV demos know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::demo) struct Shared {
    pub(in crate::demo) fields: [u32; SHARED_FIELDS.len()],
}

/// Reads an entity's difference from `base`; `number` is its number now. `None` when it leaves the list.
pub(in crate::demo) fn read_entity(
    bits: &mut BitReader,
    base: &Entity,
    number: u16,
) -> Result<Option<Entity>, Fault> {
    if bits.flag()? {
        return Ok(None);
    }
    let mut entity = Entity { number, ..*base };
    if bits.flag()? {
        read_fields(bits, &ENTITY_FIELDS, &mut entity.fields)?;
    }
    Ok(Some(entity))
}

/// Reads the shared part's difference from `base`.
pub(in crate::demo) fn read_shared(bits: &mut BitReader, base: &Shared) -> Result<Shared, Fault> {
    if bits.byte()? != SHARED_MARK {
        return Err(Fault::SharedMark);
    }
    if bits.flag()? {
        return Ok(Shared::default());
    }
    let mut shared = *base;
    if bits.flag()? {
        read_fields(bits, &SHARED_FIELDS, &mut shared.fields)?;
    }
    Ok(shared)
}

/// Reads over what server demos add to an entity; tracks do not need it.
pub(in crate::demo) fn skip_server_fields(bits: &mut BitReader) -> Result<(), Fault> {
    if bits.flag()? {
        read_fields(bits, &SERVER_FIELDS, &mut [0; SERVER_FIELDS.len()])?;
    }
    Ok(())
}

/// Fields of an entity: each with a bit that says whether it changed, and one that says whether it is zero.
fn read_fields(bits: &mut BitReader, table: &[(&str, i8)], fields: &mut [u32]) -> Result<(), Fault> {
    let count = bits.byte()?;
    if count as usize > table.len() {
        return Err(Fault::TooManyFields { found: count, most: table.len() });
    }
    for (field, (_, width)) in fields.iter_mut().zip(table).take(count as usize) {
        if bits.flag()? {
            *field = match (bits.flag()?, width) {
                (false, _) => 0,
                (true, 0) => read_float(bits)?,
                (true, width) => bits.bits(width.unsigned_abs().into())?,
            };
        }
    }
    Ok(())
}

/// A float: a small whole number, or all of its bits.
pub(super) fn read_float(bits: &mut BitReader) -> Result<u32, Fault> {
    if bits.flag()? {
        return bits.bits(32);
    }
    let whole = bits.bits(SMALL_BITS)? as i32 - SMALL_BIAS;
    Ok((whole as f32).to_bits())
}
