//! What stands on the map: players with health, heading, name and chip; deaths, kills, waves of spawns.

use super::moving_life::{MovingLife, Stand};
use super::replay_life::Wave;
use crate::analysis::State;
use crate::figure::paths::life_path::PathEnd;
use crate::figure::words::names;
use crate::geom::PixelPoint;
use crate::model::Team;
use crate::plane::MapFrame;
use crate::scene::{
    Align as TextAlign, Color, Item, Label, Marker, PixelRect, Polyline, Shape, Stroke, Vertex, Weight, text,
};
use crate::theme::{HALO_OPACITY, Theme};

/// Longest name on the map, characters.
const LONGEST_NAME: usize = 16;
const NAME_SIZE: f32 = 17.0;
const CHIP_SIZE: f32 = 14.0;
const CHIP_HEIGHT: f32 = 21.0;
/// Distance from a player's middle to the nearest edge of the name, clear of ring and heading.
const NAME_GAP: f32 = 20.0;

/// How much is drawn of each player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// A dot: there are too many for more.
    Dot,
    /// Health, heading and name.
    Named,
    /// Also the weapon in hand and the state of movement.
    Chips,
}

/// Draws marks one after another; names do not cover each other.
pub(super) struct Marks<'a> {
    pub frame: &'a MapFrame,
    pub scale: f32,
    pub theme: &'a Theme,
    pub items: Vec<Item>,
    taken: Vec<PixelRect>,
}

impl<'a> Marks<'a> {
    pub(super) fn new(frame: &'a MapFrame, scale: f32, theme: &'a Theme) -> Self {
        Self { frame, scale, theme, items: Vec::new(), taken: Vec::new() }
    }

    /// Keeps names away from a place.
    pub(super) fn keep_clear(&mut self, at: PixelPoint) {
        let half = 15.0 * self.scale;
        self.taken.push(PixelRect::new(at.x - half, at.y - half, 2.0 * half, 2.0 * half));
    }

    #[allow(clippy::too_many_arguments, reason = "a mark's place and look, each named at the call")]
    fn marker(
        &mut self,
        at: PixelPoint,
        shape: Shape,
        radius: f32,
        fill: Option<Color>,
        line: Option<(f32, Color)>,
        casing: f32,
        opacity: f32,
    ) {
        let stroke =
            |width: f32, color: Color| Stroke { width: width * self.scale, color: color.opacity(opacity) };
        self.items.push(Item::Marker(Marker {
            at,
            shape,
            radius: radius * self.scale,
            fill: fill.map(|color| color.opacity(opacity)),
            stroke: line.map(|(width, color)| stroke(width, color)),
            casing: (casing > 0.0).then(|| stroke(casing, self.theme.ink)),
        }));
    }

    /// A ring that opens where a wave of players spawned; `age` from 0 to 1.
    pub(super) fn wave(&mut self, wave: &Wave, age: f32) {
        let at = self.frame.project(wave.at);
        let color = self.theme.team(&wave.team);
        let radius = 18.0 + 26.0 * age;
        self.marker(at, Shape::Circle, radius, None, Some((2.6, color)), 5.0, (1.0 - age).clamp(0.0, 1.0));
    }

    /// The line from a killer to the victim; `age` from 0 to 1.
    pub(super) fn kill(&mut self, from: PixelPoint, to: PixelPoint, age: f32) {
        let length = from.distance(to);
        let gap = 16.0 * self.scale;
        if length < 2.5 * gap {
            return;
        }
        let along = |distance: f32| {
            let t = distance / length;
            PixelPoint::new(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t)
        };
        let opacity = (1.0 - age).clamp(0.0, 1.0);
        let color = self.theme.text.opacity(opacity);
        let vertices =
            [gap, length - gap].map(|at| Vertex { at: along(at), color, width: 2.0 * self.scale }).to_vec();
        let casing = Stroke { width: 2.4 * self.scale, color: self.theme.ink.opacity(0.8 * opacity) };
        self.items.push(Item::Polyline(Polyline { vertices, opacity: 1.0, casing: Some(casing) }));
        let heading = libm::atan2f(to.y - from.y, to.x - from.x);
        let fill = Some(self.theme.text);
        self.marker(along(length - gap), Shape::Triangle { heading }, 6.0, fill, None, 2.0, opacity);
    }

    /// Where a life ended. It fades over `fade_ms` but never quite: the place still tells something.
    pub(super) fn end(&mut self, actor: &MovingLife, stand: &Stand, now: i64, fade_ms: i64) {
        let faded = (now - actor.end_ms) as f32 / fade_ms as f32;
        let (shape, radius) = match actor.life.path.end {
            PathEnd::Death => (Shape::Cross, 7.0),
            PathEnd::Alive => (Shape::Square, 6.0),
            PathEnd::Cut => return,
        };
        let color = self.theme.team(&actor.life.path.team);
        let opacity = (1.0 - 0.65 * faded).clamp(0.35, 1.0);
        self.marker(self.frame.project(stand.at), shape, radius, None, Some((3.0, color)), 6.0, opacity);
    }

