//! The picture of a heatmap once all rounds are in: what is drawn where, and the legend beside it.

use std::sync::Arc;

use super::category::{self, Category};
use super::fields::{Counts, Plane, Sigma};
use super::legend::{self, Bars, Shading};
use super::paint::{Mixing, Paint, Panel, Usual};
use super::{By, Glow, HeatmapAccumulator, Look, Mode, Scale, contour, floor, holds, loops, unit, unit_line};
use crate::analysis::{State, Weight};
use crate::basemap::base::Detail;
use crate::figure::canvas::{self, Canvas};
use crate::figure::layout::floor_panels;
use crate::figure::layout::legend::Legend;
use crate::figure::layout::scale_bar;
use crate::figure::layout::sheet::{Background, Panels, filled};
use crate::figure::request::recipe::{Drawing, Recipe};
use crate::figure::words::recorder_view;
use crate::geom::{PixelPoint, WorldPoint};
use crate::plane::MapFrame;
use crate::plane::oklab::Lab;
use crate::scene::{Align, Color, Item, Label, PixelRect, Polyline, Stroke, Vertex, Weight as FontWeight};
use crate::theme;
use crate::theme::Theme;

/// The density's least sigma where brightness is opacity alone (a body is 36 u wide), on a whole sheet and in a panel.
pub(super) const SIGMA: Sigma = Sigma { units: 48.0, px: 3.5 };
const PANEL_SIGMA: Sigma = Sigma { units: 48.0, px: 3.0 };
/// The same where colours glow: roads keep their lanes.
const GLOW_SIGMA: Sigma = Sigma { units: 30.0, px: 2.2 };
/// Sigma of the shares that tell what is unusual at a place: that of a cell of 96 u smoothed by 72 u. At least, as
/// a factor of the density's.
const UNUSUAL_SIGMA_UNITS: f64 = 77.0;
const UNUSUAL_SIGMA: f64 = 2.4;
/// Side of the cell over which the unusual is judged, units, and how much of the map's own mix is added to it: seconds,
/// visits or players.
const UNUSUAL_CELL_UNITS: f64 = 96.0;
const UNUSUAL_PRIOR: f64 = 3.0;
/// Steps of a ramp of colours.
const RAMP_STEPS: usize = 64;
/// Places with less than this part of the largest density do not count for the axis of a share, and the least share that the axis
/// ends at.
const SHARE_SEEN: f32 = 0.01;
const LEAST_SHARE: f32 = 0.05;
/// Contours smaller than this are not drawn, units.
const CONTOUR_UNITS: f32 = 200.0;

/// Everything that is known once all rounds are in.
pub(super) struct Composition<'d> {
    heat: &'d HeatmapAccumulator,
    context: Canvas<'d>,
    theme: &'static Theme,
    /// How colours share a place.
    mode: Mode,
    /// How brightness is shown.
    look: Look,
    counts: Counts,
    categories: Vec<Category>,
    /// Where the map lies: one frame, or one per panel.
    frames: Vec<MapFrame>,
    sigma_units: f64,
    /// What each frame shows the amount of.
    densities: Vec<Plane>,
    /// The legend's unit per unit of the densities.
    unit: f64,
    pub(super) scale: Scale,
}

