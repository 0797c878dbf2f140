//! A gamestate: all config strings and baselines, with which a connection begins.

use super::operation;
use crate::demo::bits::{BitReader, Fault};
use crate::demo::delta::{ENTITY_NONE, Entity, Shared, read_entity, read_shared};
use crate::demo::state::{Baseline, Connection, MAX_CONFIG};

/// Longest config string, bytes with its end.
const CONFIG_BYTES: usize = 8192;

/// Reads a gamestate; `connection` begins anew.
///
/// Whether the demo is a TV demo shows behind the first baseline: there, no operation has the number of the shared
/// part's mark.
pub(super) fn read(
    bits: &mut BitReader,
    connection: &mut Connection,
    scratch: &mut Vec<u8>,
) -> Result<(), Fault> {
    *connection = Connection::new();
    connection.last_command = bits.long()?;
    let mut tv = None;
    loop {
        match bits.byte()? {
            operation::CONFIG => {
                let number = bits.short()?;
                let place = usize::try_from(number).ok().filter(|place| *place < MAX_CONFIG);
                let place = place.ok_or(Fault::ConfigNumber(number.into()))?;
                let text = bits.text(CONFIG_BYTES, scratch)?;
                connection.config.set(place, &text);
            }
            operation::BASELINE => {
                let number = bits.bits(10)? as u16;
                let entity = read_entity(bits, &Entity::zero(number), number)?;
                let tv =
                    *tv.get_or_insert_with(|| read_shared(&mut bits.clone(), &Shared::default()).is_ok());
                let shared = if tv { read_shared(bits, &Shared::default())? } else { Shared::default() };
                if let Some(entity) = entity
                    && number != ENTITY_NONE
                {
                    connection.baselines[usize::from(number)] = Some(Baseline { entity, shared });
                }
            }
            operation::CURRENT => {
                // A convenience for TV servers: snapshots never build on it.
                let number = bits.bits(10)? as u16;
                let base = connection.baseline(number);
                read_entity(bits, &base.entity, number)?;
                read_shared(bits, &base.shared)?;
                tv = Some(true);
            }
            operation::END => break,
            other => return Err(Fault::NoSuchOperation(other)),
        }
    }
    connection.client = bits.long()?.clamp(0, 255) as u8;
    connection.checksum_feed = bits.long()?;
    connection.tv = tv.unwrap_or(false);
    Ok(())
}
