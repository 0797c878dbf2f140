//! The part of the map that a picture shows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::RequestError;
use crate::analysis::{ExitOptions, Life, Lives, spawn_areas, spawn_of};
use crate::figure::exits::area_names;
use crate::figure::words::filter_words;
use crate::geom::{WorldPoint, WorldRect};
use crate::map::{LabelKind, WorldMap};
use crate::model::Team;
use crate::rounds::choices;

/// From a spawn area to the window's edge at least, units: its ring of exits and some room.
const SPAWN_REACH_UNITS: f64 = 1_690.0;
/// The same from any other place: what a player there takes part in.
const PLACE_REACH_UNITS: f64 = 1_000.0;
/// Room round the data, a share of their longer side; and the least side of a window round them, units.
const DATA_MARGIN: f64 = 0.04;
const LEAST_DATA_UNITS: f64 = 512.0;
/// The least side that can be asked for, units: a few bodies.
const LEAST_UNITS: f64 = 64.0;
/// Longer texts name no place, characters.
const LONGEST: usize = 200;

/// The part of the map that a picture shows: made square, and moved into the map. What is counted, and the scale of
/// brightness, stay those of the whole map, so that pictures can be compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Crop {
    /// Where the lives went that match.
    Data,
    /// A spawn area by its name or a part of it, as the map or the figure of exits calls it, or all of a side's by the
    /// side.
    Spawn(String),
    /// Any named place of the map by its name or a part of it.
    Place(String),
    /// A rectangle of the world: two corners.
    Rect(WorldRect),
}

impl FromStr for Crop {
    type Err = RequestError;

    fn from_str(text: &str) -> Result<Self, RequestError> {
        let named = |prefix: &str| text.strip_prefix(prefix).map(str::trim).filter(|name| !name.is_empty());
        let rect = || {
            let numbers: Vec<f64> =
                text.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
            let [x0, y0, x1, y1] = numbers[..] else { return None };
            let rect = WorldRect::new(x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1))?;
            (rect.width().min(rect.height()) >= LEAST_UNITS).then_some(rect)
        };
        let crop = match (text, named("spawn:"), named("place:")) {
            ("data", ..) => Some(Self::Data),
            (_, Some(name), _) => Some(Self::Spawn(name.to_owned())),
            (_, _, Some(name)) => Some(Self::Place(name.to_owned())),
            _ => rect().map(Self::Rect),
        };
        crop.filter(|_| text.chars().count() <= LONGEST).ok_or_else(|| RequestError::Range {
            what: format!("--crop {}", text.chars().take(40).collect::<String>()),
            expected: format!(
                "data, spawn:NAME, place:NAME, or two corners x,y,x,y at least {LEAST_UNITS} units apart"
            ),
        })
    }
}

impl TryFrom<String> for Crop {
    type Error = RequestError;

    fn try_from(text: String) -> Result<Self, RequestError> {
        text.parse()
    }
}

impl From<Crop> for String {
    fn from(crop: Crop) -> Self {
        crop.to_string()
    }
}

impl fmt::Display for Crop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data => f.write_str("data"),
            Self::Spawn(name) => write!(f, "spawn:{name}"),
            Self::Place(name) => write!(f, "place:{name}"),
            Self::Rect(rect) => {
                write!(f, "{},{},{},{}", rect.min_x(), rect.min_y(), rect.max_x(), rect.max_y())
            }
        }
    }
}

impl Crop {
    /// What has to be seen of the lives before the window is known; `None` if nothing.
    pub(super) fn needs(&self) -> Option<Seen> {
        match self {
            Self::Data => Some(Seen::Ground(Bounds::default())),
            Self::Spawn(_) => Some(Seen::Spawns(Vec::new())),
            Self::Place(_) | Self::Rect(_) => None,
        }
    }

