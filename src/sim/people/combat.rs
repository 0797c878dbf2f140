//! Combat: which enemies a player sees, shots and hits.

use super::agent::{Agent, Presence};
use super::arms;
use super::arms::Grenade;
use super::mind::{Foe, Purpose, Stop, Task};
use crate::model::Weapon;
use crate::sim::body::{Stance, bearing};
use crate::sim::play::Play;
use crate::sim::truth::{Death, Hit};

/// How far a player sees an enemy, units.
const SIGHT_UNITS: f64 = 2_300.0;
/// How near an enemy is noticed even from behind, units.
const HEARING_UNITS: f64 = 260.0;
/// Half of the field of view, radians.
const VIEW: f64 = 1.2;
/// An enemy out of sight is forgotten after this time.
const MEMORY_MS: i32 = 2_600;
/// A grenade's fuse and reach.
const FUSE_MS: i32 = 2_400;
const BLAST_UNITS: f64 = 230.0;
/// The chance that a medic cannot revive a victim.
const GIB_CHANCE: f64 = 0.10;

impl Play<'_, '_> {
    /// Each player looks for enemies.
    pub(crate) fn look_round(&mut self) {
        for looker in 0..self.agents.len() {
            if !self.agents[looker].is_alive() {
                continue;
            }
            let foe = self.nearest_visible(looker);
            let now_ms = self.now_ms;
            let agent = &mut self.agents[looker];
            agent.mind.foe = match (foe, agent.mind.foe) {
                (Some((enemy, at)), Some(known)) if known.agent == enemy => {
                    // An enemy who comes back into sight must be aimed at again, but is expected.
                    let since_ms = if known.is_visible { known.since_ms } else { now_ms - 150 };
                    Some(Foe { since_ms, last_ms: now_ms, at, is_visible: true, ..known })
                }
                (Some((enemy, at)), _) => {
                    Some(Foe { agent: enemy, since_ms: now_ms, last_ms: now_ms, at, is_visible: true })
                }
                (None, Some(known)) if now_ms - known.last_ms < MEMORY_MS => {
                    Some(Foe { is_visible: false, ..known })
                }
                (None, _) => None,
            };
            self.throw(looker);
        }
    }

    /// The nearest enemy in sight; the present target stays as long as it is not much farther.
    fn nearest_visible(&self, looker: usize) -> Option<(usize, [f64; 3])> {
        let me = &self.agents[looker];
        if matches!(me.mind.task, Task::Rest { .. }) {
            return None;
        }
        let eyes = me.body.eyes();
        let mut best: Option<(f64, usize)> = None;
        for (index, other) in self.agents.iter().enumerate() {
            if !other.is_alive() || other.side == me.side {
                continue;
            }
            let off = me.body.distance([other.body.at[0], other.body.at[1]]);
            let known = me.mind.foe.is_some_and(|foe| foe.agent == index);
            let weight = if known { off * 0.6 } else { off };
            if off > SIGHT_UNITS || best.is_some_and(|(least, _)| weight >= least) {
                continue;
            }
            let turn = me.body.towards([other.body.at[0], other.body.at[1]]);
            let ahead = turn[0] * libm::cos(me.body.yaw) + turn[1] * libm::sin(me.body.yaw);
            let noticed =
                known || off < HEARING_UNITS || ahead > libm::cos(VIEW) || self.now_ms - me.hurt_ms < 900;
            if noticed && self.world.floors.is_visible(self.world.plan, eyes, other.body.eyes()) {
                best = Some((weight, index));
            }
        }
        best.map(|(_, index)| (index, self.agents[index].body.at))
    }

    /// A grenade after an enemy who has gone out of sight.
    fn throw(&mut self, thrower: usize) {
        let now_ms = self.now_ms;
        let agent = &mut self.agents[thrower];
        let Some(foe) = agent.mind.foe else { return };
        let off = agent.body.distance([foe.at[0], foe.at[1]]);
        let just_gone = !foe.is_visible && now_ms - foe.last_ms < 600;
        if just_gone && agent.grenades > 0 && (260.0..900.0).contains(&off) && agent.random.chance(0.06) {
            agent.grenades -= 1;
            let (weapon, means) = arms::grenade(agent.side);
            agent.take_up(weapon, now_ms, 900);
            let miss = [agent.random.bell() * 60.0, agent.random.bell() * 60.0];
            let at = [foe.at[0] + miss[0], foe.at[1] + miss[1], foe.at[2]];
            self.grenades.push(Grenade { thrower, at, burst_ms: now_ms + FUSE_MS, weapon, means });
        }
    }

    /// Shots and bursts of this frame.
    pub(crate) fn shoot(&mut self) {
        for shooter in 0..self.agents.len() {
            self.agents[shooter].fires = false;
            if let Some(target) = self.aimed_at(shooter) {
                self.fire(shooter, target);
            }
        }
        let (burst, flying): (Vec<Grenade>, Vec<Grenade>) =
            self.grenades.iter().partition(|grenade| grenade.burst_ms <= self.now_ms);
        self.grenades = flying;
        for grenade in burst {
            self.burst(grenade);
        }
    }

