//! A picture of a report: what it shows, and how it is drawn.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::plan::{FloorData, MapData, Report};
use crate::analysis::lives;
use crate::analysis::{Arrivals, Filter, PlayerPattern};
use crate::figure::arrival::{self, ArrivalSpec};
use crate::figure::exits::{self, ExitsSpec};
use crate::figure::heatmap::{By, HeatmapAccumulator, HeatmapSpec, Mode, Normalize, Scale, SpecError};
use crate::figure::kills::{KillsAccumulator, KillsSpec};
use crate::figure::layout::floor_panels;
use crate::figure::layout::floor_panels::{ByFloor, FloorPart};
use crate::figure::life::LifeCard;
use crate::figure::paths::{PathColor, PathsAccumulator, PathsSpec};
use crate::figure::{Canvas, DataSummary, Figure, MapLabels, Orientation, Sheet};
use crate::model::Team;
use crate::text::hex;

/// Raised when the same input gives other pictures than before, so that kept ones are drawn again.
const LOOK: u32 = 2;

/// A picture that the page will show.
#[derive(Debug)]
pub struct Picture {
    /// Its name within the folder: `pictures/01-supply-heat.png`. Made of plain letters only.
    pub file: String,
    /// What it shows, as a sentence.
    pub title: String,
    pub(super) subject: Subject,
    pub(super) rounds: Vec<usize>,
    pub(super) stage: usize,
    pub(super) size_px: u32,
}

/// What a picture is about.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    /// A heatmap of one side, or of both, on a scale that others share.
    Heat { by: By, mode: Mode, team: Option<Team>, scale: Option<Scale> },
    /// Lives as lines.
    Paths(PathColor),
    /// The ways out of the spawns.
    Exits,
    /// Kills and deaths over the movement.
    Kills,
    /// How early a side got where, up to a time in seconds.
    Arrival { team: Team, latest_s: Option<u32> },
    /// One life's card.
    Life { round: usize, track: usize },
}

impl Picture {
    /// Whether it is about a single life.
    pub(super) fn is_card(&self) -> bool {
        matches!(self.subject, Subject::Life { .. })
    }
}