    /// The window on `map`; `None` for all of it, as where no life was seen.
    ///
    /// # Errors
    /// A name that the map does not have, or a rectangle beside it.
    pub(super) fn window(
        &self,
        map: &WorldMap,
        seen: Option<Seen>,
    ) -> Result<Option<WorldRect>, RequestError> {
        let extent = &map.extent.rect;
        let wanted = match self {
            Self::Data => {
                let Some(Seen::Ground(bounds)) = seen else { return Ok(None) };
                // Points on one line have a rectangle too.
                let Some(data) = bounds.grown(0.5) else { return Ok(None) };
                let side = data.width().max(data.height());
                data.grown((side * DATA_MARGIN).max((LEAST_DATA_UNITS - side) / 2.0))
            }
            Self::Spawn(name) => around(name, "spawn area", map, &spawns(map, seen), SPAWN_REACH_UNITS)?,
            Self::Place(name) => around(name, "place", map, &places(map), PLACE_REACH_UNITS)?,
            Self::Rect(rect) => {
                let meets = rect.max_x() > extent.min_x()
                    && rect.min_x() < extent.max_x()
                    && rect.max_y() > extent.min_y()
                    && rect.min_y() < extent.max_y();
                if !meets {
                    return Err(RequestError::NotFound(format!(
                        "--crop {self}: the map {} lies at {}",
                        map.name,
                        Self::Rect(*extent)
                    )));
                }
                Some(*rect)
            }
        };
        Ok(wanted.and_then(|wanted| square_within(&wanted, extent)))
    }
}

/// Spawn areas by the names that the map and the figure of exits have for them, and all of a side's by the side's word.
fn spawns(map: &WorldMap, seen: Option<Seen>) -> Vec<(String, WorldPoint)> {
    let labels = || map.labels.iter().filter(|label| label.kind == LabelKind::SpawnArea);
    let named = labels().map(|label| (label.text.clone(), label.at));
    let spots = map.spawns.iter().filter_map(|spot| Some((spot.area.clone()?, spot.at)));
    let mut known: Vec<(String, WorldPoint)> = named.chain(spots).collect();
    let mut seen = match seen {
        Some(Seen::Spawns(spawns)) => spawns,
        _ => Vec::new(),
    };
    // The middle of an area is the same for any order, and so are its name and number.
    seen.sort_by(|(a, p), (b, q)| {
        a.cmp(b).then(p.x.total_cmp(&q.x)).then(p.y.total_cmp(&q.y)).then(p.z.total_cmp(&q.z))
    });
    let areas = spawn_areas(&seen, &ExitOptions::default());
    let names = area_names(areas.iter().map(|area| (&area.team, area.center)), map);
    for (area, name) in areas.iter().zip(names) {
        known.push((name, area.center));
        known.push((filter_words::team(&area.team).to_lowercase(), area.center));
    }
    known
}

/// Everything that has a name of its own.
fn places(map: &WorldMap) -> Vec<(String, WorldPoint)> {
    let labels = map.labels.iter().filter(|label| label.kind != LabelKind::Cabinet);
    labels.map(|label| (label.text.clone(), label.at)).collect()
}

/// What lies within `reach` of everything called `name`: exactly so, else in part.
fn around(
    name: &str,
    what: &str,
    map: &WorldMap,
    known: &[(String, WorldPoint)],
    reach: f64,
) -> Result<Option<WorldRect>, RequestError> {
    let name_is = name.to_lowercase();
    let of = |fits: &dyn Fn(&str) -> bool| -> Vec<WorldPoint> {
        known.iter().filter(|(text, _)| fits(&text.to_lowercase())).map(|(_, at)| *at).collect()
    };
    let mut found = of(&|text| text == name_is);
    if found.is_empty() {
        found = of(&|text| text.contains(&name_is));
    }
    if found.is_empty() {
        let names = choices(known.iter().map(|(text, _)| text.clone()));
        let has = if names.is_empty() { "none with a name".to_owned() } else { names };
        return Err(RequestError::NotFound(format!(
            "no {what} of {} is called {name:?}; it has {has}",
            map.name
        )));
    }
    let mut bounds = Bounds::default();
    for at in found {
        bounds.add(at);
    }
    Ok(bounds.grown(reach))
}

