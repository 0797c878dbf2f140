//! Which pictures a session gets, and on which scale.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::model::{MapPart, Picture, RoundPart, SessionReport};
use super::players;
use crate::analysis::lives;
use crate::analysis::round_flags;
use crate::analysis::{Arrivals, ExitOptions, Filter, Life, Lives, PlayerPattern, Weight, round_number};
use crate::basemap::BaseStyle;
use crate::figure::arrival::{self, ArrivalSpec};
use crate::figure::exits::{self, ExitArea};
use crate::figure::heatmap::{By, HeatmapAccumulator, HeatmapSpec, Mode, Normalize, Scale, SpecError};
use crate::figure::paths::PathColor;
use crate::figure::request::{
    Arrival, Exits, Heatmap, Kills, Layout, LifeCard, MapData, Paths, Request, Subject, WhichLife,
};
use crate::figure::{Canvas, Orientation, Sheet};
use crate::model::{Round, Team};

/// Side of the map's square in pictures of a whole map, and in those of a round, pixels.
const MAP_PX: u32 = 1080;
const ROUND_PX: u32 = 720;
/// The same on a player's cards.
const CARD_PX: u32 = 720;
/// The sides with their names.
const SIDES: [(Team, &str); 2] = [(Team::Allies, "Allies"), (Team::Axis, "Axis")];
/// A life must have lasted this long to be among the fastest, ms: a sprint out of the spawn is no feat.
const FAST_LIFE_MS: i64 = 20_000;

/// A life slower than this on average was mostly spent standing, thousandths of a unit per second.
const LIVELY_MILLIUPS: u64 = 40_000;

impl<'a> SessionReport<'a> {
    /// Plans the report of `rounds`, which are in the order of time. `map_data` holds one entry for each map, by
    /// its lower-case name in `map_of`.
    ///
    /// # Errors
    /// [`SpecError`] when a map's extent is too large for a grid.
    pub fn plan(
        rounds: &'a [Round],
        filter: &'a Filter,
        map_data: &'a [MapData],
        map_of: &BTreeMap<String, usize>,
        base: BaseStyle,
    ) -> Result<Self, SpecError> {
        let cleaned: Vec<Lives<'a>> = rounds.par_iter().map(|round| lives(round, filter)).collect();
        let mut order: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut map_of_round = BTreeMap::new();
        for (index, round) in rounds.iter().enumerate() {
            let Some(&map) = map_of.get(&round.meta.map.to_ascii_lowercase()) else { continue };
            map_of_round.insert(index, map);
            match order.iter_mut().find(|(known, _)| *known == map) {
                Some((_, members)) => members.push(index),
                None => order.push((map, vec![index])),
            }
        }
        let fingerprints = map_data.iter().map(MapData::fingerprint).collect();
        let mut report = Self {
            rounds,
            filter,
            map_data,
            fingerprints,
            maps: Vec::new(),
            people: Vec::new(),
            cleaned,
            base,
        };
        let scale = report.common_scale(&order)?;
        let parts: Result<Vec<MapPart>, SpecError> = order
            .par_iter()
            .enumerate()
            .map(|(place, (map, members))| report.map_part(place, *map, members, scale.as_ref()))
            .collect();
        report.maps = parts?;
        report.people = players::people(&report.cleaned, |round, life| {
            let map = *map_of_round.get(&round)?;
            Some((map, report.card(map, life, CARD_PX)))
        });
        Ok(report)
    }

    /// One scale for all maps: the median of what each would have by itself, so that brightness can be compared.
    fn common_scale(&self, order: &[(usize, Vec<usize>)]) -> Result<Option<Scale>, SpecError> {
        let references: Result<Vec<Option<f64>>, SpecError> = order
            .par_iter()
            .map(|(map, members)| self.reference(*map, members, &HeatmapSpec::default(), self.filter))
            .collect();
        let mut references: Vec<f64> = references?.into_iter().flatten().collect();
        references.sort_by(f64::total_cmp);
        let median = references.get(references.len() / 2);
        Ok(median.map(|reference| Scale::root(Weight::Time, *reference)))
    }

