//! What the page says of one picture.

use std::collections::BTreeMap;

use super::PageData;
use super::legend::{Legend, legend};
use crate::figure::Recipe;
use crate::figure::request::{LifeCard, Subject, WhichLife};
use crate::figure::words::number;
use crate::report::model::Picture;
use crate::report::model::{Cover, MapPart, SessionReport};
use crate::report::pictures::small;
use crate::report::plan::plain;

/// Places that a path is told by; of a longer one the beginning and the end.
const MOST_PLACES: usize = 6;

#[derive(Clone)]
pub(crate) struct PictureView {
    /// The full sheet.
    pub file: String,
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

    /// The first picture of each map.
    pub(crate) fn covers(&self, recipes: &BTreeMap<String, Recipe>) -> Vec<Cover> {
        let cover = |(place, part): (usize, &MapPart)| {
            let picture = part.pictures.first()?;
            Some(Cover {
                map: plain(&self.map_data[part.map].map.name),
                anchor: Cover::anchor_of(place),
                small: picture.small(),
                light: picture.light(),
                size: small::size(picture, recipes.get(&picture.file)?.size_px),
            })
        };
        self.maps.iter().enumerate().filter_map(cover).collect()
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

/// A recipe in words that players use; the options behind it lie in the picture itself.
fn recipe_rows(recipe: &Recipe) -> Vec<(&'static str, String)> {
    let counts = &recipe.counts;
    let mut left_out = Vec::new();
    for (count, why) in
        [(counts.off_map, "off the map"), (counts.dropped, "dropped"), (counts.not_selected, "not selected")]
    {
        if count > 0 {
            left_out.push(format!("{} {why}", number::counted(count, "sample", "samples")));
        }
    }
    let mut rows = vec![
        ("of", recipe.filter.join(" · ")),
        (
            "shows",
            format!(
                "{} of {}, {}",
                number::counted(counts.lives, "life", "lives"),
                number::counted(counts.players, "player", "players"),
                number::counted(counts.samples, "sample", "samples"),
            ),
        ),
        ("left out", left_out.join(", ")),
    ];
    rows.retain(|(_, value)| !value.is_empty());
    rows
}