    /// The enemy a player shoots at in this frame.
    fn aimed_at(&self, shooter: usize) -> Option<usize> {
        let me = &self.agents[shooter];
        let foe = me.mind.foe.filter(|foe| foe.is_visible && self.agents[foe.agent].is_alive())?;
        // A player at a post is ready to shoot.
        let expects = if me.mind.is_waiting() { 170 } else { 0 };
        let reaction = if me.player.is_bot { 550 } else { 440 - (me.player.skill * 150.0) as i32 - expects };
        let busy = matches!(me.mind.task, Task::Work { .. } | Task::Rest { .. });
        let ready = me.is_alive()
            && !busy
            && self.now_ms >= me.ready_ms
            && self.now_ms >= me.locked_until_ms
            && self.now_ms >= me.mind.flees_until_ms
            && self.now_ms - foe.since_ms >= reaction;
        let mut off = bearing(me.body.towards([foe.at[0], foe.at[1]])) - me.body.yaw;
        off -= (off / std::f64::consts::TAU).round() * std::f64::consts::TAU;
        (ready && off.abs() < 0.25).then_some(foe.agent)
    }

    fn fire(&mut self, shooter: usize, target: usize) {
        let now_ms = self.now_ms;
        let victim = &self.agents[target];
        let (at, speed, low) = (victim.body.at, victim.body.speed_ups(), victim.body.stance);
        let me = &mut self.agents[shooter];
        me.fires = true;
        me.clip -= 1;
        me.ready_ms = now_ms + me.gun.interval_ms;
        if me.clip <= 0 {
            me.clip = me.gun.clip;
            me.ready_ms = now_ms + 2_300;
        }
        let steady = match me.body.stance {
            _ if me.body.is_airborne || me.body.is_sprinting => 0.5,
            Stance::Stand => 1.0 - me.body.speed_ups() / 1_400.0,
            Stance::Crouch => 1.15,
            Stance::Prone => 1.2,
        };
        let small = match low {
            Stance::Stand => 1.0,
            Stance::Crouch => 0.82,
            Stance::Prone => 0.62,
        };
        let moving = 1.0 - 0.38 * (speed / 352.0).min(1.0);
        let chance =
            me.gun.chance(me.body.distance([at[0], at[1]])) * me.player.skill * steady * small * moving;
        if !me.random.chance(chance) {
            return;
        }
        let head = me.random.chance(0.10);
        let damage = if head { me.gun.damage * 2 + 14 } else { me.gun.damage };
        let (weapon, means) = (me.gun.hit_weapon(), me.gun.means);
        self.wound(shooter, target, damage, weapon, means);
    }

    fn burst(&mut self, grenade: Grenade) {
        for target in 0..self.agents.len() {
            let victim = &self.agents[target];
            let off = victim.body.distance([grenade.at[0], grenade.at[1]]);
            let enemy = victim.side != self.agents[grenade.thrower].side;
            let level = (victim.body.at[2] - grenade.at[2]).abs() < 90.0;
            if victim.is_alive() && enemy && level && off < BLAST_UNITS {
                let damage = (118.0 * (1.0 - off / BLAST_UNITS)) as i32 + 12;
                self.wound(grenade.thrower, target, damage, grenade.weapon, grenade.means);
            }
        }
    }

    fn wound(&mut self, attacker: usize, target: usize, damage: i32, weapon: Weapon, means: u8) {
        let now_ms = self.now_ms;
        if !self.agents[target].is_alive() {
            return;
        }
        self.log.hits.push(Hit { time_ms: now_ms, target, attacker, damage, weapon });
        let from = self.agents[attacker].body.at;
        let victim = &mut self.agents[target];
        victim.hurt_ms = now_ms;
        victim.health -= damage;
        if victim.health <= 0 {
            self.kill(target, attacker, means);
            return;
        }
        victim.flinch(now_ms, attacker, from);
    }

    /// A player dies.
    pub(crate) fn kill(&mut self, victim: usize, killer: usize, means: u8) {
        let now_ms = self.now_ms;
        self.log.deaths.push(Death { time_ms: now_ms, victim, killer, means });
        let until_ms = self.next_wave(self.agents[victim].side);
        let agent = &mut self.agents[victim];
        agent.health = 0;
        agent.mind.foe = None;
        let suicide = means == arms::SUICIDE;
        // It happens before the move.
        agent.body.is_sprinting &= !suicide;
        let gone = suicide || agent.random.chance(GIB_CHANCE);
        let patience =
            if agent.random.chance(0.25) { now_ms + agent.random.millis(1_500, 6_000) } else { until_ms };
        agent.presence =
            if gone { Presence::Waiting } else { Presence::Down { until_ms: patience.min(until_ms) } };
        self.died.push(victim);
    }
}

impl Agent {
    /// What a hit makes a player do: turn to the enemy, leave the work, or run.
    fn flinch(&mut self, now_ms: i32, attacker: usize, from: [f64; 3]) {
        if self.mind.foe.is_none() {
            let seen =
                Foe { agent: attacker, since_ms: now_ms, last_ms: now_ms, at: from, is_visible: false };
            self.mind.foe = Some(seen);
        }
        let busy = matches!(self.mind.task, Task::Work { .. } | Task::Rest { .. });
        if busy && now_ms >= self.away_until_ms && self.random.chance(0.5) {
            self.other_hand = None;
            self.mind.task = Task::March;
        }
        let hurt = f64::from(self.health) / f64::from(self.max_health);
        let can_run = now_ms >= self.away_until_ms && !self.mind.is_fleeing;
        if hurt < 0.4 && can_run && self.random.chance(0.22 * (1.2 - self.player.nerve)) {
            self.mind.flees_until_ms = now_ms + self.random.millis(2_500, 5_500);
            self.mind.is_fleeing = true;
            self.mind.set_out([Stop { cell: self.home, purpose: Purpose::Pass }].into());
        }
    }
}
