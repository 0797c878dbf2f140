//! How early the sides got where: a map of first arrivals with lines of equal time, and the times at named places.

mod isochrone;
pub(in crate::figure) mod narrowed;
mod surface;

use serde::{Deserialize, Serialize};

use surface::Surface;

use crate::analysis::{Arrivals, Cells, Filter, HeatSums};
use crate::figure::canvas::Canvas;
use crate::figure::heatmap::Glow;
use crate::figure::layout::legend::{Mark, Row, Section};
use crate::figure::layout::scale_bar;
use crate::figure::request::recipe::{Drawing, Recipe};
use crate::figure::words::data_summary::DataSummary;
use crate::figure::words::filter_words;
use crate::figure::words::number;
use crate::figure::words::number::UNIT_GAP;
use crate::geom::{PixelPoint, WorldPoint, WorldRect};
use crate::map::{LabelKind, MapLabel};
use crate::model::Team;
use crate::plane::MapFrame;
use crate::plane::oklab::Curves;
use crate::scene::{Align, Color, Item, Label, PixelRect, Stroke, Weight};
use crate::theme::{self, Theme};

/// Side of the cells in which arrivals are told apart, units: nearly two bodies.
pub const CELL_UNITS: f64 = 64.0;
/// Places later than this share of all places use the last colour.
const LATE: f64 = 0.85;
/// Distances between the legend's ticks, s; the first that needs at most [`MOST_TICKS`].
const STEPS_S: [u32; 8] = [5, 10, 15, 20, 30, 60, 120, 300];
const MOST_TICKS: u32 = 6;
/// Steps of a ramp of colours.
const RAMP_STEPS: usize = 64;
/// Brightness of a side's earliest places, and how far it falls towards the latest ones.
const EARLIEST: f32 = 0.8;
const LATEST_FADE: f32 = 0.72;
/// The sides, in the order of the legend.
const SIDES: [Team; 2] = [Team::Allies, Team::Axis];
/// Room round a place's name and its time that no other place's words come into, design pixels.
const NAME_ROOM_PX: f32 = 8.0;
/// Being this near to a named place is being there, units.
pub const NEAR_UNITS: f64 = 256.0;

/// Everything that decides how arrivals look.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ArrivalSpec {
    /// Whose arrivals: `axis` or `allies`. Default: both sides' on one map.
    #[serde(
        default,
        serialize_with = "word",
        deserialize_with = "side",
        skip_serializing_if = "Option::is_none"
    )]
    pub team: Option<Team>,
    /// Where the colours end, s. Default: the side's own latest places.
    #[serde(default)]
    pub latest_s: Option<u32>,
    /// Where the clock begins. Default: with the round.
    #[serde(default, skip_serializing_if = "is_default")]
    pub since: Since,
    /// The share of the rounds, or of the lives that come to a place, by whose time it counts as reached, above 0 and up to 1.
    /// Default: half of the rounds, the fastest tenth of the lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
}

/// Where the clock of arrivals begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Since {
    /// With the round: when a side held a place.
    #[default]
    Round,
    /// With each life's spawn: how far it is.
    Spawn,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn is_default(since: &Since) -> bool {
    *since == Since::default()
}

#[expect(clippy::ref_option, reason = "serde passes the field by reference")]
fn word<S: serde::Serializer>(team: &Option<Team>, to: S) -> Result<S::Ok, S::Error> {
    match team {
        Some(team) => to.serialize_str(&filter_words::team(team).to_lowercase()),
        None => to.serialize_none(),
    }
}

fn side<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Team>, D::Error> {
    let word = Option::<String>::deserialize(from)?;
    let team = word.map(|word| crate::analysis::filter::words::parse_team(&word));
    team.transpose().map_err(serde::de::Error::custom)
}

/// The grid that arrivals over `extent` are counted in; `None` where there is nothing to count in.
pub fn cells(extent: &WorldRect) -> Option<Cells> {
    Cells::with_side(*extent, CELL_UNITS.max(extent.width().max(extent.height()) / 512.0))
}