/// The smallest square round `wanted`, moved into `extent`, and no larger than that on either axis.
fn square_within(wanted: &WorldRect, extent: &WorldRect) -> Option<WorldRect> {
    let side = wanted.width().max(wanted.height());
    let axis = |from: f64, to: f64, least: f64, most: f64| {
        let side = side.min(most - least);
        let low = (f64::midpoint(from, to) - side / 2.0).clamp(least, most - side);
        (low, low + side)
    };
    let (west, east) = axis(wanted.min_x(), wanted.max_x(), extent.min_x(), extent.max_x());
    let (south, north) = axis(wanted.min_y(), wanted.max_y(), extent.min_y(), extent.max_y());
    WorldRect::new(west, south, east, north)
}

/// What was seen of the lives that match, for a window that depends on them.
#[derive(Debug, Clone)]
pub(super) enum Seen {
    /// Where they went, as far as it lies on the map.
    Ground(Bounds),
    /// Where they began.
    Spawns(Vec<(Team, WorldPoint)>),
}

impl Seen {
    /// Adds lives.
    pub(super) fn add(&mut self, lives: &Lives<'_>, extent: &WorldRect) {
        match self {
            Self::Ground(bounds) => lives
                .lives
                .iter()
                .flat_map(Life::segments)
                .flat_map(|segment| [segment.from.at, segment.to.at])
                .filter(|at| extent.contains(*at))
                .for_each(|at| bounds.add(at)),
            Self::Spawns(spawns) => spawns.extend(lives.lives.iter().filter_map(spawn_of)),
        }
    }

    /// Adds what another one of the same kind saw; the order does not matter.
    pub(super) fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Ground(bounds), Self::Ground(Bounds { low, high })) => {
                bounds.low = (bounds.low.0.min(low.0), bounds.low.1.min(low.1));
                bounds.high = (bounds.high.0.max(high.0), bounds.high.1.max(high.1));
            }
            (Self::Spawns(spawns), Self::Spawns(more)) => spawns.extend(more),
            (Self::Ground(_) | Self::Spawns(_), _) => {}
        }
    }
}

/// The smallest rectangle that holds the points added to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    low: (f64, f64),
    high: (f64, f64),
}

impl Default for Bounds {
    fn default() -> Self {
        Self { low: (f64::INFINITY, f64::INFINITY), high: (f64::NEG_INFINITY, f64::NEG_INFINITY) }
    }
}

impl Bounds {
    fn add(&mut self, at: WorldPoint) {
        let (x, y) = (f64::from(at.x), f64::from(at.y));
        self.low = (self.low.0.min(x), self.low.1.min(y));
        self.high = (self.high.0.max(x), self.high.1.max(y));
    }

    /// The rectangle with `units` more on every side; `None` without any point.
    fn grown(&self, units: f64) -> Option<WorldRect> {
        WorldRect::new(self.low.0 - units, self.low.1 - units, self.high.0 + units, self.high.1 + units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_from_their_text() {
        for text in ["data", "spawn:North Bunker", "place:tunnel", "-100,0,900,1000"] {
            assert_eq!(text.parse::<Crop>().unwrap().to_string(), text);
        }
        assert_eq!("900,1000,-100,0".parse::<Crop>().unwrap().to_string(), "-100,0,900,1000");
        for text in ["", "spawn:", "0,0,1,1", "0,0,nan,100", "1,2,3", "0,0,inf,900", "here"] {
            assert!(text.parse::<Crop>().is_err(), "{text}");
        }
        assert!(format!("place:{}", "x".repeat(300)).parse::<Crop>().is_err());
    }

    #[test]
    fn windows_are_square_and_lie_in_the_map() {
        let extent = WorldRect::new(0.0, 0.0, 4000.0, 6000.0).unwrap();
        let window =
            |x0, y0, x1, y1| square_within(&WorldRect::new(x0, y0, x1, y1).unwrap(), &extent).unwrap();
        assert_eq!(
            window(1000.0, 1000.0, 2000.0, 1500.0),
            WorldRect::new(1000.0, 750.0, 2000.0, 1750.0).unwrap()
        );
        assert_eq!(window(-500.0, 0.0, 500.0, 100.0), WorldRect::new(0.0, 0.0, 1000.0, 1000.0).unwrap());
        // Wider than the map: the map's own width, and as high as asked for.
        assert_eq!(window(0.0, 0.0, 100.0, 5000.0), WorldRect::new(0.0, 0.0, 4000.0, 5000.0).unwrap());
    }
}
