//! A replay as one page that plays by itself: lives packed into it, the map as a picture inside.

mod pack;
pub(crate) mod rounds;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::ReplayError;
use crate::analysis::{DeathKind, PlayerKey, State};
use crate::figure::Canvas;
use crate::figure::paths::life_path::PathEnd;
use crate::figure::replay::ReplayLives;
use crate::figure::replay::{Align, Ghost, ReplayLife, TrailLength, waves};
use crate::figure::request::Replay;
use crate::geom::WorldRect;
use crate::map::Layers;
use crate::model::{Team, Weapon};
use crate::plane::MapFrame;
use crate::raster::encode;
use crate::scene::{Color, PixelRect};
use crate::theme::Theme;
use pack::Packer;

/// The player's script: its files one after another, as one.
const SCRIPT: &str = concat!(
    include_str!("../assets/player/unpack.js"),
    include_str!("../assets/player/view.js"),
    include_str!("../assets/player/life.js"),
    include_str!("../assets/player/draw.js"),
    include_str!("../assets/player/play.js"),
    include_str!("../assets/player/link.js"),
    include_str!("../assets/player/panel.js"),
    include_str!("../assets/player/input.js"),
    include_str!("../assets/player/start.js"),
);
const STYLE: &str = concat!(include_str!("../assets/page.css"), include_str!("../assets/player/player.css"));

/// Raised when pages hold their lives in another form.
const PACKING: u32 = 1;

/// Everything that makes a page look and play as it does, beside the lives, as text for a hash.
pub(crate) fn look() -> String {
    format!("{PACKING} {SCRIPT} {STYLE} {}", include_str!("../templates/replay.html"))
}

/// Side of the map on a page, pixels, and the quality of its JPEG.
const MAP_PX: u32 = 1024;
const JPEG_QUALITY: u8 = 82;

/// What a page needs beside the lives.
pub struct ReplayPage<'a> {
    /// Title: the map and what is shown.
    pub title: &'a str,
    /// One more line.
    pub subtitle: &'a str,
    /// The world's rectangle that the picture shows.
    pub extent: WorldRect,
    /// The base map as a JPEG, see [`map_picture`]; empty: none.
    pub picture: &'a [u8],
    /// The sampling interval, ms.
    pub interval_ms: u32,
    /// Floors by height, if the map has several.
    pub layers: &'a Layers,
    /// The colours.
    pub theme: &'a Theme,
    /// How it opens.
    pub opening: Opening,
}

/// How a page opens; its reader may change everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Where the clocks begin. Default: with the round.
    pub align: Align,
    /// How much of the path behind a player is drawn. Default: the last 6 s.
    pub trail: TrailLength,
    /// How much of each path is drawn faintly. Default: all of it.
    pub ghost: Ghost,
    /// The player the camera follows. Default: none.
    pub follow: Option<PlayerKey>,
    /// How many times faster than life. Default: 4.
    pub speed: f64,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            align: Align::default(),
            trail: TrailLength::default(),
            ghost: Ghost::default(),
            follow: None,
            speed: 4.0,
        }
    }
}

#[derive(Template)]
#[template(path = "replay.html", config = "src/report/askama.toml")]
struct Page<'a> {
    title: &'a str,
    subtitle: &'a str,
    policy: String,
    style: &'a str,
    script: &'a str,
    data: String,
    picture: String,
    states: Vec<(&'static str, &'static str)>,
    version: &'static str,
}

/// The base map of a page as a JPEG, and the part of the world it shows; no bytes where there is nothing to draw.
///
/// # Errors
/// When the encoder refuses it.
pub fn map_picture(context: &Canvas<'_>) -> Result<Vec<u8>, encode::Error> {
    let window = context.window();
    let [width, height] = map_size(&window);
    let rect = PixelRect::new(0.0, 0.0, width as f32, height as f32);
    let base = context.base_map(&MapFrame::fit(rect, &window));
    base.bitmap().map_or(Ok(Vec::new()), |bitmap| encode::jpeg(bitmap, &[], JPEG_QUALITY))
}

/// Width and height of a page's map, pixels.
pub(crate) fn map_size(window: &WorldRect) -> [u32; 2] {
    let longer = window.width().max(window.height());
    [window.width(), window.height()].map(|units| ((f64::from(MAP_PX) * units / longer) as u32).max(1))
}

