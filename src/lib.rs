//! How players of *Wolfenstein: Enemy Territory* really move.
//!
//! The data goes one way, and this list is that way: a tracker file is read ([`mod@format`]) into plain nouns
//! ([`model`]), understood ([`analysis`]), laid over a map ([`map`]), composed ([`figure`]) into a draw list
//! ([`scene`]), and drawn ([`raster`], [`svg`]); a [`store`] keeps rounds, a [`report`] collects pictures.

pub mod geom;
pub mod model;

pub mod demo;
pub mod format;

pub mod analysis;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod store;

#[cfg(feature = "render")]
pub mod map;

#[cfg(feature = "render")]
pub mod gamefiles;
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

#[cfg(feature = "report")]
pub mod report;
#[cfg(feature = "cli")]
pub mod sim;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod publish;
#[cfg(feature = "cli")]
mod rounds;
