//! How players of *Wolfenstein: Enemy Territory* really move.
//!
//! The data goes one way, and this list is that way: a tracker file is read ([`mod@format`]) into plain nouns
//! ([`model`]), understood ([`analysis`]), laid over a map ([`map`]), composed ([`figure`]) into a draw list
//! ([`scene`]), and drawn ([`raster`], [`svg`]); a [`store`] keeps rounds, a [`report`] collects pictures.

pub mod error;
pub mod files;
pub mod geom;
pub mod model;
pub mod progress;
pub mod text;

pub mod demo;
pub mod format;

pub mod analysis;

#[cfg(feature = "store")]
pub mod store;

pub mod rounds;

#[cfg(feature = "render")]
pub mod gamefiles;
#[cfg(feature = "render")]
pub mod map;
#[cfg(feature = "import")]
pub mod map_import;

#[cfg(feature = "render")]
pub mod basemap;
#[cfg(feature = "render")]
pub mod plane;
#[cfg(feature = "render")]
pub mod theme;

#[cfg(feature = "render")]
pub mod figure;
#[cfg(feature = "render")]
pub mod raster;
pub mod scene;
#[cfg(feature = "render")]
pub mod svg;

#[cfg(feature = "publish")]
pub mod publish;
#[cfg(feature = "report")]
pub mod report;
#[cfg(feature = "sim")]
pub mod sim;

#[cfg(feature = "cli")]
pub mod cli;

pub use analysis::{Bots, Filter, State};
pub use error::Error;
#[cfg(feature = "render")]
pub use figure::request::{
    Arrival, Drawing, Exits, Figure, Heatmap, Kills, Layout, LifeCard, Paths, Replay, Request, Subject,
    Versus,
};
pub use model::{Class, Round, Team};
#[cfg(feature = "publish")]
pub use publish::report::Report;
#[cfg(feature = "render")]
pub use rounds::Maps;
#[cfg(feature = "store")]
pub use rounds::Store;
pub use rounds::{Rounds, Selection};
