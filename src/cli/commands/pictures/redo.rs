//! `redo`: a picture drawn again from its own request.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args as Arguments, Parser as _};

use super::explain::{parse, recipe_text};
use super::write_figure::say;
use super::{Chosen, choose, replay};
use crate::cli::args::database;
#[cfg(feature = "lake")]
use crate::cli::args::lake::place;
use crate::cli::commands::maps::MapsArgs;
use crate::cli::console::Console;
use crate::cli::{Cli, Command, Outcome};
use crate::figure::Recipe;
use crate::figure::request::{Request, Subject};
use crate::files;
use crate::rounds::Rounds;
use crate::text::counted;

/// Arguments of `redo`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Example:\n  proximity redo heat.png\n  proximity redo heat.png rounds/\n  proximity redo heat.png --db sqlite:proximity.db"
)]
pub(crate) struct RedoArgs {
    /// A picture that this program made; it is rendered again under the same name
    #[arg(value_name = "PICTURE")]
    picture: PathBuf,
    /// Where its rounds are: tracker files or folders. They are known by their content, whatever they are called now
    #[arg(value_name = "INPUT", default_value = ".")]
    inputs: Vec<PathBuf>,
    /// Or the store that has them: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL", conflicts_with = "inputs")]
    db: Option<String>,
    /// Or the lake that has them: its folder
    #[cfg(feature = "lake")]
    #[arg(long, value_name = "LAKE", conflicts_with_all = ["inputs", "db"])]
    lake: Option<PathBuf>,
    #[command(flatten)]
    maps: MapsArgs,
}

/// The command lines of pictures made before requests were kept in them.
const COMMANDS: [&str; 5] = ["heatmap", "paths", "exits", "life", "replay"];

pub(crate) fn redo(args: &RedoArgs, console: &mut Console) -> Result<Outcome> {
    let (text, is_jpeg) = recipe_text(&args.picture)?;
    let recipe = parse(&args.picture, &text)?;
    let picture = args.picture.display();
    if recipe.input_count() == 0 {
        bail!("{picture} shows no round, so there is nothing to make it from again");
    }
    let mut request = match &recipe.request {
        Some(request) => (**request).clone(),
        None => from_command(&recipe)
            .with_context(|| format!("{picture} does not say how it was made in a way this program knows"))?,
    };
    request.check().with_context(|| format!("the request in {picture}"))?;
    // The rounds are chosen by their content; what the request says of dates and numbers would only choose again.
    let rounds = found(&recipe, args)?;
    if request.filter.maps.is_empty() {
        request.filter.maps.push(recipe.calibration.map.clone());
    }
    let chosen = choose(request, &rounds, &args.maps, console)?;
    let is_replay = matches!(chosen.request.subject, Subject::Replay(_));
    let (bytes, again) = if is_replay {
        let bytes = replay::animated_png(chosen, console)?;
        let text = crate::raster::encode::read_text(&bytes, crate::figure::request::RECIPE)?;
        (bytes, parse(&args.picture, &text.unwrap_or_default())?)
    } else {
        let Chosen { request, selected, map } = chosen;
        let finished = request.draw_rounds(&selected.rounds, map, console.progress())?;
        console.complaints(&finished.faults);
        let drawing = finished.drawing;
        (if is_jpeg { drawing.jpeg()? } else { drawing.png()? }, drawing.recipe)
    };
    if !again.has_inputs_of(&recipe) {
        let (before, now) = (recipe.input_count(), again.input_count());
        let others = if before == now { "as many others" } else { &now.to_string() };
        bail!(
            "{picture} was made from {}; its filters find {others} now, so it stays as it is",
            counted(before, "round", "rounds"),
        );
    }
    files::write(&args.picture, &bytes)?;
    console.say(&say(&picture.to_string(), &again))?;
    Ok(Outcome::Done)
}

/// The rounds that a picture was made from, found by their content.
fn found(recipe: &Recipe, args: &RedoArgs) -> Result<Rounds> {
    #[cfg(feature = "lake")]
    let lake = args.lake.as_deref().map(place).transpose()?.map(Rounds::lake).transpose()?;
    #[cfg(not(feature = "lake"))]
    let lake = None;
    let rounds = match (lake, &args.db) {
        (Some(rounds), _) => rounds,
        (None, Some(db)) => Rounds::store(database::url(Some(db))?)?,
        (None, None) => Rounds::files(&args.inputs)?,
    };
    if recipe.input_list.is_some() {
        // Too many to be named: the request chooses among all that are given, and the whole list is compared.
        return Ok(rounds);
    }
    let hashes = rounds.content_hashes()?;
    if let Some(missing) = recipe.inputs.iter().find(|input| !hashes.contains(&input.sha256)) {
        bail!("{} is not among the rounds given; its SHA-256 is {}", missing.file, missing.sha256);
    }
    let mut kept = std::collections::BTreeSet::new();
    let wanted: Vec<bool> = hashes
        .iter()
        .map(|hash| recipe.inputs.iter().any(|input| input.sha256 == *hash) && kept.insert(hash.clone()))
        .collect();
    Ok(rounds.part(|index| wanted[index]))
}

/// The request that an older picture's command line means. A picture may come from anywhere: its words may name a figure
/// with its options, and nothing that lies on this machine.
fn from_command(recipe: &Recipe) -> Result<Request> {
    let name = recipe.command.first().context("it names no command")?;
    if !COMMANDS.contains(&name.as_str()) {
        bail!("it was not made by a picture command");
    }
    let mut words = vec!["proximity".to_owned()];
    words.extend(database::without_places(&recipe.command));
    // The command line wants both; neither is read or written.
    words.extend(["--out", "-", "--", "."].map(str::to_owned));
    let cli = Cli::try_parse_from(&words)
        .map_err(|error| anyhow!("its command is not understood any more: {}", error.kind()))?;
    Ok(match &cli.command {
        Command::Heatmap(args) => args.drawn.request()?,
        Command::Paths(args) => args.drawn.request()?,
        Command::Exits(args) => args.request()?,
        Command::Life(args) => args.request()?,
        Command::Replay(args) => args.request(),
        _ => bail!("it was not made by a picture command"),
    })
}
