//! Which pictures a session gets, and on which scale.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use image::RgbaImage;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::picture::{Picture, Subject};
use super::players;
use super::players::Person;
use crate::analysis::lives;
use crate::analysis::round_flags;
use crate::analysis::{Arrivals, Filter, Floor, Life, Lives, RoundFlag, Weight, round_number};
use crate::basemap::BaseStyle;
use crate::basemap::ink::HeightField;
use crate::figure::arrival;
use crate::figure::heatmap::{By, HeatmapAccumulator, HeatmapSpec, Mode, Scale, SpecError};
use crate::figure::paths::PathColor;
use crate::figure::{Canvas, Orientation, Sheet};
use crate::map::WorldMap;
use crate::map::floors::Stacked;
use crate::model::{Round, Team};
use crate::text::hex;

/// Side of the map's square in pictures of a whole map, and in those of a round, pixels.
const MAP_PX: u32 = 1080;
const ROUND_PX: u32 = 720;
/// A life must have lasted this long to be among the fastest, ms: a sprint out of the spawn is no feat.
const FAST_LIFE_MS: i64 = 20_000;

/// A life slower than this on average was mostly spent standing, thousandths of a unit per second.
const LIVELY_MILLIUPS: u64 = 40_000;

/// A map with everything that is needed to draw on it.
pub struct MapData {
    /// The map.
    pub map: WorldMap,
    /// Its picture, loaded.
    pub picture: Option<RgbaImage>,
    /// The ground, if it has no picture.
    pub heights: Option<HeightField>,
    /// Its floors, if they get panels of their own. Default: none.
    pub floors: FloorsData,
}

/// Floors that get panels of their own.
#[derive(Default)]
pub struct FloorsData {
    /// The lowest first; empty where one map shows everything.
    pub stages: Vec<FloorData>,
    /// How they lie above each other where people went.
    pub stacked: Stacked,
}

/// A floor that gets a panel of its own.
pub struct FloorData {
    /// Which floor.
    pub floor: Floor,
    /// Its picture, loaded.
    pub picture: Option<RgbaImage>,
}

impl MapData {
    /// Everything of the map that shows in a picture, as one hash. The ground is not in it: it follows from the rounds.
    pub(super) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let mut text = String::new();
        let map = &self.map;
        let _ = write!(text, "{:?} {:?} {:?} {:?}", map.name, map.title, map.extent, map.labels);
        hash.update(text.as_bytes());
        for FloorData { floor, .. } in &self.floors.stages {
            hash.update(format!("{floor:?}").as_bytes());
        }
        for picture in self.picture.iter().chain(self.floors.stages.iter().flat_map(|floor| &floor.picture)) {
            hash.update(picture.width().to_le_bytes());
            hash.update(picture.as_raw());
        }
        hex(&hash.finalize())
    }
}

/// A session, planned.
pub struct Report<'a> {
    pub(super) rounds: &'a [Round],
    pub(super) filter: &'a Filter,
    pub(super) stages: &'a [MapData],
    pub(super) maps: Vec<MapPart>,
    pub(super) people: Vec<Person>,
    pub(super) cleaned: Vec<Lives<'a>>,
    pub(super) base: BaseStyle,
}

/// One map's part of the page.
pub(crate) struct MapPart {
    pub stage: usize,
    pub rounds: Vec<RoundPart>,
    pub pictures: Vec<Picture>,
    /// First arrivals over the whole map; `None` where its extent holds no cells.
    pub arrivals: Option<Arrivals>,
}

/// One round's part of the page.
pub(crate) struct RoundPart {
    pub index: usize,
    pub number: Option<u32>,
    pub flags: Vec<RoundFlag>,
    pub pictures: Vec<Picture>,
    /// Its replay's name within the folder; `None` for a round nobody moved in.
    pub replay: Option<String>,
}

