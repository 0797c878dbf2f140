//! How players leave their spawns: spawn areas, exit paths, and the lanes that group them.

pub mod compass;
pub(crate) mod exit_path;
pub mod frechet;
pub mod lane;
pub mod linkage;
pub mod options;
pub(crate) mod spawn_area;
pub mod spawn_exit;
