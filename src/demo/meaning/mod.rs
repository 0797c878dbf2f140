//! What the numbers mean: which mod a server runs, who its players are, how they move, who killed whom.

mod family;
mod means;
mod obituary;
mod team_info;
mod view;
mod weapons;

pub(super) use family::Meaning;
pub(super) use means::Cause;
pub use means::Means;
pub(super) use obituary::{Obituaries, Obituary};
pub(super) use team_info::{Teammate, teammates};
pub(super) use view::{Condition, FLAG_TELEPORT, Own, View, class, of_entity, of_player, team};
