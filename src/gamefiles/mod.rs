//! What the game ships: archives, compiled maps, arena scripts and location files, read with mistrust.

#[cfg(feature = "import")]
pub(crate) mod arena;
pub mod bsp;
pub(crate) mod entities;
#[cfg(feature = "import")]
pub mod pk3;
pub(crate) mod places;
#[cfg(feature = "import")]
pub(crate) mod shader;
pub(crate) mod tokens;
#[cfg(feature = "import")]
pub mod unpacked;

pub use entities::EntityFacts;
pub use places::{PlaceFile, parse_places};
