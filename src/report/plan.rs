//! Which pictures a session gets, and on which scale.

use std::collections::BTreeMap;

use image::RgbaImage;

use crate::analysis::{Filter, Life, Lives, PlayerPattern, RoundFlag, lives, round_flags, round_number};
use crate::figure::exits::{self, ExitsSpec};
use crate::figure::heatmap::{By, HeatmapAccumulator, HeatmapSpec, Mode, Normalize, Scale, SpecError};
use crate::figure::life::LifeCard;
use crate::figure::paths::{PathColor, PathsAccumulator, PathsSpec};
use crate::figure::{BaseStyle, Figure, Orientation, Sheet, SheetContext};
use crate::map::WorldMap;
use crate::map::ink::HeightField;
use crate::model::Round;

/// Side of the map's square in pictures of a whole map, and in those of a round, pixels.
const MAP_PX: u32 = 1080;
const ROUND_PX: u32 = 720;
/// A life must have lasted this long to be among the fastest, ms: a sprint out of the spawn is no feat.
const FAST_LIFE_MS: i64 = 20_000;

/// A life slower than this on average was mostly spent standing, thousandths of a unit per second.
const LIVELY_MILLIUPS: u64 = 40_000;

/// A map with everything that is needed to draw on it.
pub struct MapStage {
    /// The map.
    pub map: WorldMap,
    /// Its picture, loaded.
    pub picture: Option<RgbaImage>,
    /// The ground, if it has no picture.
    pub heights: Option<HeightField>,
}

/// A picture that the page will show.
pub struct Picture {
    /// Its name within the folder: `pictures/01-supply-heat.png`. Made of plain letters only.
    pub file: String,
    /// What it shows, as a sentence.
    pub title: String,
    subject: Subject,
    rounds: Vec<usize>,
    stage: usize,
    size_px: u32,
}

impl Picture {
    /// Its width and height, pixels.
    pub fn size(&self) -> (u32, u32) {
        let rail = f64::from(crate::figure::sheet::RAIL_WIDTH) * f64::from(self.size_px) / 1080.0;
        (self.size_px + (rail + 0.5) as u32, self.size_px)
    }

    /// Whether it is about a single life.
    pub(super) fn is_card(&self) -> bool {
        matches!(self.subject, Subject::Life { .. })
    }
}

#[derive(Debug, Clone)]
enum Subject {
    Heat { by: By, mode: Mode },
    Paths(PathColor),
    Exits,
    Life { round: usize, track: usize },
}

/// A session, planned.
pub struct Report<'a> {
    pub(super) rounds: &'a [Round],
    pub(super) filter: &'a Filter,
    pub(super) stages: &'a [MapStage],
    pub(super) maps: Vec<MapPart>,
    pub(super) cleaned: Vec<Lives<'a>>,
    base: BaseStyle,
    scale: Option<Scale>,
}

/// One map's part of the page.
pub(super) struct MapPart {
    pub stage: usize,
    pub rounds: Vec<RoundPart>,
    pub pictures: Vec<Picture>,
}

/// One round's part of the page.
pub(super) struct RoundPart {
    pub index: usize,
    pub number: Option<u32>,
    pub flags: Vec<RoundFlag>,
    pub pictures: Vec<Picture>,
}

impl<'a> Report<'a> {
    /// Plans the report of `rounds`, which are in the order of time. `stages` holds one entry for each map, by its
    /// lower-case name in `stage_of`.
    ///
    /// # Errors
    /// [`SpecError`] when a map's extent is too large for a grid.
    pub fn plan(
        rounds: &'a [Round],
        filter: &'a Filter,
        stages: &'a [MapStage],
        stage_of: &BTreeMap<String, usize>,
        base: BaseStyle,
    ) -> Result<Self, SpecError> {
        let cleaned: Vec<Lives<'a>> = rounds.iter().map(|round| lives(round, filter)).collect();
        let mut order: Vec<(usize, Vec<usize>)> = Vec::new();
        for (index, round) in rounds.iter().enumerate() {
            let Some(&stage) = stage_of.get(&round.meta.map.to_ascii_lowercase()) else { continue };
            match order.iter_mut().find(|(known, _)| *known == stage) {
                Some((_, members)) => members.push(index),
                None => order.push((stage, vec![index])),
            }
        }
        let mut report = Self { rounds, filter, stages, maps: Vec::new(), cleaned, base, scale: None };
        report.scale = report.common_scale(&order)?;
        for (place, (stage, members)) in order.into_iter().enumerate() {
            let part = report.map_part(place, stage, &members);
            report.maps.push(part);
        }
        Ok(report)
    }

