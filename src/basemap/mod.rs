//! The picture below the data: a map picture held back, a drawing of the geometry, or a relief of the tracks.
//!
//! ```
//! use image::{Rgba, RgbaImage};
//! use proximity::basemap::{BaseKind, BaseMap, BaseSource, BaseStyle};
//! use proximity::geom::WorldRect;
//!
//! let extent = WorldRect::new(-1024.0, -1024.0, 1024.0, 1024.0).expect("a rectangle that is not empty");
//! let picture = RgbaImage::from_pixel(64, 64, Rgba([200, 180, 90, 255]));
//! let source = BaseSource { extent, picture: Some(&picture), heights: None };
//!
//! let base = BaseMap::draw(BaseStyle::Dim, &source, &extent, 256, 256);
//! assert_eq!(base.kind(), BaseKind::Picture);
//! let pixels = base.bitmap().expect("a picture was drawn");
//! assert!(pixels.rgba()[0] < 100, "held back, so that the data stands out");
//! ```

pub(crate) mod base;
mod drawn;
mod floor_map;
pub(crate) mod ink;
pub mod overview;
pub(crate) mod relief;
mod window;

pub use base::{BaseKind, BaseMap, BaseSource, BaseStyle, Detail};
pub use drawn::BaseMaps;
pub(crate) use drawn::Keep;
pub use floor_map::FloorMap;
pub use ink::{HeightCell, HeightField};
