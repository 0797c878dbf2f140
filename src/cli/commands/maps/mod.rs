//! `maps`: what is known about maps, and where each number came from.

pub(crate) mod calibrate;
pub(crate) mod import;
pub(crate) mod known;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{Args, Subcommand};
use etcetera::BaseStrategy;

use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::map::MapLibrary;

/// Where map pictures and descriptions lie.
#[derive(Debug, Clone, Args)]
pub(crate) struct MapsArgs {
    /// A folder of map pictures and descriptions; may be repeated, the first one wins
    #[arg(
        long,
        value_name = "DIR",
        env = "PROXIMITY_MAPS",
        required = false,
        value_delimiter = ':',
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    maps: Vec<PathBuf>,
}

impl MapsArgs {
    /// The folders that were named. An environment variable without text names none.
    fn named(&self) -> impl Iterator<Item = PathBuf> {
        self.maps.iter().filter(|folder| !folder.as_os_str().is_empty()).cloned()
    }

    /// The folders as named, else the platform's own data folder.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        let named: Vec<PathBuf> = self.named().collect();
        if !named.is_empty() {
            return named;
        }
        own_folder().into_iter().filter(|folder| folder.is_dir()).collect()
    }

    /// The folder that maps are written to: the first one named, else the platform's own. It need not be there yet.
    ///
    /// # Errors
    /// None was named, and this system has no place of its own for a user's data.
    pub(crate) fn home(&self) -> Result<PathBuf> {
        self.named().next().or_else(own_folder).context("name a folder for the maps with --maps DIR")
    }

    /// Checks that every folder is there.
    ///
    /// # Errors
    /// The first that is not.
    pub(crate) fn check(&self) -> Result<()> {
        let folders = self.folders();
        if let Some(missing) = folders.iter().find(|folder| !folder.is_dir()) {
            bail!("the maps folder {} is not there", missing.display());
        }
        Ok(())
    }

    /// The library of these folders and of what is part of the program.
    pub(crate) fn open(&self) -> Result<MapLibrary> {
        self.check()?;
        Ok(MapLibrary::open(&self.folders())?)
    }

    /// The library of those folders that are there: for commands that make the folder themselves.
    pub(crate) fn open_existing(&self) -> Result<MapLibrary> {
        let folders: Vec<PathBuf> = self.folders().into_iter().filter(|folder| folder.is_dir()).collect();
        Ok(MapLibrary::open(&folders)?)
    }
}

/// Arguments of `maps`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  proximity maps import ~/.etlegacy/etmain/*.pk3\n  proximity maps show supply"
)]
pub(crate) struct MapCommandArgs {
    #[command(subcommand)]
    command: MapCommand,
}

#[derive(Debug, Subcommand)]
enum MapCommand {
    /// List every map that is known
    List(known::ListArgs),
    /// Show what is known about one map, and where each number came from
    Show(known::ShowArgs),
    /// Take maps out of the game's archives: corners, pictures, layers, names
    Import(import::ImportArgs),
    /// Tell where the world lies on a picture, by points matched by hand
    Calibrate(Box<calibrate::CalibrateArgs>),
}

pub(crate) fn run(args: &MapCommandArgs, console: &mut Console) -> Result<Outcome> {
    match &args.command {
        MapCommand::List(args) => known::list(args, console),
        MapCommand::Show(args) => known::show(args, console),
        MapCommand::Import(args) => import::run(args, console),
        MapCommand::Calibrate(args) => calibrate::run(args, console),
    }
}

/// Where a user's maps lie by default.
fn own_folder() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|dirs| dirs.data_dir().join("proximity").join("maps"))
}
