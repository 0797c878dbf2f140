//! A life: a row of `PLAYER_TRACKS` and its path.

pub(crate) mod health;
mod sample;
pub(crate) mod tails;
pub(crate) mod track;
