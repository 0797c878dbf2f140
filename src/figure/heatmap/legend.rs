//! The legend of a heatmap: colours, brightness with its real values, and the caption.

use super::category::Category;
use super::glow::Look;
use super::paint::chroma;
use super::scale::Scale;
use super::spec::{By, HeatmapSpec, Mode};
use crate::analysis::{State, Weight};
use crate::figure::layout::legend::{Mark, Row, Section};
use crate::figure::words::number;
use crate::figure::words::state_legend::LOW_NOTE;
use crate::plane::oklab::{Curves, Lab};
use crate::scene::{Blend, Color};
use crate::theme;
use crate::theme::Theme;

/// Steps of a legend's bar.
const BAR_STEPS: usize = 256;
/// Where the bar has ticks, as brightness.
const TICKS: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// How values look on the map, so that the legend shows the same.
#[derive(Clone, Copy)]
pub(in crate::figure) struct Shading<'s> {
    pub(in crate::figure) theme: &'s Theme,
    pub(in crate::figure) look: &'s Look,
}

impl Shading<'_> {
    /// A hue from least to most, over the map.
    pub(in crate::figure) fn bar(self, hue: &dyn Fn(f32) -> Lab) -> Vec<Color> {
        let ground =
            if self.theme == &theme::PAPER { Lab::new(0.885, 0.0, 0.0) } else { Lab::new(0.22, 0.0, 0.0) };
        let color = |v: f32| {
            let [r, g, b] = Curves::get().bytes(self.look.color(hue(v), v));
            over(Color { r, g, b, a: 255 }, self.look.opacity(v), ground, self.theme.heat_blend)
        };
        (0..BAR_STEPS).map(|i| color(step(i))).collect()
    }
}

/// What the picture is, below its title.
pub(super) fn headline(spec: &HeatmapSpec) -> String {
    let by = match (spec.by, spec.drawn_mode()) {
        (_, Mode::Share(state)) => format!("Share of {}", state.label()),
        (_, Mode::Only(state)) => format!("Movement, only {}", state.label()),
        (By::State, Mode::Panels) => "Movement by state, one panel each".to_owned(),
        (By::State, _) => "Movement by state".to_owned(),
        (By::Team, Mode::Panels) => "Movement by team, one panel each".to_owned(),
        (By::Team, _) => "Movement by team".to_owned(),
        (By::Class, Mode::Panels) => "Movement by class, one panel each".to_owned(),
        (By::Class, _) => "Movement by class".to_owned(),
        (By::None, _) => "Movement".to_owned(),
    };
    match spec.weight {
        Weight::Time => by,
        Weight::Visits => format!("{by} · visits"),
        Weight::Players => format!("{by} · players"),
    }
}

/// What is counted, as the head of a column.
pub(super) fn counted_noun(weight: Weight) -> &'static str {
    match weight {
        Weight::Time => "time",
        Weight::Visits => "visits",
        Weight::Players => "players",
    }
}

/// The section that explains the colours; `None` where brightness says it all.
///
/// `still`: the share of all time that players stood, in per cent, if states are shown. `largest_share`: where the axis of a
/// state's share ends.
pub(super) fn colors(
    spec: &HeatmapSpec,
    shading: Shading<'_>,
    categories: &[Category],
    still: Option<&str>,
    largest_share: f32,
) -> Option<Section> {
    let noun = counted_noun(spec.weight);
    let kind = match spec.by {
        By::State => "State",
        By::Team => "Team",
        By::Class => "Class",
        By::None => return None,
    };
    let mut section = Section::legend(kind);
    let entries = || {
        let entry = |c: &Category| Row::entry(Mark::Swatch(c.color), c.label.as_str(), c.share.as_str());
        categories.iter().map(entry)
    };
    let glowing = |c: &Category| Row::Glow {
        label: c.label.clone(),
        value: c.share.clone(),
        bar: shading.bar(&|_| theme::lab(c.color)),
    };
    let mut section = match spec.mode {
        Mode::Auto if spec.by == By::State => {
            section = section.aside(noun);
            for category in categories {
                section = section.row(glowing(category));
                if let (Some(State::Upright), Some(still)) = (category.state, still) {
                    section = section.row(Row::Part(format!("{still} of all time standing still")));
                }
            }
            let note = "coloured where a state is held clearly more often than on the whole map";
            section.row(Row::Note(note.to_owned()))
        }
        Mode::Auto => {
            let note = format!("greyer = {} holds less of the cell's {noun}", kind.to_lowercase());
            section.aside(noun).rows(categories.iter().map(glowing)).row(Row::Note(note))
        }
        Mode::Majority => {
            // Of two, the larger always holds a half.
            let shares: &[(&str, f32)] = if categories.len() > 2 {
                &[("1/3", 1.0 / 3.0), ("1/2", 0.5), ("≥ 3/4", 0.75)]
            } else {
                &[("1/2", 0.5), ("≥ 3/4", 0.75)]
            };
            let swatches = |c: &Category| Row::Swatches {
                label: c.label.clone(),
                value: c.share.clone(),
                colors: shares.iter().map(|(_, held)| theme::muted_to(c.color, chroma(*held))).collect(),
            };
            section
                .row(Row::SwatchHead {
                    value: noun.to_owned(),
                    columns: shares.iter().map(|(head, _)| (*head).to_owned()).collect(),
                })
                .rows(categories.iter().map(swatches))
                .row(Row::Note(format!("greyer = {} holds less of the cell's {noun}", kind.to_lowercase())))
        }
        Mode::Blend => section.aside(noun).rows(entries()).row(Row::Note("colours mix by share".to_owned())),
        Mode::Weave => {
            section.aside(noun).rows(entries()).row(Row::Note("blocks of each colour by share".to_owned()))
        }
        Mode::Panels => section.aside(noun).rows(entries()),
        Mode::Share(state) => share_ramp(shading.theme, state, noun, largest_share),
        Mode::Only(state) => section
            .aside(format!("of all {noun}"))
            .rows(entries().zip(categories).filter(|(_, c)| c.state == Some(state)).map(|(row, _)| row)),
    };
    if categories.iter().any(|c| c.state == Some(State::Low)) {
        section = section.row(Row::Note(LOW_NOTE.to_owned()));
    }
    Some(section)
}

