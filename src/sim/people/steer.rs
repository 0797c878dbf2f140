//! What a player does in the next frame to follow an intention.

use super::agent::Agent;
use super::arms::{DYNAMITE, PLIERS, SYRINGE};
use super::mind::{Foe, Purpose, Stop, Task};
use crate::map::Side;
use crate::model::Class;
use crate::sim::body::{FRAME_MS, Gait, Intent, Jump, Stance, bearing, unit};
use crate::sim::ground::floors::CellId;
use crate::sim::ground::world::World;
use crate::sim::plan::PostStance;

impl Agent {
    /// The next frame's movement. `mates` are the places of the players nearby.
    pub(crate) fn intend(&mut self, now_ms: i32, world: &mut World, mates: &[[f64; 2]]) -> Intent {
        if now_ms < self.locked_until_ms {
            return Intent::rest(Stance::Crouch, self.body.yaw);
        }
        if let Task::Work { .. } = self.mind.task {
            return Intent::rest(Stance::Crouch, self.body.yaw);
        }
        if let Task::Rest { .. } = self.mind.task {
            return Intent::rest(Stance::Stand, self.body.yaw);
        }
        let mut intent = match self.mind.foe {
            Some(foe) if foe.is_visible && now_ms >= self.mind.flees_until_ms => {
                self.engage(foe, now_ms, world)
            }
            _ => match self.mind.task {
                Task::Wait { stance, yaw, .. } => self.watch(stance, yaw),
                _ => self.march(now_ms, world),
            },
        };
        self.make_room(&mut intent, mates);
        intent
    }

    /// Watches from a post: looks to and fro, and shifts a little now and then.
    fn watch(&mut self, stance: Stance, yaw: f64) -> Intent {
        if self.random.once_in(3.5, FRAME_MS) {
            self.mind.swing_to = self.random.sway() * 0.5;
            self.mind.dodge = self.random.sway();
        }
        self.mind.swing += (self.mind.swing_to - self.mind.swing) * 0.08;
        self.mind.dodge *= 0.86;
        let side = yaw + std::f64::consts::FRAC_PI_2;
        let shift = self.mind.dodge;
        let heading = if shift.abs() > 0.25 {
            [libm::cos(side) * shift.signum(), libm::sin(side) * shift.signum()]
        } else {
            [0.0; 2]
        };
        Intent { heading, gait: Gait::Walk, stance, jump: Jump::No, yaw: yaw + self.mind.swing }
    }

    /// Goes on along the path.
    fn march(&mut self, now_ms: i32, world: &mut World) -> Intent {
        let Some(&stop) = self.mind.stops.front() else { return Intent::rest(Stance::Stand, self.body.yaw) };
        if self.mind.path.is_empty() && !matches!(stop.purpose, Purpose::Revive(_)) {
            self.find_path(stop, world);
        }
        let last = self.mind.path.len() <= 1;
        let Some(&corner) = self.mind.path.front() else {
            self.mind.stops.pop_front();
            return Intent::rest(self.body.stance, self.body.yaw);
        };
        let off = self.body.distance(corner);
        let near = match (last, stop.purpose) {
            (true, Purpose::Post(_) | Purpose::Revive(_)) => 14.0,
            (true, Purpose::Objective) => 40.0,
            _ => 26.0 + 0.16 * self.body.speed_ups(),
        };
        if off < near {
            self.mind.path.pop_front();
            if last {
                self.arrive(stop, now_ms, world);
            }
        }
        self.notice_stuck(now_ms);

        let stance = creep(stop, off, last, world);
        let room = world.floors.clearance(self.body.cell);
        self.meander(room, off);
        let straight = self.body.towards(corner);
        let (sin, cos) = (libm::sin(self.mind.swing), libm::cos(self.mind.swing));
        let heading = [straight[0] * cos - straight[1] * sin, straight[0] * sin + straight[1] * cos];
        let hurry = self.hurry(now_ms) && stance == Stance::Stand;
        let jumps = stance == Stance::Stand
            && room > 60.0
            && off > 160.0
            && !self.player.is_bot
            && self.random.once_in(16.0, FRAME_MS);
        Intent {
            heading,
            gait: if hurry { Gait::Sprint } else { Gait::Run },
            stance,
            jump: if jumps { Jump::Yes } else { Jump::No },
            yaw: bearing(straight) + self.mind.swing * 0.5,
        }
    }

