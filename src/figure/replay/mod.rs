//! Lives that move: one scene for each moment, over one base map and in one palette.

mod animation;
mod camera;
mod feed;
mod gather;
mod marks;
pub(crate) mod moving_life;
pub(crate) mod replay_life;
mod strip;

use std::collections::BTreeSet;
use std::sync::Arc;

use feed::Feed;
use marks::{Detail, Marks};
use moving_life::{MovingLife, Trail};
use strip::Strip;

pub use animation::{Animation, AnimationKind, animate};
pub use camera::Camera;
pub use gather::ReplayLives;
pub use replay_life::{Fate, Killer, ReplayLife, Wave, replay_lives, waves};

use super::canvas::Canvas;
use crate::analysis::State;
use crate::geom::PixelPoint;
use crate::model::Team;
use crate::plane::MapFrame;
use crate::scene::{Bitmap, Blend, Color, Item, PixelRect, Scene};
use crate::theme::{Theme, mix};

/// Side of the map and height of the strip below it, design pixels of a replay.
pub const MAP_PX: f32 = 800.0;
/// See [`MAP_PX`].
pub const STRIP_PX: f32 = 100.0;
/// A dead player's mark fades over this time, ms.
const DEATH_FADE_MS: i64 = 8_000;
/// Kill lines and spawn rings are seen this long, ms, and for at least so many frames.
const FLASH_MS: i64 = 1_500;
const FLASH_FRAMES: f64 = 4.0;
/// With more players alive than this at once, each is a dot.
const MOST_NAMED: usize = 26;
/// With more than this, weapon and state are left out unless asked for.
const MOST_CHIPS: usize = 4;

/// Where the lives' clocks begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Align {
    /// With the round: players meet as they met.
    #[default]
    Clock,
    /// With each life's spawn: all start at zero.
    Spawn,
}

/// How much of the way behind a player is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrailLength {
    /// The whole path, from the beginning on.
    Full,
    /// The path so far.
    SoFar,
    /// The last milliseconds, fading.
    Last(i64),
}

impl Default for TrailLength {
    fn default() -> Self {
        Self::Last(6_000)
    }
}

/// How much of each way is drawn faintly below the trails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Ghost {
    /// All of it, also what is still to come.
    #[default]
    Whole,
    /// What has been walked.
    SoFar,
    /// Nothing.
    None,
}

/// Whether a chip beside each name tells the weapon in hand and how the player moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Chips {
    /// While not more than four players are alive at once.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What a replay shows and how.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplaySpec {
    /// Where the clocks begin. Default: with the round.
    pub align: Align,
    /// Default: the last 6 s.
    pub trail: TrailLength,
    /// Default: the whole path.
    pub ghost: Ghost,
    /// Default: while there are few players.
    pub chips: Chips,
    /// Default: the whole map.
    pub camera: Camera,
    /// How many times faster than life. Default: 4.
    pub speed: f64,
    /// Pictures a second. Default: 10.
    pub frames_per_second: u32,
    /// Side of the map, pixels. Default: 640.
    pub size_px: u32,
    /// The span to show, ms of the chosen clock; `None`: from the first spawn to the last end, of a followed player where
    /// there is one.
    pub window: Option<(i64, i64)>,
}

impl Default for ReplaySpec {
    fn default() -> Self {
        Self {
            align: Align::Clock,
            trail: TrailLength::default(),
            ghost: Ghost::default(),
            chips: Chips::default(),
            camera: Camera::default(),
            speed: 4.0,
            frames_per_second: 10,
            size_px: 640,
            window: None,
        }
    }
}

/// A replay that is ready to be drawn, frame by frame.
pub struct ReplayFrames {
    actors: Vec<MovingLife>,
    waves: Vec<Wave>,
    detail: Detail,
    spec: ReplaySpec,
    frame: MapFrame,
    base: Option<Arc<Bitmap>>,
    theme: &'static Theme,
    strip: Strip,
    feed: Feed,
    start_ms: i64,
    end_ms: i64,
}

