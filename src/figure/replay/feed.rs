//! Who killed whom, in the map's top right corner; and at the end who is still alive.

use super::moving_life::MovingLife;
use super::{Align, MAP_PX};
use crate::analysis::{DeathKind, PlayerKey};
use crate::figure::words::names;
use crate::geom::PixelPoint;
use crate::model::Team;
use crate::scene::{Align as TextAlign, Color, Item, Label, Marker, PixelRect, Shape, Weight, text};
use crate::theme::Theme;

/// A line stays this long, ms of the round, and at least so long before the viewer.
const SHOWN_MS: i64 = 8_000;
const SHOWN_VIEWER_MS: f64 = 3_000.0;
/// Most lines at once; the newest stay.
const MOST_LINES: usize = 5;
/// Most players of a side at the end.
const MOST_ALIVE: usize = 16;
const LONGEST_NAME: usize = 14;
const TEXT: f32 = 16.0;
const HEIGHT: f32 = 27.0;
const GAP: f32 = 3.0;
const MARGIN: f32 = 10.0;
const PLATE: f32 = 0.82;
/// A side's mark and the space to its name.
const MARK: f32 = 20.0;

/// The deaths of a replay in the order of time.
pub(super) struct Feed {
    lines: Vec<Line>,
    shown_ms: i64,
}

struct Line {
    ms: i64,
    words: Vec<Word>,
}

/// A player with the mark of a side, or words between players.
enum Word {
    Player(Team, String),
    Between(String),
}

impl Feed {
    /// The deaths among some lives; none where the clocks are not one.
    pub fn new(actors: &[MovingLife], align: Align, speed: f64) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        if align == Align::Clock {
            for actor in actors {
                lines.extend(actor.life.deaths.iter().map(|(ms, fate)| {
                    let ms = i64::from(*ms) + actor.offset_ms;
                    let killer =
                        fate.killer.as_ref().map(|killer| (killer, side(&killer.player, ms, actor, actors)));
                    Line { ms, words: words(actor, fate.kind, killer) }
                }));
            }
            lines.sort_by_key(|line| line.ms);
        }
        Self { lines, shown_ms: SHOWN_MS.max((SHOWN_VIEWER_MS * speed) as i64) }
    }

    /// The newest lines at a moment, the last one lowest.
    pub fn items(&self, now: i64, scale: f32, theme: &Theme) -> Vec<Item> {
        let until = self.lines.partition_point(|line| line.ms <= now);
        let from = self.lines.partition_point(|line| line.ms <= now - self.shown_ms);
        let mut pen = Pen { scale, theme, items: Vec::new() };
        for (row, line) in self.lines[from.max(until.saturating_sub(MOST_LINES))..until].iter().enumerate() {
            let width = line.words.iter().map(Word::width).sum::<f32>() + 2.0 * MARGIN;
            let left = MAP_PX - MARGIN - width;
            let top = MARGIN + row as f32 * (HEIGHT + GAP);
            pen.plate(PixelRect::new(left, top, width, HEIGHT));
            let mut x = left + MARGIN;
            for word in &line.words {
                pen.word(word, x, top + 0.69 * HEIGHT);
                x += word.width();
            }
        }
        pen.items
    }
}

/// Who is alive at the end of what is shown, side by side, in the map's top left corner.
pub(super) fn survivors(alive: &[&MovingLife], heading: &str, scale: f32, theme: &Theme) -> Vec<Item> {
    let mut pen = Pen { scale, theme, items: Vec::new() };
    let sides = [Team::Allies, Team::Axis].map(|team| {
        let of_side = alive.iter().filter(|actor| actor.life.path.team == team);
        let mut lines: Vec<Word> = of_side.map(|actor| Word::Player(team.clone(), name_of(actor))).collect();
        lines.sort_by_key(|line| line.text().to_lowercase());
        if lines.len() > MOST_ALIVE {
            let more = lines.len() - (MOST_ALIVE - 1);
            lines.truncate(MOST_ALIVE - 1);
            lines.push(Word::Between(format!("and {more} more")));
        }
        if lines.is_empty() {
            lines.push(Word::Player(team, "none".to_owned()));
        }
        lines
    });
    let widest = |lines: &Vec<Word>| lines.iter().map(Word::width).fold(0.0, f32::max);
    let columns = [widest(&sides[0]), widest(&sides[1])];
    let title = text::width(heading, TEXT, Weight::SemiBold);
    let width = (columns[0] + columns[1] + MARGIN).max(title) + 2.0 * MARGIN;
    let rows = sides.iter().map(Vec::len).max().unwrap_or(0);
    pen.plate(PixelRect::new(MARGIN, MARGIN, width, (rows + 1) as f32 * HEIGHT + MARGIN));
    pen.text(heading, 2.0 * MARGIN, MARGIN + 0.78 * HEIGHT, Weight::SemiBold, theme.text);
    for (x, lines) in [2.0 * MARGIN, 3.0 * MARGIN + columns[0]].into_iter().zip(&sides) {
        for (row, line) in lines.iter().enumerate() {
            pen.word(line, x, MARGIN + (row as f32 + 1.78) * HEIGHT);
        }
    }
    pen.items
}

