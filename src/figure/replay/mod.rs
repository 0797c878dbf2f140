//! Lives that move: one scene for each moment, over one base map and in one palette.

mod actor;
mod strip;

use std::sync::Arc;

use actor::{Actor, Trail};

use super::context::SheetContext;
use super::sheet::MapFrame;
use super::theme::{Theme, mix};
use super::way::Way;
use crate::analysis::State;
use crate::model::Team;
use crate::scene::{Bitmap, Blend, Color, Item, PixelRect, Scene};

/// Side of the map and height of the strip below it, design pixels of a replay.
pub const MAP_PX: f32 = 800.0;
/// See [`MAP_PX`].
pub const STRIP_PX: f32 = 100.0;
/// A dead player's mark fades over this time, ms.
const DEATH_FADE_MS: i64 = 8_000;

/// Where the lives' clocks begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// With the round: players meet as they met.
    #[default]
    Clock,
    /// With each life's spawn: all start at zero.
    Spawn,
}

/// How much of the way behind a player is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailLength {
    /// The whole way, from the beginning on.
    Full,
    /// The way so far.
    SoFar,
    /// The last milliseconds, fading.
    Last(i64),
}

impl Default for TrailLength {
    fn default() -> Self {
        Self::Last(6_000)
    }
}

/// What a replay shows and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplaySpec {
    /// Where the clocks begin. Default: with the round.
    pub align: Align,
    /// Default: the last 6 s.
    pub trail: TrailLength,
    /// How many times faster than life. Default: 4.
    pub speed: f64,
    /// Pictures a second. Default: 10.
    pub frames_per_second: u32,
    /// Side of the map, pixels. Default: 640.
    pub size_px: u32,
    /// The span to show, ms of the chosen clock; `None`: from the first spawn to the last end.
    pub window: Option<(i64, i64)>,
}

impl Default for ReplaySpec {
    fn default() -> Self {
        Self {
            align: Align::Clock,
            trail: TrailLength::default(),
            speed: 4.0,
            frames_per_second: 10,
            size_px: 640,
            window: None,
        }
    }
}

/// A replay that is ready to be drawn, frame by frame.
pub struct Replay {
    actors: Vec<Actor>,
    spec: ReplaySpec,
    frame: MapFrame,
    base: Option<Arc<Bitmap>>,
    theme: &'static Theme,
    title: String,
    subtitle: String,
    start_ms: i64,
    end_ms: i64,
}

impl Replay {
    /// A replay of `ways`, sorted by their order; `interval_ms` is the coarsest sampling interval among them. `None`
    /// without any way.
    pub fn new(
        ways: Vec<Way>,
        interval_ms: u32,
        spec: ReplaySpec,
        subtitle: &str,
        context: &SheetContext<'_>,
    ) -> Option<Self> {
        let stale_ms = i64::from(interval_ms) * 5 / 2;
        let actors: Vec<Actor> = ways.into_iter().map(|way| Actor::new(way, spec.align, stale_ms)).collect();
        let first = actors.iter().map(|actor| actor.start_ms).min()?;
        let last = actors.iter().map(|actor| actor.end_ms).max()?;
        let (start_ms, end_ms) = spec.window.unwrap_or((first, last));
        let side = spec.size_px as f32;
        let frame = MapFrame::fit(PixelRect::new(0.0, 0.0, side, side), &context.window());
        let base = context.base_map(&frame).bitmap().cloned();
        Some(Self {
            actors,
            spec,
            frame,
            base,
            theme: context.theme(),
            title: context.title(),
            subtitle: subtitle.to_owned(),
            start_ms,
            end_ms: end_ms.max(start_ms),
        })
    }

    /// How long the shown span lasted, ms.
    pub fn span_ms(&self) -> i64 {
        self.end_ms - self.start_ms
    }

    /// How many frames there are; the last one shows the end.
    pub fn frames(&self) -> usize {
        (self.span_ms() as f64 / self.step_ms()).ceil() as usize + 1
    }

