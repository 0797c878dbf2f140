//! What the game ships: archives, compiled maps, arena scripts and location files, read with mistrust.
//!
//! ```
//! let file = proximity::gamefiles::parse_places("120 -64 0 \"Old City\"\nno place\n");
//! assert_eq!((file.places[0].text.as_str(), file.unread), ("Old City", vec![2]));
//! ```

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
