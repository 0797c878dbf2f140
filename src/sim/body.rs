//! A player's body: how it moves in one server frame.
//!
//! Speeds, stamina and jump are the engine's (ET: Legacy 2.85, `bg_pmove.c`): run 256, sprint 352, crouch 80, prone
//! 67 units per second; stamina 0 … 20000, −5 a millisecond while sprinting, −2500 a jump.

use super::ground::floors::{CellId, Floors};
use super::plan::Ground;
use super::plan::Plan;

/// Length of a server frame, ms (`sv_fps 20`).
pub(crate) const FRAME_MS: i32 = 50;
/// Length of a server frame, seconds.
const FRAME_S: f64 = FRAME_MS as f64 / 1000.0;
/// A standing player's origin above the floor, units.
pub(crate) const ORIGIN_UNITS: f64 = 24.0;
/// A fresh player's origin above where the player will stand, units.
pub(crate) const SPAWN_DROP_UNITS: f64 = 9.0;

pub(crate) const STAMINA_FULL: i32 = 20_000;
const SPRINT_STAMINA: i32 = 5 * FRAME_MS;
const JUMP_STAMINA: i32 = 2_500;
const LEAST_STAMINA: i32 = 50;
const JUMP_UPS: f64 = 270.0;
const GRAVITY: f64 = 800.0;
/// Share of the wanted change of velocity that one frame brings: about the engine's friction and acceleration.
const GRIP: f64 = 0.36;
/// The same in the air.
const AIR_GRIP: f64 = 0.05;

const RUN_UPS: f64 = 256.0;
const SPRINT_UPS: f64 = 352.0;
const WALK_UPS: f64 = 129.0;
const CROUCH_UPS: f64 = 80.0;
const PRONE_UPS: f64 = 67.0;
const WADE_UPS: f64 = 192.0;

/// How a body is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// Upright.
    Stand,
    /// Crouched.
    Crouch,
    /// Lying.
    Prone,
}

impl Stance {
    /// Eyes above the origin, units.
    pub(crate) fn eye_units(self) -> f64 {
        match self {
            Self::Stand => 40.0,
            Self::Crouch => 16.0,
            Self::Prone => -8.0,
        }
    }
}

/// How fast one wants to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gait {
    Walk,
    Run,
    Sprint,
}

/// What a player wants in a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Intent {
    /// Unit vector; zero to stand still.
    pub(crate) heading: [f64; 2],
    pub(crate) gait: Gait,
    pub(crate) stance: Stance,
    pub(crate) jump: Jump,
    /// Where the player wants to look, radians from east, counterclockwise.
    pub(crate) yaw: f64,
}

/// Whether a player presses the jump key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jump {
    No,
    Yes,
}

impl Intent {
    /// Standing still, looking along `yaw`.
    pub(crate) fn rest(stance: Stance, yaw: f64) -> Self {
        Self { heading: [0.0, 0.0], gait: Gait::Run, stance, jump: Jump::No, yaw }
    }
}

/// A body in the world.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) cell: CellId,
    /// The origin.
    pub(crate) at: [f64; 3],
    /// Units per second.
    pub(crate) velocity: [f64; 3],
    pub(crate) yaw: f64,
    pub(crate) stance: Stance,
    pub(crate) stamina: i32,
    /// Whether the last frame was a sprint.
    pub(crate) is_sprinting: bool,
    pub(crate) is_airborne: bool,
    /// Share of the usual speed; below 1 with a heavy weapon.
    pub(crate) load: f64,
}

impl Body {
    /// A body standing in the middle of a cell.
    pub(crate) fn new(floors: &Floors, cell: CellId, yaw: f64, load: f64) -> Self {
        let [x, y, z] = floors.middle(cell);
        Self {
            cell,
            at: [x, y, z + ORIGIN_UNITS],
            velocity: [0.0; 3],
            yaw,
            stance: Stance::Stand,
            stamina: STAMINA_FULL,
            is_sprinting: false,
            is_airborne: false,
            load,
        }
    }

    /// Horizontal speed, units per second.
    pub(crate) fn speed_ups(&self) -> f64 {
        (self.velocity[0] * self.velocity[0] + self.velocity[1] * self.velocity[1]).sqrt()
    }

    /// The eyes.
    pub(crate) fn eyes(&self) -> [f64; 3] {
        [self.at[0], self.at[1], self.at[2] + self.stance.eye_units()]
    }

    /// Horizontal distance to a place, units.
    pub(crate) fn distance(&self, to: [f64; 2]) -> f64 {
        let (dx, dy) = (to[0] - self.at[0], to[1] - self.at[1]);
        (dx * dx + dy * dy).sqrt()
    }

    /// Unit vector to a place; zero when it is right here.
    pub(crate) fn towards(&self, to: [f64; 2]) -> [f64; 2] {
        unit([to[0] - self.at[0], to[1] - self.at[1]])
    }

