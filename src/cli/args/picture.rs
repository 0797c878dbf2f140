//! The options of every picture: the map's folder and look, the sheet, floors.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::basemap::BaseStyle;
use crate::cli::commands::maps::MapsArgs;
use crate::figure::request::{Crop, Imprint, Layout, Logo, PanelsWhen, Request};
use crate::figure::{GridLines, Names, Orientation};
use crate::files;

/// How the sheet looks.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Picture")]
pub(crate) struct PictureArgs {
    #[command(flatten)]
    pub maps: MapsArgs,
    /// How the map below is drawn
    #[arg(long, value_name = "STYLE", default_value = "dim")]
    pub base: BaseStyle,
    /// Side of the map's square, pixels; the legend comes on top
    #[arg(long, value_name = "PX", default_value_t = 1080)]
    pub size: u32,
    /// Where the legend goes
    #[arg(
        long,
        value_name = "LAYOUT",
        default_value = "landscape",
        default_value_if("place", "discord", "portrait")
    )]
    pub layout: Orientation,
    /// Choose what this place shows without a click: a picture's portrait layout, a video's size, frame rate and budget
    #[arg(long = "for", value_name = "PLACE")]
    pub place: Option<Place>,
    /// Which names stand on the map
    #[arg(long, value_name = "WHICH", default_value = "key")]
    pub labels: Names,
    /// Draw the game's own grid (C,4) over the map
    #[arg(long)]
    pub grid: bool,
    /// Only movement on this floor, on that floor's picture; 0 is the lowest
    #[arg(long, value_name = "N")]
    pub floor: Option<usize>,
}

/// What a single picture shows of the map, and what whoever publishes it adds to its legend.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Picture")]
pub(crate) struct StillArgs {
    /// Only this part of the map: data (where the lives went), spawn:NAME, place:NAME, or two corners x,y,x,y in units
    #[arg(long, value_name = "PART", value_parser = str::parse::<Crop>, allow_hyphen_values = true)]
    crop: Option<Crop>,
    /// A title of your own, in the place of the figure's
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// A line of your own below the title, in the place of the figure's
    #[arg(long, value_name = "TEXT")]
    subtitle: Option<String>,
    /// A logo for the foot of the legend: a PNG or JPEG
    #[arg(long, value_name = "FILE")]
    mark: Option<PathBuf>,
}

impl StillArgs {
    /// The request with what these arguments ask for.
    ///
    /// # Errors
    /// A logo that cannot be read.
    pub(crate) fn of(&self, request: Request) -> Result<Request> {
        let mark = self.mark.as_deref().map(|file| -> Result<Logo> {
            let bytes = files::read(file, Logo::MOST_FILE_BYTES)?;
            Ok(Logo::new(&bytes, &file.display().to_string())?)
        });
        let imprint =
            Imprint { title: self.title.clone(), subtitle: self.subtitle.clone(), mark: mark.transpose()? };
        Ok(Request { crop: self.crop.clone(), ..request.with_imprint(imprint) })
    }
}

/// Where a picture or video is to be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Place {
    /// Files of at most 10 MB; PNG, GIF and MP4.
    Discord,
}

impl PictureArgs {
    /// The sheet.
    pub(crate) fn layout(&self) -> Layout {
        let grid = if self.grid { GridLines::Shown } else { GridLines::Hidden };
        Layout { legend: self.layout, size_px: self.size, labels: self.labels, grid }
    }
}

/// How floors show.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Picture")]
pub(crate) struct FloorArgs {
    /// One panel for each floor: always, never, or where floors lie above each other. `--floors` alone means always
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        default_missing_value = "always",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with = "floor"
    )]
    pub floors: PanelsWhen,
    /// Also show the movement from the side, in a strip below the map
    #[arg(long, conflicts_with = "floors")]
    pub elevation: bool,
}
