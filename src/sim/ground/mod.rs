//! The plan made ready to play on: floors, navigation, and what hides a player.

pub(crate) mod floors;
pub(crate) mod navigation;
pub(crate) mod world;