/// The last time that tells places apart for these sides, rounded up to a tick, s; `None` without any arrival.
pub fn latest_s(arrivals: &Arrivals, teams: &[Team]) -> Option<u32> {
    latest_of(teams.iter().flat_map(|team| arrivals.times_ms(team)).flatten())
}

/// The same of the times of all cells, ms.
fn latest_of(times: impl Iterator<Item = u32>) -> Option<u32> {
    let mut times: Vec<u32> = times.collect();
    times.sort_unstable();
    let last = *times.get((times.len().checked_sub(1)? as f64 * LATE) as usize)?;
    let seconds = last.div_ceil(1000).max(1);
    Some(seconds.next_multiple_of(step_s(seconds)))
}

impl ArrivalSpec {
    /// Arrivals as this picture wants them counted, over these cells.
    pub(in crate::figure) fn count_in(&self, cells: Cells) -> Arrivals {
        let arrivals = match self.since {
            Since::Round => Arrivals::by_clock(cells, self.share()),
            Since::Spawn => Arrivals::since_spawn(cells, self.share()),
        };
        arrivals.only(self.team.as_ref())
    }

    fn share(&self) -> f64 {
        self.quantile.unwrap_or(match self.since {
            Since::Round => 0.5,
            Since::Spawn => 0.1,
        })
    }

    /// The sides that are shown.
    fn sides(&self) -> Vec<Team> {
        self.team.as_ref().map_or_else(|| SIDES.to_vec(), |team| vec![team.clone()])
    }
}

/// Counts rounds of which sums gave the arrivals.
pub(in crate::figure) fn add_sums(
    data: &mut Option<(Arrivals, DataSummary)>,
    sums: &HeatSums,
    filter: &Filter,
) {
    if let Some((_, summary)) = data {
        summary.add_rounds(sums, filter);
    }
}

/// The picture of one side's arrivals, or of both. `data summary` counts the lives that `arrivals` was made of.
pub fn figure(
    arrivals: &Arrivals,
    spec: &ArrivalSpec,
    data_summary: &DataSummary,
    context: &Canvas<'_>,
) -> Drawing {
    let (theme, sheet, frame) = (context.theme(), context.sheet, context.frame());
    let base = context.base_map(&frame);
    let mut items: Vec<Item> = base.item(&frame.rect).into_iter().collect();
    let sides = spec.sides();
    let times_ms: Vec<_> = sides.iter().map(|team| arrivals.times_ms(team)).collect();
    let latest = spec.latest_s.or_else(|| latest_of(times_ms.iter().flatten().copied().flatten()));
    let side = match &spec.team {
        Some(team) => filter_words::team(team),
        None if spec.since == Since::Spawn => "who needs less time".to_owned(),
        None => "who was there first".to_owned(),
    };
    let mut legend = context
        .legend(context.title())
        .subtitle(format!("First arrival · {side}"))
        .subtitle(context.subject_line(data_summary));
    if let Some(latest) = latest {
        let surfaces: Vec<Surface> =
            times_ms.iter().map(|times| Surface::of(arrivals.cells(), times)).collect();
        let hues = sides.iter().map(|team| theme.team(team)).collect::<Vec<Color>>();
        let ramps = ramps(spec.team.as_ref(), &hues, theme);
        items.extend(surface::item(&surfaces, &ramps, latest, &frame, theme));
        let mut over = times(arrivals, &sides, context, &frame);
        let has_places = !over.is_empty();
        if let [allies, axis] = surfaces.as_slice() {
            let meeting = isochrone::meeting([allies, axis], &over, &frame, sheet.scale(), theme);
            over.splice(0..0, meeting);
        }
        let levels = isochrone::levels(latest);
        let lines = isochrone::lines(&surfaces, &levels, &over, &frame, sheet.scale(), theme);
        let has_lines = !lines.is_empty();
        items.extend(lines);
        items.extend(over);
        if spec.team.is_none() {
            legend = legend.section(meeting_legend(&hues, theme));
        }
        legend = legend.section(ramp(latest, &ramps, spec, arrivals, [has_places, has_lines]));
    } else {
        items.extend(context.nothing_found());
    }
    legend = legend.section(scale_bar::section(&sheet, &frame));
    for line in std::iter::once(data_summary.used_line()).chain(data_summary.dropped_lines()) {
        legend = legend.caption(line);
    }
    let mut cells = format!("cells of {CELL_UNITS:.0} u");
    if spec.since == Since::Round {
        cells = format!("{cells} · {}", data_summary.clock_words());
    }
    legend = legend.caption(cells);
    for line in context.map_lines() {
        legend = legend.caption(line);
    }
    Drawing::new(
        sheet.compose(theme, context.background(), items, &legend),
        Recipe::new("arrival", spec, context, data_summary),
    )
}

