//! What part of the map a replay shows: all of it, or what lies round a player.

use super::moving_life::MovingLife;
use crate::analysis::PlayerKey;
use crate::geom::{Affine, WorldPoint, WorldRect};
use crate::plane::MapFrame;
use crate::scene::PixelRect;

/// A followed player's place is the mean of the places at these moments round now, ms: the camera does not shake.
const STEADY_MS: [i64; 5] = [-800, -400, 0, 400, 800];
/// Longest side of the map below a moving camera, pixels.
const MOST_PX: f32 = 4096.0;

/// Which player the camera follows, and how close it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Camera {
    /// The whole map.
    #[default]
    Fixed,
    /// Near a player. While the player is dead it waits at the place of death.
    Following {
        /// The player.
        player: PlayerKey,
        /// How many times larger than the whole map, from 1.
        zoom: f32,
    },
}

impl Camera {
    /// Whether it looks at this player's lives: a fixed one looks at all.
    pub(super) fn is_on(&self, who: &PlayerKey) -> bool {
        match self {
            Self::Fixed => true,
            Self::Following { player, .. } => player == who,
        }
    }

    /// Where the map lies for a picture of `side` pixels while the camera looks at its top left corner.
    pub(super) fn frame(&self, side: f32, window: &WorldRect) -> MapFrame {
        let zoom = match self {
            Self::Fixed => 1.0,
            Self::Following { zoom, .. } => zoom.clamp(1.0, (MOST_PX / side).max(1.0)),
        };
        let side = (side * zoom).floor();
        MapFrame::fit(PixelRect::new(0.0, 0.0, side, side), window)
    }

    /// Where the map lies at a moment, in whole pixels.
    pub(super) fn look(&self, now: i64, frame: &MapFrame, side: f32, actors: &[MovingLife]) -> MapFrame {
        let Self::Following { player, .. } = self else { return *frame };
        let middle = match followed(player, now, actors) {
            Some(at) => frame.project(at),
            None => frame.project(middle_of(&frame.extent)),
        };
        let shift = |middle: f32, start: f32, length: f32| {
            let most = start + length - side;
            // A map smaller than the picture stays in its middle.
            let left = if most <= start {
                f32::midpoint(start, most)
            } else {
                (middle - side / 2.0).clamp(start, most)
            };
            left.round()
        };
        let rect = &frame.rect;
        let x = rect.x - shift(middle.x, rect.x, rect.width);
        let y = rect.y - shift(middle.y, rect.y, rect.height);
        let (width, height) = (f64::from(rect.width), f64::from(rect.height));
        let affine = Affine::fit(&frame.extent, f64::from(x), f64::from(y), width, height);
        MapFrame {
            extent: frame.extent,
            rect: PixelRect::new(x, y, rect.width, rect.height),
            affine: affine.unwrap_or(frame.affine),
        }
    }
}

/// Where the player is, or was last, or first will be.
fn followed(player: &PlayerKey, now: i64, actors: &[MovingLife]) -> Option<WorldPoint> {
    let lives = || actors.iter().filter(|actor| actor.life.path.player == *player);
    let life = lives().rfind(|actor| actor.start_ms <= now).or_else(|| lives().next())?;
    let (mut x, mut y) = (0.0, 0.0);
    for around in STEADY_MS {
        let moment = (now + around).clamp(life.start_ms, life.end_ms.max(life.start_ms));
        let at = life.stand(moment)?.at;
        (x, y) = (x + at.x, y + at.y);
    }
    let count = STEADY_MS.len() as f32;
    Some(WorldPoint::new(x / count, y / count, 0.0))
}

fn middle_of(extent: &WorldRect) -> WorldPoint {
    let middle = |a: f64, b: f64| f64::midpoint(a, b) as f32;
    WorldPoint::new(middle(extent.min_x(), extent.max_x()), middle(extent.min_y(), extent.max_y()), 0.0)
}
