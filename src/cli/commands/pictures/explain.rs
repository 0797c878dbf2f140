//! `explain`: how a picture came about, from the picture itself; `redo`: render it again.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args as Arguments, Parser as _};

use super::write_figure::RECIPE;
use crate::cli::args::database;
use crate::cli::console::Console;
use crate::cli::{Cli, Outcome};
use crate::figure::Recipe;
use crate::files;
use crate::format::content_hash;
use crate::raster::encode;
use crate::rounds::input;
use crate::rounds::source::Source;
use crate::text::{counted, visible};

/// Pictures larger than this are not read, bytes.
const MOST_BYTES: u64 = 512 << 20;

/// Arguments of `explain`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity explain heat.png")]
pub(crate) struct ExplainArgs {
    /// A picture that this program made
    #[arg(value_name = "F.png")]
    picture: PathBuf,
    /// Print the recipe as JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `redo`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Example:\n  proximity redo heat.png\n  proximity redo heat.png rounds/\n  proximity redo heat.png --db sqlite:proximity.db"
)]
pub(crate) struct RedoArgs {
    /// A picture that this program made; it is rendered again under the same name
    #[arg(value_name = "F.png")]
    picture: PathBuf,
    /// Where its rounds are: tracker files or folders. They are known by their content, whatever they are called now
    #[arg(value_name = "INPUT", default_value = ".")]
    inputs: Vec<PathBuf>,
    /// Or the store that has them: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL", conflicts_with = "inputs")]
    db: Option<String>,
}

pub(crate) fn explain(args: &ExplainArgs, console: &mut Console) -> Result<Outcome> {
    let text = recipe_text(&args.picture)?;
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

pub(crate) fn redo(args: &RedoArgs, console: &mut Console) -> Result<Outcome> {
    let recipe = parse(&args.picture, &recipe_text(&args.picture)?)?;
    let Some(kind) = recipe.command.first() else {
        bail!("{} does not say which command made it", args.picture.display());
    };
    // A recipe comes from a stranger's file: it may name pictures to draw, and nothing else.
    if !database::PICTURES.contains(&kind.as_str()) {
        bail!("{} was not made by a picture command", args.picture.display());
    }
    let mut command = vec!["proximity".to_owned()];
    command.extend(database::without_places(&recipe.command));
    let home = tempfile::tempdir().context("a place for the new picture")?;
    let new = home.path().join("picture.png");
    command.extend(["--out".to_owned(), new.to_string_lossy().into_owned()]);
    command.extend(source_of(&recipe, args)?);
    let cli = Cli::try_parse_from(&command)
        .map_err(|error| anyhow::anyhow!("its command is not understood any more: {}", error.kind()))?;
    console.retype(command.split_off(1));
    let outcome = crate::cli::dispatch(&cli, console)?;
    let again = parse(&new, &recipe_text(&new)?)?;
    if again.inputs != recipe.inputs {
        bail!(
            "{} was made from {}; its filters find {} now, so it stays as it is. For a new picture: proximity {}",
            args.picture.display(),
            counted(recipe.inputs.len() as u64, "round", "rounds"),
            again.inputs.len(),
            recipe.command.join(" ")
        );
    }
    files::write(&args.picture, &files::read(&new, MOST_BYTES)?)?;
    Ok(outcome)
}

/// The arguments that name the rounds a picture was made from, found by their content.
fn source_of(recipe: &Recipe, args: &RedoArgs) -> Result<Vec<String>> {
    if recipe.inputs.is_empty() {
        bail!("{} shows no round, so there is nothing to make it from again", args.picture.display());
    }
    let source = match &args.db {
        Some(db) => Source::store(database::url(Some(db))?)?,
        None => Source::files(&args.inputs)?,
    };
    let mut found: Vec<(String, String)> = Vec::new();
    for round in source.stored().unwrap_or_default() {
        found.push((round.meta.content_hash.to_string(), String::new()));
    }
    let mut bytes = Vec::new();
    for path in source.paths() {
        input::read(path, &mut bytes)?;
        found.push((content_hash(&bytes), path.to_string_lossy().into_owned()));
    }
    let mut words = match &args.db {
        Some(db) => vec!["--db".to_owned(), db.clone()],
        None => vec!["--".to_owned()],
    };
    for input in &recipe.inputs {
        let Some((_, path)) = found.iter().find(|(hash, _)| *hash == input.sha256) else {
            bail!("{} is not among the rounds given; its SHA-256 is {}", input.file, input.sha256);
        };
        if !path.is_empty() && !words.contains(path) {
            words.push(path.clone());
        }
    }
    Ok(words)
}

fn recipe_text(picture: &Path) -> Result<String> {
    let bytes = files::read(picture, MOST_BYTES)?;
    encode::read_text(&bytes, RECIPE)
        .with_context(|| picture.display().to_string())?
        .with_context(|| format!("{} carries no recipe: it was not made by proximity", picture.display()))
}

fn parse(picture: &Path, text: &str) -> Result<Recipe> {
    serde_json::from_str(text)
        .with_context(|| format!("the recipe in {} is not of this version", picture.display()))
}

fn lines(recipe: &Recipe) -> Vec<String> {
    let counts = &recipe.counts;
    let mut lines = vec![format!("{} of {}, by {}", recipe.figure, recipe.calibration.map, recipe.program)];
    if !recipe.command.is_empty() {
        lines.push(format!("command       proximity {}", recipe.command.join(" ")));
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
            Some(percent) => {
                format!("{percent} % of the time off the busiest floor is above or below another")
            }
            None => "as asked".to_owned(),
        };
        lines.push(format!("panels        one per floor: {why}"));
        lines.extend(floors.floors.iter().map(|floor| format!("panel         {floor}")));
    }
    lines.extend(recipe.scale.iter().map(|scale| format!("scale         up to {}", scale.reference())));
    lines.extend(recipe.inputs.iter().map(|input| format!("input         {}  {}", input.sha256, input.file)));
    lines
}
