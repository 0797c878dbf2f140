//! A player in a round: body, equipment and intentions.

use super::arms;
use super::arms::Gun;
use super::mind::Mind;
use super::roster::Player;
use crate::map::Side;
use crate::model::{Class, Weapon};
use crate::sim::body::{Body, FRAME_MS, SPAWN_DROP_UNITS, Stance};
use crate::sim::ground::floors::{CellId, Floors};
use crate::sim::random::Random;
use crate::sim::truth::{Frame, Phase};

/// The engine's numbers (ET: Legacy, bg_public.h).
mod flags {
    pub const PMF_DUCKED: i32 = 1;
    pub const PMF_JUMP_HELD: i32 = 2;
    pub const PMF_BACKWARDS_RUN: i32 = 16;
    pub const PMF_RESPAWNED: i32 = 512;
    pub const PMF_TIME_LOCKPLAYER: i32 = 32_768;
    pub const EF_DEAD: i32 = 0x1;
    pub const EF_TELEPORT_BIT: i32 = 0x4;
    pub const EF_CROUCHING: i32 = 0x10;
    pub const EF_FIRING: i32 = 0x80;
    pub const EF_ZOOMING: i32 = 0x4_0000;
    pub const EF_PRONE: i32 = 0x8_0000;
    pub const EF_PRONE_MOVING: i32 = 0x10_0000;
}

/// Whether and how a player takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Not on the server, or not yet in a team.
    Absent,
    /// Playing.
    Alive,
    /// Wounded; a medic can still help until then.
    Down {
        /// When the player gives up.
        until_ms: i32,
    },
    /// In limbo, until the next wave.
    Waiting,
}

/// A player in a round.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) player: Player,
    pub(crate) side: Side,
    pub(crate) class: Class,
    pub(crate) gun: Gun,
    pub(crate) presence: Presence,
    pub(crate) body: Body,
    pub(crate) health: i32,
    pub(crate) max_health: i32,
    pub(crate) mind: Mind,
    pub(crate) random: Random,
    /// Shots left.
    pub(crate) clip: i32,
    /// When the next shot is possible.
    pub(crate) ready_ms: i32,
    /// The trigger was pulled in this frame.
    pub(crate) fires: bool,
    /// Another weapon in hand, and until when.
    pub(crate) other_hand: Option<(Weapon, i32)>,
    pub(crate) grenades: i32,
    /// The respawn flag stays until then.
    pub(crate) respawned_until_ms: i32,
    /// Locked after a revive until then.
    pub(crate) locked_until_ms: i32,
    /// Toggled by every spawn and revive.
    pub(crate) teleport_bit: bool,
    /// When the player was hit last.
    pub(crate) hurt_ms: i32,
    /// Away from the keyboard until then.
    pub(crate) away_until_ms: i32,
    /// Where the player spawned last.
    pub(crate) home: CellId,
}

impl Agent {
    /// A player who has not joined yet.
    pub(crate) fn new(player: &Player, side: Side, floors: &Floors, mut random: Random) -> Self {
        let home = CellId(0);
        let gun = arms::choose(side, &player.class, random.unit());
        Self {
            side,
            class: player.class.clone(),
            gun,
            presence: Presence::Absent,
            body: Body::new(floors, home, 0.0, gun.load),
            health: 0,
            max_health: 100,
            mind: Mind::new(0),
            clip: gun.clip,
            ready_ms: 0,
            fires: false,
            other_hand: None,
            grenades: 0,
            respawned_until_ms: 0,
            locked_until_ms: 0,
            teleport_bit: random.chance(0.5),
            hurt_ms: i32::MIN / 2,
            away_until_ms: 0,
            home,
            random,
            player: player.clone(),
        }
    }

    /// Begins a new life in `cell`, looking along `yaw`.
    pub(crate) fn spawn(&mut self, now_ms: i32, floors: &Floors, cell: CellId, yaw: f64) {
        self.presence = Presence::Alive;
        self.home = cell;
        self.body = Body::new(floors, cell, yaw, self.gun.load);
        self.body.at[2] += SPAWN_DROP_UNITS;
        self.health = self.max_health;
        self.clip = self.gun.clip;
        self.grenades = 2;
        self.ready_ms = now_ms + 400;
        self.fires = false;
        self.other_hand = None;
        self.respawned_until_ms = now_ms + self.random.millis(200, 950);
        self.locked_until_ms = 0;
        self.teleport_bit = !self.teleport_bit;
        self.hurt_ms = i32::MIN / 2;
        let doze = match self.random.unit() {
            _ if self.player.is_bot => 150,
            share if share < 0.08 => self.random.millis(2_000, 5_000),
            _ => self.random.millis(120, 1_400),
        };
        self.mind = Mind::new((now_ms + doze).max(self.away_until_ms));
    }

