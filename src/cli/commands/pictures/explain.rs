//! `explain`: how a picture came about, from the picture itself.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args as Arguments;

use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::figure::Recipe;
use crate::figure::request::RECIPE;
use crate::files;
use crate::raster::encode;
use crate::text::{counted, visible};

/// Pictures larger than this are not read, bytes.
const MOST_BYTES: u64 = 512 << 20;

/// Arguments of `explain`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity explain heat.png")]
pub(crate) struct ExplainArgs {
    /// A picture that this program made
    #[arg(value_name = "PICTURE")]
    picture: PathBuf,
    /// Print the recipe as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn explain(args: &ExplainArgs, console: &mut Console) -> Result<Outcome> {
    let (text, _) = recipe_text(&args.picture)?;
    if args.json {
        let value: serde_json::Value = serde_json::from_str(&text)?;
        console.json(&value)?;
        return Ok(Outcome::Done);
    }
    let recipe = parse(&args.picture, &text)?;
    for line in lines(&recipe) {
        console.say(&visible(&line))?;
    }
    Ok(Outcome::Done)
}

/// The recipe in a picture, as it stands there; and whether the picture is a JPEG.
pub(super) fn recipe_text(picture: &Path) -> Result<(String, bool)> {
    let bytes = files::read(picture, MOST_BYTES)?;
    let text = encode::read_text(&bytes, RECIPE)
        .with_context(|| picture.display().to_string())?
        .with_context(|| format!("{} carries no recipe: it was not made by proximity", picture.display()))?;
    Ok((text, encode::is_jpeg(&bytes)))
}

/// A recipe from its text.
pub(super) fn parse(picture: &Path, text: &str) -> Result<Recipe> {
    serde_json::from_str(text)
        .with_context(|| format!("the recipe in {} is not of this version", picture.display()))
}

fn lines(recipe: &Recipe) -> Vec<String> {
    let counts = &recipe.counts;
    let mut lines = vec![format!("{} of {}, by {}", recipe.figure, recipe.calibration.map, recipe.program)];
    if !recipe.command.is_empty() {
        lines.push(format!("command       proximity {}", recipe.command.join(" ")));
    }
    if let Some(request) = &recipe.request {
        // A logo as text would fill the screen.
        let mut request = (**request).clone();
        let logo = request.imprint.mark.take();
        lines.push(format!("request       {}", request.to_json()));
        lines.extend(logo.map(|logo| {
            let (width, height) = logo.size_px();
            format!("logo          {width} × {height} px")
        }));
    }
    lines.extend(recipe.options.iter().map(|(name, value)| format!("option        {name} = {value}")));
    lines.extend(recipe.filter.iter().map(|condition| format!("filter        {condition}")));
    lines.push(format!(
        "used          {}, {}, {}, {}",
        counted(counts.files, "file", "files"),
        counted(counts.lives, "life", "lives"),
        counted(counts.players, "player", "players"),
        counted(counts.samples, "sample", "samples"),
    ));
    lines.push(format!(
        "left out      {} off the map, {} dropped, {} not selected",
        counted(counts.off_map, "sample", "samples"),
        counts.dropped,
        counts.not_selected
    ));
    let [width, height] = recipe.size_px;
    lines.push(format!("size          {width} × {height} px"));
    let c = &recipe.calibration;
    let [west, south, east, north] = c.window_units;
    lines.push(format!("world         x {west} … {east}, y {south} … {north} u; {}", c.extent));
    let [x, y, width, height] = c.rect_px;
    let each = if recipe.floors.is_some() { ", the first of the floors' panels" } else { "" };
    lines.push(format!("on picture    {width} × {height} px at ({x}, {y}){each}; base {}", c.base));
    lines.extend(c.picture.iter().map(|picture| format!("map picture   {picture}")));
    if let Some(floors) = &recipe.floors {
        let why = match floors.stacked_percent {
            Some(percent) => format!("two hold 5 s or more at {percent} % of the places"),
            None => "as asked".to_owned(),
        };
        lines.push(format!("panels        one per floor: {why}"));
        lines.extend(floors.floors.iter().map(|floor| format!("panel         {floor}")));
    }
    lines.extend(recipe.scale.iter().map(|scale| format!("scale         up to {}", scale.reference())));
    lines.extend(recipe.input_list.iter().map(|list| {
        format!(
            "inputs        {}, too many to name; the SHA-256 of their sorted list is {}",
            list.count, list.sha256
        )
    }));
    lines.extend(recipe.inputs.iter().map(|input| format!("input         {}  {}", input.sha256, input.file)));
    lines
}