/// The players of some lives, each once: sides together, then by name. A page numbers them in this order.
pub(crate) fn players(lives: &[ReplayLife]) -> Vec<&ReplayLife> {
    let mut seen = BTreeSet::new();
    let mut players: Vec<&ReplayLife> = lives.iter().filter(|life| seen.insert(&life.path.player)).collect();
    players.sort_by_key(|life| (&life.path.team, &life.path.name, &life.path.player));
    players
}

/// The page as HTML.
///
/// # Errors
/// Never for a page of ours; the template's own error type says it could.
pub fn page(lives: &[ReplayLife], about: &ReplayPage<'_>) -> Result<String, askama::Error> {
    let players = players(lives);
    let places = players.iter().enumerate().map(|(place, life)| (&life.path.player, place)).collect();
    let data = Data { lives, players, places, about };
    let picture = match about.picture {
        // One transparent pixel: an image without a source would be loaded from the page's own address.
        [] => "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==".to_owned(),
        bytes => format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(bytes)),
    };
    let seen = |state: &State| {
        lives.iter().any(|life| {
            life.path.points.iter().any(|p| p.next == crate::figure::paths::life_path::Next::Walk(*state))
        })
    };
    let states =
        State::ALL.iter().rev().filter(|state| seen(state)).map(|state| (state_class(*state), state.label()));
    Page {
        title: about.title,
        subtitle: about.subtitle,
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        data: harmless(&data.json().to_string()),
        picture,
        states: states.collect(),
        version: env!("CARGO_PKG_VERSION"),
    }
    .render()
}

/// The page of a replay that was asked for.
///
/// # Errors
/// A map that cannot be encoded as a picture.
pub fn page_of(options: &Replay, lives: &ReplayLives, canvas: &Canvas<'_>) -> Result<String, ReplayError> {
    let picture = map_picture(canvas)?;
    let mut parts = crate::figure::words::filter_words::who(canvas.filter);
    parts.extend(lives.data_summary.when());
    parts.extend(lives.data_summary.view_line());
    let about = ReplayPage {
        title: &canvas.title(),
        subtitle: &parts.join(" · "),
        extent: canvas.window(),
        picture: &picture,
        interval_ms: lives.interval_ms,
        layers: &canvas.map.layers,
        theme: canvas.theme(),
        opening: Opening {
            align: options.align,
            trail: options.trail,
            ghost: options.ghost,
            follow: lives.follow.clone(),
            speed: options.speed,
        },
    };
    Ok(page(&lives.lives, &about)?)
}

/// What the page's script is given.
struct Data<'a> {
    lives: &'a [ReplayLife],
    players: Vec<&'a ReplayLife>,
    /// Each player's number on the page.
    places: BTreeMap<&'a PlayerKey, usize>,
    about: &'a ReplayPage<'a>,
}

