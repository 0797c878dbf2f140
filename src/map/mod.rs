//! Where the world lies on a picture.
//!
//! A [`WorldMap`] says it for one map: its [`Extent`] (which rectangle of the world the picture shows, and how we
//! know), its picture if there is one, its layers and its labels. A [`MapLibrary`] finds it by name: in the user's
//! maps folders first, in the shipped [`Atlas`] otherwise. An unknown map is fitted to the tracks ([`fit`]), and
//! what has no picture is drawn from them ([`crate::basemap`]).
//!
//! The formula is the engine's own ([`crate::geom::Affine`]); its two world corners are the map's `mapcoordsmins`
//! (top left: west, north) and `mapcoordsmaxs` (bottom right: east, south).
//!
//! ```
//! use proximity::geom::{PixelPoint, WorldPoint};
//! use proximity::map::MapLibrary;
//!
//! let shipped = MapLibrary::open::<&str>(&[])?;
//! let map = shipped.find("supply")?.expect("the atlas has the game's own maps");
//! let rect = map.extent.rect;
//! let north_west = WorldPoint { x: rect.min_x() as f32, y: rect.max_y() as f32, z: 0.0 };
//! let on_picture = map.projection(0.0, 0.0, 1024.0, 1024.0).expect("no extent is empty");
//! assert_eq!(on_picture.project(north_west), PixelPoint::new(0.0, 0.0));
//! # Ok::<(), proximity::map::LibraryError>(())
//! ```

mod atlas;
pub mod calibrate;
mod description;
pub(crate) mod extent;
pub mod fit;
pub mod floors;
mod grid;
pub(crate) mod label;
mod layers;
pub(crate) mod library;
mod name;
pub mod picture;
pub(crate) mod place_route;

pub use atlas::{Atlas, AtlasError};
pub use description::{
    CornerSource, DescribedExtent, DescribedLabel, DescribedLayer, DescribedObjective, DescribedPicture,
    DescribedSpawn, DescriptionError, ImportSource, MapDescription,
};
pub use extent::{AtlasOrigin, Extent, ExtentSource};
pub use grid::{GameGrid, GridName};
pub use label::{LabelKind, MapLabel, Side, SpawnSpot};
pub use layers::{Layer, Layers};
pub use library::{LibraryError, MapLibrary, Origins, Shelf, WorldMap};
pub use name::MapName;
pub(crate) use picture::{Picture, PictureError, PictureLimits};
