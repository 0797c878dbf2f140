//! The options of every picture: the map's folder and look, the sheet, floors.

use clap::Args;

use crate::basemap::BaseStyle;
use crate::cli::commands::maps::MapsArgs;
use crate::figure::request::{Layout, PanelsWhen};
use crate::figure::{GridLines, Names, Orientation};

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