impl<'d> Composition<'d> {
    pub(super) fn new(heat: &'d HeatmapAccumulator, context: &'d Canvas<'d>) -> Self {
        let theme = context.theme();
        let spec = &heat.spec;
        let mode = spec.drawn_mode();
        let (look, sigma) = match (spec.mode, mode) {
            (Mode::Auto, _) => (Look::Glow(Glow::new(theme)), GLOW_SIGMA),
            (_, Mode::Panels) => (Look::Flat, PANEL_SIGMA),
            _ => (Look::Flat, SIGMA),
        };
        let counts = Counts::read(&heat.occupancy, spec.sigma_units.unwrap_or(sigma.units));
        let categories =
            category::categories(spec.by, theme, &heat.data_summary, &counts, context.filter.states);
        let window = context.window();
        let divided = match mode {
            Mode::Panels => context.sheet.divided(Panels::Categories(categories.len())),
            _ => context.sheet.divided(Panels::None),
        };
        let frames: Vec<MapFrame> =
            divided.panel_places().into_iter().map(|place| MapFrame::fit(place, &window)).collect();
        // Panels of floors take the place of whatever is drawn on the map.
        let sheet = if context.sheet.panels() == Panels::None { divided } else { context.sheet };
        let context = Canvas { sheet, ..*context };
        let design_px = frames.first().map_or(0.0, MapFrame::units_per_px) * f64::from(context.sheet.scale());
        let sigma_units = spec.sigma_units.unwrap_or_else(|| sigma.over(design_px));
        let cells = heat.occupancy.cells();
        let densities = match mode {
            Mode::Panels => categories.iter().map(|c| counts.density(c.plane, sigma_units)).collect(),
            Mode::Only(state) => vec![counts.density(state.index(), sigma_units)],
            _ => vec![counts.total_density(sigma_units)],
        };
        let lives = heat.lives_of_whole.unwrap_or_else(|| heat.occupancy.lives());
        let unit = unit(spec.weight, cells, lives);
        let floor = floor(spec.weight, sigma_units, lives);
        let scale = densities
            .iter()
            .map(|plane| spec.normalize.scale(spec.weight, plane.values(), unit, floor))
            .max_by(|a, b| a.reference().total_cmp(&b.reference()))
            .unwrap_or_else(|| Scale::root(spec.weight, floor));
        Self {
            heat,
            context,
            theme,
            mode,
            look,
            counts,
            categories,
            frames,
            sigma_units,
            densities,
            unit,
            scale,
        }
    }

    pub(super) fn figure(&self) -> Drawing {
        let mut items = Vec::new();
        let several = self.mode == Mode::Panels;
        if self.context.background() == Background::Ground {
            let ground = if several { self.theme.ink } else { self.theme.ground };
            items.push(filled(self.context.sheet.map_area(), 0.0, ground));
        }
        let empty = self.heat.data_summary.counts().lives == 0;
        // All panels have one size, so one base map serves them all.
        let base = self.frames.first().map(|frame| self.context.base_map(frame));
        for (i, frame) in self.frames.iter().enumerate() {
            let Some(base) = &base else { continue };
            items.extend(base.item(&frame.rect));
            if !empty {
                let mut over: Vec<Item> = self.others_item(frame).into_iter().collect();
                over.extend(self.heat_item(i, frame, base.detail()));
                over.extend(self.contour(i, frame));
                if !several {
                    over.extend(holds::marks(
                        &self.heat.stillness,
                        self.heat.occupancy.lives(),
                        frame,
                        &self.context,
                    ));
                }
                // Panels are too small for names; they have titles.
                let map_labels = if several { Vec::new() } else { self.context.map_labels(frame, &over) };
                items.extend(over.into_iter().chain(map_labels));
            }
            // Of nothing there are no panels: one map says so.
            if several && !empty {
                items.extend(self.panel_title(i, frame));
            }
        }
        if empty {
            items.extend(self.context.nothing_found());
        }
        let legend = self.legend(empty);
        let scene = self.context.sheet.compose(self.theme, self.context.background(), items, &legend);
        let mut recipe = Recipe::new("heatmap", &self.heat.spec, &self.context, &self.heat.data_summary);
        recipe.scale = (!empty).then(|| self.scale.clone());
        Drawing::new(scene, recipe)
    }