    /// Swings from side to side as far as there is room.
    fn meander(&mut self, room: f64, off: f64) {
        if self.random.once_in(0.9, FRAME_MS) {
            self.mind.swing_to = self.random.bell() * 0.32;
        }
        let most = ((room - 24.0) / 220.0).clamp(0.02, 0.55) * (off / 200.0).min(1.0);
        self.mind.swing += (self.mind.swing_to.clamp(-most, most) - self.mind.swing) * 0.12;
    }

    /// Whether the player sprints: from when stamina is back until it is nearly gone.
    fn hurry(&mut self, now_ms: i32) -> bool {
        let (haste, breath) = (self.player.haste, f64::from(self.body.stamina) / 20_000.0);
        if now_ms < self.mind.flees_until_ms {
            return breath > 0.05;
        }
        if self.mind.hurries {
            self.mind.hurries = breath > 0.36 - 0.33 * haste;
        } else if breath > 0.94 - 0.42 * haste {
            self.mind.hurries = self.random.once_in(1.5 / haste, FRAME_MS);
        }
        self.mind.hurries
    }

    /// Dodges, comes closer or backs off; from a post the player may keep down.
    fn engage(&mut self, foe: Foe, now_ms: i32, world: &mut World) -> Intent {
        let to = [foe.at[0], foe.at[1]];
        let (ahead, off) = (self.body.towards(to), self.body.distance(to));
        let yaw = bearing(ahead);
        if let Task::Wait { stance, .. } = self.mind.task {
            if self.mind.stays_until_ms == 0 {
                self.mind.stays_until_ms = now_ms + self.random.millis(900, 6_000);
            }
            if now_ms < self.mind.stays_until_ms {
                return Intent::rest(stance, yaw);
            }
            self.mind.task = Task::March;
        }
        self.mind.stays_until_ms = 0;
        self.mind.forget_path();
        if now_ms >= self.mind.dodge_until_ms {
            self.mind.dodge_until_ms = now_ms + self.random.millis(180, 560);
            let still = if self.player.is_bot { 0.6 } else { 0.18 };
            self.mind.dodge = if self.random.chance(still) { 0.0 } else { self.random.sway().signum() };
        }
        let liked = self.gun.reach_units * (0.75 - 0.4 * self.player.nerve);
        let approach = if off > liked {
            0.55
        } else if off < 140.0 {
            -0.6
        } else {
            0.05
        };
        let mut heading = [
            ahead[0] * approach - ahead[1] * self.mind.dodge,
            ahead[1] * approach + ahead[0] * self.mind.dodge,
        ];
        heading = unit(heading);
        let ahead = [self.body.at[0] + heading[0] * 12.0, self.body.at[1] + heading[1] * 12.0];
        if world.floors.step(self.body.cell, ahead[0], ahead[1]).is_none() {
            self.mind.dodge = -self.mind.dodge;
        }
        let ducks = off > 500.0 && self.mind.dodge == 0.0 && self.player.nerve < 0.6;
        let jumps = off < 500.0 && !self.player.is_bot && self.random.once_in(7.0, FRAME_MS);
        Intent {
            heading,
            gait: Gait::Run,
            stance: if ducks { Stance::Crouch } else { Stance::Stand },
            jump: if jumps { Jump::Yes } else { Jump::No },
            yaw,
        }
    }

    /// Steps aside for those who are too close.
    fn make_room(&self, intent: &mut Intent, mates: &[[f64; 2]]) {
        if intent.heading == [0.0, 0.0] || intent.stance != Stance::Stand {
            return;
        }
        for mate in mates {
            let off = self.body.distance(*mate);
            if off < 56.0 {
                let away = self.body.towards(*mate);
                let push = (56.0 - off) / 56.0;
                // More aside than back, or two who meet in a door would never get through.
                intent.heading[0] -= (away[0] * 0.4 + away[1] * 0.6) * push;
                intent.heading[1] -= (away[1] * 0.4 - away[0] * 0.6) * push;
            }
        }
        intent.heading = unit(intent.heading);
    }