impl Report<'_> {
    /// What pictures and pages look like in this version of the program, as text: raised with every change of the look.
    pub fn look() -> String {
        let page = concat!(
            include_str!("templates/report.html"),
            include_str!("assets/page.css"),
            include_str!("assets/report.css"),
            include_str!("assets/report.js")
        );
        format!("{LOOK} {}", hex(&Sha256::digest(page.as_bytes())))
    }

    /// What a picture depends on, as one hash: the same key means the same pixels. Rounds are told apart by their content
    /// hash and file name.
    pub fn key(&self, picture: &Picture) -> String {
        let mut text = format!(
            "{} {LOOK} {:?} {} {:?} {:?} {}",
            env!("CARGO_PKG_VERSION"),
            picture.subject,
            picture.size_px,
            self.base,
            self.filter,
            self.stages[picture.stage].fingerprint(),
        );
        let mut add = |index: usize| {
            let meta = &self.rounds[index].meta;
            let _ = write!(text, " {index} {} {:?}", meta.content_hash, meta.file_name);
        };
        picture.rounds.iter().copied().for_each(&mut add);
        if self.stages[picture.stage].picture.is_none() {
            // The ground is drawn from everybody's tracks.
            (0..self.rounds.len()).for_each(add);
        }
        hex(&Sha256::digest(text.as_bytes()))
    }

    /// Draws one picture up to its scene; `None` for a life without a place.
    ///
    /// # Errors
    /// [`SpecError`] when the map's extent is too large for a grid.
    pub fn figure(&self, picture: &Picture) -> Result<Option<Figure>, SpecError> {
        let stage = &self.stages[picture.stage];
        let Some(sheet) = Sheet::new(Orientation::Landscape, picture.size_px)
            .map(|sheet| sheet.lettered(MapLabels::default()))
        else {
            return Ok(None);
        };
        let filter = Filter { maps: vec![stage.map.name.clone()], ..self.filter.clone() };
        let context = Canvas {
            map: &stage.map,
            picture: stage.picture.as_ref(),
            heights: stage.heights.as_ref(),
            base: self.base,
            sheet,
            crop: None,
            filter: &filter,
        };
        let extent = &stage.map.extent.rect;
        let rounds = picture.rounds.iter().map(|index| (*index, &self.rounds[*index]));
        Ok(match &picture.subject {
            Subject::Heat { by, mode, team, scale } => {
                let normalize = scale.clone().map_or(Normalize::P99, Normalize::FromScale);
                let spec = HeatmapSpec { by: *by, mode: *mode, normalize, ..HeatmapSpec::default() };
                let heat = HeatmapAccumulator::new(spec, extent)?;
                let teams = team.as_ref().map_or_else(|| filter.teams.clone(), |team| vec![team.clone()]);
                let filter = Filter { teams, ..filter.clone() };
                let context = Canvas { filter: &filter, ..context };
                let add = |heat: &mut HeatmapAccumulator, index: usize, filter: &Filter| {
                    if team.is_none() && filter.floor.is_none() {
                        heat.add_lives(&self.rounds[index], &self.cleaned[index], filter);
                    } else {
                        heat.add(&self.rounds[index], filter);
                    }
                };
                // Panels of panels would be too small to read.
                let floors = if *mode == Mode::Panels { &[] } else { stage.floors.stages.as_slice() };
                Some(by_floor(stage, floors, picture, &context, &heat, add, |heat, context| {
                    heat.finish(context)
                }))
            }
            Subject::Paths(color) => {
                let paths = PathsAccumulator::new(*extent);
                let spec = PathsSpec { color: *color, highlight: Vec::new() };
                let add = |paths: &mut PathsAccumulator, index: usize, filter: &Filter| {
                    paths.add(index as u32, &self.rounds[index], filter);
                };
                let draw = |paths: PathsAccumulator, context: &Canvas<'_>| paths.finish(&spec, context);
                Some(by_floor(stage, &stage.floors.stages, picture, &context, &paths, add, draw))
            }
            Subject::Exits => {
                let members = rounds.map(|(index, round)| (round, &self.cleaned[index]));
                Some(exits::figure_of(members, &ExitsSpec::default(), &context))
            }
            Subject::Kills => {
                let mut kills = KillsAccumulator::new(*extent);
                rounds.for_each(|(index, round)| kills.add_lives(round, &self.cleaned[index], &filter));
                Some(kills.finish(&KillsSpec::default(), &context))
            }
            Subject::Arrival { team, latest_s } => {
                let Some(cells) = arrival::cells(extent) else { return Ok(None) };
                let side = Filter { teams: vec![team.clone()], ..filter.clone() };
                let (mut arrivals, mut data_summary) = (Arrivals::new(cells), DataSummary::new(*extent));
                for (index, round) in rounds {
                    arrivals.add(&self.cleaned[index]);
                    data_summary.add(round, &lives(round, &side), &side);
                }
                let spec = ArrivalSpec { team: team.clone(), latest_s: *latest_s };
                let context = Canvas { filter: &side, ..context };
                Some(arrival::figure(&arrivals, &spec, &data_summary, &context))
            }
            Subject::Life { round, track } => {
                let lives = &self.cleaned[*round].lives;
                let Some(life) = lives.iter().find(|life| life.track_index() == *track) else {
                    return Ok(None);
                };
                let player = PlayerPattern::new(life.track().guid.as_str());
                let filter = Filter { players: vec![player], ..filter.clone() };
                let context = Canvas { filter: &filter, ..context };
                let (card, data_summary) = LifeCard::with_data_summary(*round as u32, life, &filter, extent);
                card.figure(&context, &data_summary)
            }
        })
    }
}

/// A figure of the picture's rounds: of the whole map, with a panel for each of `floors`.
fn by_floor<A: ByFloor>(
    stage: &MapData,
    floors: &[FloorData],
    picture: &Picture,
    context: &Canvas<'_>,
    empty: &A,
    add: impl Fn(&mut A, usize, &Filter),
    draw: impl Fn(A, &Canvas<'_>) -> Figure,
) -> Figure {
    let collected = |filter: &Filter| {
        let mut part = empty.clone();
        picture.rounds.iter().for_each(|index| add(&mut part, *index, filter));
        part
    };
    let parts: Vec<FloorPart<'_, A>> = floors
        .iter()
        .map(|FloorData { floor, picture }| FloorPart {
            floor: *floor,
            picture: picture.as_ref(),
            part: collected(&Filter { floor: Some(*floor), ..context.filter.clone() }),
        })
        .collect();
    floor_panels::figure(collected(context.filter), &parts, Some(stage.floors.stacked), context, draw)
}