    /// Moves for one frame.
    pub(crate) fn step(&mut self, plan: &Plan, floors: &Floors, intent: &Intent) {
        let wades = plan.areas[floors.area(self.cell)].ground == Ground::Ford;
        let moves = intent.heading != [0.0, 0.0];
        // A player slows down before going prone.
        let too_fast = intent.stance != Stance::Stand && self.speed_ups() > 100.0;
        self.stance = if too_fast || self.is_airborne { Stance::Stand } else { intent.stance };
        let slows = intent.stance != Stance::Stand;
        self.is_sprinting = intent.gait == Gait::Sprint
            && moves
            && !wades
            && !slows
            && self.stance == Stance::Stand
            && self.stamina >= LEAST_STAMINA + SPRINT_STAMINA;
        let jumps = intent.jump == Jump::Yes
            && !self.is_airborne
            && !wades
            && self.stance == Stance::Stand
            && self.stamina > JUMP_STAMINA;
        self.breathe(jumps);

        let top = match intent.stance {
            Stance::Prone => PRONE_UPS,
            Stance::Crouch => CROUCH_UPS,
            Stance::Stand if wades => WADE_UPS,
            Stance::Stand if self.is_sprinting => SPRINT_UPS,
            Stance::Stand if intent.gait == Gait::Walk => WALK_UPS,
            Stance::Stand => RUN_UPS,
        };
        let grip = if self.is_airborne { AIR_GRIP } else { GRIP };
        for axis in 0..2 {
            let wanted = intent.heading[axis] * top * self.load;
            self.velocity[axis] += (wanted - self.velocity[axis]) * grip;
        }
        if !moves && self.speed_ups() < 4.0 {
            (self.velocity[0], self.velocity[1]) = (0.0, 0.0);
        }
        if jumps {
            self.velocity[2] = JUMP_UPS;
            self.is_airborne = true;
        }
        self.slide(floors);
        self.settle(plan, floors);
        self.turn(intent.yaw);
    }

    fn breathe(&mut self, jumps: bool) {
        let change = match (self.is_sprinting, self.stamina < 5_000) {
            (true, _) => -SPRINT_STAMINA,
            (false, true) => FRAME_MS / 2,
            (false, false) => FRAME_MS,
        };
        let jump = if jumps { JUMP_STAMINA } else { 0 };
        self.stamina = (self.stamina + change - jump).clamp(0, STAMINA_FULL);
    }

    /// Goes along the velocity and slides along walls, in strides shorter than a cell.
    fn slide(&mut self, floors: &Floors) {
        let before = [self.at[0], self.at[1]];
        let step = [self.velocity[0] * FRAME_S, self.velocity[1] * FRAME_S];
        let strides = ((step[0].abs() + step[1].abs()) / 7.0) as usize + 1;
        for _ in 0..strides {
            let (dx, dy) = (step[0] / strides as f64, step[1] / strides as f64);
            let free = [(dx, dy), (dx, 0.0), (0.0, dy)].into_iter().find_map(|(dx, dy)| {
                let (x, y) = (self.at[0] + dx, self.at[1] + dy);
                floors.step(self.cell, x, y).map(|cell| (cell, x, y))
            });
            let Some((cell, x, y)) = free else { break };
            (self.cell, self.at[0], self.at[1]) = (cell, x, y);
        }
        self.velocity[0] = (self.at[0] - before[0]) / FRAME_S;
        self.velocity[1] = (self.at[1] - before[1]) / FRAME_S;
    }

    /// Height: on the floor, rising, or falling.
    fn settle(&mut self, plan: &Plan, floors: &Floors) {
        let ground = floors.height(plan, self.cell, self.at[0], self.at[1]) + ORIGIN_UNITS;
        let before = self.at[2];
        if self.is_airborne || self.at[2] > ground + 20.0 {
            self.velocity[2] -= GRAVITY * FRAME_S;
            self.at[2] += self.velocity[2] * FRAME_S;
            self.is_airborne = self.at[2] > ground;
            if self.is_airborne {
                return;
            }
            self.at[2] = ground;
            self.velocity[2] = 0.0;
        } else {
            // Steps are climbed smoothly.
            self.at[2] += (ground - self.at[2]).clamp(-20.0, 20.0);
            self.velocity[2] = (self.at[2] - before) / FRAME_S;
        }
    }

    /// Turns by at most 30 degrees a frame.
    fn turn(&mut self, wanted: f64) {
        const HALF: f64 = std::f64::consts::PI;
        let mut off = wanted - self.yaw;
        while off > HALF {
            off -= 2.0 * HALF;
        }
        while off < -HALF {
            off += 2.0 * HALF;
        }
        self.yaw += (off * 0.5).clamp(-HALF / 6.0, HALF / 6.0);
    }
}

/// The unit vector along `v`; zero for a zero vector.
pub(crate) fn unit(v: [f64; 2]) -> [f64; 2] {
    let length = (v[0] * v[0] + v[1] * v[1]).sqrt();
    if length < 1e-6 { [0.0, 0.0] } else { [v[0] / length, v[1] / length] }
}

/// Direction of a vector, radians from east, counterclockwise.
pub(crate) fn bearing(v: [f64; 2]) -> f64 {
    libm::atan2(v[1], v[0])
}
