//! Who plays a simulated round, and what they decide and do.

pub(crate) mod agent;
pub(crate) mod arms;
pub(crate) mod combat;
pub(crate) mod errand;
pub(crate) mod mind;
pub(crate) mod roster;
pub(crate) mod steer;
pub(crate) mod think;