/// From early to late, one list of colours for each surface: the theme's ramp, or a side's own hue.
fn ramps(team: Option<&Team>, hues: &[Color], theme: &Theme) -> Vec<Vec<Color>> {
    let steps = || (0..=RAMP_STEPS).map(|i| i as f32 / RAMP_STEPS as f32);
    if team.is_some() {
        return vec![steps().map(|t| theme.ramp(1.0 - t)).collect()];
    }
    let glow = Glow::new(theme);
    let of = |hue: &Color| {
        let color = |t: f32| {
            let [r, g, b] = Curves::get().bytes(glow.color(theme::lab(*hue), EARLIEST - LATEST_FADE * t));
            Color { r, g, b, a: 255 }
        };
        steps().map(color).collect()
    };
    hues.iter().map(of).collect()
}

fn meeting_legend(hues: &[Color], theme: &Theme) -> Section {
    let sides = SIDES.iter().zip(hues);
    Section::legend("First there")
        .rows(sides.map(|(team, hue)| Row::key(Mark::Swatch(*hue), filter_words::team(team))))
        .row(Row::key(Mark::Line(theme.text), "both at the same time"))
}

fn ramp(
    latest_s: u32,
    ramps: &[Vec<Color>],
    spec: &ArrivalSpec,
    arrivals: &Arrivals,
    [has_places, has_lines]: [bool; 2],
) -> Section {
    let step = step_s(latest_s);
    let tick = |s: u32| {
        let text = if s == latest_s { format!("≥ {s}") } else { s.to_string() };
        (s as f32 / latest_s as f32, text)
    };
    // The last tick but one would run into the last one's words.
    let steps = latest_s / step;
    let ticks =
        (0..=steps).filter(|i| *i == steps || steps < 5 || i + 1 < steps).map(|i| tick(i * step)).collect();
    let least = spec.sides().iter().map(|team| arrivals.least_visits(team)).max().unwrap_or(1);
    let heading = match spec.since {
        Since::Round => "Had been here by",
        Since::Spawn => "Time since spawn",
    };
    let section = Section::legend(heading)
        .row(Row::Ramp { bars: ramps.to_vec(), thickness: if ramps.len() > 1 { 18.0 } else { 22.0 }, ticks })
        .row(Row::Note(counted(spec, arrivals)))
        .rows(left_out(arrivals))
        .rows(has_lines.then(|| {
            Row::Note("thin lines: places that were reached in the seconds written on them".to_owned())
        }))
        .rows(has_places.then(|| {
            Row::Note(format!("named places: by when a player was within {}", number::metres(NEAR_UNITS)))
        }));
    if least > 1 {
        section.row(Row::Note(format!("not coloured: fewer than {least} visits")))
    } else {
        section
    }
}

/// That not all rounds are counted.
fn left_out(arrivals: &Arrivals) -> Option<Row> {
    let all = (arrivals.rounds() + arrivals.left_out()) as u64;
    let counted = number::count(arrivals.rounds() as u64);
    (arrivals.left_out() > 0)
        .then(|| Row::Note(format!("counted: the first {counted} of {} rounds", number::count(all))))
}