fn share_ramp(theme: &Theme, state: State, noun: &str, largest: f32) -> Section {
    let bar = (0..BAR_STEPS).map(|i| theme.ramp(step(i))).collect();
    let tick = |t: f32| {
        let share = number::percent(f64::from(t * largest));
        (t, if t >= 1.0 && largest < 1.0 { format!("≥ {share}") } else { share })
    };
    let ticks = TICKS.into_iter().map(tick).collect();
    Section::legend(format!("Share of {}", state.label()))
        .row(Row::Ramp { bars: vec![bar], thickness: 22.0, ticks })
        .row(Row::Note(format!("of the cell's {noun}")))
}

/// Colours of the brightness bars, one bar per list.
pub(super) enum Bars {
    /// Each bar in one colour.
    Solid(Vec<Color>),
    /// One bar along the theme's ramp.
    Ramp,
}

/// The section that explains brightness. `most`: the largest value there is, in the legend's unit.
pub(super) fn brightness(
    weight: Weight,
    shading: Shading<'_>,
    scale: &Scale,
    bars: Bars,
    most: f64,
    unit: &str,
) -> Section {
    let bars = match bars {
        Bars::Ramp => vec![shading.bar(&|v| theme::lab(shading.theme.ramp(v)))],
        Bars::Solid(colors) => colors.into_iter().map(|c| shading.bar(&|_| theme::lab(c))).collect(),
    };
    let several = bars.len();
    let clipped = most > scale.reference() * 1.0001;
    let ticks = TICKS
        .iter()
        .map(|v| {
            let value = number::significant(scale.value(f64::from(*v)));
            (*v, if *v >= 1.0 && clipped { format!("≥ {value}") } else { value })
        })
        .collect();
    let heading = match weight {
        Weight::Time => "Time spent",
        Weight::Visits => "Visits",
        Weight::Players => "Players",
    };
    let thickness = if several > 1 { 18.0 } else { 22.0 };
    let section =
        Section::legend(heading).row(Row::Ramp { bars, thickness, ticks }).row(Row::Note(unit.to_owned()));
    match several {
        0 | 1 => section,
        2 => section.row(Row::Note("one scale for both panels".to_owned())),
        n => section.row(Row::Note(format!("one scale for all {} panels", small_number(n)))),
    }
}

fn small_number(n: usize) -> String {
    match n {
        3 => "three".to_owned(),
        4 => "four".to_owned(),
        5 => "five".to_owned(),
        6 => "six".to_owned(),
        n => n.to_string(),
    }
}

fn step(i: usize) -> f32 {
    i as f32 / (BAR_STEPS - 1) as f32
}

/// A colour at an opacity over ground, mixed as on the map.
fn over(color: Color, opacity: f32, ground: Lab, blend: Blend) -> Color {
    let curves = Curves::get();
    let [r, g, b] = curves.bytes(ground);
    let mix = |top: u8, under: u8| match blend {
        Blend::Linear => {
            let (top, under) = (curves.light(top), curves.light(under));
            curves.byte(under + (top - under) * opacity)
        }
        Blend::Srgb => (f32::from(under) + (f32::from(top) - f32::from(under)) * opacity + 0.5) as u8,
    };
    Color { r: mix(color.r, r), g: mix(color.g, g), b: mix(color.b, b), a: 255 }
}
