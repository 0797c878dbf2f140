//! Commands that draw one picture: each turns its arguments into a [`Request`]; the rest is the same for all.

pub(crate) mod arrival;
#[cfg(feature = "lake")]
mod cube;
pub(crate) mod exits;
pub(crate) mod explain;
pub(crate) mod heatmap;
pub(crate) mod kills;
pub(crate) mod life;
pub(crate) mod paths;
pub(crate) mod redo;
pub(crate) mod replay;
pub(crate) mod write_figure;

use anyhow::Result;

use super::maps::MapsArgs;
use crate::cli::Outcome;
use crate::cli::args::picture::PictureArgs;
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::request::{Request, Subject};
use crate::map::WorldMap;
use crate::progress::Progress;
use crate::rounds::{Maps, Rounds, Selected};

/// The request that a command's arguments mean.
pub(crate) fn request(subject: Subject, filter: &FilterArgs, picture: &PictureArgs) -> Request {
    let mut request = Request::new(subject, filter.filter()).on(picture.layout()).over(picture.base);
    request.floor = picture.floor;
    request
}

/// Draws what is requested of the input, writes it, and says so.
pub(crate) fn draw(
    request: Request,
    input: &InputArgs,
    maps: &MapsArgs,
    out: &OutArgs,
    console: &mut Console,
) -> Result<Outcome> {
    request.check()?;
    write_figure::check_name(&out.out)?;
    let Chosen { request, selected, map } = choose(request, &input.rounds(console)?, maps, console)?;
    let mut finished = request.draw_rounds(&selected.rounds, map, console.progress())?;
    finished.faults.doubles = selected.doubles;
    write_figure::write_figure(&finished, input.strict, out, console)
}

/// A request with the rounds and the map that it is about.
pub(crate) struct Chosen {
    pub request: Request,
    pub selected: Selected,
    pub map: WorldMap,
}

/// Finds the rounds that are wanted and the map they are about. Without a map in the filter the rounds must be about one,
/// unless the longest of all lives is wanted.
///
/// # Errors
/// Several maps, a filter that leaves nothing, or a maps folder that cannot be read.
pub(crate) fn choose(
    mut request: Request,
    rounds: &Rounds,
    maps: &MapsArgs,
    console: &Console,
) -> Result<Chosen> {
    let progress: &dyn Progress = console.progress();
    let mut selected = rounds.select(&request.rounds_filter()).rounds()?;
    if request.filter.maps.is_empty() {
        request.filter.maps.push(request.map_name(&selected.rounds, progress)?);
        // The longest life may lie on one map of several.
        selected = rounds.select(&request.rounds_filter()).rounds()?;
    }
    maps.check()?;
    let map = Maps::in_folders(&maps.folders()).find(&request.filter.maps[0], &selected.rounds, progress)?;
    Ok(Chosen { request, selected, map })
}
