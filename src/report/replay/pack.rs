//! A life in about four bytes a sample.
//!
//! Per sample a token of what changes (bit 0 state, 1 health, 2 weapon, 3 time step, 4 break before it, 5 floor,
//! 6 not shown before it), the change of the step in whole units (zigzag varints), and, in the order of the bits, what
//! the token says. `assets/player/unpack.js` reads it.

use crate::figure::paths::life_path::{LifePath, Next};
use crate::map::Layers;
use crate::model::Weapon;

/// What samples are measured against.
pub(super) struct Packer<'a> {
    /// The usual step, ms.
    pub interval_ms: u32,
    /// Floors by height.
    pub layers: &'a Layers,
    /// The weapons of the page, sorted; a sample holds the place in this list.
    pub weapons: &'a [Weapon],
}

/// What stands for a health that is not known; `unpack.js` has the same.
const UNKNOWN_HEALTH: i64 = i16::MIN as i64;

/// What the last sample was.
#[derive(Default)]
struct Before {
    x: i64,
    y: i64,
    dx: i64,
    dy: i64,
    state: u64,
    health: i64,
    weapon: u64,
    floor: u64,
    ms: i32,
    next: Option<Next>,
}

impl Packer<'_> {
    /// One life, packed.
    pub(super) fn pack(&self, path: &LifePath) -> Vec<u8> {
        let mut out = Vec::with_capacity(path.points.len() * 4);
        let mut before = Before::default();
        for point in &path.points {
            let (x, y) = (point.at.x.round() as i64, point.at.y.round() as i64);
            let (step_x, step_y) = (x - before.x, y - before.y);
            let state = match point.next {
                Next::Walk(walked) => walked.index() as u64,
                Next::Hidden | Next::Break(_) => before.state,
            };
            let floor = if self.layers.is_empty() { 0 } else { self.layers.layer_for_z(point.at.z) as u64 };
            let weapon = self.weapons.binary_search(&point.weapon).unwrap_or_default() as u64;
            let health = point.health.map_or(UNKNOWN_HEALTH, i64::from);
            let step_ms = point.ms.saturating_sub(before.ms);
            let irregular = before.next.is_some() && step_ms != self.interval_ms as i32;
            let cut = matches!(before.next, Some(Next::Break(_)));
            let hidden = matches!(before.next, Some(Next::Hidden));
            let bits = [
                state != before.state,
                health != before.health,
                weapon != before.weapon,
                irregular,
                cut,
                floor != before.floor,
                hidden,
            ];
            out.push(bits.iter().enumerate().fold(0, |token, (bit, set)| token | u8::from(*set) << bit));
            signed(&mut out, step_x - before.dx);
            signed(&mut out, step_y - before.dy);
            if state != before.state {
                varint(&mut out, state);
            }
            if health != before.health {
                signed(&mut out, health);
            }
            if weapon != before.weapon {
                varint(&mut out, weapon);
            }
            if irregular {
                varint(&mut out, step_ms.max(0) as u64);
            }
            if floor != before.floor {
                varint(&mut out, floor);
            }
            // The first point is a place, not a step.
            let (dx, dy) = if before.next.is_none() { (0, 0) } else { (step_x, step_y) };
            before =
                Before { x, y, dx, dy, state, health, weapon, floor, ms: point.ms, next: Some(point.next) };
        }
        out
    }
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
    fn numbers_are_zigzag_varints() {
        let mut out = Vec::new();
        for value in [0, -1, 1, 63, -64, 64, 300] {
            signed(&mut out, value);
        }
        assert_eq!(out, [0, 1, 2, 126, 127, 128, 1, 216, 4]);
    }
}