    fn heat_item(&self, i: usize, frame: &MapFrame, detail: Option<&Detail>) -> Option<Item> {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let spec = &self.heat.spec;
        let ramp = || (0..RAMP_STEPS).map(|i| self.ramp_lab(i)).collect::<Vec<Lab>>();
        let solid = |color: Color| Paint::Solid(theme::lab(color));
        // Which planes share the colour; the planes must outlive their panels.
        let held: Vec<&Category> = self.categories.iter().filter(|c| self.counts.sum(c.plane) > 0).collect();
        let shares: Vec<(Plane, Lab)> = match self.mode {
            _ if spec.by == By::None => Vec::new(),
            Mode::Panels | Mode::Only(_) => Vec::new(),
            Mode::Auto => {
                let sigma = UNUSUAL_SIGMA_UNITS.max(UNUSUAL_SIGMA * self.sigma_units);
                held.iter().map(|c| (self.counts.density(c.plane, sigma), theme::lab(c.color))).collect()
            }
            Mode::Majority | Mode::Blend | Mode::Weave | Mode::Share(_) => held
                .iter()
                .map(|c| (self.counts.share(c.plane, self.sigma_units), theme::lab(c.color)))
                .collect(),
        };
        let paint = match self.mode {
            Mode::Panels => solid(self.categories.get(i)?.color),
            Mode::Only(state) => solid(self.theme.state(state)),
            _ if spec.by == By::None => Paint::Ramp(ramp()),
            mode => {
                let mut parts: Vec<_> = shares
                    .iter()
                    .map(|(plane, color)| (plane.panel(&frame.extent, width, height), *color))
                    .collect();
                let mixing = match mode {
                    Mode::Blend => Mixing::Blend,
                    Mode::Weave => Mixing::Weave,
                    Mode::Share(state) => {
                        let wanted = theme::lab(self.theme.state(state));
                        parts.sort_by_key(|(_, color)| *color != wanted);
                        if parts.first().is_none_or(|(_, color)| *color != wanted) {
                            // No player was ever in that state: its share is 0 everywhere.
                            Mixing::ShareOfFirst { ramp: vec![self.ramp_lab(0)], up_to: 1.0 }
                        } else {
                            Mixing::ShareOfFirst { ramp: ramp(), up_to: self.largest_share() }
                        }
                    }
                    Mode::Auto => Mixing::Unusual(self.usual(&held)),
                    _ => Mixing::Majority,
                };
                Paint::Shares { parts, mixing }
            }
        };
        let panel = Panel {
            density: self.densities.get(i)?.panel(&frame.extent, width, height),
            table: self.scale.table(self.unit, self.look.invisible()),
            paint,
            look: &self.look,
            detail,
            scale: self.context.sheet.scale(),
        };
        let bitmap = Arc::new(panel.shade(frame.width(), frame.height())?);
        let (x, y) = (frame.rect.x as i32, frame.rect.y as i32);
        Some(Item::Image { x, y, bitmap, blend: self.theme.heat_blend })
    }

    /// Where the axis of a state's share ends: what 99 % of the places with time stay below.
    fn largest_share(&self) -> f32 {
        let Mode::Share(state) = self.mode else { return 1.0 };
        let held = self.categories.iter().filter(|c| self.counts.sum(c.plane) > 0);
        let planes: Vec<(bool, Plane)> =
            held.map(|c| (c.state == Some(state), self.counts.share(c.plane, self.sigma_units))).collect();
        let Some((_, first)) = planes.first() else { return 1.0 };
        let mut cells = vec![(0.0_f32, 0.0_f32); first.values().len()];
        for (is_wanted, plane) in &planes {
            for ((wanted, all), value) in cells.iter_mut().zip(plane.values()) {
                *all += value;
                *wanted += if *is_wanted { *value } else { 0.0 };
            }
        }
        let visible = SHARE_SEEN * cells.iter().map(|(_, all)| *all).fold(0.0, f32::max);
        let seen = cells.iter().filter(|(_, all)| *all > visible);
        let mut shares: Vec<f32> = seen.map(|(wanted, all)| wanted / all).collect();
        shares.sort_unstable_by(f32::total_cmp);
        let last = shares.get((shares.len() * 99 / 100).min(shares.len().saturating_sub(1)));
        last.copied().unwrap_or(1.0).clamp(LEAST_SHARE, 1.0)
    }

