//! What the page says of one picture.

use std::collections::BTreeMap;

use super::PageData;
use super::legend::{Legend, legend};
use crate::figure::Recipe;
use crate::figure::request::{LifeCard, Subject, WhichLife};
use crate::figure::words::number;
use crate::report::model::Picture;
use crate::report::model::{SessionReport, Sheets};
use crate::report::pictures::small;

/// Places that a path is told by; of a longer one the beginning and the end.
const MOST_PLACES: usize = 6;

#[derive(Clone)]
pub(crate) struct PictureView {
    /// The full sheet.
    pub file: String,
    /// What its link is called.
    pub kind: &'static str,
    pub small: String,
    /// The small version over a light map, if there is one.
    pub light: Option<String>,
    pub legend: Legend,
    pub title: String,
    /// A life's path by place names; empty where there is none.
    pub route: String,
    pub alt: String,
    pub width: u32,
    pub height: u32,
    pub replay: Option<String>,
    pub recipe: Vec<(&'static str, String)>,
}

impl SessionReport<'_> {
    /// One picture; `about` tells its text for those who cannot see it what it is of.
    pub(crate) fn picture_view(&self, picture: &Picture, about: &str, data: &PageData<'_>) -> PictureView {
        let recipe = data.recipes.get(&picture.file);
        // A picture that is not drawn yet is a square for now.
        let sheet = recipe.map_or([picture.request.layout.size_px; 2], |recipe| recipe.size_px);
        let [width, height] = small::size(picture, sheet);
        let route = self.route_in_words(picture);
        let told = if route.is_empty() { String::new() } else { format!(". Route: {route}") };
        PictureView {
            file: picture.sheet(data.sheets),
            kind: match data.sheets {
                Sheets::Small => "JPEG",
                Sheets::Full => "PNG",
            },
            small: picture.small(),
            light: picture.light(),
            legend: legend(&picture.request.subject),
            title: picture.title.clone(),
            alt: format!("{about}: {}{told}", picture.title.to_lowercase()),
            route,
            width,
            height,
            replay: None,
            recipe: recipe.map(recipe_rows).unwrap_or_default(),
        }
    }

    /// The first picture's small version, with its width and height.
    pub(crate) fn cover_picture(&self, recipes: &BTreeMap<String, Recipe>) -> Option<(String, u32, u32)> {
        let picture = self.pictures().next()?;
        let [width, height] = small::size(picture, recipes.get(&picture.file)?.size_px);
        Some((picture.small(), width, height))
    }

    /// A life's path by the names of the map's places: `Mill Camp → Ford → Chapel`. Empty where it names fewer than two, and
    /// for pictures of more than a life.
    fn route_in_words(&self, picture: &Picture) -> String {
        let (Subject::Life(LifeCard { which: WhichLife::SpawnTime(time) }), [round]) =
            (&picture.request.subject, picture.rounds.as_slice())
        else {
            return String::new();
        };
        let players = &picture.request.filter.players;
        let Some(life) = self.cleaned[*round].lives.iter().find(|life| {
            let track = life.track();
            track.spawn.0 == *time && players.iter().any(|one| one.matches(track.guid.as_str(), &track.name))
        }) else {
            return String::new();
        };
        let map = &self.map_data[picture.map].map;
        let route = map.route(life.samples().iter().map(|sample| sample.at));
        match route.as_slice() {
            [] | [_] => String::new(),
            [first @ .., last] if route.len() > MOST_PLACES => {
                format!("{} → … → {last}", first[..MOST_PLACES - 1].join(" → "))
            }
            all => all.join(" → "),
        }
    }
}

/// A recipe as people read it.
fn recipe_rows(recipe: &Recipe) -> Vec<(&'static str, String)> {
    let counts = &recipe.counts;
    let options: Vec<String> = recipe
        .options
        .iter()
        .filter(|(_, value)| !value.is_null() && !value.is_object())
        .map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{} {value}", name.replace('_', " "))
        })
        .collect();
    let names: Vec<&str> = recipe.inputs.iter().map(|input| input.file.as_str()).collect();
    let files = match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first, .., last] => format!("{} files, {first} … {last}", names.len()),
    };
    let mut rows = vec![
        ("figure", recipe.figure.clone()),
        ("options", options.join(" · ")),
        ("asked for", recipe.filter.join(" · ")),
        (
            "used",
            format!(
                "{} of {}, {}; {} off the map, {} left out, {} not selected",
                number::counted(counts.lives, "life", "lives"),
                number::counted(counts.players, "player", "players"),
                number::counted(counts.samples, "sample", "samples"),
                number::count(counts.off_map),
                number::count(counts.dropped),
                number::count(counts.not_selected)
            ),
        ),
        ("files", files),
        ("map", recipe.calibration.extent.clone()),
    ];
    if let Some(scale) = &recipe.scale {
        rows.push(("brightest", number::significant(scale.reference())));
    }
    rows.push(("made by", recipe.program.clone()));
    rows.retain(|(_, value)| !value.is_empty());
    rows
}
