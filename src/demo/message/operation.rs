//! The numbers of the operations that a message is made of.

pub(in crate::demo) const NOP: u32 = 1;
pub(in crate::demo) const GAMESTATE: u32 = 2;
pub(in crate::demo) const CONFIG: u32 = 3;
pub(in crate::demo) const BASELINE: u32 = 4;
pub(in crate::demo) const COMMAND: u32 = 5;
pub(in crate::demo) const DOWNLOAD: u32 = 6;
pub(in crate::demo) const SNAPSHOT: u32 = 7;
pub(in crate::demo) const END: u32 = 8;
pub(in crate::demo) const PLAYERS: u32 = 9;
pub(in crate::demo) const CURRENT: u32 = 10;