    /// Gets up where the player fell.
    pub(crate) fn get_up(&mut self, now_ms: i32) {
        self.presence = Presence::Alive;
        self.health = self.max_health / 2;
        self.body.at[2] += SPAWN_DROP_UNITS;
        self.body.stance = Stance::Crouch;
        self.body.velocity = [0.0; 3];
        self.locked_until_ms = now_ms + 2_000;
        self.teleport_bit = !self.teleport_bit;
        self.other_hand = None;
        self.mind = Mind::new(now_ms + 2_000);
    }

    /// Whether the player can be seen, hit and followed.
    pub(crate) fn is_alive(&self) -> bool {
        self.presence == Presence::Alive
    }

    /// The weapon in hand at a time.
    pub(crate) fn in_hand(&self, now_ms: i32) -> Weapon {
        match self.other_hand {
            Some((weapon, until_ms)) if now_ms < until_ms => weapon,
            _ => self.gun.in_hand(self.body.stance, self.mind.is_waiting()),
        }
    }

    /// The frame as a server would show it.
    pub(crate) fn frame(&self, now_ms: i32, phase: Phase) -> Frame {
        let [x, y, z] = self.body.at;
        let down = phase == Phase::Down;
        let locked = now_ms < self.locked_until_ms && phase != Phase::Death && !down;
        let stance = if locked { Stance::Crouch } else { self.body.stance };
        let weapon = self.in_hand(now_ms);
        Frame {
            time_ms: now_ms,
            phase,
            at: [x as f32, y as f32, z as f32],
            velocity: self.body.velocity.map(|v| v as f32),
            yaw: self.body.yaw as f32,
            health: if matches!(phase, Phase::Death | Phase::Down) { 0 } else { self.health as i16 },
            stamina: self.body.stamina,
            weapon,
            stance,
            is_sprinting: self.body.is_sprinting && !locked,
            pm_flags: self.pm_flags(now_ms, stance, locked),
            eflags: self.eflags(stance, weapon, down),
        }
    }

    fn pm_flags(&self, now_ms: i32, stance: Stance, locked: bool) -> i32 {
        let [vx, vy, vz] = self.body.velocity;
        let ahead = vx * libm::cos(self.body.yaw) + vy * libm::sin(self.body.yaw);
        let mut bits = 0;
        for (is_set, bit) in [
            (stance != Stance::Stand, flags::PMF_DUCKED),
            (self.body.is_airborne && vz > 0.0, flags::PMF_JUMP_HELD),
            (ahead < -20.0, flags::PMF_BACKWARDS_RUN),
            (now_ms < self.respawned_until_ms, flags::PMF_RESPAWNED),
            (locked, flags::PMF_TIME_LOCKPLAYER),
        ] {
            bits |= if is_set { bit } else { 0 };
        }
        bits
    }

    fn eflags(&self, stance: Stance, weapon: Weapon, down: bool) -> i32 {
        let prone = stance == Stance::Prone;
        let scoped = weapon == self.gun.set_weapon && weapon != self.gun.weapon && weapon != Weapon(47);
        let mut bits = 0;
        for (is_set, bit) in [
            (down, flags::EF_DEAD),
            (self.teleport_bit, flags::EF_TELEPORT_BIT),
            (stance == Stance::Crouch, flags::EF_CROUCHING),
            (self.fires, flags::EF_FIRING),
            (scoped, flags::EF_ZOOMING),
            (prone, flags::EF_PRONE),
            (prone && self.body.speed_ups() > 5.0, flags::EF_PRONE_MOVING),
        ] {
            bits |= if is_set { bit } else { 0 };
        }
        bits
    }

    /// Takes another weapon or tool in hand for a while, in which no shot is possible.
    pub(crate) fn take_up(&mut self, weapon: Weapon, now_ms: i32, for_ms: i32) {
        self.other_hand = Some((weapon, now_ms + for_ms));
        self.ready_ms = self.ready_ms.max(now_ms + for_ms + FRAME_MS);
    }
}