    /// The brightest value that a heatmap would have by itself; `None` for one without lives.
    fn reference(
        &self,
        map: usize,
        members: &[usize],
        spec: &HeatmapSpec,
        filter: &Filter,
    ) -> Result<Option<f64>, SpecError> {
        let data = &self.map_data[map];
        let Some(sheet) = Sheet::new(Orientation::Bare, ROUND_PX) else { return Ok(None) };
        let mut heat = HeatmapAccumulator::new(spec.clone(), &data.map.extent.rect)?;
        for index in members {
            if filter == self.filter {
                heat.add_lives(&self.rounds[*index], &self.cleaned[*index], filter);
            } else {
                heat.add(&self.rounds[*index], filter);
            }
        }
        let context = Canvas {
            map: &data.map,
            picture: None,
            heights: None,
            base: BaseStyle::None,
            sheet,
            crop: None,
            imprint: None,
            filter,
            bases: None,
        };
        Ok((heat.data_summary().counts().lives > 0).then(|| heat.scale(&context).reference()))
    }

    /// When each side first got where on a map; `None` where its extent holds no cells.
    fn arrivals(&self, map: usize, members: &[usize]) -> Option<Arrivals> {
        let mut arrivals = Arrivals::new(arrival::cells(&self.map_data[map].map.extent.rect)?);
        for index in members {
            arrivals.add(*index as u32, &self.cleaned[*index]);
        }
        Some(arrivals)
    }

    /// How players left the spawns of a map.
    fn exits(&self, map: usize, members: &[usize]) -> Vec<ExitArea> {
        let all: Vec<&Life<'_>> = members.iter().flat_map(|index| &self.cleaned[*index].lives).collect();
        exits::areas(&all, &ExitOptions::default(), &self.map_data[map].map)
    }

    /// One scale for the panels of both sides' classes: the larger of what each would have by itself.
    fn class_scale(&self, map: usize, members: &[usize]) -> Result<Option<Scale>, SpecError> {
        let spec = HeatmapSpec { by: By::Class, mode: Mode::Panels, ..HeatmapSpec::default() };
        let mut most: Option<f64> = None;
        for team in [Team::Allies, Team::Axis] {
            let filter = Filter { teams: vec![team], ..self.filter.clone() };
            let reference = self.reference(map, members, &spec, &filter)?;
            most = most.into_iter().chain(reference).max_by(f64::total_cmp);
        }
        Ok(most.map(|reference| Scale::root(Weight::Time, reference)))
    }

    /// The request for a life's card.
    fn card(&self, map: usize, life: &Life<'_>, px: u32) -> Request {
        let filter = Filter {
            maps: vec![self.map_data[map].map.name.clone()],
            players: vec![PlayerPattern::new(life.track().guid.as_str())],
            ..self.filter.clone()
        };
        let which = WhichLife::SpawnTime(life.track().spawn.0);
        Request::new(Subject::Life(LifeCard { which }), filter).on(Layout::landscape(px)).over(self.base)
    }