impl RoundPart {
    /// Whether it was hardly played: a warm-up, a broken-off round, or one of bots.
    pub(super) fn is_warm_up(&self) -> bool {
        self.flags.iter().any(|flag| *flag != RoundFlag::Cut)
    }
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
        stages: &'a [MapData],
        stage_of: &BTreeMap<String, usize>,
        base: BaseStyle,
    ) -> Result<Self, SpecError> {
        let cleaned: Vec<Lives<'a>> = rounds.par_iter().map(|round| lives(round, filter)).collect();
        let mut order: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut stage_of_round = BTreeMap::new();
        for (index, round) in rounds.iter().enumerate() {
            let Some(&stage) = stage_of.get(&round.meta.map.to_ascii_lowercase()) else { continue };
            stage_of_round.insert(index, stage);
            match order.iter_mut().find(|(known, _)| *known == stage) {
                Some((_, members)) => members.push(index),
                None => order.push((stage, vec![index])),
            }
        }
        let mut report = Self { rounds, filter, stages, maps: Vec::new(), people: Vec::new(), cleaned, base };
        let scale = report.common_scale(&order)?;
        let parts: Result<Vec<MapPart>, SpecError> = order
            .par_iter()
            .enumerate()
            .map(|(place, (stage, members))| report.map_part(place, *stage, members, scale.as_ref()))
            .collect();
        report.maps = parts?;
        report.people = players::people(&report, &stage_of_round);
        Ok(report)
    }

    /// Every picture, in the order of the page.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        let of_maps = self
            .maps
            .iter()
            .flat_map(|map| map.pictures.iter().chain(map.rounds.iter().flat_map(|round| &round.pictures)));
        of_maps.chain(self.people.iter().flat_map(|person| person.cards.iter().map(|card| &card.picture)))
    }

    /// One scale for all maps: the median of what each would have by itself, so that brightness can be compared.
    fn common_scale(&self, order: &[(usize, Vec<usize>)]) -> Result<Option<Scale>, SpecError> {
        let references: Result<Vec<Option<f64>>, SpecError> = order
            .par_iter()
            .map(|(stage, members)| self.reference(*stage, members, &HeatmapSpec::default(), self.filter))
            .collect();
        let mut references: Vec<f64> = references?.into_iter().flatten().collect();
        references.sort_by(f64::total_cmp);
        let median = references.get(references.len() / 2);
        Ok(median.map(|reference| Scale::root(Weight::Time, *reference)))
    }

    /// The brightest value that a heatmap would have by itself; `None` for one of nobody.
    fn reference(
        &self,
        stage: usize,
        members: &[usize],
        spec: &HeatmapSpec,
        filter: &Filter,
    ) -> Result<Option<f64>, SpecError> {
        let stage = &self.stages[stage];
        let Some(sheet) = Sheet::new(Orientation::Bare, ROUND_PX) else { return Ok(None) };
        let mut heat = HeatmapAccumulator::new(spec.clone(), &stage.map.extent.rect)?;
        for index in members {
            if filter == self.filter {
                heat.add_lives(&self.rounds[*index], &self.cleaned[*index], filter);
            } else {
                heat.add(&self.rounds[*index], filter);
            }
        }
        let context = Canvas {
            map: &stage.map,
            picture: None,
            heights: None,
            base: BaseStyle::None,
            sheet,
            crop: None,
            filter,
        };
        Ok((heat.data_summary().counts().lives > 0).then(|| heat.scale(&context).reference()))
    }

    /// One scale for the panels of both sides' classes: the larger of what each would have by itself.
    fn class_scale(&self, stage: usize, members: &[usize]) -> Result<Option<Scale>, SpecError> {
        let spec = HeatmapSpec { by: By::Class, mode: Mode::Panels, ..HeatmapSpec::default() };
        let mut most: Option<f64> = None;
        for team in [Team::Allies, Team::Axis] {
            let filter = Filter { teams: vec![team], ..self.filter.clone() };
            let reference = self.reference(stage, members, &spec, &filter)?;
            most = most.into_iter().chain(reference).max_by(f64::total_cmp);
        }
        Ok(most.map(|reference| Scale::root(Weight::Time, reference)))
    }

    fn map_part(
        &self,
        place: usize,
        stage: usize,
        members: &[usize],
        scale: Option<&Scale>,
    ) -> Result<MapPart, SpecError> {
        let prefix = format!("pictures/{:02}-{}", place + 1, plain(&self.stages[stage].map.name));
        let state_heat =
            || Subject::Heat { by: By::State, mode: Mode::Dominant, team: None, scale: scale.cloned() };
        let picture = |name: &str, title: String, subject: Subject| Picture {
            file: format!("{prefix}-{name}.png"),
            title,
            subject,
            rounds: members.to_vec(),
            stage,
            size_px: MAP_PX,
        };
        let arrivals = arrival::cells(&self.stages[stage].map.extent.rect).map(|cells| {
            let mut arrivals = Arrivals::new(cells);
            for index in members {
                arrivals.add(&self.cleaned[*index]);
            }
            arrivals
        });
        let sides = [(Team::Allies, "Allies"), (Team::Axis, "Axis")];
        let mut pictures = vec![
            picture("heat", "Where time was spent, by state".to_owned(), state_heat()),
            picture("paths", "Paths by team".to_owned(), Subject::Paths(PathColor::Team)),
            picture("exits", "Spawn exits".to_owned(), Subject::Exits),
            picture("kills", "Kills and deaths over the movement".to_owned(), Subject::Kills),
        ];
        let latest_s =
            arrivals.as_ref().and_then(|arrivals| arrival::latest_s(arrivals, &[Team::Allies, Team::Axis]));
        if latest_s.is_some() {
            for (team, name) in &sides {
                let subject = Subject::Arrival { team: team.clone(), latest_s };
                let file = format!("arrival-{}", name.to_lowercase());
                pictures.push(picture(&file, format!("First arrival: {name}"), subject));
            }
        }
        let teams = Subject::Heat { by: By::Team, mode: Mode::Panels, team: None, scale: None };
        pictures.push(picture("teams", "Each team by itself".to_owned(), teams));
        let class_scale = self.class_scale(stage, members)?;
        for (team, name) in sides {
            let (by, mode, scale) = (By::Class, Mode::Panels, class_scale.clone());
            let subject = Subject::Heat { by, mode, team: Some(team), scale };
            let file = format!("classes-{}", name.to_lowercase());
            pictures.push(picture(&file, format!("{name}: each class by itself"), subject));
        }
        for (name, title, (round, life)) in self.notable_lives(members) {
            let subject = Subject::Life { round, track: life.track_index() };
            pictures.push(picture(name, title.to_owned(), subject));
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
                let played = !self.cleaned[index].lives.is_empty();
                let pictures = vec![
                    small("heat", "Where time was spent, by state", state_heat()),
                    small("paths", "Paths by team", Subject::Paths(PathColor::Team)),
                    small("exits", "Spawn exits", Subject::Exits),
                    small("kills", "Kills and deaths", Subject::Kills),
                ];
                let replay = format!(
                    "replays/{:02}-{}-{:02}.html",
                    place + 1,
                    &prefix["pictures/00-".len()..],
                    nth + 1
                );
                RoundPart {
                    index,
                    number: round_number(&self.rounds[index].meta),
                    flags: round_flags(&self.rounds[index]),
                    // Of a round without lives there is nothing to show but that it was.
                    pictures: if played { pictures } else { Vec::new() },
                    replay: played.then_some(replay),
                }
            })
            .collect();
        if members.iter().all(|index| self.cleaned[*index].lives.is_empty()) {
            pictures.clear();
        }
        Ok(MapPart { stage, rounds, pictures, arrivals })
    }

    /// The longest life and the fastest one.
    fn notable_lives(
        &self,
        members: &[usize],
    ) -> impl Iterator<Item = (&'static str, &'static str, (usize, &Life<'a>))> {
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
        [("longest", "The longest life", longest), ("fastest", "The fastest life", fastest)]
            .into_iter()
            .filter_map(|(name, title, found)| Some((name, title, found?)))
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
