//! A replay as one page that plays by itself: lives packed into it, the map as a picture inside.

use askama::Template;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::analysis::State;
use crate::figure::theme::Theme;
use crate::figure::way::{Next, Way, WayEnd};
use crate::geom::WorldRect;
use crate::map::Layers;
use crate::model::Team;
use crate::svg;

const SCRIPT: &str = include_str!("assets/player.js");
const STYLE: &str = concat!(include_str!("assets/page.css"), include_str!("assets/player.css"));

/// What a page needs beside the lives.
pub struct ReplayPage<'a> {
    /// Title: the map and what is shown.
    pub title: &'a str,
    /// One more line.
    pub subtitle: &'a str,
    /// The world's rectangle that the picture shows.
    pub extent: WorldRect,
    /// The base map as the bytes of a JPEG or PNG, and which.
    pub picture: (&'a [u8], &'static str),
    /// The sampling interval, ms.
    pub interval_ms: u32,
    /// Floors by height, if the map has several.
    pub layers: &'a Layers,
    /// The colours.
    pub theme: &'a Theme,
}

/// A death, for the time line.
pub struct Kill {
    /// When, ms of the replay's clock.
    pub ms: i64,
    /// Whose; an index into the players, in the order of [`players`].
    pub victim: usize,
    /// What happened, in words.
    pub text: String,
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
    version: &'static str,
}

/// The players of some ways, each once, sides together and then by name: `(identity, name, side)`.
pub(super) fn players(ways: &[Way]) -> Vec<&Way> {
    let mut players: Vec<&Way> = Vec::new();
    for way in ways {
        if !players.iter().any(|known| known.player == way.player) {
            players.push(way);
        }
    }
    players.sort_by(|a, b| (&a.team, &a.name, &a.player).cmp(&(&b.team, &b.name, &b.player)));
    players
}

/// The page as HTML. `offset` gives what has to be added to a point's time for the replay's clock.
///
/// # Errors
/// Never for a page of ours; the template's own error type says it could.
pub fn page(
    ways: &[Way],
    offset: impl Fn(&Way) -> i64,
    about: &ReplayPage<'_>,
) -> Result<String, askama::Error> {
    let players = players(ways);
    let place = |way: &Way| players.iter().position(|known| known.player == way.player).unwrap_or_default();
    let start = |way: &Way| way.points.first().map_or(0, |point| i64::from(point.ms)) + offset(way);
    let end = |way: &Way| way.points.last().map_or(0, |point| i64::from(point.ms)) + offset(way);
    let zero = ways.iter().map(start).min().unwrap_or(0);
    let duration = ways.iter().map(end).max().unwrap_or(0) - zero;
    let lives: Vec<Value> = ways
        .iter()
        .map(|way| {
            json!({
                "p": place(way), "t": start(way) - zero, "end": end(way) - zero,
                "died": way.end == WayEnd::Death, "n": way.points.len(),
                "d": base64(&pack(way, about)),
            })
        })
        .collect();
    let mut kills: Vec<Kill> = ways
        .iter()
        .filter(|way| way.end == WayEnd::Death)
        .map(|way| Kill { ms: end(way) - zero, victim: place(way), text: format!("{} died", way.name) })
        .collect();
    kills.sort_by_key(|kill| (kill.ms, kill.victim));
    let rect = &about.extent;
    let data = json!({
        "extent": [rect.min_x(), rect.max_y(), rect.max_x(), rect.min_y()],
        "duration": duration,
        "interval": about.interval_ms,
        "autoplay": true,
        "floors": about.layers.len().max(1),
        "states": State::ALL.map(|state| {
            let c = about.theme.state(state);
            json!({"name": state.label(), "color": format!("#{:02x}{:02x}{:02x}", c.r, c.g, c.b)})
        }),
        "players": players.iter().map(|way| json!({"name": way.name, "team": side(&way.team)})).collect::<Vec<_>>(),
        "lives": lives,
        "kills": kills.iter().map(|k| json!({"t": k.ms, "v": k.victim, "text": k.text})).collect::<Vec<_>>(),
        "waves": waves(ways, start, zero),
    });
    let (bytes, kind) = about.picture;
    Page {
        title: about.title,
        subtitle: about.subtitle,
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        data: harmless(&data.to_string()),
        picture: format!("data:image/{kind};base64,{}", base64(bytes)),
        version: env!("CARGO_PKG_VERSION"),
    }
    .render()
}

