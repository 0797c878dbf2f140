//! How players leave their spawns: spawn areas, exit paths, the gates they pass and the lanes that lead there.

pub mod compass;
pub(crate) mod exit_path;
pub mod frechet;
pub mod gate;
pub mod lane;
pub mod linkage;
pub mod options;
pub(crate) mod spawn_area;
pub mod spawn_exit;