    fn find_path(&mut self, stop: Stop, world: &mut World) {
        let corners = world.navigation.path(self.body.cell, stop.cell);
        let mut from = self.body.cell;
        for (index, &corner) in corners.iter().enumerate() {
            let cell = match corners.get(index + 1) {
                Some(&next) => self.shift(from, corner, next, world),
                None => corner,
            };
            self.mind.path.push_back(world.spot(cell));
            from = cell;
        }
        if corners.is_empty() && from == stop.cell {
            self.mind.path.push_back(world.spot(stop.cell));
        }
    }

    /// Moves a corner of a path aside where there is room, so that no two players walk the same line.
    fn shift(&mut self, from: CellId, corner: CellId, next: CellId, world: &World) -> CellId {
        let room = world.floors.clearance(corner) - 24.0;
        if room < 16.0 {
            return corner;
        }
        let (turn, reach) =
            (self.random.between(0.0, std::f64::consts::TAU), self.random.unit() * room.min(110.0));
        let [x, y, z] = world.floors.middle(corner);
        let aside = world.floors.nearest([x + reach * libm::cos(turn), y + reach * libm::sin(turn), z]);
        let fits = |cell: &CellId| {
            world.floors.is_straight(from, *cell, 16.0) && world.floors.is_straight(*cell, next, 16.0)
        };
        aside.filter(fits).unwrap_or(corner)
    }

    fn arrive(&mut self, stop: Stop, now_ms: i32, world: &World) {
        self.mind.stops.pop_front();
        match stop.purpose {
            Purpose::Pass => {}
            Purpose::Post(post) => {
                let (post, _) = world.post(post);
                let stance = match post.stance {
                    PostStance::Stand => Stance::Stand,
                    PostStance::Crouch => Stance::Crouch,
                    PostStance::Prone => Stance::Prone,
                };
                let yaw = bearing(self.body.towards(post.watch));
                let patience = 1.6 - self.player.nerve;
                let until_ms = now_ms + (f64::from(self.random.millis(5_000, 16_000)) * patience) as i32;
                self.mind.task = Task::Wait { until_ms, stance, yaw };
            }
            Purpose::Objective if self.class == Class::Engineer => {
                let until_ms = now_ms + self.random.millis(5_000, 8_000);
                let tool = if self.side == Side::Allies { DYNAMITE } else { PLIERS };
                self.take_up(tool, now_ms, until_ms - now_ms);
                self.mind.task = Task::Work { until_ms, purpose: stop.purpose };
            }
            Purpose::Objective => {
                let until_ms = now_ms + self.random.millis(2_500, 7_000);
                let yaw = self.random.between(0.0, std::f64::consts::TAU);
                let stance = if self.random.chance(0.4) { Stance::Crouch } else { Stance::Stand };
                self.mind.task = Task::Wait { until_ms, stance, yaw };
            }
            Purpose::Revive(_) => {
                self.take_up(SYRINGE, now_ms, 450);
                self.mind.task = Task::Work { until_ms: now_ms + 450, purpose: stop.purpose };
            }
        }
    }

    /// Looks for another path when the player is stuck.
    fn notice_stuck(&mut self, now_ms: i32) {
        let slow = self.body.speed_ups() < 18.0 && now_ms >= self.locked_until_ms;
        self.mind.stuck_ms = if slow { self.mind.stuck_ms + FRAME_MS } else { 0 };
        if self.mind.stuck_ms > 0 && self.mind.stuck_ms % 800 == 0 {
            self.mind.forget_path();
            self.mind.swing = self.random.sway() * 0.8;
        }
        if self.mind.stuck_ms > 4_000 {
            self.mind.stops.clear();
            self.mind.stuck_ms = 0;
        }
    }
}

/// The stance of the last steps to a post.
fn creep(stop: Stop, off: f64, last: bool, world: &World) -> Stance {
    let Purpose::Post(post) = stop.purpose else { return Stance::Stand };
    match world.post(post).0.stance {
        PostStance::Crouch if last && off < 70.0 => Stance::Crouch,
        PostStance::Prone if last && off < 56.0 => Stance::Prone,
        _ => Stance::Stand,
    }
}