    /// What happened on other floors, in the colour of text and faint, on the same scale.
    fn others_item(&self, frame: &MapFrame) -> Option<Item> {
        let others = self.heat.others.as_deref()?;
        let counts = Counts::read(others, self.sigma_units);
        let (width, height) = (frame.width(), frame.height());
        let panel = Panel {
            density: counts.total_density(self.sigma_units).panel(
                &frame.extent,
                width as usize,
                height as usize,
            ),
            table: self.scale.table(self.unit, Look::Flat.invisible()),
            paint: Paint::Solid(theme::lab(self.theme.text)),
            look: &Look::Flat,
            detail: None,
            scale: self.context.sheet.scale(),
        };
        let bitmap = Arc::new(panel.shade(width, height)?.faded(floor_panels::OTHERS_OPACITY));
        Some(Item::Image {
            x: frame.rect.x as i32,
            y: frame.rect.y as i32,
            bitmap,
            blend: self.theme.heat_blend,
        })
    }

    /// How much of the time players stood still, where time and states are shown.
    fn still(&self) -> Option<String> {
        let shown = self.heat.spec.weight == Weight::Time && self.heat.spec.by == By::State;
        shown.then(|| self.heat.stillness.share()).flatten()
    }

    /// The mix of states on the whole map. What others stand out from is running, or whatever there is most of.
    fn usual(&self, held: &[&Category]) -> Usual {
        let sums: Vec<u64> = held.iter().map(|c| self.counts.sum(c.plane)).collect();
        let all: u64 = sums.iter().sum();
        let most = (0..held.len()).max_by_key(|i| (held[*i].state == Some(State::Upright), sums[*i]));
        let cells = self.heat.occupancy.cells();
        let prior = match self.heat.spec.weight {
            // The planes hold microseconds per cell of the grid.
            Weight::Time => 1e6 * UNUSUAL_PRIOR * cells.area() / (UNUSUAL_CELL_UNITS * UNUSUAL_CELL_UNITS),
            Weight::Visits | Weight::Players => UNUSUAL_PRIOR,
        };
        Usual {
            ground: most.unwrap_or_default(),
            shares: sums.iter().map(|sum| (*sum as f64 / all.max(1) as f64) as f32).collect(),
            prior: prior as f32,
        }
    }

    fn ramp_lab(&self, i: usize) -> Lab {
        theme::lab(self.theme.ramp(i as f32 / (RAMP_STEPS - 1) as f32))
    }

