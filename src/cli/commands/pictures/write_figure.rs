//! How a picture command hands in its figure: a PNG that carries its recipe, written whole, and a line about it.

use anyhow::{Result, bail};
use serde_json::json;

use crate::cli::Outcome;
use crate::cli::args::database::recorded;
use crate::cli::args::{InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::Figure;
use crate::raster;
use crate::raster::encode;
use crate::rounds::source::Faults;
use crate::text::counted;

/// Keyword of the text chunk that holds a picture's recipe.
pub(crate) const RECIPE: &str = "proximity";

/// A figure as the bytes of a PNG that carries its recipe.
pub(crate) fn png(mut figure: Figure, command: &[String]) -> Result<Vec<u8>> {
    figure.recipe.command = command.to_vec();
    let bitmap = raster::draw(&figure.scene)?;
    Ok(encode::png(&bitmap, &[(RECIPE, &figure.recipe.to_json())], encode::Effort::Fast)?)
}

/// Draws a figure, writes it, and says so.
pub(crate) fn write_figure(
    figure: Figure,
    faults: Faults,
    input: &InputArgs,
    out: &OutArgs,
    console: &mut Console,
) -> Result<Outcome> {
    if let Some(ending) = out.out.extension()
        && ending != "png"
    {
        bail!("{}: this picture is a PNG; name it .png", out.out);
    }
    let counts = figure.recipe.counts;
    let size = (figure.scene.width, figure.scene.height);
    let kind = figure.recipe.figure.clone();
    let map = figure.recipe.calibration.map.clone();
    let command = recorded(console.words());
    out.out.write(&png(figure, &command)?, console)?;
    let summary = format!(
        "{}: {kind} of {map}, {} × {} px, {} of {}, {} from {}",
        out.out,
        size.0,
        size.1,
        counted(counts.lives, "life", "lives"),
        counted(counts.players, "player", "players"),
        counted(counts.samples, "sample", "samples"),
        counted(counts.files, "file", "files"),
    );
    if counts.lives == 0 {
        console.complain("no lives match the filters; the picture says so");
    }
    if out.json {
        out.out.report(&json!({
            "out": out.out.to_string(), "figure": kind, "map": map, "width": size.0, "height": size.1,
            "files": counts.files, "lives": counts.lives, "players": counts.players, "samples": counts.samples,
            "off_map": counts.off_map, "dropped": counts.dropped, "not_selected": counts.not_selected,
            "faults": faults.inside, "refused": faults.refused, "doubles": faults.doubles,
        }), console)?;
    } else {
        out.out.summary(&summary, console)?;
    }
    Ok(if input.strict && faults.any() { Outcome::Faults } else { Outcome::Done })
}