    /// Every picture, in the order of the page.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.maps
            .iter()
            .flat_map(|map| map.pictures.iter().chain(map.rounds.iter().flat_map(|round| &round.pictures)))
    }

    /// Draws one picture up to its scene; `None` for a life without a place.
    ///
    /// # Errors
    /// [`SpecError`] when the map's extent is too large for a grid.
    pub fn figure(&self, picture: &Picture) -> Result<Option<Figure>, SpecError> {
        let stage = &self.stages[picture.stage];
        let Some(sheet) = Sheet::new(Orientation::Landscape, picture.size_px) else { return Ok(None) };
        let filter = Filter { maps: vec![stage.map.name.clone()], ..self.filter.clone() };
        let context = SheetContext {
            map: &stage.map,
            picture: stage.picture.as_ref(),
            heights: stage.heights.as_ref(),
            base: self.base,
            sheet,
            crop: None,
            filter: &filter,
        };
        let rounds = picture.rounds.iter().map(|index| (*index, &self.rounds[*index]));
        Ok(match &picture.subject {
            Subject::Heat { by, mode } => {
                let normalize = match (&self.scale, *mode) {
                    (Some(scale), Mode::Dominant) => Normalize::FromScale(scale.clone()),
                    _ => Normalize::P99,
                };
                let spec = HeatmapSpec { by: *by, mode: *mode, normalize, ..HeatmapSpec::default() };
                let mut heat = HeatmapAccumulator::new(spec, &stage.map.extent.rect)?;
                rounds.for_each(|(index, round)| heat.add_lives(round, &self.cleaned[index], &filter));
                Some(heat.finish(&context))
            }
            Subject::Paths(color) => {
                let mut paths = PathsAccumulator::new(stage.map.extent.rect);
                rounds.for_each(|(index, round)| paths.add(index as u32, round, &filter));
                Some(paths.finish(&PathsSpec { color: *color, highlight: Vec::new() }, &context))
            }
            Subject::Exits => {
                let members = rounds.map(|(index, round)| (round, &self.cleaned[index]));
                Some(exits::figure_of(members, &ExitsSpec::default(), &context))
            }
            Subject::Life { round, track } => {
                let lives = &self.cleaned[*round].lives;
                let Some(life) = lives.iter().find(|life| life.track_index() == *track) else {
                    return Ok(None);
                };
                let player = PlayerPattern::new(life.track().guid.as_str());
                let filter = Filter { players: vec![player], ..filter.clone() };
                let context = SheetContext { filter: &filter, ..context };
                let (card, census) =
                    LifeCard::with_census(*round as u32, life, &filter, &stage.map.extent.rect);
                card.figure(&context, &census)
            }
        })
    }

    /// One scale for all maps: the median of what each would have by itself, so that brightness can be compared.
    fn common_scale(&self, order: &[(usize, Vec<usize>)]) -> Result<Option<Scale>, SpecError> {
        let mut references = Vec::new();
        let Some(sheet) = Sheet::new(Orientation::Bare, ROUND_PX) else { return Ok(None) };
        for (stage, members) in order {
            let stage = &self.stages[*stage];
            let mut heat = HeatmapAccumulator::new(HeatmapSpec::default(), &stage.map.extent.rect)?;
            for index in members {
                heat.add_lives(&self.rounds[*index], &self.cleaned[*index], self.filter);
            }
            if heat.census().counts().lives == 0 {
                continue;
            }
            let context = SheetContext {
                map: &stage.map,
                picture: None,
                heights: None,
                base: BaseStyle::None,
                sheet,
                crop: None,
                filter: self.filter,
            };
            references.push(heat.scale(&context).reference());
        }
        references.sort_by(f64::total_cmp);
        let median = references.get(references.len() / 2);
        Ok(median.map(|reference| Scale::root(crate::analysis::Weight::Time, *reference)))
    }

    fn map_part(&self, place: usize, stage: usize, members: &[usize]) -> MapPart {
        let prefix = format!("pictures/{:02}-{}", place + 1, plain(&self.stages[stage].map.name));
        let heat = |by, mode| Subject::Heat { by, mode };
        let picture = |name: &str, title: &str, subject: Subject| Picture {
            file: format!("{prefix}-{name}.png"),
            title: title.to_owned(),
            subject,
            rounds: members.to_vec(),
            stage,
            size_px: MAP_PX,
        };
        let mut pictures = vec![
            picture("heat", "Where time was spent, by state", heat(By::State, Mode::Dominant)),
            picture("paths", "Paths by team", Subject::Paths(PathColor::Team)),
            picture("exits", "Spawn exits", Subject::Exits),
            picture("teams", "Each team by itself", heat(By::Team, Mode::Panels)),
            picture("classes", "Each class by itself", heat(By::Class, Mode::Panels)),
        ];
        let lives = || members.iter().flat_map(|i| self.cleaned[*i].lives.iter().map(move |life| (*i, life)));
        // Somebody who left his keyboard lives long, but there is nothing to see.
        let longest = lives()
            .filter(|(_, life)| mean_speed_milliups(life) >= LIVELY_MILLIUPS)
            .max_by_key(|(i, life)| (life.alive_ms(), std::cmp::Reverse((*i, life.track_index()))));
        let fastest = lives()
            .filter(|(_, life)| life.alive_ms() >= FAST_LIFE_MS)
            .map(|(i, life)| (mean_speed_milliups(life), i, life))
            .max_by_key(|(speed, i, life)| (*speed, std::cmp::Reverse((*i, life.track_index()))))
            .map(|(_, i, life)| (i, life));
        for (name, title, found) in
            [("longest", "The longest life", longest), ("fastest", "The fastest life", fastest)]
        {
            if let Some((round, life)) = found {
                pictures.push(picture(name, title, Subject::Life { round, track: life.track_index() }));
            }
        }
        let rounds = members
            .iter()
            .enumerate()
            .map(|(nth, &index)| {
                let small = |name: &str, title: &str, subject: Subject| Picture {
                    file: format!("{prefix}-{:02}-{name}.png", nth + 1),
                    title: title.to_owned(),
                    subject,
                    rounds: vec![index],
                    stage,
                    size_px: ROUND_PX,
                };
                RoundPart {
                    index,
                    number: round_number(&self.rounds[index].meta),
                    flags: round_flags(&self.rounds[index]),
                    pictures: vec![
                        small("heat", "Where time was spent, by state", heat(By::State, Mode::Dominant)),
                        small("paths", "Paths by team", Subject::Paths(PathColor::Team)),
                        small("exits", "Spawn exits", Subject::Exits),
                    ],
                }
            })
            .collect();
        MapPart { stage, rounds, pictures }
    }
}

/// Mean speed over a life, thousandths of a unit per second, standing included.
fn mean_speed_milliups(life: &Life<'_>) -> u64 {
    let (mut units, mut ms) = (0.0, 0_i64);
    for segment in life.segments() {
        units += segment.from.at.distance_2d(segment.to.at);
        ms += segment.dt_ms;
    }
    if ms > 0 { (units * 1e6 / ms as f64) as u64 } else { 0 }
}

/// A stranger's map name as part of a file name: lower-case letters, digits, `_` and `-`, at most 40.
fn plain(name: &str) -> String {
    let plain: String = name
        .chars()
        .take(40)
        .map(|c| c.to_ascii_lowercase())
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .collect();
    if plain.is_empty() { "map".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn map_names_become_harmless_file_names() {
        assert_eq!(plain("ET_Supply-b4"), "et_supply-b4");
        assert_eq!(plain("../../etc/passwd"), "______etc_passwd");
        assert_eq!(plain(""), "map");
        assert_eq!(plain("Ж<script>"), "__script_");
        assert!(plain(&"x".repeat(500)).len() <= 40);
    }
}
