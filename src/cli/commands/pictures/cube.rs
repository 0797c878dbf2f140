//! `heatmap --cube`: a heatmap of what another program has summed.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::write_figure;
use crate::cli::Outcome;
use crate::cli::args::{InputArgs, OutArgs};
use crate::cli::commands::maps::MapsArgs;
use crate::cli::console::Console;
use crate::figure::heatmap::By;
use crate::figure::request::{Crop, PanelsWhen, Request, Subject};
use crate::lake::Cube;
use crate::rounds::{CubeRounds, Maps};

/// Draws the sums in a file, which are of so many lives.
pub(super) fn draw(
    request: &Request,
    (file, lives): (&Path, u64),
    maps: &MapsArgs,
    input: &InputArgs,
    out: &OutArgs,
    console: &mut Console,
) -> Result<Outcome> {
    request.check()?;
    write_figure::check_name(&out.out)?;
    let (filter, crop) = (&request.filter, &request.crop);
    let Subject::Heatmap(heatmap) = &request.subject else { bail!("--cube is for a heatmap of one group") };
    let of_rounds = filter.sessions.is_some() || filter.round.is_some();
    let of_floors = request.floor.is_some() || heatmap.elevation || heatmap.floors == PanelsWhen::Always;
    let of_lives = matches!(crop, Some(Crop::Data | Crop::Spawn(_)));
    if !filter.tells_kinds() || !heatmap.spec.takes_sums() || of_rounds || of_floors || of_lives {
        bail!(
            "sums of time tell sides, classes, bots and states apart and nothing else; leave the other options out"
        );
    }
    let Some(name) = filter.maps.first() else { bail!("--cube needs --map: its cells are those of a map") };
    let cube = Cube::open(file)?;
    cube.check(filter, heatmap.spec.by == By::Team, heatmap.spec.by == By::Class)?;
    maps.check()?;
    let library = Maps::in_folders(&maps.folders()).library()?;
    let map = library
        .find(name)?
        .with_context(|| format!("nothing is known about the map {name}, nor of its cells"))?;
    let finished = request.draw_rounds(&CubeRounds::new(cube, lives)?, map, console.progress())?;
    write_figure::write_figure(&finished, input.strict, out, console)
}