/// Spawns of one side at the same moment, as rings on the map.
fn waves(ways: &[Way], start: impl Fn(&Way) -> i64, zero: i64) -> Vec<Value> {
    ways.iter()
        .filter(|way| way.from_spawn)
        .filter_map(|way| {
            let first = way.points.first()?;
            let (x, y) = (first.at.x.round(), first.at.y.round());
            Some(json!({"t": start(way) - zero, "team": side(&way.team), "x": x, "y": y}))
        })
        .collect()
}

/// Only our own script and style may run, and nothing may be loaded from anywhere.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())));
    format!(
        "default-src 'none'; img-src data:; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    svg::base64(bytes, &mut text);
    text
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

/// One life in about four bytes a sample: per sample a token of what changes (bit 0 state, 1 health, 2 weapon, 3 time
/// step, 4 break before it, 5 floor), the change of the step in whole units (zigzag varints), and what the token says.
/// `assets/player.js` reads it.
fn pack(way: &Way, about: &ReplayPage<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(way.points.len() * 4);
    let (mut x, mut y, mut dx, mut dy) = (0_i64, 0_i64, 0_i64, 0_i64);
    let (mut state, mut health, mut floor) = (0_u64, 0_i64, 0_u64);
    let mut before: Option<(i32, bool)> = None;
    for point in &way.points {
        let (px, py) = (point.at.x.round() as i64, point.at.y.round() as i64);
        let (step_x, step_y) = (px - x, py - y);
        let now = match point.next {
            Next::Walk(walked) => walked.index() as u64,
            Next::Hidden | Next::Break(_) => state,
        };
        let level = if about.layers.is_empty() { 0 } else { about.layers.layer_for_z(point.at.z) as u64 };
        let step_ms = before.map_or(0, |(ms, _)| point.ms - ms);
        let irregular = before.is_some() && step_ms != about.interval_ms as i32;
        let cut = before.is_some_and(|(_, broken)| broken);
        let token = u8::from(now != state)
            | u8::from(i64::from(point.health) != health) << 1
            | u8::from(irregular) << 3
            | u8::from(cut) << 4
            | u8::from(level != floor) << 5;
        out.push(token);
        signed(&mut out, step_x - dx);
        signed(&mut out, step_y - dy);
        if now != state {
            varint(&mut out, now);
        }
        if i64::from(point.health) != health {
            signed(&mut out, i64::from(point.health));
        }
        if irregular {
            varint(&mut out, step_ms.max(0) as u64);
        }
        if level != floor {
            varint(&mut out, level);
        }
        // The first point is a place, not a step.
        (dx, dy) = if before.is_none() { (0, 0) } else { (step_x, step_y) };
        (x, y, state, health, floor) = (px, py, now, i64::from(point.health), level);
        before = Some((point.ms, matches!(point.next, Next::Break(_))));
    }
    out
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 128 {
        out.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

fn signed(out: &mut Vec<u8>, value: i64) {
    varint(out, ((value << 1) ^ (value >> 63)) as u64);
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
    fn numbers_are_zigzag_varints() {
        let mut out = Vec::new();
        for value in [0, -1, 1, 63, -64, 64, 300] {
            signed(&mut out, value);
        }
        assert_eq!(out, [0, 1, 2, 126, 127, 128, 1, 216, 4]);
    }

    #[test]
    fn the_policy_names_what_is_on_the_page() {
        assert!(policy().contains("script-src 'sha256-"));
        assert!(!policy().contains("unsafe"));
    }
}