    /// The line round the places that hold the spec's share of everything.
    fn contour(&self, i: usize, frame: &MapFrame) -> Vec<Item> {
        let (Some(percent), Some(plane)) = (self.heat.spec.contour_percent, self.densities.get(i)) else {
            return Vec::new();
        };
        let Some(level) = contour::level(plane.field(), percent / 100.0) else { return Vec::new() };
        let px = |design: f32| self.context.sheet.px(design);
        let mut items = Vec::new();
        for points in loops(plane.field(), level) {
            let world: Vec<_> = points.iter().map(|(x, y)| plane.world(*x, *y)).collect();
            let span = |of: fn(&WorldPoint) -> f32| {
                let (low, high) =
                    world.iter().map(of).fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(v), h.max(v)));
                high - low
            };
            if span(|p| p.x).max(span(|p| p.y)) < CONTOUR_UNITS {
                continue;
            }
            let vertex =
                |p: &WorldPoint| Vertex { at: frame.project(*p), color: self.theme.text, width: px(1.4) };
            let vertices = world.iter().chain(world.first()).map(vertex).collect();
            let casing = Some(Stroke { width: px(1.6), color: self.theme.ink.opacity(0.5) });
            items.push(Item::Polyline(Polyline { vertices, opacity: 0.8, casing }));
        }
        items
    }

    fn panel_title(&self, i: usize, frame: &MapFrame) -> Vec<Item> {
        let Some(category) = self.categories.get(i) else { return Vec::new() };
        let px = |design: f32| self.context.sheet.px(design);
        let (left, top) = (frame.rect.x, frame.rect.y);
        let label = |text: String, y: f32, size: f32, weight: FontWeight| {
            let width = px(theme::halo_width(size));
            Item::Label(Label {
                text,
                at: PixelPoint::new(left + px(38.0), top + px(y)),
                size: px(size),
                weight,
                color: self.theme.text,
                align: Align::Left,
                halo: Some(Stroke { width, color: self.theme.ink.opacity(theme::HALO_OPACITY) }),
            })
        };
        let swatch = PixelRect::new(left + px(14.0), top + px(14.0), px(14.0), px(30.0));
        let noun = legend::counted_noun(self.heat.spec.weight);
        vec![
            Item::Rect {
                rect: swatch,
                radius: px(3.0),
                fill: Some(category.color),
                stroke: Some(Stroke { width: px(1.5), color: self.theme.ink.opacity(0.6) }),
            },
            label(category.label.clone(), 38.0, 26.0, FontWeight::SemiBold),
            label(format!("{} of {noun}", category.share), 65.0, 20.0, FontWeight::Regular),
        ]
    }

    fn legend(&self, empty: bool) -> Legend {
        let (spec, data_summary) = (&self.heat.spec, &self.heat.data_summary);
        let mut legend = self
            .context
            .legend(self.context.title())
            .subtitle(legend::headline(spec))
            .subtitle(self.context.subject_line(data_summary));
        if !empty {
            let shading = Shading { theme: self.theme, look: &self.look };
            if self.mode != Mode::Panels
                && let Some(colors) = legend::colors(
                    spec,
                    shading,
                    &self.categories,
                    self.still().as_deref(),
                    self.largest_share(),
                )
            {
                legend = legend.section(colors);
            }
            let bars = match self.mode {
                Mode::Panels => Bars::Solid(self.categories.iter().map(|c| c.color).collect()),
                Mode::Only(state) => Bars::Solid(vec![self.theme.state(state)]),
                _ if spec.by == By::None => Bars::Ramp,
                Mode::Auto => Bars::Solid(vec![self.theme.run]),
                _ => Bars::Solid(vec![self.theme.text]),
            };
            let largest = |plane: &Plane| plane.values().iter().copied().fold(0.0, f32::max);
            let most = self.densities.iter().map(largest).fold(0.0, f32::max);
            let most = f64::from(most) * self.unit;
            let unit = unit_line(spec.weight, self.heat.occupancy.cells());
            legend = legend.section(legend::brightness(spec.weight, shading, &self.scale, bars, most, &unit));
        }
        if spec.holds && !empty && self.mode != Mode::Panels {
            legend = legend.section(holds::section(&self.heat.stillness));
        }
        legend = legend.section(scale_bar::section(&self.context.sheet, &self.context.panel_frame()));
        legend = legend.caption(data_summary.used_line());
        for line in data_summary.dropped_lines() {
            legend = legend.caption(line);
        }
        if data_summary.view_line().is_some() {
            legend = legend.caption(recorder_view::HEAT);
        }
        if !empty {
            if spec.by == By::State
                && let Some(line) = data_summary.states_line()
            {
                legend = legend.caption(line);
            }
            let sigma = canvas::units(self.sigma_units);
            let contour = match spec.contour_percent {
                Some(percent) => {
                    format!(" · line: {percent:.0}\u{a0}% of all {}", legend::counted_noun(spec.weight))
                }
                None => String::new(),
            };
            legend = legend.caption(format!("sigma {sigma} · {}{contour}", spec.normalize.caption()));
        }
        for line in self.context.map_lines() {
            legend = legend.caption(line);
        }
        legend
    }
}
