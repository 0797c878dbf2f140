//! A life: a row of `PLAYER_TRACKS` and its path.

mod sample;
pub(crate) mod tails;
pub(crate) mod track;