    /// A living player.
    pub(super) fn player(&mut self, actor: &MovingLife, stand: &Stand, detail: Detail) {
        let (theme, at) = (self.theme, self.frame.project(stand.at));
        let color = theme.team(&actor.life.path.team);
        let opacity = stand.stale.unwrap_or(1.0);
        let square = actor.life.path.team == Team::Axis;
        let shape = if square { Shape::Square } else { Shape::Circle };
        let (fill, line) = match stand.stale {
            None => (Some(color), None),
            Some(_) => (None, Some((2.0, color))),
        };
        if detail == Detail::Dot {
            let radius = if square { 4.4 } else { 5.0 };
            self.marker(at, shape, radius, fill, line, 3.0, opacity);
            return;
        }
        self.marker(at, shape, if square { 8.0 } else { 9.0 }, fill, line, 5.0, opacity);
        let mut heading = None;
        if stand.stale.is_none() {
            if let Some(health) = actor.life.path.points[stand.index].health {
                let share = (f32::from(health) / 100.0).clamp(0.0, 1.0);
                let arc =
                    Shape::Arc { start: -std::f32::consts::FRAC_PI_2, sweep: std::f32::consts::TAU * share };
                self.marker(at, arc, 15.0, None, Some((3.0, theme.text)), 0.0, 1.0);
            }
            heading = actor.heading(stand.index);
            if let Some(heading) = heading {
                let reach = 22.0 * self.scale;
                let tip =
                    PixelPoint::new(at.x + libm::cosf(heading) * reach, at.y + libm::sinf(heading) * reach);
                self.marker(tip, Shape::Triangle { heading }, 5.5, Some(theme.text), None, 2.0, 1.0);
            }
        }
        let upwards = heading.is_some_and(|heading| libm::sinf(heading) < -0.5);
        self.name(actor, stand, at, upwards, detail, opacity);
    }

    /// The name above, below or beside, where it meets nothing else; with a chip for weapon and state. A name that finds no
    /// room is left out for the moment: two on top of each other are none.
    fn name(
        &mut self,
        actor: &MovingLife,
        stand: &Stand,
        at: PixelPoint,
        upwards: bool,
        detail: Detail,
        opacity: f32,
    ) {
        let scale = self.scale;
        let path = &actor.life.path;
        let name = names::shown(&path.name, path.player.guid().as_str(), LONGEST_NAME);
        let chip = (detail == Detail::Chips && stand.stale.is_none()).then(|| chip_words(actor, stand));
        let name_width = text::width(&name, NAME_SIZE * scale, Weight::Regular);
        let chip_width = chip
            .as_ref()
            .map_or(0.0, |words| text::width(words, CHIP_SIZE * scale, Weight::Regular) + 26.0 * scale);
        let width = name_width.max(chip_width);
        let height = (NAME_SIZE + chip.as_ref().map_or(0.0, |_| CHIP_HEIGHT + 2.0)) * scale;
        let gap = NAME_GAP * scale;
        let place = |dx: f32, dy: f32| PixelRect::new(at.x + dx, at.y + dy, width, height);
        let (above, below) = (place(-width / 2.0, -gap - height), place(-width / 2.0, gap));
        let (first, second) = if upwards { (below, above) } else { (above, below) };
        let places = [first, second, place(gap, -height / 2.0), place(-gap - width, -height / 2.0)];
        let free = |rect: &&PixelRect| !self.taken.iter().any(|other| other.meets(rect));
        let Some(&rect) = places.iter().find(free) else { return };
        self.taken.push(rect);
        let middle = rect.x + width / 2.0;
        let theme = self.theme;
        self.items.push(Item::Label(Label {
            text: name,
            at: PixelPoint::new(middle, rect.y + 0.80 * NAME_SIZE * scale),
            size: NAME_SIZE * scale,
            weight: Weight::Regular,
            color: theme.text.opacity(opacity),
            align: TextAlign::Center,
            halo: Some(Stroke { width: 1.6 * scale, color: theme.ink.opacity(HALO_OPACITY * opacity) }),
        }));
        if let Some(words) = chip {
            let top = rect.y + (NAME_SIZE + 3.0) * scale;
            let plate = PixelRect::new(middle - chip_width / 2.0, top, chip_width, CHIP_HEIGHT * scale);
            self.chip(&words, plate, actor.state(stand.index));
        }
    }

    /// A plate with the state's colour at its left and words beside it.
    fn chip(&mut self, words: &str, plate: PixelRect, state: Option<State>) {
        let (theme, scale) = (self.theme, self.scale);
        let fill = Some(theme.panel.opacity(0.88));
        self.items.push(Item::Rect { rect: plate, radius: 4.0 * scale, fill, stroke: None });
        let color = state.map_or(theme.not_recorded, |state| theme.state(state));
        let side = 9.0 * scale;
        let swatch = PixelRect::new(plate.x + 6.0 * scale, plate.y + (plate.height - side) / 2.0, side, side);
        self.items.push(Item::Rect { rect: swatch, radius: 2.0 * scale, fill: Some(color), stroke: None });
        self.items.push(Item::Label(Label {
            text: words.to_owned(),
            at: PixelPoint::new(plate.x + 20.0 * scale, plate.y + 0.71 * plate.height),
            size: CHIP_SIZE * scale,
            weight: Weight::Regular,
            color: theme.text,
            align: TextAlign::Left,
            halo: None,
        }));
    }
}

/// `MP40 · sprint`
fn chip_words(actor: &MovingLife, stand: &Stand) -> String {
    let weapon = actor.life.path.points[stand.index].weapon;
    let state = actor.state(stand.index).map(State::short_label);
    match (weapon.0, state) {
        (0, Some(state)) => state.to_owned(),
        (0, None) => "?".to_owned(),
        (_, Some(state)) => format!("{} · {state}", weapon.name()),
        (_, None) => weapon.name().into_owned(),
    }
}
