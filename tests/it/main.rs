//! The integration tests, one binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod analysis;
#[cfg(feature = "render")]
mod bsp;
#[cfg(feature = "render")]
mod bsp_builder;
mod budget;
#[cfg(feature = "render")]
mod calibrate;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod demo;
#[cfg(all(feature = "discord-post", feature = "sqlite"))]
mod discord;
#[cfg(feature = "render")]
mod encode;
mod examples;
#[cfg(feature = "cli")]
mod floors;
mod format;
#[cfg(feature = "cli")]
mod fuzz;
#[cfg(feature = "render")]
mod golden;
#[cfg(feature = "render")]
mod heatmap;
#[cfg(feature = "import")]
mod import;
#[cfg(all(feature = "cli", feature = "lake"))]
mod lake;
mod layers;
mod lua;
#[cfg(feature = "render")]
mod map;
#[cfg(feature = "render")]
mod notices;
#[cfg(feature = "render")]
mod palette;
#[cfg(feature = "cli")]
mod parts;
#[cfg(feature = "cli")]
mod pictures;
#[cfg(feature = "render")]
mod raster;
#[cfg(feature = "cli")]
mod replay;
#[cfg(feature = "report")]
mod request;
#[cfg(feature = "cli")]
mod service;
#[cfg(feature = "cli")]
mod sim;
#[cfg(all(feature = "cli", feature = "sqlite", feature = "postgres"))]
mod store;
#[cfg(feature = "render")]
mod svg;
#[cfg(feature = "cli")]
mod versus;
#[cfg(feature = "render")]
mod views;
mod words;