impl ReplayFrames {
    /// A replay of some lives, in the order of their paths; `interval_ms` is the coarsest sampling interval among them.
    /// `None` without any life.
    pub fn new(
        lives: Vec<ReplayLife>,
        interval_ms: u32,
        spec: ReplaySpec,
        subtitle: &str,
        context: &Canvas<'_>,
    ) -> Option<Self> {
        let stale_ms = i64::from(interval_ms) * 5 / 2;
        let waves = waves(&lives, spec.align);
        let actors: Vec<MovingLife> =
            lives.into_iter().map(|life| MovingLife::new(life, spec.align, stale_ms)).collect();
        let looked_at = || actors.iter().filter(|actor| spec.camera.is_on(&actor.life.path.player));
        let first = looked_at().map(|actor| actor.start_ms).min()?;
        let last = looked_at().map(|actor| actor.end_ms).max()?;
        let (start_ms, end_ms) = spec.window.unwrap_or((first, last));
        let frame = spec.camera.frame(spec.size_px as f32, &context.window());
        let base = context.base_map(&frame).bitmap().cloned();
        let crowd = most_at_once(&actors);
        let detail = match spec.chips {
            _ if crowd > MOST_NAMED => Detail::Dot,
            Chips::Always => Detail::Chips,
            Chips::Auto if crowd <= MOST_CHIPS => Detail::Chips,
            Chips::Auto | Chips::Never => Detail::Named,
        };
        let count = |team| members(&actors, team, spec.align);
        let strip = Strip {
            title: context.title(),
            subtitle: subtitle.to_owned(),
            speed: spec.speed,
            trail: spec.trail,
            align: spec.align,
            rings: detail != Detail::Dot,
            allies: count(&Team::Allies),
            axis: count(&Team::Axis),
        };
        let feed = Feed::new(&actors, spec.align, spec.speed);
        Some(Self {
            actors,
            waves,
            detail,
            spec,
            frame,
            base,
            theme: context.theme(),
            strip,
            feed,
            start_ms,
            end_ms: end_ms.max(start_ms),
        })
    }

    /// The shown span, ms of the chosen clock.
    pub fn span(&self) -> (i64, i64) {
        (self.start_ms, self.end_ms)
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

    /// Width and height of every frame, pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.spec.size_px, self.spec.size_px + (STRIP_PX * self.scale() + 0.5) as u32)
    }

    /// What lies below everything.
    pub fn background(&self) -> Color {
        self.theme.ground
    }

    /// The scene of frame `index`.
    pub fn scene(&self, index: usize) -> Scene {
        let (width, height) = self.size();
        let mut items = self.ground(index);
        items.extend(self.marks(index));
        Scene { width, height, background: self.background(), items }
    }

    /// Pixels for each design pixel.
    fn scale(&self) -> f32 {
        self.spec.size_px as f32 / MAP_PX
    }

    /// The moment of frame `index` on the replay's clock, ms.
    fn moment(&self, index: usize) -> i64 {
        (self.start_ms + (self.step_ms() * index as f64) as i64).min(self.end_ms)
    }

    fn visible(&self, now: i64) -> impl Iterator<Item = &MovingLife> {
        self.actors.iter().filter(move |actor| actor.is_near(now, DEATH_FADE_MS))
    }

    /// What of frame `index` is seldom another than in the frame before: the map, the paths drawn faintly, and of the strip
    /// what never changes. It lies below the marks.
    pub fn ground(&self, index: usize) -> Vec<Item> {
        let (now, scale) = (self.moment(index), self.scale());
        let side = self.spec.size_px as f32;
        let frame = self.spec.camera.look(now, &self.frame, side, &self.actors);
        let mut items = Vec::new();
        if let Some(base) = &self.base {
            let (x, y) = (frame.rect.x as i32, frame.rect.y as i32);
            items.push(Item::Image { x, y, bitmap: Arc::clone(base), blend: Blend::Srgb });
        }
        let ghost = match self.spec.ghost {
            Ghost::Whole => Some(i64::MAX),
            Ghost::SoFar => Some(now),
            Ghost::None => None,
        };
        if let Some(to) = ghost {
            items.extend(self.visible(now).flat_map(|actor| actor.ghost(to, &frame, scale, self.theme)));
        }
        // It covers what reaches over the map's lower edge.
        items.extend(self.strip.ground(side, scale, self.theme));
        items
    }

