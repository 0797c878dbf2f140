//! How a picture command writes its figure: whole, with its recipe inside, and a line about it.

use anyhow::{Result, bail};
use serde_json::json;

use crate::cli::Outcome;
use crate::cli::args::OutArgs;
use crate::cli::console::Console;
use crate::cli::output::Target;
use crate::figure::Recipe;
use crate::figure::request::{Drawing, Finished};
use crate::text::counted;

/// Checks before any work that a figure can be written under this name.
pub(crate) fn check_name(out: &Target) -> Result<()> {
    match out.extension().as_deref() {
        None | Some("png" | "svg") => Ok(()),
        Some(_) => bail!("{out}: this picture is a PNG or an SVG; name it .png or .svg"),
    }
}

/// A drawing as the bytes of the file that its name asks for.
fn bytes(drawing: &Drawing, out: &Target) -> Result<Vec<u8>> {
    Ok(if out.extension().as_deref() == Some("svg") { drawing.svg().into_bytes() } else { drawing.png()? })
}

/// Writes a figure, and says so. With `strict` a fault in the input is one of the command, too.
pub(crate) fn write_figure(
    finished: &Finished,
    strict: bool,
    out: &OutArgs,
    console: &mut Console,
) -> Result<Outcome> {
    let Finished { drawing, faults, .. } = finished;
    console.complaints(faults);
    let counts = drawing.recipe.counts;
    let (width, height) = (drawing.scene.width, drawing.scene.height);
    let (kind, map) = (&drawing.recipe.figure, &drawing.recipe.calibration.map);
    out.out.write(&bytes(drawing, &out.out)?, console)?;
    if out.json {
        let summary = json!({
            "out": out.out.to_string(), "figure": kind, "map": map, "width": width, "height": height,
            "files": counts.files, "lives": counts.lives, "players": counts.players, "samples": counts.samples,
            "off_map": counts.off_map, "dropped": counts.dropped, "not_selected": counts.not_selected,
            "faults": faults.inside, "refused": faults.refused, "doubles": faults.doubles,
        });
        out.out.report(&summary, console)?;
    } else {
        let summary = say(&out.out.to_string(), &drawing.recipe);
        out.out.summary(&summary, console)?;
    }
    Ok(if strict && faults.any() { Outcome::Faults } else { Outcome::Done })
}

/// A line about a picture: what it is and what went in.
pub(super) fn say(out: &str, recipe: &Recipe) -> String {
    let (counts, [width, height]) = (&recipe.counts, recipe.size_px);
    let lives = counted(counts.lives, "life", "lives");
    let used = match counts.players {
        // Sums that another program made tell no more.
        0 => lives,
        players => {
            let samples = counted(counts.samples, "sample", "samples");
            format!("{lives} of {}, {samples}", counted(players, "player", "players"))
        }
    };
    format!(
        "{out}: {} of {}, {width} × {height} px, {used} from {}",
        recipe.figure,
        recipe.calibration.map,
        counted(counts.files, "file", "files"),
    )
}
