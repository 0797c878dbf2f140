//! How players of *Wolfenstein: Enemy Territory* really move.
//!
//! From tracker files to a picture, and into a store:
//!
#![cfg_attr(all(feature = "render", feature = "sqlite"), doc = "```")]
#![cfg_attr(not(all(feature = "render", feature = "sqlite")), doc = "```ignore")]
//! use proximity::{Figure, Filter, Heatmap, Layout, Maps, Rounds, Store, Team};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let (picture, store) = (folder.path().join("axis.png"), folder.path().join("rounds.db"));
//! let rounds = Rounds::open("examples/session")?; // a file, a folder, or a store's URL
//! let map = Maps::default().for_rounds(&rounds)?; // known, or fitted to the tracks (and says so)
//! let axis = Filter::new().team(Team::Axis).life_window(0..10_000);
//! let figure = Heatmap::by_state().draw(&rounds.select(&axis), &map, Layout::landscape(1080))?;
//! figure.save(&picture)?; // its request lies inside; also .png(), .svg(), .scene()
//! Store::open(&format!("sqlite:{}", store.display()))?.import(&rounds)?;
//! # Ok::<(), proximity::Error>(())
//! ```
//!
//! The names at the root are the way in, and the only path to what they name:
//!
//! - rounds: [`Rounds`] and a [`Selection`] of them by a [`Filter`]; [`Round`] is one of them as plain data, and
//!   [`EachRound`] lets any number of them pass by, one in memory for each core;
//! - figures: [`Heatmap`], [`Versus`], [`Paths`], [`Exits`], [`Kills`], [`Arrival`], [`LifeCard`] draw a [`Drawing`] on a
//!   [`Layout`], [`Replay`] an animation; each is a [`Figure`], and as data a [`Request`];
//! - maps: [`Maps`]; a store: [`Store`]; a session's folder: [`Report`]; what can go wrong: [`Error`].
//!
//! Below them the data goes one way, and this list is that way: a tracker file is read ([`mod@format`]) into plain nouns
//! ([`model`]), as is a recorded game ([`demo`]); [`Rounds`] brings them from files and stores ([`store`]); they are
//! understood ([`analysis`]), laid over a map ([`map`], [`basemap`]), composed ([`figure`]) into a draw list ([`scene`]),
//! and drawn ([`raster`], [`svg`]); a [`report`] collects pictures, and [`publish`] keeps its folders up to date;
//! [`service`] answers requests as they come.

#![cfg_attr(
    not(all(feature = "discord-post", feature = "lake", feature = "postgres", feature = "serve")),
    allow(dead_code, unused_imports, reason = "the rooms that all share hold what the other features use")
)]

mod error;
mod files;
pub mod geom;
pub mod model;
pub mod progress;
mod text;

pub mod demo;
pub mod format;

pub mod analysis;

#[cfg(feature = "store")]
pub mod store;

#[cfg(feature = "lake")]
pub mod lake;

mod rounds;

#[cfg(feature = "render")]
pub mod gamefiles;
#[cfg(feature = "render")]
pub mod map;
#[cfg(feature = "import")]
pub mod map_import;

#[cfg(feature = "render")]
pub mod basemap;
#[cfg(feature = "render")]
#[doc(hidden)]
pub mod plane;
#[cfg(feature = "render")]
#[doc(hidden)]
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
#[cfg(feature = "render")]
pub mod service;
#[cfg(feature = "sim")]
pub mod sim;

#[cfg(feature = "cluster")]
pub mod cluster;
#[cfg(feature = "discord-post")]
pub mod discord;
#[cfg(feature = "serve")]
pub mod web;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;

pub use analysis::filter::select::{Bots, Filter};
pub use analysis::life::state::State;
pub use error::Error;
#[cfg(feature = "render")]
pub use figure::request::Request;
#[cfg(feature = "render")]
pub use figure::request::layout::Layout;
#[cfg(feature = "render")]
pub use figure::request::recipe::Drawing;
#[cfg(feature = "render")]
pub use figure::request::replay::Replay;
#[cfg(feature = "render")]
pub use figure::request::subject::{
    Arrival, Exits, Figure, Heatmap, Kills, LifeCard, Paths, Subject, Versus,
};
pub use files::FileError;
pub use model::player::{Class, Team};
pub use model::round::Round;
#[cfg(feature = "publish")]
pub use publish::report::Report;
#[cfg(feature = "render")]
pub use rounds::Maps;
pub use rounds::{
    CleanedLives, EachRound, Faults, KnownLives, RoundView, Rounds, RoundsError, Selected, Selection,
};
#[cfg(feature = "store")]
pub use rounds::{Kept, Store};