/// What the seconds are of.
fn counted(spec: &ArrivalSpec, arrivals: &Arrivals) -> String {
    let percent = spec.share() * 100.0;
    let is = |other: f64| (percent - other).abs() < 1e-9;
    match (spec.since, arrivals.rounds(), arrivals.rounds_at_least()) {
        (Since::Round, 1, _) => "seconds on the round's clock, in this round".to_owned(),
        (Since::Round, 2, 1) => "seconds on the round's clock, in one of the two rounds".to_owned(),
        (Since::Round, all, least) if least == all => {
            format!("seconds on the round's clock, in all {all} rounds")
        }
        (Since::Round, all, least) => {
            format!("seconds on the round's clock, in at least {least} of {all} rounds")
        }
        (Since::Spawn, ..) if is(10.0) => "seconds, the fastest tenth of the lives that came here".to_owned(),
        (Since::Spawn, ..) if is(50.0) => "seconds, the median of the lives that came here".to_owned(),
        (Since::Spawn, ..) => {
            let share = number::significant(percent);
            format!("seconds, the fastest {share}{UNIT_GAP}% of the lives that came here")
        }
    }
}

fn step_s(latest_s: u32) -> u32 {
    STEPS_S.into_iter().find(|step| latest_s.div_ceil(*step) <= MOST_TICKS).unwrap_or(600)
}

/// The times at the map's named places, where their words do not meet.
fn times(arrivals: &Arrivals, sides: &[Team], context: &Canvas<'_>, frame: &MapFrame) -> Vec<Item> {
    let (theme, scale) = (context.theme(), context.sheet.scale());
    let labels: Vec<&MapLabel> =
        context.map.labels.iter().filter(|label| label.kind != LabelKind::Cabinet).collect();
    let places: Vec<WorldPoint> = labels.iter().map(|label| label.at).collect();
    let of_sides: Vec<Vec<Option<u32>>> =
        sides.iter().map(|team| arrivals.near_each_ms(team, &places, NEAR_UNITS)).collect();
    let first = |place: usize| of_sides.iter().filter_map(|times| times[place]).min();
    let mut found: Vec<(u32, &MapLabel)> =
        labels.into_iter().enumerate().filter_map(|(place, label)| Some((first(place)?, label))).collect();
    found.sort_by(|a, b| (a.0, &a.1.text).cmp(&(b.0, &b.1.text)));
    let mut taken: Vec<PixelRect> = Vec::new();
    let mut items = Vec::new();
    let halo = Stroke { width: 2.2 * scale, color: theme.ink.opacity(theme::HALO_OPACITY) };
    for (ms, label) in found {
        let at = frame.project(label.at);
        let word = |text: String, down: f32, size: f32, weight: Weight| Label {
            text,
            at: PixelPoint::new(at.x, at.y + down),
            size,
            weight,
            color: theme.text,
            align: Align::Center,
            halo: Some(halo),
        };
        let (small, large) = (15.0 * scale, 21.0 * scale);
        let clock = format!("{}:{:02}", ms / 60_000, ms / 1000 % 60);
        let words = [
            word(clock, 0.0, large, Weight::SemiBold),
            word(label.text.clone(), 1.2 * small, small, Weight::Regular),
        ];
        let areas = words.each_ref().map(Label::area);
        let is_free = |area: &PixelRect| {
            let room = area.grown(NAME_ROOM_PX * scale);
            frame.rect.holds(area) && !taken.iter().any(|other| other.meets(&room))
        };
        if areas.iter().all(is_free) {
            taken.extend(areas);
            items.extend(words.map(Item::Label));
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_few_and_round() {
        assert_eq!(step_s(30), 5);
        assert_eq!(step_s(31), 10);
        assert_eq!(step_s(61), 15);
        assert_eq!(step_s(3000), 600);
    }
}