/// The side a killer was on: that of the killer's life at that moment, else what the words of the death say.
fn side(killer: &PlayerKey, ms: i64, victim: &MovingLife, actors: &[MovingLife]) -> Team {
    let lives = || actors.iter().filter(|actor| actor.life.path.player == *killer && actor.start_ms <= ms);
    match lives().max_by_key(|actor| actor.start_ms) {
        Some(life) => life.life.path.team.clone(),
        None if victim.life.path.team == Team::Axis => Team::Allies,
        None => Team::Axis,
    }
}

/// `killer MP40 victim`, `victim fell`
fn words(victim: &MovingLife, kind: DeathKind, killer: Option<(&super::Killer, Team)>) -> Vec<Word> {
    let dead = Word::Player(victim.life.path.team.clone(), name_of(victim));
    let Some((killer, team)) = killer else {
        return vec![dead, Word::Between(kind.label().to_owned())];
    };
    let name = names::shown(&killer.name, killer.player.guid().as_str(), LONGEST_NAME);
    let weapon = killer.weapon.map_or_else(|| "killed".to_owned(), |weapon| weapon.name().into_owned());
    let mut words = vec![Word::Player(team, name), Word::Between(weapon), dead];
    if kind == DeathKind::TeamKill {
        words.push(Word::Between("team kill".to_owned()));
    }
    words
}

fn name_of(actor: &MovingLife) -> String {
    let path = &actor.life.path;
    names::shown(&path.name, path.player.guid().as_str(), LONGEST_NAME)
}

impl Word {
    fn text(&self) -> &str {
        match self {
            Self::Player(_, words) | Self::Between(words) => words,
        }
    }

    /// With the space behind it, design pixels.
    fn width(&self) -> f32 {
        let mark = if matches!(self, Self::Player(..)) { MARK } else { 0.0 };
        mark + text::width(self.text(), TEXT, Weight::Regular) + 8.0
    }
}

struct Pen<'t> {
    scale: f32,
    theme: &'t Theme,
    items: Vec<Item>,
}

impl Pen<'_> {
    fn plate(&mut self, rect: PixelRect) {
        let scale = self.scale;
        let rect = PixelRect::new(rect.x * scale, rect.y * scale, rect.width * scale, rect.height * scale);
        let fill = Some(self.theme.panel.opacity(PLATE));
        self.items.push(Item::Rect { rect, radius: 0.0, fill, stroke: None });
    }

    fn word(&mut self, word: &Word, x: f32, y: f32) {
        match word {
            Word::Player(team, name) => {
                let square = *team == Team::Axis;
                self.items.push(Item::Marker(Marker {
                    at: PixelPoint::new((x + 7.0) * self.scale, (y - 5.5) * self.scale),
                    shape: if square { Shape::Square } else { Shape::Circle },
                    radius: if square { 5.3 } else { 6.0 } * self.scale,
                    fill: Some(self.theme.team(team)),
                    stroke: None,
                    casing: None,
                }));
                self.text(name, x + MARK, y, Weight::Regular, self.theme.text);
            }
            Word::Between(words) => self.text(words, x, y, Weight::Regular, self.theme.muted),
        }
    }

    fn text(&mut self, words: &str, x: f32, y: f32, weight: Weight, color: Color) {
        self.items.push(Item::Label(Label {
            text: words.to_owned(),
            at: PixelPoint::new(x * self.scale, y * self.scale),
            size: TEXT * self.scale,
            weight,
            color,
            align: TextAlign::Left,
            halo: None,
        }));
    }
}
