//! States that travel as differences: an entity's, what TV demos add to it, and a player's.

mod entity;
pub(super) mod fields;
mod player;

pub(super) use entity::{
    ENTITY_NONE, Entity, MAX_ENTITIES, Shared, read_entity, read_shared, skip_server_fields,
};
pub(super) use player::{PlayerState, read_player};
