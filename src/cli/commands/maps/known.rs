//! `maps list` and `maps show`: what is known, and where each number came from.

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::MapsArgs;
use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::format::content_hash;
use crate::map::{ImportSource, Picture, PictureLimits, Shelf, WorldMap, floors};
use crate::text::{counted, near, visible};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  proximity maps list --maps ~/etmaps")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    maps: MapsArgs,
    /// Only maps that have a picture or a description
    #[arg(long)]
    own: bool,
    /// Print the list as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  proximity maps show supply --maps ~/etmaps")]
pub(crate) struct ShowArgs {
    /// The map's name
    #[arg(value_name = "MAP")]
    map: String,
    #[command(flatten)]
    maps: MapsArgs,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn list(args: &ListArgs, console: &mut Console) -> Result<Outcome> {
    let mut maps = args.maps.open()?.list();
    if args.own {
        maps.retain(|(_, shelf)| *shelf != Shelf::Atlas);
    }
    let word = |shelf: &Shelf| match shelf {
        Shelf::Folder => "maps folder",
        Shelf::Shipped => "part of the program",
        Shelf::Atlas => "atlas: extent only",
    };
    if args.json {
        let rows: Vec<_> =
            maps.iter().map(|(name, shelf)| json!({"map": name, "found": word(shelf)})).collect();
        console.json(&json!({"maps": rows}))?;
    } else {
        for (name, shelf) in &maps {
            console.say(&visible(&format!("{name:28} {}", word(shelf))))?;
        }
        console.say(&counted(maps.len() as u64, "map", "maps"))?;
    }
    Ok(Outcome::Done)
}

pub(crate) fn show(args: &ShowArgs, console: &mut Console) -> Result<Outcome> {
    let library = args.maps.open()?;
    let map = library.find(&args.map)?.with_context(|| {
        let hint = if let Some(picture) = library.stray_picture(&args.map) {
            format!("its picture {} is there, but not its extent", picture.name())
        } else {
            let known = library.list();
            let near = near(&args.map, known.iter().map(|(name, _)| name.as_str()));
            let meant =
                if near.is_empty() { String::new() } else { format!("did you mean {}? ", near.join(", ")) };
            format!("{meant}an unknown map is fitted to its tracks when it is drawn")
        };
        format!("nothing is known about the map {:?}; {hint}", args.map)
    })?;
    if args.json {
        console.json(&as_json(&map))?;
    } else {
        for line in describe(&map) {
            console.say(&visible(&line))?;
        }
    }
    Ok(Outcome::Done)
}

fn describe(map: &WorldMap) -> Vec<String> {
    let rect = &map.extent.rect;
    let mut lines = vec![
        map.title.as_ref().map_or_else(|| map.name.clone(), |title| format!("{} · {title}", map.name)),
        format!(
            "  extent    top left ({}, {}), bottom right ({}, {}): {} × {} u",
            tenth(rect.min_x()),
            tenth(rect.max_y()),
            tenth(rect.max_x()),
            tenth(rect.min_y()),
            tenth(rect.width()),
            tenth(rect.height()),
        ),
        format!("            {}", map.extent.sentence()),
    ];
    match &map.picture {
        Some(found) => lines.extend(picture("picture", found, map.picture_from.as_deref())),
        None => lines.push("  picture   none: the ground is drawn from the tracks".to_owned()),
    }
    if let Some(overview) = map.overview.as_ref().filter(|overview| Some(*overview) != map.picture.as_ref()) {
        lines.extend(picture("overview", overview, Some("drawn from the map's geometry")));
    }
    for (i, layer) in map.layers.iter().enumerate() {
        lines.push(format!("  layer {i}   up to z {}{}", layer.ceiling, from(map.origins.layers.as_ref())));
        lines
            .extend(layer.picture.iter().flat_map(|found| picture("", found, layer.picture_from.as_deref())));
    }
    if !map.layers.is_empty() {
        lines.push(format!("  panels    {}", floors::RULE));
    }
    if let Some(ImportSource { file, entry, sha256, entities }) = &map.origins.import {
        lines.push(format!("  map       imported from {entry} in {file}"));
        lines.push(format!("            sha256 {sha256}"));
        lines.extend(entities.iter().map(|name| format!("            entities from {name}")));
    }
    if !map.labels.is_empty() {
        lines.push(format!("  labels    {}{}", map.labels.len(), from(map.origins.labels.as_ref())));
    }
    for label in &map.labels {
        let side = label.side.map_or(String::new(), |side| format!(" ({})", side.word()));
        let at = label.at;
        lines.push(format!(
            "  {:13} {}{side} at ({}, {}, {})",
            label.kind.word(),
            label.text,
            at.x,
            at.y,
            at.z
        ));
    }
    if !map.spawns.is_empty() {
        let spots = counted(map.spawns.len() as u64, "spot", "spots");
        lines.push(format!("  spawns    {spots}{}", from(map.origins.spawns.as_ref())));
    }
    lines
}

/// To a tenth of a unit.
fn tenth(units: f64) -> f64 {
    (units * 10.0).round() / 10.0
}

/// `, from stone.toml`
fn from(origin: Option<&String>) -> String {
    origin.map_or(String::new(), |origin| format!(", from {origin}"))
}

/// A picture, where it comes from, and its hash.
fn picture(what: &str, picture: &Picture, from: Option<&str>) -> Vec<String> {
    let mut lines = vec![format!("  {what:9} {}", picture.name())];
    lines.extend(from.map(|from| format!("            {from}")));
    lines.push(match sha256(picture) {
        Ok(hash) => format!("            sha256 {hash}"),
        Err(fault) => format!("            {fault}"),
    });
    lines
}

/// The hash of a picture's file, or why it cannot be read.
fn sha256(picture: &Picture) -> Result<String, String> {
    let bytes = picture.bytes(&PictureLimits::default());
    bytes.map(|bytes| content_hash(&bytes)).map_err(|error| error.to_string())
}

fn as_json(map: &WorldMap) -> serde_json::Value {
    let rect = &map.extent.rect;
    json!({
        "map": map.name,
        "title": map.title,
        "extent": {
            "mins": [rect.min_x(), rect.max_y()], "maxs": [rect.max_x(), rect.min_y()],
            "source": map.extent.sentence(), "doubtful": map.extent.is_doubtful(),
        },
        "picture": map.picture.as_ref().map(Picture::name),
        "picture_from": map.picture_from,
        "picture_sha256": map.picture.as_ref().and_then(|picture| sha256(picture).ok()),
        "overview": map.overview.as_ref().map(Picture::name),
        "overview_sha256": map.overview.as_ref().and_then(|picture| sha256(picture).ok()),
        "import": map.origins.import,
        "title_from": map.origins.title, "layers_from": map.origins.layers,
        "labels_from": map.origins.labels, "spawns_from": map.origins.spawns,
        "layers": map.layers.iter().map(|layer| layer.ceiling).collect::<Vec<_>>(),
        "layer_pictures": map.layers.iter().map(|layer| json!({
            "picture": layer.picture.as_ref().map(Picture::name), "from": layer.picture_from,
            "sha256": layer.picture.as_ref().and_then(|picture| sha256(picture).ok()),
        })).collect::<Vec<_>>(),
        "labels": map.labels.iter().map(|label| json!({
            "kind": label.kind.word(), "side": label.side.map(crate::map::Side::word),
            "text": label.text, "at": [label.at.x, label.at.y, label.at.z],
        })).collect::<Vec<_>>(),
        "spawns": map.spawns.len(),
    })
}