    /// How long frame `index` is shown, ms: the last one longer, so that the end can be seen.
    pub fn delay_ms(&self, index: usize) -> u32 {
        if index + 1 == self.frames() { 1_500 } else { 1_000 / self.spec.frames_per_second.max(1) }
    }

    fn step_ms(&self) -> f64 {
        (self.spec.speed * 1000.0 / f64::from(self.spec.frames_per_second.max(1))).max(1.0)
    }

    /// The scene of frame `index`.
    pub fn scene(&self, index: usize) -> Scene {
        let now = (self.start_ms + (self.step_ms() * index as f64) as i64).min(self.end_ms);
        let scale = self.spec.size_px as f32 / MAP_PX;
        let side = self.spec.size_px;
        let mut map = Vec::new();
        if let Some(base) = &self.base {
            let (x, y) = (self.frame.rect.x as i32, self.frame.rect.y as i32);
            map.push(Item::Image { x, y, bitmap: Arc::clone(base), blend: Blend::Srgb });
        }
        let visible = || self.actors.iter().filter(|actor| actor.is_near(now, DEATH_FADE_MS));
        for actor in visible() {
            map.extend(actor.ghost(now, &self.frame, scale, self.theme));
        }
        let trail = match self.spec.trail {
            TrailLength::Full => Trail { from: i64::MIN, to: i64::MAX, fade: None },
            TrailLength::SoFar => Trail { from: i64::MIN, to: now, fade: None },
            TrailLength::Last(ms) => Trail { from: now.saturating_sub(ms), to: now, fade: Some(ms.max(1)) },
        };
        for actor in visible() {
            map.extend(actor.trail(now, trail, &self.frame, scale, self.theme));
        }
        for actor in visible() {
            map.extend(actor.marker(now, DEATH_FADE_MS, &self.frame, scale, self.theme));
        }
        let mut items =
            vec![Item::Clip { rect: PixelRect::new(0.0, 0.0, side as f32, side as f32), items: map }];
        items.extend(strip::items(&self.strip(now), side as f32, scale, self.theme));
        let height = side + (STRIP_PX * scale + 0.5) as u32;
        Scene { width: side, height, background: self.theme.ground, items }
    }

    fn strip(&self, now: i64) -> strip::Strip {
        let count = |team: &Team| {
            let members = self.actors.iter().filter(|actor| actor.way.team == *team);
            let mut players: Vec<_> = members.clone().map(|actor| &actor.way.player).collect();
            players.sort();
            players.dedup();
            let alive = members.filter(|actor| actor.is_alive(now)).count();
            (alive, players.len())
        };
        let span = self.span_ms().max(1) as f64;
        strip::Strip {
            clock_ms: now,
            progress: (now - self.start_ms) as f32 / span as f32,
            title: self.title.clone(),
            subtitle: self.subtitle.clone(),
            speed: self.spec.speed,
            trail: self.spec.trail,
            align: self.spec.align,
            allies: count(&Team::Allies),
            axis: count(&Team::Axis),
        }
    }

    /// The colours every frame is made of beside the base map's: states and teams over dark and light ground, greys of
    /// the text. For a palette that all frames share.
    pub fn palette_colors(&self) -> Vec<Color> {
        let theme = self.theme;
        let mut colors = vec![theme.text, theme.ink, theme.panel, theme.muted, theme.rule, theme.ground];
        let inks =
            [State::Sprint, State::Upright, State::Crouch, State::Prone].map(|state| theme.state(state));
        for color in inks.into_iter().chain([theme.allies, theme.axis]) {
            colors.extend((0..10).map(|i| mix(color, theme.ink, i as f32 / 10.0)));
        }
        colors.extend((1..16).map(|i| mix(theme.text, theme.ink, i as f32 / 16.0)));
        colors
    }

    /// The base map, for the rest of the palette.
    pub fn base(&self) -> Option<&Arc<Bitmap>> {
        self.base.as_ref()
    }
}