impl Data<'_> {
    fn json(&self) -> Value {
        let (about, align) = (self.about, self.about.opening.align);
        let zero = self.lives.iter().map(|life| life.start_ms(align)).min().unwrap_or(0);
        let end = self.lives.iter().map(|life| life.end_ms(align)).max().unwrap_or(0);
        let mut weapons: Vec<Weapon> =
            self.lives.iter().flat_map(|life| life.path.points.iter().map(|point| point.weapon)).collect();
        weapons.sort_unstable();
        weapons.dedup();
        let packer = Packer { interval_ms: about.interval_ms, layers: about.layers, weapons: &weapons };
        let lives: Vec<Value> = self
            .lives
            .iter()
            .map(|life| {
                json!({
                    "p": self.place(&life.path.player), "t": life.start_ms(align) - zero,
                    "end": life.end_ms(align) - zero, "died": life.died(), "k": life.number,
                    "class": life.class, "n": life.path.points.len(), "d": BASE64_STANDARD.encode(packer.pack(&life.path)),
                })
            })
            .collect();
        let waves: Vec<Value> = waves(self.lives, align)
            .iter()
            .map(|wave| {
                let (x, y) = (wave.at.x.round(), wave.at.y.round());
                json!({"t": wave.ms - zero, "team": side(&wave.team), "x": x, "y": y, "n": wave.players})
            })
            .collect();
        let (rect, theme, opening) = (&about.extent, about.theme, &about.opening);
        json!({
            "extent": [rect.min_x(), rect.max_y(), rect.max_x(), rect.min_y()],
            "zero": zero,
            "duration": end - zero,
            "interval": about.interval_ms,
            "together": align == Align::Spawn,
            "speed": opening.speed,
            "trail": match opening.trail {
                TrailLength::Full => json!("full"),
                TrailLength::SoFar => json!("so-far"),
                TrailLength::Last(ms) => json!(ms),
            },
            "ghost": match opening.ghost {
                Ghost::Whole => "whole",
                Ghost::SoFar => "so-far",
                Ghost::None => "none",
            },
            "follow": opening.follow.as_ref().and_then(|player| self.place(player)),
            "floors": about.layers.len().max(1),
            "colors": {
                "ground": hex(theme.ground), "ink": hex(theme.ink), "text": hex(theme.text),
                "panel": hex(theme.panel), "allies": hex(theme.allies), "axis": hex(theme.axis),
                "other": hex(theme.muted), "unknown": hex(theme.not_recorded),
            },
            "states": State::ALL.map(|state| {
                json!({"name": state.short_label(), "color": hex(theme.state(state))})
            }),
            "weapons": weapons.iter().map(|weapon| if weapon.0 == 0 { "".into() } else { weapon.name() }).collect::<Vec<_>>(),
            "players": self.players.iter().map(|life| {
                json!({"name": life.path.name, "team": side(&life.path.team)})
            }).collect::<Vec<_>>(),
            "lives": lives,
            "events": self.events(zero, align),
            "waves": waves,
        })
    }

    /// A player's number on the page.
    fn place(&self, player: &PlayerKey) -> Option<usize> {
        self.places.get(player).copied()
    }

    /// The deaths, in the order of time: when, whose, the killer, and in words.
    fn events(&self, zero: i64, align: Align) -> Vec<Value> {
        let mut events: Vec<(i64, usize, Value)> = Vec::new();
        for life in self.lives.iter().filter(|life| life.path.end == PathEnd::Death) {
            let (ms, victim) = (life.end_ms(align) - zero, self.place(&life.path.player));
            let killer = life.fate.as_ref().and_then(|fate| fate.killer.as_ref());
            let by = killer.and_then(|killer| self.place(&killer.player));
            let event = json!({"t": ms, "v": victim, "by": by, "text": obituary(life)});
            events.push((ms, victim.unwrap_or_default(), event));
        }
        events.sort_by_key(|(ms, victim, _)| (*ms, *victim));
        events.into_iter().map(|(_, _, event)| event).collect()
    }
}

/// The end of a life, in words.
fn obituary(life: &ReplayLife) -> String {
    let name = &life.path.name;
    let Some(fate) = &life.fate else { return format!("{name} died") };
    match (&fate.killer, fate.kind) {
        (Some(killer), DeathKind::TeamKill) => format!("{} killed {name}, a team-mate", killer.name),
        (Some(killer), _) => format!("{} killed {name}", killer.name),
        (None, DeathKind::SelfKill) => format!("{name}: self kill"),
        (None, DeathKind::Fallen) => format!("{name} fell"),
        (None, DeathKind::TeamKill) => format!("{name} was killed by a team-mate"),
        (None, DeathKind::World) => format!("{name}: killed by the world"),
        (None, DeathKind::DiedOrLeft) => format!("{name} died or left"),
        (None, _) => format!("{name} died"),
    }
}

/// Only our own script and style may run, and nothing may be loaded from anywhere.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; img-src data:; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn hex(color: Color) -> String {
    format!("#{:02x}{:02x}{:02x}", color.r, color.g, color.b)
}

/// JSON that cannot end its script block: no `<`, no `&`, no line separators.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

fn side(team: &Team) -> &'static str {
    match team {
        Team::Allies => "allies",
        Team::Axis => "axis",
        Team::Other(_) => "other",
    }
}

/// The style sheet's name of a state.
fn state_class(state: State) -> &'static str {
    match state {
        State::Prone => "prone",
        State::Crouch => "crouch",
        State::Low => "low",
        State::Upright => "upright",
        State::Sprint => "sprint",
        State::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_cannot_leave_its_block() {
        let text = harmless(&json!({"name": "</script><!--&\u{2028}"}).to_string());
        assert!(!text.contains(['<', '>', '&', '\u{2028}']));
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["name"], "</script><!--&\u{2028}");
    }

    #[test]
    fn the_policy_names_what_is_on_the_page() {
        assert!(policy().contains("script-src 'sha256-"));
        assert!(!policy().contains("unsafe"));
    }
}