    fn map_part(
        &self,
        place: usize,
        map: usize,
        members: &[usize],
        scale: Option<&Scale>,
    ) -> Result<MapPart, SpecError> {
        let prefix = format!("pictures/{:02}-{}", place + 1, plain(&self.map_data[map].map.name));
        let filter = Filter { maps: vec![self.map_data[map].map.name.clone()], ..self.filter.clone() };
        let request = |subject: Subject, px: u32| {
            Request::new(subject, filter.clone()).on(Layout::landscape(px)).over(self.base)
        };
        let of_side = |subject: Subject, team: &Team| {
            let filter = Filter { teams: vec![team.clone()], ..filter.clone() };
            Request { filter, ..request(subject, MAP_PX) }
        };
        let on_scale = |heat: Heatmap, scale: Option<&Scale>| match scale {
            Some(scale) => Subject::Heatmap(heat.normalize(Normalize::FromScale(scale.clone()))),
            None => Subject::Heatmap(heat),
        };
        let state_heat = || on_scale(Heatmap::by_state(), scale);
        let picture = |name: &str, title: String, request: Request| Picture {
            file: format!("{prefix}-{name}.png"),
            title,
            request,
            rounds: members.to_vec(),
            map,
            has_light: true,
        };
        let (arrivals, exits) = (self.arrivals(map, members), self.exits(map, members));
        let whole = |subject: Subject| request(subject, MAP_PX);
        let mut pictures = vec![
            picture("heat", "Where time was spent".to_owned(), whole(Subject::Heatmap(Heatmap::plain()))),
            picture("states", "How players moved there".to_owned(), whole(state_heat())),
            picture("exits", "Ways out of the spawns".to_owned(), whole(Subject::Exits(Exits::default()))),
            picture(
                "kills",
                "Where players killed and died".to_owned(),
                whole(Subject::Kills(Kills::default())),
            ),
        ];
        let latest_s =
            arrivals.as_ref().and_then(|arrivals| arrival::latest_s(arrivals, &[Team::Allies, Team::Axis]));
        if latest_s.is_some() {
            for (team, name) in &SIDES {
                let spec = ArrivalSpec { team: Some(team.clone()), latest_s, ..ArrivalSpec::default() };
                let request = of_side(Subject::Arrival(Arrival { spec }), team);
                let file = format!("arrival-{}", name.to_lowercase());
                pictures.push(picture(&file, format!("How early {name} got there"), request));
            }
        }
        let class_scale = self.class_scale(map, members)?;
        for (team, name) in SIDES {
            let classes = on_scale(Heatmap::by_class().mode(Mode::Panels), class_scale.as_ref());
            let file = format!("classes-{}", name.to_lowercase());
            pictures.push(picture(&file, format!("{name}, class by class"), of_side(classes, &team)));
        }
        let teams = Subject::Heatmap(Heatmap::by_team().mode(Mode::Panels));
        pictures.push(picture("teams", "Each side by itself".to_owned(), whole(teams)));
        let paths = Subject::Paths(Paths::by(PathColor::Team));
        pictures.push(picture("paths", "Every life's path".to_owned(), whole(paths)));
        for (name, title, (round, life)) in self.notable_lives(members) {
            pictures.push(Picture {
                rounds: vec![round],
                has_light: false,
                ..picture(name, title.to_owned(), self.card(map, life, MAP_PX))
            });
        }
        let rounds = members.iter().enumerate();
        let rounds =
            rounds.map(|(nth, &index)| self.round_part(&prefix, nth, index, map, &request, &state_heat()));
        let rounds = rounds.collect();
        if members.iter().all(|index| self.cleaned[*index].lives.is_empty()) {
            pictures.clear();
        }
        Ok(MapPart {
            map,
            rounds,
            pictures,
            arrivals,
            exits,
            ground: format!("{prefix}-ground.jpg"),
            light_map: OnceLock::new(),
            replay_map: OnceLock::new(),
        })
    }

    /// One round's part; `stem` begins the names of its map's pictures: `pictures/01-supply`.
    fn round_part(
        &self,
        stem: &str,
        nth: usize,
        index: usize,
        map: usize,
        request: &dyn Fn(Subject, u32) -> Request,
        state_heat: &Subject,
    ) -> RoundPart {
        let small = |name: &str, title: &str, subject: Subject| Picture {
            file: format!("{stem}-{:02}-{name}.png", nth + 1),
            title: title.to_owned(),
            request: request(subject, ROUND_PX),
            rounds: vec![index],
            map,
            has_light: false,
        };
        let played = !self.cleaned[index].lives.is_empty();
        let pictures = vec![
            small("heat", "How players moved", state_heat.clone()),
            small("paths", "Every life's path", Subject::Paths(Paths::by(PathColor::Team))),
            small("exits", "Ways out of the spawns", Subject::Exits(Exits::default())),
            small("kills", "Where players killed and died", Subject::Kills(Kills::default())),
        ];
        let replay = format!("replays/{}-{:02}.html", &stem["pictures/".len()..], nth + 1);
        RoundPart {
            index,
            number: round_number(&self.rounds[index].meta),
            flags: round_flags(&self.rounds[index]),
            // Of a round without lives there is nothing to show but its name.
            pictures: if played { pictures } else { Vec::new() },
            replay: played.then_some(replay),
        }
    }

    /// The longest life and the fastest one.
    fn notable_lives(
        &self,
        members: &[usize],
    ) -> impl Iterator<Item = (&'static str, &'static str, (usize, &Life<'a>))> {
        let lives = || members.iter().flat_map(|i| self.cleaned[*i].lives.iter().map(move |life| (*i, life)));
        // A player away from the keyboard lives long, but there is nothing to see.
        let longest = lives()
            .filter(|(_, life)| !life.is_away() && mean_speed_milliups(life) >= LIVELY_MILLIUPS)
            .max_by_key(|(i, life)| (life.alive_ms(), std::cmp::Reverse((*i, life.track_index()))));
        let fastest = lives()
            .filter(|(_, life)| !life.is_away() && life.alive_ms() >= FAST_LIFE_MS)
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

/// A map's name, which is foreign text, as part of a file name: lower-case letters, digits, `_` and `-`, at most 40.
pub(super) fn plain(name: &str) -> String {
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