    /// What moves in frame `index`: trails, players, and what the strip counts.
    pub fn marks(&self, index: usize) -> Vec<Item> {
        let (now, scale) = (self.moment(index), self.scale());
        let side = self.spec.size_px as f32;
        let frame = self.spec.camera.look(now, &self.frame, side, &self.actors);
        let trail = match self.spec.trail {
            TrailLength::Full => Trail { from: i64::MIN, to: i64::MAX, fade: None },
            TrailLength::SoFar => Trail { from: i64::MIN, to: now, fade: None },
            TrailLength::Last(ms) => Trail { from: now.saturating_sub(ms), to: now, fade: Some(ms.max(1)) },
        };
        let mut map: Vec<Item> =
            self.visible(now).flat_map(|actor| actor.trail(now, trail, &frame, scale, self.theme)).collect();
        map.extend(self.players(now, &frame, scale));
        map.extend(self.feed.items(now, scale, self.theme));
        if index + 1 == self.frames() && self.spec.align == Align::Clock {
            let alive: Vec<&MovingLife> = self.actors.iter().filter(|actor| actor.is_alive(now)).collect();
            let heading = format!("Alive at {}", strip::clock(now));
            map.extend(feed::survivors(&alive, &heading, scale, self.theme));
        }
        let mut items = vec![Item::Clip { rect: PixelRect::new(0.0, 0.0, side, side), items: map }];
        items.extend(self.strip.marks(&self.moment_of_strip(now), side, scale, self.theme));
        items
    }

    /// Rings, deaths, kills, then the living on top: they matter most.
    fn players(&self, now: i64, frame: &MapFrame, scale: f32) -> Vec<Item> {
        let mut marks = Marks::new(frame, scale, self.theme);
        let flash = (FLASH_MS as f64).max(FLASH_FRAMES * self.step_ms()) as i64;
        let age = |since: i64| (now - since) as f32 / flash as f32;
        let fresh = |since: i64| (0..flash).contains(&(now - since));
        for wave in self.waves.iter().filter(|wave| fresh(wave.ms)) {
            marks.wave(wave, age(wave.ms));
        }
        let stands: Vec<_> = self
            .actors
            .iter()
            .filter(|actor| actor.is_near(now, DEATH_FADE_MS))
            .filter_map(|actor| Some((actor, actor.stand(now)?)))
            .collect();
        for (actor, stand) in stands.iter().filter(|(actor, _)| !actor.is_alive(now)) {
            marks.end(actor, stand, now, DEATH_FADE_MS);
        }
        for (actor, stand) in stands.iter().filter(|(actor, _)| actor.life.died() && fresh(actor.end_ms)) {
            if let Some(from) = self.killer_of(actor, frame) {
                marks.kill(from, frame.project(stand.at), age(actor.end_ms));
            }
        }
        let living = || stands.iter().filter(|(actor, _)| actor.is_alive(now));
        for (_, stand) in living() {
            marks.keep_clear(frame.project(stand.at));
        }
        for (actor, stand) in living() {
            marks.player(actor, stand, self.detail);
        }
        marks.items
    }

    /// Where a victim's killer stood, if the killer is shown and both clocks are one.
    fn killer_of(&self, victim: &MovingLife, frame: &MapFrame) -> Option<PixelPoint> {
        let killer = victim.life.fate.as_ref()?.killer.as_ref()?;
        if self.spec.align != Align::Clock {
            return None;
        }
        let moment = victim.end_ms;
        let same = |actor: &&MovingLife| {
            actor.life.path.player == killer.player
                && actor.life.path.order.0 == victim.life.path.order.0
                && actor.is_near(moment, 0)
        };
        let stand = self.actors.iter().filter(same).find_map(|actor| actor.stand(moment))?;
        stand.stale.is_none().then(|| frame.project(stand.at))
    }

    fn moment_of_strip(&self, now: i64) -> strip::Moment {
        let alive = |team: &Team| {
            let members = self.actors.iter().filter(|actor| actor.life.path.team == *team);
            members.filter(|actor| actor.is_alive(now)).count()
        };
        let span = self.span_ms().max(1) as f64;
        strip::Moment {
            clock_ms: now,
            progress: (now - self.start_ms) as f32 / span as f32,
            allies: alive(&Team::Allies),
            axis: alive(&Team::Axis),
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

/// How many of a team take part: players, or lives where all begin together.
fn members(actors: &[MovingLife], team: &Team, align: Align) -> usize {
    let members = actors.iter().filter(|actor| actor.life.path.team == *team);
    match align {
        Align::Clock => members.map(|actor| &actor.life.path.player).collect::<BTreeSet<_>>().len(),
        Align::Spawn => members.count(),
    }
}

/// The largest number of lives at the same moment.
fn most_at_once(actors: &[MovingLife]) -> usize {
    let mut changes: Vec<(i64, i32)> =
        actors.iter().flat_map(|actor| [(actor.start_ms, 1), (actor.end_ms, -1)]).collect();
    // At the same moment an end comes before a beginning.
    changes.sort_unstable();
    let mut now = 0;
    let most = changes.iter().map(|(_, change)| {
        now += change;
        now
    });
    most.max().unwrap_or(0).max(0) as usize
}
